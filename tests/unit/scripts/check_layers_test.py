"""Each rule of scripts/check_layers.py can fail, and the tree as it should be passes."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import check_layers  # noqa: E402

GOOD = {
    "base/text.hpp": "#pragma once\n#include <string>\n",
    "base/text.cpp": '#include "base/text.hpp"\n#include <fmt/format.h>\n#include <utf8proc.h>\n#include <sys/stat.h>\n',
    "base/json.hpp": "#include <nlohmann/json.hpp>\n",
    "base/toml.cpp": "#include <toml++/toml.h>\n",
    "base/log.cpp": "#include <spdlog/spdlog.h>\n",
    "base/crypto.cpp": "#include <openssl/evp.h>\n",
    "base/http_client.cpp": "#include <httplib.h>\n",
    "storage/records.hpp": '#include "base/text.hpp"\n',
    "storage/catalog.hpp": '#include "storage/tables/versions.hpp"\n',
    "storage/tables/versions.hpp": '#include "storage/records.hpp"\n',
    "storage/sql/sqlite.cpp": '#include "embedded/embedded_migrations.hpp"\n#include <sqlite3.h>\n',
    "storage/blobs/blob_store.hpp": '#include "base/text.hpp"\n',
    "artifact/media_type.hpp": "#include <string_view>\n",
    "artifact/pipeline/tree.cpp": "#include <Eigen/Dense>\n#include <cereal/cereal.hpp>\n",
    "registry/push.hpp": '#include "storage/records.hpp"\n#include "artifact/media_type.hpp"\n',
    "api/http_server.cpp": '#include "registry/push.hpp"\n',
    "api/serve.cpp": '#include "storage/records.hpp"\n#include "api/v1/routes.hpp"\n#include "api/mlflow/routes.hpp"\n',
    "api/v1/routes.hpp": '#include "registry/push.hpp"\n',
    "api/mlflow/routes.hpp": '#include "base/text.hpp"\n',
    "api/ui/assets.hpp": "#include <span>\n",
    "clients/cli/main.cpp": '#include "api/v1/routes.hpp"\n#include "storage/records.hpp"\n',
    "clients/cli/arguments.cpp": "#include <CLI/CLI.hpp>\n",
    "clients/cpp/client.hpp": '#include "base/text.hpp"\n#include "artifact/media_type.hpp"\n',
    "clients/cpp/examples/birds/model.hpp": "#include <assay/archive.hpp>\n#include <Eigen/Dense>\n",
    "clients/cpp/examples/birds/main.cpp": '#include "model.hpp"\n#include <assay/client.hpp>\n',
    "tests/support/temp_dir.hpp": "#include <filesystem>\n",
    "tests/unit/base/text_test.cpp": '#include "tests/support/temp_dir.hpp"\n#include <doctest/doctest.h>\n#include "base/text.hpp"\n',
}


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for name, text in GOOD.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def violations(self):
        return check_layers.check_tree(self.root)[0]

    def refuses(self, name, include, sentence):
        """Adds one include to a good tree: exactly that line must be found, with words of its sentence."""
        self.write(name, f"// a comment\n#include {include}\n")
        found = self.violations()
        self.assertEqual([(v.file, v.line, v.include) for v in found], [(name, 2, include)])
        self.assertIn(sentence, found[0].sentence)
        self.write(name, GOOD.get(name, ""))

    def test_the_tree_as_it_should_be_has_no_violation(self):
        self.assertEqual(self.violations(), [])

    def test_each_arrow_between_rooms_that_points_up_or_sideways_is_found(self):
        for name, include, sentence in [
            ("base/x.cpp", '"storage/records.hpp"', "base is the vocabulary"),
            ("base/x.cpp", '"registry/push.hpp"', "base is the vocabulary"),
            ("storage/x.cpp", '"artifact/media_type.hpp"', "strangers"),
            ("storage/x.cpp", '"registry/push.hpp"', "storage says what is kept"),
            ("artifact/x.cpp", '"storage/records.hpp"', "strangers"),
            ("artifact/x.cpp", '"registry/push.hpp"', "artifact says what bytes are"),
            ("registry/x.cpp", '"api/v1/routes.hpp"', "registry judges"),
            ("registry/x.cpp", '"clients/cpp/client.hpp"', "registry judges"),
            ("api/x.cpp", '"storage/records.hpp"', "api only translates"),
            ("api/v1/models.cpp", '"artifact/media_type.hpp"', "api only translates"),
            ("api/x.cpp", '"clients/cpp/client.hpp"', "api only translates"),
            ("clients/cpp/x.cpp", '"registry/push.hpp"', "C++ SDK"),
            ("clients/cpp/x.cpp", '"storage/records.hpp"', "C++ SDK"),
            ("clients/cpp/examples/birds/x.cpp", '"base/text.hpp"', "stands for a user's program"),
            ("clients/cpp/examples/birds/x.cpp", '"clients/cpp/client.hpp"', "stands for a user's program"),
            ("clients/cpp/examples/birds/x.cpp", '"absent.hpp"', "stands for a user's program"),
            ("clients/web/x.cpp", '"base/text.hpp"', "C++ lives in"),
        ]:
            with self.subTest(file=name, include=include):
                self.refuses(name, include, sentence)
                (self.root / name).unlink()

    def test_the_three_faces_of_the_api_are_strangers(self):
        headers = {"v1": "api/v1/routes.hpp", "mlflow": "api/mlflow/routes.hpp", "ui": "api/ui/assets.hpp"}
        for face in headers:
            for other, header in headers.items():
                if other != face:
                    with self.subTest(face=face, other=other):
                        self.refuses(f"api/{face}/x.cpp", f'"{header}"', "never include each other")

    def test_stores_do_not_know_that_models_exist(self):
        for room in ("fs", "blobs", "sql", "s3"):
            for header in ("storage/records.hpp", "storage/tables/versions.hpp", "storage/catalog.hpp"):
                with self.subTest(room=room, header=header):
                    self.refuses(f"storage/{room}/x.cpp", f'"{header}"', "do not know that models exist")

    def test_nothing_includes_tests_except_tests(self):
        for name in ("base/x.cpp", "api/serve.cpp", "clients/cli/x.cpp"):
            with self.subTest(file=name):
                self.refuses(name, '"tests/support/temp_dir.hpp"', "except tests")

    def test_includes_are_written_from_the_root(self):
        for include in ('"../base/text.hpp"', '"./text.hpp"', '"text.hpp"', '"base/../base/text.hpp"', '"/base/text.hpp"', '"base/absent.hpp"'):
            with self.subTest(include=include):
                self.refuses("base/x.cpp", include, "from the repository root")
        self.refuses("base/x.cpp", "<base/text.hpp>", "quotes")

    def test_each_third_party_header_has_one_place(self):
        for header in ("sqlite3.h", "libpq-fe.h", "httplib.h", "openssl/sha.h", "nlohmann/json.hpp", "toml++/toml.h", "spdlog/spdlog.h", "CLI/CLI.hpp",
                       "utf8proc.h", "doctest/doctest.h", "Eigen/Dense", "unsupported/Eigen/FFT", "cereal/cereal.hpp", "zlib.h", "pugixml.hpp",
                       "curl/curl.h", "yaml-cpp/yaml.h", "assay/client.hpp"):
            with self.subTest(header=header):
                self.refuses("base/x.cpp", f"<{header}>", "seen by")

    def test_a_library_without_a_place_is_refused(self):
        self.refuses("base/x.cpp", "<boost/asio.hpp>", "does not know")

    def test_includes_inside_comments_do_not_count(self):
        self.write("base/x.cpp", '// #include "api/serve.hpp"\n/* text\n#include "registry/push.hpp"\n*/\n')
        self.assertEqual(self.violations(), [])

    def test_the_command_prints_file_line_and_sentence_and_exits_1(self):
        script = [sys.executable, str(ROOT / "scripts" / "check_layers.py"), str(self.root)]
        self.assertEqual(subprocess.run(script, capture_output=True).returncode, 0)
        self.write("base/x.cpp", '#include "api/v1/routes.hpp"\n')
        result = subprocess.run(script, capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn('base/x.cpp:1: "api/v1/routes.hpp": base is the vocabulary', result.stdout)

    def test_an_empty_tree_is_an_error_and_not_a_pass(self):
        with tempfile.TemporaryDirectory() as empty:
            script = [sys.executable, str(ROOT / "scripts" / "check_layers.py"), empty]
            self.assertEqual(subprocess.run(script, capture_output=True).returncode, 1)


if __name__ == "__main__":
    unittest.main()
