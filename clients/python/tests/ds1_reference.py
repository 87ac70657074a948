"""ds1 as docs/formats.md has it, written a second time as plainly as possible: no NumPy, no pandas, one value at a time."""

import hashlib
import struct
from typing import Any, Dict, List

_SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_FORMATS = {"b": "<B", "i": "<q", "u": "<Q", "f": "<d", "t": "<q", "d": "<q"}


def reference_digest(rows: int, columns: List[Dict[str, Any]]) -> str:
    body = b""
    for column in columns:
        name, tag, values = column["name"].encode("utf-8"), column["tag"], column["values"]
        assert len(values) == rows
        body += struct.pack("<I", len(name)) + name + tag.encode("ascii")
        if tag == "n":
            assert all(value is None for value in values)
            continue
        missing = b"".join(b"\1" if value is None else b"\0" for value in values)
        if tag in "sx":
            texts = [b"" if value is None else value.encode("utf-8") if tag == "s" else bytes.fromhex(value) for value in values]
            lengths = b"".join(struct.pack("<I", len(text)) for text in texts)
            streams = [missing, b"".join(texts), lengths]
        else:
            plain = [0 if value is None else _SPECIAL.get(value, value) if isinstance(value, str) else value for value in values]
            streams = [missing, b"".join(struct.pack(_FORMATS[tag], value) for value in plain)]
        for stream in streams:
            body += hashlib.sha256(stream).digest()
    head = b"assay.ds1\n" + struct.pack("<QQ", rows, len(columns))
    return "ds1:sha256:" + hashlib.sha256(head + hashlib.sha256(body).digest()).hexdigest()
