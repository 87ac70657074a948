"""A script of calls to an MLflow tracking server, valid and not, and what of an answer can be compared between two servers.

scripts/mlflow_answers.py makes the calls to a genuine server and keeps its answers in tests/golden/mlflow/answers.json; the same script and
tests/functional/mlflow_answers_test.py make them to ours. The calls and their order are always the same, and nothing in them is random.

A call is data. `{label}` in its path, query or body stands for what an earlier answer was captured under; Call.capture says what to
capture: label -> place in the answer. Both servers start empty and see the same calls, so a difference in one answer is followed by others only
where later calls build on it; each section below therefore makes its own experiments, runs and models.
"""

from typing import List

from tests.support.mlflow_calls.artifacts import artifacts, attacks
from tests.support.mlflow_calls.everywhere import every_endpoint
from tests.support.mlflow_calls.experiments import experiments, experiments_search
from tests.support.mlflow_calls.logged_models import logged_models, logged_models_search
from tests.support.mlflow_calls.registry import models_search, registered_models, versions, versions_search
from tests.support.mlflow_calls.runs import batches, history, inputs_and_outputs, logging, runs, runs_search
from tests.support.mlflow_calls.script import Call, Script
from tests.support.mlflow_calls.server import bodies, out_of_scope, the_server

__all__ = ["Call", "all_calls"]


def all_calls() -> List[Call]:
    script = Script()
    the_server(script)
    every_endpoint(script, "api")
    every_endpoint(script, "ajax-api")
    for section in (bodies, experiments, experiments_search, runs, logging, batches, history, inputs_and_outputs, runs_search, logged_models,
                    logged_models_search, registered_models, models_search, versions, versions_search, artifacts, attacks, out_of_scope):
        section(script)
    return script.calls
