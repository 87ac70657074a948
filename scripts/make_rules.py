#!/usr/bin/env python3
"""Makes registry/rules/measured.json: which releases of scikit-learn read what of the state of an object, from what
scripts/measure_compatibility.py measured.

    scripts/make_rules.py --work DIR [--check] [--explain]

For each class and each key of its state that some release does not write, the releases whose methods fail, or answer otherwise, without it
(WORK/states) become a rule about objects that lack the key. No load is looked at here. Classes that were set aside
(compatibility/pairs.py) are asked what they read like every other. --explain prints what could not be made a rule; --check writes nothing
and exits 1 when the file is not what would be written.
"""

import argparse
import collections
import csv
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from compatibility.pairs import is_environment_aside
from provides.environments import order
from safety_lists.wheels import releases

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "registry" / "rules" / "measured.json"
PACKAGES = {"sklearn": "scikit-learn", "_loss": "scikit-learn", "numpy": "numpy", "scipy": "scipy", "joblib": "joblib", "xgboost": "xgboost", "lightgbm": "lightgbm"}
WITH_NAMES = ("scikit-learn", "numpy", "scipy", "joblib")  # have a table of names: only there the rules can tell everything
WORKS = ("identical", "close")
SOMETIMES = ("predict_proba", "predict_log_proba", "decision_function", "score_samples")  # methods that a class got or lost
EFFECTS = {"load_error": "load-error", "predict_error": "predict-error", "different": "different-predictions", "secondary": "secondary"}
NEVER = ("", "", [""])  # no condition tells when the key is wanted
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


def is_told_by_keys(kind: Kind) -> bool:
    """SciPy's distributions and LightGBM's boosters are not: what they are pickled as changed as a whole, and default.json says when."""
    if kind.package in ("xgboost", "lightgbm"):
        return kind.name != "Booster"
    return kind.package == "scikit-learn" or (kind.package == "scipy" and not kind.name.endswith("_gen"))


