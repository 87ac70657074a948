"""The specimens are what they say: valid files but for the attack, inert, and each trick is one."""

import pickle
import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SUPPORT = ROOT / "tests" / "support"
sys.path.insert(0, str(SUPPORT))
import payload_streams  # noqa: E402
import specimen_containers  # noqa: E402
import specimen_zips  # noqa: E402
from payloads import Payload, catalogue  # noqa: E402
from pickle_assembler import Build, Call, New, assemble, name  # noqa: E402
from pickle_parser import read_fragment, read_stream  # noqa: E402
from pickle_parts import Nested, RawArray  # noqa: E402
from pickle_writer import write_stream  # noqa: E402
from specimen_places import PLACES, NoPlace, second_pickle  # noqa: E402
from specimens import CONTAINERS  # noqa: E402

PROTOCOLS = range(6)
HARMLESS = Payload("control", "", {"a": ["plain", 1]}, (), None, "control")


class Model:
    """Stands for an estimator: an object with a state, texts that recur, and something large."""

    def __init__(self):
        self.steps = [("scale", "standard"), ("scale", "standard")]
        self.large = b"x" * 100_000
        self.numbers = [1, -1, 2.5, None, True, 10**30]


def joblib_like(values: bytes, before: str) -> bytes:
    """A file as joblib writes it, of a dict of one array of octets; `before` moves the array to another offset."""
    dtype = Build(Call(name("numpy.dtype"), ("u1", False, True)), (3, "|", None, None, None, -1, -1, 0))
    state = {
        "subclass": name("numpy.ndarray"),
        "shape": (len(values),),
        "order": "C",
        "dtype": dtype,
        "allow_mmap": True,
        "numpy_array_alignment_bytes": 16,
    }
    wrapper = Build(New(name("joblib.numpy_pickle.NumpyArrayWrapper")), state)
    head = b"\x80\x04}" + assemble(before, 4) + assemble(wrapper, 4)
    padding = 16 - (len(head) + 1) % 16
    return head + bytes([padding]) + b"\xff" * padding + values + b"s."


class StreamsTest(unittest.TestCase):
    def test_what_is_taken_apart_is_put_together_as_it_was(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                data = pickle.dumps({"model": Model(), "tuple": (1, (2, 3)), "set": {1}, "frozen": frozenset([1])}, protocol)
                self.assertEqual(write_stream(read_stream(data)), data)

    def test_a_model_with_a_harmless_addition_is_loaded_with_it(self):
        for protocol in PROTOCOLS:
            for place in ("attribute", "end"):
                with self.subTest(protocol=protocol, place=place):
                    stream = read_stream(pickle.dumps(Model(), protocol))
                    loaded = pickle.loads(write_stream(PLACES[place](stream, HARMLESS)))
                    self.assertEqual(loaded.cache_, {"a": ["plain", 1]})
                    self.assertEqual((loaded.steps, loaded.large, loaded.numbers), (Model().steps, Model().large, Model().numbers))

    def test_what_is_pushed_and_popped_in_front_leaves_the_model_as_it_was(self):
        for protocol in PROTOCOLS:
            stream = read_stream(pickle.dumps(Model(), protocol))
            self.assertEqual(vars(pickle.loads(write_stream(PLACES["front"](stream, HARMLESS)))), vars(Model()))

    def test_arrays_stay_aligned_whatever_stands_before_them(self):
        for length in range(20):
            stream = read_stream(joblib_like(b"0123456789", "k" * length))
            data = write_stream(PLACES["front"](stream, HARMLESS))
            self.assertEqual(data.index(b"0123456789") % 16, 0)
            self.assertEqual([part.data for part in read_stream(data).parts if isinstance(part, RawArray)], [b"0123456789"])

    def test_a_memo_of_the_addition_shifts_that_of_the_model(self):
        value = name("builtins.int")
        memo = assemble(value, 4) + b"\x940h\x00"
        stream = read_stream(pickle.dumps(Model(), 4))
        added = read_fragment(memo, space=1) + read_fragment(b"0", space=1)
        stream.parts[1:1] = added
        self.assertEqual(vars(pickle.loads(write_stream(stream))), vars(Model()))

    def test_an_object_without_a_state_has_no_place_for_an_attribute(self):
        with self.assertRaises(NoPlace):
            PLACES["attribute"](read_stream(pickle.dumps([1], 4)), HARMLESS)

    def test_a_second_pickle_is_one(self):
        stream = read_stream(pickle.dumps(Model(), 4))
        self.assertEqual(pickle.loads(second_pickle(stream, HARMLESS)), {"a": ["plain", 1]})
        self.assertFalse(any(isinstance(part, Nested) for part in stream.parts))


class CatalogueTest(unittest.TestCase):
    def test_there_are_hundreds_of_kinds(self):
        self.assertGreaterEqual(len(catalogue()), 200)

    def test_a_marker_stands_in_the_opcodes_of_its_payload_and_of_no_other(self):
        markers = [one.marker for one in catalogue() if one.marker]
        self.assertEqual(len(markers), len(set(markers)))
        for one in catalogue():
            if one.marker:
                self.assertIn(one.marker.encode(), one.opcodes, one.name)

    def test_every_payload_has_a_name_to_be_reported(self):
        self.assertEqual([one.name for one in catalogue() if not one.names], [])

    def test_every_trick_is_known_and_fits_some_container(self):
        known = {*payload_streams.STREAM_TRICKS, *payload_streams.MEMBER_TRICKS, *specimen_zips.ZIP_TRICKS}
        for one in catalogue():
            if one.trick:
                with self.subTest(one.trick):
                    self.assertTrue(one.trick in known or one.trick in ("npy-header", "npy-trailing", "wrong-suffix"))
                    self.assertTrue([container for container in CONTAINERS if payload_streams.suits(one.trick, container)])

    def test_nothing_that_makes_specimens_can_load_one(self):
        files = [
            *SUPPORT.glob("pickle_*.py"),
            *SUPPORT.glob("payload*.py"),
            *SUPPORT.glob("specimen*.py"),
            *SUPPORT.glob("payload_kinds/*.py"),
        ]
        self.assertGreater(len(files), 10)
        for file in files:
            self.assertIsNone(re.search(r"^\s*(import|from) (pickle|_pickle|joblib|marshal|shelve|numpy)\b", file.read_text(), re.M), file)


class ContainersTest(unittest.TestCase):
    def test_an_lz4_frame_has_the_header_that_the_format_gives_it(self):
        self.assertEqual(specimen_containers.lz4_frame(b"ab"), b"\x04\x22\x4d\x18\x60\x70\x73\x02\0\0\x80ab\0\0\0\0")

    def test_the_header_of_an_array_ends_on_a_multiple_of_64(self):
        data = specimen_containers.npy(b"body", shape="(2,)")
        self.assertEqual(data.index(b"body") % 64, 0)


if __name__ == "__main__":
    unittest.main()
