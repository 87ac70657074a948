#!/usr/bin/env python3
"""Makes registry/rules/measured.json: which releases of scikit-learn read what of the state of an object, from what
scripts/measure_compatibility.py measured.

    scripts/make_rules.py --work DIR [--check] [--explain]

For each class and each key of its state that some release does not write, the releases whose methods fail, or answer otherwise, without it
(WORK/states) become a rule about objects that lack the key. What was set aside (compatibility/set_aside.py) is asked what it reads like
every other class, but no load of it is looked at here, nor by hand. --explain prints what could not be made a rule; --check writes nothing
and exits 1 when the file is not what would be written.
"""

import argparse
import collections
import csv
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from provides.environments import order
from safety_lists.wheels import releases

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "registry" / "rules" / "measured.json"
PACKAGES = {"sklearn": "scikit-learn", "numpy": "numpy", "scipy": "scipy", "joblib": "joblib"}
WORKS = ("identical", "close")
EFFECTS = {"load_error": "load-error", "predict_error": "predict-error", "different": "different-predictions", "secondary": "secondary"}
WORST = ["different", "load_error", "predict_error", "secondary"]


class Kind(NamedTuple):
    """A class, under whichever module a release has it."""

    package: str
    name: str


def kind_of(spelled: str) -> Optional[Kind]:
    module, _, name = spelled.partition(":")
    package = PACKAGES.get(module.partition(".")[0])
    return Kind(package, name) if package else None


def is_fitted(key: str) -> bool:
    return key.endswith("_") and not key.startswith("_")


