"""Sends files as blobs: what the server has is not sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, List, Sequence, Tuple

from ._connection import Connection
from .errors import NetworkError, UsageError
from ._files import LocalFile, hash_file
from ._progress import Progress

_ATTEMPTS = 4


def hash_files(named: Sequence[Tuple[str, Path]]) -> List[LocalFile]:
    """Reads every file once, for its digest and size."""
    found = []
    for path, source in named:
        digest, size = hash_file(source)
        found.append(LocalFile(path, source, size, digest))
    return found


def upload(connection: Connection, file: LocalFile) -> bool:
    """Makes sure that the server has the bytes; True when they had to be sent."""
    where, context = f"/v1/blobs/{file.digest}", f"uploading {file.path}"
    for attempt in range(_ATTEMPTS):
        # Asked before every attempt: a server that has the bytes by now closes the connection without reading them again.
        with connection.request("HEAD", where, absent_ok=True, context=context) as response:
            if response.status_code == 200:
                return attempt > 0
        try:
            with open(file.source, "rb") as stream, Progress(file.path, file.size) as progress:
                body: Any = _Body(stream, file, progress) if file.size else b""
                connection.request(
                    "PUT", where, data=lambda: body, headers={"Content-Type": "application/octet-stream"}, context=context, attempts=1
                ).close()
            return True
        except NetworkError:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


class _Body:
    """What requests streams with a Content-Length; nothing of it is held."""

    def __init__(self, stream: BinaryIO, file: LocalFile, progress: Progress) -> None:
        self._stream, self._file, self._progress, self._left = stream, file, progress, file.size

    def __len__(self) -> int:
        return self._file.size

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
