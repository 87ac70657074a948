#!/usr/bin/env python3
"""Replay of 1,000 stored versions with samples of 100 rows: seconds, and the server's peak memory.

    PYTHON tests/bench/replay_bench.py [--versions 1000]

PYTHON has the package assay, scikit-learn and pandas. Registers pipelines with a forest, boosting or a linear model (20 different ones, each many times),
then times `assay replay --all`; beside it, in the same run, loading the same models with joblib and asking them the same rows.
"""

import argparse
import io
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.support.assay_process import Server, binary, scratch  # noqa: E402

import assay  # noqa: E402
import joblib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

SEED = 20261129


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=1000)
    count = parser.parse_args().versions
    warnings.simplefilter("ignore")
    random = np.random.default_rng(SEED)
    train, rows = random.normal(size=(500, 10)), random.normal(size=(100, 10))
    labels = (train[:, 0] + train[:, 1] > 0).astype(int)
    kinds = [RandomForestClassifier(50, random_state=0), GradientBoostingClassifier(n_estimators=50, random_state=0), LogisticRegression(), RandomForestClassifier(20, max_depth=6, random_state=1)]
    models = [make_pipeline(StandardScaler(), kinds[i % 4]).fit(train + i * 1e-3, labels) for i in range(20)]
    with scratch() as folder:
        server = Server(folder / "data").start()
        os.environ.update(ASSAY_URL=server.url, ASSAY_CONSUMER="bench", ASSAY_CACHE=str(folder / "cache"))
        before = time.perf_counter()
        for i in range(count):
            assay.push(f"model-{i % 20}", models[i % 20], sample=rows, training=("toy", pd.DataFrame({"a": [i]})), metrics={"m": float(i)})
        pushed = time.perf_counter() - before
        start = time.perf_counter()
        done = subprocess.run([str(binary()), "replay", "--all"], stdout=subprocess.PIPE, text=True, check=True, env={**os.environ})
        seconds = time.perf_counter() - start
        peak = server.memory("VmHWM") / 2**20
        server.stop()
    dumped = []
    for model in models:
        buffer = io.BytesIO()
        joblib.dump(model, buffer)
        dumped.append(buffer.getvalue())
    start = time.perf_counter()
    for i in range(count):
        model = joblib.load(io.BytesIO(dumped[i % 20]))
        model.predict(rows), model.predict_proba(rows)
    python = time.perf_counter() - start
    print(done.stdout.strip().splitlines()[-1])
    print(f"seed {SEED}: {count} versions of 100 rows replayed in {seconds:.2f} s (registered in {pushed:.1f} s); peak RSS of the server {peak:.0f} MiB; "
          f"joblib.load and predict, predict_proba in Python {python:.2f} s")


if __name__ == "__main__":
    main()
