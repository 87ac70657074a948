#!/usr/bin/env python3
"""MLflow's own clients with assay[mlflow]: the gate knows where they load, samples and datasets reach the versions, other servers see nothing of it.

ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow build/venv/bin/python tests/functional/mlflow_plugin_test.py

The interpreter has our package installed: MLflow finds the plug-ins by what is installed. ASSAY_MLFLOW is as for mlflow_test.py.
"""

import hashlib
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server  # noqa: E402
from tests.support.http_recorder import Recorder  # noqa: E402

FLOW = ROOT / "tests" / "support" / "mlflow_plugin_flow.py"


def git(folder, *arguments):
    options = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


class Plugins:
    """A user's script in a repository of theirs, on a host without GitPython, has trained, registered and loaded once."""

    line = ""

    @classmethod
    def setUpClass(cls):
        found = {entry.group for entry in importlib.metadata.distribution("assay").entry_points}
        if "mlflow.request_header_provider" not in found:
            raise AssertionError(f"{sys.executable} has an assay without plug-ins: pip install ./clients/python")
        folder = tempfile.TemporaryDirectory(prefix="assay-plugin-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name).resolve()
        cls.server = Server(cls.root / "data")
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.project = cls.root / "project"
        (cls.project / "jobs").mkdir(parents=True)
        shutil.copy(FLOW, cls.project / "jobs" / "train.py")
        git(cls.project, "init", "--quiet")
        git(cls.project, "add", ".")
        git(cls.project, "commit", "--quiet", "-m", "first")
        no_git = cls.root / "no-git" / "git"
        no_git.mkdir(parents=True)
        (no_git / "__init__.py").write_text('raise ImportError("no GitPython here")\n')
        with Recorder(cls.server.url) as front:
            cls.found = cls.flow("train", front.url)
        cls.native = [seen for seen in front.seen if seen.path.startswith("/v1/")]
        cls.others = [seen for seen in front.seen if not seen.path.startswith("/v1/")]
        cls.digest = cls.native[0].path.rpartition("/")[2] if cls.native else None

    @classmethod
    def flow(cls, step, url, *more, first=(), **variables):
        """What the script finds; `first` are folders that come before all others on its path."""
        client = Path(os.environ["ASSAY_MLFLOW"]).resolve() / cls.line
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "MLFLOW_"))}
        path = [*first, cls.root / "no-git", client, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**kept, "PYTHONPATH": os.pathsep.join(map(str, path)), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "HOME": str(cls.root),
                       "MLFLOW_DISABLE_TELEMETRY": "true", "ASSAY_CONSUMER": "ann@lab", **variables}
        done = subprocess.run([sys.executable, str(cls.project / "jobs" / "train.py"), step, url, *more], cwd=cls.root, env=environment,
                              capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def get(self, path):
        with urllib.request.urlopen(self.server.url + path, timeout=30) as answer:
            return json.load(answer)

    def test_the_environment_is_uploaded_once_and_named_with_every_request(self):
        self.assertEqual([seen.method for seen in self.native], ["GET", "PUT"])
        self.assertEqual({seen.headers.get("assay-environment") for seen in self.others}, {self.digest})
        self.assertEqual({seen.headers.get("assay-consumer") for seen in self.others}, {"ann@lab"})
        self.assertLessEqual({"GET", "PUT"}, {seen.method for seen in self.others if "/mlflow-artifacts/artifacts" in seen.path})
        packages = self.get(f"/v1/environments/{self.digest}")["packages"]
        self.assertLessEqual({"assay", "scikit-learn", "mlflow-skinny"}, set(packages))

    def test_a_run_says_where_it_is_from(self):
        tags = self.found["tags"]
        self.assertEqual(tags["mlflow.source.git.commit"], git(self.project, "rev-parse", "HEAD"))
        self.assertEqual(tags["assay.git.dirty"], "false")
        self.assertEqual(tags["assay.entry_point"], "jobs/train.py")
        self.assertEqual(tags["assay.host"], socket.gethostname())

    def test_a_version_has_its_datasets_by_hash_and_its_commit(self):
        self.assertEqual(self.found["status"], ["READY", "READY"])
        facts = self.get("/v1/models/housing/versions/1")["manifest"]["facts"]
        datasets = {item["name"]: item for item in facts["datasets"]}
        self.assertEqual(datasets["iris-train"]["table_digest"], self.found["digest"])
        self.assertEqual(datasets["script"]["digest"], "sha256:" + hashlib.sha256(FLOW.read_bytes()).hexdigest())
        self.assertEqual({name: item["role"] for name, item in datasets.items()},
                         {"iris-train": "training", "iris-test": "evaluation", "script": "other"})
        self.assertEqual(facts["source"]["git"], git(self.project, "rev-parse", "HEAD"))
        self.assertEqual(facts.get("missing", []), [])

    def test_a_version_with_a_sample_has_a_proof(self):
        self.assertTrue(self.found["same"])
        for number in (1, 2):
            proofs = self.get(f"/v1/models/housing/versions/{number}/proofs")["items"]
            self.assertEqual([proof["rows"] for proof in proofs], [self.found["rows"]])
            self.assertIn(proofs[0]["outcome"], ("equal", "close"))

    def test_a_sample_that_comes_after_the_version_is_refused_with_what_to_do(self):
        self.assertIn("housing version 1 was registered from it", self.found["late"])
        self.assertIn("fix: ", self.found["late"])

    def test_who_loaded_a_version_is_known(self):
        fetches = self.get("/v1/models/housing/versions/1/fetches")["items"]
        self.assertIn(("ann", "lab", self.digest, "allow"),
                      [(item["consumer"], item["host"], item["environment"], item["verdict"]) for item in fetches])

    def test_a_load_is_refused_where_the_model_would_break_registered_or_not(self):
        older = self.root / "older" / "scikit_learn-0.24.2.dist-info"  # the first of a name on the path is the one that counts
        older.mkdir(parents=True)
        (older / "METADATA").write_text("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 0.24.2\n")
        models = (self.found["unregistered"], self.found["waiting"])
        found = self.flow("load", self.server.url, *models, first=[older.parent])
        for refused in (found["refused"], found["refused_of_run"], found["refused_unregistered"]):
            self.assertIn("RESOURCE_CONFLICT", refused or "it was loaded")
            for word in ("scikit-learn", "0.24.2", "because: ", "fix: pip install"):
                self.assertIn(word, refused)
            self.assertNotIn('"assay"', refused.partition("fix: pip install")[0])
        self.assertNotIn("RESOURCE_CONFLICT", found["not_there"])
        for word in ("PERMISSION_DENIED", "own@1 is quarantined", "fix: assay trust own@1"):
            self.assertIn(word, found["waiting"])
        for allowed in ({"first": [older.parent], "ASSAY_MLFLOW_PLUGIN": "off"}, {}):
            passed = self.flow("load", self.server.url, *models, **allowed)
            self.assertEqual([passed[what] for what in passed if what.startswith("refused")], [None, None, None])

    def test_another_server_sees_one_short_question_and_nothing_else(self):
        other = Server(self.root / "other")
        with other, Recorder(other.url, unknown="/v1/") as front:
            found = self.flow("short", front.url)
        self.assertTrue(found["same"])
        self.assertEqual([seen.method for seen in front.seen if seen.path.startswith("/v1/")], ["GET"])
        for seen in front.seen:
            self.assertEqual([name for name in seen.headers if name.startswith("assay-")], [], seen)
        self.assertEqual([name for name in found["tags"] if name.startswith("assay.") and not name.startswith("assay.dataset.")], [])


class ClientOf3(Plugins, unittest.TestCase):
    line = "3"


class ClientOf2(Plugins, unittest.TestCase):
    line = "2"


if __name__ == "__main__":
    unittest.main()
