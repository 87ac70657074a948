"""The rows of a sample: from what an estimator was given to JSON, and back to the same types."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ._dataset import _is_missing
from .errors import UsageError
from ._sample_values import CONVERT, from_json, invalid, number, to_json, type_of

_ROWS = "give a DataFrame, an array of two dimensions, a list of texts, or one of dicts"
# Missing values are told apart because scikit-learn's imputers and encoders do.
_MISSING = ("nan", "none", "pd.NA")


def encode(X: Any, rows: int) -> Tuple[int, Dict[str, Any]]:
    """(number of rows, input) of at most the first `rows` rows."""
    if hasattr(X, "columns") and hasattr(X, "iloc"):
        X = X.iloc[:rows]
        columns = [_encode_column(label, X.iloc[:, position]) for position, label in enumerate(X.columns)]
        if not columns or len({column["name"] for column in columns}) != len(columns):
            because = "a sample names columns, and their values by them"
            what = "two columns have the same name" if columns else "the table has no columns"
            raise UsageError(what, code="invalid-sample-input", because=because, fix=["sample=X.to_numpy()", "rename the columns"])
        return len(X), {"kind": "table", "columns": columns}
    if hasattr(X, "iloc"):
        X = X.iloc[:rows].tolist()
    if hasattr(X, "toarray"):
        raise UsageError(
            "a sparse matrix cannot be a sample",
            code="no-sample-type",
            because="a sample has a value in every place",
            fix=["sample=X[:1000].toarray()"],
        )
    import numpy as np

    if isinstance(X, (list, tuple)) and X and all(isinstance(value, str) for value in X):
        return len(X[:rows]), {"kind": "text", "values": [str(value) for value in X[:rows]]}
    if isinstance(X, (list, tuple)) and X and all(isinstance(value, Mapping) for value in X):
        return len(X[:rows]), {"kind": "records", "values": [_encode_record(value) for value in X[:rows]]}
    try:
        array = np.asarray(X)
    except ValueError as error:  # rows of different lengths
        raise UsageError("a sample has rows and columns", code="invalid-sample-input", because=str(error), fix=[_ROWS]) from error
    array = array[:rows] if array.ndim else array
    if array.ndim == 1 and array.dtype.kind in "UO" and all(isinstance(value, str) for value in array):
        return len(array), {"kind": "text", "values": [str(value) for value in array]}
    if array.ndim == 1 and array.dtype.kind == "O" and len(array) and all(isinstance(value, Mapping) for value in array):
        return len(array), {"kind": "records", "values": [_encode_record(value) for value in array]}
    if array.ndim != 2 or array.shape[1] == 0:
        because = f"this one has {array.ndim} dimensions" if array.ndim != 2 else "this one has no columns"
        if array.ndim == 0:
            because = f"this is of type {type(X).__name__}"
        raise UsageError("a sample has rows and columns", code="invalid-sample-input", because=because, fix=[_ROWS])
    return len(array), _encode_matrix(array)


def _encode_record(record: Mapping[Any, Any]) -> Dict[str, Any]:
    """In the order of the names, which is that of their bytes in UTF-8."""
    if not all(isinstance(name, str) for name in record):
        because = "in a sample, names are texts"
        raise UsageError("a record has a name that is no text", code="invalid-sample-input", because=because, fix=["name values by texts"])
    return {str(name): _encode_record_value(name, record[name]) for name in sorted(record)}


def _encode_record_value(name: str, value: Any) -> Any:
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()  # NumPy's numbers
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return [str(one) for one in value]
    raise UsageError(
        f"a record has {type(value).__name__} in {name!r}",
        code="no-sample-type",
        because="a sample keeps finite numbers of 64 bits, booleans, texts, lists of texts and None by name",
        fix=["leave it out of the records of the sample"],
    )


def _encode_column(label: Any, series: Any) -> Dict[str, Any]:
    import numpy as np

    if not isinstance(label, str):
        raise UsageError(
            f"the column label {label!r} is not text",
            code="invalid-sample-input",
            because="a sample names columns by texts, and scikit-learn takes no notice of other names",
            fix=["sample=X.to_numpy()", "train with named columns"],
        )
    what, dtype = f"column {label!r}", series.dtype
    column: Dict[str, Any] = {"name": label}
    if type(dtype).__name__ == "CategoricalDtype":
        # The categories and their order are part of the type: histogram trees read them.
        kind, categories, _ = _objects(np.array(list(dtype.categories), dtype=object), what)
        _, values, _ = _objects(series.astype(object).to_numpy(), what)
        return {**column, "type": kind, "dtype": "category", "categories": categories, "ordered": bool(dtype.ordered), "values": values}
    if isinstance(dtype, np.dtype) and dtype.kind != "O":
        kind = type_of(dtype, what)
        column["type"] = kind
        if dtype.name != kind:
            column["dtype"] = dtype.name
        return {**column, "values": to_json(series.to_numpy(), kind, what)}
    kind, values, missing = _objects(series.to_numpy(dtype=object), what)
    name = "object" if isinstance(dtype, np.dtype) else _extension_name(dtype)
    column.update({"type": kind, "dtype": name})
    if missing is not None and missing != "nan":
        column["missing"] = missing
    return {**column, "values": values}


def _extension_name(dtype: Any) -> str:
    """pandas' own types by the name that makes them again. `str` is the text type of pandas 3; `string` the one with pandas.NA."""
    if type(dtype).__name__ != "StringDtype":
        return str(dtype)
    na = getattr(dtype, "na_value", None)
    return "str" if isinstance(na, float) else "string"


