"""Checks what was fetched against assay.lock, without a server."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional

from . import _lock as locks
from ._cache import Cache
from ._connection import Connection
from .errors import IntegrityError, NotFound
from ._files import PathLike, hash_file
from ._lock_text import LockedFile, LockedModel


@dataclass(frozen=True)
class Verified:
    """One entry of the lock, every file of it as locked."""

    name: str
    requested: str
    version: int
    where: str  #: the folder, or "cache"
    files: int
    notes: List[str] = field(default_factory=list)  #: for information: an alias that has moved since

    def to_json(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def verify(path: PathLike, cache: Path, connection: Optional[Connection] = None) -> List[Verified]:
    """See `assay.verify`. Every problem of every entry is in the one exception."""
    found, problems = [], []
    for entry in locks.read(path).models:
        root = Path(path).resolve().parent / entry.path if entry.path else None
        wrong: List[Dict[str, Any]] = []
        for file in entry.files:
            place = root.joinpath(*file.path.split("/")) if root is not None else Cache(cache).blob_path(file.digest)
            because = _problem(place, file)
            if because is not None:
                wrong.append({"field": f"{entry.name}@{entry.version}/{file.path}", "message": f"{place} {because}"})
        notes: List[str] = []
        if connection is not None:
            notes = _ask(connection, entry, wrong)
        problems += wrong
        found.append(
            Verified(entry.name, entry.requested, entry.version, str(root) if root is not None else "cache", len(entry.files), notes)
        )
    if problems:
        fix = ["fetch it again: assay fetch --locked --force"]
        raise IntegrityError(f"what is here is not what {os.fspath(path)} says", code="lock-mismatch", field_errors=problems, fix=fix)
    return found


def _problem(place: Path, file: LockedFile) -> Optional[str]:
    try:
        status = place.stat()
        if not stat.S_ISREG(status.st_mode):
            return "is no file"
        if status.st_size != file.size:
            return f"has {status.st_size} bytes, locked are {file.size}"
        digest, _ = hash_file(place)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if digest == file.digest else f"is {digest}, locked is {file.digest}"


def _ask(connection: Connection, entry: LockedModel, wrong: List[Dict[str, Any]]) -> List[str]:
    from ._download import manifest_of

    try:
        locks.confirm(entry, manifest_of(connection, entry.name, entry.digest, f"verifying {entry.name}@{entry.version}"))
        note = locks.moved(connection, entry)
    except NotFound as error:
        wrong.append({"field": f"{entry.name}@{entry.version}", "message": str(error.message)})
        return []
    return [note] if note else []