class Measured:
    """What the machine found, by class and release."""

    def __init__(self, work: Path, rows: List[Dict[str, str]]) -> None:
        self.releases: List[str] = sorted({row["scikit-learn"] for row in rows}, key=order)
        self.spellings: Dict[Kind, Set[str]] = collections.defaultdict(set)
        # kind → release → the lists of keys that its states have there
        self.states: Dict[Kind, Dict[str, Set[Tuple[str, ...]]]] = collections.defaultdict(lambda: collections.defaultdict(set))
        # kind → key → release → outcome → how many models, and what one of them said
        self.without: Dict[Kind, Dict[str, Dict[str, Dict[str, List[Tuple[str, str]]]]]] = collections.defaultdict(
            lambda: collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list))))
        # release → model → kind → the words of its objects' states
        self.words: Dict[str, Dict[str, Dict[Kind, List[Dict[str, str]]]]] = collections.defaultdict(
            lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
        for row in rows:
            release = row["scikit-learn"]
            with open(work / "dumps" / row["env"] / "journal.jsonl", encoding="utf-8") as file:
                for line in file:
                    self._add_states(json.loads(line), release)
            self._read_words(work / "objects" / f"{row['env']}.jsonl", release)
            path = work / "states" / f"{row['env']}.jsonl"
            if path.exists():
                with open(path, encoding="utf-8") as file:
                    for line in file:
                        self._add_outcome(json.loads(line), release)

    def _read_words(self, path: Path, release: str) -> None:
        if not path.exists():
            return
        with open(path, encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line)
                for each in entry["objects"]:
                    kind = kind_of(each["class"])
                    if kind is not None:
                        self.words[release][entry["model"]][kind].append(each["state"])

    def _add_states(self, entry: Dict[str, Any], release: str) -> None:
        for spelled, lists in entry.get("states", {}).items():
            kind = kind_of(spelled)
            if kind is None:
                continue
            self.spellings[kind].add(spelled)
            for keys in lists:
                self.states[kind][release].add(tuple(keys))

    def _add_outcome(self, found: Dict[str, Any], release: str) -> None:
        kind = kind_of(found["class"]) if "class" in found else None
        if kind is not None and found["outcome"] != "not_asked":
            self.without[kind][found["key"]][release][found["outcome"]].append((found["model"], found["message"]))


def ranges(bad: List[str], measured: List[str], everything: List[str]) -> List[str]:
    """The runs of releases as PEP 440 ranges. A release that was not measured, between one that is bad and one that is not, counts as bad."""
    found: List[str] = []
    place = 0
    while place < len(measured):
        if measured[place] not in bad:
            place += 1
            continue
        first = place
        while place + 1 < len(measured) and measured[place + 1] in bad:
            place += 1
        last = place
        place += 1
        parts = []
        if first > 0:
            between = [each for each in everything if order(measured[first - 1]) < order(each) < order(measured[first])]
            parts.append(f">={between[0] if between else measured[first]}")
        if last + 1 < len(measured):
            parts.append(f"<{measured[last + 1]}")
        found.append(",".join(parts))
    return found


def witness(fitted: List[Set[str]], key: str) -> Optional[str]:
    """A key that every fitted state has: an object without it has not been fitted, and nobody asks it anything."""
    common = set.intersection(*fitted) - {key}
    named = sorted(each for each in common if is_fitted(each))
    return named[0] if named else None


def in_words(kind: Kind, key: str, outcome: str, message: str) -> str:
    said = message.partition(": ")[2] or message
    what = {"different": f"answer otherwise without {key} ({message})",
            "load_error": f"cannot load it without {key} ({message})",
            "predict_error": f"need {key} ({said})",
            "secondary": f"predict without {key}, but {message}"}[outcome]
    return f"{kind.name} in the model's bytes has no {key}, which the release that wrote it did not know; the offered releases {what}."[:900]


def separating(bad: List[List[Dict[str, str]]], good: List[List[Dict[str, str]]]) -> Optional[Tuple[str, List[str]]]:
    """An attribute, and words of it that every object of the good models has and that some object of each bad model has not."""
    everywhere = set.intersection(*[set(state) for model in bad + good for state in model])
    for attribute in sorted(everywhere, key=lambda each: (each.startswith("_"), each.endswith("_"), each)):
        fine = {state[attribute] for model in good for state in model}
        if all(any(state[attribute] not in fine for state in model) for model in bad):
            return attribute, sorted(fine)
    return None


class Maker:
    def __init__(self, measured: Measured, explain: bool) -> None:
        self.measured, self.explain = measured, explain
        self.everything = [release.number for release in releases("scikit-learn")]

    def rules_of(self, kind: Kind) -> List[Dict[str, Any]]:
        states = self.measured.states[kind]
        every = [set(keys) for lists in states.values() for keys in lists]
        fitted = [keys for keys in every if any(is_fitted(key) for key in keys)]
        rules = []
        for key, by_release in sorted(self.measured.without[kind].items()):
            relevant = fitted if fitted else every
            if all(key in keys for keys in relevant):
                continue
            worst: Dict[str, List[str]] = collections.defaultdict(list)
            words: Dict[str, str] = {}
            has = witness(fitted, key) if fitted else None
            unless = self.unless(kind, by_release, has)
            for release, outcomes in by_release.items():
                found = next((each for each in WORST if each in outcomes), None)
                if found is None:
                    continue
                good = sum(len(outcomes[each]) for each in WORKS + ("secondary",) if each in outcomes and each != found)
                bad = len(outcomes[found])
                if good and self.explain and not (unless and unless[0] == found):
                    print(f"mixed: {kind.name}.{key} in {release}: {found} {bad} times, not {good} times; "
                          f"{sorted({model for model, _ in outcomes[found]})[:4]} but not "
                          f"{sorted({model for each in WORKS for model, _ in outcomes.get(each, [])})[:4]}")
                worst[found].append(release)
                words.setdefault(found, outcomes[found][-1][1])
            if fitted and has is None and self.explain:
                print(f"no witness: {kind.name}.{key}")
            for outcome, bad_releases in sorted(worst.items()):
                known = [release for release in self.measured.releases if release in states]
                for place, offered in enumerate(ranges(bad_releases, known, self.everything)):
                    rule: Dict[str, Any] = {
                        "id": f"state/{kind.name}.{key}-{EFFECTS[outcome]}".lower().replace("__", "-") + (f"-{place}" if place else ""),
                        "kind": "state", "package": kind.package, "class": sorted(self.measured.spellings[kind]), "lacks": [key],
                        "recorded": "", "offered": offered, "effect": EFFECTS[outcome],
                        "because": in_words(kind, key, outcome, words[outcome])}
                    if has:
                        rule["with"] = {has: ["*"]}
                    if unless and unless[0] == outcome:
                        rule["unless"] = {unless[1]: unless[2]}
                    rules.append(rule)
        return rules

    def unless(self, kind: Kind, by_release: Dict[str, Dict[str, List[Tuple[str, str]]]], has: Optional[str]) -> Optional[Tuple[str, str, List[str]]]:
        """Where models with the same class want the key and others do not: what the state of those that do not says, in every release."""
        bad: List[List[Dict[str, str]]] = []
        good: List[List[Dict[str, str]]] = []
        worst = {next(each for each in WORST if each in outcomes) for outcomes in by_release.values() if any(each in outcomes for each in WORST)}
        wanted = min(worst, key=WORST.index) if worst else None
        for release, outcomes in by_release.items():
            if wanted not in outcomes:
                continue
            for outcome, found in outcomes.items():
                for model, _ in found:
                    states = [state for state in self.measured.words[release][model][kind] if has is None or has in state]
                    if states:
                        (bad if outcome == wanted else good).append(states)
        if not bad or not good or wanted is None:
            return None
        found = separating(bad, good)
        return (wanted, *found) if found else None

    def everything_made(self) -> Dict[str, Any]:
        rules = [rule for kind in sorted(self.measured.without) if kind.package == "scikit-learn" for rule in self.rules_of(kind)]
        classes = sorted({each for kind, spelled in self.measured.spellings.items() if kind.package == "scikit-learn" for each in spelled})
        newest = self.everything[-1]
        minor = newest.split(".")
        return {"schema": "assay.rules/1", "name": "measured", "rules": rules,
                "measured": [{"package": "scikit-learn", "offered": f">={self.everything[3]},<{minor[0]}.{int(minor[1]) + 1}", "classes": classes}]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--environments", type=Path, default=Path(__file__).resolve().parent / "compatibility" / "environments.csv")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--explain", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.environments, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    made = Maker(Measured(arguments.work, rows), arguments.explain).everything_made()
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    print(f"{len(made['rules'])} rules about {len({rule['class'][0] for rule in made['rules']})} classes; "
          f"{len(made['measured'][0]['classes'])} classes measured; {len(text)} bytes")
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    if not arguments.check:
        TARGET.write_text(text, encoding="utf-8")
    return 1 if arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
