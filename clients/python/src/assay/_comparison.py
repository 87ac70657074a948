"""Compares outputs: exact means the same bits, where every NaN equals every NaN."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, NamedTuple

from .errors import AssayError, PredictionDiffers, UsageError
from ._sample_values import invalid, type_of


class Difference(NamedTuple):
    """One method whose outputs differ."""

    method: str
    rows: List[int]  #: 0-based, ascending
    max_abs: float  #: infinite where a difference has no size: NaN against a number, text
    max_ulp: int  #: largest distance in units of the last place; 0 for what is no float
    because: str
    failed: bool = False  #: the method raised, or gave what cannot be compared


def tolerance_of(value: Any) -> Dict[str, Any]:
    """Checks a tolerance; absent means exact."""
    if value is None:
        return {"kind": "exact"}
    if isinstance(value, Mapping) and value.get("kind") == "exact" and set(value) == {"kind"}:
        return {"kind": "exact"}
    if isinstance(value, Mapping) and value.get("kind") == "close" and set(value) <= {"kind", "abs", "rel"}:
        bounds = {name: value.get(name, 0.0) for name in ("abs", "rel")}
        if all(isinstance(bound, (int, float)) and not isinstance(bound, bool) and 0 <= bound < math.inf for bound in bounds.values()):
            return {"kind": "close", **{name: float(bound) for name, bound in bounds.items()}}
    raise invalid(f"{value!r} is not a tolerance: {{'kind': 'exact'}} or {{'kind': 'close', 'abs': 1e-12, 'rel': 1e-9}}")


def given_tolerance(value: Any) -> Dict[str, Any]:
    """A tolerance that the caller says."""
    try:
        return tolerance_of(value)
    except AssayError:
        raise UsageError(
            f"{value!r} is not a tolerance",
            code="invalid-tolerance",
            because="a tolerance is exact, or close with bounds that are finite and not negative",
            fix=["{'kind': 'exact'}", "{'kind': 'close', 'abs': 1e-12, 'rel': 1e-9}"],
        ) from None


def compare(method: str, expected: Any, actual: Any, tolerance: Mapping[str, Any]) -> "Difference | None":
    """None when `actual` is equal within the tolerance. Both are arrays of the sample's types; text and integers are always
    compared exactly. |actual - expected| <= abs + rel * |expected|, as numpy.isclose has it."""
    import numpy as np

    if expected.shape != actual.shape:
        rows = list(range(expected.shape[0]))
        return Difference(method, rows, math.inf, 0, f"its shape is {actual.shape}, the sample has {expected.shape}")
    kinds = [type_of(a.dtype, f"the output of {method}") for a in (expected, actual)]
    if kinds[0] != kinds[1]:
        return Difference(
            method, list(range(expected.shape[0])), math.inf, 0, f"it gives {kinds[1]} values, the sample has {kinds[0]} values"
        )
    floats = expected.dtype.kind == "f"
    if not floats:
        wrong = expected != actual
    else:
        actual = actual.astype(expected.dtype, copy=False)
        both_nan = np.isnan(expected) & np.isnan(actual)
        if tolerance.get("kind") == "close":
            with np.errstate(invalid="ignore", over="ignore"):
                within = np.abs(actual.astype("f8") - expected.astype("f8")) <= tolerance["abs"] + tolerance["rel"] * np.abs(
                    expected.astype("f8")
                )
            wrong = ~(both_nan | (expected == actual) | (within & np.isfinite(expected)))
        else:
            wrong = ~(both_nan | (_bits(expected) == _bits(actual)))
    if not wrong.any():
        return None
    rows = np.flatnonzero(wrong.reshape(wrong.shape[0], -1).any(axis=1)).tolist()
    if not floats and expected.dtype.kind not in "iu":
        return Difference(method, rows, math.inf, 0, "")
    gaps = [abs(float(a) - float(e)) for a, e in zip(actual[wrong].tolist(), expected[wrong].tolist())]
    max_abs = max(math.inf if math.isnan(gap) else gap for gap in gaps)
    return Difference(method, rows, max_abs, _max_ulp(expected[wrong], actual[wrong]) if floats else 0, "")


def _bits(values: Any) -> Any:
    import numpy as np

    return np.ascontiguousarray(values).view("u4" if values.dtype.itemsize == 4 else "u8")


def _max_ulp(expected: Any, actual: Any) -> int:
    """Distance on the line of all floats, where neighbours are 1 apart. A NaN has no place on it and is left out."""
    here = ~(_isnan(expected) | _isnan(actual))
    pairs = zip(_ordered(expected[here]), _ordered(actual[here]))
    return max((abs(a - b) for a, b in pairs), default=0)


def _isnan(values: Any) -> Any:
    import numpy as np

    return np.isnan(values)


def _ordered(values: Any) -> List[int]:
    sign = 1 << (values.dtype.itemsize * 8 - 1)
    return [bits if bits < sign else sign - bits for bits in _bits(values).tolist()]


def differs(ref: str, differences: List[Difference], rows: int, context: str = "") -> PredictionDiffers:
    """The exception for outputs that differ."""
    worst = max(differences, key=lambda one: one.max_abs)
    all_rows = sorted({row for one in differences for row in one.rows})
    sizes = "" if math.isinf(worst.max_abs) else f", by at most {worst.max_abs:.3g} ({max(one.max_ulp for one in differences)} ulp)"
    first = ", ".join(str(row) for row in all_rows[:5]) + (", …" if len(all_rows) > 5 else "")
    small = worst.max_abs <= 1e-9
    fix = ["load it in the environment it was trained in (assay env show)"]
    if small:
        fix.append(
            "accept rounding between builds of the libraries: verify='warn', or push the sample with "
            "tolerance={'kind': 'close', 'abs': 1e-12, 'rel': 1e-9}"
        )
    because = (
        differences[0].because
        or f"{differences[0].method} differs first in {'row' if len(all_rows) == 1 else 'rows'} {first} of the sample"
    )
    return PredictionDiffers(
        f"{ref} predicts otherwise than when it was pushed: "
        f"{', '.join(one.method for one in differences)} in {len(all_rows)} of {rows} rows{sizes}",
        code="prediction-differs",
        because=because,
        fix=fix,
        context=context,
        method=differences[0].method,
        rows=all_rows,
        max_abs=worst.max_abs,
        max_ulp=max(one.max_ulp for one in differences),
    )
