"""For users of MLflow whose tracking server is Assay: installed beside MLflow, and what they load is judged for where they load it.

    with mlflow.start_run():
        assay.mlflow.log_dataset(train, "housing-train")
        info = mlflow.sklearn.log_model(pipe, name="model")
        assay.mlflow.log_sample(pipe, X_test, model=info)
    mlflow.register_model(info.model_uri, "housing")

`AssayEnvironment`, `AssayRunContext` and `_mlflow_runs.AssayRunFiles` are plug-ins, which MLflow finds in every process that has this package.
They do nothing where the server is another, or ASSAY_MLFLOW_PLUGIN=off. Importing this module imports neither MLflow nor another library.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Mapping, Optional, Sequence

from .errors import UsageError

if TYPE_CHECKING:
    from ._running_code import Running
    from ._sample import Sample

__all__ = ["AssayEnvironment", "AssayRunContext", "log_dataset", "log_sample"]

_log = logging.getLogger("assay")
_COMMIT = "mlflow.source.git.commit"  # the registry takes it for the version's source
_DATASET = "assay.dataset."  # and these for the hashes of its datasets
_LONGEST_TAG = 250
_DIGITS = 16  # of the hash, as the digest by which MLflow tells datasets of one name apart; its own looks at the first rows alone


class AssayEnvironment:
    """Says with every request of MLflow's what this interpreter has, so that the gate can judge what is loaded here.
    A `mlflow.request_header_provider`; never raises."""

    _speaker: ClassVar["Optional[AssayEnvironment]"] = None

    def __init__(self) -> None:
        # MLflow joins the values of one header with a space: of several, one registered by hand perhaps, a single one may speak.
        if AssayEnvironment._speaker is None:
            AssayEnvironment._speaker = self

    def in_context(self) -> bool:
        from . import _declaration

        return self is AssayEnvironment._speaker and _declaration.is_on()

    def request_headers(self) -> Dict[str, str]:
        from . import _declaration

        try:
            return _declaration.headers()
        except Exception:  # the request is MLflow's, and must not fail for us
            _log.debug("MLflow's requests do not say what environment this is", exc_info=True)
            return {}


class AssayRunContext:
    """Notes with every new run of which commit, from what script and on which host it is. A `mlflow.run_context_provider`; never raises."""

    def __init__(self) -> None:
        self._script: "Optional[Running]" = None

    def in_context(self) -> bool:
        from . import _declaration

        try:
            return _declaration.is_on() and _declaration.is_assay()
        except Exception:
            _log.debug("the run is not described", exc_info=True)
            return False

    def tags(self) -> Dict[str, str]:
        try:
            return self._tags()
        except Exception:
            _log.debug("the run is not described", exc_info=True)
            return {}

    def _tags(self) -> Dict[str, str]:
        import socket

        from ._running_code import running

        found = self._script or running()
        if found.entry_point:  # it is what it was when it began; the next run of a notebook may be of another commit
            self._script = found
        tags = {"assay.host": socket.gethostname()}
        if found.entry_point:
            tags["assay.entry_point"] = found.entry_point
        if found.commit and not _mlflow_has_commit():
            tags[_COMMIT] = found.commit
        if found.commit and found.dirty is not None:
            tags["assay.git.dirty"] = "true" if found.dirty else "false"
        return tags


def _mlflow_has_commit() -> bool:
    """MLflow sets the commit itself where GitPython is installed; it was asked before."""
    try:
        from mlflow.tracking.context.registry import _run_context_provider_registry as providers

        return any(type(provider).__name__ == "GitRunContext" and provider.in_context() for provider in providers)
    except Exception:  # a release of MLflow that keeps them elsewhere: the same is set twice
        return False


def log_sample(
    estimator: Any,
    X: Any,
    *,
    model: Any = None,
    rows: int = 1000,
    methods: Optional[Sequence[str]] = None,
    tolerance: Optional[Mapping[str, Any]] = None,
) -> "Sample":
    """Puts held-out rows beside a logged model, with the outputs that the estimator gives now. When the model is registered, the server lets
    its own re-creation answer them, and keeps the proof: log the model, log the sample, then register.

    estimator    the fitted estimator or search that was logged
    X            rows that it was not trained on: DataFrame, array, list of texts
    model        what log_model returned, or the URI of the logged model; by default the one that was logged last
    rows, methods, tolerance    as for `assay.sample`

    Returns the sample. Raises `Conflict` when a version was registered from the model already: versions never change."""
    from ._logged_model import logged_model, telling
    from ._push import SAMPLE_FILE
    from ._sample import sample_of

    with telling("logging a sample"):
        logged = logged_model(model)
    sample = sample_of(estimator, X, rows=rows, methods=methods, tolerance=tolerance)
    sample.check()
    with tempfile.TemporaryDirectory(prefix="assay-sample-") as folder, telling("logging a sample"):
        path = Path(folder) / SAMPLE_FILE
        sample.write(path)
        logged.add(path)
    return sample


def log_dataset(data: Any, name: str, context: str = "training", *, source: Optional[str] = None) -> Any:
    """Notes with the active run what data it used, by the hash of all of it: every version of a model of this run has it among its facts.
    That is `mlflow.log_input` and a tag, so any MLflow server keeps it.

    data       a DataFrame, a Series, an array; or the path of a file, of whose bytes the hash is
    context    what for: "training", "evaluation", "validation", "test"
    source     where it is from, for people: a path or a URL

    Returns MLflow's dataset, for `mlflow.log_metrics(…, dataset=…)`. Starts a run when there is none, as MLflow does."""
    import mlflow

    from ._arguments import text
    from ._dataset import dataset_digest
    from ._logged_model import telling

    text(name, "the name of a dataset", "log_dataset(df, 'housing-train')")
    text(context, "the context of a dataset", "context='training'")
    if not name or len(_DATASET + name) + 1 + _DIGITS > _LONGEST_TAG:
        because = f"a tag is named for it, and has at most {_LONGEST_TAG} letters"
        raise UsageError(f"a dataset cannot be called {name[:80]!r}", code="invalid-name", because=because, fix=["'housing-train'"])
    digest = dataset_digest(data)
    short = digest.rpartition(":")[2][:_DIGITS]
    with telling(f"logging the dataset {name}"):
        dataset = _as_mlflow_has_it(data, name, short, source)
        mlflow.set_tag(f"{_DATASET}{name}.{short}", digest)  # first: names that no tag can have are refused
        mlflow.log_input(dataset, context=context)
    return dataset


def _as_mlflow_has_it(data: Any, name: str, digest: str, source: Optional[str]) -> Any:
    """With its columns, where MLflow has words for them."""
    import mlflow

    if not isinstance(data, (str, os.PathLike)):
        table = data.to_frame() if hasattr(data, "iloc") and not hasattr(data, "columns") else data
        try:
            if hasattr(table, "iloc"):
                return mlflow.data.from_pandas(table, source=source, name=name, digest=digest)
            if hasattr(table, "dtype"):
                return mlflow.data.from_numpy(table, source=source, name=name, digest=digest)
        except Exception as error:
            _log.debug("MLflow describes %s without its columns: %s", name, error)
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.dataset_source_registry import resolve_dataset_source
    from mlflow.data.meta_dataset import MetaDataset

    place = source or (os.fspath(data) if isinstance(data, (str, os.PathLike)) else None)
    return MetaDataset(resolve_dataset_source(place) if place else CodeDatasetSource(tags={}), name=name, digest=digest)
