#!/usr/bin/env python3
"""Models that scikit-learn writes are `model` in every codec; the same with an attack in them are refused, and the attack is named.

ASSAY_BIN=build/release/assay build/venv/bin/python tests/functional/inspect_test.py
"""

import concurrent.futures
import gzip
import io
import json
import pickle
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import specimens  # noqa: E402
from assay_process import binary  # noqa: E402
from payloads import catalogue  # noqa: E402

RANDOM = np.random.default_rng(5)
FRAME = pd.DataFrame({"length": RANDOM.normal(size=60), "island": RANDOM.choice(["Dream", "Biscoe"], size=60)})
LABELS = RANDOM.choice(["Adelie", "Gentoo"], size=60)
PREPARE = ColumnTransformer([("numbers", Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())]), ["length"]),
                             ("words", OneHotEncoder(handle_unknown="ignore"), ["island"])])
PIPELINE = Pipeline([("prepare", PREPARE), ("model", LogisticRegression())]).fit(FRAME, LABELS)
CODECS = ("zlib", "gzip", "bz2", "lzma", "xz")


class Ours(StandardScaler):
    """A class of nobody's list: this module is __main__ where the model is written."""


def inspect(path):
    """The exit code of assay inspect --json, and what it printed."""
    done = subprocess.run([binary(), "inspect", str(path), "--json"], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, json.loads(done.stdout)


class Benign(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def inspected(self, name, write):
        path = self.folder / name
        write(path)
        return inspect(path)

    def assert_model(self, name, write):
        code, report = self.inspected(name, write)
        self.assertEqual((code, report["verdict"], report["reasons"]), (0, "model", []), name)
        return report["inspection"]

    def test_a_pipeline_is_a_model_in_every_codec_of_joblib(self):
        self.assertEqual(self.assert_model("raw.joblib", lambda path: joblib.dump(PIPELINE, path))["format"], "joblib")
        for codec in CODECS:
            found = self.assert_model(f"{codec}.joblib", lambda path, codec=codec: joblib.dump(PIPELINE, path, compress=(codec, 3)))
            self.assertEqual(found["compression"], codec)

    def test_a_pipeline_is_a_model_in_every_protocol_of_pickle(self):
        for protocol in range(6):
            found = self.assert_model(f"p{protocol}.pkl", lambda path, protocol=protocol: path.write_bytes(pickle.dumps(PIPELINE, protocol)))
            self.assertEqual(found["protocol"], protocol if protocol > 1 else 0)

    def test_the_tree_has_steps_hyperparameters_and_fitted_attributes(self):
        found = self.assert_model("pipeline.joblib", lambda path: joblib.dump(PIPELINE, path))
        tree = found["tree"]
        self.assertEqual(tree["class"], "sklearn.pipeline.Pipeline")
        steps = {child["name"]: child for child in tree["children"]}
        self.assertEqual(steps["model"]["class"], "sklearn.linear_model._logistic.LogisticRegression")
        self.assertEqual(steps["model"]["params"]["C"], 1.0)
        self.assertEqual(steps["model"]["fitted"]["coef_"]["array"], "float64")
        self.assertEqual(found["feature_names"], ["length", "island"])
        self.assertEqual(found["classes"], ["Adelie", "Gentoo"])

    def test_arrays_are_where_the_report_says(self):
        scaler = StandardScaler().fit(RANDOM.normal(size=(50, 3)))
        path = self.folder / "scaler.joblib"
        joblib.dump(scaler, path)
        arrays = {array["path"]: array for array in inspect(path)[1]["inspection"]["arrays"]}
        where = arrays["mean_"]
        held = np.frombuffer(path.read_bytes()[where["offset"]:where["offset"] + where["length"]], where["dtype"])
        np.testing.assert_array_equal(held, scaler.mean_)

    def test_releases_are_found_with_their_evidence(self):
        import sklearn
        found = self.assert_model("pipeline.joblib", lambda path: joblib.dump(PIPELINE, path))
        exact = [release for release in found["releases"] if release["exact"]]
        self.assertEqual([(release["package"], release["release"]) for release in exact], [("scikit-learn", sklearn.__version__)])
        self.assertIn("_sklearn_version", exact[0]["evidence"])

    def test_training_rows_in_a_model_of_neighbours_are_reported(self):
        model = KNeighborsClassifier().fit(FRAME[["length"]], LABELS)
        found = self.assert_model("neighbours.joblib", lambda path: joblib.dump(model, path))
        self.assertIn(("rows", "_fit_X", 60), [(data["level"], data["path"], data["rows"]) for data in found["training_data"]])

    def test_searches_forests_boosters_and_ufuncs_are_models(self):
        numbers = FRAME[["length"]]
        for name, model in {"search": GridSearchCV(LogisticRegression(), {"C": [1.0, 10.0]}), "forest": RandomForestClassifier(5),
                            "boosting": HistGradientBoostingClassifier(max_iter=5),
                            "ufunc": Pipeline([("log", FunctionTransformer(np.log1p)), ("model", LogisticRegression())])}.items():
            model.fit(numbers.abs(), LABELS)
            self.assert_model(f"{name}.joblib", lambda path, model=model: joblib.dump(model, path))

    def test_a_class_of_ones_own_needs_trust_and_is_named_with_its_place(self):
        model = Pipeline([("ours", Ours()), ("model", LogisticRegression())]).fit(FRAME[["length"]], LABELS)
        code, report = self.inspected("ours.pkl", lambda path: path.write_bytes(pickle.dumps(model)))
        self.assertEqual((code, report["verdict"]), (6, "needs-trust"))
        self.assertEqual([(reason["code"], reason["name"], reason["path"]) for reason in report["reasons"]],
                         [("unknown-global", "__main__.Ours", "steps[0][1]")])

    def test_functions_that_cloudpickle_embeds_are_listed(self):
        def halve(values):
            return values / 2

        model = FunctionTransformer(halve).fit(FRAME[["length"]])
        code, report = self.inspected("function.pkl", lambda path: path.write_bytes(cloudpickle.dumps(model)))
        self.assertEqual((code, report["verdict"], report["inspection"]["format"]), (6, "needs-trust", "cloudpickle"))
        self.assertIn("halve", report["inspection"]["functions"])

    def test_texts_and_empty_files_are_data(self):
        for name, content in {"notes.txt": b"catboost\nnumpy\nscikit-learn==1.5\n", "sample.json": b'{"rows": 1}', "empty.txt": b"", "one.txt": b"x"}.items():
            code, report = self.inspected(name, lambda path, content=content: path.write_bytes(content))
            self.assertEqual((code, report["verdict"]), (0, "data"), name)

    def test_a_second_gzip_member_is_refused_and_what_is_in_it_is_named(self):
        evil = pickle.dumps(PIPELINE)
        first, second = gzip.compress(evil), gzip.compress(b"cposix\nsystem\n(S'echo second member'\ntR.")
        code, report = self.inspected("two.pkl.gz", lambda path: path.write_bytes(first + second))
        self.assertEqual((code, report["verdict"]), (6, "malformed"))
        self.assertIn(("posix.system", "('echo second member',)"), [(reason.get("name"), reason.get("arguments")) for reason in report["reasons"]])

    def test_a_bomb_is_refused_by_what_it_unpacks_to(self):
        import bz2
        zeros = io.BytesIO()
        joblib.dump(np.zeros(16), zeros)
        bomb = bz2.compress(zeros.getvalue() + b"\0" * (300 << 20))
        code, report = self.inspected("bomb.joblib", lambda path: path.write_bytes(bomb))
        self.assertEqual((code, report["verdict"]), (6, "malformed"))
        self.assertLess(len(bomb), 10_000)


class Attacks(unittest.TestCase):
    """One kind of file for each payload, going round the kinds and places: every kind of payload, every kind of file, every place."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        stem = cls.folder / "host"
        for protocol in (2, 4, 5):
            Path(f"{stem}.p{protocol}.pkl").write_bytes(pickle.dumps(PIPELINE, protocol))
        joblib.dump(PIPELINE, f"{stem}.joblib")
        cls.stem = stem

    def specimen_of(self, number, payload):
        kinds = ["pickle2", "pickle4", "pickle5", "joblib", "joblib.z", "joblib.lz4", "joblib.xz", "joblib.bz2", "joblib.gz", "joblib.lzma"]
        places = ["front", "attribute", "nested", "end", "second"]
        for turn in range(len(kinds) * len(places)):
            try:
                return specimens.build(self.stem, payload, kinds[(number + turn) % len(kinds)], places[(number + turn) % len(places)])
            except (specimens.NoPlace, ValueError):
                continue  # not every payload fits every kind of file
        return None

    def test_every_payload_is_refused_and_named(self):
        missed, unnamed, tried = [], [], 0

        def judge(item):
            number, payload = item
            specimen = self.specimen_of(number, payload)
            if specimen is None:
                return None
            path = specimen.write(self.folder / str(number))
            code, report = inspect(path)
            shown = [(reason.get("name"), reason.get("arguments", "") + reason["detail"]) for reason in report["reasons"]]
            named = any(name in payload.names and (specimen.marker is None or specimen.marker in text) for name, text in shown)
            return f"{payload.name} in {specimen.name}", code == 6, named

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for result in pool.map(judge, enumerate(catalogue())):
                if result is None:
                    continue
                tried += 1
                name, refused, named = result
                if not refused:
                    missed.append(name)
                if not named:
                    unnamed.append(name)
        self.assertGreater(tried, 500)
        self.assertEqual(missed, [])
        self.assertLessEqual(len(unnamed), tried // 50, unnamed)


if __name__ == "__main__":
    unittest.main()
