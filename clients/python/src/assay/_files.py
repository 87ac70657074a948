"""Files on this machine: paths from a server are checked, what is written is complete or absent."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import unicodedata
from pathlib import Path
from typing import BinaryIO, Callable, Iterator, List, NamedTuple, Optional, Tuple, Union

from .errors import AssayError, IntegrityError, UsageError

CHUNK = 1 << 20
#: Transfers of at least so many bytes can be continued; for smaller ones that would be more requests than it saves bytes.
RESUMABLE = 8 << 20
SPELLING = "look at the spelling of the path, and at who may read it"
PathLike = Union[str, "os.PathLike[str]"]


class LocalFile(NamedTuple):
    path: str  #: inside the version: relative, '/' between folders
    source: Path  #: on this machine
    size: int
    digest: str


def hash_stream(stream: BinaryIO, on_bytes: Optional[Callable[[int], None]] = None) -> Tuple[str, int]:
    """Digest and size of what is left in the stream, read in pieces."""
    hasher, size = hashlib.sha256(), 0
    while True:
        chunk = stream.read(CHUNK)
        if not chunk:
            return "sha256:" + hasher.hexdigest(), size
        hasher.update(chunk)
        size += len(chunk)
        if on_bytes is not None:
            on_bytes(len(chunk))


def hash_file(path: PathLike) -> Tuple[str, int]:
    with open(path, "rb") as stream:
        return hash_stream(stream)


def checked_path(path: str) -> str:
    """The path of a file inside a version, as the server's rules have it (registry/names.hpp); a server that sends another one
    is broken or hostile: `IntegrityError`."""

    def refuse(because: str) -> IntegrityError:
        return IntegrityError(
            f"'{path!r}' cannot be the path of a file", code="invalid-path", because=because, fix=["tell the registry's operator"]
        )

    if not isinstance(path, str) or not path:
        raise refuse("it is empty")
    if path.startswith("/") or "\\" in path or (os.name == "nt" and ":" in path):
        raise refuse("it is absolute or holds a backslash")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in path):
        raise refuse("it holds a control character")
    segments = path.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise refuse("it holds an empty, '.' or '..' folder: a version's files stay inside it")
    if len(segments) > 32 or len(path.encode("utf-8")) > 1024 or any(len(s.encode("utf-8")) > 255 for s in segments):
        raise refuse("it is too long")
    return path


def files_below(source: Path) -> Iterator[Tuple[str, Path]]:
    """A file, or every file of a folder in order, with its path inside the version. Symbolic links and special files are refused."""
    mode = _mode(source)
    if stat.S_ISREG(mode):
        yield source.name, source
        return
    if not stat.S_ISDIR(mode):
        raise UsageError(
            f"{source} is neither a file nor a folder",
            code="not-a-file",
            because="symbolic links and special files are not followed",
            fix=["name the file itself"],
        )
    pending: List[Tuple[str, Path]] = [("", source)]
    while pending:
        prefix, folder = pending.pop()
        for entry in sorted(folder.iterdir(), key=lambda item: item.name, reverse=True):
            kind, name = _mode(entry), prefix + entry.name
            if stat.S_ISDIR(kind):
                pending.append((name + "/", entry))
            elif stat.S_ISREG(kind):
                yield name, entry
            else:
                raise UsageError(
                    f"{entry} is neither a file nor a folder",
                    code="not-a-file",
                    because="symbolic links and special files are not followed",
                    fix=["remove it from the folder"],
                )


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError as error:
        raise UsageError(f"{path} cannot be read", code="no-such-file", because=error.strerror or str(error), fix=[SPELLING]) from error


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder survive a power cut. Windows cannot open folders, and needs not."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class PendingFile:
    """A file that becomes visible under its name only when it is complete; left early, it leaves nothing behind."""

    def __init__(self, target: Path, mode: int = 0o644) -> None:
        self.target = target
        self._mode = mode
        descriptor, name = tempfile.mkstemp(prefix=".assay-", suffix=".part", dir=target.parent)
        self._temporary = Path(name)
        self.stream: BinaryIO = os.fdopen(descriptor, "wb")

    def restart(self) -> None:
        """Empties it: a transfer is repeated."""
        self.stream.seek(0)
        self.stream.truncate()

    def complete(self) -> None:
        """What was written is on disk; not yet visible."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        os.chmod(self._temporary, self._mode)

    def publish(self) -> None:
        """Replaces the target. After `complete`."""
        if self.target.is_dir():
            raise AssayError(f"{self.target} cannot be written", code="not-a-file", because="it is a folder", fix=["name another file"])
        os.replace(self._temporary, self.target)

    def discard(self) -> None:
        self.stream.close()
        try:
            self._temporary.unlink()
        except FileNotFoundError:  # it was published
            pass


