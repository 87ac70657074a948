#!/usr/bin/env python3
"""Every method of mlflow.MlflowClient gives what it gives against a genuine MLflow server, apart from what tests/golden/mlflow/client_differences.json
gives a reason for: with the unmodified clients of both lines.

ASSAY_BIN=build/release/assay ASSAY_MLFLOW=build/mlflow python tests/functional/mlflow_client_test.py

ASSAY_MLFLOW holds the folders `3` and `2` with a genuine client each, as scripts/test installs them. The genuine server's answers were recorded by
scripts/mlflow_client.py, whose `compare` shows the same differences at more length.
"""

import os
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server  # noqa: E402
from tests.support.mlflow_client_comparison import Outcome, read_reasons  # noqa: E402
from tests.support.mlflow_client_run import LINES, run_client  # noqa: E402
from tests.support.mlflow_client_table import table  # noqa: E402
from tests.support.mlflow_comparison import read_golden  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "mlflow"
TABLE = ROOT / "docs" / "mlflow-client.md"
LEAST = {"3": 750, "2": 540}  # calls


class Client(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        runs = {}
        for line in LINES:
            with tempfile.TemporaryDirectory(prefix="assay-mlflow-client-") as folder, Server(Path(folder) / "data") as server:
                runs[line] = run_client(Path(sys.executable), Path(os.environ["ASSAY_MLFLOW"]) / line, server.url, Path(folder) / "client")
        cls.outcome = Outcome(read_golden(GOLDEN / "client.json"), runs, read_reasons(GOLDEN / "client_differences.json"))

    def test_every_answer_is_theirs_or_differs_with_a_reason(self):
        for line in self.outcome.lines.values():
            for name, differences in line.comparison.unexplained.items():
                with self.subTest(client=line.release, call=name):
                    self.fail("\n".join([line.asked[name]] + [f"{one.part}\n  theirs: {one.theirs!r}\n  ours:   {one.ours!r}" for one in differences]))

    def test_every_method_of_the_class_is_called(self):
        self.assertEqual(self.outcome.not_exercised(), [])
        self.assertEqual(self.outcome.unknown(), [], "no line of the client has these")

    def test_every_reason_explains_something(self):
        """One that does not would hide the next difference there."""
        self.assertEqual(self.outcome.unused(), [])

    def test_the_recorded_answers_are_to_these_calls(self):
        for name, line in self.outcome.lines.items():
            with self.subTest(client=line.release):
                again = f"record again: scripts/mlflow_client.py record; {line.release} was recorded, {line.running} is here"
                self.assertEqual(line.comparison.stale, [], again)
                self.assertEqual(line.new, ([], []), again)
                self.assertGreaterEqual(line.comparison.compared(), LEAST[name])

    def test_the_table_is_up_to_date(self):
        self.assertEqual(TABLE.read_text(encoding="utf-8"), table(self.outcome), "write it again: scripts/mlflow_client.py table")


if __name__ == "__main__":
    unittest.main()
