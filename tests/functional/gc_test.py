#!/usr/bin/env python3
"""What MLflow's clients delete goes for good when somebody says so, over HTTP, and nothing else does.

ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow python tests/functional/gc_test.py
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server, binary  # noqa: E402
from tests.support.genuine_mlflow import genuine_environment  # noqa: E402


class GcTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-gc-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.server = Server(self.root / "data")
        self.server.start()
        self.addCleanup(lambda: self.server.stop())

    def client(self, *words):
        """One step of tests/support/mlflow_gc.py with a genuine client."""
        step, *rest = words
        line = Path(os.environ["ASSAY_MLFLOW"]).resolve() / "3"
        environment = {**genuine_environment(self.root), "PYTHONPATH": str(line), "ASSAY_MLFLOW_PLUGIN": "off"}
        done = subprocess.run([sys.executable, str(ROOT / "tests" / "support" / "mlflow_gc.py"), step, self.server.url, *rest], cwd=self.root,
                              env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def assay(self, *words, code=0):
        done = subprocess.run([str(binary()), *words, "--url", self.server.url, "--consumer", "ann@lab"], cwd=self.root, capture_output=True, text=True,
                              timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def call(self, path, body=None, method=None):
        request = urllib.request.Request(f"{self.server.url}/api/2.0/mlflow/{path}", data=None if body is None else json.dumps(body).encode(),
                                         method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.loads(error.read())}

    def experiment(self, name):
        return self.call("experiments/create", {"name": name})["experiment_id"]

    def run_of(self, experiment, points=0):
        run = self.call("runs/create", {"experiment_id": experiment})["run"]["info"]["run_id"]
        for first in range(0, points, 1000):
            metrics = [{"key": "loss", "value": 0.5, "timestamp": step, "step": step} for step in range(first, min(first + 1000, points))]
            self.assertEqual(self.call("runs/log-batch", {"run_id": run, "metrics": metrics}), {})
        return run

    def test_a_story_with_a_genuine_client(self):
        made = self.client("make", "churn")
        self.assertEqual(self.client("create", "churn")[0], "RESOURCE_ALREADY_EXISTS")

        told = self.assay("gc", "--dry-run")
        self.assertIn("would go for good:\n  run " + made["idle"], told)
        self.assertIn(f"run {made['best']}", told)
        self.assertIn("churn@1 was made by it", told)
        self.assertIn(f"logged model {made['model']} 'model': churn@1 was registered from it", told)
        self.assertIn("its name is free: it is called 'churn (deleted, 1)' from now on", told)
        self.assertIn("1 run would go for good; 3 would stay", told)
        self.assertIn("1 file (7 B) would no longer be listed; the bytes stay in the store", told)
        self.assertEqual(self.client("create", "churn")[0], "RESOURCE_ALREADY_EXISTS")

        told = self.assay("gc", code=2)
        self.assertIn("delete 1 run for good?", told)
        self.assertIn("fix: assay gc --yes", told)
        self.assertIsNone(self.client("run", made["idle"]))
        told = self.assay("gc", "--yes")
        self.assertIn("1 run went for good; 3 stayed", told)

        self.assertIsNone(self.client("create", "churn"))
        code, message = self.client("run", made["idle"])
        self.assertEqual(code, "RESOURCE_DOES_NOT_EXIST")
        self.assertIn("ann@lab deleted it for good at 20", message)
        self.assertIsNone(self.client("run", made["best"]))
        self.assertTrue(self.client("load", "churn"))
        self.assertEqual(self.client("restore", made["experiment"]), ["churn (deleted, 1)", "active", [made["best"]]])
        self.assertIn("nothing went for good", self.assay("gc", "--yes"))

    def test_an_experiment_goes_as_a_whole_and_its_number_is_not_given_out_again(self):
        old = self.experiment("trials")
        run = self.run_of(old, 10)
        self.call("experiments/delete", {"experiment_id": old})
        report = json.loads(self.assay("gc", "--experiment", "trials", "--yes", "--json"))
        self.assertEqual([(item["kind"], item["id"]) for item in report["gone"]], [("run", run), ("experiment", old)])
        self.assertEqual(report["kept"], [])
        fresh = self.experiment("trials")
        self.assertNotEqual(fresh, old)
        found = self.call("experiments/get?experiment_id=" + old)
        self.assertEqual(found["error_code"], "RESOURCE_DOES_NOT_EXIST")
        self.assertIn("ann@lab deleted it for good at", found["message"])
        self.assertIn("already gone:", self.assay("gc", "--experiment", old, "--yes"))

    def test_only_what_is_deleted_and_named_goes(self):
        home = self.experiment("trials")
        living, one, other = (self.run_of(home) for _ in range(3))
        for run in (one, other):
            self.call("runs/delete", {"run_id": run})
        told = self.assay("gc", "--run", living, "--yes", code=8)
        self.assertIn(f"the run {living} is not deleted", told)
        self.assertIn(f"fix: mlflow runs delete --run-id {living}", told)
        told = self.assay("gc", "--experiment", "trials", "--yes", code=8)
        self.assertIn("the experiment 'trials' is not deleted", told)
        self.assertIn("there is no run '0d1c'", self.assay("gc", "--run", "0d1c", "--yes", code=3))
        self.assertIn("there is no experiment 'tirals'", self.assay("gc", "--experiment", "tirals", "--yes", code=3))
        told = self.assay("gc", "--run", one, "--older-than", "1d", "--yes", code=8)
        self.assertIn("has not been deleted for long enough", told)
        self.assertIn("'soon' is no age", self.assay("gc", "--older-than", "soon", code=2))
        self.assertIn("nothing went for good", self.assay("gc", "--older-than", "1d12h", "--yes"))
        self.assertIn("1 run went for good", self.assay("gc", "--run", one, "--yes"))
        self.assertEqual(self.call("runs/get?run_id=" + other)["run"]["info"]["lifecycle_stage"], "deleted")
        self.assertEqual(self.call("runs/get?run_id=" + living)["run"]["info"]["lifecycle_stage"], "active")
        self.call("runs/restore", {"run_id": other})
        self.assertIn("nothing would go for good", self.assay("gc", "--dry-run"))

    def test_a_run_that_was_named_and_stays_is_told_by_the_exit_code(self):
        made = self.client("make", "churn")
        told = self.assay("gc", "--run", made["best"], "--yes", code=8)
        self.assertIn("churn@1 was made by it", told)
        self.assay("rm", "churn@1", "--yes")
        self.assay("gc", "--run", made["best"], "--yes", code=8)
        self.assay("undelete", "churn@1")
        self.assertTrue(self.client("load", "churn"))

    def test_what_was_cut_off_is_finished_by_running_again_and_others_are_answered_meanwhile(self):
        home = self.experiment("trials")
        runs = [self.run_of(home, 100) for _ in range(40)] + [self.run_of(home, 60_000)]
        self.call("experiments/delete", {"experiment_id": home})
        for pause in (0.0, 0.02, 0.05, 0.1):
            cut = threading.Thread(target=lambda: subprocess.run([str(binary()), "gc", "--yes", "--url", self.server.url], capture_output=True, timeout=300))
            cut.start()
            time.sleep(pause)
            self.server.kill()
            cut.join()
            self.server = Server(self.root / "data")
            self.server.start()
            for run in runs:  # as a whole, or gone
                found = self.call("runs/get?run_id=" + run)
                if "run" in found:
                    [metric] = found["run"]["data"]["metrics"]
                    history = self.call(f"metrics/get-history?run_id={run}&metric_key=loss&max_results=25000")["metrics"]
                    self.assertEqual(len(history), 25_000 if metric["step"] == 59_999 else 100)
        latest = []
        done = threading.Event()

        def ask():
            while not done.is_set():
                began = time.monotonic()
                self.run_of("0", 1)
                latest.append(time.monotonic() - began)

        other = threading.Thread(target=ask)
        other.start()
        self.assay("gc", "--yes")
        done.set()
        other.join()
        self.assertLess(max(latest), 5)
        self.assertEqual({self.call("runs/get?run_id=" + run)["status"] for run in runs}, {404})
        self.assertIn("nothing would go for good", self.assay("gc", "--dry-run"))
        self.assertNotEqual(self.experiment("trials"), home)
        self.assertIn("clean", self.assay("fsck"))


if __name__ == "__main__":
    unittest.main()
