"""Whatever is wrong with a call is an `AssayError` that says why and what to write instead, before anything is sent."""

import io
import json
import os
import tempfile
import unittest
import warnings
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from unittest import mock

import assay
import numpy as np
import pandas as pd
from assay import _connection
from assay._commands import main
from assay._facts import as_time
from assay._sample_check import check_document
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

NOWHERE = "http://127.0.0.1:9"
X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
MODEL = DecisionTreeClassifier().fit(X, [0, 1, 0])
TABLE = pd.DataFrame({"a": [1, 2]})
BAD_NAMES = ["", "a/b", "churn@2", "a" * 257, "nul\x01", "line\u2028", "\ud800", None, 5, b"churn"]
BAD_REFERENCES = ["", "@", "churn@", "churn@0", "churn@-1", "churn@007", "churn@v3", "churn@a b", "churn@sha256:abc", "churn@" + "a" * 256, "models:/churn", None, 5, b"x"]
GOOD = {
    "schema": "assay.sample/1",
    "rows": 2,
    "input": {"kind": "table", "columns": [{"name": "x", "type": "float64", "values": [1.0, "NaN"]}, {"name": "y", "type": "string", "values": ["a", None]}]},
    "outputs": {"predict": {"type": "int64", "shape": [2], "values": [0, 1]}, "predict_proba": {"type": "float64", "shape": [2, 2], "values": [[0, 1], [1, 0]]}},
}


def changed(place, value, document=GOOD):
    """The document with another value at a place such as "outputs.predict.shape"."""
    copy = json.loads(json.dumps(document))
    *parents, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    inner = copy
    for part in parents:
        inner = inner[part]
    inner[last] = value
    return copy


class Base(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        patches = [
            mock.patch.dict(os.environ, {"ASSAY_URL": NOWHERE, "ASSAY_CONSUMER": "tester@lab", "XDG_CONFIG_HOME": str(self.root / "config")}),
            mock.patch.object(_connection.Connection, "request", self.sent),
        ]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.root)
        warnings.simplefilter("ignore", assay.AssayWarning)

    def sent(self, *arguments, **_):
        raise AssertionError(f"something was sent: {arguments[1:]}")

    def refused(self, call, *arguments, kind=assay.UsageError, **named):
        """The error of a call that must be refused, which says why and what helps."""
        with self.subTest(f"{getattr(call, '__name__', call)} {arguments!r:.80} {named!r:.80}"):
            with self.assertRaises(kind) as caught:
                call(*arguments, **named)
            error = caught.exception
            self.assertTrue(error.code, repr(error))
            self.assertTrue(error.because, f"{error} has no cause")
            self.assertTrue(error.fix and all(error.fix), f"{error} has no fix")
            return error


