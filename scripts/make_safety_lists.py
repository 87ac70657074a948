#!/usr/bin/env python3
"""Makes the allow-lists of registry/safety/lists from the sources of every release and from registry/safety/reviewed.txt.

    scripts/make_safety_lists.py --cache DIR [--check] [--left-out] [PACKAGE…]

Wheels that DIR lacks are downloaded with pip. They are read as text: nothing is installed, imported or run. PACKAGE limits the work to some
lists. --check writes nothing and exits 1 when a list is not what would be written; --left-out prints each class that was not generated, and why.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Set

from safety_lists.classes import Shelf, findings
from safety_lists.entries import ADVICE, Entry, Reviewed, SyntaxFault, parse_dangerous, parse_reviewed
from safety_lists.sources import Library
from safety_lists.wheels import RELEASES, read_sources, releases, wheel

SAFETY = Path(__file__).resolve().parent.parent / "registry" / "safety"

# Which list a top-level module belongs to; what is not here is Python's own.
PACKAGE_OF = {
    "sklearn": "scikit-learn", "_loss": "scikit-learn", "numpy": "numpy", "scipy": "scipy", "joblib": "joblib", "xgboost": "xgboost", "lightgbm": "lightgbm",
    "catboost": "catboost", "_catboost": "catboost", "imblearn": "imbalanced-learn", "category_encoders": "category-encoders",
    "sklearn_pandas": "sklearn-pandas", "sklearn2pmml": "sklearn2pmml", "pandas": "pandas", "pyarrow": "pandas", "pytz": "pandas",
}
PYTHON = "python"

# Their own modules say under which name they pickle (`set_module("numpy")`): reviewed.txt has it as it is in pickles.
SPELLED_BY_HAND = {"numpy", "pandas", PYTHON}

# Modules that no fitted estimator comes from: tests, downloads of data, copies of other projects, plots.
SKIPPED = {"tests", "testing", "_testing", "conftest", "datasets", "externals", "_build_utils", "estimator_checks", "mocking", "_mocking", "_test_common",
           "_plot", "_vendor", "keras", "tensorflow", "dask", "spark"}

ONLY_A_BASE = re.compile(r"_?Base[A-Z][a-z]")  # by custom no instances are made of these

HEAD = """# What a pickle may name of {package}. Made by scripts/make_safety_lists.py from {source}
# and from registry/safety/reviewed.txt, whose head describes the syntax and which says why. Do not edit.
"""


class Made(NamedTuple):
    lines: List[str]
    left_out: Dict[str, Set[str]]  # class → what spoke against it


def package_of(name: str) -> str:
    return PACKAGE_OF.get(name.partition(".")[0].partition(":")[0], PYTHON)


def is_skipped(module: str) -> bool:
    return not SKIPPED.isdisjoint(module.split("."))


def libraries(package: str, cache: Path) -> List[Library]:
    """Every release of the package, newest first, so that a question asked of all is answered by the newest that knows."""
    found = []
    for release in reversed(releases(package) if package in RELEASES else []):
        library = Library(read_sources(wheel(release, cache)))
        print(f"read {package} {release.number}: {len(library.modules)} modules" + "".join(f", not {path}" for path in library.unread))
        found.append(library)
    return found


def spellings(name: str, shelves: List[Library]) -> Set[str]:
    """The names under which the releases define what has this public name; the name itself where no source defines it (compiled code)."""
    module, _, word = name.partition(":")
    found = set()
    for library in shelves if package_of(name) not in SPELLED_BY_HAND else []:
        if module in library.modules:
            found |= {there for there in library.find(module, word) if library.defines(there)}
    return found or {name}


def reviewed_entries(reviewed: List[Reviewed], package: str, shelves: List[Library]) -> Dict[str, List[Entry]]:
    """The reviewed entries of one list, under every spelling: name → its lines."""
    found: Dict[str, List[Entry]] = {}
    for each in reviewed:
        if each.entry.kind not in ADVICE and package_of(each.entry.name) == package:
            for name in spellings(each.entry.name, shelves):
                found.setdefault(name, []).append(each.entry._replace(name=name))
    return found


def advised(reviewed: List[Reviewed], kinds: Set[str], shelves: List[Library]) -> Set[str]:
    names = {each.entry.name for each in reviewed if each.entry.kind in kinds}
    return {spelling for name in names for spelling in spellings(name, shelves)}


def root_states(reviewed: List[Reviewed], shelves: List[Library]) -> Dict[str, str]:
    """The roots under every spelling, and the state that their subclasses are given."""
    return {spelling: each.entry.state for each in reviewed if each.entry.kind == "root" for spelling in spellings(each.entry.name, shelves)}


def make(package: str, reviewed: List[Reviewed], own: List[Library], others: List[Library]) -> Made:
    """The lines of one list. A class to which one release gives code that runs while it is unpickled is out for all releases."""
    roots = root_states(reviewed, own + others)
    clean = roots.keys() | advised(reviewed, {"base"}, own + others)
    never = advised(reviewed, {"never"}, own)
    entries = reviewed_entries(reviewed, package, own)
    generated: Dict[str, str] = {}  # class → what BUILD may give it
    left_out: Dict[str, Set[str]] = {}
    for library in own:
        for finding in findings(Shelf(library, others), set(roots), clean, is_skipped):
            if finding.name in entries or finding.abstract or ONLY_A_BASE.match(finding.name.partition(":")[2]):
                continue
            against = finding.against or (("never, says reviewed.txt",) if finding.name in never else ())
            if against:
                left_out.setdefault(finding.name, set()).update(against)
            else:
                generated[finding.name] = roots[finding.roots[0]]
    lines = [Entry("class", name, state=state).line() for name, state in generated.items() if name not in left_out]
    lines += [entry.line() for each in entries.values() for entry in each]
    return Made(sorted(set(lines), key=lambda line: line.split(maxsplit=2)[1:] + [line]), left_out)


def text_of(package: str, made: Made) -> str:
    source = "the sources of " + ", ".join(release.number for release in releases(package)) if package in RELEASES else "nothing else"
    return HEAD.format(package=package, source=source) + "".join(line + "\n" for line in made.lines)


def conflicts(texts: Dict[str, str], dangerous: List[str]) -> List[str]:
    """What no reader of the lists could make sense of: a function that is also something else, a name both allowed and dangerous; but what may
    be called with some arguments only is dangerous with all others."""
    kinds: Dict[str, Set[str]] = {}
    for text in texts.values():
        for line in text.splitlines():
            if not line.startswith("#"):
                kind, name = line.split()[:2]
                kinds.setdefault(name, set()).add(kind)
    found = [f"{name} is {' and '.join(sorted(each))}" for name, each in kinds.items() if "function" in each and len(each) > 1]
    allowed = {name for name, each in kinds.items() if each != {"callable"}}
    found += [f"{name} is allowed, and dangerous" for name in sorted(set(dangerous) & allowed)]
    found += [f"{name} is allowed, and {wild} dangerous" for name in sorted(allowed) for wild in dangerous if wild == name.partition(":")[0] + ":*"]
    found += ["dangerous.txt is not sorted, or says something twice"] if dangerous != sorted(set(dangerous)) else []
    return found


def report(package: str, made: Made, show_left_out: bool) -> None:
    counts: Dict[str, int] = {}
    for line in made.lines:
        counts[line.split()[0]] = counts.get(line.split()[0], 0) + 1
    print(f"{package}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) + f"; {len(made.left_out)} classes left out")
    for name, against in sorted(made.left_out.items()) if show_left_out else []:
        print(f"  left out {name}: {'; '.join(sorted(against))}")


def keep(path: Path, text: str, check: bool) -> bool:
    """Writes the list, or says whether it is already so."""
    same = path.is_file() and path.read_text(encoding="utf-8") == text
    if not same and not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if not same:
        print(f"{path.name}: {'differs from what would be written' if check else 'written'}")
    return same


def run(arguments: argparse.Namespace) -> int:
    reviewed = parse_reviewed((SAFETY / "reviewed.txt").read_text(encoding="utf-8"))
    dangerous = parse_dangerous((SAFETY / "lists" / "dangerous.txt").read_text(encoding="utf-8"))
    every = sorted(set(PACKAGE_OF.values()) | {PYTHON})
    base = libraries("scikit-learn", arguments.cache)
    texts = {}
    for package in arguments.package or every:
        own = base if package == "scikit-learn" else libraries(package, arguments.cache)
        made = make(package, reviewed, own, [] if package == "scikit-learn" else base)
        report(package, made, arguments.left_out)
        texts[package] = text_of(package, made)
    faults = conflicts(texts, dangerous)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    same = [keep(SAFETY / "lists" / f"{package}.txt", text, arguments.check) for package, text in texts.items() if not faults]
    return 1 if faults or (arguments.check and not all(same)) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, metavar="DIR")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--left-out", action="store_true")
    parser.add_argument("package", nargs="*", choices=sorted(set(PACKAGE_OF.values()) | {PYTHON}) + [[]], metavar="PACKAGE")
    try:
        return run(parser.parse_args())
    except SyntaxFault as fault:
        print(f"error: reviewed.txt or dangerous.txt: {fault}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
