"""Tricks played on a whole stream or container: what makes two readers disagree, or one give up after the attack has run. Loads nothing."""

import struct
from dataclasses import replace
from typing import Callable, Dict, List, Sequence, Tuple

import specimen_containers as containers
from payloads import Payload
from pickle_assembler import Build, Call, New, assemble, name
from pickle_parser import read_fragment
from pickle_parts import Nested, Op, Part, RawArray, Stream
from pickle_writer import write_stream
from specimen_places import POP, NoPlace, at_front, fragment_of, insert, second_pickle, start_of
from specimen_zips import ZIP_TRICKS, Wrapping


def opaque(data: bytes) -> Op:
    return Op("opaque", data)


def frame(length: int) -> Op:
    return opaque(b"\x95" + struct.pack("<Q", length))


def unframed(stream: Stream) -> Stream:
    return replace(stream, framed=False)


def put_in_front(stream: Stream, parts: Sequence[Part]) -> bytes:
    return write_stream(insert(stream, start_of(stream), parts))


def broken_after(stream: Stream, payload: Payload) -> bytes:
    return put_in_front(stream, fragment_of(payload, stream) + [opaque(b"\xff")])


def truncated(stream: Stream, payload: Payload) -> bytes:
    changed = at_front(stream, payload)
    return write_stream(replace(changed, parts=changed.parts[:-1]))


def proto_inside(stream: Stream, payload: Payload) -> bytes:
    return put_in_front(stream, fragment_of(payload, stream) + [POP, opaque(b"\x80\x04")])


def proto_six(stream: Stream, payload: Payload) -> bytes:
    changed = at_front(stream, payload)
    return write_stream(replace(changed, parts=[Op("PROTO", b"\x80\x06")] + changed.parts[start_of(stream) :]))


def no_proto(stream: Stream, payload: Payload) -> bytes:
    changed = at_front(stream, payload)
    return write_stream(replace(changed, parts=changed.parts[start_of(stream) :]))


def frame_straddles(stream: Stream, payload: Payload) -> bytes:
    fragment = fragment_of(payload, stream)
    middle = sum(len(op.data) for op in fragment) // 2
    return put_in_front(unframed(stream), [frame(middle)] + fragment + [POP])


def frame_in_frame(stream: Stream, payload: Payload) -> bytes:
    inner = fragment_of(payload, stream) + [POP]
    length = sum(len(op.data) for op in inner)
    return put_in_front(unframed(stream), [frame(length + 9), frame(length)] + inner)


def frame_past_end(stream: Stream, payload: Payload) -> bytes:
    return put_in_front(unframed(stream), [frame(2**40)] + fragment_of(payload, stream) + [POP])


def frame_empty(stream: Stream, payload: Payload) -> bytes:
    return put_in_front(unframed(stream), [frame(0), frame(0)] + fragment_of(payload, stream) + [POP])


def after_another(stream: Stream, head: bytes) -> bytes:
    return head + write_stream(stream, len(head))


def payload_first(stream: Stream, payload: Payload) -> bytes:
    return after_another(stream, second_pickle(stream, payload))


def payload_between(stream: Stream, payload: Payload) -> bytes:
    return after_another(stream, write_stream(stream) + second_pickle(stream, payload))


def empty_first(stream: Stream, payload: Payload) -> bytes:
    return after_another(stream, b"N." + second_pickle(stream, payload))


def after_stop(stream: Stream, payload: Payload) -> bytes:
    return write_stream(stream) + payload.fragment(stream.protocol) + b"."


def trailing_text(stream: Stream, payload: Payload) -> bytes:
    return write_stream(at_front(stream, payload)) + b"# the end\n"


def trailing_zeros(stream: Stream, payload: Payload) -> bytes:
    return write_stream(stream) + bytes(64) + second_pickle(stream, payload)


def leading_space(stream: Stream, payload: Payload) -> bytes:
    return after_another(at_front(stream, payload), b" ")


def leading_image(stream: Stream, payload: Payload) -> bytes:
    return after_another(at_front(stream, payload), b"\x89PNG\r\n\x1a\n")


def wrapper(shape: Tuple[int, ...], aligned: bool, protocol: int) -> List[Op]:
    """What joblib writes before the raw bytes of an array of octets."""
    dtype = Build(Call(name("numpy.dtype"), ("u1", False, True)), (3, "|", None, None, None, -1, -1, 0))
    state = {"subclass": name("numpy.ndarray"), "shape": shape, "order": "C", "dtype": dtype, "allow_mmap": True}
    if aligned:
        state["numpy_array_alignment_bytes"] = 16
    return read_fragment(assemble(Build(New(name("joblib.numpy_pickle.NumpyArrayWrapper")), state), protocol), space=3)


