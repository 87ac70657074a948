#!/usr/bin/env python3
"""The C++ library as its user has it: installed into a prefix, found by CMake, used by a program outside of this tree.

ASSAY_BIN=build/release/assay build/venv/bin/python tests/functional/cpp_sdk_test.py

Installs the build that the binary is from, builds clients/cpp/examples/penguins against it, and runs that against a real server. What the
program learns is held against scikit-learn.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from importlib import resources
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.assay_process import ROOT, Server, binary  # noqa: E402

import assay  # noqa: E402
import joblib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression, Ridge  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402

MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def done(*command, **options):
    """Runs what must succeed."""
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if ran.returncode != 0:
        raise AssertionError(f"{command} ended with {ran.returncode}:\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout


class CppSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-cpp-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.prefix = cls.root / "prefix"
        done("cmake", "--install", binary().parent, "--prefix", cls.prefix)
        source = cls.root / "source"
        done("cp", "-r", ROOT / "clients/cpp/examples/penguins", source)  # nothing of the tree is beside it
        done("cmake", "-S", source, "-B", cls.root / "built", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        done("cmake", "--build", cls.root / "built")
        small = cls.root / "small"
        done("cp", "-r", ROOT / "clients/cpp/examples/predict", small)
        done("cmake", "-S", small, "-B", cls.root / "small-built", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={cls.prefix}")
        done("cmake", "--build", cls.root / "small-built")
        cls.predict = cls.root / "small-built" / "predict"
        cls.program = cls.root / "built" / "penguins"
        with resources.as_file(resources.files("palmerpenguins") / "data" / "penguins.csv") as path:
            cls.data = cls.root / "penguins.csv"
            cls.data.write_bytes(path.read_bytes())
        cls.server = Server(cls.root / "data")
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.lab = cls.root / "lab"
        cls.lab.mkdir()
        cls.trained = done(cls.program, "train", cls.data, cwd=cls.lab, env=cls.variables("lab"))

    @classmethod
    def variables(cls, consumer):
        return {**os.environ, "ASSAY_URL": cls.server.url, "ASSAY_CONSUMER": consumer, "XDG_CONFIG_HOME": str(cls.root / "config")}

    def run_program(self, *arguments):
        return subprocess.run([str(self.program), *map(str, arguments)], capture_output=True, text=True, cwd=self.root, env=self.variables("web"))

    def cli(self, *arguments):
        return subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, cwd=self.root, env=self.variables("cli"))

    def test_the_installation_is_complete(self):
        installed = {path.relative_to(self.prefix).as_posix() for path in self.prefix.rglob("*") if path.is_file()}
        for name in ("bin/assay", "include/assay/client.hpp", "include/assay/archive.hpp", "lib/systemd/system/assay.service"):
            self.assertIn(name, installed)
        unit = (self.prefix / "lib/systemd/system/assay.service").read_text()
        self.assertIn(f"ExecStart={self.prefix}/bin/assay serve ", unit)
        self.assertNotIn("@", unit)
        for header in (self.prefix / "include/assay").iterdir():
            for library in ("nlohmann", "fmt/", "spdlog", "httplib", '#include "', "#define TRY"):
                self.assertNotIn(library, header.read_text(), header.name)
        self.assertEqual(done(self.prefix / "bin/assay", "--version"), done(binary(), "--version"))

    def test_another_process_predicts_the_same_bits_and_tells_what_it_did(self):
        for model, rows in (("penguin-species", 86), ("penguin-mass", 86)):
            self.assertIn(f"registered {model}@1, sha256:", self.trained)
            ran = self.run_program("predict", f"{model}@1", self.lab / "penguins-test.csv")
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(ran.stdout, (self.lab / f"{model}.expected").read_text())
            self.assertEqual(len(ran.stdout.splitlines()), rows)
            self.assertIn(f"fetched {model}@1: the gate allows it, every byte is verified", ran.stderr)
            self.assertIn(f"smoke test: {rows} held-out rows answered as recorded, to the last bit", ran.stderr)
            proofs = json.loads(self.cli("--json", "proofs", f"{model}@1").stdout)["items"]
            self.assertEqual({(proof["outcome"], proof["rows"]) for proof in proofs}, {("equal", rows)})

    def test_the_version_has_its_four_facts_and_its_sample(self):
        version = json.loads(self.cli("--json", "show", "penguin-species@1").stdout)
        facts = version["manifest"]["facts"]
        self.assertEqual(facts["uses"], ["cereal", "eigen"])
        self.assertEqual(set(facts["libraries"]), {"assay", "cereal", "eigen"})
        self.assertEqual([dataset["role"] for dataset in facts["datasets"]], ["training", "test", "other"])
        self.assertEqual([dataset.get("rows") for dataset in facts["datasets"]], [258, 86, None])
        self.assertEqual({metric["name"] for metric in facts["metrics"]}, {"accuracy", "log_loss"})
        self.assertTrue(all(metric["dataset"] == "penguins-test" for metric in facts["metrics"]))
        self.assertIn("trained_at", facts)
        self.assertEqual({file["path"]: file["media_type"] for file in version["manifest"]["files"]},
                         {"model.assay": "application/vnd.assay.archive", "sample.json": "application/vnd.assay.sample+json"})
        self.assertGreater(facts["metrics"][0]["value"], 0.95)

    def test_a_program_compiled_with_another_eigen_or_cereal_is_refused_with_cause_and_fix(self):
        for package, release, other in (("eigen", "3.4.0", "3.3.9"), ("cereal", "1.3.2", "1.2.2")):
            ran = self.run_program("predict", "penguin-species@1", self.lab / "penguins-test.csv", "--pretend", f"{package}={other}")
            self.assertEqual(ran.returncode, 4, ran.stderr)
            self.assertEqual(ran.stdout, "")
            self.assertIn(f"error: penguin-species@1 was trained with {package} {release}; nothing proves that it works with {other}", ran.stderr)
            self.assertIn(f"fix: build against {package} {release}", ran.stderr)
        same_minor = self.run_program("predict", "penguin-species@1", self.lab / "penguins-test.csv", "--pretend", "eigen=3.4.9")
        self.assertEqual(same_minor.returncode, 0, same_minor.stderr)
        self.assertIn("warning: penguin-species@1 was trained with eigen 3.4.0", same_minor.stderr)

    def test_the_command_line_judges_by_the_environment_that_the_program_tells(self):
        environment = self.run_program("environment")
        (self.root / "native.json").write_text(environment.stdout)
        fetched = self.cli("fetch", "penguin-species@1", "-o", "fetched", "--environment", "native.json")
        self.assertEqual(fetched.returncode, 0, fetched.stderr)
        other = json.loads(environment.stdout)
        other["packages"]["cereal"] = "1.2.2"
        (self.root / "other.json").write_text(json.dumps(other))
        self.assertEqual(self.cli("fetch", "penguin-species@1", "-o", "refused", "--environment", "other.json").returncode, 4)
        self.assertFalse((self.root / "refused").exists())

    def test_a_model_that_predicts_otherwise_is_found_by_its_smoke_test(self):
        """The same sample with another model: the archive of a model trained on other rows."""
        lab = self.root / "other-lab"
        lab.mkdir()
        rows = self.data.read_text().splitlines(keepends=True)
        (lab / "fewer.csv").write_text("".join(rows[:1] + rows[40:]))
        done(self.program, "train", lab / "fewer.csv", cwd=lab, env=self.variables("lab"))
        self.assertEqual(self.cli("fetch", "penguin-mass@1", "-o", "one", "--environment", "none").returncode, 0)
        self.assertEqual(self.cli("fetch", "penguin-mass@2", "-o", "two", "--environment", "none").returncode, 0)
        (self.root / "native.json").write_text(self.run_program("environment").stdout)
        pushed = self.cli("push", "swapped", self.root / "two" / "model.assay", "--sample", self.root / "one" / "sample.json", "--metric", "m=1",
                          "--dataset", f"training={self.data}", "--trained-at", "2026-11-22", "--environment", "native.json", "--uses", "eigen", "--uses", "cereal")
        self.assertEqual(pushed.returncode, 0, pushed.stderr)
        ran = self.run_program("predict", "swapped", self.lab / "penguins-test.csv")
        self.assertEqual(ran.returncode, 9, ran.stderr)
        self.assertEqual(ran.stdout, "")
        self.assertIn("the model predicts otherwise than when it was pushed: predict in ", ran.stderr)
        self.assertIn("predict differs first in row", ran.stderr)
        proof = json.loads(self.cli("--json", "proofs", "swapped").stdout)["items"][0]
        self.assertEqual(proof["outcome"], "different")
        self.assertGreater(proof["differing"], 0)
        # From now on the gate knows: the next one is refused before a byte is fetched.
        self.assertEqual(self.run_program("predict", "swapped", self.lab / "penguins-test.csv").returncode, 4)

    def test_an_archive_that_is_none_or_is_damaged_is_refused_in_words(self):
        good = (self.lab / "model.assay").read_bytes()
        (self.root / "native.json").write_text(self.run_program("environment").stdout)
        # By whom, and with which exit code: the registry reads it before it registers it, and does not hand out what it cannot read.
        for name, data, refused, words in (("cut", good[:-9], 6, "model.assay: byte"), ("hostile", good[:17] + (1 << 60).to_bytes(8, "little"), 6, "a name is longer than one may be"),
                                           ("later", good[:8] + b"\x02" + good[9:], 0, "is quarantined"), ("other", b"not an archive", 0, "it does not begin")):
            with self.subTest(name):
                folder = self.root / name
                folder.mkdir()
                (folder / "model.assay").write_bytes(data)
                pushed = self.cli("push", name, folder / "model.assay", "--metric", "m=1", "--dataset", f"training={self.data}", "--trained-at", "2026-11-22",
                                  "--environment", "native.json", "--uses", "eigen")
                self.assertEqual(pushed.returncode, refused, pushed.stderr)
                if refused:
                    self.assertIn(words, pushed.stderr)
                    continue
                ran = self.run_program("predict", name, self.lab / "penguins-test.csv")
                self.assertNotEqual(ran.returncode, 0)
                self.assertIn(words, ran.stderr)

    def test_the_program_says_what_is_wrong_with_its_data_and_its_arguments(self):
        (self.root / "bad.csv").write_text("species,bill_length_mm\nAdelie,long\n")
        ran = self.run_program("train", "bad.csv")
        self.assertEqual(ran.returncode, 1)
        self.assertIn("line 2: bill_length_mm is 'long', and no number", ran.stderr)
        self.assertEqual(self.run_program("train").returncode, 2)
        self.assertEqual(self.run_program("predict", "nobody", self.data).returncode, 3)

    def test_it_learns_what_scikit_learn_learns(self):
        penguins = pd.read_csv(self.data)
        held_out = penguins.groupby("species").cumcount() % 4 == 3
        train, test = penguins[~held_out], penguins[held_out]

        def prepare(numeric):
            return make_column_transformer(
                (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["island", "sex"]),
                (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric))

        species = make_pipeline(prepare(MEASURES), LogisticRegression(C=1.0, tol=1e-12, max_iter=100_000)).fit(train, train["species"])
        known = train[train["body_mass_g"].notna()]
        mass = make_pipeline(prepare(MEASURES[:3]), Ridge(alpha=1.0)).fit(known, known["body_mass_g"])

        lines = [line.split() for line in done(self.program, "coefficients", self.data).splitlines()]
        ours = [(line[0], np.array(line[1:], dtype=float)) for line in lines]
        self.assertEqual([name for name, _ in ours], ["weights", "intercepts", "mass_weights", "mass_intercept", "held_out", "held_out"])
        theirs = [species[-1].coef_.ravel(), species[-1].intercept_, mass[-1].coef_, [mass[-1].intercept_],
                  species.predict_proba(test).ravel(), mass.predict(test)]
        for (name, found), expected in zip(ours, theirs):
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, err_msg=name)
        self.assertEqual(list(species.classes_), sorted(species.classes_))

    def test_the_python_package_reads_the_sample_of_the_native_version(self):
        os.environ.update(ASSAY_URL=self.server.url, ASSAY_CACHE=str(self.root / "cache"))
        assay.fetch("penguin-species@1", self.root / "by-python", "none")
        document = assay.Sample.read(self.root / "by-python" / "sample.json").document
        self.assertEqual(document["rows"], 86)
        self.assertEqual([column["name"] for column in document["input"]["columns"]], ["island", "sex", *MEASURES])


    def test_a_model_of_scikit_learn_answers_rows_in_a_program_of_ours(self):
        frame = pd.read_csv(self.data)
        known = frame.dropna()
        rows = frame[["island", *MEASURES]]
        columns = make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), MEASURES), (OneHotEncoder(handle_unknown="ignore"), ["island"]))
        model = make_pipeline(columns, LogisticRegression(max_iter=500)).fit(known[["island", *MEASURES]], known["species"])
        joblib.dump(model, self.root / "species.joblib")
        rows.to_csv(self.root / "rows.csv", index=False)
        told = done(self.predict, self.root / "species.joblib", self.root / "rows.csv").split()
        self.assertEqual(told, list(model.predict(rows)))
        numbers = np.array(done(self.predict, self.root / "species.joblib", self.root / "rows.csv", "predict_proba").split(), dtype=float)
        np.testing.assert_allclose(numbers.reshape(len(rows), 3), model.predict_proba(rows), rtol=0, atol=1e-12)


if __name__ == "__main__":
    unittest.main(verbosity=2)
