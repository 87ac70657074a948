#!/usr/bin/env python3
"""Measures the safety verdict of `assay inspect`: false alarms on real models, and attacks refused and named.

    measure.py --benign FOLDER [--real FOLDER] [--assay BINARY] [--hosts STEM ...] [--depth rotating|full] [--only benign|malicious]
               [--every N] [--kind K ...] [--payload P ...] [--container C ...] [--position P ...] [--keep FOLDER] [--json FILE]

--benign is the corpus that benign.py makes, --real the folder of real_models.py: models of strangers, some of which rightly need trust, so
they are counted apart, by package. The binary is --assay, $ASSAY, or build/release/assay. Attacks are put into several real models
(--hosts, stems below the corpus): `rotating` puts each payload into every kind of file, going round the models and places; `full` takes
every place of every model. What is missed is listed; that and what is not named is kept in --keep.

A benign file passes as `data` or `model` (exit 0). An attack is refused when the verdict is worse (exit 6). It is named when some
reason names one of the payload's callables and shows its marker.
"""

import argparse
import collections
import itertools
import json
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from asking import PASSES, WORSE, Answer, ask, find_binary, in_parallel, share  # noqa: E402
from payloads import POSITIONS, Payload, catalogue  # noqa: E402
from specimens import CONTAINERS, NoPlace, Specimen, build  # noqa: E402

HOSTS = [
    "1.9.1/Pipeline_mixed_columns",
    "0.24.2/Pipeline_grid_search",
    "1.5.2/RandomForestClassifier",
    "1.2.2/Pipeline_text_topics",
    "1.7.2/Pipeline_voting_soft",
]


# --- benign ---------------------------------------------------------------------------------------------------------------------------


def benign_files(folders: List[Path], every: int) -> List[Path]:
    skipped = {".jsonl", ".log", ".csv", ".part"}
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in skipped]
    return [path for path in files if zlib.crc32(path.name.encode()) % every == 0]


def format_of(path: Path) -> str:
    return path.name.partition(".")[2] or "without suffix"


def package_of(path: Path, folder: Path) -> str:
    return path.relative_to(folder).parts[0]


