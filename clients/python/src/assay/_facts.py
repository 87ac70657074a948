"""How a model came to be: what an estimator, a grid search and the surroundings say by themselves."""

from __future__ import annotations

import math
import os
import pickle
import re
import subprocess
import sys
import warnings
from datetime import date, datetime, timezone
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple, Union

from ._arguments import items, mapping, text, wrong
from ._environment import normalise
from .errors import AssayWarning, UsageError

#: Listed with a model whenever they are installed; only `uses` is judged.
_LISTED = ("scikit-learn", "numpy", "scipy", "joblib", "pandas", "threadpoolctl", "cloudpickle")
#: What a joblib or pickle file of which only the path is known is taken to use.
_USED_BY_FILES = ("scikit-learn", "numpy", "joblib")
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "numpy": "numpy", "scipy": "scipy", "pandas": "pandas", "joblib": "joblib"}
_GRID_COLUMNS = ("mean_test_", "std_test_", "rank_test_")

_METRICS = "metrics={'accuracy': 0.86}, or a list of {'name', 'value', 'dataset'}"
_TRAINED_AT = "trained_at=datetime.now(timezone.utc), or '2026-11-23T10:00:00Z'"

MetricsLike = Union[Mapping[str, Any], Sequence[Mapping[str, Any]]]


class _Modules(pickle.Pickler):
    """Pickles into nothing and notes the module of every class and function on the way. Array data is not copied."""

    def __init__(self) -> None:
        super().__init__(self, protocol=5, buffer_callback=lambda _: None)
        self.seen: Set[str] = set()
        self.local: Set[str] = set()

    def write(self, data: Any) -> int:
        return len(data)

    def reducer_override(self, value: Any) -> Any:
        named = value if isinstance(value, type) or callable(value) and hasattr(value, "__qualname__") else type(value)
        module = getattr(named, "__module__", None) or type(value).__module__
        if module == "__main__":
            self.local.add(str(getattr(named, "__qualname__", named)))
        self.seen.add(str(module).partition(".")[0])
        return NotImplemented


def packages_used(estimator: Any, name: str) -> List[str]:
    """The packages whose classes and functions are inside the estimator, and joblib, which writes it."""
    modules = _Modules()
    try:
        modules.dump(estimator)
    except Exception as error:  # whatever a foreign __reduce__ raises
        fix = ["move functions and classes of the model to a module", "leave out lambdas, open files and connections"]
        raise UsageError(
            f"{name} cannot be pickled", code="not-picklable", because=f"{type(error).__name__}: {error}", fix=fix
        ) from error
    if modules.local:
        warnings.warn(
            f"{name} holds {', '.join(sorted(modules.local))} from __main__: it loads only where a program defines it; move it to a module",
            AssayWarning,
            stacklevel=5,
        )
    used, unknown = {"joblib"}, set()
    for module in modules.seen:
        if module in _DISTRIBUTIONS:
            used.add(_DISTRIBUTIONS[module])
        elif module not in sys.builtin_module_names:
            unknown.add(module)
    used.update(_distributions_of(unknown))
    return sorted(used)


def _distributions_of(modules: Set[str]) -> Set[str]:
    """The distributions that install these top-level modules; those of the standard library and of loose files have none."""
    modules = modules - set(getattr(sys, "stdlib_module_names", ()))
    if not modules:
        return set()
    import importlib.metadata

    found: Set[str] = set()
    for distribution in importlib.metadata.distributions():
        metadata = distribution.metadata
        name = metadata["Name"] if metadata is not None else None
        if not name:
            continue
        top = set((distribution.read_text("top_level.txt") or "").split())
        if not top:
            top = {str(file).replace("\\", "/").partition("/")[0] for file in distribution.files or []}
            top |= {entry[:-3] for entry in top if entry.endswith(".py")}
        if top & modules:
            found.add(normalise(name))
    return found


def packages_of_file(path: str, packages: Mapping[str, str]) -> List[str]:
    if not path.endswith((".joblib", ".pkl", ".pickle", ".skops")):
        return []
    return [name for name in _USED_BY_FILES if name in packages]


def libraries(environment: Mapping[str, Any], uses: Sequence[str]) -> Dict[str, str]:
    """Python and the releases of what is used or usually matters. What is used but not installed is left to the server to refuse."""
    packages = environment.get("packages", {})
    listed = {name: packages[name] for name in sorted({*uses, *_LISTED}) if name in packages}
    return {"python": environment["python"], **listed} if environment.get("python") else listed


