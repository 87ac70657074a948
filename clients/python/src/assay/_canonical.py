"""Canonical JSON (RFC 8785): the bytes whose SHA-256 is the digest of an environment or a manifest."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from .errors import UsageError

_MAX_INTEGER = 2**53


def canonical_json(value: Any) -> bytes:
    """Keys in UTF-16 order, no spaces, ECMAScript numbers. `UsageError` for what the scheme cannot express."""
    try:
        return _write(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError("the value has no canonical JSON", because="a string is not valid Unicode") from error


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _write(value: Any) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise UsageError("the value has no canonical JSON", because=f"the integer {value} is beyond 2^53")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_write(value[key])}" for key in keys) + "}"
    raise UsageError("the value has no canonical JSON", because=f"{type(value).__name__} is not a JSON type")


def _number(value: float) -> str:
    """ECMA-262 §6.1.6.1.20: repr() has the shortest digits; only the layout differs."""
    if not math.isfinite(value):
        raise UsageError("the value has no canonical JSON", because="NaN and infinities are not JSON")
    if value == 0:
        return "0"
    sign, mantissa = ("-", repr(-value)) if value < 0 else ("", repr(value))
    text, _, exponent = mantissa.partition("e")
    whole, _, fraction = text.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + int(exponent or 0)  # where the decimal point stands, relative to the first digit
    digits = whole + fraction
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    tail = f"e{'-' if point - 1 < 0 else '+'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + tail
