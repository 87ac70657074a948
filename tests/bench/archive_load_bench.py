#!/usr/bin/env python3
"""How long a large forest takes to load, and how large it is: the archive of `assay convert` beside the joblib file that it was made from.

    build/venv/bin/python tests/bench/archive_load_bench.py [--build build/release] [--trees 400] [--runs 5]

Prints JSON: sizes, the best of several loads each in seconds, and ratios. `copy` is a copy of as many bytes as the archive has, in memory: no load is
faster. What is loaded answers the same rows the same, bit for bit, or the bench ends with an error.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier

SEED = 20261201
ROWS, FEATURES = 12_000, 20


def best(runs, action):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    random = np.random.default_rng(SEED)
    rows = random.normal(size=(ROWS, FEATURES))
    target = (rows[:, 0] + np.sin(3 * rows[:, 1]) + 0.8 * random.normal(size=ROWS) > 0).astype(int)
    forest = RandomForestClassifier(arguments.trees, random_state=0, n_jobs=-1).fit(rows, target)
    forest.n_jobs = 1
    with tempfile.TemporaryDirectory(prefix="assay-archive-bench-") as folder:
        files = {"joblib": Path(folder) / "forest.joblib", "archive": Path(folder) / "forest.assay"}
        sample = Path(folder) / "sample.json"
        joblib.dump(forest, files["joblib"])
        subprocess.run([arguments.build / "assay", "convert", files["joblib"], "--to", "assay", "-o", files["archive"]], check=True,
                       stdout=subprocess.DEVNULL)
        asked = rows[:50]
        sample.write_text(json.dumps({
            "schema": "assay.sample/1", "rows": len(asked),
            "input": {"kind": "matrix", "type": "float64", "shape": list(asked.shape), "values": asked.tolist()},
            "outputs": {"predict_proba": {"type": "float64", "shape": [len(asked), 2], "values": forest.predict_proba(asked).tolist()}}}))

        def decode(path):
            done = subprocess.run([arguments.build / "predict_bench", path, sample, "predict_proba", "0.05"], check=True, capture_output=True, text=True)
            return json.loads(done.stdout)["decode_seconds"]

        for path in files.values():
            told = subprocess.run([arguments.build / "assay", "predict", path, "--input", sample, "--json"], check=True, capture_output=True, text=True)
            if json.loads(told.stdout)["outputs"]["predict_proba"]["values"] != forest.predict_proba(asked).tolist():
                print("error: %s answers otherwise" % path, file=sys.stderr)
                return 1
        archive = files["archive"].read_bytes()
        into = bytearray(len(archive))
        view = memoryview(into)

        def copy():
            view[:] = archive

        seconds = {
            "joblib.load": best(arguments.runs, lambda: joblib.load(files["joblib"])),
            "assay: joblib file": min(decode(files["joblib"]) for _ in range(arguments.runs)),
            "assay: archive": min(decode(files["archive"]) for _ in range(arguments.runs)),
            "copy": best(arguments.runs, copy),
        }
        sizes = {name: path.stat().st_size for name, path in files.items()}
        print(json.dumps({
            "nodes": sum(tree.tree_.node_count for tree in forest.estimators_), "sizes": sizes, "seconds": seconds,
            "ratios": {"size": sizes["archive"] / sizes["joblib"], "load": seconds["assay: archive"] / seconds["joblib.load"],
                       "copies": seconds["assay: archive"] / seconds["copy"]}}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
