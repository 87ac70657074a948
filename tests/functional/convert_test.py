#!/usr/bin/env python3
"""`assay convert` copies a model into formats that are no pickle, and the copies answer as the model does.

ASSAY_BIN=build/release/assay python tests/functional/convert_test.py

Needs scikit-learn, pandas and joblib, as a user of the package has them.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.assay_process import binary  # noqa: E402

import joblib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier  # noqa: E402
from sklearn.model_selection import GridSearchCV  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler  # noqa: E402

ROWS = 60


def table():
    random = np.random.default_rng(20261130)
    return pd.DataFrame({"length": random.normal(40, 5, ROWS), "mass": random.normal(4000, 500, ROWS),
                         "island": random.choice(["Dream", "Biscoe", "Torgersen"], ROWS)})


def model():
    columns = ColumnTransformer([("numbers", StandardScaler(), ["length", "mass"]), ("words", OneHotEncoder(handle_unknown="ignore"), ["island"])])
    rows = table()
    return make_pipeline(columns, RandomForestClassifier(20, random_state=0)).fit(rows, rows["island"].str.upper() + (rows["mass"] > 4000).astype(str))


class Copies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-convert-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.rows = self.root / "rows.csv"
        table().to_csv(self.rows, index=False)

    def run_assay(self, *arguments, code=0):
        done = subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code == 0 else done.stderr

    def answers(self, path, method="predict_proba"):
        return json.loads(self.run_assay("predict", path, "--input", self.rows, "--method", method, "--json"))["outputs"][method]

    def dumped(self, estimator=None):
        path = self.root / "model.joblib"
        joblib.dump(estimator or model(), path)
        return path

    def test_an_archive_answers_bit_for_bit_as_scikit_learn_and_is_data(self):
        path = self.dumped()
        told = json.loads(self.run_assay("convert", path, "--to", "assay", "--json"))
        copy = self.root / "model.assay"
        self.assertEqual(told, {"path": str(copy), "format": "assay", "size": copy.stat().st_size,
                                "digest": "sha256:" + hashlib.sha256(copy.read_bytes()).hexdigest()})
        self.assertLess(copy.stat().st_size, path.stat().st_size)
        genuine = joblib.load(path).predict_proba(pd.read_csv(self.rows))
        self.assertEqual(self.answers(copy)["values"], genuine.tolist())
        self.assertEqual(self.answers(copy, "predict")["values"], joblib.load(path).predict(pd.read_csv(self.rows)).tolist())
        found = json.loads(self.run_assay("inspect", copy, "--json"))
        self.assertEqual(found["verdict"], "data")
        self.assertEqual(found["inspection"]["details"]["made_from"], "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest())

    def test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for(self):
        path = self.dumped()
        (self.root / "model.assay").write_text("mine")
        said = self.run_assay("convert", path, "--to", "assay", code=8)
        self.assertIn("model.assay is there already", said)
        self.assertIn("--force", said)
        self.assertEqual((self.root / "model.assay").read_text(), "mine")
        self.run_assay("convert", path, "--to", "assay", "--force")
        self.run_assay("convert", path, "--to", "assay", "-o", self.root / "other.assay")
        self.assertEqual((self.root / "model.assay").read_bytes(), (self.root / "other.assay").read_bytes())

    def test_a_step_that_cannot_be_copied_is_named_and_nothing_is_written(self):
        path = self.dumped(make_pipeline(StandardScaler(), FunctionTransformer(np.sinc)).fit(table()[["length"]]))
        said = self.run_assay("convert", path, "--to", "assay", code=2)
        self.assertIn("FunctionTransformer", said)
        self.assertFalse((self.root / "model.assay").exists())
        self.assertIn("assay", self.run_assay("convert", path, "--to", "pickle", code=2))

    def test_a_damaged_archive_is_refused_with_the_place(self):
        path = self.dumped()
        self.run_assay("convert", path, "--to", "assay")
        copy = self.root / "model.assay"
        copy.write_bytes(copy.read_bytes()[:-100])
        said = self.run_assay("predict", copy, "--input", self.rows, code=2)
        self.assertIn("at byte", said)
        self.assertEqual(json.loads(self.run_assay_code(6, "inspect", copy, "--json"))["verdict"], "malformed")

    def test_skops_loads_its_copy_without_more_trust_than_a_file_of_its_own_and_answers_as_scikit_learn(self):
        import skops.io

        search = GridSearchCV(model(), {"randomforestclassifier__max_depth": [2, 3]}, cv=2)
        rows = pd.read_csv(self.rows)
        for estimator in (model(), search.fit(rows, rows["mass"] > 4000), HistGradientBoostingRegressor(max_iter=5).fit(rows[["length"]], rows["mass"])):
            path = self.dumped(estimator)
            self.run_assay("convert", path, "--to", "skops", "--force")
            copy = self.root / "model.skops"
            untrusted = skops.io.get_untrusted_types(file=copy)
            self.assertEqual(untrusted, skops.io.get_untrusted_types(data=skops.io.dumps(estimator)))
            given = rows[["length"]] if hasattr(estimator, "max_iter") else rows
            self.assertEqual(skops.io.load(copy, trusted=untrusted).predict(given).tolist(), estimator.predict(given).tolist())

    def test_an_archive_is_not_made_into_skops(self):
        self.run_assay("convert", self.dumped(), "--to", "assay")
        said = self.run_assay("convert", self.root / "model.assay", "--to", "skops", code=2)
        self.assertIn("need all their attributes", said)

    def run_assay_code(self, code, *arguments):
        done = subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