class Measured:
    """What the machine found, by class and release."""

    def __init__(self, work: Path, rows: List[Dict[str, str]]) -> None:
        self.releases = {package: sorted({row[package] for row in rows} - {""}, key=order) for package in PACKAGES.values()}
        self.spellings: Dict[Kind, Set[str]] = collections.defaultdict(set)
        self.made_by: Dict[str, Set[str]] = collections.defaultdict(set)  # package → what the objects in the dumps are made by
        # kind → release → the lists of keys that its states have there
        self.states: Dict[Kind, Dict[str, Set[Tuple[str, ...]]]] = collections.defaultdict(lambda: collections.defaultdict(set))
        # kind → key → release → outcome → how many models, and what one of them said
        self.without: Dict[Kind, Dict[str, Dict[str, Dict[str, List[Tuple[str, str]]]]]] = collections.defaultdict(
            lambda: collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list))))
        # kind → release → the methods that each model of the class answers there
        self.methods: Dict[Kind, Dict[str, List[Set[str]]]] = collections.defaultdict(lambda: collections.defaultdict(list))
        # release → model → kind → the words of its objects' states
        self.words: Dict[str, Dict[str, Dict[Kind, List[Dict[str, str]]]]] = collections.defaultdict(
            lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
        for row in rows:
            with open(work / "dumps" / row["env"] / "journal.jsonl", encoding="utf-8") as file:
                for line in file:
                    self._add_states(json.loads(line), row)
            self._read_words(work / "objects" / f"{row['env']}.jsonl", row)
            path = work / "states" / f"{row['env']}.jsonl"
            if path.exists():
                with open(path, encoding="utf-8") as file:
                    for line in file:
                        self._add_outcome(json.loads(line), row)

    def _read_words(self, path: Path, row: Dict[str, str]) -> None:
        if not path.exists():
            return
        with open(path, encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line)
                for each in entry["objects"]:
                    kind = kind_of(each["class"])
                    if kind is not None:
                        self.made_by[kind.package].add(each["class"])
                        self.words[row[kind.package]][entry["model"]][kind].append(each["state"])

    def _add_states(self, entry: Dict[str, Any], row: Dict[str, str]) -> None:
        of = kind_of(entry.get("class", ""))
        if of is not None:
            self.methods[of][row[of.package]].append(set(entry["methods"]))
        for spelled, lists in entry.get("states", {}).items():
            kind = kind_of(spelled)
            if kind is None:
                continue
            self.spellings[kind].add(spelled)
            for keys in lists:
                self.states[kind][row[kind.package]].add(tuple(keys))

    def _add_outcome(self, found: Dict[str, Any], row: Dict[str, str]) -> None:
        kind = kind_of(found["class"]) if "class" in found else None
        if kind is not None and found["outcome"] != "not_asked":
            self.without[kind][found["key"]][row[kind.package]][found["outcome"]].append((found["model"], found["message"]))


def runs(outcomes: Dict[str, str], measured: List[str], everything: List[str]) -> List[Tuple[str, List[str], str]]:
    """(outcome, releases, PEP 440 range) of each run of releases with one outcome. A release that was not measured, between one that works
    and one that does not, counts with the one that does not."""
    found: List[Tuple[str, List[str], str]] = []
    place = 0
    while place < len(measured):
        outcome = outcomes.get(measured[place])
        if outcome is None:
            place += 1
            continue
        first = place
        while place + 1 < len(measured) and outcomes.get(measured[place + 1]) == outcome:
            place += 1
        last = place
        place += 1
        parts = []
        if first > 0:
            between = [each for each in everything if order(measured[first - 1]) < order(each) < order(measured[first])]
            parts.append(f">={between[0] if between and measured[first - 1] not in outcomes else measured[first]}")
        if last + 1 < len(measured):
            parts.append(f"<{measured[last + 1]}")
        found.append((outcome, measured[first:last + 1], ",".join(parts)))
    return found


def witness(fitted: List[Set[str]], key: str) -> Optional[str]:
    """A key that every fitted state has: an object without it has not been fitted, and nobody asks it anything."""
    common = set.intersection(*fitted) - {key}
    named = sorted(each for each in common if is_fitted(each))
    return named[0] if named else None


def in_words(kind: Kind, key: str, outcome: str, message: str, offered: str) -> str:
    said = message.partition(": ")[2] or message
    then = {"different": f"without it its answers are others, and nothing fails ({message})",
            "load_error": f"without it it cannot be loaded ({message})",
            "predict_error": f"without it it cannot be used ({said})",
            "secondary": f"without it it predicts, but {message}"}[outcome]
    releases_of = f"{kind.package} {offered}" if offered else f"every {kind.package}"
    return f"{kind.name} of {releases_of} reads {key}, which the model's bytes do not have: {then}."[:900]


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
        self.everything = {package: [release.number for release in releases(package) if package != "scikit-learn" or order(release.number) >= (0, 20)]
                           for package in PACKAGES.values()}

    def rules_of(self, kind: Kind) -> List[Dict[str, Any]]:
        states = self.measured.states[kind]
        # Where no state of a release has an attribute of a fitted one, nothing tells fitted objects from others.
        fitted: List[Set[str]] = []
        for lists in states.values():
            of_release = [set(keys) for keys in lists if any(map(is_fitted, keys))]
            fitted += of_release or [set(keys) for keys in lists]
        rules = []
        for key, by_release in sorted(self.measured.without[kind].items()):
            if all(key in keys for keys in fitted):
                continue
            has = witness(fitted, key)
            unless = self.unless(kind, key, by_release, has)
            if unless is NEVER:
                if self.explain:
                    print(f"not a rule: {kind.name}.{key} is not always there where it is wanted, and nothing tells when")
                continue
            worst: Dict[str, str] = {}
            for release, outcomes in by_release.items():
                found = next((each for each in WORST if each in outcomes), None)
                if found is None:
                    continue
                worst[release] = found
                if self.explain and not (unless and unless[0] == found):
                    self.tell_mixed(kind, key, release, found, outcomes)
            known = [release for release in self.measured.releases[kind.package] if release in states]
            for place, (outcome, of, offered) in enumerate(runs(worst, known, self.everything[kind.package])):
                words = by_release[of[-1]][outcome][-1][1]
                rule: Dict[str, Any] = {
                    "id": f"state/{kind.name}.{key}".lower().replace("__", "-") + (f"-{place}" if place else ""),
                    "kind": "state", "package": kind.package, "class": sorted(self.measured.spellings[kind]), "lacks": [key],
                    "recorded": "", "offered": offered, "effect": EFFECTS[outcome], "because": in_words(kind, key, outcome, words, offered)}
                if has:
                    rule["with"] = {has: ["*"]}
                if unless and unless[0] == outcome:
                    rule["unless"] = {unless[1]: unless[2]}
                rules.append(rule)
        return rules

    def tell_mixed(self, kind: Kind, key: str, release: str, found: str, outcomes: Dict[str, List[Tuple[str, str]]]) -> None:
        good = [model for each in WORKS + ("secondary",) if each != found for model, _ in outcomes.get(each, [])]
        if good:
            print(f"mixed: {kind.name}.{key} in {release}: {found} {len(outcomes[found])} times, not {len(good)} times; "
                  f"{sorted({model for model, _ in outcomes[found]})[:4]} but not {sorted(good)[:4]}")

    def unless(self, kind: Kind, key: str, by_release: Dict[str, Dict[str, List[Tuple[str, str]]]], has: Optional[str]) -> Optional[Tuple[str, str, List[str]]]:
        """Where models with the same class want the key and others do not: what the state of those that do not says, in every release."""
        bad: List[List[Dict[str, str]]] = []
        good: List[List[Dict[str, str]]] = []
        worst = {next(each for each in WORST if each in outcomes) for outcomes in by_release.values() if any(each in outcomes for each in WORST)}
        wanted = min(worst, key=WORST.index) if worst else None
        told = not any(is_fitted(each) for lists in self.measured.states[kind].values() for keys in lists for each in keys)  # all count as fitted
        natural: List[List[Dict[str, str]]] = []
        for release, outcomes in by_release.items():
            if wanted not in outcomes:
                continue
            for outcome, found in outcomes.items():
                for model, _ in found:
                    states = [state for state in self.measured.words[release][model][kind] if (has is None or has in state) and key in state]
                    if states:
                        (bad if outcome == wanted else good).append(states)
            # What the release itself writes without the key works without it.
            for kinds in self.measured.words[release].values():
                states = [state for state in kinds.get(kind, []) if key not in state and (has in state if has else told or any(map(is_fitted, state)))]
                if states:
                    natural.append(states)
        if wanted is None or not bad:
            return None
        # A model that answers alike without the key may do so by its data alone; what the release writes without it is sure.
        for fine in (good + natural, natural):
            separated = separating(bad, fine) if fine else None
            if separated:
                return (wanted, *separated)
        return NEVER if natural else None

    def methods_of(self, kind: Kind) -> List[Dict[str, Any]]:
        """Methods that models of a class answer in one release, and none in another."""
        answered = self.measured.methods[kind]
        known = [release for release in self.measured.releases[kind.package] if release in answered]
        rules = []
        for method in sorted({each for models in answered.values() for model in models for each in model if each in SOMETIMES}):
            having = {release: "has" for release in known if any(method in model for model in answered[release])}
            lacking = {release: "lacks" for release in known if release not in having}
            for place, (_, _, recorded) in enumerate(runs(having, known, self.everything[kind.package])):
                for other, (_, _, offered) in enumerate(runs(lacking, known, self.everything[kind.package])):
                    rules.append({
                        "id": f"method/{kind.name}.{method}".lower().replace("__", "-") + (f"-{place}-{other}" if place or other else ""),
                        "kind": "method", "package": kind.package, "class": sorted(self.measured.spellings[kind]), "recorded": recorded,
                        "offered": offered, "effect": "predict-error",
                        "because": f"{kind.name} has {method} where the model was made, and does not have it in the offered release."})
        return rules

    def everything_made(self) -> Dict[str, Any]:
        rules = [rule for kind in sorted(self.measured.without) if is_told_by_keys(kind) for rule in self.rules_of(kind)]
        rules += [rule for kind in sorted(self.measured.methods) if kind.package == "scikit-learn" for rule in self.methods_of(kind)]
        offered = {}
        for package, numbers in self.everything.items():
            last = numbers[-1].split(".")
            offered[package] = f">={numbers[0]},<{last[0]}.{int(last[1]) + 1}"
        return {"schema": "assay.rules/1", "name": "measured", "rules": rules,
                "measured": [{"package": package, "offered": offered[package], "classes": sorted(self.measured.made_by[package])}
                             for package in WITH_NAMES]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--environments", type=Path, default=Path(__file__).resolve().parent / "compatibility" / "environments.csv")
    parser.add_argument("--without-set-aside", type=Path, metavar="FILE",
                        help="write to FILE what the rules were without the environments that are set aside, to be scored on them")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--explain", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.environments, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not arguments.without_set_aside or not is_environment_aside(row["env"])]
    made = Maker(Measured(arguments.work, rows), arguments.explain).everything_made()
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    print(f"{len(made['rules'])} rules about {len({rule['class'][0] for rule in made['rules']})} classes; "
          f"{sum(len(each['classes']) for each in made['measured'])} classes measured; {len(text)} bytes")
    if arguments.without_set_aside:
        arguments.without_set_aside.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    if not arguments.check:
        TARGET.write_text(text, encoding="utf-8")
    return 1 if arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
