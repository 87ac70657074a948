"""Do the parts of a sample agree with each other? In plain Python: a machine that only pushes has neither NumPy nor pandas."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Sequence

from .errors import AssayError
from ._sample_input import decode_records
from ._sample_values import TYPES, checked_shape, invalid, number


def check_document(document: Mapping[str, Any]) -> None:
    """`AssayError` names the first place that is wrong. `document` is what `Sample` has accepted."""
    rows, given, outputs = document["rows"], document["input"], document.get("outputs") or {}
    if not outputs:
        raise invalid("it has no outputs, and a version keeps a sample for what the model answered")
    kind = given.get("kind")
    if kind == "table":
        _check_table(given, rows)
    elif kind == "matrix":
        what = "the matrix"
        shape = checked_shape(given.get("shape"), rows, what)
        if len(shape) != 2:
            raise invalid("a matrix has two dimensions")
        nulls = given.get("dtype") == "object" or given.get("dtype") is None and given.get("type") == "string"
        _check_values(given.get("values"), shape, given.get("type"), nulls, what)
    elif kind == "text":
        _check_values(given.get("values"), [rows], "string", False, "the input")
    elif kind == "records":
        decode_records(rows, given)
    else:
        raise invalid(f"the input's kind is {kind!r}, none of table, matrix, text and records")
    for method, output in outputs.items():
        what = f"the output of {method}"
        if not isinstance(output, dict):
            raise invalid(f"{what} is no object")
        _check_values(output.get("values"), checked_shape(output.get("shape"), rows, what), output.get("type"), False, what)


def _check_table(given: Mapping[str, Any], rows: int) -> None:
    columns = given.get("columns")
    if not isinstance(columns, list) or not columns or not all(isinstance(c, dict) and isinstance(c.get("name"), str) for c in columns):
        raise invalid("'columns' of the input is not a list of named columns")
    if len({column["name"] for column in columns}) != len(columns):
        raise invalid("two columns have the same name")
    for column in columns:
        what, dtype = f"column {column['name']!r}", column.get("dtype")
        if dtype is not None and not isinstance(dtype, str):
            raise invalid(f"the dtype of {what} is no text")
        nulls = dtype is None and column.get("type") == "string" or dtype is not None and not _is_numpy(dtype)
        _check_values(column.get("values"), [rows], column.get("type"), nulls, what)
        if dtype == "category":
            categories = column.get("categories")
            if not isinstance(categories, list):
                raise invalid(f"{what} does not name its categories")
            known = [number(value, column.get("type", "")) for value in categories]
            if not all(value is None or number(value, column["type"]) in known for value in column["values"]):
                raise invalid(f"{what} has a value that is none of its categories")


def _is_numpy(dtype: str) -> bool:
    return dtype in ("bool", "float16", "float32", "float64") or dtype.startswith(("int", "uint")) and dtype.lstrip("uint").isdigit()


def _check_values(values: Any, shape: Sequence[int], kind: Any, nulls: bool, what: str) -> None:
    if kind not in TYPES:
        raise invalid(f"the type of {what} is {kind!r}, none of {', '.join(TYPES)}")
    for value in _flat(values, list(shape), what):
        if value is None and nulls:
            continue
        try:
            number(value, kind)
        except AssayError as error:
            raise invalid(f"{what}: {error.because}") from error


def _flat(values: Any, shape: List[int], what: str) -> Iterator[Any]:
    if not isinstance(values, list) or len(values) != shape[0]:
        found = f"{len(values)} entries" if isinstance(values, list) else "no list"
        raise invalid(f"{what} has {found} where {shape[0]} are said: its values do not have the shape or the rows it claims")
    if len(shape) == 1:
        yield from values
        return
    for value in values:
        yield from _flat(value, shape[1:], what)
