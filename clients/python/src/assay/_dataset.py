"""What names a dataset: SHA-256 of a file's bytes, or ds1 of a table's content."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ._arguments import optional_text, path as checked_path
from ._ds1 import Column, table_digest
from .errors import UsageError
from ._files import SPELLING, hash_file

_DATA = "give a DataFrame, an array of numbers or texts, or the path of a file"
ROLES = ("training", "evaluation", "validation", "test", "other")


def dataset_digest(data: Any) -> str:
    """ "sha256:…" of a file's bytes when `data` is a path; "ds1:sha256:…" of its content when it is a DataFrame, a Series or an
    array. The content hash does not depend on the index, on how a column is stored (int32 or int64, object or category,
    pandas 1 or 3), nor on the machine; it does depend on names and order of columns and on the order of rows."""
    if isinstance(data, (str, os.PathLike)):
        return _file_digest(checked_path(data, "a dataset", _DATA))
    rows, columns = _columns(data)
    return table_digest(rows, columns)


def describe(data: Any, role: str = "training", name: Optional[str] = None) -> Dict[str, Any]:
    """The facts of one dataset, for `push(datasets=[…])`. `data` is a table, a path, or (name, table or path). Without a name
    it is the file's stem, or a table's `attrs["name"]`, or the role."""
    if role not in ROLES:
        because = "a role says what the data was for"
        raise UsageError(f"{role!r} is not the role of a dataset", code="invalid-role", because=because, fix=[f"one of {', '.join(ROLES)}"])
    optional_text(name, "the name of a dataset", "name='adult'")
    if isinstance(data, tuple) and len(data) == 2 and isinstance(data[0], str):
        name, data = name or data[0], data[1]
    if isinstance(data, (str, os.PathLike)):
        path = checked_path(data, "a dataset", _DATA)
        return {"role": role, "name": name or path.stem, "digest": _file_digest(path)}
    rows, columns = _columns(data)
    if rows == 0:
        raise UsageError(
            "the dataset is empty",
            code="empty-dataset",
            because="it has no rows, so nothing can have been trained or measured on it",
            fix=["give the table as it was used; was it filtered?"],
        )
    attrs = getattr(data, "attrs", None)
    found = name or (attrs.get("name") if isinstance(attrs, dict) else None) or role
    return {"role": role, "name": str(found), "table_digest": table_digest(rows, columns), "rows": rows}


def _file_digest(path: Path) -> str:
    try:
        return hash_file(path)[0]
    except OSError as error:
        raise UsageError(f"{path} cannot be read", code="no-such-file", because=error.strerror or str(error), fix=[SPELLING]) from error


def _columns(data: Any) -> Tuple[int, Iterator[Column]]:
    """Rows and columns of anything that is a table."""
    if not hasattr(data, "iloc") and callable(getattr(data, "to_pandas", None)):  # polars, pyarrow
        data = data.to_pandas()
    if hasattr(data, "columns") and hasattr(data, "iloc"):
        names = [_column_name(label) for label in data.columns]
        return len(data), (_series(name, data.iloc[:, position]) for position, name in enumerate(names))
    if hasattr(data, "iloc"):
        return len(data), iter([_series(_column_name(0 if data.name is None else data.name), data)])
    import numpy as np

    if isinstance(data, np.ndarray) or isinstance(data, (list, tuple)):
        try:
            array = np.asarray(data)
        except ValueError as error:  # rows of different lengths
            raise UsageError("the list is not a table", code="not-a-table", because=str(error), fix=[_DATA]) from error
        if array.ndim == 1:
            array = array[:, None]
        if array.ndim == 2 and array.dtype.kind in "biufmMUO":
            return len(array), (_array(str(position), array[:, position]) for position in range(array.shape[1]))
    raise UsageError(
        f"{type(data).__name__} is not a table",
        code="not-a-table",
        because="a dataset is a DataFrame, a Series, an array of one or two dimensions, or a path",
        fix=[_DATA],
    )


def _column_name(label: Any) -> str:
    """Text as it is; whole numbers, which pandas gives to columns without a name, in decimal."""
    import numbers

    if isinstance(label, str):
        return label
    if isinstance(label, numbers.Integral) and not isinstance(label, bool):
        return str(int(label))
    raise UsageError(
        f"the column label {label!r} has no canonical form",
        code="no-canonical-form",
        because="labels are text or whole numbers",
        fix=["df.columns = df.columns.map(str)"],
    )


def _array(name: str, values: Any) -> Column:
    import numpy as np

    kind = values.dtype.kind
    if kind == "f":
        return Column(name, values, np.isnan(values))
    if kind in "mM":
        return Column(name, values, np.isnat(values))
    if kind == "O":
        return Column(name, values, np.fromiter(map(_is_missing, values), dtype=bool, count=len(values)))
    return Column(name, values, None)


def _is_missing(value: Any) -> bool:
    """None, NaN, NaT and pandas.NA."""
    if value is None:
        return True
    if isinstance(value, (str, bytes)):
        return False
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA is neither equal to itself nor not
        return True
    except ValueError:  # an array in a cell: not missing, and refused later by its type
        return False


def _series(name: str, series: Any) -> Column:
    """NumPy values of a pandas column, whatever pandas stores it in."""
    import numpy as np

    dtype = series.dtype
    if not isinstance(dtype, np.dtype):
        missing = series.isna().to_numpy(dtype=bool)
        kind = getattr(dtype, "kind", "O")
        if type(dtype).__name__ == "CategoricalDtype":
            return _categorical(name, series, missing)
        if getattr(dtype, "tz", None) is not None:
            return Column(name, series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(), missing)
        if kind in "iufb":
            dense = getattr(dtype, "numpy_dtype", None) or np.dtype("f8" if kind == "f" else "i8")
            filled = series.fillna(False if kind == "b" else 0) if missing.any() else series
            return Column(name, filled.to_numpy(dtype=dense), missing)
        return _times(Column(name, series.to_numpy(dtype=object), missing))
    if dtype.kind == "O":
        return _times(Column(name, series.to_numpy(), series.isna().to_numpy()))
    return _array(name, series.to_numpy())


def _categorical(name: str, series: Any, missing: Any) -> Column:
    """A category is its value; unused categories and their order are not content."""
    import numpy as np

    categories = _series(name, series.cat.categories.to_series())
    if not len(categories.values):
        return Column(name, np.empty(len(series), dtype=object), missing)
    codes = series.cat.codes.to_numpy()
    return Column(name, categories.values[np.where(codes < 0, 0, codes)], missing)


def _times(column: Column) -> Column:
    """Objects that are all datetime.datetime (or pandas.Timestamp) are times; anything else stays as it is."""
    import datetime

    import numpy as np

    present: List[Any] = [value for value, gap in zip(column.values, column.missing if column.missing is not None else ()) if not gap]
    if not present or not all(isinstance(value, datetime.datetime) for value in present):
        return column
    import pandas as pd

    gaps: Any = column.missing if column.missing is not None else np.zeros(len(column.values), dtype=bool)
    objects = column.values.copy()
    objects[gaps] = None
    utc = pd.to_datetime(pd.Series(objects), utc=True)
    return Column(column.name, utc.dt.tz_localize(None).to_numpy(), gaps)
