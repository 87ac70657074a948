"""Everything that a lock file pins, each version into its folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Optional

from . import _lock as locks, _reference as reference
from ._arguments import path as checked_path
from ._connection import Connection
from ._environment import EnvironmentLike
from ._fetch import Fetched, fetch
from ._files import PathLike
from ._lock_text import LockedModel
from .errors import Conflict, UsageError


def fetch_locked(
    connection: Connection, lock: PathLike, directory: Optional[PathLike], environment: EnvironmentLike, *, force: bool = False
) -> List[Fetched]:
    """See `assay.fetch_locked`."""
    entries = locks.read(lock).models
    project = connection.config.project
    pinned = {(entry.name, entry.requested) for entry in entries}
    for target in map(reference.parse, project.models):
        if (target.model, "@" + target.selector) not in pinned:
            raise Conflict(
                f"{target} is not in {os.fspath(lock)}", code="not-locked", because=f"{project.path} names it", fix=["assay lock"]
            )
    below = None if directory is None else checked_path(directory, "a folder to fetch into", "assay.fetch_locked('models')")
    folders = [_folder_of(connection, Path(lock), entry, below, len(entries) > 1) for entry in entries]
    return [
        fetch(connection, entry.name + entry.requested, folder, environment, locked=lock, force=force)
        for entry, folder in zip(entries, folders)
    ]


def _folder_of(connection: Connection, lock: Path, entry: LockedModel, below: Optional[Path], several: bool) -> Path:
    if below is not None:
        return below / entry.name if several else below
    if entry.path:
        return lock.parent / entry.path
    folder = connection.config.project.folder_of(entry.name, entry.requested)
    if folder is None:
        raise UsageError(
            f"{entry.name}{entry.requested} was locked without a folder",
            code="usage",
            fix=["say where its files go: -o FOLDER, or 'into' below [fetch] in assay.toml"],
        )
    return folder
