#!/usr/bin/env python3
"""The models of a DVC project become versions, with the data, params and metrics that DVC recorded.

    ASSAY_BIN=build/release/assay python tests/functional/import_dvc_test.py

The project is tests/golden/dvc, which DVC itself has written (scripts/make_dvc_fixture.py).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Client, Server, binary, digest_of  # noqa: E402


class ImportDvcTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-dvc-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.project = self.root / "project"
        shutil.copytree(ROOT / "tests" / "golden" / "dvc", self.project)
        self.server = Server(self.root / "data").start()
        self.addCleanup(self.server.stop)
        self.client = Client(self.server)
        self.addCleanup(self.client.close)

    def take_over(self, *words, code=0, folder=None):
        done = subprocess.run([str(binary()), "import", "dvc", *words, "--json"], cwd=folder or self.project, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "ASSAY_URL": self.server.url, "GIT_CONFIG_GLOBAL": os.devnull})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout), done.stderr

    def shown(self, name, version=1):
        return self.client.request("GET", f"/v1/models/{name}/versions/{version}").must().json()

    def facts(self, name, version=1):
        return self.client.request("GET", f"/v1/models/{name}/versions/{version}/manifest").must().json()["facts"]

    def test_declared_models_come_with_their_data_params_metrics_and_command(self):
        report, _ = self.take_over()
        self.assertEqual((report["added"], report["skipped"]), ({"versions": 2}, []))
        facts = self.facts("churn")
        rows = digest_of((self.project / "data.csv").read_bytes())
        self.assertEqual(sorted((one["role"], one["name"], one["digest"]) for one in facts["datasets"]),
                         [("other", "data", rows), ("test", "test", digest_of((self.project / "test.csv").read_bytes())), ("training", "features", rows)])
        self.assertEqual(facts["params"], {"train.max_depth": "8", "train.solver": "lbfgs"})
        self.assertEqual(facts["metrics"], [{"name": "accuracy", "value": 0.86, "dataset": "test"}, {"name": "test.auc", "value": 0.9, "dataset": "test"}])
        self.assertEqual(facts["source"], {"entry_point": "cp origin.pkl model.pkl"})
        self.assertEqual(facts["libraries"]["scikit-learn"], "1.9.1")
        shown = self.shown("churn")
        self.assertEqual(shown["description"], "who leaves")
        md5 = hashlib.md5((self.project / "model.pkl").read_bytes()).hexdigest()
        self.assertEqual(shown["tags"], {"dvc.stage": "train", "dvc.md5": md5, "telecom": ""})
        self.assertEqual(facts["missing"], ["trained_at"])  # DVC does not know when
        self.assertEqual(self.facts("old")["missing"], ["datasets", "metrics", "trained_at"])

    def test_the_same_again_changes_nothing(self):
        self.take_over()
        report, _ = self.take_over(str(self.project), folder=self.root)
        self.assertEqual((report["added"], report["there_already"]), ({"versions": 0}, {"versions": 2}))

    def test_bytes_come_from_the_cache_of_either_layout_and_are_those_that_were_recorded(self):
        (self.project / "model.pkl").write_bytes(b"another")
        (self.project / "forest.pkl").unlink()
        cache = self.project / ".dvc" / "cache"
        for folder in (cache / "files" / "md5").iterdir():
            folder.rename(cache / folder.name)
        report, _ = self.take_over()
        self.assertEqual(report["added"], {"versions": 2})
        self.assertEqual(self.facts("churn")["libraries"]["scikit-learn"], "1.9.1")

    def test_what_is_not_here_is_skipped_with_the_way_to_get_it(self):
        shutil.rmtree(self.project / ".dvc" / "cache")
        (self.project / "model.pkl").write_bytes(b"another")
        (self.project / "features.csv").unlink()
        report, _ = self.take_over()
        self.assertEqual(report["added"], {"versions": 1})
        self.assertIn("not the one that DVC recorded", report["skipped"][0]["because"])
        self.assertIn("dvc pull", report["skipped"][0]["because"])

    def test_data_that_is_not_here_becomes_a_tag_and_old_metrics_are_left(self):
        shutil.rmtree(self.project / ".dvc" / "cache")
        (self.project / "features.csv").unlink()
        (self.project / "metrics.json").write_text('{"accuracy": 1.0}')
        _, told = self.take_over()
        self.assertIn("known by its MD5 only", told)
        self.assertIn("not the one that dvc.lock records", told)
        self.assertIn("dvc.md5.features.csv", self.shown("churn")["tags"])
        facts = self.facts("churn")
        self.assertEqual([one["name"] for one in facts["datasets"]], ["data", "test"])
        self.assertEqual(facts["missing"], ["metrics", "trained_at"])

    def test_in_a_git_repository_the_commit_and_its_time_are_facts(self):
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": "2024-05-01T12:00:00Z"}
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "trained"]):
            subprocess.run(["git", *words], cwd=self.project, env=environment, check=True)
        self.take_over()
        facts = self.facts("churn")
        self.assertEqual(facts["trained_at"], "2024-05-01T12:00:00Z")
        self.assertEqual(facts["missing"], [])
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.project, env=environment, check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(facts["source"]["git"], commit)

    def test_a_configuration_of_git_runs_nothing(self):
        mark = self.root / "ran"
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "trained"],
                      ["config", "core.fsmonitor", f"touch {mark}"], ["config", "diff.x.textconv", f"touch {mark}"], ["config", "gpg.program", f"touch {mark}"],
                      ["config", "log.showSignature", "true"], ["config", "core.pager", f"touch {mark}"]):
            subprocess.run(["git", *words], cwd=self.project, env=environment, check=True)
        (self.project / ".gitattributes").write_text("* diff=x filter=x\n")
        self.take_over()
        self.assertIn("git", self.facts("churn")["source"])
        self.assertFalse(mark.exists())

    def test_what_dvclive_writes_at_the_root_is_of_the_model_in_a_folder(self):
        live = self.root / "live"
        (live / "models").mkdir(parents=True)
        (live / ".dvc").mkdir()
        (live / "dvclive").mkdir()
        shutil.copy(self.project / "model.pkl", live / "models" / "model.pkl")
        md5 = hashlib.md5((live / "models" / "model.pkl").read_bytes()).hexdigest()
        (live / "models" / "model.pkl.dvc").write_text(f"outs:\n- md5: {md5}\n  hash: md5\n  path: model.pkl\n")
        (live / "dvc.yaml").write_text("params:\n- dvclive/params.yaml\nmetrics:\n- dvclive/metrics.json\nartifacts:\n  churn:\n    path: models/model.pkl\n"
                                       "    type: model\n    desc: who leaves\n    labels:\n    - telecom\n")
        (live / "dvclive" / "metrics.json").write_text('{"accuracy": 0.9, "step": 3}')
        (live / "dvclive" / "params.yaml").write_text("depth: 8\n")
        report, _ = self.take_over(folder=live)
        self.assertEqual((report["added"], report["skipped"]), ({"versions": 1}, []))
        facts = self.facts("churn")
        self.assertEqual((facts["metrics"], facts["params"]), ([{"name": "accuracy", "value": 0.9}], {"depth": "8"}))
        self.assertEqual(self.shown("churn")["description"], "who leaves")

    def test_models_within_a_tracked_folder_and_stages_with_a_folder_of_their_own_are_found(self):
        project = self.root / "other"
        (project / ".dvc" / "cache" / "files" / "md5").mkdir(parents=True)
        content = (self.project / "model.pkl").read_bytes()
        listing = json.dumps([{"md5": hashlib.md5(content).hexdigest(), "relpath": "best.pkl"}]).encode()
        for name, data in ((hashlib.md5(content).hexdigest(), content), (hashlib.md5(listing).hexdigest() + ".dir", listing)):
            place = project / ".dvc" / "cache" / "files" / "md5" / name[:2]
            place.mkdir(exist_ok=True)
            (place / name[2:]).write_bytes(data)
        (project / "dvc.lock").write_text("schema: '2.0'\nstages:\n  train:\n    cmd: x\n    outs:\n    - path: models\n      md5: "
                                          f"{hashlib.md5(listing).hexdigest()}.dir\n    - path: auc.json\n      md5: {hashlib.md5(b'0.93').hexdigest()}\n")
        (project / "dvc.yaml").write_text("stages:\n  train:\n    cmd: x\n    wdir: work\n    metrics:\n    - auc.json\n")
        (project / "work").mkdir()
        (project / "work" / "auc.json").write_text("0.93")
        report, _ = self.take_over("dvc.lock", folder=project)
        self.assertEqual((report["added"], report["skipped"]), ({"versions": 1}, []))
        self.assertEqual(self.facts("best")["metrics"], [{"name": "auc", "value": 0.93}])

    def test_without_declarations_every_model_file_is_a_model_and_metrics_of_dvclive_count(self):
        (self.project / "dvc.yaml").unlink()
        (self.project / "dvclive").mkdir()
        (self.project / "dvclive" / "metrics.json").write_text('{"loss": 0.25, "step": 9}')
        report, _ = self.take_over("--name", "all")
        self.assertEqual(report["added"], {"versions": 2})
        self.assertEqual(self.facts("all")["metrics"], [{"name": "loss", "value": 0.25}])

    def test_a_folder_of_no_project_and_broken_files_are_told(self):
        (self.root / "empty").mkdir()
        self.assertEqual(self.take_over("empty", code=2, folder=self.root)[0]["code"], "not-dvc")
        self.assertEqual(self.take_over("none", code=3, folder=self.root)[0]["code"], "file-not-found")
        (self.project / "dvc.lock").write_text("stages: [")
        report, _ = self.take_over()
        self.assertIn("dvc.lock", report["skipped"][0]["what"])
        self.assertEqual(report["added"], {"versions": 1})


if __name__ == "__main__":
    unittest.main()
