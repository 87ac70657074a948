"""What the methods of the client gave against ours and against the genuine server: what differs, and which methods work."""

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from tests.support.mlflow_client_run import LINES, calls_of, golden_answers, without_request
from tests.support.mlflow_comparison import Comparison, Explanation, holds, like
from tests.support.mlflow_session import Json

WORKS = "works"
REFUSED = "refused by design"
BY_CLIENT = "refused by the client"
MISSING = "missing"
NOT_THERE = "not in this line"
NOT_EXERCISED = "not exercised"
READING = ("get_", "search_", "list_", "load_", "download_")
WRITTEN = ("NoneType", "RunOperations")  # what a method that only writes gives


class Area(NamedTuple):
    """Methods that are refused by design, how that is said, and those that lead nowhere without them."""
    area: str
    methods: Sequence[str]
    reason: str
    ours: Sequence[Mapping[str, Json]]  # one of these is what our answer holds
    parts: Sequence[str] = ()
    lines: Sequence[str] = LINES

    def refuses(self, answer: Json) -> bool:
        return any(holds(dict(wanted), answer) for wanted in self.ours)

    def explanations(self) -> List[Explanation]:
        return [Explanation([f"{method}/*" for method in (*self.methods, *self.parts)], ["*"], self.reason, ours=wanted) for wanted in self.ours]


class Reasons(NamedTuple):
    areas: Sequence[Area]
    calls: Sequence[Explanation]


def read_reasons(path: Path) -> Reasons:
    found = json.loads(path.read_text(encoding="utf-8"))
    return Reasons([Area(**area) for area in found["areas"]], [Explanation(**entry) for entry in found["calls"]])


class Line:
    """One line of the client."""

    def __init__(self, line: str, golden: Json, run: Json, reasons: Reasons):
        self.areas = [area for area in reasons.areas if line in area.lines]
        self.release, self.methods = golden["releases"][line], golden["methods"][line]
        self.running = run["release"]
        self.new = sorted(set(run["methods"]) - set(self.methods)), sorted(set(self.methods) - set(run["methods"]))  # gained, lost
        self.asked = {name: answer["asked"] for name, answer in run["answers"].items()}
        self.passed_over = run["passed_over"]
        theirs = golden_answers(golden, line)
        self.order = list(run["answers"])
        refused = [explanation for area in self.areas for explanation in area.explanations()]
        self.comparison = Comparison(calls_of(run["answers"]),
                                     {"answers": without_request(theirs), "requests": {name: one["request"] for name, one in theirs.items()}},
                                     without_request(run["answers"]), [*reasons.calls, *refused])

    def calls(self, method: str) -> List[str]:
        return [name for name in self.order if name.partition("/")[0] == method and name not in self.comparison.stale]

    def equal(self, name: str) -> bool:
        return name in self.comparison.equal

    def answers(self, name: str) -> Tuple[Json, Json]:
        return self.comparison.theirs[name], self.comparison.ours[name]

    def seen(self, name: str) -> bool:
        """What a call has written is seen by the reading call that comes next."""
        later = self.order[self.order.index(name) + 1:]
        return any(self.equal(after) for after in [one for one in later if one.startswith(READING)][:1])

    def works(self, name: str) -> bool:
        theirs, _ = self.answers(name)
        if not self.equal(name) or theirs["status"] != "returned":
            return False
        only_writes = not name.startswith(READING) and (theirs["type"] in WRITTEN or name.startswith("log_"))
        return self.seen(name) if only_writes else True

    def status(self, method: str) -> str:
        if method not in self.methods:
            return NOT_THERE
        if not any(name.partition("/")[0] == method for name in self.order):
            return NOT_EXERCISED
        calls = self.calls(method)
        if self.is_refused(method):
            return REFUSED
        if any(map(self.works, calls)):
            return WORKS
        return BY_CLIENT if calls and all(map(self.by_client, calls)) else MISSING

    def by_client(self, name: str) -> bool:
        theirs, _ = self.answers(name)
        return self.equal(name) and theirs["status"] == "raised" and theirs["type"] != "RestException"

    def is_refused(self, method: str) -> bool:
        """One call of it at least is, unless it leads nowhere without what is."""
        for area in self.areas:
            if any(like(name, method) for name in area.parts):
                return True
            if any(like(name, method) for name in area.methods) and any(area.refuses(self.comparison.ours[name]) for name in self.calls(method)):
                return True
        return False


class Outcome:
    """Both lines."""

    def __init__(self, golden: Json, runs: Mapping[str, Json], reasons: Reasons):
        self.golden, self.reasons = golden, reasons
        self.lines = {line: Line(line, golden, runs[line], reasons) for line in LINES}
        self.methods = sorted({method for line in self.lines.values() for method in line.methods})

    def unused(self) -> List[Tuple[str, str]]:
        """Reasons that explain nothing in either line: they would hide the next difference there."""
        found = [{(explanation.reason, where) for explanation, where in line.comparison.unused if explanation.reason not in self.of_areas()}
                 for line in self.lines.values()]
        idle = [area for area in self.reasons.areas for name in area.methods
                if not any(like(name, method) and line.is_refused(method) for line in self.lines.values() for method in line.methods)]
        return sorted(set.intersection(*found)) + [(area.reason, area.area) for area in idle]

    def of_areas(self) -> Sequence[str]:
        return [area.reason for area in self.reasons.areas]

    def not_exercised(self) -> List[str]:
        return [f"{method} ({line.release})" for line in self.lines.values() for method in line.methods if line.status(method) == NOT_EXERCISED]

    def unknown(self) -> List[str]:
        """Methods that the calls name and no line has."""
        return sorted({method for line in self.lines.values() for method in line.passed_over} - set(self.methods))

    def reasons_of(self, method: str) -> List[str]:
        """Why its answers differ, in either line."""
        found: Dict[str, None] = {}
        for line in self.lines.values():
            for name in line.calls(method):
                found.update((explanation.reason, None) for _, explanation in line.comparison.explained.get(name, []))
        parts: Any = [area.reason for area in self.reasons.areas if any(like(name, method) for name in area.parts)]
        return list(found) + [reason for reason in parts if reason not in found]
