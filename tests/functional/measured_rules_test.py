#!/usr/bin/env python3
"""The rules that come with Assay are held against loads that were measured between real releases, with the real dumps.

tests/data/compatibility has a sample of what scripts/measure_compatibility.py measured.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))

from assay_process import Server  # noqa: E402

DATA = ROOT / "tests" / "data" / "compatibility"
ENVIRONMENTS = ROOT / "scripts" / "compatibility" / "environments.csv"
ASSAY = os.environ["ASSAY"]


class MeasuredRules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.dumps = Path(cls.folder.name)
        with zipfile.ZipFile(DATA / "dumps.zip") as archive:
            archive.extractall(cls.dumps)
        cls.score = json.loads(cls.run_assay("rules", "test", str(DATA / "pairs.csv"), "--dumps", str(cls.dumps), "--environments", str(ENVIRONMENTS), "--json").stdout)
        cls.by_name = {entry["name"]: entry for entry in cls.score["between_environments"]}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_assay(cls, *arguments):
        return subprocess.run([ASSAY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    def test_no_break_and_no_silent_change_passes(self):
        ours = self.by_name["these rules"]
        self.assertGreater(ours["breaks"], 1000)
        self.assertGreater(ours["silent"], 20)
        self.assertEqual((ours["missed_breaks"], ours["missed_silent"]), (0, 0), self.score["wrong"])

    def test_what_works_passes_but_for_one_in_a_hundred(self):
        ours = self.by_name["these rules"]
        self.assertGreater(ours["works"], 1000)
        self.assertLessEqual(ours["false_refusal_share"], 0.01, self.score["wrong"])
        self.assertEqual(self.score["refused_in_own_environment"], 0)

    def test_a_server_judges_a_version_as_a_file_is_judged_and_starts_again(self):
        """What breaks without an error, by every way that asks: check of the file and of the version, fetch, impact, runnable."""
        model = self.dumps / "sk1.3.1-np1.25" / "PLSRegression.joblib"
        newer = {"python": "3.10.13", "implementation": "cpython", "platform": "linux-x86_64", "packages": {"numpy": "1.25.2", "scipy": "1.11.4", "joblib": "1.3.2"}}
        made_in = {**newer, "packages": {**newer["packages"], "scikit-learn": "1.3.1"}}
        newer["packages"]["scikit-learn"] = "1.5.2"
        for name, environment in (("newer.json", newer), ("made.json", made_in)):
            (self.dumps / name).write_text(json.dumps(environment), encoding="utf-8")
        data = self.dumps / "data"
        url, rule = [], "value/pls-since-1.5"

        def asked(code, *arguments):
            done = self.run_assay(*arguments, "--url", url[0])
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            return json.loads(done.stdout) if "--json" in arguments and done.stdout else done.stderr

        def judged_everywhere():
            check = asked(4, "check", "pls@1", "--environment", str(self.dumps / "newer.json"), "--json")
            self.assertEqual([conflict["rule"] for conflict in check["conflicts"]], [rule])
            asked(4, "fetch", "pls@1", "-o", str(self.dumps / "fetched"), "--environment", str(self.dumps / "newer.json"))
            self.assertFalse((self.dumps / "fetched").exists())
            impact = json.dumps(asked(0, "impact", "scikit-learn=1.5.2", "--json"))
            self.assertIn(rule, impact)
            self.assertNotIn(rule, json.dumps(asked(0, "impact", "scikit-learn=1.4.2", "--json")))
            self.assertNotIn('"refuse": 1', json.dumps(asked(0, "runnable", "--environment", str(self.dumps / "made.json"), "--json")))
            asked(0, "check", "pls@1", "--environment", str(self.dumps / "made.json"))

        done = self.run_assay("check", str(model), "--environment", str(self.dumps / "newer.json"), "--json")
        self.assertEqual((done.returncode, [conflict["rule"] for conflict in json.loads(done.stdout)["conflicts"]]), (4, [rule]))
        with Server(data) as server:
            url[:] = [server.url]
            asked(0, "push", "pls", str(model), "--environment", str(self.dumps / "made.json"), "--uses", "scikit-learn", "--metric", "r2=0.9",
                  "--dataset", "training=" + str(DATA / "pairs.csv"), "--trained-at", "2024-05-01T00:00:00Z")
            judged_everywhere()
        with Server(data) as server:
            url[:] = [server.url]
            judged_everywhere()

    def test_judging_by_releases_is_worse(self):
        self.assertEqual(self.by_name["all pins equal"]["false_refusal_share"], 1)
        self.assertGreater(self.by_name["same scikit-learn minor"]["false_refusal_share"], 0.8)
        newer = self.by_name["same or newer scikit-learn"]
        self.assertGreater(newer["missed_breaks"] + newer["missed_silent"], 100)

    def test_the_table_names_what_it_cannot_judge(self):
        pairs = self.dumps / "pairs.csv"
        with open(DATA / "pairs.csv", newline="", encoding="utf-8") as file:
            first = next(csv.DictReader(file))
        for column, value, told in (("outcome", "fine", "has the outcome 'fine'"), ("loaded_with", "elsewhere", "does not name the environment 'elsewhere'")):
            with open(pairs, "w", newline="", encoding="utf-8") as file:
                table = csv.DictWriter(file, list(first))
                table.writeheader()
                table.writerow({**first, column: value})
            done = self.run_assay("rules", "test", str(pairs), "--dumps", str(self.dumps), "--environments", str(ENVIRONMENTS))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(told, done.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
