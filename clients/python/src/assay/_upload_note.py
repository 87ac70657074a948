"""Which upload of a server holds the front of a file, kept between runs. The command line reads and writes the same notes.

    <cache>/uploads/<SHA-256 of "URL\\nDIGEST", 64 hex>.json

A note is a convenience: what cannot be written or read is as good as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any, Optional

from ._files import lock_file

SCHEMA = "assay.upload/1"
_LONGEST = 4096


class UploadNote:
    """Locked while it is open: another process that pushes the same file to the same server gets a note that remembers nothing, and
    uploads by itself. Use it in a `with`."""

    def __init__(self, cache: Path, url: str, digest: str) -> None:
        self.upload: Optional[str] = None
        self._known = {"schema": SCHEMA, "url": url.rstrip("/"), "digest": digest}
        key = f"{self._known['url']}\n{digest}".encode("utf-8")
        self._path = cache / "uploads" / (hashlib.sha256(key).hexdigest() + ".json")
        self._descriptor = self._open()
        if self._descriptor is not None:
            self.upload = self._read(self._descriptor)

    def remember(self, upload: str) -> None:
        self.upload = upload
        if self._descriptor is None:
            return
        text = (json.dumps({**self._known, "upload": upload}, separators=(",", ":")) + "\n").encode("utf-8")
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, text)  # half a note is none
        except OSError:
            pass

    def forget(self) -> None:
        """The upload is finished, or of no use any more."""
        self.upload = None
        if self._descriptor is not None:
            try:
                os.ftruncate(self._descriptor, 0)
            except OSError:
                pass

    def __enter__(self) -> "UploadNote":
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is None:
            return
        if self.upload is None:
            try:
                self._path.unlink()
            except OSError:
                pass
        os.close(self._descriptor)
        self._descriptor = None

    def _open(self) -> Optional[int]:
        try:
            os.makedirs(self._path.parent, mode=0o700, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
        except OSError:
            return None
        if lock_file(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    def _read(self, descriptor: int) -> Optional[str]:
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            note: Any = json.loads(os.read(descriptor, _LONGEST))
        except (OSError, ValueError):
            return None
        if not isinstance(note, dict) or any(note.get(name) != value for name, value in self._known.items()):
            return None
        upload = note.get("upload")
        # It becomes a part of a path.
        return upload if isinstance(upload, str) and re.fullmatch("[0-9a-f]{32}", upload) else None
