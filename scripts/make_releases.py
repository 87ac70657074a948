#!/usr/bin/env python3
"""Makes registry/provides/releases.txt: for which Pythons each release with a table of names has wheels, and which releases of the others it
goes with.

    scripts/make_releases.py --cache DIR --work DIR [--check]

Asks the package index that pip asks. A release goes with what its metadata requires, and with nothing that came out more than nine months
after it: what is newer was not there to be tested with (a wheel built for NumPy 1 cannot be imported with NumPy 2, and says nothing of it).
Wheels for Linux on x86-64 count. Wheels that
--cache lacks are downloaded; what the index answered is kept in --work. --check writes nothing and exits 1 when the file would change.
"""

import argparse
import datetime
import json
import re
import sys
import urllib.request
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Set

from pip._internal.models.index import PyPI

from provides.environments import order
from safety_lists.wheels import releases, wheel

ROOT = Path(__file__).resolve().parent.parent
PROVIDES = ROOT / "registry" / "provides"
TARGET = PROVIDES / "releases.txt"
PACKAGES = ("scikit-learn", "numpy", "scipy", "joblib")
PYTHONS = ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]
NINE_MONTHS = datetime.timedelta(days=270)

HEAD = """# Wheels and requirements of the releases that have a table of names. Made by scripts/make_releases.py; no line is written by hand.
# A line: package, release, the Pythons that it has wheels for (first-last), and the releases of others that it goes with.
"""


def fetch(url: str, kept: Path, accept: str = "*/*") -> bytes:
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        request = urllib.request.Request(url, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the index that pip is set to
            kept.write_bytes(answer.read())
    return kept.read_bytes()


def tabled(package: str) -> List[str]:
    for line in (PROVIDES / "names" / f"{package}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("releases "):
            return line.split()[1:]
    raise ValueError(f"{package}.txt names no releases")


def is_for(python: str, file: Dict[str, Any]) -> bool:
    """Whether a wheel can be installed in this Python on Linux."""
    tag, abi, platform = file["filename"][:-4].split("-")[-3:]
    if not ("manylinux" in platform and "x86_64" in platform or platform == "any"):
        return False
    least = re.search(r">=\s*3\.(\d+)", file.get("requires-python") or "")
    if least and order(python) < (3, int(least[1])):
        return False
    number = python.replace(".", "")
    return f"cp{number}" in tag.split(".") and abi in (f"cp{number}", f"cp{number}m") or "py3" in tag.split(".")


def number_of(filename: str) -> str:
    return str(filename.split("-")[1])


def minor_of(release: str) -> str:
    return ".".join(release.split(".")[:2])


class Index:
    def __init__(self, cache: Path, work: Path) -> None:
        self.cache = cache
        self.wheels: Dict[str, Dict[str, List[Dict[str, Any]]]] = {}
        for package in PACKAGES:
            page = fetch(f"{PyPI.simple_url}/{package}/", work / "index" / f"{package}.json", "application/vnd.pypi.simple.v1+json")
            found: Dict[str, List[Dict[str, Any]]] = {}
            for file in json.loads(page)["files"]:
                if file["filename"].endswith(".whl"):
                    found.setdefault(number_of(file["filename"]), []).append(file)
            self.wheels[package] = found

    def uploaded(self, package: str, release: str) -> datetime.datetime:
        first = min(str(file["upload-time"]) for file in self.wheels[package][release])
        return datetime.datetime.fromisoformat(first.replace("Z", "+00:00").split(".")[0].split("+")[0])

    def first_of_minor(self, package: str, minor: str) -> datetime.datetime:
        """When the first wheel of the minor came out, which need not have a table."""
        return min(self.uploaded(package, each) for each in self.wheels[package] if minor_of(each) == minor and "rc" not in each)

    def requirements(self, package: str, release: str) -> Dict[str, str]:
        """Package to range, of those with a table."""
        with zipfile.ZipFile(wheel(next(each for each in releases(package) if each.number == release), self.cache)) as archive:
            name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
            metadata = archive.read(name).decode("utf-8", "replace")
        wanted = {}
        for line in metadata.splitlines():
            required = re.fullmatch(r"Requires-Dist: ([A-Za-z0-9_.-]+)\s*\(?([^;)]*)\)?\s*", line)
            if required and required[1].lower() in PACKAGES:
                wanted[required[1].lower()] = required[2].replace(" ", "")
        return wanted

    def line(self, package: str, release: str) -> str:
        pythons: Set[str] = {python for python in PYTHONS for file in self.wheels[package][release] if is_for(python, file)}
        known = [python for python in PYTHONS if python in pythons]
        parts = [package, release, f"{known[0]}-{known[-1]}"]
        until = self.uploaded(package, release) + NINE_MONTHS
        for other, stated in sorted(self.requirements(package, release).items()):
            newer = [each for each in map(minor_of, tabled(other)) if self.first_of_minor(other, each) > until]
            bounds = [part for part in stated.split(",") if part.startswith(">=")] + ([f"<{newer[0]}"] if newer else [])
            upper = [part for part in stated.split(",") if part.startswith("<")]
            if upper and (not newer or order(upper[0].lstrip("<=")) < order(newer[0])):
                bounds = bounds[:1] + upper
            parts.append(other + ",".join(bounds))
        return " ".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    index = Index(arguments.cache, arguments.work)
    text = HEAD + "".join(index.line(package, release) + "\n" for package in PACKAGES for release in tabled(package))
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.relative_to(ROOT)}: {'would change' if arguments.check else 'written'}")
    if not arguments.check:
        TARGET.write_text(text, encoding="utf-8")
    return 1 if arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
