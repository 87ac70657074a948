#!/usr/bin/env python3
"""The unmodified clients of MLflow 3 and 2 work with nothing but the server's address, and the gate holds for them.

ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow python tests/functional/mlflow_test.py

ASSAY_MLFLOW holds the folders `3` and `2` with a genuine client each, as scripts/test installs them.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server  # noqa: E402

STEPS = ["autolog", "children", "history", "files", "search", "version", "loaded", "refused", "readable", "deleted"]


class Clients(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-mlflow-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.server = Server(self.root / "data")
        self.server.start()
        self.addCleanup(self.server.stop)

    def run_with(self, line, script, *words):
        """Runs a script of tests/support in an interpreter that has the client; gives what it prints."""
        client = Path(os.environ["ASSAY_MLFLOW"]).resolve() / line
        environment = {**os.environ, "PYTHONPATH": str(client), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "HOME": str(self.root), "GIT_PYTHON_REFRESH": "quiet",
                       "MLFLOW_DISABLE_TELEMETRY": "true", "ASSAY_MLFLOW_PLUGIN": "off"}  # this interpreter has our package, whose plug-ins would be found
        done = subprocess.run([sys.executable, str(ROOT / "tests" / "support" / script), *words], cwd=self.root, env=environment,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def flow(self, line):
        out = self.run_with(line, "mlflow_flow.py", self.server.url)
        self.assertEqual([word for word in STEPS if word in out.split()], STEPS, out)

    def test_a_client_of_3(self):
        self.flow("3")

    def test_a_client_of_2(self):
        self.flow("2")

    def test_what_was_pushed_loads_as_if_mlflow_had_logged_it(self):
        self.run_with("3", "mlflow_native.py", "save", str(self.root))
        environment = {**os.environ, "ASSAY_URL": self.server.url, "XDG_CACHE_HOME": str(self.root / "cache")}
        for file in ("plain.joblib", "packed.joblib", "model.pkl", "model.skops"):
            name = file.replace(".", "-")
            pushed = subprocess.run([sys.executable, "-m", "assay", "push", name, file, "--metric", "accuracy=0.9@held", "--alias", "champion",
                                     "--dataset", "training=iris@sha256:" + "0" * 64, "--dataset", "test=held@sha256:" + "1" * 64,
                                     "--trained-at", "2026-11-22T21:14:03Z"],
                                    cwd=self.root, env=environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(pushed.returncode, 0, pushed.stderr)
        self.assertEqual(self.run_with("3", "mlflow_native.py", "load", self.server.url).splitlines(),
                         ["plain.joblib same", "packed.joblib same", "model.pkl same", "model.skops same"])
        again = self.run_with("3", "mlflow_native.py", "again", self.server.url).splitlines()  # between addresses that the client prints
        self.assertEqual([line for line in again if ".joblib " in line], ["plain.joblib READY same", "packed.joblib READY same"])
        *same, refused = self.run_with("2", "mlflow_native.py", "load", self.server.url).splitlines()
        self.assertEqual(same, ["plain.joblib same", "packed.joblib same", "model.pkl same"])
        self.assertIn("RESOURCE_CONFLICT: model-skops@1 is a skops file, which MLflow 2.22", refused)
        self.assertIn("fix: pip install 'mlflow>=3.9' skops", refused)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def test_what_leads_out_of_its_folder_is_refused_and_stored_nowhere(self):
        artifacts = "/api/2.0/mlflow-artifacts/artifacts/"
        for path in ("..%2f..%2fetc%2fpasswd", "a/%2e%2e/b", "a/..%252f..%252fb", "%2fetc%2fpasswd", "a%00b", "a%5c..%5cb", "a%23b", "versions/x"):
            for method in ("PUT", "GET", "DELETE"):
                status, body = self.call(method, artifacts + path, {} if method == "PUT" else None)
                self.assertIn(status, (400, 404, 409), (method, path))
                self.assertIn("error_code", body, (method, path))
        for source in ("file:///etc", "FILE:/etc", "/etc", "s3://b/x", "http://example.org/x", "mlflow-artifacts://host/x", "mlflow-artifacts:/../x",
                       "mlflow-artifacts:/1/%2e%2e/x", "mlflow-artifacts:/1/x#/../..", "runs:/x/../y", "models:/m-none"):
            self.call("POST", "/api/2.0/mlflow/registered-models/create", {"name": "m"})
            status, body = self.call("POST", "/api/2.0/mlflow/model-versions/create", {"name": "m", "source": source})
            self.assertEqual(status, 400, (source, body))
            self.assertEqual(body["error_code"], "INVALID_PARAMETER_VALUE")
            status, body = self.call("POST", "/api/2.0/mlflow/experiments/create", {"name": "e" + source, "artifact_location": source})
            self.assertEqual(status, 400, (source, body))
        self.assertEqual(self.call("GET", "/api/2.0/mlflow-artifacts/artifacts"), (200, {}))

    def register(self, name, pickle):
        self.call("POST", "/api/2.0/mlflow/registered-models/create", {"name": name})
        run = self.call("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": "0"})[1]["run"]["info"]
        where = f"/api/2.0/mlflow-artifacts/artifacts/0/{run['run_id']}/artifacts/model/model.pkl"
        request = urllib.request.Request(self.server.url + where, data=pickle, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        status, body = self.call("POST", "/api/2.0/mlflow/model-versions/create",
                                 {"name": name, "source": run["artifact_uri"] + "/model", "run_id": run["run_id"]})
        self.assertEqual(status, 200, body)
        return body["model_version"]

    def test_a_version_that_waits_for_trust_says_so_where_clients_and_pages_show_it(self):
        version = self.register("waiting", b"cchurn_lib.features\nRatio\n.")
        self.assertEqual(version["status"], "READY")
        [found] = self.call("GET", "/api/2.0/mlflow/model-versions/search?filter=name%3D%27waiting%27")[1]["model_versions"]
        for one in (version, found):
            self.assertIn("`assay trust waiting@1 --reason WHY`", one["status_message"])
            self.assertEqual(one["tags"], [{"key": "assay.quarantine", "value": one["status_message"]}])
        trusted = subprocess.run([os.environ["ASSAY_BIN"], "trust", "waiting@1", "--reason", "read", "--url", self.server.url],
                                 capture_output=True, text=True, timeout=60)
        self.assertEqual(trusted.returncode, 0, trusted.stderr)
        version = self.call("GET", "/api/2.0/mlflow/model-versions/get?name=waiting&version=1")[1]["model_version"]
        self.assertNotIn("tags", version)
        self.assertNotIn("status_message", version)

    def test_a_registration_that_is_refused_says_why_and_takes_its_number(self):
        version = self.register("m", b"cposix\nsystem\n(S'true'\ntR.")
        self.assertEqual((version["version"], version["status"]), ("1", "FAILED_REGISTRATION"))
        self.assertIn("posix.system", version["status_message"])
        status, body = self.call("GET", "/api/2.0/mlflow/model-versions/get-download-uri?name=m&version=1")
        self.assertEqual((status, body["error_code"]), (409, "RESOURCE_CONFLICT"))
        status, body = self.call("POST", "/api/2.0/mlflow/registered-models/alias", {"name": "m", "alias": "best", "version": "1"})
        self.assertEqual((status, body["error_code"]), (404, "RESOURCE_DOES_NOT_EXIST"))
        self.assertIn("m@1 was not registered", body["message"])
        self.assertIn("posix.system", body["message"])
        self.assertEqual(self.call("POST", "/api/2.0/mlflow/model-versions/set-tag", {"name": "m", "version": "1", "key": "k", "value": "v"}), (200, {}))
        self.assertEqual(self.call("GET", "/api/2.0/mlflow/model-versions/get?name=m&version=1")[1]["model_version"]["tags"], [{"key": "k", "value": "v"}])
        [found] = self.call("GET", "/api/2.0/mlflow/model-versions/search?filter=name%3D%27m%27")[1]["model_versions"]
        self.assertEqual(found["status"], "FAILED_REGISTRATION")
        shown = subprocess.run([os.environ["ASSAY_BIN"], "show", "m@1", "--url", self.server.url], capture_output=True, text=True, timeout=60)
        self.assertIn("m@1 was not registered", shown.stderr)
        self.assertIn("posix.system", shown.stderr)


if __name__ == "__main__":
    unittest.main()
