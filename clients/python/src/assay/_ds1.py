"""The canonical table hash ds1 (docs/formats.md, "Canonical table hash ds1"): what a table says, however it is stored.

Works on columns of NumPy values; pandas and its versions stay outside (dataset.py).
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, Iterable, List, NamedTuple, Optional, Tuple

from .errors import UsageError

if TYPE_CHECKING:
    import numpy

MAGIC = b"assay.ds1\n"
_ROWS = 65536  # at a time; bounds the memory that a column needs beside itself
_UNITS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


class Column(NamedTuple):
    name: str
    values: "numpy.ndarray[Any, Any]"  #: bool, integers, floats, datetime64, timedelta64, str or object; one dimension
    missing: Optional["numpy.ndarray[Any, Any]"]  #: bool, true where there is no value; None when every row has one


def table_digest(rows: int, columns: Iterable[Column]) -> str:
    """ "ds1:sha256:…" of columns of `rows` values each. `UsageError` names the column that has no canonical form."""
    body = hashlib.sha256()
    count = 0
    for column in columns:
        if len(column.values) != rows:
            raise UsageError(f"column {column.name!r} has {len(column.values)} values, the table {rows} rows", code="invalid-table")
        name = _utf8(column.name, column.name)
        tag, streams = _content(column)
        body.update(struct.pack("<I", len(name)) + name + tag + b"".join(streams))
        count += 1
    # The head comes first and holds the count, which an iterable does not know before its end: so it is hashed last, over the body.
    return "ds1:sha256:" + hashlib.sha256(MAGIC + struct.pack("<QQ", rows, count) + body.digest()).hexdigest()


def _content(column: Column) -> Tuple[bytes, List[bytes]]:
    """The type's tag and the digests of the column's streams."""
    import numpy as np

    missing = column.missing
    if missing is not None and not missing.any():
        missing = None
    if len(column.values) == 0 or missing is not None and missing.all():
        return b"n", []
    tag, convert = _type(column, missing)
    mask, data, lengths = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    for start in range(0, len(column.values), _ROWS):
        part = column.values[start : start + _ROWS]
        gaps = missing[start : start + _ROWS] if missing is not None else None
        mask.update(np.ascontiguousarray(gaps, dtype=np.uint8).data if gaps is not None else bytes(len(part)))
        if tag in b"sx":
            sizes, text = _text(column.name, part, gaps, tag)
            lengths.update(sizes)
            data.update(text)
            continue
        if gaps is not None and gaps.any():
            part = part.copy()
            part[gaps] = np.zeros(1, dtype=part.dtype)[0]
        data.update(np.ascontiguousarray(convert(part)).data)
    streams = [mask.digest(), data.digest()]
    return tag, streams if tag not in b"sx" else [*streams, lengths.digest()]


def _type(column: Column, missing: Any) -> Tuple[bytes, Any]:
    import numpy as np

    dtype = column.values.dtype
    if dtype.kind == "b":
        return b"b", lambda part: part.astype("u1")
    if dtype.kind in "iu":
        if dtype.kind == "u" and dtype.itemsize == 8:
            present = column.values if missing is None else column.values[~missing]
            if present.max() >= 2**63:
                return b"u", lambda part: part.astype("<u8")
        return b"i", lambda part: part.astype("<i8")
    if dtype.kind == "f" and dtype.itemsize <= 8:
        return b"f", lambda part: part.astype("<f8")
    if dtype.kind in "mM":
        return (b"t" if dtype.kind == "M" else b"d"), lambda part: _nanoseconds(column.name, part)
    if dtype.kind == "U":
        return b"s", None
    if dtype.kind == "O":
        return _object_type(column, missing)
    raise _no_form(column.name, f"its type is {np.dtype(dtype).name}")


def _object_type(column: Column, missing: Any) -> Tuple[bytes, Any]:
    """A column of Python objects has the type that all its values share."""
    present = column.values if missing is None else column.values[~missing]
    kinds = {_kind(kind) for kind in set(map(type, present))}
    if len(kinds) != 1:
        raise _no_form(column.name, f"it mixes {' and '.join(sorted(kind or 'other objects' for kind in kinds))}")
    kind = kinds.pop()
    if kind == "text":
        return b"s", None
    if kind == "bytes":
        return b"x", None
    if kind == "booleans":
        return b"b", lambda part: part.astype("u1")
    if kind == "integers":
        low, high = min(present), max(present)
        if low < -(2**63) or high >= 2**64 or low < 0 and high >= 2**63:
            raise _no_form(column.name, "it holds integers beyond 64 bits")
        return (b"i", lambda part: part.astype("<i8")) if high < 2**63 else (b"u", lambda part: part.astype("<u8"))
    if kind == "floats":
        return b"f", lambda part: part.astype("<f8")
    raise _no_form(column.name, f"it holds objects of type {type(present[0]).__name__}")


def _kind(kind: type) -> Optional[str]:
    import numpy as np

    kinds: List[Tuple[str, Tuple[type, ...]]] = [
        ("text", (str,)),
        ("bytes", (bytes,)),
        ("booleans", (bool, np.bool_)),
        ("integers", (int, np.integer)),
        ("floats", (float, np.floating)),
    ]
    return next((name for name, types in kinds if issubclass(kind, types)), None)


def _nanoseconds(name: str, part: Any) -> Any:
    """int64 nanoseconds since 1970-01-01T00:00:00Z (or of a duration). NumPy would wrap around silently."""
    import numpy as np

    unit, step = np.datetime_data(part.dtype)
    if unit not in _UNITS:
        part, unit, step = part.astype(f"{part.dtype.kind}8[s]"), "s", 1
    factor = _UNITS[unit] * step
    count = part.view("i8")
    if factor != 1 and (count.max(initial=0) > (2**63 - 1) // factor or count.min(initial=0) < -(2**63 - 1) // factor):
        raise _no_form(name, "it holds times outside of 1677-09-21 to 2262-04-11, which do not fit 64 bits of nanoseconds")
    return (count * factor).astype("<i8")


def _text(name: str, part: Any, gaps: Any, tag: bytes) -> Tuple[bytes, bytes]:
    """(lengths, bytes): of UTF-8, 32-bit little-endian lengths; a missing value has length 0."""
    import numpy as np

    values = part.tolist()
    if gaps is not None:
        empty: Any = "" if tag == b"s" else b""
        values = [empty if gap else value for value, gap in zip(values, gaps.tolist())]
    if tag == b"x":
        sizes, data = list(map(len, values)), b"".join(values)
    else:
        data = _utf8("".join(values), name)
        sizes = list(map(len, values))
        if len(data) != sum(sizes):  # not ASCII: the lengths count bytes, not characters
            sizes = [len(value.encode("utf-8")) for value in values]
    return np.array(sizes, dtype="<u4").tobytes(), data


def _utf8(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _no_form(name, "it holds text that is not Unicode (a lone surrogate)") from error


def _no_form(name: str, because: str) -> UsageError:
    return UsageError(
        f"column {name!r} has no canonical form",
        code="no-canonical-form",
        because=because,
        fix=["convert the column to numbers, text or times", "hash the file instead: assay.dataset_digest('data.csv')"],
    )
