"""Brings the files of a version into a folder, after the gate has let it pass."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Set

from . import _gate as gate, _reference as reference
from . import _lock as locks
from ._arguments import path
from ._connection import Connection
from ._download import download, manifest_of
from ._environment import EnvironmentLike
from .errors import AssayError, Conflict, UsageError
from ._files import PathLike, PendingFile, hash_file, pending_file, sync_folder
from ._gate import Verdict


@dataclass(frozen=True)
class Fetched:
    """What was fetched, and where it is."""

    model: str
    version: int
    digest: str
    directory: Path
    files: List[Path]
    verdict: Optional[Verdict]  #: None when there was no environment to judge
    requested: str = ""

    @property
    def ref(self) -> str:
        return f"{self.model}@{self.version}"

    def to_json(self) -> Dict[str, Any]:
        return {
            "model": self.model,
            "version": self.version,
            "digest": self.digest,
            "directory": str(self.directory),
            "files": [str(path) for path in self.files],
            "verdict": self.verdict,
        }


def fetch(
    connection: Connection,
    ref: str,
    directory: PathLike,
    environment: EnvironmentLike = "auto",
    *,
    locked: Optional[PathLike] = None,
    force: bool = False,
) -> Fetched:
    """See `assay.fetch`."""
    target, context = reference.parse(ref), f"fetching {ref}"
    root = path(directory, "a folder to fetch into", f"assay.fetch('{target}', 'model')")
    if locked is not None:
        path(locked, "the lock file", "locked='assay.lock'")
    entry = locks.pinned(locked, target) if locked is not None else None
    if entry is not None:
        target = reference.Reference(entry.name, entry.digest)
    admission = gate.admit(connection, target, environment, context)
    manifest = manifest_of(connection, target.model, target.selector if target.is_digest else admission.digest, context)
    if entry is not None:
        locks.confirm(entry, manifest)

    if root.exists() and not root.is_dir():
        raise UsageError(
            f"{root} is not a folder",
            code="not-a-folder",
            because="there is a file of that name",
            context=context,
            fix=["fetch into another folder"],
        )
    made = _Made()
    pending: List[PendingFile] = []
    try:
        made.folder(root)
        inside = root.resolve()
        for file in manifest.files:
            place = root.joinpath(*file.path.split("/"))
            made.folder(place.parent)
            # A symbolic link that lies in the folder already must not lead the file out of it.
            if inside != place.parent.resolve() and inside not in place.parent.resolve().parents:
                raise UsageError(
                    f"{place} leaves {root}",
                    code="unsafe-path",
                    because="a folder on the way is a symbolic link",
                    context=context,
                    fix=["fetch into another folder"],
                )
            if os.path.lexists(place):
                if place.is_file() and not place.is_symlink() and place.stat().st_size == file.size and hash_file(place)[0] == file.digest:
                    continue  # a fetch that was repeated
                if place.is_dir() or not force:
                    raise Conflict(
                        f"{place} is there already, with other content",
                        code="file-exists",
                        because="a fetch replaces nothing unless it is told to",
                        context=context,
                        fix=(
                            ["fetch into another folder"]
                            if place.is_dir()
                            else ["fetch into another folder", "replace it: force=True (--force)"]
                        ),
                    )
            one = pending_file(place, file.digest, file.size)
            pending.append(one)
            download(connection, manifest, file, admission.environment_header, one)
        for one in pending:
            one.publish()
        for folder in sorted({one.target.parent for one in pending} | made.parents()):
            sync_folder(folder)
        made.keep()
    except OSError as error:
        raise AssayError(
            f"{error.filename or root} cannot be written",
            code="cannot-write",
            because=error.strerror or str(error),
            context=context,
            fix=["fetch into another folder"],
        ) from error
    finally:
        for one in pending:
            one.discard()
        made.undo()
    if entry is not None and locked is not None:
        locks.record_path(locked, entry, root)
    return Fetched(
        manifest.model,
        manifest.version,
        manifest.digest,
        root,
        [root.joinpath(*file.path.split("/")) for file in manifest.files],
        admission.verdict,
        ref,
    )


class _Made:
    """The folders that were made on the way, removed again when the fetch fails."""

    def __init__(self) -> None:
        self._folders: List[Path] = []

    def folder(self, path: Path) -> None:
        if path.is_dir():
            return
        missing: List[Path] = []
        while not path.exists():
            missing.append(path)
            path = path.parent
        for folder in reversed(missing):
            try:
                os.mkdir(folder)
            except FileExistsError:  # another process was faster
                continue
            self._folders.append(folder)

    def parents(self) -> Set[Path]:
        return {folder.parent for folder in self._folders}

    def keep(self) -> None:
        self._folders = []

    def undo(self) -> None:
        for folder in reversed(self._folders):
            try:
                folder.rmdir()
            except OSError:  # somebody else has put something there
                pass
