"""What two servers answered to the same calls: where it differs, and which differences have a reason."""

import json
import re
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Sequence, Set, Tuple

from tests.support.mlflow_calls.script import Call
from tests.support.mlflow_session import Json, request_mark


class Difference(NamedTuple):
    part: str  # "status", "type", "body.run.info.status", "content-disposition"
    theirs: Json
    ours: Json


ABSENT = "(absent)"


def differences(theirs: Json, ours: Json) -> List[Difference]:
    """Part by part; when the status or the type differs, the body as a whole."""
    found: List[Difference] = []
    whole = theirs["status"] != ours["status"] or theirs["type"] != ours["type"]
    for part in sorted({*theirs, *ours}):
        one, other = theirs.get(part, ABSENT), ours.get(part, ABSENT)
        if part == "body" and not whole:
            found += _within("body", one, other)
        elif not _same(one, other):
            found.append(Difference(part, one, other))
    return found


def _same(one: Json, other: Json) -> bool:
    if isinstance(one, (dict, list)):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _identity(item: Json) -> str:
    """What an item of a list is called, so that two lists can be held against each other item by item."""
    if not isinstance(item, dict):
        return ""
    inner = next((item[name] for name in ("info", "dataset") if isinstance(item.get(name), dict)), item)
    for names in (("path",), ("alias",), ("name", "version"), ("run_id", "key", "timestamp", "step"), ("run_id",), ("model_id",),
                  ("experiment_id", "name"), ("name", "digest"), ("name",), ("key", "timestamp"), ("key",)):
        if all(name in inner for name in names):
            return "" if names[-1] == "timestamp" or names[-1] == "step" else " ".join(str(inner[name]) for name in names)
    return ""


def _within(part: str, one: Json, other: Json) -> List[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [found for key in sorted({*one, *other}) for found in _within(f"{part}.{key}", one.get(key, ABSENT), other.get(key, ABSENT))]
    if isinstance(one, list) and isinstance(other, list):
        names, others = [_identity(item) for item in one], [_identity(item) for item in other]
        if all(names) and all(others) and len(set(names)) == len(names) and len(set(others)) == len(others):
            if [name for name in names if name in others] != [name for name in others if name in names]:
                return [Difference(f"{part} in order", names, others)]
            theirs, ours = dict(zip(names, one)), dict(zip(others, other))
            return [found for name in dict.fromkeys(names + others) for found in _within(f"{part}[{name}]", theirs.get(name, ABSENT),
                                                                                         ours.get(name, ABSENT))]
        if len(one) == len(other):
            return [found for i in range(len(one)) for found in _within(f"{part}[{i}]", one[i], other[i])]
    return [] if _same(one, other) else [Difference(part, one, other)]


class Explanation(NamedTuple):
    calls: Sequence[str]  # patterns of names: * stands for anything
    parts: Sequence[str]  # patterns too
    reason: str
    theirs: Mapping[str, Json] = {}  # what their answer must hold for the reason to count; strings are patterns, objects may have more members
    ours: Mapping[str, Json] = {}  # and what ours

    def concerns(self, call: str, theirs: Json, ours: Json) -> bool:
        return any(like(name, call) for name in self.calls) and holds(dict(self.theirs), theirs) and holds(dict(self.ours), ours)


def like(pattern: str, text: str) -> bool:
    """Only * is special: names of calls have brackets and question marks in them."""
    return re.fullmatch(".*".join(re.escape(piece) for piece in pattern.split("*")), text, flags=re.S) is not None


def holds(wanted: Json, found: Json) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and holds(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, str) and isinstance(found, str):
        return like(wanted, found)
    return _same(wanted, found)


class Comparison:
    """Every call's answers, theirs and ours, and which differences have a reason."""

    def __init__(self, calls: Sequence[Call], golden: Json, ours: Mapping[str, Json], explanations: Sequence[Explanation]):
        self.calls, self.explanations = calls, explanations
        self.theirs, self.ours = golden["answers"], ours
        self.stale = [call.name for call in calls if golden["requests"].get(call.name) != request_mark(call)]
        self.stale += sorted(set(self.theirs) - {call.name for call in calls})
        self.equal: List[str] = []
        self.explained: Dict[str, List[Tuple[Difference, Explanation]]] = {}
        self.unexplained: Dict[str, List[Difference]] = {}
        used: Set[Tuple[int, str]] = set()
        named: Set[Tuple[int, str]] = set()
        for call in calls:
            if call.name in self.stale:
                continue
            found = differences(self.theirs[call.name], ours[call.name])
            if not found:
                self.equal.append(call.name)
                continue
            about = [(number, explanation) for number, explanation in enumerate(explanations)
                     if explanation.concerns(call.name, self.theirs[call.name], ours[call.name])]
            for difference in found:
                reasons = [(number, part) for number, explanation in about for part in explanation.parts if like(part, difference.part)]
                used.update(reasons)
                named.update((number, name) for number, explanation in about for name in explanation.calls if like(name, call.name))
                if reasons:
                    self.explained.setdefault(call.name, []).append((difference, explanations[reasons[0][0]]))
                else:
                    self.unexplained.setdefault(call.name, []).append(difference)
        # An explanation whose parts no longer differ would hide the next difference there.
        self.unused = [(explanation, part) for number, explanation in enumerate(explanations) for part in explanation.parts
                       if (number, part) not in used]
        self.unused += [(explanation, name) for number, explanation in enumerate(explanations) for name in explanation.calls
                        if (number, name) not in named]

    def compared(self) -> int:
        return len(self.calls) - len([call for call in self.calls if call.name in self.stale])

    def only_explained(self) -> int:
        return len([name for name in self.explained if name not in self.unexplained])


def read_golden(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def read_explanations(path: Path) -> List[Explanation]:
    return [Explanation(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["calls"]]