class PartFile(PendingFile):
    """`.assay-<64 hex>.part` beside the target: what an earlier download of the same bytes has left, or a new one. Left early, it stays for
    the next one; the command line uses the same. Made by `pending_file`."""

    def __init__(self, target: Path, mode: int, part: Path, descriptor: int) -> None:
        self.target = target
        self._mode = mode
        self._temporary = part
        self._lock = os.dup(descriptor)  # the lock stays until both are closed: also while the file is complete and has no name yet
        self.stream = os.fdopen(descriptor, "r+b")
        self._is_spoiled = False

    def take_up(self, hasher: "hashlib._Hash") -> int:
        """Hashes what is there, and goes to its end: how many bytes that are."""
        size = 0
        self.stream.seek(0)
        for chunk in iter(lambda: self.stream.read(CHUNK), b""):
            hasher.update(chunk)
            size += len(chunk)
        return size

    def spoil(self) -> None:
        """What is there is wrong: it shall not stay."""
        self._is_spoiled = True

    def discard(self) -> None:
        self.stream.close()
        try:
            # Unlinked while it is still locked: afterwards the name may be somebody else's.
            if self._lock >= 0 and (self._is_spoiled or os.fstat(self._lock).st_size == 0) and _same_file(self._lock, self._temporary):
                self._temporary.unlink()
        finally:
            if self._lock >= 0:
                os.close(self._lock)
            self._lock = -1


def pending_file(target: Path, digest: str, size: int, mode: int = 0o644) -> PendingFile:
    """A large one can be continued, unless another process is at it; others are new."""
    if size < RESUMABLE:
        return PendingFile(target, mode)
    part = target.parent / f".assay-{digest.partition(':')[2]}.part"
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(part, flags, 0o644)
    except OSError:
        return PendingFile(target, mode)
    # Locked before it is looked at: whoever had it may just have given it its name, and then it is nobody's to write.
    if lock_file(descriptor) and _same_file(descriptor, part):
        return PartFile(target, mode, part, descriptor)
    os.close(descriptor)
    return PendingFile(target, mode)


def _same_file(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one of that name, and nobody else can have it open or change it under another."""
    opened = os.fstat(descriptor)
    try:
        named = path.lstat()
    except OSError:
        return False
    ours = not hasattr(os, "geteuid") or opened.st_uid == os.geteuid()
    return stat.S_ISREG(opened.st_mode) and opened.st_nlink == 1 and ours and os.path.samestat(opened, named)


def lock_file(descriptor: int) -> bool:
    """Takes a file for this process until its descriptors are closed; False when another has it."""
    try:
        import fcntl
    except ImportError:  # Windows does without
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def human_size(count: int) -> str:
    """ "1.4 MiB", "512 B": for people."""
    size, units = float(count), ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size, units = size / 1024, units[1:]
    return f"{count} B" if units[0] == "B" else f"{size:.1f} {units[0]}"


def write_file(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Replaces `target` atomically and durably."""
    try:
        pending = PendingFile(target, mode)
        try:
            pending.stream.write(data)
            pending.complete()
            pending.publish()
        finally:
            pending.discard()
        sync_folder(target.parent)
    except OSError as error:
        because = error.strerror or str(error)
        raise AssayError(
            f"{target} cannot be written", code="cannot-write", because=because, fix=["make the folder, or name another one"]
        ) from error
