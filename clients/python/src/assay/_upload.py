"""Sends files as blobs: what the server has is not sent again, and a large file goes on where it stopped."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, BinaryIO, Dict, List, NamedTuple, Sequence, Set, Tuple

from ._connection import Connection
from ._files import RESUMABLE, LocalFile, hash_file, human_size
from ._progress import Progress
from ._upload_note import UploadNote
from .errors import AssayError, NetworkError, UsageError

_ATTEMPTS = 4
_BEGINNINGS = 2
_STALLS = 4  # attempts in a row that bring nothing
_LONGEST_WAIT = 15.0  # seconds for another writer; the server gives up on a silent one after 10
_PASSING = ("upload-busy", "upload-offset-mismatch", "body-truncated")
_log = logging.getLogger("assay")


def hash_files(named: Sequence[Tuple[str, Path]]) -> List[LocalFile]:
    """Reads every file once, for its digest and size."""
    found = []
    for path, source in named:
        digest, size = hash_file(source)
        found.append(LocalFile(path, source, size, digest))
    return found


def upload_missing(connection: Connection, files: Sequence[LocalFile], context: str) -> None:
    """Makes sure that the server has the bytes of every file."""
    digests = sorted({file.digest for file in files})
    answer = connection.json("POST", "/v1/blobs:missing", body={"digests": digests}, context=context)
    missing: Set[str] = set(answer.get("missing", ())) if isinstance(answer, dict) else set()
    for file in files:
        if file.digest in missing:
            missing.discard(file.digest)
            upload(connection, file)


def upload(connection: Connection, file: LocalFile) -> None:
    """Sends a file that the server lacks."""
    if file.size >= RESUMABLE:
        try:
            with UploadNote(connection.config.cache, connection.config.url, file.digest) as note:
                _Upload(connection, file, note).run()
            return
        except AssayError as error:
            # A server that takes no more unfinished uploads may still take a finished one.
            if error.code != "upload-limit":
                raise
    _put(connection, file)


def _put(connection: Connection, file: LocalFile) -> None:
    where, context = f"/v1/blobs/{file.digest}", f"uploading {file.path}"
    for attempt in range(_ATTEMPTS):
        # Asked before every repetition: a server that has the bytes by now closes the connection without reading them again.
        if attempt:
            with connection.request("HEAD", where, absent_ok=True, context=context) as response:
                if response.status_code == 200:
                    return
        try:
            with open(file.source, "rb") as stream, Progress(file.path, file.size) as progress:
                body: Any = _Body(stream, file, progress, 0) if file.size else b""
                connection.request(
                    "PUT", where, data=lambda: body, headers={"Content-Type": "application/octet-stream"}, context=context, attempts=1
                ).close()
            return
        except NetworkError:
            if attempt == _ATTEMPTS - 1:
                raise


class _Place(NamedTuple):
    path: str
    offset: int


class _Upload:
    """Continues the upload that the note knows, or begins one; sends the rest; finishes. Begins anew, once, when the server has lost
    it or its bytes turn out wrong."""

    def __init__(self, connection: Connection, file: LocalFile, note: UploadNote) -> None:
        self._connection, self._file, self._note = connection, file, note
        self._context = f"uploading {file.path}"

    def run(self) -> None:
        for beginning in range(1, _BEGINNINGS + 1):
            try:
                self._go_on()
                self._note.forget()
                return
            except AssayError as error:
                if error.code not in ("upload-not-found", "digest-mismatch"):
                    raise
                self._note.forget()
                # It may be gone because it was finished, and only the answer was lost.
                if error.code == "upload-not-found" and self._is_there():
                    return
                if beginning == _BEGINNINGS:
                    raise

    def _is_there(self) -> bool:
        with self._connection.request("HEAD", f"/v1/blobs/{self._file.digest}", absent_ok=True, context=self._context) as response:
            return response.status_code == 200

    def _go_on(self) -> None:
        place = self._find_or_begin()
        self._send_rest(place)
        self._connection.request("PUT", place.path, params={"digest": self._file.digest}, context=self._context).close()

    def _find_or_begin(self) -> _Place:
        if self._note.upload is not None:
            try:
                return self._look("/v1/uploads/" + self._note.upload)
            except AssayError as error:
                if error.code != "upload-not-found":
                    raise
                self._note.forget()
        begun = self._connection.json("POST", "/v1/uploads", body={"size": self._file.size}, context=self._context)
        self._note.remember(str(begun["id"]))
        return _Place(f"/v1/uploads/{begun['id']}", 0)

    def _look(self, path: str) -> _Place:
        """Where the upload stands, once nobody writes to it, or nobody has for a while."""
        pause, waited = 0.1, 0.0
        while True:
            found: Dict[str, Any] = self._connection.json("GET", path, context=self._context)
            if found.get("size") != self._file.size:
                raise AssayError("the server's upload is another one", code="upload-not-found", context=self._context)
            if not found.get("receiving") or waited >= _LONGEST_WAIT:
                return _Place(path, int(found["offset"]))
            time.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, 2.0)

    def _send_rest(self, place: _Place) -> None:
        stalls, pause = 0, 0.1
        while place.offset < self._file.size:
            if place.offset:
                _log.info("%s: continuing at %s of %s", self._file.path, human_size(place.offset), human_size(self._file.size))
            try:
                self._send_from(place)
                return
            except AssayError as error:
                if not (isinstance(error, NetworkError) or error.code in _PASSING) or stalls == _STALLS:
                    raise
            time.sleep(pause)
            now = self._look(place.path)
            stalls = 0 if now.offset > place.offset else stalls + 1
            pause = 0.1 if not stalls else min(2 * pause, 2.0)
            place = now

    def _send_from(self, place: _Place) -> None:
        size = self._file.size
        with open(self._file.source, "rb") as stream, Progress(self._file.path, size, place.offset) as progress:
            stream.seek(place.offset)
            body = _Body(stream, self._file, progress, place.offset)
            headers = {"Content-Type": "application/octet-stream", "Content-Range": f"bytes {place.offset}-{size - 1}/{size}"}
            self._connection.request("PATCH", place.path, data=lambda: body, headers=headers, context=self._context, attempts=1).close()


class _Body:
    """What requests streams with a Content-Length; nothing of it is held."""

    def __init__(self, stream: BinaryIO, file: LocalFile, progress: Progress, offset: int) -> None:
        self._stream, self._file, self._progress = stream, file, progress
        self._length = self._left = file.size - offset

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> "_Body":  # requests streams what is iterable
        return self

    def read(self, size: int = -1) -> bytes:
        # http.client asks for 8 KiB at a time; larger pieces are as good as free.
        chunk = self._stream.read(min(1 << 20, self._left))
        if not chunk and self._left:
            raise UsageError(
                f"{self._file.source} changed while it was uploaded", code="file-changed", because="it is shorter than when it was hashed"
            )
        self._left -= len(chunk)
        self._progress.add(len(chunk))
        return chunk

    def __next__(self) -> bytes:
        chunk = self.read()
        if not chunk:
            raise StopIteration
        return chunk
