"""Held-out rows with the outputs that the model gave when it was pushed (docs/formats.md, "Sample")."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

from . import _comparison as comparison, _sample_input as sample_input, _sample_values as sample_values
from .errors import AssayWarning, UsageError
from ._arguments import number, path as checked_path, texts
from ._files import SPELLING, PathLike, write_file
from ._sample_check import check_document
from ._sample_values import invalid

SCHEMA = "assay.sample/1"
METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples")
MAX_ROWS = 1000
_LEAVE_OUT = "leave it out: methods=['predict']"
_MAX_VALUES = 1_000_000  # in the input and per method: a wide transform of many rows is no sample any more
_MAX_BYTES = 32 << 20


class Sample:
    """A sample as the JSON document that it is. Immutable by agreement."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Checks the document; `AssayError` says what is wrong with it. The values are checked when they are read."""
        if not isinstance(document, Mapping):
            raise invalid(f"it is of type {type(document).__name__}, not a JSON object")
        unknown = sorted(set(map(str, document)) - {"schema", "rows", "input", "outputs", "tolerance"})
        if document.get("schema") != SCHEMA:
            raise invalid(f"its schema is {document.get('schema')!r}, not {SCHEMA!r}")
        if unknown:
            raise invalid(f"it has an unknown member {unknown[0]!r}")
        rows = document.get("rows")
        if not isinstance(rows, int) or isinstance(rows, bool) or not 1 <= rows <= MAX_ROWS:
            raise invalid(f"'rows' is not the number of rows, 1 to {MAX_ROWS:,}")
        if not isinstance(document.get("input"), dict):
            raise invalid("it has no 'input'")
        outputs = document.get("outputs", {})
        if not isinstance(outputs, dict) or not set(outputs) <= set(METHODS):
            raise invalid(f"'outputs' may name {', '.join(METHODS)}")
        self.document: Dict[str, Any] = dict(document)
        self.rows: int = rows
        self.tolerance: Dict[str, Any] = comparison.tolerance_of(document.get("tolerance"))

    @classmethod
    def read(cls, path: PathLike) -> "Sample":
        """Reads sample.json. `UsageError` when there is no such file, `AssayError` when it is no sample."""
        checked_path(path, "a sample", "the path of a sample.json")
        try:
            if os.path.getsize(path) > _MAX_BYTES:
                raise invalid(f"{os.fspath(path)} is larger than {_MAX_BYTES >> 20} MiB")
            text = Path(path).read_bytes()
        except OSError as error:
            because = error.strerror or str(error)
            raise UsageError(f"{os.fspath(path)} cannot be read", code="no-such-file", because=because, fix=[SPELLING]) from error
        return cls.parse(text)

    @classmethod
    def parse(cls, text: bytes) -> "Sample":
        def refuse(constant: str) -> Any:
            raise invalid(f"{constant} is not JSON; a sample writes it as a string")

        try:
            document = json.loads(text.decode("utf-8"), parse_constant=refuse)
        except (ValueError, RecursionError) as error:
            raise invalid(str(error)) from error
        if not isinstance(document, dict):
            raise invalid("it is no JSON object")
        return cls(document)

    def to_bytes(self) -> bytes:
        return (json.dumps(self.document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode("utf-8")

    def write(self, path: PathLike) -> None:
        write_file(checked_path(path, "a file for the sample", "sample.write('sample.json')"), self.to_bytes())

    def check(self) -> None:
        """Reads everything in it, without NumPy and pandas; `AssayError` says what is wrong. The server checks the same and more."""
        check_document(self.document)
        if len(self.to_bytes()) > _MAX_BYTES:
            raise UsageError(
                "the sample is too large",
                code="too-large",
                because=f"written as JSON it has more than {_MAX_BYTES >> 20} MiB",
                fix=["give fewer rows: assay.sample(estimator, X, rows=100)"],
            )

    def input(self) -> Any:
        """The rows as an estimator is given them: DataFrame, array, list of texts or of dicts, with the types they had."""
        return sample_input.decode(self.rows, self.document["input"])

    @property
    def methods(self) -> List[str]:
        return list(self.document.get("outputs", {}))

    def output(self, method: str) -> Any:
        """The recorded outputs of a method, as an array."""
        if method not in self.methods:
            raise UsageError(
                f"the sample has no outputs of {method!r}",
                code="invalid-method",
                because="they were not recorded when it was made",
                fix=[f"one of {', '.join(self.methods)}"],
            )
        recorded = self.document["outputs"][method]
        if not isinstance(recorded, dict):
            raise invalid(f"the outputs of {method} are no object")
        shape = sample_values.checked_shape(recorded.get("shape"), self.rows, method)
        return sample_values.from_json(recorded.get("values"), recorded.get("type", ""), shape, method)

    def compare(self, estimator: Any, tolerance: Optional[Mapping[str, Any]] = None) -> List[comparison.Difference]:
        """Replays the sample; the methods whose outputs differ, none when all are equal. A method that fails or is gone counts
        as different in every row."""
        allowed = comparison.given_tolerance(tolerance) if tolerance is not None else self.tolerance
        given = self.input()
        found = []
        for method in self.methods:
            expected = self.output(method)
            try:
                actual = _as_array(_call(estimator, method, given), method)
            except Exception as error:  # whatever a foreign estimator raises: it does not predict as it did
                everywhere = list(range(self.rows))
                found.append(comparison.Difference(method, everywhere, float("inf"), 0, f"{method} fails: {type(error).__name__}: {error}", True))
                continue
            difference = comparison.compare(method, expected, actual, allowed)
            if difference is not None:
                found.append(difference)
        return found


def sample_of(
    model: Any, X: Any, *, rows: int = MAX_ROWS, methods: Optional[Sequence[str]] = None, tolerance: Optional[Mapping[str, Any]] = None
) -> Sample:
    """The first `rows` rows of X with the outputs of every method in METHODS that the model has (or of `methods`).

    The outputs are computed from the rows as they are read back, not from X: memory layout reaches the last bits of a matrix
    product, and the replay has nothing but what the file says."""
    rows = number(rows, "rows", 1, f"rows=100; at most {MAX_ROWS:,} are kept")
    if rows > MAX_ROWS:
        raise UsageError(
            f"rows cannot be {rows}", code="invalid-argument", because=f"a sample has at most {MAX_ROWS:,} rows", fix=["leave rows out"]
        )
    wanted = None if methods is None else texts(methods, "methods", "methods=['predict']")
    allowed = comparison.given_tolerance(tolerance)
    count, given = sample_input.encode(X, rows)
    if count == 0:
        raise UsageError(
            "the sample is empty",
            code="invalid-sample-input",
            because="a sample has at least one row",
            fix=["give rows that the model was not trained on: sample=X_test"],
        )
    width = len(given["columns"]) if given["kind"] == "table" else given["shape"][1] if given["kind"] == "matrix" else 1
    if given["kind"] == "records":
        width = -(-sum(1 + len(one) if isinstance(one, list) else 1 for record in given["values"] for one in record.values()) // count)
    if count * width > _MAX_VALUES:
        raise UsageError(
            f"{count} rows of {width} values are no sample",
            code="too-large",
            because=f"at most {_MAX_VALUES:,} values are kept",
            fix=[f"assay.sample(estimator, X, rows={max(1, _MAX_VALUES // width)})"],
        )
    document: Dict[str, Any] = {"schema": SCHEMA, "rows": count, "input": given}
    replayed = Sample(document).input()
    outputs: Dict[str, Any] = {}
    for method in wanted if wanted is not None else METHODS:
        if method not in METHODS:
            raise UsageError(
                f"a sample does not keep outputs of {method!r}",
                code="invalid-method",
                because="a replay calls methods that give one row per row",
                fix=[f"one of {', '.join(METHODS)}"],
            )
        if not callable(getattr(model, method, None)):
            if wanted is not None:
                raise UsageError(
                    f"{type(model).__name__} has no method {method}",
                    code="invalid-method",
                    because="this kind of estimator, or one with these settings, does not have it",
                    fix=["leave 'methods' out: all that it has are kept"],
                )
            continue
        output = _answer(model, method, replayed, count)
        try:
            outputs[method] = _encode_output(output, method)
        except UsageError as error:
            if wanted is not None:
                raise
            warnings.warn(f"the sample leaves {method} out: {error.message}: {error.because}", AssayWarning, stacklevel=3)
    if not outputs:
        raise UsageError(
            f"{type(model).__name__} gives no output that a sample can keep",
            code="no-outputs",
            because=f"it keeps those of {', '.join(METHODS)}",
            fix=["give a fitted estimator that has one of them"],
        )
    return Sample({**document, "outputs": outputs, "tolerance": allowed})


def _answer(model: Any, method: str, given: Any, rows: int) -> Any:
    """What a method says to the rows of the sample, one row each."""
    try:
        output = _call(model, method, given)
    except Exception as error:  # whatever a foreign estimator raises
        raise UsageError(
            f"{type(model).__name__}.{method} fails on the sample",
            code="model-fails",
            because=f"{type(error).__name__}: {error}",
            fix=["give rows with the columns that the model was trained on, in their order", "fit the model first"],
        ) from error
    shape = getattr(output, "shape", None)
    found = shape[0] if isinstance(shape, tuple) and shape else len(output) if hasattr(output, "__len__") else None
    if found != rows and not isinstance(output, (list, tuple)):
        raise UsageError(
            f"{type(model).__name__}.{method} gives {'one value' if found is None else f'{found} rows'} for {rows} rows",
            code="invalid-output",
            because="a sample keeps what the model says to each row",
            fix=["leave this method out with methods=[…]"],
        )
    return output


def _call(model: Any, method: str, given: Any) -> Any:
    import numpy as np

    with np.errstate(divide="ignore"):  # log(0) is -Infinity: an output, not a mishap
        return getattr(model, method)(given)


def _as_array(output: Any, method: str) -> Any:
    """Outputs as an array of one of the sample's types."""
    import numpy as np

    if isinstance(output, (list, tuple)):
        raise UsageError(
            f"{method} gives a list of arrays", code="no-sample-type", because="a sample keeps one array per method", fix=[_LEAVE_OUT]
        )
    if hasattr(output, "toarray"):
        if output.shape[0] * output.shape[1] > _MAX_VALUES:
            raise UsageError(
                f"{method} gives {output.shape[0]} x {output.shape[1]} values",
                code="too-large",
                because=f"at most {_MAX_VALUES:,} are kept",
                fix=["give fewer rows"],
            )
        output = output.toarray()
    array = np.asarray(output)
    if array.dtype.kind == "O":
        kinds = set(map(type, array.ravel().tolist()))
        if not all(issubclass(kind, (str, bool, int, float)) for kind in kinds) or len(kinds) > 1 and not kinds <= {int, float}:
            raise UsageError(
                f"{method} gives values of several types",
                code="no-sample-type",
                because=", ".join(sorted(kind.__name__ for kind in kinds)),
                fix=[_LEAVE_OUT],
            )
        array = np.array(array.tolist())
    if array.ndim == 0 or array.size > _MAX_VALUES:
        raise UsageError(
            f"{method} gives an array of shape {array.shape}",
            code="too-large",
            because=f"one row per row of the sample and at most {_MAX_VALUES:,} values are kept",
            fix=["give fewer rows"],
        )
    sample_values.type_of(array.dtype, f"the output of {method}")
    return array


def _encode_output(output: Any, method: str) -> Dict[str, Any]:
    array = _as_array(output, method)
    kind = sample_values.type_of(array.dtype, f"the output of {method}")
    return {"type": kind, "shape": list(array.shape), "values": sample_values.to_json(array, kind, f"the output of {method}")}