class Push(Base):
    def push(self, **named):
        return self.refused(assay.push, **{"name": "churn", "model": MODEL, **named})

    def test_a_name_that_is_none(self):
        for name in BAD_NAMES:
            self.push(name=name)

    def test_a_model_that_is_none(self):
        for model in (None, 5, [MODEL], DecisionTreeClassifier, "missing.joblib", Path("missing"), "", "a\0b", b"model"):
            self.push(model=model)
        (self.root / "empty").mkdir()
        self.push(model=self.root / "empty", trained_at="2026-01-01")
        (self.root / "link").symlink_to(self.root / "empty")
        self.push(model=self.root / "link", trained_at="2026-01-01")

        class Unpicklable(DecisionTreeClassifier):
            def __reduce__(self):
                raise RuntimeError("no")

        self.push(model=Unpicklable())

    def test_metrics_that_are_none(self):
        bad = ["bad", 5, None, {"accuracy": float("nan")}, {"accuracy": float("inf")}, {"accuracy": "high"}, {"accuracy": None}, {"accuracy": 10**400}]
        bad += [{5: 1.0}, [5], ["accuracy"], [{"name": "accuracy"}], [{"value": 1}], [{"name": None, "value": 1}], b"x"]
        for metrics in bad:
            self.push(metrics=metrics)
        self.push(dataset=5, metrics={"accuracy": 1})

    def test_a_time_that_is_none(self):
        bad = ["yesterday", "", "2026-02-30", "2026-11-22T25:00:00Z", "1969-12-31", "2026-11-22T21:14:03", "22.11.2026", 5, b"2026-01-01"]
        bad += [datetime(2026, 1, 1), datetime(1960, 1, 1, tzinfo=timezone.utc), date(1960, 1, 1)]
        for moment in bad:
            self.push(trained_at=moment)
        error = self.push(trained_at=datetime(2026, 1, 1))
        self.assertEqual(error.code, "no-time-zone")

    def test_times_that_are_good(self):
        self.assertEqual(as_time(date(2026, 1, 2)), "2026-01-02")
        self.assertEqual(as_time(datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-3)))), "2026-01-02T03:00:00Z")
        for text in ("2026-11-22", "2026-11-22T21:14:03Z", "2026-11-22t21:14:03.123456789z", "2026-11-22 21:14:03+02:00"):
            self.assertEqual(as_time(text), text)

    def test_datasets_that_are_none(self):
        empty = pd.DataFrame({"a": []})
        for data in (5, object(), "missing.csv", empty, np.empty((0, 2)), ("train", empty), pd.DataFrame({"a": [1j]}), [[1], [1, 2]], {"a": [1]}):
            self.push(training=data)
            self.push(evaluation=data)
        for listed in ("adult", 5, {"role": "training"}, [5], ["adult"], None):
            self.push(datasets=listed)

    def test_lists_and_mappings_that_are_none(self):
        for argument, values in {
            "uses": ["numpy", 5, [5], {"numpy": "1"}],
            "aliases": ["production", 5, [5], None, {"a": 1}],
            "parents": ["churn@2", 5, [5], None],
            "tags": ["team", 5, {"team": 5}, {5: "x"}, ["team"]],
            "params": ["depth=8", 5, ["depth"]],
            "source": ["git", 5, {"git": 5}],
            "run": [5, ["id"], b"x"],
            "description": [5, None, b"x"],
            "environment": [5, "missing.json", {"packages": []}, {5: "x"}, {"packages": {"a": 1}}, b"auto", ["auto"]],
        }.items():
            for value in values:
                self.push(**{argument: value})

    def test_what_has_no_form_in_json(self):
        client = assay.connect()
        mock.patch.stopall()
        for body in ({"a": float("nan")}, {"a": object()}, {"a": "\ud800"}):
            self.refused(client.connection.request, "POST", "/v1/x", body=body)

    def test_if_changed_needs_a_time(self):
        self.push(if_changed=True, training=TABLE)

    def test_samples_that_are_none(self):
        for sample in (5, np.empty((0, 2)), np.empty((2, 0)), np.ones(3), X[:, :1], pd.DataFrame(), object(), "missing.json", b"x", [[1], [1, 2]], ["text"]):
            self.push(sample=sample, training=TABLE)
        (self.root / "model.joblib").write_bytes(b"x")
        self.push(model="model.joblib", sample=X, trained_at="2026-01-01")
        self.refused(assay.push, "churn", MODEL, sample=assay.Sample(changed("rows", 3)), kind=assay.AssayError)
        (self.root / "held-out.json").write_text(json.dumps(changed("outputs.predict.shape", [3])))
        self.refused(assay.push, "churn", "model.joblib", sample="held-out.json", trained_at="2026-01-01", kind=assay.AssayError)
        folder = self.root / "folder"
        folder.mkdir()
        (folder / "sample.json").write_text("{}")
        self.push(model=folder, sample=assay.Sample(GOOD), trained_at="2026-01-01")


