"""Registers a trained model: bytes, and the facts of how it came to be."""

from __future__ import annotations

import os
import tempfile
import unicodedata
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from . import _dataset as datasets_
from . import _environment as environments
from . import _facts as facts_
from ._arguments import items, mapping, path, text, text_mapping, texts
from ._connection import Connection
from ._environment import EnvironmentLike
from .errors import AssayError, AssayWarning, UsageError
from ._facts import MetricsLike
from ._files import PathLike, files_below
from ._reference import checked_name, model_path
from ._upload import hash_files, upload_missing
from ._version import Version

_MEDIA_TYPES = {".joblib": "application/vnd.joblib"}
_PARENTS = "parents=['churn@2'] or ['churn@2:retrained_from']"
SAMPLE_FILE = "sample.json"
SAMPLE_TYPE = "application/vnd.assay.sample+json"


def push(
    connection: Connection,
    name: str,
    model: Any,
    *,
    sample: Any = None,
    datasets: Sequence[Mapping[str, Any]] = (),
    training: Any = None,
    evaluation: Any = None,
    metrics: MetricsLike = (),
    dataset: Optional[str] = None,
    params: Optional[Mapping[str, Any]] = None,
    trained_at: Union[str, datetime, None] = None,
    uses: Optional[Sequence[str]] = None,
    environment: Optional[EnvironmentLike] = None,
    parents: Sequence[Union[str, Mapping[str, Any]]] = (),
    run: Union[str, Mapping[str, Any], None] = None,
    tags: Optional[Mapping[str, str]] = None,
    aliases: Sequence[str] = (),
    description: str = "",
    source: Optional[Mapping[str, str]] = None,
    if_changed: bool = False,
) -> Version:
    """See `assay.push`."""
    name = checked_name(name)
    context = f"pushing {name}"
    is_path = isinstance(model, (str, os.PathLike))
    environment_facts = environments.environment_of("auto" if environment is None else environment) or {}
    estimator, found_params, found_run = (None, {}, None) if is_path else facts_.split_search(model, name)
    if not is_path and not callable(getattr(estimator, "get_params", None)) and not callable(getattr(estimator, "predict", None)):
        raise _no_model(model, context)
    if isinstance(estimator, type):
        raise _no_model(model, context)
    if is_path:
        path(model, "a model", "the path of a file or folder")
    texts_of = {"description": description, "dataset": "" if dataset is None else dataset}
    for what, given in texts_of.items():
        text(given, what, f"{what}='a text'")
    alias_list = texts(aliases, "aliases", "aliases=['production']")
    tag_map = text_mapping({} if tags is None else tags, "tags", "tags={'team': 'birds'}")
    source_map = None if source is None else text_mapping(source, "source", "source={'git': '9f31c0e'}")
    merged = _run(run, found_run)

    facts: Dict[str, Any] = {}
    if uses is not None:
        facts["uses"] = [environments.normalise(package) for package in texts(uses, "uses", "uses=['scikit-learn', 'numpy']")]
    elif is_path:
        facts["uses"] = facts_.packages_of_file(os.fspath(model), environment_facts.get("packages", {}))
    else:
        facts["uses"] = facts_.packages_used(estimator, name)
    facts["libraries"] = facts_.libraries(environment_facts, facts["uses"])
    facts["platform"] = environment_facts.get("platform") or environments.platform_name()
    if trained_at is not None:
        facts["trained_at"] = facts_.as_time(trained_at)
    elif not is_path:
        if if_changed:
            raise UsageError(
                "if_changed needs trained_at",
                code="trained-at-needed",
                context=context,
                because="without it every push has another training date, and so is a change",
                fix=["trained_at=datetime.fromtimestamp(os.path.getmtime('train.csv'), timezone.utc), or when it was trained"],
            )
        facts["trained_at"] = facts_.now()
        facts["origin"] = {"trained_at": "client-clock"}
    facts["datasets"] = _datasets(datasets, training, evaluation)
    held_out = next((item["name"] for item in facts["datasets"] if item.get("role") in ("evaluation", "test")), None)
    facts["metrics"] = facts_.as_metrics(metrics, dataset or held_out)
    facts["params"] = facts_.as_params(found_params if params is None else params)
    if source_map is not None or not is_path:
        facts["source"] = source_map if source_map is not None else facts_.source()
    facts["parents"] = [_parent(item) for item in items(parents, "parents", _PARENTS)]
    facts = {key: value for key, value in facts.items() if value or key in ("datasets", "metrics", "libraries")}

    body: Dict[str, Any] = {"facts": facts}
    members = {"run": merged, "description": description, "tags": tag_map, "aliases": alias_list}
    body.update({key: value for key, value in members.items() if value})
    if if_changed:
        body["if_changed"] = True

    with tempfile.TemporaryDirectory(prefix="assay-push-") as folder:
        named = _files(Path(folder), model if is_path else estimator, is_path, sample, name)
        files = hash_files(named)
        upload_missing(connection, files, context)
        body["files"] = [_described(file.path, file.digest, sample) for file in files]
        answer = connection.json("POST", model_path(name) + "/versions", body=body, context=context)
    version = Version.from_json(answer)
    for warning in version.warnings:
        warnings.warn(f"{version.ref}: {warning}", AssayWarning, stacklevel=3)
    return version


