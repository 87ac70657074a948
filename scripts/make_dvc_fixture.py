#!/usr/bin/env python3
"""Makes tests/golden/dvc: a project as DVC itself writes it.

    scripts/make_dvc_fixture.py --dvc VENV

VENV is an environment with `pip install dvc`. The project has a stage that prepares data, one that "trains" (it copies a pickle of scikit-learn 1.9.1
from the fuzz corpus), one that evaluates, and a model that `dvc add` tracks. What DVC keeps is copied: dvc.yaml, dvc.lock, .dvc files, the working
folder and the cache (of DVC 3).
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "tests" / "golden" / "dvc"
CORPUS = ROOT / "tests" / "fuzz" / "corpus" / "pipeline"

YAML = """\
stages:
  prepare:
    cmd: cp data.csv features.csv
    deps:
    - data.csv
    outs:
    - features.csv
  train:
    cmd: cp origin.pkl model.pkl
    deps:
    - features.csv
    - train.py
    params:
    - train.max_depth
    - train.solver
    outs:
    - model.pkl
  evaluate:
    cmd: cp scores.txt metrics.json
    deps:
    - model.pkl
    - test.csv
    metrics:
    - metrics.json:
        cache: false
artifacts:
  churn:
    path: model.pkl
    type: model
    desc: who leaves
    labels:
    - telecom
  old:
    path: forest.pkl
    type: model
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dvc", type=Path, required=True, metavar="VENV")
    dvc = parser.parse_args().dvc.resolve() / "bin" / "dvc"
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        project.mkdir()
        (project / "dvc.yaml").write_text(YAML)
        (project / "params.yaml").write_text("train:\n  max_depth: 8\n  solver: lbfgs\n")
        (project / "data.csv").write_text("a,b\n1,2\n3,4\n")
        (project / "test.csv").write_text("a,b\n5,6\n")
        (project / "train.py").write_text("# trains\n")
        (project / "scores.txt").write_text(json.dumps({"accuracy": 0.86, "test": {"auc": 0.9}}))
        shutil.copy(CORPUS / "1_9_1-pipeline_pkl", project / "origin.pkl")
        shutil.copy(CORPUS / "0_20_4-random-forest_pkl", project / "forest.pkl")
        environment = {**os.environ, "DVC_NO_ANALYTICS": "true", "HOME": folder}
        for words in (["init", "--no-scm"], ["repro"], ["add", "forest.pkl"]):
            subprocess.run([str(dvc), *words], cwd=project, env=environment, check=True)
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(project, TARGET, ignore=shutil.ignore_patterns("tmp", "runs", ".gitignore", ".dvcignore", "origin.pkl", "scores.txt"))


if __name__ == "__main__":
    main()
