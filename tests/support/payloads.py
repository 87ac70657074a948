#!/usr/bin/env python3
"""The catalogue of attacks that a safety verdict is measured against. Every one is inert: bytes that are written and never loaded.

    payloads.py [--kind KIND]      prints the catalogue as a table

A payload pushes one value, so that it can stand anywhere in a pickle. What would be run, were it ever loaded, is given a harmless
literal that carries a marker (`echo assay-marker-…`, a path below /nonexistent, a host below .invalid): a report is only useful when it
names the callable and shows what would have been passed to it.
"""

import argparse
import dataclasses
import re
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple

from payload_kinds.advisories import ADVISORIES
from pickle_assembler import Call, Global, assemble, name

Rows = List[Tuple[str, Any]]
POSITIONS = ("front", "attribute", "nested", "end", "second")


@dataclass(frozen=True)
class Payload:
    """One attack.

    names: the callables (or, for an abuse of a harmless name, that name) of which a good report names at least one.
    marker: the literal that a good report shows, or None where the attack takes none.
    kind: what makes it an attack: call, chain, import, file, network, load, memory, shape, target, state, function, opcode, memo, stream.
    positions: where it makes sense; key: the state key it must be stored under there, if that is the attack.
    trick: what is done to the whole stream around it (payload_streams.py).
    least_protocol: the oldest protocol in whose files it would work.
    """

    name: str
    source: str
    value: Any
    names: Tuple[str, ...]
    marker: Optional[str]
    kind: str
    positions: Tuple[str, ...] = POSITIONS
    key: Optional[str] = None
    trick: Optional[str] = None
    least_protocol: int = 2

    @property
    def opcodes(self) -> bytes:
        return assemble(self.value, 4)

    def fragment(self, protocol: int) -> bytes:
        """The opcodes as they would stand in a file of this protocol."""
        return assemble(self.value, 4 if protocol >= 4 or self.least_protocol >= 4 else max(protocol, 2))


def filled(value: Any, marker: str) -> Any:
    """`value` with `{m}` replaced in every text and bytes in it."""
    if isinstance(value, str):
        return value.replace("{m}", marker)
    if isinstance(value, bytes):
        return value.replace(b"{m}", marker.encode())
    if isinstance(value, (tuple, list)):
        return type(value)(filled(part, marker) for part in value)
    if isinstance(value, dict):
        return {filled(key, marker): filled(part, marker) for key, part in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: filled(getattr(value, field.name), marker) for field in dataclasses.fields(value)}
        return type(value)(**fields)
    return value


def carries(value: Any) -> bool:
    """Whether a marker has a place in it."""
    return filled(value, "") != value


def payload(label: str, source: str, value: Any, names: Iterable[str], kind: str = "call", **more: Any) -> Payload:
    """A payload whose marker, if it has a place for one, is its own."""
    marker = "assay-marker-" + re.sub("[^A-Za-z0-9._]+", "-", label) if carries(value) else None
    least = 4 if _has_dotted_name(value) else 2
    return Payload(label, source, filled(value, marker or ""), tuple(names), marker, kind, **{"least_protocol": least, **more})


def _has_dotted_name(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_has_dotted_name, value))
    if isinstance(value, dict):
        return any(map(_has_dotted_name, list(value) + list(value.values())))
    if dataclasses.is_dataclass(value):
        if isinstance(value, Global):
            return "." in value.name
        return any(_has_dotted_name(getattr(value, field.name)) for field in dataclasses.fields(value))
    return False


def calls(source: str, kind: str, rows: Rows) -> List[Payload]:
    """One payload for each (callable, arguments), named after the callable; its source is the advisory that reports it, else `source`."""
    found = [(name(path), arguments) for path, arguments in rows]
    return [
        payload(one.dotted, ADVISORIES.get(one.dotted, source), Call(one, arguments), spellings(one) + sinks(arguments), kind)
        for one, arguments in found
    ]


def spellings(one: Global) -> List[str]:
    """The name, and what a reader of an old protocol takes it for where it is one of Python 2."""
    module, attribute = NAME_MAPPING.get((one.module, one.name), (IMPORT_MAPPING.get(one.module, one.module), one.name))
    return list(dict.fromkeys([one.dotted, f"{module}.{attribute}"]))


def sinks(arguments: Any) -> List[str]:
    """The callables among the arguments: a report that names the callback instead of its caller has understood as much."""
    if isinstance(arguments, (tuple, list)):
        return [found for part in arguments for found in sinks(part)]
    return [arguments.dotted] if isinstance(arguments, Global) and arguments.module != "builtins" else []


def catalogue() -> List[Payload]:
    """Every payload, in a stable order; a name that occurs twice is a mistake."""
    from payload_kinds import chains, data_libraries, machine_learning, misuse, opcodes, standard_library, state, streams

    found: Dict[str, Payload] = {}
    for module in (standard_library, chains, data_libraries, machine_learning, misuse, state, opcodes, streams):
        for one in module.payloads():
            if one.name in found:
                raise ValueError(f"two payloads are called {one.name}")
            found[one.name] = one
    return list(found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind")
    options = parser.parse_args()
    shown = [one for one in catalogue() if options.kind in (None, one.kind)]
    for one in shown:
        print(f"{one.kind:9} {one.name:60} {','.join(one.names):60} {one.source}")
    print(f"{len(shown)} payloads")


if __name__ == "__main__":
    main()