def polyglot(stream: Stream, payload: Payload) -> bytes:
    """joblib sees an array of octets; a plain reader goes on and runs them."""
    octets = payload.fragment(stream.protocol) + b"0"
    return put_in_front(stream, [*wrapper((len(octets),), False, stream.protocol), RawArray(octets, False), POP])


def padding_opcodes(stream: Stream, payload: Payload) -> bytes:
    """The length of the padding is an opcode that pushes None, and so it is long enough for a call."""
    length = ord("N")
    octets = (payload.fragment(stream.protocol) + b"0").ljust(length, b"0")
    if len(octets) > length:
        raise NoPlace("the payload is too long for a padding")
    return put_in_front(stream, [*wrapper((8,), True, stream.protocol), opaque(bytes([length]) + octets), RawArray(bytes(8), False), POP])


def padding_none(stream: Stream, payload: Payload) -> bytes:
    array: List[Part] = [*wrapper((8,), True, stream.protocol), RawArray(bytes(1 + 8), False), POP]
    changed = insert(stream, start_of(stream), array)
    return write_stream(at_front(changed, payload))


def wrapper_lies(stream: Stream, payload: Payload) -> bytes:
    array: List[Part] = [*wrapper((2**30,), False, stream.protocol), RawArray(bytes(8), False)]
    return put_in_front(stream, [*array, *fragment_of(payload, stream), POP, POP])


def nested_trailing(stream: Stream, payload: Payload) -> bytes:
    for at, part in enumerate(stream.parts):
        if isinstance(part, Nested):
            return write_stream(insert(stream, at + 1, [opaque(second_pickle(stream, payload))]))
    raise NoPlace("the model has no nested pickle")


def crlf(stream: Stream, payload: Payload) -> bytes:
    return write_stream(at_front(stream, payload)).replace(b"\n", b"\r\n")


STREAM_TRICKS: Dict[str, Callable[[Stream, Payload], bytes]] = {
    "broken-after": broken_after,
    "truncated": truncated,
    "proto-inside": proto_inside,
    "proto-six": proto_six,
    "no-proto": no_proto,
    "frame-straddles": frame_straddles,
    "frame-in-frame": frame_in_frame,
    "frame-past-end": frame_past_end,
    "frame-empty": frame_empty,
    "payload-first": payload_first,
    "payload-between": payload_between,
    "empty-first": empty_first,
    "after-stop": after_stop,
    "trailing-text": trailing_text,
    "trailing-zeros": trailing_zeros,
    "leading-space": leading_space,
    "leading-image": leading_image,
    "polyglot": polyglot,
    "padding-opcodes": padding_opcodes,
    "padding-none": padding_none,
    "wrapper-lies": wrapper_lies,
    "nested-trailing": nested_trailing,
    "crlf": crlf,
}
JOBLIB_ONLY = {"polyglot", "padding-opcodes", "padding-none", "wrapper-lies", "nested-trailing"}
MEMBER_TRICKS: Dict[str, Callable[[Wrapping], bytes]] = {
    "second-member": lambda made: made.wrap(made.clean) + made.wrap(made.second),
    "after-member": lambda made: made.wrap(made.clean) + made.second,
    "double-compressed": lambda made: made.wrap(made.wrap(made.infected)),
}


def play(trick: str, stream: Stream, payload: Payload) -> bytes:
    """The stream with the payload; tricks of containers leave it to the container to be tricky."""
    made = STREAM_TRICKS.get(trick)
    return made(stream, payload) if made else write_stream(at_front(stream, payload))


def suits(trick: str, container: str) -> bool:
    if trick.startswith("zip-"):
        return container in ("zip", "torch", "npz")
    if trick.startswith("npy-"):
        return container == "npy"
    if trick in MEMBER_TRICKS:
        return container.startswith("joblib.")
    if trick == "crlf":
        return container == "pickle0"
    if trick == "wrong-suffix":
        return container in ("pickle4", "joblib", "joblib.z", "zip", "npy")
    if trick in JOBLIB_ONLY:
        return container in ("joblib", "joblib.z")
    needs_protocol_4 = trick.startswith("frame") or trick == "no-proto"
    return container in ("pickle4", "joblib", "joblib.z") or (not needs_protocol_4 and container in ("pickle2", "joblib.xz"))


def suffix(trick: str, usual: str) -> str:
    return "json" if trick == "wrong-suffix" else usual


def wrap(trick: str, payload: Payload, made: Wrapping) -> bytes:
    if trick in MEMBER_TRICKS:
        return MEMBER_TRICKS[trick](made)
    if trick == "npy-header":
        return made.wrap(made.infected, shape=f"(__import__('posix').system('echo {payload.marker}'),)")
    if trick == "npy-trailing":
        return containers.numbers_npy() + made.second
    whole = made.wrap(made.infected)
    return ZIP_TRICKS[trick](whole, made) if trick in ZIP_TRICKS else whole
