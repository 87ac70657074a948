"""Zips that two readers read differently: what the local header says and what the central directory says need not agree. Loads nothing."""

import io
import struct
import zipfile
from typing import Callable, Dict, List, NamedTuple

import specimen_containers as containers


class Wrapping(NamedTuple):
    """The stream with the attack, the same without, and what either is wrapped in."""

    infected: bytes
    clean: bytes
    second: bytes
    wrap: Callable[..., bytes]


def headers(data: bytes, central: bool) -> List[int]:
    """Where the local or the central headers of a zip begin that has nothing in it that looks like one."""
    signature = b"PK\x01\x02" if central else b"PK\x03\x04"
    found, at = [], data.find(signature)
    while at >= 0:
        found.append(at)
        at = data.find(signature, at + 4)
    return found


def patched(data: bytes, local: int, central: int, value: bytes, both: bool = True) -> bytes:
    """The bytes at these offsets of each header set to `value`; only the central ones unless `both`."""
    out = bytearray(data)
    places = [at + central for at in headers(data, True)] + ([at + local for at in headers(data, False)] if both else [])
    for place in places:
        out[place : place + len(value)] = value
    return bytes(out)


def renamed(data: bytes) -> bytes:
    """Another first letter in the central directory than in the local header."""
    return patched(data, 30, 46, b"x", both=False)


def with_hidden_member(_data: bytes, made: Wrapping) -> bytes:
    """A local member before the first that is listed: found by a reader that walks, not by one that looks up."""
    extra = containers.zipped({"hidden.pkl": made.second})
    member = extra[: extra.index(b"PK\x01\x02")]
    clean = containers.zipped({"model.pkl": b"\x80\x04N."})
    return member + moved(clean, len(member))


def moved(data: bytes, by: int) -> bytes:
    """The same zip, to stand `by` bytes further on: offsets in the central directory and at the end are raised."""
    out = bytearray(data)
    for at in headers(data, True):
        out[at + 42 : at + 46] = struct.pack("<I", struct.unpack("<I", data[at + 42 : at + 46])[0] + by)
    end = data.rindex(b"PK\x05\x06")
    out[end + 16 : end + 20] = struct.pack("<I", struct.unpack("<I", data[end + 16 : end + 20])[0] + by)
    return bytes(out)


def duplicated(data: bytes) -> bytes:
    """Each member twice under one name, the first of them harmless."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as real, zipfile.ZipFile(file, "w") as archive:
        for info in real.infolist():
            for content in (b"\x80\x04N.", real.read(info)):
                entry = zipfile.ZipInfo(info.filename)
                archive.NameToInfo.pop(info.filename, None)
                archive.writestr(entry, content)
    return file.getvalue()


def traversing(made: Wrapping) -> bytes:
    return containers.zipped({"../model.pkl": made.infected})


ZIP_TRICKS: Dict[str, Callable[[bytes, Wrapping], bytes]] = {
    "zip-flag": lambda data, made: patched(data, 6, 8, b"\x01"),
    "zip-name": lambda data, made: renamed(data),
    "zip-crc": lambda data, made: patched(data, 14, 16, b"\0\0\0\0"),
    "zip-duplicate": lambda data, made: duplicated(data),
    "zip-nested": lambda data, made: containers.zipped({"inner.zip": data}),
    "zip-prefix": lambda data, made: b"#!/bin/true\n" + data,
    "zip-trailing": lambda data, made: containers.zipped({"a.txt": b"a"}) + made.second,
    "zip-hidden": with_hidden_member,
    "zip-traversal": lambda data, made: traversing(made),
    "zip-method": lambda data, made: patched(data, 8, 10, b"\x63"),
    "zip-size": lambda data, made: patched(data, 22, 24, b"\x10\0\0\0"),
}
