"""Writes a stream of pickle_parser.py as Python's pickler and joblib would, with whatever was added to it."""

import struct
from typing import Dict, Tuple

from pickle_parts import MEMO_PUT, Nested, Op, RawArray, Stream

FRAME_TARGET = 64 * 1024


class Writer:
    """Writes a stream as Python's pickler and joblib would: memo numbered, frames around opcodes, arrays aligned."""

    def __init__(self, stream: Stream, position: int = 0):
        self.out = bytearray()
        self.origin = position
        self.pending = bytearray()
        self.framed = stream.framed
        self.numbers: Dict[Tuple[int, int], int] = {}
        self.count = 0
        self.stream = stream

    def write(self) -> bytes:
        for part in self.stream.parts:
            if isinstance(part, RawArray):
                self.flush()
                self.array(part)
            elif isinstance(part, Nested):
                self.flush()
                self.out += Writer(part.stream, self.origin + len(self.out)).write()
            else:
                self.op(part)
        self.flush()
        return bytes(self.out)

    def op(self, op: Op) -> None:
        data = self.renumbered(op)
        if op.name == "PROTO" and not self.out and not self.pending:
            self.out += data
        elif len(data) >= FRAME_TARGET:
            self.flush()
            self.out += data
        else:
            self.pending += data
            if len(self.pending) >= FRAME_TARGET:
                self.flush()

    def renumbered(self, op: Op) -> bytes:
        """Memo indices count what was put before, and an addition shifts those that come after it."""
        if op.memo is None:
            return op.data
        if op.name in MEMO_PUT:
            self.numbers[op.space, op.memo] = number = self.count
            self.count += 1
            return op.data if op.name == "MEMOIZE" else memo_op(op.name, number, put=True)
        number = self.numbers.get((op.space, op.memo), op.memo)
        return memo_op(op.name, number, put=False)

    def flush(self) -> None:
        if self.framed and len(self.pending) >= 4:
            self.out += b"\x95" + struct.pack("<Q", len(self.pending))
        self.out += self.pending
        self.pending.clear()

    def array(self, array: RawArray) -> None:
        if array.aligned:
            padding = 16 - (self.origin + len(self.out) + 1) % 16
            self.out += bytes([padding]) + b"\xff" * padding
        self.out += array.data


def memo_op(kind: str, number: int, put: bool) -> bytes:
    text, short, long = (b"p", b"q", b"r") if put else (b"g", b"h", b"j")
    if kind in ("PUT", "GET"):
        return text + str(number).encode() + b"\n"
    return short + bytes([number]) if number < 256 else long + struct.pack("<I", number)


def write_stream(stream: Stream, position: int = 0) -> bytes:
    """position: where in the file the stream begins, which is what arrays are aligned by."""
    return Writer(stream, position).write()
