#!/usr/bin/env python3
"""A version that nothing is known of in this environment is tried: the smoke test decides, and its proof settles it for the next one.

ASSAY_BIN=build/release/assay build/venv/bin/python tests/functional/try_test.py
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

import assay

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from assay_process import Server, binary  # noqa: E402

RANDOM = np.random.default_rng(11)
X = RANDOM.normal(size=(80, 3))
MODEL = LogisticRegression().fit(X, X[:, 0] + X[:, 1] > 0)
DATA = [{"role": "training", "name": "points", "digest": "sha256:" + "1" * 64}]


def elsewhere():
    """This environment with a pandas that no rule knows: what is recorded then is far from what is here, and the bytes do not say otherwise."""
    environment = assay.environment()
    environment["packages"] = dict(environment["packages"], **{"pandas": "99.1"})
    return environment


class Trial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        policy = self.folder / "policy.toml"
        policy.write_text('[replay]\ndifferent = "report"\n')  # what the server itself finds is not asked here
        self.server = Server(self.folder / "data", ["--policy", str(policy)])
        self.server.start()
        self.addCleanup(self.server.stop)
        self.client = assay.connect(self.server.url, "ann@lab")
        self.addCleanup(self.client.close)

    def push(self, sample=None, artifact=None):
        """A version that was, by its facts, made elsewhere."""
        model = self.folder / "model.joblib"
        if artifact is None:
            joblib.dump(MODEL, model)
        else:
            model.write_bytes(artifact)
        if sample is None:
            sample = assay.sample(MODEL, X[:20])
        held_out = self.folder / "sample.json"
        held_out.write_bytes(sample if isinstance(sample, bytes) else sample.to_bytes())
        return self.client.push("points", model, sample=held_out if sample else None, datasets=DATA, metrics={"accuracy": 0.9}, dataset="points",
                                trained_at="2026-11-22T21:14:03Z", environment=elsewhere(), uses=["scikit-learn", "numpy", "joblib", "pandas"])

    def other_sample(self):
        """One that the model does not agree with."""
        document = json.loads(assay.sample(MODEL, X[:20]).to_bytes())
        values = document["outputs"]["predict_proba"]["values"]
        values[3] = [values[3][0] + 0.125, values[3][1] - 0.125]
        return json.dumps(document).encode()

    def command(self, *arguments):
        environment = dict(os.environ, ASSAY_URL=self.server.url, VIRTUAL_ENV=sys.prefix, ASSAY_CACHE=str(self.folder / "cache"))
        return subprocess.run([str(binary()), *arguments], env=environment, cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def outcomes(self):
        proofs = self.client.connection.json("GET", "/v1/models/points/versions/1/proofs")["items"]
        return sorted((proof["outcome"], proof["rows"]) for proof in proofs if proof["prover"] == "client")

    def test_python_tries_and_the_next_load_needs_no_trial(self):
        self.push()
        with self.assertRaises(assay.Incompatible) as refused:
            self.client.load("points@1")
        self.assertIn("try_=True", str(refused.exception))
        model = self.client.load("points@1", try_=True)
        self.assertTrue(np.array_equal(model.predict_proba(X), MODEL.predict_proba(X)))
        self.assertEqual(self.outcomes(), [("equal", 20)])
        verdict = self.client.check("points@1")
        self.assertEqual((verdict.verdict, verdict.settled["kind"]), ("allow", "proof"))
        self.client.load("points@1")

    def test_the_command_line_tries_and_leaves_the_files(self):
        self.push()
        self.assertEqual(self.command("fetch", "points@1", "-o", "out").returncode, 4)
        tried = self.command("fetch", "points@1", "-o", "out", "--try")
        self.assertEqual(tried.returncode, 0, tried.stderr)
        self.assertIn("points@1 predicts as it did: equal", tried.stderr)
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()), ["model.joblib", "sample.json"])
        self.assertEqual(self.outcomes(), [("equal", 20)])
        self.assertEqual(self.command("fetch", "points@1", "-o", "again").returncode, 0)
        shown = self.command("proofs", "points@1")
        self.assertIn("numpy", shown.stdout)

    def test_other_predictions_are_refused_now_and_from_then_on(self):
        self.push(self.other_sample())
        tried = self.command("fetch", "points@1", "-o", "out", "--try")
        self.assertEqual(tried.returncode, 9, tried.stderr)
        self.assertIn("1 of 20 rows", tried.stderr)
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        self.assertEqual(self.outcomes(), [("different", 20)])
        again = self.command("fetch", "points@1", "-o", "out", "--try")
        self.assertEqual(again.returncode, 4, again.stderr)
        with self.assertRaises(assay.Incompatible) as refused:
            self.client.load("points@1", try_=True)
        self.assertIn("gave other predictions in an environment like this", str(refused.exception))

    def test_python_finds_other_predictions_before_it_loads(self):
        self.push(self.other_sample())
        with self.assertRaises(assay.PredictionDiffers) as differs:
            self.client.load("points@1", try_=True)
        self.assertEqual(differs.exception.rows, [3])
        self.assertEqual(self.outcomes(), [("different", 20)])

    def test_what_cannot_be_loaded_is_found_out_in_the_child(self):
        self.push(artifact=b"no pickle at all")
        tried = self.command("fetch", "points@1", "-o", "out", "--try")
        self.assertEqual(tried.returncode, 4, tried.stderr)
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        self.assertEqual(self.outcomes(), [("load-error", 0)])

    def test_without_a_sample_nothing_is_tried(self):
        self.push(sample=b"")
        with self.assertRaises(assay.AssayError) as refused:
            self.client.load("points@1", try_=True)
        self.assertEqual(refused.exception.code, "no-sample")
        tried = self.command("fetch", "points@1", "-o", "out", "--try")
        self.assertEqual(tried.returncode, 4, tried.stderr)
        self.assertIn("it has no sample", tried.stderr)

    def test_a_trial_is_of_this_environment(self):
        self.push()
        (self.folder / "other.json").write_text(json.dumps(elsewhere()))
        tried = self.command("fetch", "points@1", "-o", "out", "--try", "--environment", "other.json")
        self.assertEqual(tried.returncode, 2, tried.stderr)
        with self.assertRaises(assay.UsageError):
            self.client.load("points@1", elsewhere(), try_=True)

    def test_every_load_reports_what_its_smoke_test_found(self):
        self.client.push("here", MODEL, sample=X[:20], datasets=DATA, metrics={"accuracy": 0.9}, dataset="points")
        for _ in range(2):
            self.client.load("here@1")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", assay.AssayWarning)
            self.client.load("here@1", environment="none")
        found = self.client.connection.json("GET", "/v1/models/here/versions/1/proofs")["items"]
        [proof] = [each for each in found if each["prover"] == "client"]
        self.assertEqual((proof["outcome"], proof["count"], proof["by"]), ("equal", 2, "ann@lab"))
        self.assertEqual(proof["methods"], list(assay.sample(MODEL, X[:20]).methods))

    def test_versions_are_compared(self):
        self.push()
        self.client.push("points", MODEL, sample=X[:20], datasets=DATA, metrics={"accuracy": 0.95}, dataset="points", params={"C": "1"})
        compared = self.client.compare("points@1", "points@2")
        self.assertEqual(compared.differing("metrics"), {"accuracy on points": [0.9, 0.95]})
        self.assertEqual(compared.differing("params")["C"], [None, "1"])
        with self.assertRaises(assay.AssayError):
            self.client.compare("points@1")


if __name__ == "__main__":
    unittest.main()
