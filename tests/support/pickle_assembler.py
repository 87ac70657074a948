"""Writes pickle opcodes from a description of what they should do, without any object that could do it.

An attack is described with the nodes below (`Call(name("posix.system"), ("echo …",))`) and turned into bytes. Nothing here imports what
it names or loads what it writes, so an attack stays a description on the machine that makes it.
"""

import struct
from dataclasses import dataclass
from typing import Any, Callable, Optional, Tuple

PYTHON_2_MODULES = {"builtins": "__builtin__", "copyreg": "copy_reg"}


@dataclass(frozen=True)
class Global:
    """A reference to `module.name`; a dot in the name is resolved by readers from protocol 4 on."""

    module: str
    name: str

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True)
class Call:
    """REDUCE: the callable and a tuple of arguments (or whatever else is to be passed off as one)."""

    function: Any
    arguments: Any = ()


@dataclass(frozen=True)
class New:
    """NEWOBJ, or NEWOBJ_EX where there are keywords."""

    kind: Any
    arguments: Any = ()
    keywords: Optional[dict] = None


@dataclass(frozen=True)
class Build:
    """BUILD: gives a state to what the target left on the stack."""

    target: Any
    state: Any


@dataclass(frozen=True)
class Items:
    """APPENDS on something that need not be a list."""

    target: Any
    items: Tuple[Any, ...]


@dataclass(frozen=True)
class Pairs:
    """SETITEMS on something that need not be a dict."""

    target: Any
    pairs: Tuple[Tuple[Any, Any], ...]


@dataclass(frozen=True)
class Instance:
    """INST: names its class in the opcode itself. Python 3 reads it and never writes it."""

    module: str
    name: str
    arguments: Tuple[Any, ...]


@dataclass(frozen=True)
class Object:
    """OBJ: takes its class from the stack. Python 3 reads it and never writes it."""

    kind: Any
    arguments: Tuple[Any, ...]


@dataclass(frozen=True)
class Popped:
    """Does the first and leaves only the second: a call whose result nobody sees."""

    first: Any
    second: Any


@dataclass(frozen=True)
class Raw:
    """Opcodes as they are."""

    data: bytes


@dataclass(frozen=True)
class Parts:
    """One after the other, in orders that the other nodes cannot say."""

    parts: Tuple[Any, ...]


def name(path: str) -> Global:
    """`os.path.join` is module os.path, name join; `pipes:Template.copy` says where the module ends."""
    module, _, attribute = path.partition(":") if ":" in path else path.rpartition(".")
    return Global(module, attribute)


def assemble(value: Any, protocol: int) -> bytes:
    """The opcodes that push `value`, as a pickler of that protocol would choose them, without memo."""
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value, protocol)
    raise TypeError(f"no opcodes for {type(value).__name__}")


def _each(values: Any, protocol: int) -> bytes:
    return b"".join(assemble(value, protocol) for value in values)


def _none(_value: None, _protocol: int) -> bytes:
    return b"N"


def _bool(value: bool, protocol: int) -> bytes:
    if protocol < 2:
        return b"I01\n" if value else b"I00\n"
    return b"\x88" if value else b"\x89"


def _int(value: int, protocol: int) -> bytes:
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    if protocol < 2:
        return b"L%dL\n" % value
    size = value.bit_length() // 8 + 1
    return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)


def _float(value: float, _protocol: int) -> bytes:
    return b"G" + struct.pack(">d", value)


def _text(value: str, protocol: int) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    if protocol >= 4 and len(data) < 256:
        return b"\x8c" + bytes([len(data)]) + data
    return b"X" + struct.pack("<I", len(data)) + data


def _bytes(value: bytes, protocol: int) -> bytes:
    if protocol < 3:
        return assemble(Call(Global("_codecs", "encode"), (value.decode("latin-1"), "latin1")), protocol)
    if len(value) < 256:
        return b"C" + bytes([len(value)]) + value
    return b"B" + struct.pack("<I", len(value)) + value


def _tuple(value: tuple, protocol: int) -> bytes:
    short = {0: b")", 1: b"\x85", 2: b"\x86", 3: b"\x87"}
    if len(value) in short and (protocol >= 2 or not value):
        return _each(value, protocol) + short[len(value)]
    return b"(" + _each(value, protocol) + b"t"


def _list(value: list, protocol: int) -> bytes:
    return b"]" + (b"(" + _each(value, protocol) + b"e" if value else b"")


def _dict(value: dict, protocol: int) -> bytes:
    pairs = [part for pair in value.items() for part in pair]
    return b"}" + (b"(" + _each(pairs, protocol) + b"u" if pairs else b"")


def _global(value: Global, protocol: int) -> bytes:
    if protocol >= 4:
        return _text(value.module, 4) + _text(value.name, 4) + b"\x93"
    module = PYTHON_2_MODULES.get(value.module, value.module) if protocol < 3 else value.module
    return b"c" + module.encode() + b"\n" + value.name.encode() + b"\n"


def _call(value: Call, protocol: int) -> bytes:
    return assemble(value.function, protocol) + assemble(value.arguments, protocol) + b"R"


def _new(value: New, protocol: int) -> bytes:
    made = assemble(value.kind, protocol) + assemble(value.arguments, protocol)
    return made + b"\x81" if value.keywords is None else made + assemble(value.keywords, protocol) + b"\x92"


def _build(value: Build, protocol: int) -> bytes:
    return assemble(value.target, protocol) + assemble(value.state, protocol) + b"b"


def _items(value: Items, protocol: int) -> bytes:
    return assemble(value.target, protocol) + b"(" + _each(value.items, protocol) + b"e"


def _pairs(value: Pairs, protocol: int) -> bytes:
    return assemble(value.target, protocol) + b"(" + b"".join(_each(pair, protocol) for pair in value.pairs) + b"u"


def _instance(value: Instance, protocol: int) -> bytes:
    return b"(" + _each(value.arguments, protocol) + b"i" + value.module.encode() + b"\n" + value.name.encode() + b"\n"


def _object(value: Object, protocol: int) -> bytes:
    return b"(" + assemble(value.kind, protocol) + _each(value.arguments, protocol) + b"o"


def _popped(value: Popped, protocol: int) -> bytes:
    return assemble(value.first, protocol) + b"0" + assemble(value.second, protocol)


def _parts(value: Parts, protocol: int) -> bytes:
    return _each(value.parts, protocol)


def _raw(value: Raw, _protocol: int) -> bytes:
    return value.data


# bool before int, which it is a kind of
WRITERS: Tuple[Tuple[Any, Callable[[Any, int], bytes]], ...] = (
    (type(None), _none),
    (bool, _bool),
    (int, _int),
    (float, _float),
    (str, _text),
    (bytes, _bytes),
    (tuple, _tuple),
    (list, _list),
    (dict, _dict),
    (Global, _global),
    (Call, _call),
    (New, _new),
    (Build, _build),
    (Items, _items),
    (Pairs, _pairs),
    (Instance, _instance),
    (Object, _object),
    (Popped, _popped),
    (Raw, _raw),
    (Parts, _parts),
)
