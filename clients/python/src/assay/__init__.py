"""Assay: register trained models, fetch them pinned, refuse the environments in which they would break.

    import assay

    version = assay.push("churn", search, sample=X_test, training=train, evaluation=test, metrics={"accuracy": 0.86})
    model = assay.load("churn@production")

Every function asks the registry at ASSAY_URL (assay.toml, ~/.config/assay/config.toml), http://127.0.0.1:8080 by default;
`connect(url)` gives a client of another one with the same methods. What goes wrong is an `AssayError`. Importing this package
imports nothing else: scikit-learn, pandas, joblib, NumPy and requests come when a call needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Mapping, Optional, Sequence, Union

from .errors import (
    AssayError,
    AssayWarning,
    Conflict,
    Incompatible,
    IntegrityError,
    NetworkError,
    NotFound,
    PermissionDenied,
    PredictionDiffers,
    UnsafeContent,
    UsageError,
)
from ._unsaid import AUTO as _AUTO, LOCK as _LOCK

if TYPE_CHECKING:
    from datetime import datetime

    from . import mlflow as mlflow
    from ._client import Client
    from ._compare import Comparison
    from ._environment import EnvironmentLike
    from ._facts import MetricsLike
    from ._fetch import Fetched
    from ._files import PathLike
    from ._gate import Verdict
    from ._lineage import Lineage
    from ._lock_text import Lock
    from ._sample import Sample
    from ._verify import Verified
    from ._version import Version

__version__ = "0.1.0"

__all__ = [
    "AssayError",
    "AssayWarning",
    "Client",
    "Comparison",
    "Conflict",
    "Fetched",
    "Incompatible",
    "IntegrityError",
    "Lineage",
    "Lock",
    "NetworkError",
    "NotFound",
    "PermissionDenied",
    "PredictionDiffers",
    "Sample",
    "UnsafeContent",
    "UsageError",
    "Verdict",
    "Verified",
    "Version",
    "check",
    "compare",
    "connect",
    "dataset",
    "dataset_digest",
    "environment",
    "fetch",
    "fetch_locked",
    "lineage",
    "load",
    "lock",
    "push",
    "sample",
    "search",
    "show",
    "verify",
]

# Imported when first asked for. The modules have names with an underscore because importing `assay.push` would replace `push`.
_LAZY = {
    "Client": "_client",
    "Comparison": "_compare",
    "Fetched": "_fetch",
    "Lineage": "_lineage",
    "Lock": "_lock_text",
    "Sample": "_sample",
    "Verdict": "_gate",
    "Verified": "_verify",
    "Version": "_version",
}


def __getattr__(name: str) -> Any:
    import importlib

    if name == "mlflow":  # not in __all__: `from assay import *` must not replace the package of that name
        return importlib.import_module(".mlflow", __name__)
    if name not in _LAZY:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})


def connect(url: Optional[str] = None, consumer: Optional[str] = None) -> "Client":
    """A client of the registry at `url`, as `consumer` ("name@host"). What is left out comes from ASSAY_URL and ASSAY_CONSUMER,
    then `[assay]` in the nearest assay.toml, then ~/.config/assay/config.toml. Nothing is sent yet."""
    from ._client import Client

    return Client(url, consumer)


def push(
    name: str,
    model: Any,
    *,
    sample: Any = None,
    datasets: Sequence[Mapping[str, Any]] = (),
    training: Any = None,
    evaluation: Any = None,
    metrics: "MetricsLike" = (),
    dataset: Optional[str] = None,
    params: Optional[Mapping[str, Any]] = None,
    trained_at: "Union[str, datetime, None]" = None,
    uses: Optional[Sequence[str]] = None,
    environment: "Optional[EnvironmentLike]" = None,
    parents: Sequence[Union[str, Mapping[str, Any]]] = (),
    run: Union[str, Mapping[str, Any], None] = None,
    tags: Optional[Mapping[str, str]] = None,
    aliases: Sequence[str] = (),
    description: str = "",
    source: Optional[Mapping[str, str]] = None,
    if_changed: bool = False,
) -> "Version":
    """Registers a trained model; the new version.

    model        a fitted estimator, written with joblib; a fitted search (GridSearchCV), of which the best estimator is pushed, its
                 parameters become the params and all scores the run's metrics by step; or the path of a file or folder
    sample       held-out rows (DataFrame, array, list of texts): kept with the outputs that the model gives now, so that every load can
                 compare; or a Sample, or the path of a sample.json
    training, evaluation    the data: a DataFrame, an array, a path, or (name, data); `datasets` takes more of them, made by `dataset`
    metrics      {"accuracy": 0.86}, measured on `dataset` (a name; by default the evaluation dataset), or a list of
                 {"name", "value", "dataset"}
    params       by default the best parameters of a search
    trained_at   a datetime with a time zone, a date or RFC 3339 text; by default now for an estimator (and marked as assumed);
                 needed for a path
    uses         the packages that a loader must have; by default those whose classes are inside the estimator
    environment  where it was trained; by default this interpreter's
    parents      "churn@2", "churn@2:retrained_from", or the API's form
    run          the id of a run to join, or {"name", "experiment", "metrics", "params"}
    aliases, tags, description, source    set with the registration
    if_changed   when the newest version has the same files and facts, that one is returned

    Raises `AssayError` with every reason in `field_errors` when the registry refuses."""
    arguments = dict(locals())
    return _default().push(**arguments)


def fetch(
    ref: str,
    directory: "PathLike",
    environment: "EnvironmentLike" = _AUTO,
    *,
    locked: "Optional[PathLike]" = None,
    force: bool = False,
) -> "Fetched":
    """Brings the files of a version into a folder: all of them, verified, or none. `environment` is "auto" (this interpreter), "none",
    a mapping or the path of a JSON file; by default what assay.toml says, else "auto". `locked` is a lock file: what it says is fetched, whatever the alias means now.
    A file that is there already with other content is a `Conflict`, unless `force`.
    Raises `Incompatible` before a byte moves when the version would break there, `IntegrityError` when bytes are not what they
    should be."""
    return _default().fetch(ref, directory, environment, locked=locked, force=force)


def fetch_locked(
    directory: "Optional[PathLike]" = None,
    environment: "EnvironmentLike" = _AUTO,
    *,
    path: "PathLike" = _LOCK,
    force: bool = False,
) -> "List[Fetched]":
    """`fetch` of everything that the lock file pins: below `directory`, else where it was fetched to before, else where assay.toml
    says. Raises `Conflict` when the lock lacks a model that assay.toml names."""
    return _default().fetch_locked(directory, environment, path=path, force=force)


def load(
    ref: str, environment: "EnvironmentLike" = _AUTO, verify: str = "strict", *, file: Optional[str] = None, try_: bool = False
) -> Any:
    """The estimator: gate, fetch into the shared cache, verify, joblib.load, and replay of the sample. `verify` says what happens
    when it predicts otherwise than when it was pushed: "strict" raises `PredictionDiffers`, "warn" warns, "off" does not look.
    What the smoke test finds is kept as a proof, which the gate weighs from then on (a difference only with "strict"). `try_` lets it decide about a version that is refused
    only because nothing is known of this environment: it runs in a child process first.
    `file` chooses among several models in a version. Loading runs what is inside: load only from registries that you trust."""
    return _default().load(ref, environment, verify, file=file, try_=try_)


def check(ref: str, environment: "EnvironmentLike" = _AUTO) -> "Verdict":
    """May this version be loaded in this environment? The gate's verdict; true unless it refuses."""
    return _default().check(ref, environment)


