"""What a smoke test finds, and how it is told as a proof. Needs numpy, as a sample does."""

import math
import unittest

import numpy as np

from assay import _smoke
from assay._comparison import Difference
from assay._sample import Sample

DOCUMENT = {
    "schema": "assay.sample/1",
    "rows": 3,
    "input": {"kind": "matrix", "type": "float64", "shape": [3, 1], "values": [[1.0], [2.0], [3.0]]},
    "outputs": {"predict": {"type": "float64", "shape": [3], "values": [2.0, 4.0, 6.0]}},
    "tolerance": {"kind": "exact"},
}


class Model:
    def __init__(self, change=None):
        self.change = change or (lambda values: values)

    def predict(self, X):
        return self.change(2.0 * np.asarray(X)[:, 0])


def found(change=None, **document):
    return _smoke.replay(Model(change), Sample({**DOCUMENT, **document}))


class Smoke(unittest.TestCase):
    def test_the_same_bits_are_equal(self):
        one = found()
        self.assertTrue(one.good)
        proof = one.proof()
        self.assertEqual((proof["outcome"], proof["rows"], proof["methods"]), ("equal", 3, ["predict"]))
        self.assertNotIn("differing", proof)

    def test_other_bits_within_the_tolerance_are_close(self):
        tolerance = {"kind": "close", "abs": 1e-9, "rel": 0.0}
        self.assertEqual(found(lambda values: values + 1e-12, tolerance=tolerance).outcome, "close")
        self.assertEqual(found(tolerance=tolerance).outcome, "equal")

    def test_a_difference_is_told_by_rows_and_size(self):
        proof = found(lambda values: values + np.array([0.0, 0.5, 0.25])).proof()
        self.assertEqual((proof["outcome"], proof["differing"], proof["first_rows"], proof["max_abs"]), ("different", 2, [1, 2], 0.5))
        self.assertLessEqual(proof["max_ulp"], 2**53 - 1)

    def test_a_difference_without_a_size_has_none(self):
        proof = found(lambda values: values * math.nan).proof()
        self.assertEqual(proof["outcome"], "different")
        self.assertNotIn("max_abs", proof)

    def test_more_rows_than_a_proof_lists_are_counted(self):
        one = _smoke.Found("different", 100, ["predict"], [Difference("predict", list(range(50)), 1.0, 2**60, "")])
        proof = one.proof()
        self.assertEqual((proof["differing"], len(proof["first_rows"]), proof["max_ulp"]), (50, 20, 2**53 - 1))

    def test_a_method_that_raises_is_an_error_of_prediction(self):
        def fail(values):
            raise ValueError("no such column\n\x00 at all")

        one = found(fail)
        self.assertEqual(one.outcome, "predict-error")
        message = one.proof()["message"]
        self.assertIn("ValueError: no such column", message)
        self.assertTrue(message.isprintable())

    def test_a_message_is_cut_without_breaking_a_character(self):
        message = _smoke.load_failed(ValueError("ü" * 3000)).proof()["message"]
        self.assertLessEqual(len(message.encode()), 2000)
        self.assertTrue(message.endswith("ü"))


if __name__ == "__main__":
    unittest.main()