class Calls(Base):
    def test_references_that_are_none(self):
        for reference in BAD_REFERENCES:
            for call in (assay.check, assay.show, assay.load, assay.lineage):
                if not (call is assay.lineage and isinstance(reference, bytes)):
                    self.refused(call, reference)
            self.refused(assay.fetch, reference, self.root / "out")
            self.refused(assay.lock, [reference])
        self.assertEqual(list(self.root.iterdir()), [])

    def test_environments_that_are_none(self):
        (self.root / "env.json").write_text("[" * 100_000)
        for environment in (5, None, "missing.json", "env.json", str(self.root), {"python": 3}, {"x": 1}, [], b"none", "a\0b", ""):
            self.refused(assay.check, "churn", environment)
            self.refused(assay.load, "churn", environment)
            self.refused(assay.fetch, "churn", "out", environment)

    def test_folders_and_files_that_are_none(self):
        for directory in (None, 5, "", b"out", "a\0b"):
            self.refused(assay.fetch, "churn", directory)
        self.refused(assay.fetch, "churn", "out", locked=5)
        self.refused(assay.fetch, "churn", "out", locked="missing.lock", kind=assay.NotFound)
        self.refused(assay.load, "churn", file=5)
        self.refused(assay.load, "churn", verify="maybe")
        self.refused(assay.load, "churn", verify=None)

    def test_locks_that_are_none(self):
        (self.root / "folder").mkdir()
        (self.root / "binary").write_bytes(b"\xff\xfe")
        (self.root / "text").write_text("what?")
        for call in (assay.verify, lambda path: assay.lock(None, path)):
            self.refused(call, "missing.lock", kind=assay.NotFound)
            self.refused(call, "text", kind=assay.AssayError)
            for path in ("folder", "binary", 5, None, "", b"x", "a\0b"):
                self.refused(call, path)
        for refs in (5, [5], {"churn": 1}, b"churn"):
            self.refused(assay.lock, refs)

    def test_search_that_is_none(self):
        self.refused(assay.search, 7)
        self.refused(assay.search, "", 7)
        self.refused(assay.search, "", ["name", 7])
        self.refused(assay.search, limit=0)
        self.refused(assay.search, limit="many")

    def test_lineage_that_is_none(self):
        self.refused(assay.lineage, "churn", "sideways")
        for depth in (0, -1, "deep", 1.5, None, True):
            self.refused(assay.lineage, "churn", depth=depth)
        self.refused(assay.lineage, "churn", limit="many")

    def test_servers_that_are_none(self):
        for url in (5, "127.0.0.1:8080", "ftp://host", "http://", "http://host:port", "http://host:99999", "http://user:secret@host", "http://a b", "http://host?x"):
            error = self.refused(assay.connect, url)
            self.assertNotIn("secret", str(error))
        self.refused(assay.connect, NOWHERE, 5)
        self.refused(assay.connect, NOWHERE, "line\nbreak")
        (self.root / "assay.toml").write_text("[assay]\nurl = 5\n")
        self.refused(assay.check, "churn")


class Unreachable(unittest.TestCase):
    def test_a_server_that_does_not_answer_is_a_network_error_with_cause_and_fix(self):
        client = assay.connect(NOWHERE)
        with mock.patch.object(_connection, "_FIRST_PAUSE", 0.0):
            for call in (
                lambda: client.show("churn"),
                lambda: client.check("churn"),
                lambda: client.lineage("churn"),
                lambda: client.load("churn"),
                lambda: client.fetch("churn", "/nowhere/at/all"),
                lambda: client.lock("churn", "/nowhere/at/all"),
                lambda: client.push("churn", MODEL, training=TABLE, metrics={"accuracy": 1}),
            ):
                with self.assertRaises(assay.NetworkError) as caught:
                    call()
                self.assertEqual(caught.exception.exit_code, 10)
                self.assertTrue(caught.exception.because)
                self.assertTrue(caught.exception.fix)


