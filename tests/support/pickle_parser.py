"""Takes a pickle or joblib stream apart into opcodes. Loads nothing.

joblib puts raw array bytes between opcodes, at positions that must be a multiple of 16, and Python writes frames around opcodes; both
change when something is added. So a stream is kept as a list of operations without frames and paddings; pickle_writer.py makes these anew.
Only a symbolic stack is run: enough to know where an array stands, and where the states of objects are.
"""

import io
import pickletools
from typing import Any, Dict, List, Tuple

from pickle_parts import MEMO_GET, MEMO_PUT, Made, Mapping, Name, Nested, Op, Part, RawArray, Sequence, Stream

OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
EMPTY = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple, "EMPTY_SET": set}


class NotUnderstood(Exception):
    """The stream is not one that this small parser can take apart."""


def read_op(file: io.BytesIO) -> Op:
    start = file.tell()
    code = file.read(1)
    opcode = OPCODES.get(code.decode("latin-1"))
    if opcode is None:
        raise NotUnderstood(f"no opcode at {start}")
    try:
        argument = opcode.arg.reader(file) if opcode.arg is not None else None
    except ValueError as error:
        raise NotUnderstood(str(error)) from error
    return Op(opcode.name, file.getvalue()[start : file.tell()], argument)


class Reader:
    """Reads one pickle from a position on."""

    def __init__(self, data: bytes, start: int = 0):
        self.file = io.BytesIO(data)
        self.file.seek(start)
        self.start = start
        self.parts: List[Part] = []
        self.stack: List[Tuple[Any, int, int]] = []
        self.marks: List[List[Tuple[Any, int, int]]] = []
        self.memo: Dict[int, Any] = {}
        self.protocol = 0
        self.framed = False
        self.object_arrays: List[Sequence] = []

    def read(self) -> Stream:
        while True:
            op = read_op(self.file)
            if op.name == "FRAME":
                self.framed = True
                continue
            self.parts.append(op)
            if op.name == "STOP":
                return Stream(self.parts, self.protocol, self.stack[-1][0], self.framed, self.file.tell() - self.start, self.object_arrays)
            try:
                self.step(op, len(self.parts) - 1)
            except (IndexError, KeyError, TypeError) as error:
                raise NotUnderstood(f"{op.name}: {error}") from error

    def step(self, op: Op, at: int) -> None:
        handler = getattr(self, "do_" + op.name, None)
        if handler:
            handler(op, at)
        elif op.name in MEMO_PUT:
            op.memo = len(self.memo) if op.name == "MEMOIZE" else op.argument
            value, first, _ = self.stack[-1]
            self.memo[op.memo] = value
            self.stack[-1] = (value, first, at)
        elif op.name in MEMO_GET:
            op.memo = op.argument
            self.push(self.memo[op.argument], at, at)
        elif op.name in ("NONE", "NEWTRUE", "NEWFALSE"):
            self.push({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[op.name], at, at)
        elif op.name in EMPTY:
            made = Mapping(at) if op.name == "EMPTY_DICT" else Sequence() if op.name == "EMPTY_LIST" else EMPTY[op.name]()
            self.push(made, at, at)
        elif op.argument is not None:
            self.push(op.argument, at, at)
        else:
            raise NotUnderstood(f"{op.name} is in no model")

    def push(self, value: Any, first: int, last: int) -> None:
        self.stack.append((value, first, last))

    def pop(self) -> Any:
        return self.stack.pop()

    def to_mark(self) -> Tuple[List[Tuple[Any, int, int]], int]:
        """What stands above the mark, and where the mark was set."""
        above = self.stack
        self.stack = self.marks.pop()
        mark = self.stack.pop()[1]
        return above, mark

    def do_PROTO(self, op: Op, _at: int) -> None:
        self.protocol = op.argument

    def do_MARK(self, _op: Op, at: int) -> None:
        self.push("mark", at, at)
        self.marks.append(self.stack)
        self.stack = []

    def do_POP(self, _op: Op, _at: int) -> None:
        if self.stack:
            self.pop()
        else:
            self.to_mark()

    def do_POP_MARK(self, _op: Op, _at: int) -> None:
        self.to_mark()

    def do_DUP(self, _op: Op, at: int) -> None:
        self.push(self.stack[-1][0], at, at)

    def do_GLOBAL(self, op: Op, at: int) -> None:
        self.push(Name(*op.argument.split(" ", 1)), at, at)

    def do_STACK_GLOBAL(self, _op: Op, at: int) -> None:
        attribute, module = self.pop(), self.pop()
        self.push(Name(module[0], attribute[0]), module[1], at)

    def do_TUPLE(self, _op: Op, at: int) -> None:
        above, mark = self.to_mark()
        self.push(tuple(value for value, _, _ in above), mark, at)

    def fixed_tuple(self, count: int, at: int) -> None:
        above = self.stack[-count:]
        del self.stack[-count:]
        self.push(tuple(value for value, _, _ in above), above[0][1], at)

    def do_TUPLE1(self, _op: Op, at: int) -> None:
        self.fixed_tuple(1, at)

    def do_TUPLE2(self, _op: Op, at: int) -> None:
        self.fixed_tuple(2, at)

    def do_TUPLE3(self, _op: Op, at: int) -> None:
        self.fixed_tuple(3, at)

    def do_LIST(self, _op: Op, at: int) -> None:
        above, mark = self.to_mark()
        self.push(Sequence([value for value, _, _ in above], [(first, last) for _, first, last in above]), mark, at)

    def do_DICT(self, _op: Op, at: int) -> None:
        above, mark = self.to_mark()
        values = [value for value, _, _ in above]
        self.push(Mapping(at, list(zip(values[::2], values[1::2])), [at]), mark, at)

    def do_FROZENSET(self, _op: Op, at: int) -> None:
        above, mark = self.to_mark()
        self.push(("frozenset", len(above)), mark, at)

    def extend(self, above: List[Tuple[Any, int, int]], at: int) -> None:
        target, first, _ = self.stack[-1]
        if isinstance(target, Sequence):
            target.items += [value for value, _, _ in above]
            target.spans += [(begin, last) for _, begin, last in above]
        self.stack[-1] = (target, first, at)

    def do_APPEND(self, _op: Op, at: int) -> None:
        self.extend([self.pop()], at)

    def do_APPENDS(self, _op: Op, at: int) -> None:
        self.extend(self.to_mark()[0], at)

    def do_ADDITEMS(self, _op: Op, at: int) -> None:
        self.extend(self.to_mark()[0], at)

    def fill(self, above: List[Tuple[Any, int, int]], at: int) -> None:
        target, first, _ = self.stack[-1]
        values = [value for value, _, _ in above]
        if isinstance(target, Mapping):
            target.pairs += zip(values[::2], values[1::2])
            target.filled_at.append(at)
        self.stack[-1] = (target, first, at)

    def do_SETITEM(self, _op: Op, at: int) -> None:
        value, key = self.pop(), self.pop()
        self.fill([key, value], at)

    def do_SETITEMS(self, _op: Op, at: int) -> None:
        self.fill(self.to_mark()[0], at)

    def do_REDUCE(self, _op: Op, at: int) -> None:
        arguments, function = self.pop(), self.pop()
        self.push(Made(function[0], arguments[0]), function[1], at)

    do_NEWOBJ = do_REDUCE

    def do_NEWOBJ_EX(self, op: Op, at: int) -> None:
        self.pop()
        self.do_REDUCE(op, at)

    def do_BUILD(self, _op: Op, at: int) -> None:
        state = self.pop()[0]
        target, first, _ = self.stack[-1]
        if isinstance(target, Made):
            target.states.append(state)
            if (
                isinstance(state, tuple)
                and state
                and isinstance(state[-1], Sequence)
                and getattr(target.kind, "name", "") == "_reconstruct"
            ):
                self.object_arrays.append(state[-1])
        self.stack[-1] = (target, first, at)
        if is_wrapper(target):
            self.read_array(target)

    def read_array(self, wrapper: Made) -> None:
        """The array that a joblib reader would take from here; the wrapper becomes it."""
        state = dict(wrapper.states[-1].pairs)
        size, objects = dtype_facts(state["dtype"])
        data, position = self.file.getvalue(), self.file.tell()
        if objects:
            nested = Reader(data, position).read()
            self.file.seek(position + nested.length)
            self.parts.append(Nested(nested))
            return
        aligned = state.get("numpy_array_alignment_bytes") is not None
        if aligned:
            position += 1 + data[position]
        for dimension in state["shape"]:
            size *= dimension
        self.file.seek(position + size)
        self.parts.append(RawArray(data[position : position + size], aligned))


def is_wrapper(value: Any) -> bool:
    if not isinstance(value, Made):
        return False
    kind = value.kind
    if kind in (Name("copyreg", "_reconstructor"), Name("copy_reg", "_reconstructor")):
        kind = value.arguments[0]
    return isinstance(kind, Name) and kind.name == "NumpyArrayWrapper" and kind.module.endswith("joblib.numpy_pickle")


def dtype_facts(dtype: Any) -> Tuple[int, bool]:
    """Bytes of one item, and whether items are objects."""
    if not isinstance(dtype, Made):
        raise NotUnderstood("a dtype that is not made by numpy.dtype")
    text = dtype.arguments[0]
    state = dtype.states[-1] if dtype.states else ()
    if text.startswith("O") or (len(state) > 7 and state[7] & 1):
        return 0, True
    if len(state) > 5 and state[5] > 0:
        return state[5], False
    kind, digits = text[0], int(text[1:])
    return digits * (4 if kind == "U" else 1), False


def read_stream(data: bytes, start: int = 0) -> Stream:
    """Takes the pickle apart that begins at `start`. Raises NotUnderstood."""
    return Reader(data, start).read()


def read_fragment(data: bytes, space: int) -> List[Op]:
    """Opcodes of an attack. What is no opcode, is kept as it is: it may be the attack."""
    parts: List[Op] = []
    memo = 0
    file = io.BytesIO(data)
    while file.tell() < len(data):
        start = file.tell()
        try:
            op = read_op(file)
        except NotUnderstood:
            parts.append(Op("opaque", data[start:]))
            break
        if op.name in MEMO_PUT:
            op.memo = memo if op.name == "MEMOIZE" else op.argument
            memo += 1
        elif op.name in MEMO_GET:
            op.memo = op.argument
        op.space = space
        parts.append(op)
    return parts
