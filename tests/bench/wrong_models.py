#!/usr/bin/env python3
"""Models that are wrong by one bit: does the replay find each whose predictions change in Python?

    PYTHON tests/bench/wrong_models.py [--models 300] [--seed 20261129]

PYTHON has the package assay, scikit-learn and pandas. Fits models of every family on one table, stores each with a sample of 100 rows, flips one bit
somewhere in its thresholds, leaf values, coefficients, categories, scales or statistics, and saves it anew: its hash is that of the wrong bytes. The
wrong model and the sample of the right one are then replayed as a push replays them (`replay_bench --one`), and Python's own answers are compared.
A change below 1e-12, which the order of addition in a matrix product may also make, is no other model to anybody; such are counted apart.
"""

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import assay  # noqa: E402
import joblib  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn import ensemble, linear_model, naive_bayes, svm, tree  # noqa: E402
from sklearn.base import is_classifier  # noqa: E402
from sklearn.compose import ColumnTransformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "release" / "replay_bench"
# Attributes whose bits are flipped: what predictions are made of.
ATTRIBUTES = ("threshold", "values", "num_threshold", "value", "coef_", "intercept_", "categories_", "scale_", "mean_", "center_", "statistics_", "theta_", "var_", "_baseline_prediction")


def table(rows, seed):
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({name: generator.normal(size=rows) for name in ("a", "b", "c", "d")})
    frame["word"] = generator.choice(np.array(["red", "green", "blue", "grey"], dtype=object), rows)
    frame["size"] = generator.integers(0, 5, rows).astype(float)
    frame.loc[::9, "b"] = np.nan
    return frame


def estimators(seed):
    """Final models by name; None for a regressor's target is a classifier's."""
    return {
        "tree": tree.DecisionTreeClassifier(max_depth=6, random_state=seed), "tree-regressor": tree.DecisionTreeRegressor(max_depth=6, random_state=seed),
        "forest": ensemble.RandomForestClassifier(8, max_depth=5, random_state=seed), "extra": ensemble.ExtraTreesRegressor(8, max_depth=5, random_state=seed),
        "boosting": ensemble.GradientBoostingClassifier(n_estimators=12, random_state=seed), "boosting-regressor": ensemble.GradientBoostingRegressor(n_estimators=12, random_state=seed),
        "histogram": ensemble.HistGradientBoostingClassifier(max_iter=12, random_state=seed), "histogram-regressor": ensemble.HistGradientBoostingRegressor(max_iter=12, random_state=seed),
        "logistic": linear_model.LogisticRegression(max_iter=300), "ridge": linear_model.Ridge(), "lasso": linear_model.Lasso(0.01),
        "svc": svm.LinearSVC(), "sgd": linear_model.SGDClassifier(loss="log_loss", random_state=seed), "bayes": naive_bayes.GaussianNB(),
    }


def fitted(seed):
    """(name, model, held-out rows): the estimators behind one of two ways to prepare."""
    train, held_out = table(250, seed), table(100, seed + 1)
    target = train["a"] + np.where(train["word"] == "red", 1.0, 0.0) + 0.3 * train["size"]
    for name, model in estimators(seed).items():
        scaler, encoder = (StandardScaler(), OneHotEncoder(handle_unknown="ignore")) if seed % 2 else (RobustScaler(), OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1))
        numbers = make_pipeline(SimpleImputer(strategy="mean"), scaler)
        sparse = {} if name != "bayes" and not name.startswith("histogram") else {"sparse_threshold": 0}
        prepare = ColumnTransformer([("numbers", numbers, ["a", "b", "c", "d"]), ("words", encoder, ["word", "size"])], **sparse)
        whole = Pipeline([("prepare", prepare), ("model", model)])
        y = (target > target.median()).astype(int) if is_classifier(model) else target
        yield f"{name}-{seed}", whole.fit(train, y), held_out