@dataclass
class Benign:
    """Verdicts by group (format or package), and why files were refused."""

    title: str
    verdicts: Dict[str, "collections.Counter[str]"] = field(default_factory=lambda: collections.defaultdict(collections.Counter))
    alarms: Dict[Tuple[str, str], List[str]] = field(default_factory=lambda: collections.defaultdict(list))
    troubles: List[str] = field(default_factory=list)

    def add(self, group: str, path: Path, answer: Answer) -> None:
        self.verdicts[group][answer.verdict] += 1
        label = f"{path.parent.name}/{path.name}"
        if answer.verdict == "failed":
            self.troubles.append(f"{label}: {answer.trouble}")
        elif answer.verdict not in PASSES:
            for key in {(reason.get("code", "?"), reason.get("name") or "") for reason in answer.reasons} or {("no reason", "")}:
                self.alarms[key].append(label)

    def report(self) -> None:
        total = sum(sum(counts.values()) for counts in self.verdicts.values())
        passed = sum(counts[verdict] for counts in self.verdicts.values() for verdict in PASSES)
        print(f"\n{self.title} that pass: {share(passed, total)}")
        for kind, counts in sorted(self.verdicts.items()):
            print(f"  {kind:20} " + "  ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items())))
        print(f"false alarms: {share(total - passed - len(self.troubles), total)}; files without an answer: {len(self.troubles)}")
        for (code, name), labels in sorted(self.alarms.items(), key=lambda item: -len(item[1])):
            print(f"  {len(labels):6}  {code}  {name}  e.g. {labels[0]}")
        for trouble in self.troubles[:20]:
            print(f"  no answer: {trouble}")

    def figures(self) -> Dict[str, Any]:
        return {
            "verdicts": self.verdicts,
            "alarms": {" ".join(key).strip(): len(labels) for key, labels in self.alarms.items()},
            "no_answer": self.troubles,
        }


def measure_benign(assay: Path, title: str, files: List[Path], group: Callable[[Path], str]) -> Benign:
    found = Benign(title)
    for path, answer in in_parallel(lambda path: (path, ask(assay, path)), files):
        found.add(group(path), path, answer)
    return found


# --- controls -------------------------------------------------------------------------------------------------------------------------


def controls(stems: List[Path]) -> Iterator[Specimen]:
    """The same surgery with a harmless text. If these are refused, then attacks are refused for the surgery and not for what they are.

    Left out is what no library writes: values that are popped, several pickles in a file, arrays of objects in skops files.
    """
    harmless = Payload("control", "", "a plain text", (), None, "control")
    containers = [container for container in CONTAINERS if not container.startswith("skops")]
    for stem, container, position in itertools.product(stems, containers, ("attribute", "nested", "end")):
        made = attempt(stem, harmless, container, position)
        if made:
            yield made


def measure_controls(assay: Path, specimens: Iterator[Specimen]) -> List[str]:
    tried, refused = 0, []
    for specimen, answer in judged(assay, specimens):
        tried += 1
        if answer.verdict not in PASSES:
            said = ", ".join(f"{reason.get('code')} {reason.get('name') or ''}".strip() for reason in answer.reasons[:3])
            refused.append(f"{specimen.name}: {answer.verdict} {answer.trouble} {said}")
    print(f"\ncontrols that pass: {share(tried - len(refused), tried)}")
    for label in refused[:50]:
        print(f"  {label}")
    return refused


def judged(assay: Path, specimens: Iterator[Specimen]) -> Iterator[Tuple[Specimen, Answer]]:
    def judge(specimen: Specimen) -> Tuple[Specimen, Answer]:
        with tempfile.TemporaryDirectory() as folder:
            return specimen, ask(assay, specimen.write(Path(folder)))

    return in_parallel(judge, specimens)


# --- malicious ------------------------------------------------------------------------------------------------------------------------


def rotating(payloads: List[Payload], stems: List[Path], containers: List[str], positions: List[str]) -> Iterator[Specimen]:
    """Each payload in every container once, the model and the place going round; where that place does not exist, the next that does."""
    for number, payload in enumerate(payloads):
        for step, container in enumerate(containers):
            turn = number + step
            choices = itertools.product(rotated(positions, turn), rotated(stems, turn // len(positions)))
            made = next((one for one in (attempt(stem, payload, container, position) for position, stem in choices) if one), None)
            if made:
                yield made


def rotated(values: List[Any], by: int) -> List[Any]:
    by %= len(values)
    return values[by:] + values[:by]


def full(payloads: List[Payload], stems: List[Path], containers: List[str], positions: List[str]) -> Iterator[Specimen]:
    for payload, stem, container, position in itertools.product(payloads, stems, containers, positions):
        made = attempt(stem, payload, container, position)
        if made:
            yield made


def attempt(stem: Path, payload: Payload, container: str, position: str) -> Optional[Specimen]:
    try:
        return build(stem, payload, container, position)
    except NoPlace:
        return None


def names(specimen: Specimen, answer: Answer) -> bool:
    """Whether some reason names a callable of the payload and shows what would have been passed to it."""
    marker = specimen.marker or ""
    told = [reason for reason in answer.reasons if reason.get("name") in specimen.payload.names]
    return any(marker in f"{reason.get('arguments') or ''} {reason.get('detail') or ''}" for reason in told)


@dataclass
class Malicious:
    """Counts by kind, container and position: tried, refused (of which hard), named (of those that have a name)."""

    counts: Dict[Tuple[str, str], "collections.Counter[str]"] = field(default_factory=lambda: collections.defaultdict(collections.Counter))
    missed: List[str] = field(default_factory=list)
    unnamed: Dict[str, List[str]] = field(default_factory=lambda: collections.defaultdict(list))

    def add(self, specimen: Specimen, answer: Answer) -> str:
        """Counts it; answers what was wrong: `missed`, `unnamed` or nothing."""
        refused = answer.verdict in WORSE
        named = bool(specimen.payload.names) and names(specimen, answer)
        events = ["tried", answer.verdict] + ["refused"] * refused + ["nameable"] * bool(specimen.payload.names) + ["named"] * named
        for key in (("all", ""), ("kind", specimen.payload.kind), ("container", specimen.container), ("position", specimen.position)):
            self.counts[key].update(events)
        label = f"{specimen.payload.name} in {specimen.name}: {answer.verdict} {answer.trouble}"
        if not refused:
            self.missed.append(label)
            return "missed"
        if specimen.payload.names and not named:
            self.unnamed[specimen.payload.name].append(label)
            return "unnamed"
        return ""

    def report(self) -> None:
        print("\nattacks")
        for (group, value), count in sorted(self.counts.items()):
            hard = count["dangerous"] + count["malformed"]
            refused, named = share(count["refused"], count["tried"]), share(count["named"], count["nameable"])
            verdicts = f"dangerous|malformed {hard:6}  needs-trust {count['needs-trust']:6}"
            print(f"  {group:9} {value:14} refused {refused:24} {verdicts}  named {named}")
        print(f"missed: {len(self.missed)}")
        for label in self.missed[:200]:
            print(f"  {label}")
        print(f"refused but not named: {sum(map(len, self.unnamed.values()))} of {len(self.unnamed)} payloads")
        for name, labels in sorted(self.unnamed.items(), key=lambda item: -len(item[1]))[:200]:
            print(f"  {len(labels):5}  {name}  e.g. {labels[0]}")

    def figures(self) -> Dict[str, Any]:
        counts = {" ".join(key).strip(): dict(count) for key, count in self.counts.items()}
        return {"counts": counts, "missed": self.missed, "unnamed": {name: len(labels) for name, labels in self.unnamed.items()}}


def measure_malicious(assay: Path, specimens: Iterator[Specimen], keep: Optional[Path]) -> Malicious:
    found = Malicious()
    for number, (specimen, answer) in enumerate(judged(assay, specimens)):
        wrong = found.add(specimen, answer)
        if wrong and keep:
            specimen.write(keep / wrong / f"{number:06}-{specimen.container}-{specimen.position}")
    return found


def chosen_payloads(options: argparse.Namespace) -> List[Payload]:
    every = [
        one
        for one in catalogue()
        if (not options.kind or one.kind in options.kind) and (not options.payload or one.name in options.payload)
    ]
    return every[:: options.every]


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=Path)
    parser.add_argument("--benign", type=Path, required=True)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--hosts", nargs="+", default=HOSTS)
    parser.add_argument("--depth", choices=("rotating", "full"), default="rotating")
    parser.add_argument("--only", choices=("benign", "malicious"))
    parser.add_argument("--every", type=int, default=1, help="only every Nth file and payload")
    parser.add_argument("--kind", action="append")
    parser.add_argument("--payload", action="append")
    parser.add_argument("--container", action="append", choices=CONTAINERS)
    parser.add_argument("--position", action="append", choices=POSITIONS)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    options = read_options()
    assay, started = find_binary(options.assay), time.monotonic()
    figures: Dict[str, Any] = {}
    if options.only != "malicious":
        benign = measure_benign(assay, "benign files", benign_files([options.benign], options.every), format_of)
        benign.report()
        figures["benign"] = benign.figures()
    if options.real and options.only != "malicious":
        real = measure_benign(assay, "models of strangers", benign_files([options.real], 1), lambda path: package_of(path, options.real))
        real.report()
        figures["real"] = real.figures()
    if options.only != "benign":
        stems = [options.benign / host for host in options.hosts]
        figures["controls_refused"] = measure_controls(assay, controls(stems))
        depth = {"rotating": rotating, "full": full}[options.depth]
        specimens = depth(chosen_payloads(options), stems, options.container or CONTAINERS, options.position or list(POSITIONS))
        malicious = measure_malicious(assay, specimens, options.keep)
        malicious.report()
        figures["malicious"] = malicious.figures()
    print(f"\n{time.monotonic() - started:.0f} s")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
