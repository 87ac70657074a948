#!/usr/bin/env python3
"""Model files with a JSON file beside them become versions, with its facts.

    ASSAY_BIN=build/release/assay python tests/functional/import_json_test.py
"""

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

MODELS = ROOT / "tests" / "fuzz" / "corpus" / "pipeline"
NEW, OLD = "1_9_1-pipeline_pkl", "0_20_4-random-forest_pkl"  # pickles of scikit-learn 1.9.1 and 0.20.4


class ImportJsonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-json-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.server = Server(self.root / "data").start()
        self.addCleanup(self.server.stop)
        self.client = Client(self.server)
        self.addCleanup(self.client.close)
        self.models = self.root / "models"

    def keep(self, name, model, companion, beside=None):
        path = self.models / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(MODELS / model, path)
        (path.parent / (beside or path.stem + ".json")).write_text(json.dumps(companion))
        return path

    def take_over(self, *words, code=0):
        done = subprocess.run([str(binary()), "import", "json", *words, "--json"], cwd=self.root, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "ASSAY_URL": self.server.url})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout), done.stderr

    def manifest(self, name, version=1):
        return self.client.request("GET", f"/v1/models/{name}/versions/{version}/manifest").must().json()

    def test_a_companion_becomes_the_facts_of_a_version_that_holds_both_files(self):
        digest = digest_of(b"rows")
        companion = {"sklearn_version": "1.9.1", "dataset": "adult-2024-05", "dataset_hash": digest, "metrics": {"accuracy": 0.86}, "trained_at": "2024-05-01",
                     "hobby": "chess"}
        self.keep("churn.pkl", NEW, companion)
        report, told = self.take_over("models/churn.json")
        self.assertEqual(report["added"], {"versions": 1})
        self.assertEqual(report["skipped"], [])
        self.assertIn("'hobby': means nothing here", told)
        manifest = self.manifest("churn")
        self.assertEqual([file["path"] for file in manifest["files"]], ["churn.json", "churn.pkl"])
        facts = manifest["facts"]
        self.assertEqual((facts["trained_at"], facts["missing"]), ("2024-05-01T00:00:00Z", []))
        self.assertEqual(facts["libraries"]["scikit-learn"], "1.9.1")
        self.assertEqual(facts["datasets"], [{"role": "training", "name": "adult-2024-05", "digest": digest}])
        self.assertEqual(facts["metrics"], [{"name": "accuracy", "value": 0.86}])

    def test_the_same_again_makes_no_version_whatever_came_between(self):
        for number, model in ((1, OLD), (2, NEW)):
            self.keep(f"churn-{number}.pkl", model, {"date": f"2024-05-0{number}"})
        report, _ = self.take_over("models", "--name", "churn")
        self.assertEqual((report["added"], report["there_already"]), ({"versions": 2}, {"versions": 0}))
        again, _ = self.take_over("models", "--name", "churn")
        self.assertEqual((again["added"], again["there_already"], again["bytes"]), ({"versions": 0}, {"versions": 2}, 0))

    def test_facts_that_nobody_wrote_down_are_marked_and_those_of_the_bytes_are_there(self):
        self.keep("forest/model.pkl", OLD, {"dataset": "adult", "accuracy": 0.8}, beside="metadata.json")
        self.take_over("models")
        manifest = self.manifest("forest")
        self.assertEqual(manifest["facts"]["missing"], ["datasets", "trained_at"])
        self.assertEqual(manifest["facts"]["libraries"]["scikit-learn"], "0.20.4")
        shown = self.client.request("GET", "/v1/models/forest/versions/1").must().json()
        self.assertEqual(shown["tags"], {"dataset.training": "adult"})

    def test_a_release_that_the_bytes_contradict_is_refused_with_both_and_the_rest_goes_on(self):
        self.keep("liar.pkl", NEW, {"sklearn_version": "1.2.2"})
        self.keep("honest.pkl", NEW, {"sklearn_version": "1.9.1"})
        shutil.copy(MODELS / OLD, self.models / "alone.pkl")
        (self.models / "notes.json").write_text("{}")
        (self.models / "broken.json").write_text("{")
        shutil.copy(MODELS / OLD, self.models / "broken.pkl")
        (self.models / "torn.json").write_text('{"file": "alone.pkl"')
        report, _ = self.take_over("models")
        self.assertEqual(report["added"], {"versions": 1})
        skipped = {Path(one["what"]).name: one["because"] for one in report["skipped"]}
        self.assertEqual(set(skipped), {"liar.json", "alone.pkl", "broken.json", "torn.json"})
        self.assertIn("1.2.2", skipped["liar.json"])
        self.assertIn("1.9.1", skipped["liar.json"])
        self.assertIn("no JSON file beside it", skipped["alone.pkl"])

    def test_other_names_are_told_by_a_map(self):
        self.keep("x.pkl", NEW, {"who": "churn", "run": {"ended": "2024-05-01 12:00:00", "env": {"sk": "1.9.1"}}})
        self.take_over("models/x.pkl", "--map", "name=who", "--map", "trained_at=run.ended", "--map", "libraries.scikit-learn=run.env.sk")
        self.assertEqual(self.manifest("churn")["facts"]["trained_at"], "2024-05-01T12:00:00Z")
        again, told = self.take_over("models/x.pkl", "--map", "name=who", "--map", "libraries.scikit-learn=run.env.sk")
        self.assertEqual((again["added"], again["there_already"]), ({"versions": 0}, {"versions": 1}))
        dated = ["--map", "name=who", "--map", "libraries.scikit-learn=run.env.sk", "--map", "trained_at=run.other"]
        self.keep("x.pkl", NEW, {"who": "churn", "run": {"ended": "2024-05-01 12:00:00", "env": {"sk": "1.9.1"}, "other": "2024-06-01"}})
        self.take_over("models/x.pkl", *dated[:-1], "trained_at=run.ended")
        again, told = self.take_over("models/x.pkl", *dated)
        self.assertEqual((again["added"], again["there_already"]), ({"versions": 0}, {"versions": 1}))
        self.assertIn("trained at 2024-05-01T12:00:00Z, not 2024-06-01T00:00:00Z", told)
        self.assertNotIn("nothing changed", told)
        problem, _ = self.take_over("models/x.pkl", "--map", "name=nowhere", code=2)
        self.assertIn("nothing at 'nowhere'", json.dumps(problem))
        problem, _ = self.take_over("models/x.pkl", "--map", "colour=who", code=2)
        self.assertIn("no field 'colour'", json.dumps(problem))

    def test_a_map_of_a_folder_is_for_those_files_that_have_the_path(self):
        self.keep("a.pkl", NEW, {"who": "first", "metrics": {"auc": float("nan"), "accuracy": 0.5}})
        self.keep("b.pkl", NEW, {"name": "second"})
        problem, _ = self.take_over("models", "--map", "name=nowhere", code=2)
        self.assertIn("in any of the JSON files", json.dumps(problem))
        report, told = self.take_over("models", "--map", "name=who")
        self.assertEqual((report["added"], report["skipped"]), ({"versions": 2}, []))
        self.assertIn("b.json: there is nothing at 'who': read as without --map", told)
        self.assertEqual([metric["name"] for metric in self.manifest("first")["facts"]["metrics"]], ["accuracy"])
        self.manifest("second")

    def test_a_companion_names_no_file_outside_of_its_folder_and_none_that_is_no_model(self):
        (self.root / "id_rsa").write_text("secret")
        (self.root / "key.pkl").write_bytes(b"secret")
        for number, name in enumerate(("../id_rsa", "../key.pkl", str(self.root / "key.pkl"), "/etc/hostname", "notes.txt")):
            self.keep(f"x{number}.pkl", NEW, {"file": name})
        (self.models / "notes.txt").write_text("secret")
        (self.models / "link.pkl").symlink_to(self.root / "key.pkl")
        (self.models / "y.json").write_text('{"file": "link.pkl"}')
        report, _ = self.take_over("models")
        self.assertEqual(report["added"], {"versions": 5})
        for number in range(5):
            self.assertEqual([file["path"] for file in self.manifest(f"x{number}")["files"]], [f"x{number}.json", f"x{number}.pkl"])

    def test_names_go_together_exactly_and_several_companions_of_a_model_are_one_version(self):
        self.keep("model-1.pkl", NEW, {"notes": "one", "name": "a"})
        self.keep("model-1.5.pkl", NEW, {"notes": "one and a half", "name": "b"})
        (self.models / "model-1_params.json").write_text('{"params": {"depth": 8}, "notes": "other"}')
        report, _ = self.take_over("models")
        self.assertEqual((report["added"], report["skipped"]), ({"versions": 2}, []))
        self.assertEqual(self.manifest("a")["facts"]["params"], {"depth": "8"})
        self.assertEqual(self.client.request("GET", "/v1/models/a/versions/1").json()["description"], "one")
        self.assertEqual([file["path"] for file in self.manifest("a")["files"]], ["model-1.json", "model-1.pkl", "model-1_params.json"])

    def test_numbers_are_in_the_order_of_time(self):
        self.keep("churn-10.pkl", NEW, {"date": "2024-10-01"})
        self.keep("churn-2.pkl", OLD, {"date": "2024-02-01"})
        self.take_over("models", "--name", "churn")
        self.assertEqual(self.manifest("churn", 2)["facts"]["trained_at"], "2024-10-01T00:00:00Z")

    def test_what_is_not_there_and_nothing_at_all_end_otherwise(self):
        self.assertEqual(self.take_over("none.json", code=3)[0]["code"], "file-not-found")
        self.models.mkdir()
        shutil.copy(MODELS / OLD, self.models / "alone.pkl")
        report, _ = self.take_over("models", code=1)
        self.assertEqual(len(report["skipped"]), 1)


if __name__ == "__main__":
    unittest.main()
