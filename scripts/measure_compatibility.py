#!/usr/bin/env python3
"""Measures which models of which environment work in which other: fits and dumps in each, loads everywhere, asks again, compares.

    scripts/measure_compatibility.py --cache DIR --work DIR [--environments FILE] [--only NAME…] [PART …]

Every estimator of scikit-learn with its variants, pipelines, searches and ensembles, XGBoost's and LightGBM's wrappers where the environment
has them; dumped with joblib, pickle and cloudpickle. Environments are put together from wheels (downloaded with pip when --cache lacks them)
and a Python that is on the PATH or below pyenv; nothing is installed. Each part goes on where it was ended, and a new release is one line in
scripts/compatibility/environments.csv and a run of the new pairs.

  dump     fit and dump             WORK/dumps/ENVIRONMENT/
  states   what methods read        WORK/states/ENVIRONMENT.jsonl
  objects  what the bytes hold      WORK/objects/ENVIRONMENT.jsonl     as --assay reads them
  loads    load in every other      WORK/loads/LOADED_WITH/DUMPED_WITH.csv
  collect  all loads in one table   WORK/pairs.csv
  report   count what came of it
  publish  what the repository keeps: every outcome in a letter, and some loads with their dumps, for the tests
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import lzma
import os
import random
import re
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Dict, List, Set, Tuple

from compatibility import pairs
from provides.environments import Environment, Shelf, find_python, order

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "scripts" / "compatibility"
PACKAGES = ("scikit-learn", "numpy", "scipy", "joblib", "pandas", "threadpoolctl", "xgboost", "lightgbm", "cloudpickle")
BESIDE = (("pytz", "2023.3"), ("python-dateutil", "2.8.2"), ("six", "1.16.0"), ("tzdata", "2025.2"))
PARTS = ("dump", "states", "objects", "loads", "collect", "report", "publish")


def put_together(row: Dict[str, str], shelf: Shelf) -> Environment:
    python = row["python"]
    wanted = [(package, row[package]) for package in PACKAGES if row[package]]
    wanted += BESIDE
    if order(row["scikit-learn"]) >= (1, 9):
        wanted.append(("narwhals", "2.3.0"))
    if order(row["joblib"]) >= (1, 6):
        wanted.append(("loky", "3.5.6"))
    return Environment(find_python(python), tuple(shelf.folder(package, release, python) for package, release in wanted))


LETTERS = {"identical": "i", "close": "c", "different": "d", "predict_error": "p", "load_error": "l"}
HEAD = """# Every load that was measured (scripts/measure_compatibility.py): a model, a format, and a letter for each pair of environments, dumped
# first: i identical, c close, d different, p predict error, l load error, . not measured.
"""


SILENT = {"AdaBoostClassifier", "CCA", "PLSRegression", "TfidfVectorizer", "Variant_LogisticRegression_48_solver_0", "OneVsRestClassifier"}


class Machine:
    def __init__(self, rows: List[Dict[str, str]], shelf: Shelf, work: Path, processes: int, assay: str) -> None:
        self.rows, self.work, self.processes, self.assay = rows, work, processes, assay
        self.environments = {row["env"]: put_together(row, shelf) for row in rows}
        for folder in ("dumps", "states", "loads"):
            (work / folder).mkdir(parents=True, exist_ok=True)

    def run(self, name: str, worker: str, *arguments: str) -> int:
        environment = self.environments[name]
        variables = {**environment.variables(), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
        with open(self.work / "workers.log", "ab") as log:
            command = [environment.python, "-S", str(HERE / worker), *arguments]
            return subprocess.run(command, env=variables, stdout=log, stderr=log, check=False).returncode

    def until_done(self, name: str, worker: str, *arguments: str) -> None:
        """A model that ends the process is noted by the next one, which goes on behind it."""
        for _ in range(40):
            if self.run(name, worker, *arguments) == 0:
                return
        raise RuntimeError(f"{name}: {worker} did not come to an end; see {self.work / 'workers.log'}")

    def all(self, jobs: List[List[str]]) -> None:
        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            for place, _ in enumerate(pool.map(lambda job: self.until_done(*job), jobs), 1):
                if place % 10 == 0 or place == len(jobs):
                    print(f"{place} of {len(jobs)}", flush=True)

    def dump(self) -> None:
        jobs = []
        for row in self.rows:
            packs = ["sklearn"] + (["boosting"] if row["xgboost"] or row["lightgbm"] else [])
            jobs.append([row["env"], "dump_worker.py", str(self.work / "dumps" / row["env"]), *packs])
        self.all(jobs)

    def journal(self, name: str) -> List[Dict[str, object]]:
        with open(self.work / "dumps" / name / "journal.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def states(self) -> None:
        """Asks only about keys that some state of the class lacks: the others are in every file."""
        sometimes: Dict[str, Set[str]] = collections.defaultdict(set)
        always: Dict[str, Set[str]] = {}
        for name in self.environments:
            for entry in self.journal(name):
                for kind, lists in entry.get("states", {}).items():  # type: ignore[attr-defined]
                    final = kind.rpartition(":")[2]
                    for keys in lists:
                        sometimes[final] |= set(keys)
                        always[final] = always.get(final, set(keys)) & set(keys)
        kinds = {kind for name in self.environments for entry in self.journal(name) for kind in entry.get("states", {})}  # type: ignore[attr-defined]
        keys = {kind: sorted(sometimes[kind.rpartition(":")[2]] - always[kind.rpartition(":")[2]]) for kind in sorted(kinds)}
        wanted = self.work / "states" / "keys.json"
        wanted.write_text(json.dumps({kind: some for kind, some in keys.items() if some}, indent=1), encoding="utf-8")
        jobs = []
        for name in self.environments:
            out = self.work / "states" / f"{name}.jsonl"
            if not out.exists():
                jobs.append([name, "state_worker.py", str(self.work / "dumps"), name, str(wanted), str(out)])
        self.all(jobs)

    def objects(self) -> None:
        """The objects of each dump, in the words that rules are written in."""
        def read(name: str) -> None:
            out = self.work / "objects" / f"{name}.jsonl"
            if out.exists():
                return
            out.parent.mkdir(exist_ok=True)
            with open(out.with_suffix(".part"), "w", encoding="utf-8") as file:
                for path in sorted((self.work / "dumps" / name).glob("*.pkl")):
                    done = subprocess.run([self.assay, "inspect", "--json", str(path)], stdout=subprocess.PIPE, check=False)  # exit 6 is a verdict
                    objects = json.loads(done.stdout)["inspection"]["objects"]
                    kept = [{key: each[key] for key in ("class", "state")} for each in objects]
                    file.write(json.dumps({"model": path.stem, "objects": kept}) + "\n")
            out.with_suffix(".part").rename(out)

        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            list(pool.map(read, self.environments))

    def loads(self) -> None:
        jobs = []
        for loaded_with in self.environments:
            for dumped_with in self.environments:
                if not (self.work / "loads" / loaded_with / f"{dumped_with}.csv").exists():
                    jobs.append([loaded_with, "load_worker.py", str(self.work / "dumps"), str(self.work / "loads"), dumped_with, loaded_with])
        random.Random(0).shuffle(jobs)  # what is broken off has seen something of everything
        self.all(jobs)

    def loaded(self) -> List[Path]:
        """The files of loads among these environments."""
        paths = [self.work / "loads" / loaded_with / f"{dumped_with}.csv" for loaded_with in self.environments for dumped_with in self.environments]
        return sorted(path for path in paths if path.exists())

    def collect(self) -> None:
        """Distances lose half their digits where they are taken from squares: what differs by less than 1e-6 is close."""
        with open(self.work / "pairs.csv", "w", newline="", encoding="utf-8") as out:
            table = csv.writer(out, lineterminator="\n")
            table.writerow([*pairs.COLUMNS, "set_aside"])
            for path in self.loaded():
                with open(path, newline="", encoding="utf-8") as file:
                    rows = list(csv.reader(file))
                for row in rows:
                    gap = re.search(r": max ([0-9.e+-]+)$", row[7])
                    if row[4] == "different" and gap and 0 < float(gap[1]) < 1e-6:
                        row[4:6] = ["close", ""]
                    table.writerow([*row, pairs.why(row[0], row[2], row[3])])

    def report(self) -> None:
        for name in self.environments:
            entries = self.journal(name)
            print(f"{name}: {sum(bool(entry['fitted']) for entry in entries)} of {len(entries)} fitted")
        outcomes: Dict[str, int] = collections.Counter()
        for path in self.loaded():
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.reader(file):
                    outcomes[row[4] if row[2] != row[3] else "same environment: " + row[4]] += 1
        print(f"{sum(outcomes.values())} loads: {dict(outcomes)}")


    def publish(self) -> None:
        kept = ROOT / "tests" / "data" / "compatibility"
        kept.mkdir(parents=True, exist_ok=True)
        with open(self.work / "pairs.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        names = sorted(self.environments, key=list(self.environments).index)
        letters: Dict[Tuple[str, str], List[str]] = {}
        for row in rows:
            line = letters.setdefault((row["model"], row["format"]), ["."] * len(names) ** 2)
            line[names.index(row["dumped_with"]) * len(names) + names.index(row["loaded_with"])] = LETTERS[row["outcome"]]
        text = HEAD + "environments " + " ".join(names) + "\n"
        text += "".join(f"{model} {suffix} {''.join(line)}\n" for (model, suffix), line in sorted(letters.items()))
        (kept / "loads.txt.xz").write_bytes(lzma.compress(text.encode(), preset=9))
        self.publish_sample(kept, rows)

    def publish_sample(self, kept: Path, rows: List[Dict[str, str]]) -> None:
        """Of every third environment the small dumps of every third model, and their loads among each other."""
        names = list(self.environments)[1::3]
        models = {path.stem for path in (self.work / "dumps" / names[-1]).glob("*.*") if path.suffix in (".joblib", ".pkl") and path.stat().st_size < 3500}
        models = {model for model in models if zlib.crc32(f"sample {model}".encode()) % 3 == 0 and not model.startswith("Variant_") or model in SILENT}
        chosen = [row for row in rows if row["model"] in models and row["format"] == ("pkl" if row["model"].startswith("Variant_") else "joblib")
                  and row["dumped_with"] in names and row["loaded_with"] in names]
        columns = [column for column in rows[0] if column not in ("version_warning", "cause", "secondary")]
        with open(kept / "pairs.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            table.writeheader()
            for row in chosen:
                table.writerow({**row, "message": row["message"][:60]})
        with zipfile.ZipFile(kept / "dumps.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for place in sorted({f"{row['dumped_with']}/{row['model']}.{row['format']}" for row in chosen}):
                # Without a time, so that the same dumps make the same archive.
                archive.writestr(zipfile.ZipInfo(place), (self.work / "dumps" / place).read_bytes(), zipfile.ZIP_DEFLATED, 9)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shelf", type=Path, help="where wheels are unpacked; default: WORK/shelf")
    parser.add_argument("--environments", type=Path, default=HERE / "environments.csv")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="of the environments, these")
    parser.add_argument("--assay", default=os.environ.get("ASSAY_BIN", "assay"))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    arguments = parser.parse_args()
    with open(arguments.environments, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not arguments.only or row["env"] in arguments.only]
    shelf = Shelf(arguments.cache, arguments.shelf or arguments.work / "shelf")
    for folder in (shelf.cache, shelf.work):
        folder.mkdir(parents=True, exist_ok=True)
    machine = Machine(rows, shelf, arguments.work, arguments.processes, arguments.assay)
    for part in arguments.parts or PARTS:
        print(f"{part}:", flush=True)
        getattr(machine, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
