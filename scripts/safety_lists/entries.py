"""The lines of an allow-list, and of registry/safety/reviewed.txt, from which the lists are made (its head describes the syntax)."""

import re
from typing import Iterator, List, NamedTuple

KINDS = ("class", "callable", "function", "type")
ADVICE = ("root", "base", "never")  # kinds that only reviewed.txt has; they say which classes are generated
STATES = ("dict", "distribution", "pairs", "any", "none")
NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
SHAPE_WORDS = {"none", "bool", "int", "float", "str", "bytes", "tuple", "list", "dict", "set", "array", "dtype", "class", "function", "type", "object",
               "any-literal", "literal", "distribution"}


class Entry(NamedTuple):
    kind: str
    name: str  # module:Name
    shape: str = ""  # of a callable: `(int, array)` or `fold`; of a class: `args=(…)` where NEWOBJ has arguments
    state: str = "dict"

    def line(self) -> str:
        words = [self.kind, self.name] + ([self.shape] if self.shape else []) + ([] if self.state == "dict" else [f"state={self.state}"])
        return " ".join(words)


class Reviewed(NamedTuple):
    entry: Entry
    why: str
    number: int  # of the line


class SyntaxFault(Exception):
    """A line of reviewed.txt or of a list that nobody can read."""


def check_shape(shape: str) -> None:
    inner = re.fullmatch(r"\((.*)\)", shape)
    if shape == "fold":
        return
    if inner is None:
        raise SyntaxFault(f"{shape!r} is neither `fold` nor a parenthesised list")
    for argument in filter(None, (word.strip() for word in inner.group(1).split(","))):
        for word in argument.removesuffix("*").split("|"):
            if not word.startswith("=") and word not in SHAPE_WORDS:
                raise SyntaxFault(f"{word!r} is no argument shape")


def parse_entry(kind: str, name: str, rest: str) -> Entry:
    state = re.search(r"(?:^|\s)state=(\w+)$", rest)
    if state:
        rest = rest[: state.start()].strip()
        if state.group(1) not in STATES:
            raise SyntaxFault(f"state={state.group(1)}: the states are {', '.join(STATES)}")
    if kind == "callable":
        check_shape(rest)
    elif kind == "class" and rest.startswith("args="):
        check_shape(rest[len("args="):])
    elif rest:
        raise SyntaxFault(f"{rest!r} means nothing after a {kind}")
    return Entry(kind, name, rest, state.group(1) if state else "dict")


def spell_out(names: str) -> Iterator[str]:
    """`a|b:X,Y` stands for a:X, a:Y, b:X and b:Y."""
    modules, _, words = names.partition(":")
    for module in modules.split("|"):
        for word in words.split(","):
            name = f"{module}:{word}"
            if not NAME.fullmatch(name):
                raise SyntaxFault(f"{name!r} is not module:Name")
            yield name


def parse_reviewed(text: str) -> List[Reviewed]:
    """Every entry of reviewed.txt, spelled out."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words, _, why = line.partition("# ")
        if not words.strip() or line.startswith("#"):
            continue
        try:
            kind, names, rest = (words.split(maxsplit=2) + [""])[:3]
            if kind not in KINDS + ADVICE:
                raise SyntaxFault(f"{kind!r} is no kind of entry")
            if not why.strip():
                raise SyntaxFault("a reviewed entry says why")
            found += [Reviewed(parse_entry(kind, name, rest.strip()), why.strip(), number) for name in spell_out(names)]
        except (SyntaxFault, ValueError) as fault:
            raise SyntaxFault(f"line {number}: {fault}") from None
    return found


def parse_dangerous(text: str) -> List[str]:
    """The names of dangerous.txt, in order; `module:*` stands for all of a module."""
    names = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split(maxsplit=2)
        if len(words) < 3 or words[0] != "dangerous" or not (NAME.fullmatch(words[1]) or re.fullmatch(r"[\w.]+:\*", words[1])):
            raise SyntaxFault(f"line {number}: not `dangerous module:name words…`")
        names.append(words[1])
    return names
