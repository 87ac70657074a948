#!/usr/bin/env python3
"""How far fuzzing gets into the readers of artifact/: inputs per second, edges and lines reached, crashes.

    tests/bench/fuzz_readers.py [--seconds 600] [--targets NAME ...] [--coverage] [--minimise] [--work FOLDER] [--json FILE]

Each target of TARGETS runs, one after the other, until it has used --seconds of CPU time; a run that a finding ends is started again.
It begins with its seeds in tests/fuzz/corpus/, with the models of tests/data/artifacts where it takes them, and with what earlier
runs left in build/fuzz/NAME/found (--work names another folder). What it finds is kept in build/fuzz/NAME/findings, its output in
build/fuzz/NAME/log.*. --seconds 0 runs nothing.

joblib has no target of its own: its containers (zlib, gzip, bz2, lzma, xz, lz4, z-files) and its arrays in place are what the first
bytes say, and the target pickle gives such bytes to inspect() as they are.

--coverage builds the same targets with clang's source coverage and without sanitizers (preset coverage), gives them all inputs once
more, and prints which lines of artifact/ they reach. The files of held-out samples are left out: they have a target of their own, sample.

--minimise puts those inputs that reach an edge which no seed reaches into tests/fuzz/corpus/, none larger
than KEPT_INPUT_BYTES, small ones first, and not more than KEPT_FILES and KEPT_BYTES for a target.

Exits 1 when something was found. Needs clang-19, for --coverage also llvm-19 (scripts/install_deps bench).
"""

import argparse
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]
from assay_process import print_table, report  # noqa: E402
from run_tests import ASAN, SANITIZER, compile_preset, show  # noqa: E402

MODELS = ROOT / "tests" / "data" / "artifacts"
TARGETS: Dict[str, Tuple[Path, ...]] = {"pickle": (MODELS,), "npy": (), "zip": (), "skops": (), "onnx": (), "pmml": (), "safetensors": (), "mlmodel": ()}
COVERAGE = ROOT / "build" / "coverage"
LIMITS = ("-timeout=20", "-rss_limit_mb=2048", "-malloc_limit_mb=256")  # as scripts/test fuzz has them
MAX_FINDINGS = 20  # of a target, after which it is given up: a seed may crash it
KEPT_FILES, KEPT_BYTES, KEPT_INPUT_BYTES = 300, 1 << 20, 1 << 13  # of a corpus in the repository, and of one input that is added
FINDINGS = {"crash": "crashes", "leak": "crashes", "timeout": "timeouts", "oom": "ooms"}  # by the first word of the file's name


class Folders(NamedTuple):
    """Of one target."""

    seeds: Path
    found: Path
    findings: Path
    logs: Path
    given: Tuple[Path, ...]  # all that it starts from

    @staticmethod
    def of(work: Path, name: str) -> "Folders":
        own = work / name
        folders = Folders(ROOT / "tests" / "fuzz" / "corpus" / name, own / "found", own / "findings", own, ())
        for folder in (folders.found, folders.findings):
            folder.mkdir(parents=True, exist_ok=True)
        return folders._replace(given=(folders.found, folders.seeds, *TARGETS[name]))

    def inputs(self) -> int:
        return sum(path.is_file() for folder in self.given for path in folder.iterdir())


def build(preset: str, names: List[str]) -> None:
    code, output = compile_preset(preset, "--target", *(f"{name}_fuzz" for name in names))
    if code != 0:
        show(output)
        sys.exit(f"error: the preset {preset} was not built")


# --- fuzzing --------------------------------------------------------------------------------------------------------------------------


def cpu_seconds(pid: int) -> float:
    """User and system time of a process that runs, from proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_for(command: List[str], seconds: float, log: Path) -> Tuple[float, int]:
    """Runs a fuzz target until it ends or has used so much CPU time; (how much it used, its exit code, which is 0 without a finding)."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **SANITIZER}, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    stopped_at = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime, process.returncode
        if not stopped_at and cpu_seconds(process.pid) >= seconds:
            process.send_signal(signal.SIGTERM)  # it prints its figures and ends
            stopped_at = time.monotonic()
        elif stopped_at and time.monotonic() - stopped_at > 60:
            process.kill()
        time.sleep(0.2)