def split_search(model: Any, name: str) -> Tuple[Any, Dict[str, Any], Optional[Dict[str, Any]]]:
    """(estimator, params, run). Of a fitted search over parameters it is the best estimator that is pushed; its parameters are
    the version's params, and the scores of all candidates the run's metrics, by step."""
    if not hasattr(model, "cv_results_"):
        if hasattr(model, "param_grid") or hasattr(model, "param_distributions"):
            raise UsageError(
                f"{name} is a search that was not fitted",
                code="not-fitted",
                because="it has no cv_results_ and so no best estimator",
                fix=["call fit first"],
            )
        return model, {}, None
    if not hasattr(model, "best_estimator_"):
        raise UsageError(
            f"{name} has no best estimator",
            code="no-best-estimator",
            because="the search was made with refit=False",
            fix=["search with refit=True", "push an estimator fitted with the parameters you chose"],
        )
    results = model.cv_results_
    metrics = []
    for column in sorted(results):
        if column.startswith(_GRID_COLUMNS):
            for step, value in enumerate(results[column]):
                if math.isfinite(float(value)):  # a candidate that failed has no score
                    metrics.append({"name": column, "value": float(value), "step": step})
    params = {"search": type(model).__name__, "candidates": len(results["params"])}
    if hasattr(model, "n_splits_"):
        params["cv"] = model.n_splits_
    for what in ("param_grid", "scoring"):
        value = getattr(model, what, None)
        if value is not None and len(str(value)) <= 500 and " at 0x" not in str(value):
            params[what] = value
    return model.best_estimator_, dict(model.best_params_), {"metrics": metrics, "params": as_params(params)}


def as_params(params: Mapping[str, Any]) -> Dict[str, str]:
    params = mapping(params, "params", "params={'max_depth': 8}")
    return {str(name): value if isinstance(value, str) else str(value) for name, value in params.items()}


def as_metrics(metrics: MetricsLike, dataset: Optional[str]) -> List[Dict[str, Any]]:
    """{"accuracy": 0.86} or [{"name": …, "value": …, "dataset": …}] in the API's form."""
    if isinstance(metrics, Mapping):
        listed = [{"name": name, "value": value} for name, value in metrics.items()]
    else:
        listed = [mapping(item, "an entry of metrics", _METRICS) for item in items(metrics, "metrics", _METRICS)]
    for item in listed:
        text(item.get("name"), "the name of a metric", _METRICS)
        try:
            item["value"] = float(item["value"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            because = "it has no value" if isinstance(error, KeyError) else str(error)
            raise UsageError(f"the metric {item['name']!r} has no number", code="invalid-metric", because=because, fix=[_METRICS]) from error
        if not math.isfinite(item["value"]):
            raise UsageError(
                f"the metric {item['name']!r} is {item['value']}",
                code="invalid-metric",
                because="a metric is a finite number",
                fix=["leave it out, or look for NaN in what it was computed from"],
            )
        if dataset and not item.get("dataset"):
            item["dataset"] = dataset
    return listed


def as_time(moment: Union[str, datetime]) -> str:
    """RFC 3339 in UTC. A day counts from its midnight in UTC, and so does a text that is one; a time without a zone is refused, because
    a machine in another one would read another time."""
    if isinstance(moment, str):
        return _checked_time(moment)
    if not isinstance(moment, datetime):
        if isinstance(moment, date):
            return _checked_time(moment.isoformat())
        raise wrong("trained_at", moment, "a datetime with a time zone or RFC 3339 text", _TRAINED_AT)
    if moment.utcoffset() is None:
        raise UsageError(
            f"trained_at cannot be {moment.isoformat()}",
            code="no-time-zone",
            because="it has no time zone, and so means another time on every machine",
            fix=["datetime.now(timezone.utc)", "moment.astimezone(), when it is this machine's local time"],
        )
    if moment.astimezone(timezone.utc).year < 1970:
        raise _no_time(moment.isoformat(), "times before 1970 are not accepted: is the clock of that machine right?")
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?([Zz]|[+-]\d\d:\d\d))?\Z", re.ASCII)


def _checked_time(moment: str) -> str:
    """RFC 3339 with a zone, or a day; the server reads the same."""
    match = _TIME.match(moment)
    if match is None:
        zone = re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?\Z", moment)
        raise _no_time(moment, "it names no time zone (Z or an offset such as +02:00)" if zone else "it is no time as RFC 3339 writes it")
    day, clock, zone_text = match.groups()
    try:
        datetime.fromisoformat(f"{day}T{clock or '00:00:00'}" + (zone_text if zone_text and zone_text not in "Zz" else "+00:00"))
    except ValueError as error:
        raise _no_time(moment, str(error)) from error
    if day < "1970":
        raise _no_time(moment, "times before 1970 are not accepted: is the clock of that machine right?")
    return moment


def _no_time(moment: str, because: str) -> UsageError:
    return UsageError(f"trained_at cannot be {moment!r}", code="invalid-time", because=because, fix=[_TRAINED_AT])


def now() -> str:
    return as_time(datetime.now(timezone.utc))


def source() -> Dict[str, str]:
    """The commit and the script that this process runs from, as far as they can be told."""
    found: Dict[str, str] = {}
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode == 0 and done.stdout.strip():
            found["git"] = done.stdout.strip()
    except (OSError, subprocess.SubprocessError):  # no git: the model came from no commit that we could name
        pass
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    if script:
        found["entry_point"] = os.path.basename(script)
    return found