def _no_model(model: Any, context: str) -> UsageError:
    what = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
    return UsageError(
        f"{what} is neither an estimator nor a path",
        code="not-a-model",
        because="it is not fitted: it is no object" if isinstance(model, type) else "it has neither get_params nor predict",
        context=context,
        fix=["give a fitted estimator", "give the path of a file or folder"],
    )


def _files(folder: Path, model: Any, is_path: bool, sample: Any, name: str) -> List[Tuple[str, Path]]:
    """What is to be uploaded, with its path inside the version. Paths are NFC, as the server keeps them."""
    from ._sample import Sample, sample_of

    named: List[Tuple[str, Path]]
    if is_path:
        named = [(unicodedata.normalize("NFC", path), source) for path, source in files_below(Path(model))]
        if not named:
            raise UsageError(
                f"{model} is an empty folder",
                code="no-files",
                because="a version has at least one file",
                fix=["save the model into it first"],
            )
    else:
        try:
            import joblib
        except ImportError as error:
            raise AssayError(
                "pushing an estimator needs joblib", code="no-joblib", because=str(error), fix=["pip install scikit-learn joblib"]
            ) from error
        joblib.dump(model, folder / "model.joblib")
        named = [("model.joblib", folder / "model.joblib")]
    if sample is None:
        return named
    if any(path == SAMPLE_FILE for path, _ in named):
        raise UsageError(
            f"{model} has a {SAMPLE_FILE} already",
            code="duplicate-path",
            because="a version has one sample",
            fix=["leave the argument 'sample' out", f"remove {SAMPLE_FILE} from the folder"],
        )
    if isinstance(sample, (str, os.PathLike)):
        Sample.read(sample).check()  # refuses what is no sample before anything is sent
        return [*named, (SAMPLE_FILE, Path(sample))]
    if not isinstance(sample, Sample):
        if is_path:
            raise UsageError(
                f"{name} is pushed from a file, so the sample's outputs are not known",
                code="sample-needs-outputs",
                because="loading the file to compute them would run what is inside",
                fix=["sample=assay.sample(estimator, X)"],
            )
        sample = sample_of(model, sample)
    sample.check()
    sample.write(folder / SAMPLE_FILE)
    return [*named, (SAMPLE_FILE, folder / SAMPLE_FILE)]


def _described(path: str, digest: str, sample: Any) -> Dict[str, str]:
    media_type = SAMPLE_TYPE if path == SAMPLE_FILE and sample is not None else _MEDIA_TYPES.get(Path(path).suffix)
    return {"path": path, "digest": digest, **({"media_type": media_type} if media_type else {})}


def _datasets(listed: Sequence[Mapping[str, Any]], training: Any, evaluation: Any) -> List[Dict[str, Any]]:
    fix = "datasets=[assay.dataset(df, role='training', name='adult')]"
    found = [mapping(item, "an entry of datasets", fix) for item in items(listed, "datasets", fix)]
    for role, data in (("training", training), ("evaluation", evaluation)):
        if data is not None:
            found.append(datasets_.describe(data, role=role))
    return found


def _parent(item: Union[str, Mapping[str, Any]]) -> Dict[str, Any]:
    """ "churn@2", "churn@2:fine_tuned_from" or the API's own form."""
    if isinstance(item, Mapping):
        return dict(item)
    text(item, "an entry of parents", _PARENTS)
    version, colon, relation = item.partition(":") if "sha256:" not in item else (item, "", "")
    return {"version": version, **({"relation": relation} if colon else {})}


def _run(run: Union[str, Mapping[str, Any], None], found: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    fix = "run=version.run, or run={'name': 'grid', 'experiment': 'birds'}"
    given: Dict[str, Any] = {"id": run} if isinstance(run, str) else mapping({} if run is None else run, "run", fix)
    if not found:
        return given
    mapping(given.get("params", {}), "the params of a run", fix)
    items(given.get("metrics", []), "the metrics of a run", fix)
    return {**given, "metrics": [*given.get("metrics", []), *found["metrics"]], "params": {**found["params"], **given.get("params", {})}}
