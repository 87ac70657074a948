#!/usr/bin/env python3
"""Our answers to MLflow's protocol are those of a genuine MLflow server, apart from what tests/golden/mlflow/differences.json gives a reason for.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_answers_test.py

The genuine answers were recorded by scripts/mlflow_answers.py, whose `compare` shows the same differences at more length. Needs no MLflow.
"""

import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server  # noqa: E402
from tests.support.mlflow_calls import all_calls  # noqa: E402
from tests.support.mlflow_comparison import Comparison, read_explanations, read_golden  # noqa: E402
from tests.support.mlflow_session import make_all  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "mlflow"
LEAST = 350


class Answers(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.calls = all_calls()
        with tempfile.TemporaryDirectory(prefix="assay-mlflow-answers-") as folder:
            root = Path(folder)
            with Server(root / "data") as server:
                ours = make_all(server.host, server.port, root, cls.calls)
        cls.comparison = Comparison(cls.calls, read_golden(GOLDEN / "answers.json"), ours, read_explanations(GOLDEN / "differences.json"))

    def test_every_answer_is_theirs_or_differs_with_a_reason(self):
        for call in self.calls:
            with self.subTest(call=call.name):
                found = [f"{one.part}\n  theirs: {one.theirs!r}\n  ours:   {one.ours!r}" for one in self.comparison.unexplained.get(call.name, [])]
                if found:
                    self.fail("\n".join([f"{call.method} {call.path} {call.query}"] + found))

    def test_every_reason_explains_something(self):
        """One that does not would hide the next difference there."""
        self.assertEqual([(explanation.reason, where) for explanation, where in self.comparison.unused], [])

    def test_the_recorded_answers_are_to_these_calls(self):
        self.assertEqual(self.comparison.stale, [], "record again: scripts/mlflow_answers.py record")
        self.assertGreaterEqual(self.comparison.compared(), LEAST)


if __name__ == "__main__":
    unittest.main()
