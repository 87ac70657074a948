"""Brings one file of a version: streamed, verified, complete or not at all."""

from __future__ import annotations

import hashlib
import time
from typing import Dict
from urllib.parse import quote

from ._connection import Connection
from .errors import AssayError, IntegrityError, NetworkError
from ._files import CHUNK, PendingFile
from ._manifest import Manifest, ManifestFile
from ._progress import Progress
from ._reference import version_path

_ATTEMPTS = 4


def manifest_of(connection: Connection, model: str, digest: str, context: str) -> Manifest:
    with connection.request("GET", version_path(model, digest) + "/manifest", context=context) as response:
        return Manifest(response.content, digest)


def download(connection: Connection, manifest: Manifest, file: ManifestFile, environment: str, into: PendingFile) -> None:
    """Writes the verified bytes to `into` and makes them durable; the caller publishes. A transfer that is cut is repeated: the
    server cuts it when it finds its bytes damaged, and then says so."""
    import requests

    path = f"{version_path(manifest.model, manifest.digest)}/files/{quote(file.path, safe='/')}"
    context = f"fetching {file.path} of {manifest.ref}"
    headers: Dict[str, str] = {"Assay-Environment": environment}
    problem: AssayError = NetworkError(f"{file.path} could not be fetched", context=context)
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(0.1 * 2**attempt)
            into.restart()
        hasher, size = hashlib.sha256(), 0
        try:
            with (
                connection.request("GET", path, headers=headers, stream=True, context=context) as response,
                Progress(file.path, file.size) as progress,
            ):
                for chunk in response.iter_content(CHUNK):
                    size += len(chunk)
                    if size > file.size:
                        break
                    hasher.update(chunk)
                    into.stream.write(chunk)
                    progress.add(len(chunk))
        except requests.RequestException as error:
            problem = NetworkError(
                f"the transfer of {file.path} was cut after {size} of {file.size} bytes",
                code="transfer-cut",
                because=str(error),
                context=context,
                fix=["try again"],
            )
            continue
        if size < file.size:
            problem = NetworkError(
                f"the transfer of {file.path} ended after {size} of {file.size} bytes",
                code="transfer-cut",
                context=context,
                fix=["try again"],
            )
            continue
        found = "sha256:" + hasher.hexdigest()
        if size > file.size or found != file.digest:
            raise IntegrityError(
                f"{file.path} of {manifest.ref} is not what the manifest says",
                code="digest-mismatch",
                context=context,
                because="more bytes arrived than it has" if size > file.size else f"it is {found}, the manifest says {file.digest}",
                fix=["assay fsck on the server"],
            )
        into.complete()
        return
    raise problem
