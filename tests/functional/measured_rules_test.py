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
