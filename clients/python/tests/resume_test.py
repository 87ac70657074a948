"""What a cut transfer leaves for the next one: notes of uploads and parts of downloads. tests/functional/resume_test.py cuts real ones."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from assay._files import RESUMABLE, PartFile, human_size, pending_file
from assay._upload_note import UploadNote

DIGEST = "sha256:" + hashlib.sha256(b"all of it").hexdigest()
URL = "http://127.0.0.1:8080"
ID = "0123456789abcdef0123456789abcdef"


class Folder(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


class Notes(Folder):
    def note(self, url=URL, digest=DIGEST):
        return UploadNote(self.folder, url, digest)

    def path(self):
        return self.folder / "uploads" / (hashlib.sha256(f"{URL}\n{DIGEST}".encode()).hexdigest() + ".json")

    def remember(self, upload=ID):
        with self.note() as note:
            note.remember(upload)

    def test_a_note_is_found_for_the_same_server_and_file_until_it_is_forgotten(self):
        self.remember()
        for url, digest, found in ((URL + "/", DIGEST, ID), (URL + "1", DIGEST, None), (URL, "sha256:" + "0" * 64, None)):
            with self.note(url, digest) as note:
                self.assertEqual(note.upload, found)
        with self.note() as note:
            note.forget()
        self.assertEqual(list((self.folder / "uploads").iterdir()), [])

    def test_a_note_is_what_the_documented_format_says(self):
        self.remember()
        self.assertEqual(json.loads(self.path().read_text()), {"schema": "assay.upload/1", "url": URL, "digest": DIGEST, "upload": ID})

    def test_a_shorter_note_leaves_nothing_of_a_longer_one(self):
        self.remember()
        self.path().write_text(" " * 3000 + self.path().read_text())
        with self.note() as note:
            self.assertEqual(note.upload, ID)
            note.remember(ID[::-1])
        self.assertEqual(json.loads(self.path().read_text())["upload"], ID[::-1])

    def test_a_damaged_note_is_none_and_leads_nowhere(self):
        self.remember()
        good = self.path().read_text()
        for text in ("{", "[]", "", good.replace(ID, "../../v1/models/churn/versions/3"), good.replace(URL, "http://elsewhere"), "\xff" * 9000):
            self.path().write_text(text, encoding="latin-1")
            with self.note() as note:
                self.assertIsNone(note.upload, text[:80])
            self.path().write_text(good)

    def test_while_one_has_it_another_remembers_nothing(self):
        with self.note() as first:
            first.remember(ID)
            with self.note() as second:
                self.assertIsNone(second.upload)
                second.remember(ID[::-1])
        with self.note() as note:
            self.assertEqual(note.upload, ID)

    def test_a_cache_that_cannot_be_written_does_no_harm(self):
        (self.folder / "file").write_text("")
        with UploadNote(self.folder / "file", URL, DIGEST) as note:
            note.remember(ID)
            self.assertEqual(note.upload, ID)


class Parts(Folder):
    part = f".assay-{DIGEST[7:]}.part"

    def pending(self, size=RESUMABLE):
        return pending_file(self.folder / "model", DIGEST, size)

    def leave(self, content=b"all "):
        one = self.pending()
        one.stream.write(content)
        one.discard()

    def test_a_part_is_taken_up_and_becomes_the_file(self):
        self.leave()
        self.assertEqual(self.names(), [self.part])
        one, hasher = self.pending(), hashlib.sha256()
        self.assertEqual(one.take_up(hasher), 4)
        self.assertEqual(hasher.digest(), hashlib.sha256(b"all ").digest())
        one.stream.write(b"of it")
        one.complete()
        other = self.pending()
        self.assertNotIsInstance(other, PartFile)  # complete, without its name: still ours
        other.discard()
        one.publish()
        one.discard()
        self.assertEqual((self.folder / "model").read_bytes(), b"all of it")
        self.assertNotIn(self.part, self.names())

    def test_a_small_file_leaves_nothing(self):
        one = self.pending(RESUMABLE - 1)
        one.stream.write(b"all ")
        one.discard()
        self.assertEqual(self.names(), [])

    def test_a_part_that_is_wrong_or_empty_does_not_stay(self):
        one = self.pending()
        one.stream.write(b"wrong")
        one.spoil()
        one.discard()
        self.pending().discard()
        self.assertEqual(self.names(), [])

    def test_another_process_does_not_touch_a_part_that_is_being_written(self):
        one = self.pending()
        one.stream.write(b"all ")
        one.stream.flush()
        code = (
            "import sys; from pathlib import Path; from assay._files import PartFile, pending_file\n"
            "other = pending_file(Path(sys.argv[1]), sys.argv[2], 1 << 30)\n"
            "assert not isinstance(other, PartFile); other.stream.write(b'x'); other.discard()"
        )
        subprocess.run([sys.executable, "-c", code, str(self.folder / "model"), DIGEST], check=True)
        self.assertEqual(self.names(), [self.part])
        one.discard()
        self.assertEqual((self.folder / self.part).read_bytes(), b"all ")

    def test_a_part_that_is_a_link_or_has_a_second_name_is_left_alone(self):
        (self.folder / "elsewhere").write_bytes(b"all ")
        for link in (os.symlink, os.link):
            link(self.folder / "elsewhere", self.folder / self.part)
            one = self.pending()
            self.assertNotIsInstance(one, PartFile)
            one.discard()
            (self.folder / self.part).unlink()
        self.assertEqual((self.folder / "elsewhere").read_bytes(), b"all ")


class Sizes(unittest.TestCase):
    def test_sizes_are_said_as_the_command_line_says_them(self):
        said = [human_size(size) for size in (0, 1023, 1024, 128974848, 1 << 40)]
        self.assertEqual(said, ["0 B", "1023 B", "1.0 KiB", "123.0 MiB", "1.0 TiB"])


if __name__ == "__main__":
    unittest.main()
