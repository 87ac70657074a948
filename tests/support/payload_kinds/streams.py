"""One plain call, in streams and containers that two readers read differently, or that a reader gives up on after the call has run.

The tricks themselves are in payload_streams.py; a payload only says which one is to be played on it.
"""

from typing import List

from payloads import Payload, payload
from pickle_assembler import Call, name

TRICKS = [
    ("broken-after", "an opcode that does not exist, after the call (nullifAI)"),
    ("truncated", "no STOP (nullifAI)"),
    ("proto-inside", "PROTO in the middle"),
    ("proto-six", "a protocol that does not exist"),
    ("no-proto", "a stream of protocol 4 that does not say so"),
    ("frame-straddles", "an opcode across the end of a frame (cpython #154848)"),
    ("frame-in-frame", "a frame inside a frame"),
    ("frame-past-end", "a frame longer than the file"),
    ("frame-empty", "frames of length 0"),
    ("payload-first", "the payload is a pickle before the model"),
    ("payload-between", "the model twice, the payload between"),
    ("empty-first", "an empty pickle, then the payload, then the model"),
    ("after-stop", "opcodes after STOP, without PROTO"),
    ("trailing-text", "text after the payload and STOP"),
    ("trailing-zeros", "zeros between two pickles"),
    ("leading-space", "a byte before the pickle"),
    ("leading-image", "an image's head before the pickle"),
    ("polyglot", "a joblib array without padding, whose bytes are opcodes for a plain reader (spec 5.4)"),
    ("padding-opcodes", "a joblib array whose padding is opcodes"),
    ("padding-none", "a joblib array whose padding has length 0"),
    ("wrapper-lies", "a joblib array that claims more bytes and swallows the payload"),
    ("nested-trailing", "a second pickle behind a nested object array"),
    ("second-member", "a second compressed member with the payload"),
    ("after-member", "the payload uncompressed behind the compressed stream"),
    ("double-compressed", "compressed twice"),
    ("wrong-suffix", "the name of another format (CVE-2025-1889, CVE-2025-10155)"),
    ("crlf", "a text protocol with line ends of another system"),
    ("zip-flag", "a zip flag bit that says encrypted (CVE-2025-1945)"),
    ("zip-name", "another name in the central directory (CVE-2025-1944)"),
    ("zip-crc", "a wrong CRC (CVE-2025-10156)"),
    ("zip-duplicate", "the same member name twice"),
    ("zip-nested", "a zip in a zip"),
    ("zip-prefix", "bytes before the zip"),
    ("zip-trailing", "the payload behind the zip"),
    ("zip-hidden", "a local member that the central directory does not list"),
    ("zip-traversal", "a member outside"),
    ("zip-method", "a compression method that nobody has"),
    ("zip-size", "a size that lies"),
    ("npy-header", "an expression in the header of an array"),
    ("npy-trailing", "a pickle behind an array of numbers"),
]


def payloads() -> List[Payload]:
    call = Call(name("posix.system"), ("echo {m}",))
    return [
        payload(f"stream {trick}", f"structure: {source}", call, ["posix.system"], "stream", positions=("front",), trick=trick)
        for trick, source in TRICKS
    ]
