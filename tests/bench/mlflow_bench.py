#!/usr/bin/env python3
"""assay beside the genuine `mlflow server`, under the same requests of MLflow's protocol.

    tests/bench/mlflow_bench.py --assay BINARY --mlflow VENV [--only NAMES] [--servers KEYS] [--quick] [--runs N] [--versions N]
                                [--scratch DIR] [--json FILE] [--markdown FILE]

VENV is an environment with `pip install mlflow scikit-learn`. Three servers come one after the other, each alone on the machine: assay; mlflow with
one worker and no background jobs, which is the least that it can be; mlflow as `mlflow server` starts it. SQLite and the local disk for all. What
is measured (--only, with commas): start (time, idle memory), health, rates (reads and writes at 1, 8 and 32 clients), burst (32 clients, five runs
each), history (a metric of 100,000 points), artifacts (100 MB and 1 GB), flow (the genuine client, in VENV), searches (100,000 runs, 100,000
versions of a model). --servers: assay, one, default. --quick is for trying the script: its sizes are small, and its figures are none.

Needs the target http_load beside the binary, or named by --load.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent / "tracking"))
from assay_process import machine, report, scratch  # noqa: E402
from figures import Figures, Judge, Verdict, markdown, print_tables, shown, tables  # noqa: E402
from filled import fill, measure_searches  # noqa: E402
from peers import Assay, MlflowDefault, MlflowOneWorker, Peer, own_environment  # noqa: E402
from rates import CLIENTS, READS, WRITES, Seeded, Sizes, label, measure_burst, measure_health, measure_reads, measure_writes, seed  # noqa: E402
from transfers import Source, measure_artifacts, measure_history  # noqa: E402
from wire import Load  # noqa: E402

SECTIONS = ("start", "health", "rates", "burst", "history", "artifacts", "flow", "searches")
OURS, ONE, DEFAULT = Assay.name, MlflowOneWorker.name, MlflowDefault.name


class Extent(NamedTuple):
    starts: int
    settle: float  # seconds that a server may take to come to rest
    rates: Sizes
    burst: int  # runs of each of 32 clients
    points: int
    files: List[Tuple[int, int]]  # bytes, how often
    flows: int
    runs: int
    versions: int
    search_seconds: float


FULL = Extent(3, 90, Sizes(3, 4, 60, 20, 150), 5, 100_000, [(100_000_000, 3), (1_000_000_000, 2)], 5, 100_000, 100_000, 8)
QUICK = Extent(1, 40, Sizes(1, 0.5, 2, 3, 20), 1, 3_000, [(2_000_000, 2), (8_000_000, 1)], 1, 1_000, 1_000, 0.5)


def measure_start(peer: Peer, figures: Figures, extent: Extent, first: float) -> None:
    figures.add("start and memory", "start, new directory", "ms", first * 1000)
    times = []
    for _ in range(extent.starts):
        peer.stop()
        times.append(peer.start() * 1000)
    figures.add("start and memory", "start, again", "ms", statistics.median(times), rounds=times)
    share = peer.come_to_rest(extent.settle)
    figures.add("start and memory", "processes", "", len(peer.processes()))
    figures.add("start and memory", "memory, idle", "MB", peer.memory() / 1e6)
    figures.add("start and memory", "CPU, idle", "% of a core", 100 * share)


def measure_flow(peer: Peer, figures: Figures, extent: Extent, venv: Path, folder: Path) -> None:
    folder.mkdir()
    script = Path(__file__).resolve().parent / "tracking" / "client_flow.py"
    done = subprocess.run([str(venv / "bin" / "python"), str(script), peer.url, str(extent.flows)], cwd=folder, env=own_environment(folder),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise RuntimeError(f"the client failed against {peer.name}:\n{done.stdout}{done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    section = "the genuine client: a run, 10 + 10 values, log_model, register, alias, 2 loads"
    figures.add(section, "whole flow", "s", statistics.median(found["seconds"]), **found)
    figures.add(section, "whole flow: in HTTP", "s", statistics.median(found["http_seconds"]), requests=statistics.median(found["requests"]))


def measure(peer: Peer, load: Load, figures: Figures, extent: Extent, wanted: List[str], venv: Path, folder: Path) -> None:
    """Everything but the searches, over a small registry. What fails is told, and the rest goes on."""
    first = peer.start()
    seeded = Seeded("0", [], [])

    def rates() -> None:
        measure_reads(peer, load, figures, extent.rates, seeded)
        measure_writes(peer, load, figures, extent.rates, seeded.experiment, stalls=peer.name != OURS)
        figures.add("start and memory", "memory, after reads and writes", "MB", peer.memory() / 1e6)

    def artifacts() -> None:
        measure_artifacts(peer, figures, seeded.experiment, Source(folder / "random", extent.files), extent.files)

    steps = {"start": lambda: measure_start(peer, figures, extent, first), "health": lambda: measure_health(peer, load, figures, extent.rates),
             "rates": rates, "burst": lambda: measure_burst(peer, load, figures, seeded.experiment, extent.burst),
             "history": lambda: measure_history(peer, figures, seeded.experiment, extent.points), "artifacts": artifacts,
             "flow": lambda: measure_flow(peer, figures, extent, venv, folder / f"client-{peer.key}")}
    try:
        if "start" not in wanted:
            peer.come_to_rest(extent.settle)
        if set(wanted) & {"rates", "burst", "history", "artifacts"}:
            seeded = seed(peer, extent.rates.seeds)
        for name, step in steps.items():
            if name not in wanted:
                continue
            try:
                step()
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                figures.fail(name, error)
    finally:
        peer.stop()


def measure_filled(peer: Peer, load: Load, figures: Figures, extent: Extent, folder: Path) -> None:
    try:
        begin = time.monotonic()
        rates = fill(peer, load, extent.runs, extent.versions, folder / "template.db")
        print(f"    filled in {time.monotonic() - begin:.0f} s {', '.join(f'{name} {rate:.0f}/s' for name, rate in rates.items())}", flush=True)
        start = peer.start()
        peer.come_to_rest(extent.settle)
        figures.add("searches", f"start with {extent.runs:,} runs and {extent.versions:,} versions", "ms", start * 1000, filled_per_s=rates)
        measure_searches(peer, figures, extent.runs, extent.versions, extent.search_seconds, extent.settle)
        figures.add("searches", "memory, after the searches", "MB", peer.memory() / 1e6)
    except (RuntimeError, OSError, http.client.HTTPException) as error:
        figures.fail("searches", error)
    finally:
        peer.stop()


def verdicts_of(by_server: Dict[str, Figures]) -> List[Verdict]:
    judge = Judge(by_server, OURS)
    for name, peer in (("1 worker", ONE), ("default", DEFAULT)):
        for word, kind in (("read", READS), ("write", WRITES)):
            judge.at_least(f"server CPU per {word}, of mlflow with {name}, worst of 1, 8 and 32 clients", 50, peer,
                           [label(one, clients, "server CPU") for one in kind for clients in CLIENTS])
            judge.at_least(f"{word}s per second at 32 clients, of mlflow with {name}", 50, peer, [label(one, 32, "requests") for one in kind])
            judge.at_least(f"the same, of its best at any number of clients, {name}", 50, peer, [label(one, 32, "requests") for one in kind],
                           [[label(one, clients, "requests") for clients in CLIENTS] for one in kind])
    own = by_server[OURS].all.values() if OURS in by_server else []
    judge.at_most("every search", 20, "ms", [figure.label for figure in own if figure.section == "searches" and "of" in figure.label.split()])
    judge.at_most("start", 50, "ms", ["start, new directory", "start, again"])
    judge.at_least("memory when idle, of mlflow with 1 worker and no jobs", 40, ONE, ["memory, idle"])
    judge.at_least("whole flow of the genuine client, of mlflow with 1 worker", 5, ONE, ["whole flow"])
    judge.at_least("whole flow of the genuine client, of mlflow by default", 10, DEFAULT, ["whole flow"])
    judge.at_most("32 clients x 5 runs/create", 0, "failed", ["32 clients x 5 runs/create: failed"])
    return judge.verdicts


def remarks_of(by_server: Dict[str, Figures], venv: Path, quick: bool) -> List[str]:
    about = machine()
    asked = subprocess.run([str(venv / "bin" / "mlflow"), "--version"], capture_output=True, text=True, env=own_environment(Path("/")))
    release = asked.stdout.strip()
    remarks = [f"{about['cpu']}, {about['cores']} cores, Linux {about['kernel']}; {release}, SQLite; clients and server share the machine",
               "`times`: how many times better assay is, whichever direction is the good one"]
    remarks += ["**quick: small sizes, short rounds; no figures to quote**"] if quick else []
    for name, figures in by_server.items():
        remarks += [f"**{name} failed at {failure.splitlines()[0]}**" for failure in figures.failures]
        for figure in figures.all.values():
            if figure.detail.get("given_up"):
                remarks.append(f"{name}: {figure.label} was given up after {figure.value / 1000:g} s, as MLflow's client gives up")
            if figure.label.endswith(": failed") and figure.value > 0:
                remarks.append(f"{name}: {figure.label} {shown(figure.value)} {figure.unit}")
    return remarks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=Path, required=True, metavar="BINARY")
    parser.add_argument("--mlflow", type=Path, required=True, metavar="VENV")
    parser.add_argument("--load", type=Path, metavar="BINARY", help="http_load; default beside assay")
    parser.add_argument("--only", default=",".join(SECTIONS), metavar="NAMES")
    parser.add_argument("--servers", default="assay,one,default", metavar="KEYS")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--runs", type=int, metavar="N", help="that are searched")
    parser.add_argument("--versions", type=int, metavar="N", help="that are searched")
    parser.add_argument("--scratch", metavar="DIR", help="a folder on the disk to measure; default build/scratch")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--markdown", metavar="FILE")
    arguments = parser.parse_args()
    wanted = [name for name in SECTIONS if name in arguments.only.split(",")]
    program = arguments.load or arguments.assay.parent / "http_load"
    for path in (arguments.assay, program, arguments.mlflow / "bin" / "mlflow"):
        if not os.access(path, os.X_OK):
            sys.exit(f"error: {path} is not there")
    if set(arguments.only.split(",")) - set(SECTIONS) or not wanted:
        sys.exit(f"error: --only takes {', '.join(SECTIONS)}")
    arguments.assay, arguments.mlflow = arguments.assay.absolute(), arguments.mlflow.absolute()
    extent = QUICK if arguments.quick else FULL
    extent = extent._replace(runs=arguments.runs or extent.runs, versions=arguments.versions or extent.versions)

    by_server: Dict[str, Figures] = {}
    with scratch(arguments.scratch) as folder:
        load = Load(program.absolute(), folder / "load")
        makers: List[Tuple[str, str, Any]] = [(Assay.key, Assay.name, lambda where: Assay(where, arguments.assay)),
                                              (MlflowOneWorker.key, MlflowOneWorker.name, lambda where: MlflowOneWorker(where, arguments.mlflow)),
                                              (MlflowDefault.key, MlflowDefault.name, lambda where: MlflowDefault(where, arguments.mlflow))]
        for key, name, make in makers:
            if key not in arguments.servers.split(","):
                continue
            print(name, flush=True)
            figures = by_server.setdefault(name, Figures())
            if set(wanted) - {"searches"}:
                measure(make(folder / key), load, figures, extent, wanted, arguments.mlflow, folder)
                shutil.rmtree(folder / key)
            if "searches" in wanted:
                measure_filled(make(folder / f"{key}-filled"), load, figures, extent, folder)
                shutil.rmtree(folder / f"{key}-filled")
            if arguments.json:  # what there is, should a later server end the script
                Path(arguments.json).write_text(json.dumps({name: some.json() for name, some in by_server.items()}) + "\n")

    verdicts = [verdict._replace(tried=arguments.quick) for verdict in verdicts_of(by_server)]
    remarks = remarks_of(by_server, arguments.mlflow, arguments.quick)
    header, sections = tables(by_server, OURS)
    print()
    print_tables(header, sections)
    print()
    for verdict in verdicts:
        print(f"{verdict.word.ljust(12)}  {verdict.target}: wanted {verdict.wanted}, found {verdict.found}")
    for remark in remarks:
        print(f"note: {remark}")
    if arguments.markdown:
        Path(arguments.markdown).write_text(markdown(header, sections, verdicts, remarks))
    report("mlflow", {"quick": arguments.quick, "servers": {name: figures.json() for name, figures in by_server.items()},
                      "targets": [verdict._asdict() for verdict in verdicts]}, arguments.json)
    if OURS in by_server and by_server[OURS].failures:
        sys.exit("error: assay failed at something")


if __name__ == "__main__":
    main()
