#!/usr/bin/env python3
"""Everything that a registry has goes to a tracking server of MLflow, and again without harm.

    ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow python tests/functional/mlflow_export_test.py

The server is one of ours; with ASSAY_MLFLOW_SERVER=VENV, an environment with `pip install mlflow`, the genuine one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server, binary  # noqa: E402
from tests.support.genuine_mlflow import genuine_server, keep_history  # noqa: E402

MODEL = ROOT / "tests" / "fuzz" / "corpus" / "pipeline" / "1_9_1-pipeline_pkl"


class ExportTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-export-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.here = self.server("here")
        venv = os.environ.get("ASSAY_MLFLOW_SERVER")
        if venv:
            folder = self.root / "there"
            folder.mkdir()
            self.there = f"http://127.0.0.1:{self.enterContext(genuine_server(Path(venv), folder))}"
        else:
            self.there = self.server("there").url

    def server(self, name):
        server = Server(self.root / name)
        server.start()
        self.addCleanup(server.stop)
        return server

    def client(self, *words, line="3"):
        done = keep_history(self.root, *words, line=line)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def assay(self, *words, code=0):
        done = subprocess.run([str(binary()), *words], cwd=self.root, capture_output=True, text=True, timeout=180, env={**os.environ, "ASSAY_URL": self.here.url})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def export(self, code=0):
        return json.loads(self.assay("export", "mlflow", self.there, "--json", code=code))

    def counts(self, report):
        return {what: [added, report["there_already"][what]] for what, added in report["added"].items()}

    def test_all_goes_there_and_reads_back_the_same_but_for_ids(self):
        self.client("fill", self.here.url)
        report = self.export()
        self.assertEqual(report["skipped"], [])
        counts = self.counts(report)
        files = counts.pop("files")[0]
        self.assertEqual(counts, {"experiments": [3, 1], "runs": [5, 0], "logged models": [3, 0], "models": [2, 0], "versions": [3, 0], "aliases": [1, 0]})
        self.assertEqual(self.client("compare_exported", self.here.url, self.there), "32 compared\n")
        again = self.counts(self.export())
        self.assertEqual(again, {what: [0, sum(both)] for what, both in {**counts, "files": [files, 0]}.items()})
        self.assertEqual(self.client("compare_exported", self.here.url, self.there), "32 compared\n")

    def test_a_pushed_version_is_loaded_there_by_its_alias_and_numbers_stay(self):
        shutil.copy(MODEL, self.root / "model.pkl")
        facts = ("--metric", "accuracy=0.9", "--dataset", "training=adult@sha256:" + "0" * 64, "--trained-at", "2024-05-01", "--environment", "none")
        environment = self.root / "environment.json"
        environment.write_text(json.dumps({"python": "3.11.7", "implementation": "cpython", "platform": "linux-x86_64", "packages": {"scikit-learn": "1.9.1"}}))
        facts = (*facts[:-1], str(environment), "--uses", "scikit-learn")
        for number in range(3):
            self.assay("push", "churn", "model.pkl", *facts, "--param", f"n={number}")
        self.assay("rm", "churn@2", "--yes")
        self.assay("alias", "set", "churn", "champion", "3")
        report = self.export()
        self.assertEqual(report["skipped"], [])
        self.assertEqual(report["added"]["versions"], 2)
        found = json.loads(self.get("/api/2.0/mlflow/registered-models/alias?name=churn&alias=champion"))["model_version"]
        self.assertEqual(found["version"], "3")
        self.assertIn("assay.digest", json.dumps(found["tags"]))
        listed = json.loads(self.get("/api/2.0/mlflow/model-versions/search"))["model_versions"]
        self.assertEqual(sorted(one["version"] for one in listed), ["1", "3"])
        run = json.loads(self.get(f"/api/2.0/mlflow/runs/get?run_id={found['run_id']}"))["run"]
        self.assertEqual(run["data"]["metrics"][0]["value"], 0.9)
        self.assertEqual({one["key"]: one["value"] for one in run["data"]["params"]}, {"n": "2"})
        self.assertEqual(run["inputs"]["dataset_inputs"][0]["dataset"]["name"], "adult")
        self.assertEqual(self.counts(self.export())["versions"], [0, 2])

    def test_a_registration_that_failed_is_named_as_left_out(self):
        run = self.ask("runs/create", {"experiment_id": "0"})["run"]["info"]
        self.ask("registered-models/create", {"name": "churn"})
        made = self.ask("model-versions/create", {"name": "churn", "source": run["artifact_uri"] + "/nothing", "run_id": run["run_id"]})
        self.assertEqual(made["model_version"]["status"], "FAILED_REGISTRATION")
        self.assertEqual(self.export()["skipped"], [{"what": "churn version 1", "because": "its status is FAILED_REGISTRATION"}])

    def ask(self, path, body):
        request = urllib.request.Request(f"{self.here.url}/api/2.0/mlflow/{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def test_a_second_export_changes_nothing_there(self):
        self.client("fill", self.here.url)
        self.export()
        search = "/api/2.0/mlflow/logged-models/search"

        def models():
            experiments = json.loads(self.get("/api/2.0/mlflow/experiments/search?max_results=100"))["experiments"]
            body = json.dumps({"experiment_ids": [one["experiment_id"] for one in experiments]}).encode()
            request = urllib.request.Request(self.there + search, data=body, headers={"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["models"]

        before = models()
        self.export()
        self.assertEqual(models(), before)

    def get(self, target):
        with urllib.request.urlopen(self.there + target, timeout=60) as answer:
            return answer.read()

    def test_back_to_where_all_was_imported_from_nothing_is_there_twice(self):
        self.client("fill", self.there)
        self.assay("import", "mlflow", self.there)
        report = self.export()
        self.assertEqual(report["skipped"], [])
        self.assertTrue(all(added == 0 for added in report["added"].values()), report["added"])

    def test_another_version_of_that_number_there_stays_as_it_is(self):
        self.client("fill", self.here.url)
        self.client("fill", self.there)
        report = self.export()
        self.assertEqual(sorted(one["what"] for one in report["skipped"]),
                         ["alias 'champion' of churn", "churn version 1", "churn version 2", "churn version 3"])

    def test_a_server_is_not_exported_onto_itself(self):
        for itself in (self.here.url, self.here.url + "/", self.here.url.replace("127.0.0.1", "localhost")):
            done = subprocess.run([str(binary()), "export", "mlflow", itself], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "ASSAY_URL": self.here.url})
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("not exported onto itself", done.stderr)

    def test_a_server_that_is_none_is_told(self):
        done = subprocess.run([str(binary()), "export", "mlflow", "http://127.0.0.1:1"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "ASSAY_URL": self.here.url})
        self.assertEqual(done.returncode, 10, done.stderr)


if __name__ == "__main__":
    unittest.main()