def show(ref: str) -> "Version":
    """The version that a reference means now."""
    return _default().show(ref)


def search(filter: str = "", order_by: Union[str, Sequence[str]] = (), limit: Optional[int] = 100) -> "List[Version]":
    """The versions of all models for which the filter holds ("metrics.accuracy >= 0.9 AND tags.team = 'birds'"; docs/api.md has the
    language), the newest first, or in the order of keys such as "metrics.accuracy DESC". `limit=None` gives all of them."""
    return _default().search(filter, order_by, limit)


def compare(*refs: str) -> "Comparison":
    """Two or more versions side by side: facts, params, metrics, libraries, datasets, files by digest, lineage.
    `compare("churn@3", "churn@4").differing("metrics")` gives the rows in which they differ."""
    return _default().compare(*refs)


def lineage(ref: str, direction: str = "both", depth: int = 32, limit: Optional[int] = None) -> "Lineage":
    """Where a version (or `dataset:sha256:…`, `run:ID`) comes from ("up") and where it went ("down")."""
    return _default().lineage(ref, direction, depth, limit)


def lock(refs: Union[str, Iterable[str], None] = None, path: "PathLike" = _LOCK) -> "Lock":
    """Writes what the references mean now to a lock file. Entries that are there already stay unless they are among the references;
    without references exactly the models that assay.toml names are pinned, and where it names none, all entries are resolved
    again. The file is assay.lock beside the assay.toml that names models, else in the working directory."""
    return _default().lock(refs, path)


def verify(path: "PathLike" = _LOCK, offline: bool = True) -> "List[Verified]":
    """Checks the files of a lock file, in the folder that they were fetched to or else in the cache. Without `offline` also that
    the server still has them; an alias that has moved since is a note. Raises `IntegrityError` for bytes that differ or are
    missing; all problems are in `field_errors`."""
    if offline:
        from ._config import load_config
        from ._verify import verify as verify_

        config = load_config()
        return verify_(config.lock if path is _LOCK else path, config.cache)
    return _default().verify(path, offline=False)


def sample(
    model: Any, X: Any, *, rows: int = 1000, methods: Optional[Sequence[str]] = None, tolerance: Optional[Mapping[str, Any]] = None
) -> "Sample":
    """At most the first `rows` rows of X with the outputs of every method that the model has. `tolerance` is by default exact;
    {"kind": "close", "abs": 1e-12, "rel": 1e-9} accepts rounding between builds of the libraries."""
    from ._sample import sample_of

    return sample_of(model, X, rows=rows, methods=methods, tolerance=tolerance)


def dataset(data: Any, role: str = "training", name: Optional[str] = None) -> Dict[str, Any]:
    """The facts of one dataset, for `push(datasets=[…])`: digest, name, number of rows."""
    from ._dataset import describe

    return describe(data, role=role, name=name)


def dataset_digest(data: Any) -> str:
    """ "sha256:…" of the bytes of a file, "ds1:sha256:…" of the content of a DataFrame, Series or array. Equal tables have equal
    digests whatever index, integer width or pandas release they have (docs/formats.md)."""
    from ._dataset import dataset_digest as digest

    return digest(data)


def environment() -> Dict[str, Any]:
    """What this interpreter has: python, implementation, platform, packages and their releases."""
    from ._environment import capture

    return capture()


def _default() -> "Client":
    # Made anew for every call: what ASSAY_URL and assay.toml say may change between two of them.
    return connect()
