"""Held-out rows and outputs in the format assay.sample/1 (docs/formats.md, "Sample"), as clients/python writes and reads them.

The client itself wants Python 3.9; what is measured begins with 3.7.
"""

import json
import math

import numpy as np

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples")
MOST_VALUES, MOST_COMMAS = 1000000, 2000000
TYPES = {bool: "bool", int: "int64", float: "float64", str: "string"}


def encode(rows):
    """The input of a sample from a DataFrame, a matrix, or a list of texts or dicts."""
    if isinstance(rows, list):
        texts = all(isinstance(row, str) for row in rows)
        return {"kind": "text" if texts else "records", "values": rows if texts else [{name: row[name] for name in sorted(row)} for row in rows]}
    if hasattr(rows, "columns"):
        return {"kind": "table", "columns": [dict(encode_column(rows[name]), name=name) for name in rows.columns]}
    if rows.dtype.kind == "O":
        kind, values, missing = objects(rows.ravel())
        width = rows.shape[1]
        nested = [values[start:start + width] for start in range(0, len(values), width)]
        return dict({"kind": "matrix", "type": kind, "dtype": "object", "shape": list(rows.shape), "values": nested}, **missing)
    kind = type_of(rows.dtype)
    dtype = {"dtype": "str"} if kind == "string" else {"dtype": rows.dtype.name} if rows.dtype.name != kind else {}
    return dict({"kind": "matrix", "type": kind, "shape": list(rows.shape), "values": plain(rows, kind)}, **dtype)


def encode_column(column):
    if type(column.dtype).__name__ == "CategoricalDtype":
        kind, names, _ = objects(np.array(list(column.dtype.categories), dtype=object))
        _, values, _ = objects(np.array(column.astype(object), dtype=object))
        return {"type": kind, "dtype": "category", "categories": names, "ordered": bool(column.dtype.ordered), "values": values}
    if isinstance(column.dtype, np.dtype) and column.dtype.kind != "O":
        kind = type_of(column.dtype)
        return dict({"type": kind, "values": plain(column.values, kind)}, **({"dtype": column.dtype.name} if column.dtype.name != kind else {}))
    kind, values, missing = objects(np.array(column, dtype=object))
    return dict({"type": kind, "dtype": "object" if column.dtype == object else "str", "values": values}, **missing)


def objects(values):
    """(type, JSON values, how the missing are spelled) of Python objects of one type."""
    gaps = [value is None or value != value for value in values]
    present = [value.item() if isinstance(value, np.generic) else value for value, gap in zip(values, gaps) if not gap]
    found = {type(value) for value in present} or {str}
    spelled = {"none" if value is None else "nan" for value, gap in zip(values, gaps) if gap}
    if len(found) > 1 or len(spelled) > 1:
        raise ValueError("a column holds %s, its missing values are %s" % (found, spelled))
    rest = iter(present)
    return TYPES[found.pop()], [None if gap else next(rest) for gap in gaps], {"missing": "none"} if spelled == {"none"} else {}


def type_of(dtype):
    if dtype.kind == "f" and dtype.itemsize <= 8:
        return "float64" if dtype.itemsize == 8 else "float32"
    if dtype.kind in "iu":
        return "int64"
    if dtype.kind in "bU":
        return "bool" if dtype.kind == "b" else "string"
    raise ValueError("a sample does not keep the type %s" % dtype)


def plain(array, kind):
    """Nested lists: floats by repr() in json, which is the shortest text that reads back to the same bits."""
    if kind not in ("float64", "float32"):
        return array.tolist()
    flat = [single(value) for value in array.astype(np.float32).ravel()] if kind == "float32" else array.ravel().tolist()
    spelled = [value if math.isfinite(value) else "NaN" if value != value else "Infinity" if value > 0 else "-Infinity" for value in flat]
    return np.array(spelled, dtype=object).reshape(array.shape).tolist()


def single(value):
    """The double with the shortest digits that rounds to this float."""
    if not np.isfinite(value):
        return float(value)
    short = float(np.format_float_scientific(value, unique=True))
    return short if np.float32(short) == value else float(value)


def decode(given):
    """The rows as a reader builds them from a sample's input: memory layout reaches the last bits of a matrix product."""
    if given["kind"] in ("text", "records"):
        return given["values"]
    if given["kind"] == "matrix":
        if given.get("dtype") == "object":
            rows = np.empty(given["shape"], dtype=object)
            for place, row in enumerate(given["values"]):
                rows[place, :] = [missing_in(given) if value is None else value for value in row]
            return rows
        return array_of(given["values"], given)
    import pandas as pd

    series = {column["name"]: decode_column(column) for column in given["columns"]}
    return pd.DataFrame(series, index=pd.RangeIndex(len(given["columns"][0]["values"])))


def decode_column(column):
    import pandas as pd

    dtype = column.get("dtype")
    if dtype not in ("object", "str", "category"):
        return pd.Series(array_of(column["values"], column))
    values = np.empty(len(column["values"]), dtype=object)
    values[:] = [missing_in(column) if value is None else value for value in column["values"]]
    if dtype == "category":
        names = pd.Index(column["categories"], dtype=None if column["type"] == "string" else column["type"])
        return pd.Series(pd.Categorical(values, categories=names, ordered=column["ordered"]))
    return pd.Series(values, dtype=dtype)


def missing_in(given):
    return None if given.get("missing") == "none" else float("nan")


def array_of(values, given):
    kind = given["type"]
    array = np.array(values, dtype=str if kind == "string" else kind)
    return array.astype(given["dtype"]) if given.get("dtype") not in (None, "str") else array


def output(answer):
    """What a method answered as an output of a sample; raises for what a sample does not keep."""
    if isinstance(answer, (list, tuple)):
        raise ValueError("a list of arrays, of which a sample keeps one")
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    array = np.asarray(answer)
    if array.dtype.kind == "O":
        found = {type(value) for value in array.ravel().tolist()}
        if len(found) > 1 and not found <= {int, float} or not found <= set(TYPES):
            raise ValueError("values of several types: %s" % ", ".join(sorted(kind.__name__ for kind in found)))
        array = np.array(array.tolist())
    if array.ndim == 0 or array.size > MOST_VALUES:
        raise ValueError("an array of shape %s" % (array.shape,))
    kind = type_of(array.dtype)
    return {"type": kind, "shape": list(array.shape), "values": plain(array, kind)}


def text(given, outputs):
    """The document."""
    document = {"schema": "assay.sample/1", "rows": len(given["columns"][0]["values"] if given["kind"] == "table" else given["values"]),
                "input": given, "outputs": outputs, "tolerance": {"kind": "exact"}}
    written = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
    if written.count(",") > MOST_COMMAS:
        raise ValueError("the sample has more than %d commas" % MOST_COMMAS)
    return written
