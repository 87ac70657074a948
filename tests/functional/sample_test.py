#!/usr/bin/env python3
"""Samples from the Python package to the server and through the command line.

ASSAY_BIN=build/release/assay python tests/functional/sample_test.py

Needs scikit-learn, pandas and joblib, as a user of the package has them.
"""

import json
import os
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
import requests  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402
from sklearn.compose import make_column_transformer  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor  # noqa: E402

FACTS = dict(training=("toy", pd.DataFrame({"a": [1, 2]})), metrics={"accuracy": 0.9})


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-sample-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        cls.server = Server(cls.root / "data")
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        os.environ.update(ASSAY_URL=cls.server.url, ASSAY_CONSUMER="tester@lab", ASSAY_CACHE=str(cls.root / "cache"))
        warnings.simplefilter("ignore", assay.AssayWarning)

    def cli(self, *arguments):
        return subprocess.run([str(binary()), *map(str, arguments)], capture_output=True, text=True, cwd=self.root)

    def push_file(self, name, document, *arguments):
        (self.root / "model.joblib").write_bytes(b"not really a model")
        (self.root / "train.csv").write_text("a\n1\n")
        (self.root / "held-out.json").write_text(document if isinstance(document, str) else json.dumps(document))
        return self.cli(
            *("push", name, "model.joblib", "--metric", "m=1", "--dataset", "training=train.csv", "--trained-at", "2026-11-22"),
            *("--environment", "auto", "--uses", "pip", "--sample", "held-out.json", *arguments),
        )

    def accepted(self, name, model, X, kind):
        version = assay.push(name, model, sample=X, **FACTS)
        (described,) = [file for file in version.manifest["files"] if file["path"] == "sample.json"]
        self.assertEqual(described["media_type"], "application/vnd.assay.sample+json")
        assay.load(name)  # replays it
        assay.fetch(name, self.root / name, "none")
        sample = assay.Sample.read(self.root / name / "sample.json")
        self.assertEqual(sample.document["input"]["kind"], kind)
        self.assertEqual(sample.compare(model), [])

    def test_a_table_with_every_type_of_column_is_accepted(self):
        frame = pd.DataFrame(
            {
                "f8": [1.5, np.nan, 1e300, -0.0],
                "f4": np.array([0.1, np.nan, np.finfo("f4").max, 1e-45], dtype="f4"),
                "f2": np.array([0.1, 65504, 6e-8, np.nan], dtype="f2"),
                "i8": [1, -2, 2**62 + 1, 0],
                "u1": np.array([1, 2, 255, 0], dtype="u1"),
                "u8": np.array([1, 2, 2**63 - 1, 0], dtype="u8"),
                "b": [True, False, True, True],
                "text": ["a", None, "é\n\u2028", ""],
                "none": pd.Series(["a", None, "b", "c"], dtype=object),
                "na": pd.Series(["a", pd.NA, "b", "c"], dtype=object),
                "floats": pd.Series([1.5, None, float("inf"), 2.0], dtype=object),
                "string": pd.array(["a", None, "b", "c"], dtype="string"),
                "Int64": pd.array([1, None, 3, 4], dtype="Int64"),
                "Float64": pd.array([1.5, None, 3, 4], dtype="Float64"),
                "boolean": pd.array([True, None, False, True], dtype="boolean"),
                "category": pd.Categorical(["x", None, "y", "x"], categories=["y", "x", "z"], ordered=True),
                "numbers": pd.Categorical([3, 1, None, 3], categories=[3, 1, 2]),
                "empty": pd.Categorical([None] * 4, categories=[]),
            }
        )
        model = make_pipeline(
            make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["category"]), (StandardScaler(), ["i8", "u1"])), DecisionTreeClassifier()
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(frame, ["yes", "no", "yes", "no"])
            self.accepted("table", model, frame, "table")

    def test_a_matrix_is_accepted(self):
        X = np.random.default_rng(0).normal(size=(50, 3))
        self.accepted("matrix", LogisticRegression().fit(X, X[:, 0] > 0), X, "matrix")
        self.accepted("floats", DecisionTreeRegressor().fit(X, X[:, :2]), X.astype("f4"), "matrix")
        labels = np.array([["a", None], ["b", "c"]], dtype=object)
        self.accepted("objects", OneHotEncoder(sparse_output=False).fit(labels), labels, "matrix")
        texts = np.array([["a", "x"], ["b", "y"]])
        self.accepted("texts", OneHotEncoder().fit(texts), texts, "matrix")

    def test_texts_are_accepted(self):
        texts = ["spam spam", "ham", "égg"]
        self.accepted("text", make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 0]), texts, "text")

    def test_a_damaged_sample_is_refused_with_the_place(self):
        X = np.arange(6.0).reshape(3, 2)
        good = assay.sample(DecisionTreeClassifier().fit(X, [0, 1, 0]), X).document
        for place, damage in (
            ("rows", {**good, "rows": 4}),
            ("input.values[1]", {**good, "input": {**good["input"], "values": [[0, 1], [2], [4, 5]]}}),
            ("outputs", {name: value for name, value in good.items() if name != "outputs"}),
            ("outputs.predict.type", {**good, "outputs": {"predict": {**good["outputs"]["predict"], "type": "int32"}}}),
            ("tolerance.abs", {**good, "tolerance": {"kind": "close", "abs": -1}}),
            ("not valid JSON", json.dumps(good).replace("0.0", "NaN")),
        ):
            with self.subTest(place):
                done = self.push_file("damaged", damage)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("files[1]: sample.json", done.stderr)
                self.assertIn(place, done.stderr)
                self.assertEqual(self.cli("show", "damaged").returncode, 3)
        done = self.push_file("damaged", good)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_damaged_sample_is_a_400_with_every_problem(self):
        bad = json.dumps({"schema": "assay.sample/1", "rows": 2, "input": {"kind": "text", "values": ["a", 1]}, "outputs": {"fit": {}}})
        done = self.push_file("http", bad, "--json")
        problem = json.loads(done.stdout)
        self.assertEqual(problem["code"], "push-refused")
        self.assertEqual({item["field"] for item in problem["field_errors"]}, {"files[1]"})
        self.assertEqual(len(problem["field_errors"]), 2)
        self.assertEqual(requests.get(f"{self.server.url}/v1/models/http", timeout=30).status_code, 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
