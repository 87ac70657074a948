"""What a method of the client gives, as JSON that can be compared: entities by their properties, files by what is in them."""

import dataclasses
import enum
import hashlib
import math
import os
from pathlib import Path
from typing import Any

from mlflow.entities._mlflow_object import _MlflowObject
from mlflow.exceptions import MlflowException
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.async_logging.run_operations import RunOperations

from tests.support.mlflow_session import Json

SHOWN_BYTES = 200  # of a file; a longer one is told by its digest


def plain(given: Any) -> Json:
    """Members that are None are left out: an entity has every property, always."""
    if given is None or isinstance(given, (bool, str)):
        return given
    if isinstance(given, float):
        return given if math.isfinite(given) else str(given)
    if isinstance(given, enum.Enum):
        return str(given.value)
    if isinstance(given, int):
        return given
    if isinstance(given, Path):
        return files_of(given)
    if isinstance(given, bytes):
        return content(given)
    if isinstance(given, RunOperations):
        return "waited for"
    if isinstance(given, PagedList):
        return {"items": [plain(item) for item in given], "more": bool(given.token)}
    if isinstance(given, (list, tuple)):
        return [plain(item) for item in given]
    if isinstance(given, (set, frozenset)):
        return sorted((plain(item) for item in given), key=str)
    if isinstance(given, dict):
        return {str(key): plain(value) for key, value in given.items() if value is not None}
    return plain_object(given)


def plain_object(given: Any) -> Json:
    if type(given).__name__ == "Trace":  # the rest is of the machine that it was made on
        return {"spans": plain(given.data.spans), "tags": {key: value for key, value in given.info.tags.items() if not key.startswith("mlflow.")}}
    if isinstance(given, _MlflowObject):
        found = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)} if dataclasses.is_dataclass(given) else {}
        found.update((name, value) for name, value in given if name != "run_uuid")  # the old name of run_id
        shown = {name: plain(value) for name, value in found.items() if value is not None}
        if "model_uri" in shown and "metrics" in shown:
            shown["metrics"].sort(key=str)  # of a logged model: in no order
        return shown
    if type(given).__name__ == "DataFrame":
        return {"columns": list(given.columns), "rows": plain(given.to_numpy().tolist())}
    if type(given).__name__ == "ndarray":
        return f"an array of {given.dtype}, {given.shape}"
    if type(given).__name__ == "NoOpSpan":
        return "no span"
    if type(given).__name__ in ("LiveSpan", "Span"):
        return {"name": given.name, "inputs": plain(given.inputs), "attributes": sorted(given.attributes or {})}
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return {field.name: plain(getattr(given, field.name)) for field in dataclasses.fields(given) if getattr(given, field.name) is not None}
    if callable(getattr(given, "to_dict", None)):
        return plain(given.to_dict())
    if hasattr(given, "__len__") and hasattr(given, "__iter__"):
        return [plain(item) for item in given]
    known = {name: getattr(given, name) for name in dir(type(given)) if isinstance(getattr(type(given), name), property)}
    return {name: plain(value) for name, value in known.items() if value is not None} if known else type(given).__name__


def content(data: bytes) -> str:
    try:
        if len(data) <= SHOWN_BYTES:
            return data.decode()
    except UnicodeDecodeError:
        pass
    return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:16]}"


def files_of(path: Path) -> Json:
    """A file's content; a folder's files by their paths below it."""
    if path.is_file():
        return {path.name: content(path.read_bytes())}
    found = sorted(Path(folder) / name for folder, _, names in os.walk(path) for name in names)
    return {file.relative_to(path).as_posix(): content(file.read_bytes()) for file in found}


def plain_error(error: BaseException) -> Json:
    """The message as the user sees it, with the code that a program can ask for."""
    shown = {"message": str(error)}
    return {**shown, "error_code": error.error_code} if isinstance(error, MlflowException) else shown
