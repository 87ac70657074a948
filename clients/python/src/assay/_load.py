"""Gate, fetch into the cache, verify, load, smoke test: the estimator, or an exception that says why not."""

from __future__ import annotations

import warnings
from typing import Any, Callable, List, Optional

from . import _gate as gate, _reference as reference
from ._arguments import optional_text
from ._cache import Cache
from ._comparison import differs
from ._connection import Connection
from ._download import download, manifest_of
from ._environment import EnvironmentLike, capture
from .errors import AssayError, AssayWarning, Incompatible, UnsafeContent, UsageError
from ._files import PendingFile
from ._manifest import Manifest, ManifestFile
from ._sample import Sample
from ._smoke import Found, in_child, replay, report

VERIFY = ("strict", "warn", "off")
_ARTIFACTS = (".joblib", ".pkl", ".pickle")
_SAMPLE_TYPE = "application/vnd.assay.sample+json"


def load(
    connection: Connection,
    ref: str,
    environment: EnvironmentLike = "auto",
    verify: str = "strict",
    *,
    file: Optional[str] = None,
    try_: bool = False,
) -> Any:
    """See `assay.load`."""
    if verify not in VERIFY:
        raise UsageError(
            f"verify={verify!r} is not possible",
            code="invalid-verify",
            because="it says what happens when the model predicts otherwise than its sample says",
            fix=[f"one of {', '.join(VERIFY)}"],
        )
    optional_text(file, "the file to load", "file='model.joblib'")
    if try_ and not (isinstance(environment, str) and environment == "auto"):
        raise UsageError(
            "try_ needs environment='auto'", code="invalid-try", because="a smoke test runs in this interpreter and proves nothing of another"
        )
    target, context = reference.parse(ref), f"loading {ref}"
    admission = gate.admit(connection, target, environment, context, trial=try_)
    on_trial = admission.verdict is not None and admission.verdict.on_trial
    if on_trial:
        connection.headers["Assay-Try"] = "true"
    try:
        return _load(connection, target, environment, verify, file, admission, on_trial, context)
    finally:
        connection.headers.pop("Assay-Try", None)


def _load(
    connection: Connection,
    target: reference.Reference,
    environment: EnvironmentLike,
    verify: str,
    file: Optional[str],
    admission: gate.Admission,
    on_trial: bool,
    context: str,
) -> Any:
    # A reference by digest is what the caller trusts; the server's answer is not asked for it.
    digest = target.selector if target.is_digest else admission.digest
    cache = Cache(connection.config.cache)
    manifest = cache.manifest(digest)
    if manifest is None:
        manifest = manifest_of(connection, target.model, digest, context)
        cache.keep_manifest(manifest)

    def opened(wanted: ManifestFile) -> Any:
        def bring(into: PendingFile) -> None:
            download(connection, manifest, wanted, admission.environment_header, into)

        return cache.open(wanted.digest, wanted.size, bring)

    artifact = _artifact(manifest, file)
    sample: Optional[Sample] = None
    recorded = _sample(manifest)
    if on_trial and recorded is None:
        raise Incompatible(
            f"{manifest.ref} cannot be tried",
            verdict=admission.verdict or {},
            code="no-sample",
            because="it has no sample, so nothing can tell whether it works here",
            fix=[f"load it where it was trained: assay env show {manifest.ref}"],
            context=context,
        )
    if recorded is not None and (verify != "off" or on_trial):
        with opened(recorded) as stream:
            sample = Sample.parse(stream.read())
    # What the smoke test finds is about this interpreter, whatever environment was named.
    here: Optional[str] = None
    if environment != "none" and (verify != "off" or on_trial):
        here = admission.environment_header if environment == "auto" else gate.register(connection, capture())

    def keep(found: Found) -> None:
        if here is not None:
            report(connection, manifest, found, recorded.digest if recorded is not None else "", here)

    with opened(artifact) as stream:
        if on_trial and recorded is not None:
            found = in_child(str(cache.blob_path(artifact.digest)), str(cache.blob_path(recorded.digest)), context)
            keep(found)
            _must_be_good(found, manifest, artifact, context)
        try:
            estimator = _joblib_load(stream, manifest, artifact, context)
        except AssayError as error:
            # That there was no memory, or no file, says nothing of the version.
            if error.code == "load-error" and not isinstance(error.__cause__, (MemoryError, OSError)):
                keep(Found("load-error", message=error.because))
            raise
    if verify != "off":
        _smoke_test(estimator, sample, manifest, verify, context, keep)
    return estimator


