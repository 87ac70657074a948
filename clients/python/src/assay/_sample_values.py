"""Typed values of a sample in JSON and in NumPy (docs/formats.md, "Sample")."""

from __future__ import annotations

import math
from typing import Any, List

from .errors import AssayError, UsageError

MAKE = "make one: assay.sample(estimator, X)"
CONVERT = "convert it to numbers or text before the model sees it"
TYPES = ("float64", "float32", "int64", "bool", "string")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def invalid(because: str) -> AssayError:
    return AssayError("this is not a sample", code="invalid-sample", because=because, fix=[MAKE])


def type_of(dtype: Any, what: str) -> str:
    """The type that keeps values of a NumPy dtype without loss."""
    kind, size = dtype.kind, dtype.itemsize
    if kind == "f" and size <= 8:
        return "float64" if size == 8 else "float32"
    if kind in "iu":
        return "int64"
    if kind == "b":
        return "bool"
    if kind == "U":
        return "string"
    raise UsageError(
        f"{what} cannot be kept in a sample",
        code="no-sample-type",
        because=f"its type is {dtype}; a sample keeps floats, integers, booleans and text",
        fix=[CONVERT],
    )


def to_json(values: Any, kind: str, what: str) -> List[Any]:
    """An array of any shape as nested lists of JSON values."""
    import numpy as np

    if kind == "int64" and values.dtype.kind == "u" and values.size and int(values.max()) >= 2**63:
        raise UsageError(
            f"{what} cannot be kept in a sample",
            code="no-sample-type",
            because="it holds integers beyond 64 bits with a sign",
            fix=["make them floats"],
        )
    if kind in ("float64", "float32"):
        plain = values.astype(np.float32) if kind == "float32" else values
        flat = (
            [_float(value, kind) for value in plain.ravel().tolist()] if kind == "float64" else [_float32(value) for value in plain.ravel()]
        )
        return _nest(flat, values.shape)
    listed: List[Any] = values.tolist()
    return listed


def _nest(flat: List[Any], shape: Any) -> List[Any]:
    """Row-major values in nested lists."""
    if len(shape) == 1:
        return flat
    step = int(math.prod(shape[1:]))
    return [_nest(flat[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _float(value: float, kind: str) -> Any:
    if math.isfinite(value):
        return value  # json writes repr(), the shortest text that reads back equal
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _float32(value: Any) -> Any:
    """The double with the shortest digits that rounds to this float."""
    import numpy as np

    exact = float(value)
    if not math.isfinite(exact):
        return _float(exact, "float32")
    short = float(np.format_float_scientific(value, unique=True))
    return short if np.float32(short) == value else exact


def number(value: Any, kind: str) -> Any:
    """One value of a sample as Python has it; `AssayError` when it is not of that type."""
    if kind in ("float64", "float32"):
        if isinstance(value, str) and value in _SPECIAL:
            return _SPECIAL[value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                raise invalid(f"a whole number is beyond a {kind}") from None
    elif kind == "int64":
        if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
            return value
    elif kind == "bool":
        if isinstance(value, bool):
            return value
    elif kind == "string":
        if isinstance(value, str):
            return value
    else:
        raise invalid(f"{kind!r} is not one of its types: {', '.join(TYPES)}")
    raise invalid(f"{value!r} is not a {kind}")


def from_json(values: Any, kind: str, shape: List[int], what: str) -> Any:
    """The array of that shape. Text becomes a NumPy string array."""
    import numpy as np

    flat: List[Any] = []
    _flatten(values, shape, kind, flat, what)
    if kind == "string":
        return np.array(flat, dtype=str).reshape(shape)
    return np.array(flat, dtype=kind).reshape(shape)


def _flatten(values: Any, shape: List[int], kind: str, flat: List[Any], what: str) -> None:
    if not isinstance(values, list) or len(values) != shape[0]:
        raise invalid(f"{what} does not have the shape it claims")
    if len(shape) == 1:
        flat.extend(number(value, kind) for value in values)
        return
    for value in values:
        _flatten(value, shape[1:], kind, flat, what)


def checked_shape(shape: Any, rows: int, what: str) -> List[int]:
    good = (
        isinstance(shape, list) and 1 <= len(shape) <= 8 and all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in shape)
    )
    if not good or shape[0] != rows:
        raise invalid(f"the shape of {what} is {shape!r}, its first number is not the number of rows")
    return list(shape)