def _objects(values: Any, what: str) -> Tuple[str, List[Any], Optional[str]]:
    """(type, JSON values, how the missing ones are spelled) of Python objects that share a type."""
    import numpy as np

    gaps = [_is_missing(value) for value in values]
    kinds = {_missing_kind(value, what) for value, gap in zip(values, gaps) if gap}
    present = [value.item() if isinstance(value, np.generic) else value for value, gap in zip(values, gaps) if not gap]
    types = {bool: "bool", int: "int64", float: "float64", str: "string"}
    found = {types.get(type(value), type(value).__name__) for value in present} or {"string"}
    if len(found) > 1 or not found <= set(types.values()):
        raise UsageError(
            f"{what} cannot be kept in a sample", code="no-sample-type", because=f"it holds {' and '.join(sorted(found))}", fix=[CONVERT]
        )
    if len(kinds) > 1:
        raise UsageError(
            f"{what} cannot be kept in a sample",
            code="no-sample-type",
            because=f"it spells missing values in several ways: {', '.join(sorted(kinds))}",
            fix=["df = df.fillna(numpy.nan)"],
        )
    kind = found.pop()
    import math

    encoded = iter(("Infinity" if v > 0 else "-Infinity") if kind == "float64" and math.isinf(v) else v for v in present)
    return kind, [None if gap else next(encoded) for gap in gaps], kinds.pop() if kinds else None


def _missing_kind(value: Any, what: str) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return "nan"
    if type(value).__name__ == "NAType":
        return "pd.NA"
    raise UsageError(f"{what} cannot be kept in a sample", code="no-sample-type", because=f"it holds {value!r}", fix=[CONVERT])


def _encode_matrix(array: Any) -> Dict[str, Any]:
    matrix: Dict[str, Any] = {"kind": "matrix"}
    if array.dtype.kind == "O":
        kind, values, missing = _objects(array.ravel(), "the matrix")
        width = array.shape[1]
        nested = [values[i * width : (i + 1) * width] for i in range(len(array))]
        matrix.update({"type": kind, "dtype": "object", "shape": list(array.shape)})
        if missing is not None and missing != "nan":
            matrix["missing"] = missing
        return {**matrix, "values": nested}
    kind = type_of(array.dtype, "the matrix")
    matrix["type"] = kind
    if kind == "string":
        matrix["dtype"] = "str"
    elif array.dtype.name != kind:
        matrix["dtype"] = array.dtype.name
    return {**matrix, "shape": list(array.shape), "values": to_json(array, kind, "the matrix")}