class Samples(Base):
    def test_models_and_rows_that_are_none(self):
        for model in (None, 5, object(), LogisticRegression()):
            self.refused(assay.sample, model, X)
        for rows in (None, 5, X[:, :1], X[:0], np.ones((2, 2, 2)), [], {}, pd.DataFrame({"a": [1], "b": [object()]}), np.array([[1j, 1]])):
            self.refused(assay.sample, MODEL, rows)

    def test_settings_that_are_none(self):
        for rows in (0, -1, "all", None, 1.5, True, 1001):
            self.refused(assay.sample, MODEL, X, rows=rows)
        for methods in ("predict", 5, [5], ["fit"], ["transform"], []):
            self.refused(assay.sample, MODEL, X, methods=methods)
        for tolerance in ("exact", 5, {"kind": "near"}, {"kind": "close", "abs": -1}, {"kind": "close", "rel": float("nan")}):
            self.refused(assay.sample, MODEL, X, tolerance=tolerance)
            self.refused(assay.sample(MODEL, X).compare, MODEL, tolerance)

    def test_a_model_that_gives_another_number_of_rows(self):
        class Short:
            def predict(self, rows):
                return np.ones(1)

        error = self.refused(assay.sample, Short(), X)
        self.assertIn("1 rows for 3 rows", str(error))

    def test_more_values_than_a_sample_keeps(self):
        class Any:
            def predict(self, rows):
                return np.zeros(len(rows))

        error = self.refused(assay.sample, Any(), np.zeros((1000, 2000)))
        self.assertIn("rows=500", error.fix[0])
        self.assertEqual(assay.sample(Any(), np.zeros((1000, 2000)), rows=500).rows, 500)

    def test_documents_that_are_none(self):
        for document in (None, 5, [], "x", {}, {5: 1}, changed("rows", 0), changed("rows", 1001), changed("rows", "2"), changed("schema", "x"), changed("input", 1)):
            self.refused(assay.Sample, document, kind=assay.AssayError)
        for path in (5, None, "missing.json", ".", ""):
            self.refused(assay.Sample.read, path)
        (self.root / "x.json").write_text("{")
        self.refused(assay.Sample.read, "x.json", kind=assay.AssayError)
        self.refused(assay.Sample(GOOD).output, "transform")
        self.refused(assay.Sample(GOOD).write, 5)
        self.refused(assay.Sample(GOOD).write, "no/such/folder/sample.json", kind=assay.AssayError)

    def test_parts_that_do_not_agree(self):
        check_document(GOOD)
        for place, value in (
            ("rows", 3),
            ("outputs", {}),
            ("outputs.predict", 5),
            ("outputs.predict.shape", [3]),
            ("outputs.predict.shape", "2"),
            ("outputs.predict.values", [0]),
            ("outputs.predict.values", [0, 1.5]),
            ("outputs.predict.values", [0, None]),
            ("outputs.predict.type", "int32"),
            ("outputs.predict_proba.values", [[0, 1], [1]]),
            ("outputs.predict_proba.values", [[0, 1], ["x", 0]]),
            ("outputs.predict_proba.values", [[0, 1], [10**400, 0]]),
            ("input.kind", "image"),
            ("input.columns", []),
            ("input.columns.0.name", "y"),
            ("input.columns.0.values", [1.0]),
            ("input.columns.0.values", [1.0, None]),
            ("input.columns.0.values", "xy"),
            ("input.columns.0.dtype", 5),
            ("input.columns.1.values", ["a", 1]),
            ("input.columns.1.dtype", "category"),
            ("input", {"kind": "matrix", "type": "float64", "shape": [2], "values": [1, 2]}),
            ("input", {"kind": "matrix", "type": "float64", "shape": [2, 1], "values": [[1], [None]]}),
            ("input", {"kind": "text", "values": ["a"]}),
        ):
            self.refused(check_document, changed(place, value), kind=assay.AssayError)


class Data(Base):
    def test_data_that_is_none(self):
        for call in (assay.dataset_digest, assay.dataset):
            for data in (None, 5, object(), "missing.csv", ".", "", np.zeros((1, 1, 1)), np.array([[1j]]), {"a": [1]}, [[1], [1, 2]]):
                self.refused(call, data)
        for role in ("train", None, 5):
            self.refused(assay.dataset, TABLE, role)
        self.refused(assay.dataset, TABLE, name=5)
        self.refused(assay.dataset, pd.DataFrame({"a": []}))
        self.assertTrue(assay.dataset_digest(pd.DataFrame({"a": []})).startswith("ds1:"))  # no rows are content, too


class CommandLine(Base):
    def run_main(self, *arguments):
        with redirect_stderr(io.StringIO()) as errors, redirect_stdout(io.StringIO()):
            code = main(list(arguments))
        return code, errors.getvalue()

    def test_what_the_command_line_refuses_ends_with_2_as_the_binary_does(self):
        (self.root / "model.joblib").write_bytes(b"x")
        (self.root / "train.csv").write_text("a\n1\n")
        push = ["push", "churn", "model.joblib", "--trained-at", "2026-01-01"]
        for arguments in (
            ["push", "a@b", "model.joblib"],
            ["push", "a/b", "model.joblib"],
            ["push", "", "model.joblib"],
            ["push", "a" * 300, "model.joblib"],
            ["push", "churn", "model.joblib", "--trained-at", "yesterday"],
            [*push, "--metric", "accuracy=nan"],
            [*push, "--metric", "accuracy"],
            [*push, "--dataset", "training=missing.csv"],
            [*push, "--dataset", "practice=train.csv"],
            ["show-me"],
            [],
            ["fetch", "churn@", "-o", "out"],
            ["fetch", "churn"],
            ["check", "churn", "--environment", "missing.json"],
            ["check", "churn", "--url", "ftp://x"],
        ):
            with self.subTest(" ".join(arguments)):
                code, errors = self.run_main(*arguments)
                self.assertEqual(code, 2, errors)
                self.assertIn("error: ", errors)
                self.assertNotIn("Traceback", errors)


if __name__ == "__main__":
    unittest.main()
