#!/usr/bin/env python3
"""Makes the benign corpus: every estimator of ten scikit-learn releases, each fitted in its own environment and written in every format.

    benign.py --work FOLDER --out FOLDER [--release R ...] [--pythons FOLDER] [--list]

A safety verdict is worth what it says about files that nobody tampered with, so these come from the libraries themselves and not from
imitations. Environments are virtual ones below --work, of wheels only, from the Pythons below --pythons (one folder per release,
`3.9.18/bin/python`). Goes on where an earlier run was ended. Prints fitted/tried for each release and what could not be fitted.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Union

HERE = Path(__file__).resolve().parent


class Environment(NamedTuple):
    """What one folder of the corpus is made with."""

    python: str
    packages: List[str]
    pack: str = "sklearn"


def sklearn(python: str, release: str, *pins: str) -> Environment:
    return Environment(python, [f"scikit-learn=={release}", "lz4", "cloudpickle", *pins])


ENVIRONMENTS: Dict[str, Environment] = {
    "1.9.1": sklearn("3.13", "1.9.1", "pandas", "skops"),
    "0.24.2": sklearn("3.9", "0.24.2", "numpy<1.22", "scipy<1.8", "joblib<1.2", "pandas<1.4"),
    "0.20.4": sklearn("3.7", "0.20.4", "numpy<1.17", "scipy<1.3", "joblib<0.14", "pandas<0.25", "pytest"),
    "0.22.2.post1": sklearn("3.8", "0.22.2.post1", "numpy<1.19", "scipy<1.5", "joblib<0.15", "pandas<1.1", "pytest"),
    "1.0.2": sklearn("3.9", "1.0.2", "numpy<1.22", "scipy<1.8", "joblib<1.2", "pandas<1.4", "skops<0.8"),
    "1.2.2": sklearn("3.10", "1.2.2", "numpy<1.25", "scipy<1.11", "joblib<1.3", "pandas<2.1", "skops<0.8"),
    "1.3.2": sklearn("3.11", "1.3.2", "numpy<1.27", "scipy<1.12", "joblib<1.4", "pandas<2.2", "skops<0.10"),
    "1.5.2": sklearn("3.12", "1.5.2", "numpy<2.2", "scipy<1.15", "joblib<1.5", "pandas<2.3", "skops<0.12"),
    "1.6.1": sklearn("3.12", "1.6.1", "numpy<2.3", "scipy<1.16", "joblib<1.5", "pandas<2.3", "skops<0.13"),
    "1.7.2": sklearn("3.13", "1.7.2", "numpy<2.4", "scipy<1.17", "joblib<1.6", "pandas<3", "skops<0.14"),
    "pack-boosting": Environment(
        "3.12",
        ["scikit-learn==1.6.1", "numpy<2.3", "lz4", "cloudpickle", "pandas<2.3", "skops", "xgboost-cpu", "lightgbm", "catboost"],
        "boosting",
    ),
    "pack-contrib": Environment(
        "3.12",
        [
            "scikit-learn==1.6.1",
            "numpy<2.3",
            "lz4",
            "cloudpickle",
            "pandas<2.3",
            "skops",
            "imbalanced-learn<0.14",
            "category-encoders",
            "sklearn-pandas",
            "six",
        ],
        "contrib",
    ),
}


def python_of(pythons: Path, series: str) -> Path:
    found = sorted(pythons.glob(f"{series}.*/bin/python"))
    if not found:
        sys.exit(f"error: no Python {series} below {pythons}")
    return found[-1]


def prepare(name: str, work: Path, pythons: Path) -> Path:
    """The Python of the environment; made if it is not there. The stamp is written last, so that half an environment is made anew."""
    folder, wanted = work / name, ENVIRONMENTS[name]
    python, stamp = folder / "bin" / "python", folder / "assay-ready.json"
    if stamp.exists() and json.loads(stamp.read_text()) == wanted.packages:
        return python
    subprocess.run([python_of(pythons, wanted.python), "-m", "venv", "--clear", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *wanted.packages], check=True)
    stamp.write_text(json.dumps(wanted.packages))
    return python


def fit(name: str, python: Path, out: Path) -> None:
    """Runs the worker until it gets through: an estimator that ends its process is noted as not fitted and not tried again."""
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command: List[Union[str, Path]] = [python, HERE / "benign_worker.py", out / name, ENVIRONMENTS[name].pack]
    with open(out / f"{name}.log", "ab") as log:
        code = subprocess.run(command, env=quiet, stdout=log, stderr=log).returncode
    if code != 0:
        print(f"{name}: the worker ended with {code}; see {out / (name + '.log')}", file=sys.stderr)


def report(name: str, out: Path) -> None:
    journal = out / name / "fitted.jsonl"
    outcomes = [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
    written: Dict[str, int] = collections.Counter()
    for outcome in outcomes:
        written.update(suffix for suffix, result in outcome.get("formats", {}).items() if result == "written")
    print(
        f"{name}: {sum(o['fitted'] for o in outcomes)}/{len(outcomes)} fitted, {sum(written.values())} files "
        f"({', '.join(f'{suffix} {count}' for suffix, count in sorted(written.items()))})"
    )
    for outcome in outcomes:
        if not outcome["fitted"]:
            print(f"  not fitted: {outcome['name']}: {outcome['why']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--release", action="append", choices=sorted(ENVIRONMENTS))
    parser.add_argument("--pythons", type=Path, default=Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions")
    parser.add_argument("--list", action="store_true", help="only print what an earlier run made")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.release or ENVIRONMENTS:
        if not options.list:
            fit(name, prepare(name, options.work, options.pythons), options.out)
        report(name, options.out)


if __name__ == "__main__":
    main()
