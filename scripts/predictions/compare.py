"""Holds our outputs against those of a sample, bit by bit, and counts what came of it."""

import array
import collections
import csv
import fnmatch
import json
import struct
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

FORMATS = ("joblib", "pkl", "cloudpickle", "skops")
COLUMNS = ("name", "format", "method", "decoded", "equal_bits", "labels_equal", "rows", "values", "max_rel", "max_ulp", "reason")
SECONDS = 120
PLACES = {"float64": ("<d", "<q", 63), "float32": ("<f", "<i", 31)}

Line = Dict[str, Any]


class Gap(NamedTuple):
    """The largest distances between two arrays of floats, and where the first is."""

    relative: float
    ulp: int
    first: Optional[int]


def flat(values: Any) -> Iterator[Any]:
    if isinstance(values, list):
        for inner in values:
            yield from flat(inner)
    else:
        yield values


def bits(value: float, kind: str) -> int:
    """The place of a float on the line of all floats of its type, where neighbours are 1 apart; -0.0 lies below 0.0."""
    floating, whole, sign = PLACES[kind]
    place = int(struct.unpack(whole, struct.pack(floating, value))[0])
    return place if place >= 0 else -(place + (1 << sign)) - 1


def gap(expected: Sequence[float], found: Sequence[float], kind: str) -> Gap:
    """Any NaN equals any NaN. A NaN or an infinity where there is none is infinitely far away, and has no distance in ulp."""
    relative, ulp, first = 0.0, 0, None
    if array.array(PLACES[kind][0][1], expected).tobytes() == array.array(PLACES[kind][0][1], found).tobytes():
        return Gap(relative, ulp, first)
    for place, (wanted, got) in enumerate(zip(expected, found)):
        if wanted != wanted and got != got:
            continue
        here, there = bits(wanted, kind), bits(got, kind)
        if here == there:
            continue
        first = place if first is None else first
        if wanted - wanted != 0 or got - got != 0:
            relative = float("inf")
            continue
        relative = max(relative, abs(got - wanted) / max(1.0, abs(wanted)))
        ulp = max(ulp, abs(here - there))
    return Gap(relative, ulp, first)


def held_against(expected: Line, found: Any) -> Line:
    """Of one method: what compare.csv says of it. Labels are outputs that are no floats."""
    count = sum(1 for _ in flat(expected["values"]))
    line: Line = {"decoded": 1, "equal_bits": 0, "labels_equal": "", "rows": expected["shape"][0], "values": count,
                  "max_rel": "", "max_ulp": "", "reason": ""}
    if expected["type"] not in PLACES:
        line["labels_equal"] = 0
    if not isinstance(found, dict):
        return {**line, "reason": "the method is not answered"}
    for member in ("type", "shape"):
        if found.get(member) != expected[member]:
            return {**line, "reason": f"its {member} is {found.get(member)}, not {expected[member]}"}
    ours, genuine = list(flat(found["values"])), list(flat(expected["values"]))
    if len(ours) != count:
        return {**line, "reason": f"it has {len(ours)} values, not {count}"}
    width = count // expected["shape"][0]
    if expected["type"] not in PLACES:
        wrong = [place for place, (one, other) in enumerate(zip(genuine, ours)) if type(one) is not type(other) or one != other]
        if not wrong:
            return {**line, "equal_bits": 1, "labels_equal": 1}
        first = wrong[0]
        return {**line, "reason": f"{len(wrong)} other labels, first in row {first // width}: {ours[first]!r}, not {genuine[first]!r}"}
    far = gap([float(value) for value in genuine], [float(value) for value in ours], expected["type"])
    line.update({"equal_bits": int(far.first is None), "max_rel": repr(far.relative), "max_ulp": far.ulp})
    if far.first is not None and far.relative > 1e-9:
        line["reason"] = f"first in row {far.first // width}: {ours[far.first]!r}, not {genuine[far.first]!r}"
    return line


