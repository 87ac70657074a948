#!/usr/bin/env python3
"""Puts the same files before other scanners: what each finds, calls clean, or cannot judge. Not a part of the tests.

    scanners.py --work FOLDER --benign FOLDER [--assay BINARY] [--release R] [--every N]
                [--scanner S ...] [--row TEXT ...] [--csv FILE]

Makes an environment for each scanner below --work (newest releases; what they would send home is switched off). Then one table: benign
models and models with one attack in the ways of the row, and the whole catalogue; columns are scanners, cells `found/clean/error`. On
benign files everything found is a false alarm; on the others everything that is not found is missed. `--scanner none` leaves assay alone,
--row takes only rows whose label holds the text.
"""

import argparse
import collections
import csv
import itertools
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Tuple, Union

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))

from asking import PASSES, ask, find_binary  # noqa: E402
from payloads import Payload, catalogue  # noqa: E402
from specimens import NoPlace, build  # noqa: E402

PACKAGES = {
    "picklescan": ["picklescan"],
    "modelscan": ["modelscan"],
    "fickling": ["fickling"],
    "modelaudit": ["modelaudit"],
    "skops": ["skops"],
}
SILENT = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
BENIGN = [
    ("benign, pickle 4", "p4.pkl"),
    ("benign, joblib", "joblib"),
    ("benign, joblib zlib", "joblib.z"),
    ("benign, joblib gzip", "joblib.gz"),
    ("benign, joblib lz4", "joblib.lz4"),
    ("benign, skops", "skops"),
]
INFECTED = [
    ("front, pickle 4", "pickle4", "front"),
    ("front, joblib", "joblib", "front"),
    ("attribute, joblib", "joblib", "attribute"),
    ("object array, joblib", "joblib", "nested"),
    ("end, joblib", "joblib", "end"),
    ("second pickle, joblib", "joblib", "second"),
    ("end, joblib zlib", "joblib.z", "end"),
    ("end, joblib gzip", "joblib.gz", "end"),
    ("end, joblib bz2", "joblib.bz2", "end"),
    ("end, joblib lzma", "joblib.lzma", "end"),
    ("end, joblib xz", "joblib.xz", "end"),
    ("end, joblib lz4", "joblib.lz4", "end"),
    ("array of objects, npy", "npy", "nested"),
    ("array of objects, npz", "npz", "nested"),
    ("member, zip", "zip", "end"),
    ("torch zip", "torch", "end"),
    ("skops array", "skops-array", "nested"),
    ("skops node", "skops-node", "attribute"),
]
CATALOGUE_HOST = "Pipeline_mixed_columns"


def environment(scanner: str, work: Path) -> Path:
    """The scanner's own Python; made if it is not there."""
    folder = work / f"scan-{scanner}"
    python = folder / "bin" / "python"
    if not (folder / "assay-ready").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--upgrade", *PACKAGES[scanner]], check=True, env={**os.environ, **SILENT}
        )
        (folder / "assay-ready").touch()
    return python


def judge_with(scanner: str, python: Path, paths: List[Path]) -> List[str]:
    command: List[Union[str, Path]] = [python, HERE / "scanner_worker.py", scanner]
    run = subprocess.run(
        command, input="".join(f"{path}\n" for path in paths), capture_output=True, text=True, env={**os.environ, **SILENT}
    )
    outcomes = run.stdout.split()
    return outcomes + ["error"] * (len(paths) - len(outcomes))


def judge_with_assay(assay: Path, paths: List[Path]) -> List[str]:
    verdicts = [ask(assay, path).verdict for path in paths]
    return ["clean" if verdict in PASSES else "error" if verdict == "failed" else "found" for verdict in verdicts]


def stems(benign: Path, release: str, every: int) -> List[Path]:
    found = sorted(path.with_name(path.name[: -len(".p4.pkl")]) for path in (benign / release).glob("*.p4.pkl"))
    return [stem for stem in found if zlib.crc32(stem.name.encode()) % every == 0]


def infected(hosts: Iterable[Path], payloads: Iterable[Payload], container: str, position: str, folder: Path) -> Iterator[Path]:
    for number, (host, payload) in enumerate(itertools.product(hosts, payloads)):
        try:
            yield build(host, payload, container, position).write(folder / str(number))
        except NoPlace:
            continue


def bare(payloads: Iterable[Payload], folder: Path) -> Iterator[Path]:
    """The attack alone, as test files of scanners have it."""
    for number, payload in enumerate(payloads):
        if payload.trick is None and payload.key is None:
            path = folder / f"{number}.pkl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\x80\x04" + payload.fragment(4) + b".")
            yield path


def rows(options: argparse.Namespace, folder: Path) -> Iterator[Tuple[str, List[Path]]]:
    hosts = stems(options.benign, options.release, options.every)
    for label, suffix in BENIGN:
        yield label, [path for path in (host.with_name(f"{host.name}.{suffix}") for host in hosts) if path.exists()]
    every = catalogue()
    system = [one for one in every if one.name == "posix.system"]
    for label, container, position in INFECTED:
        yield label, list(infected(hosts, system, container, position, folder / label))
    chosen = every[:: options.every]
    yield "catalogue, bare", list(bare(chosen, folder / "bare"))
    host = [options.benign / options.release / CATALOGUE_HOST]
    yield "catalogue, pickle 4", list(infected(host, chosen, "pickle4", "end", folder / "catalogue pickle"))
    yield "catalogue, joblib", list(infected(host, chosen, "joblib", "end", folder / "catalogue joblib"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--benign", type=Path, required=True)
    parser.add_argument("--assay", type=Path)
    parser.add_argument("--release", default="1.9.1")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--scanner", action="append", choices=[*sorted(PACKAGES), "none"])
    parser.add_argument("--row", action="append")
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    options.benign = options.benign.resolve()
    assay = find_binary(options.assay)
    pythons: Dict[str, Path] = {
        scanner: environment(scanner, options.work.resolve()) for scanner in options.scanner or PACKAGES if scanner != "none"
    }
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for label, paths in rows(options, Path(folder)):
            if options.row and not any(text in label for text in options.row):
                continue
            cells = {
                scanner: judge_with(scanner, python, paths) for scanner, python in pythons.items() if scanner != "skops" or "skops" in label
            }
            cells["assay"] = judge_with_assay(assay, paths)
            counts = {scanner: collections.Counter(outcomes) for scanner, outcomes in cells.items()}
            shown = {scanner: f"{count['found']}/{count['clean']}/{count['error']}" for scanner, count in counts.items()}
            table.append({"files": label, "count": len(paths), **shown})
            print(f"{label:24} {len(paths):5}  " + "  ".join(f"{scanner} {cell}" for scanner, cell in shown.items()), flush=True)
    if options.csv:
        with options.csv.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["files", "count", *pythons, "assay"], lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(table)


if __name__ == "__main__":
    main()
