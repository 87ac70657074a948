"""The canonical table hash: vectors, and what it must not depend on."""

import json
import tempfile
import unittest
from pathlib import Path

import assay
from ds1_reference import reference_digest

VECTORS = sorted((Path(__file__).resolve().parents[3] / "tests" / "data" / "ds1").glob("*.json"))
_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def frame_of(columns):
    import numpy as np
    import pandas as pd

    series = {}
    for column in columns:
        tag, values = column["tag"], column["values"]
        if tag == "f":
            made = pd.Series([np.nan if v is None else _SPECIAL.get(v, v) if isinstance(v, str) else v for v in values], dtype="float64")
        elif tag in "iu":
            gaps = None in values
            made = (
                pd.Series(pd.array(values, dtype="Int64" if tag == "i" else "UInt64"))
                if gaps
                else pd.Series(values, dtype="int64" if tag == "i" else "uint64")
            )
        elif tag == "b":
            made = pd.Series(pd.array(values, dtype="boolean"))
        elif tag in "td":
            numbers = np.array([np.iinfo("i8").min if v is None else v for v in values], dtype="i8")  # NaT
            made = pd.Series(numbers.view("M8[ns]" if tag == "t" else "m8[ns]"))
        else:
            made = pd.Series([bytes.fromhex(v) if tag == "x" and v is not None else v for v in values], dtype=object)
        series[column["name"]] = made
    return pd.DataFrame(series)


class Ds1Vectors(unittest.TestCase):
    def test_there_are_vectors(self):
        self.assertGreaterEqual(len(VECTORS), 10)

    def test_the_plain_implementation_gives_the_published_digests(self):
        for path in VECTORS:
            with self.subTest(path.name):
                vector = json.loads(path.read_text(encoding="utf-8"))
                self.assertEqual(reference_digest(vector["rows"], vector["columns"]), vector["digest"])

    def test_the_package_gives_the_published_digests(self):
        for path in VECTORS:
            with self.subTest(path.name):
                vector = json.loads(path.read_text(encoding="utf-8"))
                self.assertEqual(assay.dataset_digest(frame_of(vector["columns"])), vector["digest"])

    def test_vectors_that_say_different_things_have_different_digests(self):
        digests = [json.loads(path.read_text(encoding="utf-8"))["digest"] for path in VECTORS]
        self.assertEqual(len(set(digests)), len(digests))


class TableDigest(unittest.TestCase):
    def setUp(self):
        import pandas as pd

        self.frame = pd.DataFrame(
            {
                "n": [1, 2, 3],
                "x": [0.5, None, 1.5],
                "s": pd.Series(["a", None, "é"], dtype=object),
                "t": pd.to_datetime(["2020-01-01 00:00:00", "2020-01-02 03:04:05", None]),
            }
        )
        self.digest = assay.dataset_digest(self.frame)

    def same(self, **columns):
        self.assertEqual(assay.dataset_digest(self.frame.assign(**columns)), self.digest)

    def differs(self, **columns):
        self.assertNotEqual(assay.dataset_digest(self.frame.assign(**columns)), self.digest)

    def test_it_does_not_depend_on_the_index(self):
        self.assertEqual(assay.dataset_digest(self.frame.set_index([[9, 9, 7]])), self.digest)

    def test_it_does_not_depend_on_how_values_are_stored(self):
        import numpy as np
        import pandas as pd

        self.same(n=self.frame.n.astype("int8"))
        self.same(n=self.frame.n.astype("uint64"))
        self.same(n=self.frame.n.astype("Int64"))
        self.same(n=self.frame.n.astype(object))
        self.same(n=self.frame.n.astype("category"))
        self.same(x=self.frame.x.astype("float32"))
        self.same(x=self.frame.x.astype("Float64"))
        self.same(s=self.frame.s.astype("category"))
        self.same(s=self.frame.s.astype("string"))
        self.same(s=pd.Categorical(self.frame.s, categories=["z", "é", "a"], ordered=True))
        self.same(s=pd.Series(["a", np.nan, "é"], dtype=object))
        self.same(t=self.frame.t.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
        self.same(t=self.frame.t.astype("datetime64[s]"))
        self.same(t=self.frame.t.astype(object))

    def test_every_value_counts(self):
        self.differs(n=[1, 2, 4])
        self.differs(n=[1.0, 2.0, 3.0])
        self.differs(x=[0.5, None, 1.5000000000000002])
        self.differs(x=[0.5, 0.0, 1.5])
        self.differs(s=["a", "", "é"])
        self.differs(s=["a", None, "e\u0301"])

    def test_names_and_order_count(self):
        self.assertNotEqual(assay.dataset_digest(self.frame[["x", "n", "s", "t"]]), self.digest)
        self.assertNotEqual(assay.dataset_digest(self.frame.rename(columns={"n": "m"})), self.digest)
        self.assertNotEqual(assay.dataset_digest(self.frame.iloc[::-1]), self.digest)

    def test_a_long_table_is_hashed_in_pieces_like_a_whole(self):
        import numpy as np
        import pandas as pd

        rows = 150_000
        numbers = np.arange(rows)
        frame = pd.DataFrame(
            {"i": numbers, "s": pd.Series([None if i % 7 == 0 else f"é{i}" if i % 3 else "a" for i in range(rows)], dtype=object)}
        )
        expected = reference_digest(
            rows,
            [
                {"name": "i", "tag": "i", "values": numbers.tolist()},
                {"name": "s", "tag": "s", "values": [None if i % 7 == 0 else f"é{i}" if i % 3 else "a" for i in range(rows)]},
            ],
        )
        self.assertEqual(assay.dataset_digest(frame), expected)

    def test_an_array_is_the_frame_that_pandas_makes_of_it(self):
        import numpy as np
        import pandas as pd

        array = np.array([[1.5, 2.5], [3.5, np.nan]])
        self.assertEqual(assay.dataset_digest(array), assay.dataset_digest(pd.DataFrame(array)))
        self.assertEqual(assay.dataset_digest(np.asfortranarray(array)), assay.dataset_digest(array))

    def test_what_has_no_canonical_form_is_refused_by_name(self):
        import numpy as np
        import pandas as pd

        far = pd.Series(np.array(["3000-01-01"], dtype="M8[s]"))
        for values in (["a", 1], [1, 2.5], [object()], [[1]], np.array([1j]), far, [2**64], ["\ud800"]):
            with self.subTest(repr(values)), self.assertRaisesRegex(assay.UsageError, "column 'bad'"):
                frame = pd.DataFrame({"bad": values if hasattr(values, "dtype") else pd.Series(values, dtype=object)})
                assay.dataset_digest(frame)

    def test_a_file_is_named_by_its_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "adult.csv"
            path.write_bytes(b"abc")
            digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            self.assertEqual(assay.dataset_digest(path), digest)
            self.assertEqual(assay.dataset(path, role="evaluation"), {"role": "evaluation", "name": "adult", "digest": digest})
        with self.assertRaises(assay.UsageError):
            assay.dataset_digest(path)


if __name__ == "__main__":
    unittest.main()