def asked(assay: str, path: Path, sample: Path) -> Tuple[Optional[Line], str]:
    """Our outputs by method, or nothing and why."""
    command = [assay, "predict", str(path), "--input", str(sample), "--json"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"not done after {SECONDS} seconds"
    if done.returncode != 0:
        return None, f"exit {done.returncode}: " + " ".join(done.stderr.decode("utf-8", "replace").split())[:500]
    try:
        outputs = json.loads(done.stdout)["outputs"]
    except (ValueError, KeyError, TypeError) as error:
        return None, f"what it prints is no answer: {type(error).__name__}: {error}"
    return outputs, ""


def compare_model(assay: str, folder: Path, name: str, formats: Sequence[str] = FORMATS) -> List[Line]:
    """A line for each method of each file of the model; one without a method for a file that cannot be decoded."""
    sample = folder / f"{name}.sample.json"
    expected = json.loads(sample.read_text(encoding="utf-8"))["outputs"]
    lines = []
    for suffix in formats:
        path = folder / f"{name}.{suffix}"
        if not path.exists():
            continue
        head = {"name": name, "format": suffix}
        outputs, reason = asked(assay, path, sample)
        if outputs is None:
            lines.append({**dict.fromkeys(COLUMNS, ""), **head, "decoded": 0, "reason": reason})
            continue
        lines += [{**head, "method": method, **held_against(output, outputs.get(method))} for method, output in expected.items()]
    return lines


def journal(folder: Path, wanted: str) -> List[Line]:
    """What was fitted in an environment, and what could not be."""
    with open(folder / "journal.jsonl", encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    return [entry for entry in entries if fnmatch.fnmatchcase(entry["name"], wanted)]


class Count:
    """What came of some files."""

    def __init__(self) -> None:
        self.tried = self.decoded = self.labels = self.labels_equal = self.outputs = self.identical = self.ulp = 0
        self.relative = 0.0

    def add(self, lines: List[Line]) -> None:
        """The lines of one file."""
        self.tried += 1
        self.decoded += lines[0]["decoded"] == "1"
        for line in lines:
            if not line["method"]:
                continue
            self.outputs += 1
            self.identical += line["equal_bits"] == "1"
            if line["labels_equal"] != "":
                self.labels += 1
                self.labels_equal += line["labels_equal"] == "1"
            if line["max_rel"]:
                self.relative = max(self.relative, float(line["max_rel"]))
                self.ulp = max(self.ulp, int(line["max_ulp"]))

    def cells(self) -> str:
        return (f"{self.decoded} / {self.tried} | {self.labels_equal} / {self.labels} | {self.identical} / {self.outputs} | "
                f"{self.relative:.2g} | {self.ulp}")


HEAD = "| {} | decoded / tried | labels equal / tried | bit-identical / tried | worst max_rel | worst max_ulp |\n|---|---|---|---|---|---|"


def report(folders: List[Path], wanted: str) -> None:
    """By family and by release, then the whole, then every failure. Files that must be refused are counted beside them."""
    families: Dict[str, Count] = collections.defaultdict(Count)
    releases: Dict[str, Count] = collections.defaultdict(Count)
    whole, failures = Count(), []
    must, refused, seeds = 0, 0, set()
    for folder in folders:
        entries = {entry["name"]: entry for entry in journal(folder, wanted) if entry["fitted"]}
        files: Dict[Tuple[str, str], List[Line]] = collections.defaultdict(list)
        with open(folder / "compare.csv", newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if line["name"] in entries:
                    files[line["name"], line["format"]].append(line)
        for (name, suffix), lines in files.items():
            entry = entries[name]
            seeds.add(entry["training_seed"])
            if entry["refused"]:
                must += 1
                refused += lines[0]["decoded"] == "0"
                if lines[0]["decoded"] == "1":
                    failures.append(f"{folder.name} {name}.{suffix}: is answered, and must be refused")
                continue
            for count in (families[entry["family"]], releases[folder.name], whole):
                count.add(lines)
            failures += [f"{folder.name} {name}.{suffix} {line['method'] or 'file'}: {line['reason']}" for line in lines if line["reason"]]
    print(HEAD.format("family"))
    for family, count in sorted(families.items()):
        print(f"| {family} | {count.cells()} |")
    print("\n" + HEAD.format("environment"))
    for release, count in releases.items():
        print(f"| {release} | {count.cells()} |")
    print(f"| all | {whole.cells()} |")
    print(f"\nOf {must} files that must be refused, {refused} are. Labels: outputs that are no floats; labels and bits: of decoded files.")
    print(f"Training rows: seed {', '.join(map(str, sorted(seeds)))}; held-out rows: CRC-32 of the model's name & 0x7fffffff, in journal.jsonl.")
    print(f"\n{len(failures)} failures (no answer, other labels, or more than 1e-9 away):\n")
    for failure in failures:
        print(f"- {failure}")
