#!/usr/bin/env python3
"""Measures whether our re-creation of fitted scikit-learn pipelines predicts as the genuine library does.

    scripts/measure_predictions.py --cache DIR --work DIR [--assay BINARY] [--only ENV…] [--models GLOB] [PART …]

Pipelines of everything that is re-created (scripts/predictions/) are fitted in each environment on rows as people have them, dumped, and asked
about 1,000 rows that they have not seen, some with categories and holes that the training rows lack. Environments are put together as
measure_compatibility.py does. Each part goes on where it was ended, but compare, which asks another binary every time.

  dump     fit, dump and ask        WORK/ENV/NAME.joblib, .pkl, .cloudpickle, .skops, NAME.sample.json, journal.jsonl
  compare  ask ours, bit by bit     WORK/ENV/compare.csv
  report   count what came of it, as Markdown; of models `every+CLASS` (each class that a release lists) and `random+SEED-DEPTH` (pipelines
           at random) also which are answered, and why the others are not
"""

import argparse
import concurrent.futures
import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

from measure_compatibility import put_together
from predictions import compare, coverage
from provides.environments import Environment, Shelf, order

HERE = Path(__file__).resolve().parent
PARTS = ("dump", "compare", "report")
# One environment of each minor release, those first that were asked for first.
ENVIRONMENTS = ("sk1.9.1-np2.4 sk0.20.4-np1.16 sk1.2.2-np1.24 sk1.5.2-np2.1 sk0.24.2-np1.19 sk1.0.2-np1.21 sk1.3.2-np1.26 sk1.7.2-np2.2 "
                "sk0.22.2-np1.18 sk1.1.3-np1.22 sk1.4.2-np1.26 sk1.6.1-np2.2 sk1.8.0-np2.3 sk0.21.3-np1.17 sk0.23.2-np1.18").split()
SKOPS = (("skops", "0.13.0"),)
RESTARTS = 40


def with_skops(row: Dict[str, str], shelf: Shelf) -> Environment:
    """The environment, with skops where it can be imported."""
    environment = put_together(row, shelf)
    if order(row["scikit-learn"]) < (1, 0) or order(row["python"]) < (3, 9):
        return environment
    return environment._replace(folders=environment.folders + tuple(shelf.folder(*wanted, row["python"]) for wanted in SKOPS))


class Machine:
    def __init__(self, rows: List[Dict[str, str]], shelf: Shelf, arguments: argparse.Namespace) -> None:
        self.rows, self.shelf, self.work = {row["env"]: row for row in rows}, shelf, arguments.work
        self.processes, self.assay, self.models, self.formats = arguments.processes, arguments.assay, arguments.models, arguments.formats

    def dump_in(self, name: str) -> None:
        """A model that ends the process is noted by the next one, which goes on behind it."""
        environment = with_skops(self.rows[name], self.shelf)
        variables = {**environment.variables(), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
        command = [environment.python, "-S", str(HERE / "predictions" / "dump_worker.py"), str(self.work / name), self.models]
        for _ in range(RESTARTS):
            with open(self.work / "workers.log", "ab") as log:
                if subprocess.run(command, env=variables, stdout=log, stderr=log, check=False).returncode == 0:
                    break
        else:
            raise RuntimeError(f"{name}: dump_worker.py did not come to an end; see {self.work / 'workers.log'}")
        entries = compare.journal(self.work / name, self.models)
        seeds = {entry["training_seed"] for entry in entries if entry["fitted"]}
        print(f"{name}: {sum(entry['fitted'] for entry in entries)} of {len(entries)} fitted, training rows of seed {seeds}", flush=True)

    def dump(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            list(pool.map(self.dump_in, self.rows))

    def compare(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(self.processes) as pool:
            for name in self.rows:
                folder = self.work / name
                models = [entry["name"] for entry in compare.journal(folder, self.models) if entry["fitted"]]
                with open(folder / "compare.csv", "w", newline="", encoding="utf-8") as file:
                    table = csv.DictWriter(file, compare.COLUMNS, lineterminator="\n")
                    table.writeheader()
                    for lines in pool.map(lambda model, folder=folder: compare.compare_model(self.assay, folder, model, self.formats), models):
                        table.writerows(lines)
                print(f"{name}: {len(models)} models compared", flush=True)

    def report(self) -> None:
        folders = [self.work / name for name in self.rows if (self.work / name / "compare.csv").exists()]
        compare.report(folders, self.models)
        coverage.report(folders, self.models)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--shelf", type=Path, help="where wheels are unpacked; default: WORK/shelf")
    parser.add_argument("--environments", type=Path, default=HERE / "compatibility" / "environments.csv")
    parser.add_argument("--only", nargs="*", default=[], metavar="ENV", help="these environments; default: one of each minor release")
    parser.add_argument("--models", default="*", metavar="GLOB", help="models whose names are like this")
    parser.add_argument("--formats", nargs="*", default=compare.FORMATS, choices=[*compare.FORMATS, []], help="of the files that ours is asked about")
    parser.add_argument("--assay", default=os.environ.get("ASSAY_BIN", "assay"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    arguments = parser.parse_args()
    with open(arguments.environments, newline="", encoding="utf-8") as file:
        known = {row["env"]: row for row in csv.DictReader(file)}
    shelf = Shelf(arguments.cache, arguments.shelf or arguments.work / "shelf")
    for folder in (shelf.cache, shelf.work, arguments.work):
        folder.mkdir(parents=True, exist_ok=True)
    machine = Machine([known[name] for name in arguments.only or ENVIRONMENTS], shelf, arguments)
    for part in arguments.parts or PARTS:
        print(f"{part}:", file=sys.stderr, flush=True)
        getattr(machine, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
