#!/usr/bin/env python3
"""Holds the methods of mlflow.MlflowClient, called against ours, against the same calls to a genuine MLflow tracking server.

    scripts/mlflow_client.py record --mlflow VENV [--clients FOLDER] [--python PYTHON]
    scripts/mlflow_client.py compare --assay BINARY [--clients FOLDER] [--python PYTHON]
    scripts/mlflow_client.py table --assay BINARY [--out FILE]

The calls are those of tests/support/mlflow_client/, made with the genuine clients of both lines: FOLDER (build/mlflow) holds the folders `3` and
`2` with one each, and PYTHON (build/venv) runs them; scripts/test makes both.

  record   starts the genuine server of a virtual environment on an empty folder for each line, and keeps the answers and the methods that the
           class has: tests/golden/mlflow/client.json
  compare  starts ours, makes the calls, and prints every difference; exits 1 when one has no reason in tests/golden/mlflow/client_differences.json,
           when a reason there explains nothing any more, or when a method is called by no exercise
  table    writes docs/mlflow-client.md: which methods work here
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from scripts.mlflow_answers import one_a_line, shown  # noqa: E402
from tests.support import assay_process  # noqa: E402
from tests.support.genuine_mlflow import genuine_server  # noqa: E402
from tests.support.mlflow_client_comparison import Line, Outcome, read_reasons  # noqa: E402
from tests.support.mlflow_client_run import LINES, golden_of, run_client  # noqa: E402
from tests.support.mlflow_client_table import table  # noqa: E402
from tests.support.mlflow_comparison import Difference, read_golden  # noqa: E402
from tests.support.mlflow_session import Json  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "mlflow" / "client.json"
DIFFERENCES = ROOT / "tests" / "golden" / "mlflow" / "client_differences.json"
TABLE = ROOT / "docs" / "mlflow-client.md"


def release_of(venv: Path) -> str:
    return subprocess.run([str(venv / "bin" / "python"), "-c", "import mlflow.version; print(mlflow.version.VERSION)"],
                          capture_output=True, text=True, check=True).stdout.split()[-1]


def record(arguments: argparse.Namespace) -> int:
    runs: Dict[str, Json] = {}
    for line in LINES:
        # webhooks may name this machine: none is called
        with assay_process.scratch(arguments.scratch) as folder, genuine_server(arguments.mlflow, folder, MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS="true") as port:
            runs[line] = run_client(arguments.python, arguments.clients / line, f"http://127.0.0.1:{port}", folder / "client")
            print(f"{len(runs[line]['answers'])} answers to {len(runs[line]['methods'])} methods of MlflowClient {runs[line]['release']}")
    arguments.answers.write_text(one_a_line(golden_of(release_of(arguments.mlflow), runs)), encoding="ascii")
    return 0


def ask_ours(arguments: argparse.Namespace) -> Outcome:
    os.environ["ASSAY_BIN"] = str(arguments.assay.resolve())
    runs: Dict[str, Json] = {}
    for line in LINES:
        with assay_process.scratch(arguments.scratch) as folder, assay_process.Server(folder / "data") as server:
            runs[line] = run_client(arguments.python, arguments.clients / line, server.url, folder / "client")
    return Outcome(read_golden(arguments.answers), runs, read_reasons(DIFFERENCES))


def told(kind: str, line: Line, name: str, found: Difference, width: int) -> None:
    print(f"{kind} {line.release} {name}\n  {shown(line.asked[name], 300)}\n  {found.part}\n    theirs: {shown(found.theirs, width)}\n"
          f"    ours:   {shown(found.ours, width)}")


def compare(arguments: argparse.Namespace) -> int:
    outcome = ask_ours(arguments)
    faults = 0
    for line in outcome.lines.values():
        comparison = line.comparison
        for name in [*line.order, *sorted(set(comparison.unexplained) - set(line.order))]:
            for found in comparison.unexplained.get(name, []):
                told("DIFFERS", line, name, found, 1200)
            for found, explanation in comparison.explained.get(name, []) if arguments.explained else []:
                told("EXPLAINED", line, name, found, 300)
                print(f"    {explanation.reason}")
        for name in comparison.stale:
            print(f"STALE {line.release} {name}: record again, its arguments are others than those whose answer is kept")
        for method in line.new[0]:
            print(f"NEW {method}: the client has it, {line.release} had not: record again")
        print(f"{line.release}: {comparison.compared()} calls compared: {len(comparison.equal)} equal, {comparison.only_explained()} with explained "
              f"differences, {len(comparison.unexplained)} with unexplained ones")
        faults += len(comparison.unexplained) + len(comparison.stale) + len(line.new[0])
    for reason, where in outcome.unused():
        print(f"UNUSED {where}: nothing differs there any more ({reason})")
    for method in outcome.not_exercised():
        print(f"NOT EXERCISED {method}")
    for method in outcome.unknown():
        print(f"UNKNOWN {method}: no line of the client has it")
    return 1 if faults or outcome.unused() or outcome.not_exercised() or outcome.unknown() else 0


def write_table(arguments: argparse.Namespace) -> int:
    outcome = ask_ours(arguments)
    arguments.out.write_text(table(outcome), encoding="utf-8")
    print(arguments.out)
    return 0


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = whole.add_subparsers(dest="command", required=True)
    commands.add_parser("record", help="ask a genuine server").add_argument("--mlflow", type=Path, required=True, metavar="VENV",
                                                                            help="a virtual environment with the full package")
    for name, text in (("compare", "ask ours"), ("table", "which methods work")):
        commands.add_parser(name, help=text).add_argument("--assay", type=Path, required=True, metavar="BINARY")
    commands.choices["compare"].add_argument("--explained", action="store_true", help="print what is explained, too")
    commands.choices["table"].add_argument("--out", type=Path, default=TABLE, metavar="FILE")
    for command in commands.choices.values():
        command.add_argument("--answers", type=Path, default=GOLDEN, metavar="FILE")
        command.add_argument("--clients", type=Path, default=ROOT / "build" / "mlflow", metavar="FOLDER", help="holds the folders 3 and 2")
        command.add_argument("--python", type=Path, default=ROOT / "build" / "venv" / "bin" / "python", metavar="PYTHON", help="runs the clients")
        command.add_argument("--scratch", metavar="DIR", help="where folders for the servers are made, on a real disk; default: build/scratch")
    return whole


if __name__ == "__main__":
    ARGUMENTS = parser().parse_args()
    sys.exit({"record": record, "compare": compare, "table": write_table}[ARGUMENTS.command](ARGUMENTS))
