"""What a pickle or joblib stream is taken apart into: opcodes, arrays, and what the opcodes would have made."""

from dataclasses import dataclass, field
from typing import Any, List, Optional, Tuple, Union

MEMO_PUT = {"PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"}
MEMO_GET = {"GET", "BINGET", "LONG_BINGET"}


@dataclass
class Op:
    """One opcode as it stood in the file. memo: the index it puts or gets; space: whose index that is (0: the host's)."""

    name: str
    data: bytes
    argument: Any = None
    memo: Optional[int] = None
    space: int = 0


@dataclass
class RawArray:
    """The bytes of an array of numbers behind a joblib wrapper. aligned: whether padding stands before them."""

    data: bytes
    aligned: bool


@dataclass
class Nested:
    """The complete pickle of an array of objects behind a joblib wrapper."""

    stream: "Stream"


@dataclass
class Made:
    """What REDUCE or NEWOBJ would have made."""

    kind: Any
    arguments: Any
    states: List[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Name:
    module: str
    name: str


@dataclass
class Mapping:
    """A dict and where its pairs are put in: the operation that makes it, and the SETITEM(S) that fill it."""

    made_at: int
    pairs: List[Tuple[Any, Any]] = field(default_factory=list)
    filled_at: List[int] = field(default_factory=list)


@dataclass
class Sequence:
    """A list, and for each item the first and the last operation that push it."""

    items: List[Any] = field(default_factory=list)
    spans: List[Tuple[int, int]] = field(default_factory=list)


Part = Union[Op, RawArray, Nested]


@dataclass
class Stream:
    """One pickle. protocol: as PROTO says, 0 without. root: what it would leave. framed: whether it had frames.

    object_arrays: the elements of each array of objects that is pickled the plain way.
    """

    parts: List[Part]
    protocol: int = 0
    root: Any = None
    framed: bool = False
    length: int = 0
    object_arrays: List[Sequence] = field(default_factory=list)
