#!/usr/bin/env python3
"""`assay predict` answers as scikit-learn does, or says why it cannot: never with another number.

ASSAY_BIN=build/release/assay python tests/functional/predict_test.py

Needs scikit-learn, pandas and joblib, as a user of the package has them.
"""

import json
import pickle
import subprocess
import sys
import tempfile
import unittest
import warnings
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.assay_process import binary  # noqa: E402

import assay  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.dummy import DummyClassifier  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

SEED = 20261129
ROWS = 40


def numbers(**types):
    """A table with a column of each of these types."""
    random = np.random.default_rng(SEED)
    return pd.DataFrame({name: pd.Series(random.integers(1, 90, ROWS)).astype(dtype) for name, dtype in types.items()})


LABELS = np.arange(ROWS) % 3


class Predictions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-predict-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        warnings.simplefilter("ignore")

    def ask(self, model, rows, method):
        """The answer of the command, or what it says."""
        (self.root / "model.pkl").write_bytes(pickle.dumps(model))
        if isinstance(rows, Path):
            given = rows
        else:
            given = self.root / "rows.json"
            given.write_text(json.dumps(assay.sample(_Rows(rows), rows).document | {"outputs": {}}))
        done = subprocess.run([str(binary()), "predict", "model.pkl", "--input", str(given), "--method", method, "--json"], cwd=self.root,
                              capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)["outputs"][method] if done.returncode == 0 else done.stderr

    def assert_same(self, model, rows, method):
        wanted = np.asarray(getattr(model, method)(rows))
        answer = self.ask(model, rows, method)
        self.assertIsInstance(answer, dict, answer)
        found = np.array(answer["values"], dtype=wanted.dtype)
        np.testing.assert_array_equal(found, wanted)
        self.assertEqual(answer["type"], str(wanted.dtype) if wanted.dtype.kind == "f" else answer["type"])

    def assert_refused(self, model, rows, method, words):
        answer = self.ask(model, rows, method)
        self.assertIsInstance(answer, str, answer)
        self.assertIn(words, answer)

    def test_a_function_of_a_table_is_computed_in_float64_or_not_at_all(self):
        model = FunctionTransformer(np.sqrt)
        self.assert_same(model.fit(numbers(a="float64", b="float64")), numbers(a="float64", b="float64"), "transform")
        self.assert_same(model, numbers(a="float64", b="int64"), "transform")
        for other in ("float32", "int8", "uint16", "bool"):
            self.assert_refused(model, numbers(a="float64", b=other), "transform", "in integers, or in few bits")
        for own in ("Int8", "Int64", "Float32", "boolean"):
            rows = numbers(a="float64", b="int64")
            rows["b"] = (rows["b"] > 40).astype(own) if own == "boolean" else rows["b"].astype(own)
            self.assert_refused(model, rows, "transform", "a type of its own")

    def test_the_identity_keeps_the_type_of_its_rows(self):
        for types in (dict(a="float32", b="float32"), dict(a="int64", b="int64"), dict(a="float32", b="float64")):
            for validate in (False, True):
                self.assert_same(FunctionTransformer(validate=validate).fit(numbers(**types)), numbers(**types), "transform")

    def test_what_pandas_makes_of_objects_is_not_guessed(self):
        words = pd.DataFrame({"plan": pd.Series(["basic", None, "plus", "basic"] * 10, dtype=object)})
        model = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                              DecisionTreeClassifier(random_state=0))
        self.assert_same(model.fit(words, LABELS), words, "predict")
        model.set_output(transform="pandas")
        self.assert_refused(model.fit(words, LABELS), words, "predict", "set_output")
        full = words.fillna("family")
        self.assert_same(model.fit(full, LABELS), full, "predict")

    def test_a_column_of_true_and_false_with_gaps_is_read_as_pandas_reads_it(self):
        path = self.root / "flags.csv"
        path.write_text("flag,count\n" + "True,1\nFalse,2\n,3\ntRue,4\n" * 10)
        rows = pd.read_csv(path)
        model = make_pipeline(OneHotEncoder(handle_unknown="ignore", sparse_output=False), DecisionTreeClassifier(random_state=0))
        model.fit(rows, LABELS)
        self.assertEqual(self.ask(model, path, "predict")["values"], model.predict(rows).tolist())

    def test_naive_bayes_fitted_on_float32_is_not_computed_in_float64(self):
        rows = numbers(a="float64", b="float64")
        self.assert_refused(GaussianNB().fit(rows.to_numpy(np.float32), LABELS), rows.to_numpy(), "predict_proba", "fitted in float32")

    def test_labels_of_several_types_are_no_numbers(self):
        labels = np.column_stack([np.array(["a", "b"] * 20, dtype=object), np.array([1.5, 2.5] * 20, dtype=object)])
        model = DummyClassifier(strategy="most_frequent").fit(np.zeros((ROWS, 1)), labels)
        self.assert_refused(model, np.zeros((3, 1)), "predict", "texts and numbers for labels")

    def test_a_tree_whose_classes_contradict_it_is_refused(self):
        rows = numbers(a="float64", b="float64").to_numpy()
        tree = DecisionTreeClassifier(random_state=0).fit(rows, LABELS)
        tree.classes_ = tree.classes_[:2]
        self.assert_refused(tree, rows, "predict", "attribute classes_ has other numbers of classes than the tree")
        tree = DecisionTreeClassifier(random_state=0).fit(rows, LABELS)
        tree.n_classes_ = np.int64(2)
        self.assert_refused(tree, rows, "predict", "attribute n_classes_ contradicts the tree")
        tree = DecisionTreeClassifier(random_state=0).fit(rows, LABELS)
        tree.n_outputs_ = 2
        self.assert_refused(tree, rows, "predict", "attribute n_outputs_ contradicts the tree")
        forest = RandomForestClassifier(3, random_state=0).fit(rows, LABELS)
        forest.n_classes_ = 4
        self.assert_refused(forest, rows, "predict", "attribute n_classes_ contradicts the tree")

    def test_sparse_rows_with_gaps_are_refused_by_trees_as_by_scikit_learn(self):
        rows = pd.DataFrame({"a": [1.0, np.nan] * 20, "word": list("xyzv") * 10})
        prepare = ColumnTransformer([("word", OneHotEncoder(), ["word"]), ("a", StandardScaler(), ["a"])], sparse_threshold=1.0)
        model = make_pipeline(prepare, DecisionTreeClassifier(random_state=0)).fit(rows.fillna(0.0), LABELS)
        with self.assertRaises(ValueError):
            model.predict(rows)
        self.assert_refused(model, rows, "predict", "does not accept missing values")

    def test_a_small_file_that_names_one_array_a_hundred_times_costs_no_more_than_the_array(self):
        encoder = OneHotEncoder(handle_unknown="ignore").fit(np.zeros((2, 130)))
        encoder.categories_ = [np.arange(10**6, dtype=float)] * 130
        encoder._n_features_outs = [10**6] * 130
        (self.root / "wide.pkl.z").write_bytes(zlib.compress(pickle.dumps(encoder)))
        (self.root / "one.csv").write_text("a\n1\n")
        limited = ["bash", "-c", f'ulimit -v 2000000; exec "{binary()}" predict wide.pkl.z --input one.csv --method transform']
        done = subprocess.run(limited, cwd=self.root, capture_output=True, text=True, timeout=120)
        self.assertIn("attribute categories_ holds more categories than are computed with", done.stderr)


class _Rows:
    """Stands for a model where only the rows of a sample are wanted."""

    def __init__(self, rows):
        self.rows = rows

    def predict(self, rows):
        return np.zeros(len(rows))


if __name__ == "__main__":
    unittest.main()
