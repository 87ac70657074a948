"""Calls every method of the client that this interpreter has: drive.py URL FOLDER OUT

Writes the release of the client, its public methods, the answers to all calls, and which methods were passed over as it has none of the name.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import List

warnings.simplefilter("ignore")

import mlflow  # noqa: E402
import mlflow.pyfunc  # noqa: E402  else the first trace imports it, and what it warns of is taken for an answer
from mlflow import MlflowClient  # noqa: E402

from tests.support.mlflow_client.artifacts import artifacts  # noqa: E402
from tests.support.mlflow_client.asker import Asker  # noqa: E402
from tests.support.mlflow_client.differences import differences  # noqa: E402
from tests.support.mlflow_client.elsewhere import elsewhere  # noqa: E402
from tests.support.mlflow_client.experiments import experiments  # noqa: E402
from tests.support.mlflow_client.letters import letters  # noqa: E402
from tests.support.mlflow_client.logged_models import logged_models  # noqa: E402
from tests.support.mlflow_client.models import models  # noqa: E402
from tests.support.mlflow_client.prompts import prompts  # noqa: E402
from tests.support.mlflow_client.runs import runs  # noqa: E402
from tests.support.mlflow_client.searches import searches  # noqa: E402
from tests.support.mlflow_client.stand_ins import put_in_place  # noqa: E402
from tests.support.mlflow_client.traces import traces  # noqa: E402
from tests.support.mlflow_client.versions import versions  # noqa: E402
from tests.support.mlflow_session import Session  # noqa: E402

AREAS = (experiments, runs, searches, artifacts, models, versions, logged_models, prompts, traces, elsewhere, letters, differences)


def public_methods() -> List[str]:
    return sorted(name for name in dir(MlflowClient) if not name.startswith("_"))


def main(url: str, folder: Path, out: Path) -> None:
    put_in_place()
    mlflow.set_tracking_uri(url)
    host, _, port = url.partition("//")[2].partition(":")
    ask = Asker(MlflowClient(), Session(host, int(port), folder), folder)
    for area in AREAS:
        area(ask)
    out.write_text(json.dumps({"release": mlflow.__version__, "methods": public_methods(), "answers": ask.answers,
                               "passed_over": sorted(set(ask.passed_over))}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
