"""What callers give, checked before anything is sent: every refusal is a `UsageError` with the cause and what to write instead."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from .errors import UsageError


def wrong(what: str, value: Any, expected: str, fix: Union[str, Sequence[str]], context: str = "") -> UsageError:
    """The error for an argument of another type than it has to be."""
    shown = repr(value)
    return UsageError(
        f"{what} cannot be {shown if len(shown) <= 80 else shown[:77] + '...'}",
        code="invalid-argument",
        because=f"{expected} is needed, and this is {_kind(value)}",
        fix=[fix] if isinstance(fix, str) else fix,
        context=context,
    )


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def text(value: Any, what: str, fix: str) -> str:
    if not isinstance(value, str):
        raise wrong(what, value, "a text", fix)
    return value


def path(value: Any, what: str, fix: str) -> Path:
    if not isinstance(value, (str, os.PathLike)) or isinstance(os.fspath(value), bytes):
        raise wrong(what, value, "a path", fix)
    if not os.fspath(value) or "\0" in os.fspath(value):
        raise UsageError(f"{what} cannot be {os.fspath(value)!r}", code="invalid-argument", because="no file can have that name", fix=[fix])
    return Path(value)


def number(value: Any, what: str, least: int, fix: str) -> int:
    """A whole number; those of NumPy count."""
    import numbers

    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise wrong(what, value, "a whole number", fix)
    if value < least:
        raise UsageError(f"{what} cannot be {value}", code="invalid-argument", because=f"it is at least {least}", fix=[fix])
    return int(value)


def texts(values: Any, what: str, fix: str) -> List[str]:
    """A list of texts. A text alone is a list of letters to Python, which nobody means."""
    return [text(value, f"an entry of {what}", fix) for value in items(values, what, fix)]


def items(values: Any, what: str, fix: str) -> List[Any]:
    if isinstance(values, (str, bytes, Mapping)):
        raise wrong(what, values, "a list", fix)
    try:
        return list(values)
    except TypeError:
        raise wrong(what, values, "a list", fix) from None


def mapping(value: Any, what: str, fix: str) -> Dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise wrong(what, value, "a mapping", fix)
    return dict(value)


def text_mapping(value: Any, what: str, fix: str) -> Dict[str, str]:
    found = mapping(value, what, fix)
    for name, one in found.items():
        text(name, f"a name in {what}", fix)
        text(one, f"{what}[{name!r}]", fix)
    return found


def optional_text(value: Any, what: str, fix: str) -> Optional[str]:
    return None if value is None else text(value, what, fix)