def _must_be_good(found: Found, manifest: Manifest, artifact: ManifestFile, context: str) -> None:
    if found.good:
        return
    if found.outcome == "different":
        raise differs(manifest.ref, found.differences, found.rows, context)
    raise AssayError(
        f"{artifact.path} of {manifest.ref} does not work here",
        code=found.outcome,
        because=found.message,
        context=context,
        fix=[f"see what it needs: assay env show {manifest.ref}"],
    )


def _artifact(manifest: Manifest, wanted: Optional[str]) -> ManifestFile:
    """The one file that joblib can load, or the one that was asked for."""
    if wanted is not None:
        for file in manifest.files:
            if file.path == wanted:
                return file
        raise UsageError(
            f"{manifest.ref} has no file {wanted!r}",
            code="file-not-found",
            because="the manifest does not list it",
            fix=[f"one of {', '.join(f.path for f in manifest.files[:10])}"],
        )
    candidates: List[ManifestFile] = [
        file for file in manifest.files if file.path.endswith(_ARTIFACTS) or file.media_type == "application/vnd.joblib"
    ]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise UsageError(
            f"{manifest.ref} holds nothing that joblib loads",
            code="no-artifact",
            because=f"it has {', '.join(file.path for file in manifest.files[:10])}",
            fix=[f"assay.fetch('{manifest.ref}', 'model')"],
        )
    raise UsageError(
        f"{manifest.ref} holds several models",
        code="ambiguous-artifact",
        because="which one is meant is not said",
        fix=[f"assay.load('{manifest.ref}', file='{file.path}')" for file in candidates[:3]],
    )


def _sample(manifest: Manifest) -> Optional[ManifestFile]:
    samples = [file for file in manifest.files if file.media_type == _SAMPLE_TYPE]
    return samples[0] if samples else None


def _joblib_load(stream: Any, manifest: Manifest, artifact: ManifestFile, context: str) -> Any:
    try:
        import joblib
    except ImportError as error:
        raise AssayError(
            "loading a model needs joblib", code="no-joblib", because=str(error), fix=["pip install scikit-learn joblib"], context=context
        ) from error
    try:
        return joblib.load(stream)
    except UnsafeContent:
        raise
    except Exception as error:  # unpickling runs foreign code, which raises what it likes
        raise AssayError(
            f"{artifact.path} of {manifest.ref} cannot be loaded",
            code="load-error",
            because=f"{type(error).__name__}: {error}",
            context=context,
            fix=[f"see what it needs: assay env show {manifest.ref}"],
        ) from error


def _smoke_test(
    estimator: Any, sample: Optional[Sample], manifest: Manifest, verify: str, context: str, keep: Callable[[Found], None]
) -> None:
    if sample is None or not sample.methods:
        warnings.warn(
            f"{manifest.ref} has no sample, so its predictions were not compared with those at training time", AssayWarning, stacklevel=4
        )
        return
    found = replay(estimator, sample)
    if found.good or verify == "strict":  # who asks for a warning has said that differences are no failure
        keep(found)
    if found.good:
        return
    problem = differs(manifest.ref, found.differences, sample.rows, context)
    if verify == "strict":
        raise problem
    warnings.warn(str(problem), AssayWarning, stacklevel=4)
