"""The lock file: one layout, read whatever its layout, verified without a server."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import assay
from assay import _lock, _lock_text, _verify
from assay._lock_text import Lock, LockedFile, LockedModel
from assay._reference import parse

D1, D2 = "sha256:" + "1" * 64, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
CHURN = LockedModel(
    "churn",
    "@production",
    3,
    D1,
    [LockedFile("sample.json", 3, D2), LockedFile("model.joblib", 3, D2)],
    {"scikit-learn": "1.7.2", "joblib": "1.5.1", "python": "3.11.7"},
)
TEXT = f"""version = 1
registry = "http://127.0.0.1:8080"

[[model]]
name = "a\\"\\u0001\\u007Fé"
requested = "@latest"
version = 1
digest = "{D1}"
files = []
path = "models/a"

[[model]]
name = "churn"
requested = "@production"
version = 3
digest = "{D1}"
files = [{{ path = "model.joblib", size = 3, digest = "{D2}" }}, {{ path = "sample.json", size = 3, digest = "{D2}" }}]
environment = {{ joblib = "1.5.1", python = "3.11.7", scikit-learn = "1.7.2" }}
"""


class Text(unittest.TestCase):
    def test_the_layout_is_the_documented_one(self):
        odd = LockedModel('a"\x01\x7fé', "@latest", 1, D1, [], {}, "models/a")
        self.assertEqual(Lock("http://127.0.0.1:8080", [CHURN, odd]).to_text(), TEXT)

    def test_what_was_written_reads_back_to_the_same_text(self):
        self.assertEqual(_lock_text.read_text(TEXT, "assay.lock").to_text(), TEXT)

    def test_any_layout_is_read(self):
        self.assertEqual(_lock_text.read_text("# made by hand\n" + TEXT.replace(", ", " , "), "assay.lock").to_text(), TEXT)

    def test_what_is_no_lock_file_is_refused(self):
        for text in (
            "version = 2\nregistry = ''\n",
            "x",
            "version = 1\n",
            TEXT.replace(D1, "sha256:12"),
            TEXT.replace("model.joblib", "../model.joblib"),
            TEXT.replace("size = 3", "size = -3"),
            TEXT + "extra = 1\n",
            TEXT.replace("version = 3", 'version = "3"'),
        ):
            with self.subTest(text[:40]), self.assertRaises(assay.AssayError):
                _lock_text.read_text(text, "assay.lock")


class Offline(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.lock = self.root / "assay.lock"
        for name in ("model.joblib", "sample.json"):
            (self.root / "out").mkdir(exist_ok=True)
            (self.root / "out" / name).write_bytes(b"abc")
        self.lock.write_text(Lock("http://127.0.0.1:8080", [replace(CHURN, path="out")]).to_text(), encoding="utf-8")

    def verify(self):
        return _verify.verify(self.lock, self.root / "cache")

    def test_files_as_locked_are_verified(self):
        (found,) = self.verify()
        self.assertEqual((found.name, found.version, found.files), ("churn", 3, 2))

    def test_a_changed_byte_is_an_integrity_error(self):
        (self.root / "out" / "model.joblib").write_bytes(b"abd")
        with self.assertRaises(assay.IntegrityError) as caught:
            self.verify()
        self.assertEqual([item["field"] for item in caught.exception.field_errors], ["churn@3/model.joblib"])

    def test_every_missing_file_is_named(self):
        for name in ("model.joblib", "sample.json"):
            (self.root / "out" / name).unlink()
        with self.assertRaises(assay.IntegrityError) as caught:
            self.verify()
        self.assertEqual(len(caught.exception.field_errors), 2)

    def test_without_a_folder_the_cache_is_checked(self):
        self.lock.write_text(Lock("http://127.0.0.1:8080", [CHURN]).to_text(), encoding="utf-8")
        with self.assertRaises(assay.IntegrityError):
            self.verify()
        blob = self.root / "cache" / "blobs" / "sha256" / D2[7:9] / D2[7:]
        blob.parent.mkdir(parents=True)
        blob.write_bytes(b"abc")
        self.assertEqual(self.verify()[0].where, "cache")

    def test_a_reference_that_is_not_locked_is_a_conflict(self):
        self.assertEqual(_lock.pinned(self.lock, parse("churn@production")).version, 3)
        with self.assertRaises(assay.Conflict):
            _lock.pinned(self.lock, parse("churn@3"))

    def test_where_it_was_fetched_to_is_recorded_once(self):
        entry = _lock.pinned(self.lock, parse("models:/churn@production"))
        _lock.record_path(self.lock, entry, self.root / "models" / "churn")
        self.assertIn('path = "models/churn"\n', self.lock.read_text(encoding="utf-8"))
        before = self.lock.stat().st_mtime_ns, self.lock.stat().st_ino
        _lock.record_path(self.lock, entry, self.root / "models" / "churn")
        self.assertEqual((self.lock.stat().st_mtime_ns, self.lock.stat().st_ino), before)


if __name__ == "__main__":
    unittest.main()
