"""assay.lock: which versions a project uses, to the byte."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Iterable, List, Optional, Union
from urllib.parse import urlsplit, urlunsplit

from . import _reference as reference
from ._arguments import path as checked_path, texts
from ._connection import Connection
from ._download import manifest_of
from .errors import Conflict, IntegrityError, NotFound, UsageError
from ._files import PathLike, write_file
from ._lock_text import Lock, LockedFile, LockedModel, read_text
from ._manifest import Manifest
from ._reference import Reference

DEFAULT = "assay.lock"


def read(path: PathLike) -> Lock:
    """`NotFound` when there is no such file, `AssayError` when it is no lock file."""
    file = checked_path(path, "the lock file", "a path such as 'assay.lock'")
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(
            f"there is no {file}", code="lock-not-found", because="nothing was locked here", fix=["make it: assay lock REF…"]
        ) from error
    except (OSError, ValueError) as error:
        because = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(f"{file} cannot be read", code="invalid-lock", because=because, fix=["name a lock file: assay.lock"]) from error
    return read_text(text, os.fspath(path))


def lock(connection: Connection, refs: Union[str, Iterable[str], None] = None, path: PathLike = DEFAULT) -> Lock:
    """See `assay.lock`."""
    file = checked_path(path, "the lock file", "a path such as 'assay.lock'")
    project = connection.config.project
    named_by_project = refs is None and bool(project.models)
    if named_by_project:
        refs = project.models
    wanted = None if refs is None else [refs] if isinstance(refs, str) else texts(refs, "refs", "assay.lock(['churn@production'])")
    targets = None if wanted is None else [reference.parse(ref) for ref in wanted]
    old = {(m.name, m.requested): m for m in read(file).models} if refs is None or file.exists() else {}
    found = {key: entry for key, entry in old.items() if not named_by_project or project.names(*key)}
    if targets is None:
        targets = [reference.parse(name + requested) for name, requested in old]
    for target in targets:
        entry = _resolve(connection, target)
        before = old.get((entry.name, entry.requested))
        if before is not None and before.path and before.digest == entry.digest:
            entry = replace(entry, path=before.path)  # what was fetched still is what it says
        found[entry.name, entry.requested] = entry
    made = Lock(_without_credentials(connection.config.url), list(found.values()))
    _write(file, made)
    return read(file)


def _resolve(connection: Connection, target: Reference) -> LockedModel:
    context = f"locking {target}"
    answer = connection.json("GET", target.path, context=context)
    manifest = manifest_of(connection, target.model, target.selector if target.is_digest else str(answer["digest"]), context)
    files = [LockedFile(file.path, file.size, file.digest) for file in manifest.files]
    return LockedModel(manifest.model, "@" + target.selector, manifest.version, manifest.digest, files, manifest.training_environment())


def _write(file: Path, made: Lock) -> None:
    text = made.to_text().encode("utf-8")
    if not file.exists() or file.read_bytes() != text:  # a no-op leaves the file's time alone
        write_file(file, text)


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def pinned(path: PathLike, target: Reference) -> LockedModel:
    """The entry for exactly this reference; `Conflict` when the lock has none."""
    for entry in read(path).models:
        if entry.name == target.model and entry.requested == "@" + target.selector:
            return entry
    raise Conflict(
        f"{target} is not in {os.fspath(path)}",
        code="not-locked",
        because="a locked fetch takes only what was locked",
        fix=[f"assay lock {target}"],
    )


def confirm(entry: LockedModel, manifest: Manifest) -> None:
    """The manifest has the files that the lock has. The digest pins both, so a difference means that the lock was edited."""
    locked = sorted((file.path, file.size, file.digest) for file in entry.files)
    if locked != sorted((file.path, file.size, file.digest) for file in manifest.files):
        raise IntegrityError(
            f"the lock file lists other files for {manifest.ref} than its manifest",
            code="lock-mismatch",
            because="the lock file was changed by hand",
            fix=[f"assay lock {entry.name}{entry.requested}"],
        )


def record_path(path: PathLike, entry: LockedModel, directory: Path) -> None:
    """Notes in the lock where the version was fetched to: relative to the lock file's folder."""
    text = Path(os.path.relpath(directory, Path(path).parent)).as_posix()
    current = read(path)
    models: List[LockedModel] = [
        replace(m, path=text) if (m.name, m.requested) == (entry.name, entry.requested) else m for m in current.models
    ]
    _write(Path(path), Lock(current.registry, models))


def moved(connection: Connection, entry: LockedModel) -> Optional[str]:
    """What the reference means now, when that is another version: information, no error."""
    target = reference.parse(entry.name + entry.requested)
    answer = connection.json("GET", target.path, context=f"looking at {target}")
    return None if answer["digest"] == entry.digest else f"{target} is version {answer['version']} now, locked is {entry.version}"
