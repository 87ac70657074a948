"""Samples and datasets beside what MLflow logs. Needs numpy and pandas, as they do."""

import json
import sys
import tempfile
import types
import unittest
from pathlib import Path

import numpy as np
import pandas as pd
import requests

import assay
from assay._sample import Sample

sys.path.insert(0, str(Path(__file__).resolve().parent))
import fake_mlflow  # noqa: E402

X = np.arange(6.0).reshape(3, 2)


class Double:
    def predict(self, rows):
        return 2.0 * np.asarray(rows)[:, 0]


def refusal(status, body):
    response = requests.Response()
    response.status_code = status
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.HTTPError(f"{status} Client Error", response=response)


class LogSample(unittest.TestCase):
    def test_it_lies_beside_the_model_that_is_named(self):
        fake = fake_mlflow.install(self)
        info = types.SimpleNamespace(model_uri="models:/m-1")
        for model, place in ((info, ("m-1", None)), ("models:/m-2", ("m-2", None)), ("m-3", ("m-3", None)), ("runs:/r9/a/b", ("r9", "a/b"))):
            sample = assay.mlflow.log_sample(Double(), X, model=model)
            run, folder, name, content = fake.calls[-1]
            self.assertEqual(((run, folder), name), (place, "sample.json"))
            self.assertEqual(Sample.parse(content).document, sample.document)
            self.assertEqual(sample.output("predict").tolist(), [0.0, 4.0, 8.0])

    def test_a_model_of_a_run_that_mlflow_3_keeps_elsewhere_is_found(self):
        fake = fake_mlflow.install(self)
        fake.models.get_model_info = lambda uri: types.SimpleNamespace(model_id={"runs:/r1/model": "m-7"}[uri])
        assay.mlflow.log_sample(Double(), X, model="runs:/r1/model")
        self.assertEqual(fake.calls[-1][:2], ("m-7", None))

    def test_the_model_that_was_logged_last_is_meant_where_none_is_named(self):
        fake = fake_mlflow.install(self)
        fake.last = types.SimpleNamespace(model_uri="models:/m-5")
        assay.mlflow.log_sample(Double(), X)
        self.assertEqual(fake.calls[-1][:2], ("m-5", None))
        two = fake_mlflow.install(self, three=False)
        two.run_tags = {"mlflow.log-model.history": json.dumps([{"artifact_path": "model"}, {"artifact_path": "best_estimator"}])}
        assay.mlflow.log_sample(Double(), X)
        self.assertEqual(two.calls[-1][:2], ("r1", "best_estimator"))

    def test_without_a_logged_model_it_says_what_to_do(self):
        for three in (True, False):
            fake_mlflow.install(self, three=three)
            with self.assertRaisesRegex(assay.NotFound, "log it first"):
                assay.mlflow.log_sample(Double(), X)

    def test_what_is_no_logged_model_is_refused(self):
        fake = fake_mlflow.install(self)
        for model in ("models:/housing/1", "models:/housing@champion", "runs:/r1", "runs:/r1/", "s3://b/x", "", 3, X):
            with self.subTest(str(model)), self.assertRaises(assay.UsageError):
                assay.mlflow.log_sample(Double(), X, model=model)
        with self.assertRaisesRegex(assay.UsageError, "never changes"):
            assay.mlflow.log_sample(Double(), X, model="models:/housing/1")
        self.assertEqual(fake.calls, [])

    def test_a_sample_that_comes_after_the_version_is_a_conflict(self):
        fake = fake_mlflow.install(self)
        message = "'1/models/m-1/artifacts/sample.json' cannot be changed\n  because: housing version 1 was registered from it\n  fix: log it again"
        fake.refusal = refusal(409, {"error_code": "RESOURCE_CONFLICT", "message": message})
        with self.assertRaises(assay.Conflict) as raised:
            assay.mlflow.log_sample(Double(), X, model="m-1")
        self.assertEqual(raised.exception.because, "housing version 1 was registered from it")
        self.assertIn("register_model", raised.exception.fix[0])

    def test_other_refusals_keep_what_the_server_said(self):
        fake = fake_mlflow.install(self)
        for mishap, said in (
            (refusal(403, {"error_code": "PERMISSION_DENIED", "message": "not yours"}), "not yours"),
            (refusal(502, b"<html>"), "502 Client Error"),
            (fake_mlflow.MlflowException("no such model"), "no such model"),
        ):
            fake.refusal = mishap
            with self.assertRaisesRegex(assay.AssayError, said):
                assay.mlflow.log_sample(Double(), X, model="m-1")

    def test_a_model_that_fails_on_the_rows_sends_nothing(self):
        fake = fake_mlflow.install(self)
        with self.assertRaises(assay.UsageError):
            assay.mlflow.log_sample(object(), X, model="m-1")
        self.assertEqual(fake.calls, [])


class LogDataset(unittest.TestCase):
    def test_a_table_is_an_input_and_its_hash_a_tag(self):
        fake = fake_mlflow.install(self)
        frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
        digest = assay.dataset_digest(frame)
        dataset = assay.mlflow.log_dataset(frame, "iris", source="s3://b/iris.csv")
        self.assertEqual(fake.calls, [("tag", f"assay.dataset.iris.{digest[len('ds1:sha256:') :][:16]}", digest), ("input", "iris", "training")])
        self.assertIs(dataset.data, frame)
        self.assertEqual((dataset.source, dataset.digest), ("s3://b/iris.csv", digest[len("ds1:sha256:") :][:16]))
        for data in (frame["a"], X, [[1.0, 2.0]]):
            assay.mlflow.log_dataset(data, "iris", context="evaluation")
            digest = assay.dataset_digest(data)
            short = digest.rpartition(":")[2][:16]
            self.assertEqual(fake.calls[-2:], [("tag", f"assay.dataset.iris.{short}", digest), ("input", "iris", "evaluation")])

    def test_a_file_is_known_by_its_bytes(self):
        fake = fake_mlflow.install(self)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.csv"
            file.write_bytes(b"a,b\n1,2\n")
            dataset = assay.mlflow.log_dataset(file, "train")
            digest = assay.dataset_digest(file)
            self.assertEqual(fake.calls[0], ("tag", f"assay.dataset.train.{digest.rpartition(':')[2][:16]}", digest))
            self.assertEqual(dataset.source, str(file))

    def test_a_table_that_mlflow_has_no_words_for_is_logged_without_its_columns(self):
        fake = fake_mlflow.install(self)

        def refuses(*_, **__):
            raise fake_mlflow.MlflowException("Unsupported column type")

        fake.data.from_pandas = refuses
        dataset = assay.mlflow.log_dataset(pd.DataFrame({"a": [1]}), "iris")
        self.assertEqual((dataset.data, dataset.source), (None, "code"))
        self.assertEqual([call[0] for call in fake.calls], ["tag", "input"])

    def test_names_and_data_that_cannot_be_are_refused_before_anything_is_sent(self):
        fake = fake_mlflow.install(self)
        for data, name in ((X, ""), (X, "n" * 220), (X, 3), (object(), "iris"), ("/nowhere/train.csv", "iris")):
            with self.subTest(name), self.assertRaises(assay.UsageError):
                assay.mlflow.log_dataset(data, name)
        self.assertEqual(fake.calls, [])
        assay.mlflow.log_dataset(X, "n" * 219)


if __name__ == "__main__":
    unittest.main()