def findings_in(folder: Path) -> Dict[str, int]:
    """All that lie there: those of earlier runs count until they are mended and deleted."""
    counts = collections.Counter(FINDINGS.get(path.name.partition("-")[0], "") for path in folder.iterdir())
    return {kind: counts[kind] for kind in ("crashes", "timeouts", "ooms")}


def fuzz(name: str, folders: Folders, seconds: float) -> Dict[str, Any]:
    before, begin = folders.inputs(), time.monotonic()
    used, executions, edges, runs = 0.0, 0, 0, 0
    while used < seconds and runs <= MAX_FINDINGS:
        runs += 1
        log = folders.logs / f"log.{runs}"
        spent, code = run_for([str(ASAN / "fuzz" / f"{name}_fuzz"), *LIMITS, "-print_final_stats=1", f"-artifact_prefix={folders.findings}/",
                               *map(str, folders.given)], seconds - used, log)
        used += spent
        text = log.read_text(errors="replace")
        executed = re.findall(r"^stat::number_of_executed_units:\s*(\d+)", text, flags=re.M)
        if not executed:
            show(text[-4000:])
            sys.exit(f"error: {name} ended without its figures")
        executions += int(executed[-1])
        edges = max([edges, *map(int, re.findall(r" cov: (\d+)", text))])
        if code == 0:
            break  # the time is over, or somebody ended it
    return {"target": name, "cpu_seconds": used, "wall_seconds": time.monotonic() - begin, "executions": executions, "per_second": executions / max(used, 0.01),
            "edges": edges, **findings_in(folders.findings), "corpus_before": before, "corpus_after": folders.inputs()}


def print_fuzzed(rows: List[Dict[str, Any]]) -> None:
    print_table(["target", "CPU s", "executions", "per CPU s", "edges", "crashes/timeouts/ooms", "corpus before", "after"],
                [[row["target"], f"{row['cpu_seconds']:.0f}", row["executions"], f"{row['per_second']:.0f}", row["edges"],
                  f"{row['crashes']}/{row['timeouts']}/{row['ooms']}", row["corpus_before"], row["corpus_after"]] for row in rows])


# --- coverage -------------------------------------------------------------------------------------------------------------------------


