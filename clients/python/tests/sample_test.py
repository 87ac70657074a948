"""Samples: what is written reads back to the same types and bits; what differs is found."""

import json
import math
import tempfile
import unittest
import warnings
from pathlib import Path

import assay
import numpy as np
import pandas as pd
from assay import _comparison, _sample_input


def round_trip(X):
    rows, given = _sample_input.encode(X, 1_000_000)
    return _sample_input.decode(rows, json.loads(json.dumps(given, allow_nan=False)))


class Doubler:
    """Predicts twice its only column."""

    factor = 2.0

    def predict(self, X):
        return np.asarray(X)[:, 0] * self.factor


class Input(unittest.TestCase):
    def test_a_frame_keeps_the_type_of_every_column(self):
        frame = pd.DataFrame(
            {
                "f8": [1.5, np.nan, np.inf],
                "f4": np.array([0.1, np.nan, -1e30], dtype="f4"),
                "f2": np.array([0.1, 2, 3], dtype="f2"),
                "i8": [1, -2, 2**62 + 1],
                "i1": np.array([1, 2, 3], dtype="i1"),
                "u8": np.array([1, 2, 3], dtype="u8"),
                "b": [True, False, True],
                "text": ["a", None, "é"],
                "nan": pd.Series(["a", np.nan, "b"], dtype=object),
                "none": pd.Series(["a", None, "b"], dtype=object),
                "na": pd.Series(["a", pd.NA, "b"], dtype=object),
                "string": pd.array(["a", None, "b"], dtype="string"),
                "Int64": pd.array([1, None, 3], dtype="Int64"),
                "boolean": pd.array([True, None, False], dtype="boolean"),
                "category": pd.Categorical(["x", None, "y"], categories=["y", "x", "z"], ordered=True),
                "numbers": pd.Categorical([3, 1, None], categories=[3, 1, 2]),
            },
            index=[7, 7, 9],
        )
        again = round_trip(frame)
        pd.testing.assert_frame_equal(again, frame.reset_index(drop=True))
        for column in ("nan", "none", "na"):
            self.assertEqual([type(value) for value in again[column]], [type(value) for value in frame[column]])

    def test_a_matrix_keeps_its_type(self):
        for matrix in (
            np.random.default_rng(0).random((3, 2)),
            np.arange(6, dtype="u1").reshape(3, 2),
            np.array([[True, False]]),
            np.array([["a", "bb"]]),
            np.array([["a", None]], dtype=object),
            np.array([[0.1]], dtype="f4"),
            np.array([[0.1]], dtype="f2"),
        ):
            again = round_trip(matrix)
            self.assertEqual((again.dtype, again.shape, again.tolist()), (matrix.dtype, matrix.shape, matrix.tolist()))

    def test_floats_keep_every_bit(self):
        random = np.random.default_rng(1)
        for floats, bits in (("f4", random.integers(0, 2**32, 20_000, dtype="u4")), ("f8", random.integers(0, 2**64, 20_000, dtype="u8"))):
            values = bits.view(floats)
            values = np.append(values[~np.isnan(values)], np.array([-0.0, 5e-324, np.inf, -np.inf], dtype=floats)).reshape(-1, 1)
            self.assertTrue((round_trip(values).view(bits.dtype) == values.view(bits.dtype)).all())

    def test_texts_are_a_list(self):
        self.assertEqual(round_trip(["a", "é"]), ["a", "é"])
        self.assertEqual(round_trip(pd.Series(["a", "é"])), ["a", "é"])

    def test_records_are_a_list_of_dicts_in_the_order_of_their_names(self):
        records = [{"city": "Bergen", "area": 3.5, "new": True, "tags": ["a", "b"], "left": None}, {"count": 7, "é": np.int64(2), "Z": np.float64(0.5)}]
        again = round_trip(records)
        self.assertEqual(again, [dict(record) for record in records])
        self.assertEqual([list(record) for record in again], [["area", "city", "left", "new", "tags"], ["Z", "count", "é"]])
        self.assertEqual([type(value) for value in again[1].values()], [float, int, int])
        self.assertEqual(round_trip(pd.Series([{"a": 1}])), [{"a": 1}])
        for bad in ({"a": math.nan}, {"a": [1]}, {"a": {"b": 1}}, {"a": 1 << 63}, {1: 1}, {"a": b"x"}):
            with self.subTest(bad), self.assertRaises(assay.UsageError):
                round_trip([bad])
        for bad in ([{"a": [1]}], [1], [{}, {}], [{"a": {}}], {"a": 1}):
            with self.subTest(bad), self.assertRaises(assay.AssayError):
                _sample_input.decode(1, {"kind": "records", "values": bad})

    def test_what_cannot_be_kept_is_refused_by_name(self):
        mixed = pd.Series(["a", None, np.nan], dtype=object)
        for bad, what in (
            (pd.DataFrame({"a": pd.Series([1, "x"], dtype=object)}), "'a'"),
            (pd.DataFrame({"t": pd.to_datetime(["2020-01-01"])}), "'t'"),
            (pd.DataFrame({"m": mixed}), "several ways"),
            (pd.DataFrame({0: [1]}), "label 0"),
            (np.array([[1j]]), "complex"),
            ([1, 2], "dimensions"),
        ):
            with self.subTest(what), self.assertRaisesRegex(assay.UsageError, what):
                round_trip(bad)


