#!/usr/bin/env python3
"""The server proves without Python that a model still predicts what it did, and the command line predicts without it.

ASSAY_BIN=build/release/assay python tests/functional/replay_test.py

Needs scikit-learn, pandas and joblib, as a user of the package has them.
"""

import copy
import hashlib
import json
import os
import pickle
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.assay_process import Server, binary  # noqa: E402

import assay  # noqa: E402
import joblib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

FACTS = dict(training=("toy", pd.DataFrame({"a": [1, 2]})), metrics={"accuracy": 0.9})
SEED = 20261129


def table(rows, seed):
    """Numbers and words with gaps, and a word that the training rows lack."""
    random = np.random.default_rng(seed)
    words = np.array(["red", "green", "blue"], dtype=object)[random.integers(0, 3, rows)]
    frame = pd.DataFrame({"length": random.normal(size=rows), "mass": random.normal(5, 2, size=rows), "colour": words})
    frame.loc[::7, "length"] = np.nan
    frame.loc[::11, "colour"] = np.nan
    return frame


def columns(model):
    """Imputers, scaler and encoder before a model."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([("numbers", numbers, ["length", "mass"]), ("words", words, ["colour"])])
    return Pipeline([("prepare", prepare), ("model", model)])


TRAIN = table(300, SEED)
LABELS = np.array(["low", "high"], dtype=object)[(TRAIN["mass"] > 5).astype(int)]
HELD_OUT = table(60, SEED + 1)
HELD_OUT.loc[3, "colour"] = "violet"


class Replays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-replay-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.server = cls.start("data")
        os.environ.update(ASSAY_URL=cls.server.url, ASSAY_CONSUMER="tester@lab", ASSAY_CACHE=str(cls.root / "cache"))
        warnings.simplefilter("ignore", assay.AssayWarning)
        cls.forest = columns(RandomForestClassifier(10, random_state=0)).fit(TRAIN, LABELS)
        cls.logistic = columns(LogisticRegression()).fit(TRAIN, LABELS)

    @classmethod
    def start(cls, name, *arguments):
        server = Server(cls.root / name, arguments)
        server.start()
        cls.addClassCleanup(server.stop)
        return server

    def cli(self, *arguments, url=None, **environment):
        return subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, cwd=self.root,
                              env={**os.environ, "ASSAY_URL": url or self.server.url, **environment})

    def proofs(self, reference, url=None):
        done = self.cli("proofs", reference, "--json", url=url)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["items"]

    def push_files(self, name, model, sample, *arguments, url=None):
        joblib.dump(model, self.root / "model.joblib")
        (self.root / "sample.json").write_text(json.dumps(sample))
        (self.root / "train.csv").write_text("a\n1\n")
        facts = ("--metric", "m=1", "--dataset", "training=train.csv", "--trained-at", "2026-11-22", "--environment", "auto", "--uses", "scikit-learn")
        return self.cli("push", name, "model.joblib", "--sample", "sample.json", *facts, *arguments, url=url)

    def test_a_push_is_proven_by_the_server_bit_for_bit_for_a_forest(self):
        assay.push("forest", self.forest, sample=HELD_OUT, **FACTS)
        (proof,) = self.proofs("forest")
        self.assertEqual((proof["prover"], proof["outcome"], proof["rows"]), ("server", "equal", 60))
        self.assertEqual(sorted(proof["methods"]), ["predict", "predict_log_proba", "predict_proba"])

    def test_a_linear_model_is_equal_within_rounding_and_the_proof_says_by_how_much(self):
        assay.push("logistic", self.logistic, sample=HELD_OUT, **FACTS)
        (proof,) = self.proofs("logistic")
        self.assertIn(proof["outcome"], ("equal", "close"))
        self.assertLess(proof["max_abs"], 1e-12)

    def test_proofs_of_the_server_and_of_clients_stand_side_by_side(self):
        assay.push("both", self.forest, sample=HELD_OUT, **FACTS)
        assay.load("both")
        self.assertEqual({proof["prover"] for proof in self.proofs("both")}, {"server", "client"})
        shown = self.cli("proofs", "both")
        self.assertIn("the server, without Python", shown.stdout)

    def test_a_model_that_predicts_otherwise_than_its_sample_is_refused(self):
        sample = assay.sample(self.forest, HELD_OUT).document
        sample["outputs"]["predict_proba"]["values"][4][0] = float(np.nextafter(sample["outputs"]["predict_proba"]["values"][4][0], 2))
        done = self.push_files("liar", self.forest, sample)
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertIn("does not predict what its sample says", done.stderr)
        self.assertIn("row 4", done.stderr)
        self.assertEqual(self.cli("show", "liar").returncode, 3)

    def test_policy_keeps_a_different_version_in_quarantine_until_somebody_trusts_it(self):
        (self.root / "policy.toml").write_text('[replay]\ndifferent = "quarantine"\n')
        server = self.start("kept", "--policy", str(self.root / "policy.toml"))
        sample = assay.sample(self.forest, HELD_OUT).document
        sample["outputs"]["predict"]["values"][0] = "low" if sample["outputs"]["predict"]["values"][0] == "high" else "high"
        done = self.push_files("liar", self.forest, sample, url=server.url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("quarantine", done.stderr)
        self.assertEqual(self.proofs("liar@1", server.url)[0]["outcome"], "different")
        self.assertEqual(self.cli("fetch", "liar@1", "-o", "got", "--environment", "none", url=server.url).returncode, 9)
        self.assertEqual(self.cli("replay", "--all", url=server.url).returncode, 9)
        self.assertEqual(self.cli("inspect", "--all", url=server.url).returncode, 0)
        self.assertEqual(self.cli("fetch", "liar@1", "-o", "got", "--environment", "none", url=server.url).returncode, 9)
        self.assertEqual(self.cli("trust", "liar@1", "--reason", "the sample is the wrong one", url=server.url).returncode, 0)
        self.assertEqual(self.cli("fetch", "liar@1", "-o", "got", "--environment", "none", url=server.url).returncode, 0)

    def test_what_is_not_re_created_is_accepted_and_the_proof_says_why(self):
        model = KNeighborsClassifier(metric="hamming").fit(TRAIN[["mass"]].to_numpy(), LABELS)
        assay.push("neighbours", model, sample=HELD_OUT[["mass"]].to_numpy(), **FACTS)
        (proof,) = self.proofs("neighbours")
        self.assertEqual(proof["outcome"], "not-replayable")
        self.assertIn("sklearn.neighbors._classification.KNeighborsClassifier", proof["message"])

    def test_replay_again_and_only_what_changed(self):
        assay.push("again", self.forest, sample=HELD_OUT, **FACTS)
        done = self.cli("replay", "again")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("again@1: equal bit for bit, 60 rows", done.stdout)
        self.assertEqual(self.proofs("again")[0]["count"], 2)
        skipped = self.cli("replay", "again", "--changed-only", "--json")
        self.assertEqual(json.loads(skipped.stdout)["skipped"], 1)
        self.assertEqual(self.cli("replay").returncode, 2)
        self.assertEqual(self.cli("replay", "again@9").returncode, 3)

    def test_replay_of_all_names_a_version_that_cannot_be_read_and_goes_on(self):
        server = self.start("torn")
        for name in ("before", "broken", "then"):
            assay.Client(server.url).push(name, self.forest, sample=HELD_OUT, **FACTS)
        server.stop()
        database = sqlite3.connect(server.data / "assay.db")
        manifest = database.execute("SELECT manifest FROM versions WHERE model = 'broken'").fetchone()[0].replace('"schema":"assay.manifest/1"', '"schema":"x"')
        database.execute("UPDATE versions SET manifest = ?, digest = ? WHERE model = 'broken'",
                         (manifest, "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()))
        database.commit()
        database.close()
        server.start()
        done = self.cli("replay", "--all", url=server.url)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("broken@1 was not replayed: a stored manifest cannot be read", done.stderr)
        self.assertIn("then@1: equal bit for bit", done.stdout)
        self.assertIn("1 failed", done.stdout)

    def test_predict_answers_as_the_model_from_every_format_without_python(self):
        files = {"model.joblib": lambda path: joblib.dump(self.forest, path, compress=3), "model.pkl": lambda path: path.write_bytes(pickle.dumps(self.forest, 2))}
        HELD_OUT.to_csv(self.root / "rows.csv", index=False)
        expected = self.forest.predict_proba(HELD_OUT)
        for name, write in files.items():
            write(self.root / name)
            done = self.cli("predict", f"./{name}", "--input", "rows.csv", "--method", "predict_proba", "--json", PATH="/nowhere")
            self.assertEqual(done.returncode, 0, done.stderr)
            np.testing.assert_array_equal(np.array(json.loads(done.stdout)["outputs"]["predict_proba"]["values"]), expected)
        shown = self.cli("predict", "./model.pkl", "--input", "rows.csv")
        self.assertEqual(shown.stdout.split()[1:], list(self.forest.predict(HELD_OUT)))

    def test_predict_asks_a_registered_version(self):
        assay.push("asked", self.forest, sample=HELD_OUT, **FACTS)
        assay.sample(self.forest, HELD_OUT).write(self.root / "asked.json")
        done = self.cli("predict", "asked@1", "--input", "asked.json", "--method", "predict", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["outputs"]["predict"]["values"], list(self.forest.predict(HELD_OUT)))

    def test_rows_that_the_model_does_not_take_are_refused_in_words(self):
        joblib.dump(self.forest, self.root / "words.joblib")
        HELD_OUT.drop(columns="mass").to_csv(self.root / "less.csv", index=False)
        done = self.cli("predict", "words.joblib", "--input", "less.csv")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("the column 'mass' is missing", done.stderr)
        strict = make_pipeline(OneHotEncoder()).fit(TRAIN[["colour"]])
        joblib.dump(strict, self.root / "strict.joblib")
        HELD_OUT[["colour"]].to_csv(self.root / "colours.csv", index=False)
        done = self.cli("predict", "strict.joblib", "--input", "colours.csv")
        self.assertIn("'violet' is an unknown category", done.stderr)
        tree = DecisionTreeClassifier().fit(TRAIN[["mass"]], LABELS)
        joblib.dump(tree, self.root / "tree.joblib")
        (self.root / "text.csv").write_text("mass\nheavy\n")
        self.assertIn("'heavy' is no number", self.cli("predict", "tree.joblib", "--input", "text.csv").stderr)
        self.assertIn("has no transform", self.cli("predict", "tree.joblib", "--input", "less.csv", "--method", "transform").stderr)

    def test_an_attribute_that_no_release_writes_makes_a_model_not_decodable(self):
        model = copy.deepcopy(self.forest)
        model.steps[-1][1].tilt = 3
        joblib.dump(model, self.root / "tilted.joblib")
        HELD_OUT.to_csv(self.root / "tilt.csv", index=False)
        done = self.cli("predict", "tilted.joblib", "--input", "tilt.csv")
        self.assertEqual(done.returncode, 2)
        self.assertIn("step 2 `sklearn.ensemble._forest.RandomForestClassifier`", done.stderr)
        self.assertIn("attribute tilt is not known", done.stderr)


if __name__ == "__main__":
    unittest.main()
