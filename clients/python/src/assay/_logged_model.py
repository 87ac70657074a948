"""Models that MLflow has logged, before they are registered: where they are, and a file beside them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Tuple

from .errors import AssayError, Conflict, NotFound, UsageError

_MODELS = ["model=info, which log_model returned", "model='models:/m-…'", "model='runs:/RUN/model'"]


class LoggedModel(NamedTuple):
    """Where its files are: under its id, or, where a client of MLflow 2 logged it, in a folder of its run."""

    model_id: str
    run: str = ""
    path: str = ""

    def add(self, file: Path) -> None:
        """Stores a file at the root of its folder. `Conflict` when a version was registered from it."""
        from mlflow import MlflowClient

        if self.model_id:
            MlflowClient().log_model_artifact(self.model_id, str(file))
        else:
            MlflowClient().log_artifact(self.run, str(file), self.path)


def logged_model(model: Any) -> LoggedModel:
    """What log_model returned, or a URI; None is the one that was logged last."""
    import mlflow

    uri = _last() if model is None else getattr(model, "model_uri", model)
    if not isinstance(uri, str):
        because = "it is neither what log_model returned nor a URI"
        raise UsageError(f"a {type(model).__name__} is no logged model", code="invalid-argument", because=because, fix=_MODELS)
    name = uri[len("models:/") :] if uri.startswith("models:/") else uri
    if name.startswith("m-") and "/" not in name and "@" not in name:
        return LoggedModel(name)
    run, path = _within_run(uri)
    # MLflow 3 keeps a model beside its run, and still finds it by this URI.
    found = mlflow.models.get_model_info(uri) if _is_3(mlflow) else None
    return LoggedModel(getattr(found, "model_id", None) or "", run, path)


def _is_3(mlflow: Any) -> bool:
    return hasattr(mlflow, "last_logged_model")


def _within_run(uri: str) -> Tuple[str, str]:
    scheme, _, rest = uri.partition("runs:/")
    run, _, path = rest.strip("/").partition("/")
    if not scheme and run and path:
        return run, path
    if uri.startswith("models:/"):
        because, fix = "it is a registered version, which never changes", ["log the sample first, then register the model"]
    else:
        because, fix = "it names no model of a run", _MODELS
    raise UsageError(f"{uri!r} is no logged model", code="invalid-argument", because=because, fix=fix)


def _last() -> str:
    """The URI of the model that was logged last: in this thread with MLflow 3, in the active or last run with MLflow 2."""
    import mlflow

    if _is_3(mlflow):
        last = mlflow.last_logged_model()
        if last is not None:
            return str(last.model_uri)
    else:
        run = mlflow.active_run() or mlflow.last_active_run()
        tags = mlflow.MlflowClient().get_run(run.info.run_id).data.tags if run is not None else {}
        history = json.loads(tags.get("mlflow.log-model.history", "[]"))
        if run is not None and history:
            return f"runs:/{run.info.run_id}/{history[-1]['artifact_path']}"
    raise NotFound(
        "there is no model to put a sample to",
        code="no-logged-model",
        because=f"none was logged in this {'thread' if _is_3(mlflow) else 'run'}",
        fix=["log it first: info = mlflow.sklearn.log_model(…)", "say which: log_sample(…, model=info)"],
    )


@contextlib.contextmanager
def telling(context: str) -> Iterator[None]:
    """What MLflow raises, as an error of ours with the server's cause."""
    import requests
    from mlflow.exceptions import MlflowException

    try:
        yield
    except requests.HTTPError as error:
        raise _refused(error, context) from error
    except MlflowException as error:
        raise AssayError(str(error.message), code="mlflow", context=context) from error


def _refused(error: Any, context: str) -> AssayError:
    """A file that the server did not take."""
    try:
        said = str(error.response.json()["message"])
    except (AttributeError, KeyError, TypeError, ValueError):
        said = str(error)
    if getattr(error.response, "status_code", 0) != 409:
        return AssayError("the server did not take the file", code="mlflow", because=said, context=context)
    return Conflict(
        "the sample comes too late",
        code="registered",
        because=next((line.partition("because: ")[2] for line in said.splitlines() if "because: " in line), said),
        context=context,
        fix=["log the model without registered_model_name, log the sample, then mlflow.register_model(info.model_uri, NAME)"],
    )
