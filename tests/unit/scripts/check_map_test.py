"""Each rule of scripts/check_map.py can fail, and a house that matches its map passes."""

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import check_map  # noqa: E402

ALL_EXCUSES = dict(check_map.NOT_MIRRORED)

GOOD = {
    "ARCHITECTURE.md": "# Map\n\n`base/` words, `base/text.*`, `tests/{unit,golden}/`, `clients/cli/<command>.md`\n\n```\nbase/   words\n```\n",
    "base/text.hpp": "",
    "base/text.cpp": "",
    "base/CMakeLists.txt": "assay_room(base)\n",
    "clients/cli/push.cpp": "",
    "clients/cli/push.md": "# push\n",
    "clients/cli/command.hpp": "[[nodiscard]] Command push_command();\n",
    "tests/CMakeLists.txt": 'file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${X}/unit/*_test.cpp" "${X}/golden/*_test.cpp")\nadd_executable(t main.cpp ${sources})\n',
    "tests/unit/base/text_test.cpp": 'TEST_CASE("text is text") {}\n',
    "tests/unit/clients/cli/push_test.cpp": 'TEST_CASE("push pushes") {}\n',
    "tests/golden/x_test.cpp": 'TEST_CASE("x") {}\n',
}


class CheckMapTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        excused = mock.patch.dict(check_map.NOT_MIRRORED, clear=True)
        excused.start()
        self.addCleanup(excused.stop)
        for name, text in GOOD.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def refuses(self, words):
        problems = check_map.problems_in(self.root)
        self.assertEqual(len(problems), 1, problems)
        self.assertIn(words, problems[0])

    def test_a_house_that_matches_its_map_passes(self):
        self.assertEqual(check_map.problems_in(self.root), [])

    def test_a_path_that_does_not_exist_is_found(self):
        for path in ("`base/absent.hpp`", "`base/absent.*`", "`tests/{unit,absent}/`", "`CONTRIBUTING.md`", "`clients/cli/<command>.html`"):
            with self.subTest(path=path):
                self.write("ARCHITECTURE.md", GOOD["ARCHITECTURE.md"] + path + "\n")
                self.refuses("does not exist")

    def test_a_program_that_cannot_be_run_is_found(self):
        self.write("base/run.py", "#!/usr/bin/env python3\n")
        self.refuses("cannot be run")

    def test_code_that_is_no_path_is_left_alone(self):
        self.write("ARCHITECTURE.md", GOOD["ARCHITECTURE.md"] + "`GET /v1/models`, `name@sha256:…`, `/v1/models`, `Result<T>`, `--json`\n")
        self.assertEqual(check_map.problems_in(self.root), [])

    def test_a_missing_map_is_found(self):
        (self.root / "ARCHITECTURE.md").unlink()
        self.refuses("is missing")

    def test_a_room_that_the_map_does_not_name_is_found(self):
        self.write("cellar/wine.txt", "")
        self.refuses("does not name the folder cellar/")

    def test_a_test_that_nobody_builds_or_runs_is_found(self):
        for name, text, words in [("base/text_test.cpp", 'TEST_CASE("x") {}', "is not built"),
                                  ("tests/other/text_test.cpp", 'TEST_CASE("x") {}', "is not built"),
                                  ("tests/unit/empty_test.cpp", "", "holds no TEST_CASE"),
                                  ("tests/unit/skipped_test.cpp", 'TEST_CASE("x" * doctest::skip()) {}', "proves nothing"),
                                  ("tests/bench/x_test.py", "", "is not run"),
                                  ("tests/functional/deep/x.sh", "", "is not run")]:
            with self.subTest(name=name):
                self.write(name, text)
                self.refuses(words)
                (self.root / name).unlink()

    def test_a_glob_that_was_removed_from_cmake_is_found(self):
        self.write("tests/CMakeLists.txt", 'file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${X}/unit/*_test.cpp")\n')
        self.refuses("tests/golden/x_test.cpp: is not built")

    def test_a_list_of_sources_in_cmake_is_found(self):
        self.write("base/CMakeLists.txt", "add_library(base text.cpp)\n")
        self.refuses("lists text.cpp")
        self.write("base/CMakeLists.txt", 'file(GLOB sources "*.cpp")\n')
        self.refuses("CONFIGURE_DEPENDS")

    def test_a_command_without_a_page_and_a_page_without_a_command_are_found(self):
        self.write("clients/cli/command.hpp", GOOD["clients/cli/command.hpp"] + "[[nodiscard]] Command fetch_command();\n")
        self.refuses("'fetch' has no page")
        self.write("clients/cli/command.hpp", GOOD["clients/cli/command.hpp"])
        self.write("clients/cli/gone.md", "# gone\n")
        self.refuses("a page without a command")

    def test_a_dead_link_is_found(self):
        self.write("README.md", "[here](base/text.hpp) [away](https://example.org) [part](#part) [dead](docs/none.md)\n")
        self.refuses("links to docs/none.md")

    def test_a_source_without_its_test_is_found(self):
        self.write("ARCHITECTURE.md", GOOD["ARCHITECTURE.md"] + "`storage/`\n")
        self.write("storage/text.hpp", "")
        for name, test in (("base/url.cpp", "tests/unit/base/url_test.cpp"), ("storage/sql/script.cpp", "tests/contract/storage/sql/script_test.cpp"),
                           ("clients/cli/fetch.cpp", "tests/unit/clients/cli/fetch_test.cpp")):
            with self.subTest(name=name):
                self.write("tests/CMakeLists.txt", GOOD["tests/CMakeLists.txt"] + 'file(GLOB_RECURSE c CONFIGURE_DEPENDS "${X}/contract/*_test.cpp")\n')
                self.write(name, "")
                self.refuses(f"{name}: has no test: write tests/unit/")
                self.write(test, 'TEST_CASE("x") {}')
                self.assertEqual(check_map.problems_in(self.root), [])

    def test_a_test_of_another_name_or_at_another_path_is_no_mirror(self):
        self.write("base/url.cpp", "")
        for name in ("tests/unit/base/text_url_test.cpp", "tests/golden/url_test.cpp"):
            self.write(name, 'TEST_CASE("x") {}')
        self.refuses("base/url.cpp: has no test")

    def test_an_excused_source_needs_no_test_and_sources_elsewhere_need_none(self):
        self.write("base/url.cpp", "")
        self.write("tests/support/temp_dir.cpp", "")
        check_map.NOT_MIRRORED["base/url.cpp"] = "for this test"
        self.assertEqual(check_map.problems_in(self.root), [])

    def test_an_excuse_that_is_no_longer_needed_is_found(self):
        check_map.NOT_MIRRORED["base/gone.cpp"] = "for this test"
        self.refuses("excuses base/gone.cpp, which does not exist")
        check_map.NOT_MIRRORED.clear()
        check_map.NOT_MIRRORED["base/text.cpp"] = "for this test"
        self.refuses("excuses base/text.cpp, which has a test")
        check_map.NOT_MIRRORED.clear()
        self.write("base/url.cpp", "")
        check_map.NOT_MIRRORED["base/url.cpp"] = "a command: tests/functional/url.sh"
        self.refuses("excuses base/url.cpp with tests/functional/url.sh, which does not exist")

    def test_a_test_away_from_its_source_is_found(self):
        self.write("tests/unit/base/deep/text_test.cpp", 'TEST_CASE("x") {}')
        self.refuses("tests/unit/base/deep/text_test.cpp: tests nothing at its own path")
        (self.root / "tests/unit/base/deep/text_test.cpp").unlink()
        self.write("tests/unit/base/text_attack_test.cpp", 'TEST_CASE("x") {}')
        self.assertEqual(check_map.problems_in(self.root), [])

    def test_every_excuse_gives_a_reason(self):
        for name, reason in ALL_EXCUSES.items():
            with self.subTest(name=name):
                self.assertGreater(len(reason.split()), 2)


if __name__ == "__main__":
    unittest.main()
