#!/usr/bin/env python3
"""Speed and memory of `assay inspect` on a large joblib forest, beside reading the same bytes with other tools.

    tests/bench/inspect_bench.py [--gib 1.0] [--runs 3] [--keep FOLDER] [--json FILE]

Needs scikit-learn in the Python that runs it. A forest of real trees is written raw and with zlib (joblib's compress=3). Each line is the
best of --runs, with the file in the page cache: MB of the file and of what it unpacks to, per second, and the largest resident memory.
Beside it: `sha256sum`, which reads every byte, and zlib's own decompression of the compressed file (Python's zlib, 1 MiB at a time). Then
the same for a file a tenth as large: what an inspection holds must not grow with the arrays.
"""

import argparse
import copy
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import binary, print_table, report, scratch  # noqa: E402

# Starts a command from a process that holds little: what a child's largest memory is reported to be includes that of who forked it.
WATCH = """
import os, sys, time
start = time.perf_counter()
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""

UNZLIB = """
import sys, zlib
decoder = zlib.decompressobj()
with open(sys.argv[1], "rb") as file:
    while block := file.read(1 << 20):
        decoder.decompress(block)
"""


def write_forest(folder, gib):
    """A forest whose trees are copies of a few that were grown on noise, so that they are deep; the size is that of its arrays."""
    import joblib
    import numpy
    from sklearn.ensemble import RandomForestClassifier

    chooser = numpy.random.RandomState(20261129)
    forest = RandomForestClassifier(n_estimators=4, n_jobs=2, random_state=1).fit(chooser.normal(size=(60_000, 8)), chooser.randint(0, 3, 60_000))
    size = sum(tree.tree_.__getstate__()["nodes"].nbytes + tree.tree_.value.nbytes for tree in forest.estimators_) / len(forest.estimators_)
    grown = list(forest.estimators_)
    forest.estimators_ = [copy.deepcopy(grown[i % len(grown)]) for i in range(max(4, round(gib * 2**30 / size)))]
    forest.n_estimators = len(forest.estimators_)
    joblib.dump(forest, folder / "raw.joblib")
    joblib.dump(forest, folder / "zlib.joblib", compress=("zlib", 3))
    return len(forest.estimators_)


def best(command, runs):
    """Seconds of the fastest run, and the largest resident memory of all, in MiB (of 9 and less, that of the Python that starts it)."""
    fastest, largest = float("inf"), 0
    for _ in range(runs):
        seconds, code, memory = subprocess.run([sys.executable, "-I", "-S", "-c", WATCH, *command], check=True, capture_output=True, text=True).stdout.split()
        if code != "0":
            sys.exit(f"{' '.join(command)} ended with {code}")
        fastest, largest = min(fastest, float(seconds)), max(largest, int(memory))
    return fastest, largest / 1024


def measure(folder, gib, runs):
    trees = write_forest(folder, gib)
    raw, packed = folder / "raw.joblib", folder / "zlib.joblib"
    unpacked = raw.stat().st_size
    found = []
    for path, tools in ((raw, ("assay inspect", "sha256sum")), (packed, ("assay inspect", "zlib", "sha256sum"))):
        command = {"assay inspect": [str(binary()), "inspect", str(path), "--json"], "sha256sum": ["sha256sum", str(path)],
                   "zlib": [sys.executable, "-c", UNZLIB, str(path)]}
        for tool in tools:
            seconds, memory = best(command[tool], runs)
            size = path.stat().st_size
            found.append({"file": f"{path.name}, {trees} trees", "file_bytes": size, "unpacked_bytes": unpacked, "tool": tool, "seconds": seconds,
                          "file_mb_s": size / seconds / 1e6, "unpacked_mb_s": unpacked / seconds / 1e6, "peak_rss_mib": memory})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json")
    options = parser.parse_args()
    found = []
    for gib in (options.gib, options.gib / 10):
        if options.keep:
            folder = options.keep / f"{gib:g}"
            folder.mkdir(parents=True, exist_ok=True)
            found += measure(folder, gib, options.runs)
        else:
            with scratch() as folder:
                found += measure(folder, gib, options.runs)
    print_table(["file", "MB", "tool", "s", "MB/s of the file", "MB/s unpacked", "peak MiB"],
                [[row["file"], f"{row['file_bytes'] / 1e6:.0f}", row["tool"], f"{row['seconds']:.2f}", f"{row['file_mb_s']:.0f}",
                  f"{row['unpacked_mb_s']:.0f}", f"{row['peak_rss_mib']:.1f}"] for row in found])
    report("inspect", {"rows": found}, options.json)


if __name__ == "__main__":
    main()
