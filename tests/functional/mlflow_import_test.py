#!/usr/bin/env python3
"""What an MLflow server kept is taken over whole, from its address or its database, and again without harm.

    ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow python tests/functional/mlflow_import_test.py
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Client, Server, binary  # noqa: E402
from tests.support.genuine_mlflow import keep_history  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "mlflow" / "tracking.sql"
ALL = {"experiments": [3, 1], "runs": [5, 0], "logged models": [3, 0], "models": [2, 0], "aliases": [1, 0]}  # added, there already: Default is everywhere


class ImportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-import-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.here = self.server("here")

    def server(self, name):
        server = Server(self.root / name)
        server.start()
        self.addCleanup(server.stop)
        return server

    def client(self, *words, line="3"):
        done = keep_history(self.root, *words, line=line)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def take_over(self, *words, code=0):
        done = subprocess.run([str(binary()), "import", "mlflow", *words, "--json"], cwd=self.root, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "ASSAY_URL": self.here.url})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def counts(self, report):
        return {what: [added, report["there_already"][what]] for what, added in report["added"].items()}

    def database(self):
        path = self.root / "mlflow.db"
        connection = sqlite3.connect(path)
        connection.executescript(GOLDEN.read_text(encoding="utf-8"))
        connection.close()
        return str(path)

    def test_all_of_a_server_comes_over_and_reads_back_the_same(self):
        there = self.server("there")
        self.client("fill", there.url)
        report = self.take_over(there.url)
        self.assertEqual(report["skipped"], [])
        counts = self.counts(report)
        files = counts.pop("files")[0]
        self.assertEqual(counts, {**ALL, "versions": [3, 0]})
        self.assertEqual(self.client("compare", there.url, self.here.url), "32 compared\n")
        again = self.counts(self.take_over(there.url))
        self.assertEqual(again, {what: [0, sum(both)] for what, both in {**counts, "files": [files, 0]}.items()})
        self.assertEqual(self.client("compare", there.url, self.here.url), "32 compared\n")

    def test_a_database_of_a_genuine_server_comes_over_with_every_point(self):
        report = self.take_over(self.database())
        counts = self.counts(report)
        self.assertEqual({what: counts[what] for what in ALL if what != "aliases"}, {what: both for what, both in ALL.items() if what != "aliases"})
        client = Client(self.here)
        self.addCleanup(client.close)
        runs = client.send_json("POST", "/api/2.0/mlflow/runs/search", {"experiment_ids": ["1"], "max_results": 10}).json()["runs"]
        self.assertEqual([run["info"]["run_name"] for run in runs], ["r2", "r1", "r0"])
        history = client.request("GET", f"/api/2.0/mlflow/metrics/get-history?run_id={runs[0]['info']['run_id']}&metric_key=loss").json()["metrics"]
        self.assertEqual([(point["step"], point["value"]) for point in history], [(step, 1 / (step + 1)) for step in range(20)])
        self.assertEqual({metric["key"]: metric["value"] for metric in runs[0]["data"]["metrics"]},
                         {"loss": 0.05, "nothing": "NaN", "endless": 1.7976931348623157e+308})
        self.assertEqual(runs[0]["inputs"]["dataset_inputs"][0]["dataset"]["name"], "rows")

    def test_versions_whose_files_cannot_be_read_are_left_and_come_with_the_next_try(self):
        path = self.database()
        for words in ((), ("--no-artifacts",)):
            report = self.take_over(path, *words)
            self.assertNotIn("versions", report["added"])
            self.assertNotIn("failed versions", report["added"])
        self.assertIn("--artifacts names it", json.dumps(self.take_over(path)))
        (self.root / "mlartifacts").mkdir()
        report = self.take_over(path)
        skipped = {one["what"]: one["because"] for one in report["skipped"]}
        self.assertEqual(skipped["churn version 2"], "its files could not be read")
        self.assertIn("was not taken over", skipped["alias 'champion' of churn"])
        self.put_models(path)
        report = self.take_over(path)
        self.assertEqual((report["added"]["versions"], report["added"]["aliases"], report["skipped"]), (3, 1, []))

    def put_models(self, path):
        for folder, in sqlite3.connect(path).execute("SELECT artifact_location FROM logged_models"):
            place = self.root / "mlartifacts" / folder.replace("mlflow-artifacts:/", "")
            place.mkdir(parents=True)
            shutil.copy(ROOT / "tests" / "fuzz" / "corpus" / "pipeline" / "1_9_1-pipeline_pkl", place / "model.pkl")

    def test_files_elsewhere_on_this_machine_are_not_read(self):
        path = self.database()
        (self.root / "mlartifacts").mkdir()
        private = Path(tempfile.mkdtemp(prefix="assay-private-"))
        self.addCleanup(shutil.rmtree, private)
        (private / "key").write_text("secret")
        database = sqlite3.connect(path)
        for table, column in (("runs", "artifact_uri"), ("logged_models", "artifact_location")):
            database.execute(f"UPDATE {table} SET {column} = ?", (private.as_uri(),))
        database.commit()
        database.close()
        report = self.take_over(path)
        self.assertIn("lies neither below", json.dumps(report["skipped"]))
        self.assertEqual(report["bytes"], 0)
        report = self.take_over(path, "--artifacts", str(private))  # named by its owner
        self.assertGreater(report["bytes"], 0)

    def test_an_alias_that_was_moved_here_stays(self):
        path = self.database()
        self.put_models(path)
        self.take_over(path)
        client = Client(self.here)
        self.addCleanup(client.close)
        client.send_json("PUT", "/v1/models/churn/aliases/champion", {"version": 3}).must()
        report = self.take_over(path)
        self.assertEqual(report["skipped"], [{"what": "alias 'champion' of churn", "because": "it points at version 3 here, and at 2 there"}])
        self.assertEqual(client.request("GET", "/v1/models/churn/versions/@champion").json()["version"], 3)

    def test_a_run_of_very_many_points_comes_over_in_several_requests(self):
        path = self.database()
        database = sqlite3.connect(path)
        run = database.execute("SELECT run_uuid FROM runs WHERE name = 'r0'").fetchone()[0]
        database.executemany('INSERT INTO metrics ("key", value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)',
                             [("long", step / 7, step, run, step) for step in range(120_000)])
        database.commit()
        database.close()
        self.take_over(path, "--no-artifacts")
        client = Client(self.here)
        self.addCleanup(client.close)
        points, token = 0, ""
        while True:
            page = client.request("GET", f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=long&max_results=25000&page_token={token}").json()
            points += len(page["metrics"])
            token = page.get("next_page_token", "")
            if not token:
                break
        self.assertEqual(points, 120_000)

    def test_a_break_after_some_of_it_says_what_was_wrong_and_how_to_go_on(self):
        there = self.server("there")
        self.client("fill", there.url)
        done = subprocess.run([str(binary()), "import", "mlflow", there.url], cwd=self.root, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "ASSAY_URL": "http://127.0.0.1:1"})
        self.assertEqual(done.returncode, 10)
        self.assertIn("error: ", done.stderr)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            thread = threading.Thread(target=self.answer_two, args=(listener,), daemon=True)
            thread.start()
            done = subprocess.run([str(binary()), "import", "mlflow", there.url, "--no-artifacts"], cwd=self.root, capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "ASSAY_URL": f"http://127.0.0.1:{listener.getsockname()[1]}"})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("experiments: 1 added", done.stdout)
        self.assertRegex(done.stderr, r"error: \S")
        self.assertIn("fix: the same command again", done.stderr)

    @staticmethod
    def answer_two(listener):
        """A server that takes one experiment, and refuses the next request."""
        for number in range(50):
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 20)
                body = b'{"experiments":[{"experiment":7,"location":"7","added":true}]}' if number == 0 else b'{"code":"no-space","detail":"the disk is full","title":"no"}'
                kind = b"200 OK\r\nContent-Type: application/json" if number == 0 else b"507 Insufficient\r\nContent-Type: application/problem+json"
                connection.sendall(b"HTTP/1.1 " + kind + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def test_a_file_store_comes_over_and_reads_back_the_same(self):
        folder = self.root / "mlruns"
        self.client("fill", folder.as_uri())
        report = self.take_over("mlruns")
        self.assertEqual(report["skipped"], [])
        counts = self.counts(report)
        self.assertGreater(counts.pop("files")[0], 10)
        self.assertEqual(counts, {**ALL, "versions": [3, 0]})
        self.assertEqual(self.client("compare", folder.as_uri(), self.here.url), "32 compared\n")
        again = self.counts(self.take_over(str(self.root)))  # the folder that has mlruns
        self.assertTrue(all(added == 0 for added, _ in again.values()), again)

    def test_a_file_store_that_has_moved_and_has_broken_runs_comes_over_without_those(self):
        folder = self.root / "mlruns"
        self.client("fill", folder.as_uri(), line="2")
        moved = self.root / "elsewhere"
        folder.rename(moved)
        runs = sorted(path.parent for path in moved.glob("*/*/meta.yaml") if (path.parent / "metrics" / "loss").exists() and path.parent.parent.name != "models")
        (runs[0] / "meta.yaml").write_text("status: [")
        report = self.take_over(str(moved))
        self.assertEqual(report["added"]["runs"], ALL["runs"][0] - 1)
        skipped = {one["what"]: one["because"] for one in report["skipped"]}
        self.assertIn(f"run {runs[0].name}", skipped)
        self.assertGreater(report["added"]["files"], 5)

    def test_what_is_no_source_is_refused_with_the_way_on(self):
        text = self.root / "notes.txt"
        text.write_text("hello")
        (self.root / "mlruns").mkdir()
        other = self.root / "other.db"
        sqlite3.connect(other).execute("CREATE TABLE t (a)")
        self.assertEqual(self.take_over(str(text), code=2)["code"], "not-mlflow")
        self.assertEqual(self.take_over(str(other), code=2)["code"], "not-mlflow")
        self.assertEqual(self.take_over(str(self.root / "mlruns"), code=2)["code"], "not-mlflow")
        self.assertEqual(self.take_over(str(self.root / "none.db"), code=3)["code"], "file-not-found")
        nobody = self.take_over("http://127.0.0.1:1", code=10)
        self.assertEqual(nobody["code"], "connection-failed")
        self.assertIn("mlflow server", json.dumps(nobody))
        self.assertNotIn("assay serve", json.dumps(nobody))
        other = self.take_over("postgresql://ann:secret@db/mlflow", code=2)
        self.assertEqual(other["code"], "unknown-source")
        self.assertIn("mlflow server --backend-store-uri postgresql://", json.dumps(other))
        self.assertNotIn("secret", json.dumps(other))


if __name__ == "__main__":
    unittest.main()
