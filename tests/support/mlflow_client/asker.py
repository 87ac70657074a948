"""Calls methods of a client and keeps what came of each call."""

import inspect
import json
import logging
import re
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.utils.async_logging.run_operations import RunOperations

from tests.support.mlflow_calls.script import PAUSE
from tests.support.mlflow_client.plain import plain, plain_error
from tests.support.mlflow_session import JSON_TAGS, RANDOM_NAME, Json, Session, shortened

ADDRESS = re.compile(r"\b0x[0-9a-f]+")
UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
SPAN_ID = re.compile(r"(?<![0-9a-f])(?<!sha256 )[0-9a-f]{16}(?![0-9a-f])")
PORT = re.compile(r"\bport=\d+")
CLOCK_IN_NAME = re.compile(r"\btimestamp\+\d+")
EXPERIMENTS = ("experiment_id", "experiment_ids", "locations")
BACKGROUND = "link_prompt_to_experiment"  # a thread of the client, which writes after its method has returned

# What is shown instead of what a method gives: the files of a place that each server names in its own way, and what has no order in one.
BEHIND: Dict[str, Callable[[Any], Any]] = {
    "download_artifacts": Path,
    "get_model_version_download_uri": lambda uri: Path(download_artifacts(uri)),
    "get_latest_versions": lambda versions: sorted(versions, key=lambda version: int(version.version)),
}
RESPONSE = re.compile(r"(?<=Response text: )\{.*\}")  # the body of an answer in the words of an error


class Nothing:
    """Stands for what a call should have given and did not: later calls are made all the same, and differ."""

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> "Nothing":
        return self

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return "nothing"

    __repr__ = __str__


def id_of(found: Any, otherwise: str, *names: str) -> str:
    """An id by its name in either line; when there is none, one of the same form, so that what needs it is asked for all the same."""
    known = [] if isinstance(found, Nothing) or type(found).__name__ == "NoOpSpan" else [getattr(found, name, None) for name in names]
    return next((str(one) for one in known if one), otherwise)


class Warned(logging.Handler):
    """What the client says beside its answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Asker:
    """`asker.get_run("unknown", "no-run")` calls get_run("no-run") and keeps its answer as that of the call `get_run/unknown`.

    Gives what the method gives, or Nothing when it raises. A method that this release of the client does not have is passed over.
    """

    def __init__(self, client: MlflowClient, session: Session, folder: Path):
        self.client, self.session, self.folder = client, session, folder
        self.three = hasattr(MlflowClient, "create_logged_model")  # whether this is a client of MLflow 3
        self.answers: Dict[str, Dict[str, Json]] = {}
        self.passed_over: List[str] = []
        self.warned = Warned()
        logger = logging.getLogger("mlflow")
        logger.handlers = [self.warned]
        logger.propagate = False

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda case, *args, **kwargs: self.ask(method, case, args, kwargs)

    def ask(self, method: str, case: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        name = f"{method}/{case}"
        if name in self.answers:
            raise ValueError(f"two calls are named {name}")
        if not hasattr(MlflowClient, method):
            self.passed_over.append(method)
            return Nothing()
        bound = inspect.signature(getattr(MlflowClient, method)).bind(self.client, *args, **kwargs)
        asked = {key: self.shown(plain(value), key) for key, value in list(bound.arguments.items())[1:]}
        self.warned.said.clear()
        answer: Dict[str, Json] = {"asked": json.dumps(asked, ensure_ascii=False)}
        try:
            found = getattr(self.client, method)(*args, **kwargs)
            shown = BEHIND[method](found) if method in BEHIND else found
            if isinstance(found, RunOperations):
                found.wait()
        except Exception as error:  # noqa: B902  whatever a method raises is its answer
            found = Nothing()
            answer.update(status="raised", type=type(error).__name__, body=self.shown(plain_error(error)))
        else:
            self.remember(method, case, found)
            key = "experiment_id" if method == "create_experiment" else ""
            answer.update(status="returned", type=type(found).__name__, body=self.shown(plain(shown), key))
        for thread in threading.enumerate():
            if thread.name.startswith(BACKGROUND):
                thread.join()
        if self.warned.said:
            answer["said"] = self.shown("\n".join(self.warned.said))
        self.answers[name] = answer
        time.sleep(PAUSE)
        return found

    def read(self, attribute: str) -> None:
        """An attribute that is no method."""
        found = getattr(self.client, attribute)
        self.answers[f"{attribute}/read"] = {"asked": "{}", "status": "returned", "type": type(found).__name__, "body": self.shown(plain(found))}

    def remember(self, method: str, case: str, found: Any) -> None:
        """Ids that the server has chosen stand for the call that they came from."""
        if method == "create_experiment":
            self.session.experiments[found] = f"experiment {case}"
        elif method == "create_run":
            self.session.captured[f"run {case}"] = found.info.run_id
        elif method == "create_logged_model":
            self.session.captured[f"model {case}"] = found.model_id

    def shown(self, value: Json, key: str = "") -> Json:
        if key in EXPERIMENTS:
            each = [value] if not isinstance(value, list) else value
            named = [self.session.value(one, "experiment_id") if isinstance(one, str) else one for one in each]
            return named if isinstance(value, list) else named[0]
        return self.without_chance(self.session.value(value, key))

    def response(self, match: "re.Match[str]") -> str:
        try:
            return json.dumps(self.session.value(json.loads(match.group())))
        except ValueError:
            return match.group()

    def without_chance(self, value: Json, key: str = "") -> Json:
        if isinstance(value, dict):
            return {self.without_chance(name): self.without_chance(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.without_chance(item) for item in value]
        if isinstance(value, str):
            if key == "mlflow.runName" and RANDOM_NAME.fullmatch(value):
                return "{random name}"
            if key in JSON_TAGS:
                return json.dumps(json.loads(value))
            value = RESPONSE.sub(self.response, value)
            value = ADDRESS.sub("{address}", SPAN_ID.sub("{span}", UUID.sub("{uuid}", value)))
            return shortened(PORT.sub("port={port}", CLOCK_IN_NAME.sub("timestamp+{time}", value)))
        return value
