"""The shared cache: blobs by digest, for every process of a user. The command line uses the same folder.

    <cache>/blobs/sha256/ab/<64 hex>      read-only files, named by what they hold
    <cache>/manifests/sha256/<64 hex>     likewise
    <cache>/uploads/<64 hex>.json         notes of unfinished uploads (_upload_note.py)

A file appears under its name by a rename, complete; two processes that bring the same one write the same bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Callable, Optional

from .errors import AssayError, IntegrityError
from ._files import PendingFile, hash_stream, pending_file, sync_folder, write_file
from ._manifest import Manifest


class Cache:
    def __init__(self, root: Path) -> None:
        self.root = root

    def blob_path(self, digest: str) -> Path:
        algorithm, _, value = digest.partition(":")
        return self.root / "blobs" / algorithm / value[:2] / value

    def manifest_path(self, digest: str) -> Path:
        algorithm, _, value = digest.partition(":")
        return self.root / "manifests" / algorithm / value

    def keep_manifest(self, manifest: Manifest) -> None:
        path = self.manifest_path(manifest.digest)
        if not path.exists():
            self._folder(path.parent)
            write_file(path, manifest.text, mode=0o444)

    def manifest(self, digest: str) -> Optional[Manifest]:
        """None when it is not here. `IntegrityError` when it is damaged."""
        try:
            return Manifest(self.manifest_path(digest).read_bytes(), digest)
        except FileNotFoundError:
            return None

    def open(self, digest: str, size: int, bring: Callable[[PendingFile], None]) -> BinaryIO:
        """The verified bytes, at their beginning: what is hashed is what the caller reads, by the same descriptor. What is not
        here, or is damaged, is brought: `bring` writes and completes the file, or raises."""
        for attempt in range(2):
            stream = self._open_if_here(digest)
            if stream is None:
                self._bring(digest, size, bring)
                stream = self._open_if_here(digest)
            if stream is None:
                continue  # another process removed it as damaged; once more
            found, _ = hash_stream(stream)
            if found == digest:
                stream.seek(0)
                return stream
            stream.close()
            self.blob_path(digest).unlink()
        raise IntegrityError(
            f"the cached blob {digest} is damaged again after it was fetched anew",
            code="cache-corrupt",
            because=f"{self.root} does not keep what is written to it",
            fix=["ASSAY_CACHE=/another/folder"],
        )

    def _open_if_here(self, digest: str) -> Optional[BinaryIO]:
        try:
            return open(self.blob_path(digest), "rb")
        except FileNotFoundError:
            return None

    def _bring(self, digest: str, size: int, bring: Callable[[PendingFile], None]) -> None:
        path = self.blob_path(digest)
        self._folder(path.parent)
        pending = pending_file(path, digest, size, mode=0o444)
        try:
            bring(pending)
            pending.publish()
        finally:
            pending.discard()
        sync_folder(path.parent)

    def _folder(self, path: Path) -> None:
        try:
            os.makedirs(path, mode=0o700, exist_ok=True)
        except OSError as error:
            raise AssayError(
                f"the cache {self.root} cannot be written",
                code="cannot-write",
                because=error.strerror or str(error),
                fix=["ASSAY_CACHE=/another/folder"],
            ) from error
