#!/usr/bin/env python3
"""Rows per second of `predict_proba`, one row at a time and 10,000 at once, beside scikit-learn and onnxruntime in the same run.

    PYTHON tests/bench/predict_bench.py [--seconds 2]

PYTHON has scikit-learn, pandas, skl2onnx and onnxruntime; everybody computes with one thread. The models: the lab's pipeline (imputers, scaler and
encoder before a decision tree), a forest of 100 trees, histogram boosting of 100 iterations.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import joblib  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import pandas as pd  # noqa: E402
from skl2onnx import to_onnx  # noqa: E402
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "release" / "predict_bench"
ROWS = 10_000
SEED = 20261129


def rate(ask, rows, seconds):
    """Rows per second of asking again and again."""
    ask()
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        ask()
        done += rows
    return done / (time.perf_counter() - start)


def models(random):
    """Name, fitted model, rows, types for ONNX (None: it cannot say it)."""
    numbers = random.normal(size=(2000, 20))
    labels = (numbers[:, 0] + numbers[:, 1] * numbers[:, 2] + random.normal(scale=0.3, size=2000) > 0).astype(int)
    held_out = random.normal(size=(ROWS, 20))
    yield "forest of 100 trees", RandomForestClassifier(100, random_state=0).fit(numbers, labels), held_out, [("X", FloatTensorType([None, 20]))]
    yield "histogram boosting", HistGradientBoostingClassifier(max_iter=100, random_state=0).fit(numbers, labels), held_out, [("X", FloatTensorType([None, 20]))]

    def table(rows):
        frame = pd.DataFrame({name: random.normal(size=rows) for name in ("bill_length", "bill_depth", "flipper", "mass")})
        for name, words in (("island", ["Biscoe", "Dream", "Torgersen"]), ("sex", ["male", "female"])):
            frame[name] = random.choice(np.array(words, dtype=object), rows)
        return frame

    train, rows = table(600), table(ROWS)
    species = np.array(["Adelie", "Chinstrap", "Gentoo"], dtype=object)[np.digitize(train["mass"] + train["flipper"], [-0.7, 0.7])]
    lab = Pipeline([
        ("prepare", ColumnTransformer([
            ("categorical", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), ["island", "sex"]),
            ("numeric", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["bill_length", "bill_depth", "flipper", "mass"]),
        ])),
        ("tree", DecisionTreeClassifier(max_depth=6, random_state=0)),
    ]).fit(train, species)
    types = [(name, StringTensorType([None, 1]) if name in ("island", "sex") else DoubleTensorType([None, 1])) for name in rows.columns]
    yield "lab pipeline", lab, rows, types


def sample(rows):
    """The rows as assay.sample/1."""
    if isinstance(rows, np.ndarray):
        given = {"kind": "matrix", "type": "float64", "shape": list(rows.shape), "values": rows.tolist()}
    else:
        given = {"kind": "table", "columns": [
            {"name": name, "type": "string" if rows[name].dtype == object or rows[name].dtype.kind not in "f" else "float64",
             **({"dtype": "object"} if rows[name].dtype.kind not in "f" else {}), "values": rows[name].tolist()}
            for name in rows.columns]}
    return {"schema": "assay.sample/1", "rows": len(rows), "input": given}


def onnx_rates(model, rows, types, seconds):
    """(single, batch) of onnxruntime, or why there is none."""
    try:
        options = {id(model): {"zipmap": False}}
        proto = to_onnx(model, initial_types=types, options=options)
        setting = onnxruntime.SessionOptions()
        setting.intra_op_num_threads = setting.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(proto.SerializeToString(), setting, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - what a converter cannot say is said
        return None, None, f"{type(error).__name__}: {error}".splitlines()[0][:120]
    if isinstance(rows, np.ndarray):
        feeds = [{"X": rows[i:i + 1].astype(np.float32)} for i in range(200)]
        whole = {"X": rows.astype(np.float32)}
    else:
        def feed(part):
            return {name: part[[name]].to_numpy(dtype=object if part[name].dtype.kind not in "f" else np.float64) for name in part.columns}
        feeds, whole = [feed(rows.iloc[i:i + 1]) for i in range(200)], feed(rows)
    return rate(lambda: [session.run(None, one) for one in feeds], 200, seconds), rate(lambda: session.run(None, whole), len(rows), seconds), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2)
    seconds = parser.parse_args().seconds
    if not os.access(BENCH, os.X_OK):
        sys.exit(f"error: {BENCH} is not there: cmake --build build/release --target predict_bench")
    print(f"seed {SEED}; rows per second of predict_proba, one thread")
    print(f"{'model':24}{'':>10}{'assay':>14}{'scikit-learn':>14}{'onnxruntime':>14}   ratios")
    with tempfile.TemporaryDirectory() as folder:
        for name, model, rows, types in models(np.random.default_rng(SEED)):
            path, given = Path(folder) / "model.joblib", Path(folder) / "sample.json"
            joblib.dump(model, path)
            given.write_text(json.dumps(sample(rows)))
            ours = json.loads(subprocess.run([BENCH, path, given, "predict_proba", str(seconds)], check=True, stdout=subprocess.PIPE).stdout)
            singles = [rows[i:i + 1] for i in range(200)] if isinstance(rows, np.ndarray) else [rows.iloc[i:i + 1] for i in range(200)]
            theirs = rate(lambda: [model.predict_proba(one) for one in singles[:20]], 20, seconds), rate(lambda: model.predict_proba(rows), len(rows), seconds)
            one, whole, why = onnx_rates(model, rows, types, seconds)
            for kind, own, sklearn, onnx in (("single", ours["single_rows_per_second"], theirs[0], one), ("10,000", ours["batch_rows_per_second"], theirs[1], whole)):
                shown = f"{onnx:>14,.0f}" if onnx else f"{'-':>14}"
                ratios = f"{own / sklearn:.1f}x scikit-learn" + (f", {own / onnx:.1f}x onnxruntime" if onnx else f"; ONNX: {why}")
                print(f"{name:24}{kind:>10}{own:>14,.0f}{sklearn:>14,.0f}{shown}   {ratios}")


if __name__ == "__main__":
    main()