def places(value, path="", seen=None):
    """(path, array, field) of every array of floats that predictions are made of."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        name = path.split(".")[-1].split("[")[0]
        if value.dtype == object:
            for i, inner in enumerate(value.ravel()):
                yield from places(inner, f"{path}[{i}]", seen)
        elif value.dtype.kind == "f" and name in ATTRIBUTES and value.size:
            yield path, value, None
        elif value.dtype.names and value.size:
            for field in value.dtype.names:
                if field in ATTRIBUTES:
                    yield path, value, field
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from places(inner, f"{path}[{i}]", seen)
    elif hasattr(value, "__getstate__") and type(value).__module__.startswith("sklearn"):
        state = value.__getstate__()
        for key, inner in (state.items() if isinstance(state, dict) else ()):
            yield from places(inner, f"{path}.{key}", seen)


def flip_in_file(content, array, field, generator):
    """The file's bytes with one bit of one element of the array changed, where the array's bytes stand in it exactly once; else None."""
    raw = array.tobytes(order="F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C")
    if len(raw) < 16 or content.count(raw) != 1:
        return None
    element = generator.randrange(array.size)
    offset = array.dtype.fields[field][1] if field else 0
    width = array.dtype.fields[field][0].itemsize if field else array.dtype.itemsize
    bit = generator.randrange(8 * width)
    at = content.index(raw) + element * array.dtype.itemsize + offset + bit // 8
    changed = bytearray(content)
    changed[at] ^= 1 << (bit % 8)
    return bytes(changed)


def answers(model, rows, methods):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {method: np.asarray(getattr(model, method)(rows)) for method in methods}


def gap(before, after):
    """0: the same bits; else the largest difference against max(1, |before|), infinite for labels and NaN."""
    worst = 0.0
    for method, old in before.items():
        new = after[method]
        if old.dtype.kind != "f":
            worst = max(worst, 0.0 if np.array_equal(old, new) else np.inf)
            continue
        same = (old == new) | (np.isnan(old) & np.isnan(new))
        if not same.all():
            difference = np.abs(old - new)[~same] / np.maximum(1, np.abs(old[~same]))
            worst = max(worst, float(np.max(np.where(np.isnan(difference), np.inf, difference))), 5e-324)
    return worst


def replay(folder, content, sample):
    (folder / "wrong.joblib").write_bytes(content)
    (folder / "sample.json").write_bytes(sample)
    done = subprocess.run([BENCH, "--one", folder / "wrong.joblib", folder / "sample.json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args()
    if not os.access(BENCH, os.X_OK):
        sys.exit(f"error: {BENCH} is not there: cmake --build build/release --target replay_bench")
    generator = random.Random(options.seed)
    warnings.simplefilter("ignore")
    counts = {"tried": 0, "changed in Python": 0, "found": 0, "below rounding": 0, "unchanged": 0, "false alarms": 0, "Python fails": 0}
    missed = []
    seed = options.seed % 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while counts["tried"] < options.models:
            seed += 1
            for label, model, rows in fitted(seed):
                buffer = io.BytesIO()
                joblib.dump(model, buffer)
                right = joblib.load(io.BytesIO(buffer.getvalue()))
                kept = assay.sample(right, rows)
                wrong, place = None, ""
                choices = list(places(right))
                for _ in range(40):
                    place, array, field = generator.choice(choices)
                    wrong = flip_in_file(buffer.getvalue(), array, field, generator)
                    if wrong:
                        break
                if not wrong:
                    continue
                counts["tried"] += 1
                found = replay(folder, wrong, kept.to_bytes())
                try:
                    rebuilt = kept.input()
                    change = gap(answers(right, rebuilt, kept.methods), answers(joblib.load(io.BytesIO(wrong)), rebuilt, kept.methods))
                except Exception:  # noqa: BLE001 - a model that cannot answer is found by anybody
                    counts["Python fails"] += 1
                    continue
                noticed = found["outcome"] in ("different", "not-replayable")
                if change == 0:
                    counts["unchanged"] += 1
                    counts["false alarms"] += found["outcome"] == "different"
                elif noticed:
                    counts["changed in Python"] += 1
                    counts["found"] += 1
                elif change < 1e-12 and found["outcome"] == "close":
                    counts["below rounding"] += 1
                else:
                    counts["changed in Python"] += 1
                    missed.append((label, place, change, found["outcome"]))
                if counts["tried"] >= options.models:
                    break
    print(f"seed {options.seed}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    for line in missed:
        print("missed:", *line)


if __name__ == "__main__":
    main()
