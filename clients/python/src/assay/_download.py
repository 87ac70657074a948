"""Brings one file of a version: streamed, verified, complete or not at all."""

from __future__ import annotations

import hashlib
import logging
import time
from typing import Dict
from urllib.parse import quote

from ._connection import Connection
from .errors import AssayError, IntegrityError, NetworkError
from ._files import PartFile, PendingFile, human_size
from ._manifest import Manifest, ManifestFile
from ._progress import Progress
from ._reference import version_path

_ATTEMPTS = 4
_PIECE = 1 << 18  # what a cut may lose
_log = logging.getLogger("assay")


def manifest_of(connection: Connection, model: str, digest: str, context: str) -> Manifest:
    with connection.request("GET", version_path(model, digest) + "/manifest", context=context) as response:
        return Manifest(response.content, digest)


def download(connection: Connection, manifest: Manifest, file: ManifestFile, environment: str, into: PendingFile) -> None:
    """Writes the verified bytes to `into` and makes them durable; the caller publishes. A transfer that is cut goes on where it stopped:
    the server cuts it when it finds its bytes damaged, and then says so."""
    context = f"fetching {file.path} of {manifest.ref}"
    transfer = _Transfer(connection, manifest, file, environment, into, context)
    was_resumed = transfer.take_up()
    try:
        try:
            transfer.bring()
        except IntegrityError:
            if not was_resumed:
                raise
            # What an earlier run has left may be what is wrong: once more, all of it.
            transfer.restart()
            transfer.bring()
    except IntegrityError:
        if isinstance(into, PartFile):
            into.spoil()
        raise
    into.complete()


class _Transfer:
    """One file on its way: what is there of it, hashed as far as it goes."""

    def __init__(
        self, connection: Connection, manifest: Manifest, file: ManifestFile, environment: str, into: PendingFile, context: str
    ) -> None:
        self._connection, self._manifest, self._file, self._into, self._context = connection, manifest, file, into, context
        self._path = f"{version_path(manifest.model, manifest.digest)}/files/{quote(file.path, safe='/')}"
        self._environment = environment
        self._hasher, self._size = hashlib.sha256(), 0

    def take_up(self) -> bool:
        """What an earlier run has left; whether there was anything."""
        if isinstance(self._into, PartFile):
            self._size = self._into.take_up(self._hasher)
            if self._size > self._file.size:
                self.restart()
        return self._size > 0

    def restart(self) -> None:
        self._into.restart()
        self._hasher, self._size = hashlib.sha256(), 0

    def bring(self) -> None:
        import requests

        problem: AssayError = NetworkError(f"{self._file.path} could not be fetched", context=self._context)
        # All of it may be here: then it only lacks its name. An empty file is asked for all the same: the gate may refuse it.
        for attempt in range(_ATTEMPTS if self._size < self._file.size or self._file.size == 0 else 0):
            if attempt:
                time.sleep(0.1 * 2**attempt)
            try:
                self._receive()
            except requests.RequestException as error:
                problem = self._cut("was cut", str(error))
                continue
            if self._size >= self._file.size:
                break
            problem = self._cut("ended", "")
        if self._size < self._file.size:
            raise problem
        self._verify()

    def _receive(self) -> None:
        headers: Dict[str, str] = {"Assay-Environment": self._environment}
        if self._size:
            headers.update({"Range": f"bytes={self._size}-", "If-Range": f'"{self._file.digest}"'})
        with self._connection.request("GET", self._path, headers=headers, stream=True, context=self._context) as response:
            if self._size:
                goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {self._size}-")
                if response.status_code == 206 and goes_on:
                    _log.info("%s: continuing at %s of %s", self._file.path, human_size(self._size), human_size(self._file.size))
                else:
                    self.restart()
            with Progress(self._file.path, self._file.size, self._size) as progress:
                for chunk in response.iter_content(_PIECE):
                    self._size += len(chunk)
                    if self._size > self._file.size:
                        return
                    self._hasher.update(chunk)
                    self._into.stream.write(chunk)
                    progress.add(len(chunk))

    def _verify(self) -> None:
        found = "sha256:" + self._hasher.hexdigest()
        if self._size == self._file.size and found == self._file.digest:
            return
        surplus = self._size > self._file.size
        raise IntegrityError(
            f"{self._file.path} of {self._manifest.ref} is not what the manifest says",
            code="digest-mismatch",
            context=self._context,
            because="more bytes arrived than it has" if surplus else f"it is {found}, the manifest says {self._file.digest}",
            fix=["assay fsck on the server"],
        )

    def _cut(self, how: str, because: str) -> NetworkError:
        return NetworkError(
            f"the transfer of {self._file.path} {how} after {self._size} of {self._file.size} bytes",
            code="transfer-cut",
            because=because,
            context=self._context,
            fix=["try again: it goes on where it stopped" if isinstance(self._into, PartFile) else "try again"],
        )
