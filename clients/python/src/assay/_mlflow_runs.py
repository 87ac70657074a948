"""`runs:/…` as MLflow reads it, with the reason when it is refused. MLflow imports this; nothing of ours does."""

from __future__ import annotations

import json
from typing import Any, Callable, List

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED, RESOURCE_CONFLICT
from mlflow.store.artifact.runs_artifact_repo import RunsArtifactRepository

from ._declaration import is_on

__all__ = ["AssayRunFiles"]

REFUSALS = {"RESOURCE_CONFLICT": RESOURCE_CONFLICT, "PERMISSION_DENIED": PERMISSION_DENIED}


class AssayRunFiles(RunsArtifactRepository):  # type: ignore[misc]
    """Clients of 3.x look for a model in two places and keep to themselves why both fail: "please ensure that the path is correct". What the
    gate says is raised in its place; all else is MLflow's. A `mlflow.artifact_repository`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._failures: List[Exception] = []
        self.repo.download_artifacts = self._noting(self.repo.download_artifacts)
        if hasattr(self, "_download_model_artifacts"):
            self._download_model_artifacts = self._noting(self._download_model_artifacts)

    def _noting(self, download: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **kwargs: Any) -> Any:
            try:
                return download(*args, **kwargs)
            except Exception as failure:
                self._failures.append(failure)
                raise

        return noting

    def download_artifacts(self, *args: Any, **kwargs: Any) -> Any:
        self._failures.clear()
        try:
            return super().download_artifacts(*args, **kwargs)
        except MlflowException as error:
            for failure in self._failures if is_on() else ():
                code = next((code for name, code in REFUSALS.items() if name in str(failure)), None)
                if failure is not error and code is not None:
                    raise MlflowException(_sentence(str(failure)), error_code=code) from failure
            raise


def _sentence(failure: str) -> str:
    """What the server says, out of a message that shows the whole of its answer."""
    try:
        answer, _ = json.JSONDecoder().raw_decode(failure[failure.index('{"error_code"') :])
        return f"{answer['error_code']}: {answer['message']}"
    except (ValueError, KeyError, TypeError):  # cut off, or another server's
        return failure