def decode(rows: int, given: Mapping[str, Any]) -> Any:
    """The DataFrame, array, list of texts or list of dicts that an estimator is given."""
    kind = given.get("kind")
    if kind == "text":
        texts = given.get("values")
        if not isinstance(texts, list) or len(texts) != rows:
            raise invalid("'values' of the input is not a list with one text per row")
        return [number(text, "string") for text in texts]
    if kind == "records":
        return decode_records(rows, given)
    if kind == "matrix":
        return _decode_matrix(rows, given)
    if kind != "table":
        raise invalid(f"the input's kind is {kind!r}, none of table, matrix, text and records")
    import pandas as pd

    columns = given.get("columns")
    if not isinstance(columns, list) or not all(isinstance(c, dict) and isinstance(c.get("name"), str) for c in columns):
        raise invalid("'columns' of the input is not a list of named columns")
    series = {column["name"]: _decode_column(rows, column) for column in columns}
    if len(series) != len(columns):
        raise invalid("two columns have the same name")
    return pd.DataFrame(series, index=pd.RangeIndex(rows))


def decode_records(rows: int, given: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """The list of dicts, each in the order of its names."""
    records = given.get("values")
    if not isinstance(records, list) or len(records) != rows or not all(isinstance(record, dict) for record in records):
        raise invalid("'values' of the input is not a list with one object per row")
    for record in records:
        for name, value in record.items():
            if isinstance(value, list):
                fits = all(isinstance(one, str) for one in value)
            elif isinstance(value, float):
                fits = math.isfinite(value)
            elif isinstance(value, int):
                fits = -(1 << 63) <= value < 1 << 63
            else:
                fits = value is None or isinstance(value, str)
            if not fits:
                raise invalid(f"a record has in {name!r} what is no number, boolean, text, list of texts or null")
    return [{name: record[name] for name in sorted(record)} for record in records]


def _decode_column(rows: int, column: Mapping[str, Any]) -> Any:
    import numpy as np
    import pandas as pd

    what, kind, dtype = f"column {column['name']!r}", column.get("type", ""), column.get("dtype")
    values = column.get("values")
    if not isinstance(values, list) or len(values) != rows:
        raise invalid(f"{what} does not have one value per row")
    if dtype is None and kind != "string" or dtype is not None and _is_plain(dtype):
        array = from_json(values, kind, [rows], what)
        return pd.Series(array if dtype is None else array.astype(dtype))
    missing = _missing_value(column.get("missing", "nan"))
    objects = np.empty(rows, dtype=object)
    objects[:] = [missing if value is None else number(value, kind) for value in values]
    if dtype == "category":
        categories = [number(value, kind) for value in column.get("categories", [])]
        index = pd.Index(categories, dtype=kind if kind != "string" else None) if categories else pd.Index([], dtype=object)
        return pd.Series(pd.Categorical(objects, categories=index, ordered=bool(column.get("ordered"))))
    try:
        return pd.Series(objects, dtype="object" if dtype in (None, "object") else dtype)
    except (TypeError, ValueError) as error:
        raise invalid(f"{what} cannot have the type {dtype!r} here: {error}") from error


def _is_plain(dtype: str) -> bool:
    """A NumPy number type: int32, float16, uint8. Names of pandas types have a capital, or are text."""
    import re

    return re.fullmatch(r"u?int(8|16|32|64)|float(16|32|64)|bool", dtype) is not None


def _missing_value(name: Any) -> Any:
    if name == "nan":
        return float("nan")
    if name == "none":
        return None
    if name == "pd.NA":
        import pandas as pd

        return pd.NA
    raise invalid(f"{name!r} is no spelling of a missing value: {', '.join(_MISSING)}")


def _decode_matrix(rows: int, given: Mapping[str, Any]) -> Any:
    import numpy as np

    from ._sample_values import checked_shape

    shape, kind, dtype, values = (
        checked_shape(given.get("shape"), rows, "the matrix"),
        given.get("type", ""),
        given.get("dtype"),
        given.get("values"),
    )
    if len(shape) != 2 or not isinstance(values, list):
        raise invalid("a matrix has two dimensions")
    if dtype != "object" and not (dtype is None and kind == "string"):
        array = from_json(values, kind, shape, "the matrix")
        return array.astype(dtype) if dtype is not None and _is_plain(dtype) else array
    missing = _missing_value(given.get("missing", "nan"))
    objects = np.empty(shape, dtype=object)
    if len(values) != rows:
        raise invalid("the matrix does not have the shape it claims")
    for i, row in enumerate(values):
        if not isinstance(row, list) or len(row) != shape[1]:
            raise invalid("the matrix does not have the shape it claims")
        objects[i, :] = [missing if value is None else number(value, kind) for value in row]
    return objects