def measure_coverage(names: List[str], work: Path) -> Dict[str, Any]:
    """(covered, all) lines of each file of artifact/, by its path."""
    tools = {tool: shutil.which(f"{tool}-19") for tool in ("llvm-profdata", "llvm-cov")}
    if None in tools.values():
        sys.exit("error: llvm-cov-19 and llvm-profdata-19 are not installed (scripts/install_deps bench)")
    build("coverage", names)
    binaries = [COVERAGE / "fuzz" / f"{name}_fuzz" for name in names]
    profiles = []
    for name, binary in zip(names, binaries):
        profiles.append(work / name / "replay.profraw")
        subprocess.run([binary, "-runs=0", *Folders.of(work, name).given], cwd=ROOT, env={**os.environ, "LLVM_PROFILE_FILE": str(profiles[-1])}, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    merged = work / "replay.profdata"
    subprocess.run([tools["llvm-profdata"], "merge", "-sparse", "-o", merged, *profiles], check=True)
    objects = [argument for binary in binaries[1:] for argument in ("-object", str(binary))]
    exported = subprocess.run([tools["llvm-cov"], "export", "-summary-only", f"-instr-profile={merged}", str(binaries[0]), *objects],
                              check=True, stdout=subprocess.PIPE).stdout
    lines = {}
    for file in json.loads(exported)["data"][0]["files"]:
        path = re.search(r"(?:^|/)(artifact/(?!sample)[^:]*)$", file["filename"])
        if path and "/tests/" not in file["filename"]:
            lines[path.group(1)] = (file["summary"]["lines"]["covered"], file["summary"]["lines"]["count"])
    return lines


def print_coverage(lines: Dict[str, Tuple[int, int]]) -> None:
    folders: Dict[str, List[Tuple[int, int]]] = collections.defaultdict(list)
    for path, counts in lines.items():
        folders[path.rpartition("/")[0]].append(counts)
    rows = [(folder, sum(covered for covered, _ in counts), sum(count for _, count in counts)) for folder, counts in sorted(folders.items())]
    rows.append(("total", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    print_table(["lines of", "reached", "of", "%"], [[name, covered, count, f"{100 * covered / max(count, 1):.1f}"] for name, covered, count in rows])
    print("least reached:")
    for path, (covered, count) in sorted(lines.items(), key=lambda item: item[1][0] - item[1][1])[:10]:
        print(f"  {count - covered:4} lines of {count:4}  {path}")


# --- the corpora of the repository ----------------------------------------------------------------------------------------------------


def minimise(name: str, folders: Folders) -> Dict[str, int]:
    """Adds to the seeds what reaches more edges than they do, within the limits."""
    stage, candidates = folders.logs / "stage", folders.logs / "candidates"
    for folder in (stage, candidates):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    seeds = list(folders.seeds.iterdir())
    for path in seeds:
        shutil.copyfile(path, stage / path.name)
    for path in (path for folder in (folders.found, *TARGETS[name]) for path in folder.iterdir()):
        if path.stat().st_size <= KEPT_INPUT_BYTES:
            shutil.copyfile(path, candidates / path.name)
    # Without counters an edge is one fact, however often it is taken: a tenth of the inputs; a set cover is half of these.
    merge = [ASAN / "fuzz" / f"{name}_fuzz", "-set_cover_merge=1", "-use_counters=0", *LIMITS, f"-artifact_prefix={folders.findings}/"]
    with (folders.logs / "log.merge").open("wb") as output:
        subprocess.run([*merge, stage, candidates], cwd=ROOT, env={**os.environ, **SANITIZER}, check=True, stdout=output, stderr=output)
    added = [path for path in stage.iterdir() if path.name not in {seed.name for seed in seeds}]
    files, size, kept = len(seeds), sum(path.stat().st_size for path in seeds), 0
    for path in sorted(added, key=lambda path: (path.stat().st_size, path.name)):
        bytes_ = path.stat().st_size
        if files == KEPT_FILES or size + bytes_ > KEPT_BYTES:
            break
        shutil.copyfile(path, folders.seeds / path.name)
        files, size, kept = files + 1, size + bytes_, kept + 1
    return {"added": kept, "left_out": len(added) - kept, "files": files, "bytes": size}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="CPU time of each target")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS), metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--coverage", action="store_true", help="which lines of artifact/ all inputs reach")
    parser.add_argument("--minimise", action="store_true", help="add what was found to tests/fuzz/corpus")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "fuzz", help="where inputs and findings are kept")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]

    work = arguments.work.resolve()
    folders = {name: Folders.of(work, name) for name in arguments.targets}
    fuzzed, lines, corpora = [], {}, {}
    if arguments.seconds > 0 or arguments.minimise:
        build("asan", arguments.targets)
    if arguments.seconds > 0:
        for name in arguments.targets:
            fuzzed.append(fuzz(name, folders[name], arguments.seconds))
            print(f"  {name}: {fuzzed[-1]['edges']} edges, {fuzzed[-1]['executions']} executions, {fuzzed[-1]['wall_seconds']:.0f} s")
        print_fuzzed(fuzzed)
    if arguments.coverage:
        lines = measure_coverage(arguments.targets, work)
        print_coverage(lines)
    if arguments.minimise:
        corpora = {name: minimise(name, folders[name]) for name in arguments.targets}
        print_table(["corpus", "added", "left out", "files", "bytes"], [[name, *corpus.values()] for name, corpus in corpora.items()])
    report("fuzz_readers", {"seconds": arguments.seconds, "targets": fuzzed, "lines": lines, "corpora": corpora}, arguments.json)
    sys.exit(1 if any(row["crashes"] + row["timeouts"] + row["ooms"] for row in fuzzed) else 0)


if __name__ == "__main__":
    main()
