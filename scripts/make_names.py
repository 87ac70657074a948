#!/usr/bin/env python3
"""Makes registry/provides/names/*.txt: which names each release of scikit-learn, NumPy, SciPy and joblib has, as unpickling looks them up.

    scripts/make_names.py --cache DIR --work DIR [--check] [PACKAGE…]

Wheels that --cache lacks are downloaded with pip; they are unpacked in --work and imported by the Python that they are for, in a process of
its own (what is asked about is code, and is run). What was asked is kept in --work, so that a run that was broken off goes on, and a new
release costs one run. First each release says which names it defines; then each is asked for all of them. --check writes nothing and exits
1 when a table is not what would be written.
"""

import argparse
import concurrent.futures
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

from provides.environments import Shelf, environment
from safety_lists.wheels import Release, releases

ROOT = Path(__file__).resolve().parent.parent
NAMES = ROOT / "registry" / "provides" / "names"
WORKER = Path(__file__).resolve().parent / "provides" / "names_worker.py"
TOP = {"scikit-learn": "sklearn", "numpy": "numpy", "scipy": "scipy", "joblib": "joblib"}
FIRST = {"scikit-learn": "0.20.0"}

HEAD = """# Names that unpickling finds in releases of {package}. Made by scripts/make_names.py by asking each of them; no line is written by hand.
# A line: a module, the releases that have the names (first-last, in the order of the first line; several with commas), and the names.
"""


def asked(package: str) -> List[Release]:
    wanted = releases(package)
    first = FIRST.get(package)
    return wanted[[release.number for release in wanted].index(first):] if first else wanted


def ask(shelf: Shelf, release: Release, what: str, more: List[str], kept: Path) -> Dict[str, Any]:
    """The worker's answer, from `kept` when it was asked before."""
    if not kept.exists():
        printed = environment(shelf, release.package, release.number, release.python).run(WORKER, [what, TOP[release.package], *more])
        answer = json.loads(printed)
        if answer["release"] != release.number:
            raise ValueError(f"{release.package} {release.number} says that it is {answer['release']}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(printed)
    answered: Dict[str, Any] = json.loads(kept.read_bytes())
    return answered


def intervals(has: List[bool], numbers: List[str]) -> str:
    """"0.20.0-0.23.2,1.0": the runs of releases that have something."""
    runs: List[Tuple[int, int]] = []
    for place, present in enumerate(has):
        if present and runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        elif present:
            runs.append((place, place))
    return ",".join(numbers[first] if first == last else f"{numbers[first]}-{numbers[last]}" for first, last in runs)


def table(package: str, numbers: List[str], present: List[Set[str]]) -> str:
    lines: Dict[Tuple[str, str], List[str]] = {}
    for name in sorted(set().union(*present)):
        module, _, path = name.partition(":")
        lines.setdefault((module, intervals([name in one for one in present], numbers)), []).append(path)
    text = HEAD.format(package=package) + f"releases {' '.join(numbers)}\n"
    return text + "".join(f"{module} {where} {' '.join(paths)}\n" for (module, where), paths in sorted(lines.items()))


def make(package: str, shelf: Shelf, work: Path) -> str:
    wanted = asked(package)
    folder = work / "answers" / package
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        defined = list(pool.map(lambda release: ask(shelf, release, "defined", [], folder / f"{release.number}.defined.json"), wanted))
        universe = sorted({name for answer in defined for name in answer["names"]})
        file = folder / "names.txt"
        text = "\n".join(universe) + "\n"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            for old in folder.glob("*.exists.json"):
                old.unlink()
            file.write_text(text, encoding="utf-8")
        found = list(pool.map(lambda release: ask(shelf, release, "exists", [str(file)], folder / f"{release.number}.exists.json"), wanted))
    failed = sum(len(answer["failed"]) for answer in defined)
    print(f"{package}: {len(universe)} names in {len(wanted)} releases; {failed} modules could not be imported")
    return table(package, [release.number for release in wanted], [set(answer["names"]) for answer in found])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("packages", nargs="*", choices=[*TOP, []], metavar="PACKAGE")
    arguments = parser.parse_args()
    shelf = Shelf(arguments.cache, arguments.work / "shelf")
    for folder in (shelf.cache, shelf.work):
        folder.mkdir(parents=True, exist_ok=True)
    different = False
    for package in arguments.packages or list(TOP):
        text = make(package, shelf, arguments.work)
        path = NAMES / f"{package}.txt"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        different = True
        print(f"{path.relative_to(ROOT)}: {'would change' if arguments.check else 'written'}")
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if different and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
