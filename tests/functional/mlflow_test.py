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

    def flow(self, line):
        client = Path(os.environ["ASSAY_MLFLOW"]).resolve() / line
        environment = {**os.environ, "PYTHONPATH": str(client), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "HOME": str(self.root), "GIT_PYTHON_REFRESH": "quiet",
                       "MLFLOW_DISABLE_TELEMETRY": "true"}
        done = subprocess.run([sys.executable, str(ROOT / "tests" / "support" / "mlflow_flow.py"), self.server.url], cwd=self.root, env=environment,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        words = done.stdout.split()
        self.assertEqual([word for word in STEPS if word in words], STEPS, done.stdout)

    def test_a_client_of_3(self):
        self.flow("3")

    def test_a_client_of_2(self):
        self.flow("2")

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

    def test_a_registration_that_is_refused_says_why_and_takes_its_number(self):
        self.call("POST", "/api/2.0/mlflow/registered-models/create", {"name": "m"})
        run = self.call("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": "0"})[1]["run"]["info"]
        where = f"/api/2.0/mlflow-artifacts/artifacts/0/{run['run_id']}/artifacts/model/model.pkl"
        request = urllib.request.Request(self.server.url + where, data=b"cposix\nsystem\n(S'true'\ntR.", method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        status, body = self.call("POST", "/api/2.0/mlflow/model-versions/create",
                                 {"name": "m", "source": run["artifact_uri"] + "/model", "run_id": run["run_id"]})
        self.assertEqual(status, 200, body)
        version = body["model_version"]
        self.assertEqual((version["version"], version["status"]), ("1", "FAILED_REGISTRATION"))
        self.assertIn("posix.system", version["status_message"])
        status, body = self.call("GET", "/api/2.0/mlflow/model-versions/get-download-uri?name=m&version=1")
        self.assertEqual((status, body["error_code"]), (409, "RESOURCE_CONFLICT"))


if __name__ == "__main__":
    unittest.main()