class Replay(unittest.TestCase):
    def setUp(self):
        self.sample = assay.sample(Doubler(), np.array([[1.0], [0.25], [np.nan], [np.inf]]))

    def test_it_keeps_the_outputs(self):
        self.assertEqual(self.sample.methods, ["predict"])
        self.assertEqual(
            self.sample.document["outputs"]["predict"], {"type": "float64", "shape": [4], "values": [2.0, 0.5, "NaN", "Infinity"]}
        )
        self.assertEqual(self.sample.tolerance, {"kind": "exact"})

    def test_the_same_estimator_is_equal_after_a_trip_through_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            self.sample.write(Path(folder) / "sample.json")
            self.assertEqual(assay.Sample.read(Path(folder) / "sample.json").compare(Doubler()), [])

    def test_one_bit_is_found(self):
        other = Doubler()
        other.factor = math.nextafter(2.0, 3.0) if hasattr(math, "nextafter") else 2.0000000000000004
        (difference,) = self.sample.compare(other)
        self.assertEqual((difference.method, difference.rows, difference.max_ulp), ("predict", [0, 1], 1))
        self.assertAlmostEqual(difference.max_abs, 4.44e-16, delta=1e-17)
        self.assertEqual(self.sample.compare(other, {"kind": "close", "rel": 1e-12}), [])
        problem = _comparison.differs("churn@3", [difference], 4)
        self.assertEqual((problem.exit_code, problem.rows), (9, [0, 1]))
        self.assertIn("2 of 4 rows", str(problem))

    def test_a_method_that_fails_differs_everywhere(self):
        (difference,) = self.sample.compare(object())
        self.assertEqual(difference.rows, [0, 1, 2, 3])

    def test_at_most_a_thousand_rows_are_kept(self):
        self.assertEqual(assay.sample(Doubler(), np.ones((5000, 1))).rows, 1000)

    def test_outputs_that_no_sample_keeps_are_left_out_with_a_warning(self):
        class Both(Doubler):
            def predict_proba(self, X):
                return [np.ones((len(X), 2)), np.ones((len(X), 3))]

        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            self.assertEqual(assay.sample(Both(), np.ones((2, 1))).methods, ["predict"])
        self.assertIn("predict_proba", str(seen[0].message))

    def test_what_is_no_sample_is_refused(self):
        good = self.sample.document
        for bad in (
            {**good, "schema": "assay.sample/2"},
            {**good, "rows": -1},
            {**good, "x": 1},
            {**good, "tolerance": {"kind": "near"}},
            {**good, "outputs": {"fit": {}}},
        ):
            with self.assertRaises(assay.AssayError):
                assay.Sample(bad)
        for text in (b"[1]", b'{"schema": NaN}', b"\xff", b"[" * 100_000):
            with self.assertRaises(assay.AssayError):
                assay.Sample.parse(text)
        with self.assertRaises(assay.AssayError):
            assay.Sample({**good, "input": {"kind": "matrix", "type": "float64", "shape": [4, 2], "values": [[1.0]] * 4}}).input()


class Comparison(unittest.TestCase):
    def differs(self, expected, actual, tolerance=None):
        return _comparison.compare("predict", np.array(expected), np.array(actual), tolerance or {"kind": "exact"})

    def test_every_nan_equals_every_nan(self):
        other = np.array([0xFFF8000000000001], dtype="u8").view("f8")
        self.assertIsNone(self.differs([np.nan], other))

    def test_the_sign_of_zero_is_a_bit(self):
        self.assertEqual(self.differs([0.0], [-0.0]).rows, [0])
        self.assertIsNone(self.differs([0.0], [-0.0], {"kind": "close", "abs": 0.0, "rel": 0.0}))

    def test_a_nan_against_a_number_has_no_size(self):
        self.assertEqual(self.differs([1.0, 2.0], [np.nan, 2.0]).max_abs, math.inf)

    def test_close_never_takes_infinity_for_a_number(self):
        self.assertIsNotNone(self.differs([np.inf], [1.0], {"kind": "close", "abs": 1.0, "rel": 1.0}))
        self.assertIsNone(self.differs([np.inf], [np.inf], {"kind": "close", "abs": 0.0, "rel": 0.0}))

    def test_shape_and_type_must_be_equal(self):
        self.assertIn("shape", self.differs([1.0], [[1.0]]).because)
        self.assertIn("float32", self.differs(np.array([1.0]), np.array([1.0], dtype="f4")).because)
        self.assertIsNotNone(self.differs(["a"], ["b"]))


if __name__ == "__main__":
    unittest.main()
