"""Says of how much of scikit-learn a re-creation answers: every class of a release, and pipelines at random."""

import collections
import csv
import fnmatch
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

Line = Dict[str, Any]
PARTS = ("every", "random")


class Share(NamedTuple):
    """Of the files of some recipes: how many could be tried, were decoded, and were answered as the genuine library does."""

    tried: int
    decoded: int
    equal: int

    def cells(self) -> str:
        return f"{self.decoded} / {self.tried} | {self.equal} / {self.tried}"


def why(lines: List[Line]) -> Optional[str]:
    """Why a model is not answered as it should be; nothing when it is."""
    for line in lines:
        if line["reason"]:
            return str(line["reason"])
    return None


def brief(reason: str) -> str:
    """Without what was being done, and to whom."""
    reason = reason.split(" while: ")[0].replace("exit 2: error: ", "").replace("|", "/")
    return reason[:200]


def models_of(folder: Path, part: str, wanted: str) -> Dict[str, Line]:
    """The journal's entries of a part, with the lines of their comparison."""
    found: Dict[str, Line] = {}
    with open(folder / "journal.jsonl", encoding="utf-8") as file:
        for text in file:
            entry = json.loads(text)
            if entry["name"].startswith(part + "+") and fnmatch.fnmatchcase(entry["name"], wanted):
                found[entry["name"]] = {**entry, "lines": []}
    with open(folder / "compare.csv", newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["name"] in found:
                found[line["name"]]["lines"].append(line)
    return found


def share_of(models: Dict[str, Line]) -> Share:
    tried = [model for model in models.values() if model["lines"]]
    decoded = [model for model in tried if all(line["decoded"] == "1" for line in model["lines"])]
    return Share(len(tried), len(decoded), sum(why(model["lines"]) is None for model in decoded))


def standing(model: Line) -> str:
    """One class in one release, in words."""
    if not model["fitted"]:
        return "not tried: " + brief(model["why"])
    if not model["lines"]:
        return "not compared"
    reason = why(model["lines"])
    if reason is None:
        return "equal"
    return ("not decoded: " if any(line["decoded"] == "0" for line in model["lines"]) else "decoded, not equal: ") + brief(reason)


def report(folders: List[Path], wanted: str) -> None:
    """A table by release, then a line for each class: where it is equal, and elsewhere why not."""
    found = {folder.name: {part: models_of(folder, part, wanted) for part in PARTS} for folder in folders}
    if not any(parts[part] for parts in found.values() for part in PARTS):
        return
    print("\n| environment | every class: decoded / tried | equal / tried | pipelines at random: decoded / tried | equal / tried |")
    print("|---|---|---|---|---|")
    for name, parts in found.items():
        print(f"| {name} | {share_of(parts['every']).cells()} | {share_of(parts['random']).cells()} |")
    classes: Dict[str, Dict[str, List[str]]] = collections.defaultdict(lambda: collections.defaultdict(list))
    for name, parts in found.items():
        for recipe, model in parts["every"].items():
            classes[recipe.split("+", 1)[1]][standing(model)].append(name)
    print("\n| class | what became of it, by environment |\n|---|---|")
    for cls, standings in sorted(classes.items()):
        cells = [text if len(standings) == 1 else f"{text} ({', '.join(names)})" for text, names in standings.items()]
        print(f"| {cls} | {'; '.join(cells)} |")
