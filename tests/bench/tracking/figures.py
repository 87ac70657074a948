"""Figures of several servers side by side, what one is of the other, and which targets are met."""

import math
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple


class Figure(NamedTuple):
    section: str
    label: str
    unit: str
    value: float
    more_is_better: bool
    detail: Dict[str, Any]


class Figures:
    """Of one server, in the order in which they were measured."""

    def __init__(self) -> None:
        self.all: Dict[str, Figure] = {}
        self.failures: List[str] = []  # of whole sections

    def add(self, section: str, label: str, unit: str, value: float, more_is_better: bool = False, **detail: Any) -> None:
        self.all[label] = Figure(section, label, unit, value, more_is_better, detail)
        print(f"    {label}: {shown(value)} {unit}", flush=True)

    def fail(self, section: str, error: Exception) -> None:
        self.failures.append(f"{section}: {error}")
        print(f"    FAILED {section}: {error}", flush=True)

    def json(self) -> Dict[str, Any]:
        return {"figures": [figure._asdict() for figure in self.all.values()], "failures": self.failures}


def shown(value: Optional[float]) -> str:
    if value is None:
        return "-"
    if value == 0 or 1000 <= abs(value) < math.inf:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def times_better(ours: Figure, theirs: Figure) -> Optional[float]:
    """How many times better ours is, whichever direction is the good one; infinite against a server that answered nothing."""
    high, low = (ours.value, theirs.value) if ours.more_is_better else (theirs.value, ours.value)
    return high / low if low > 0 else math.inf if high > 0 else None


Table = Tuple[str, List[List[str]]]


def tables(by_server: Dict[str, Figures], ours: str) -> Tuple[List[str], List[Table]]:
    """Header and rows by section: a column for each server, and behind each peer how many times better ours is."""
    peers = [name for name in by_server if name != ours]
    header = ["", "unit", *([ours] if ours in by_server else [])]
    for name in peers:
        header += [name, "times"] if ours in by_server else [name]
    sections: Dict[str, List[List[str]]] = {}
    first: Dict[str, Figure] = {}
    for figures in by_server.values():
        for label, figure in figures.all.items():
            first.setdefault(label, figure)
    for label, figure in first.items():
        own = by_server[ours].all.get(label) if ours in by_server else None
        row = [label, figure.unit, *([shown(own.value if own else None)] if ours in by_server else [])]
        for name in peers:
            theirs = by_server[name].all.get(label)
            row.append(shown(theirs.value if theirs else None))
            if ours in by_server:
                row.append(shown(times_better(own, theirs)) if own and theirs else "-")
        sections.setdefault(figure.section, []).append(row)
    return header, list(sections.items())


def print_tables(header: Sequence[str], sections: Sequence[Table]) -> None:
    rows = [row for _, some in sections for row in some]
    widths = [max(len(row[i]) for row in [list(header), *rows]) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))

    print(line(header))
    for section, some in sections:
        print(f"-- {section}")
        for row in some:
            print(line(row))


def markdown(header: Sequence[str], sections: Sequence[Table], verdicts: Sequence["Verdict"], remarks: Sequence[str]) -> str:
    text = []
    for section, rows in sections:
        text += [f"### {section}", "", "| " + " | ".join(header) + " |", "|" + "|".join(["---", "---", *["--:"] * (len(header) - 2)]) + "|"]
        text += ["| " + " | ".join(row) + " |" for row in rows]
        text.append("")
    text += ["### Targets", "", "| target | wanted | found | |", "|---|--:|--:|---|"]
    text += [f"| {verdict.target} | {verdict.wanted} | {verdict.found} | {verdict.word} |" for verdict in verdicts]
    text += ["", *(f"- {remark}" for remark in remarks)]
    return "\n".join(text).rstrip() + "\n"


class Verdict(NamedTuple):
    target: str
    wanted: str
    found: str
    met: Optional[bool]  # None: not measured
    tried: bool = False  # at sizes that prove nothing

    @property
    def word(self) -> str:
        word = "met" if self.met else "MISSED"
        return "not measured" if self.met is None else f"tried: {word}" if self.tried else word


class Judge:
    """The targets, each with the worst of what it is about."""

    def __init__(self, by_server: Dict[str, Figures], ours: str):
        self.by_server, self.ours = by_server, ours
        self.verdicts: List[Verdict] = []

    def at_least(self, target: str, wanted: float, peer: str, labels: Sequence[str], peer_labels: Optional[Sequence[Sequence[str]]] = None) -> None:
        """Ours is `wanted` times better in each of the labels: than the peer in the same, or in the best of its `peer_labels`."""
        found: List[Tuple[float, str]] = []
        for i, label in enumerate(labels):
            own = self._figure(self.ours, label)
            others = [figure for figure in (self._figure(peer, name) for name in (peer_labels[i] if peer_labels else [label])) if figure]
            if own and others:
                times = times_better(own, (max if own.more_is_better else min)(others, key=lambda figure: figure.value))
                if times is not None:
                    found.append((times, label))
        self._judge(target, f">= {wanted:g}x", "x", sorted(found), [one for one in found if one[0] < wanted], len(labels))

    def at_most(self, target: str, wanted: float, unit: str, labels: Sequence[str]) -> None:
        """Each of the labels of ours is `wanted` or less."""
        own = [figure for figure in (self._figure(self.ours, label) for label in labels) if figure]
        found = sorted(((figure.value, figure.label) for figure in own), reverse=True)
        self._judge(target, f"<= {wanted:g} {unit}", " " + unit, found, [one for one in found if one[0] > wanted], len(labels))

    def _judge(self, target: str, wanted: str, unit: str, worst_first: Sequence[Tuple[float, str]], missed: Sequence[Tuple[float, str]],
               of: int) -> None:
        if not worst_first:
            self.verdicts.append(Verdict(target, wanted, "-", None))
            return
        found = f"{shown(worst_first[0][0])}{unit}"
        if of > 1:
            found += f" ({worst_first[0][1]})"
        if len(missed) > 1:
            others = ", ".join(f"{label} {shown(value)}{unit}" for value, label in worst_first[1:len(missed)])
            found += f"; missed by {len(missed)} of {of}: {others}"
        self.verdicts.append(Verdict(target, wanted, found, not missed))

    def _figure(self, server: str, label: str) -> Optional[Figure]:
        return self.by_server[server].all.get(label) if server in self.by_server else None
