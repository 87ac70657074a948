"""Which classes of a release may be made by a pickle without a review: estimators that add no code to being unpickled.

Unpickling makes an instance without __init__ and writes its attributes (NEWOBJ and BUILD). That runs code of the class only through the
methods in `HOOKS`. A class that has one, itself or from a base, is left to registry/safety/reviewed.txt.
"""

from typing import Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from .sources import ClassDef, Library

# What Python calls while it unpickles: making the instance, finding and giving it its state, filling it, hashing it as a key, dropping it.
HOOKS = {"__new__", "__init_subclass__", "__class__", "__dict__", "__getattribute__", "__getattr__", "__setattr__", "__setstate__", "__reduce__",
         "__reduce_ex__", "__getnewargs__", "__getnewargs_ex__", "__getinitargs__", "__copyreg__", "__del__", "__hash__", "__eq__", "__setitem__",
         "__iadd__", "append", "extend", "add", "update", "__class_getitem__", "__set_name__", "__instancecheck__", "__subclasscheck__"}
# Of these names, what only benign code uses in a class that nothing fills or hashes is still a hook: better reviewed once than missed.

HARMLESS_EXTERNAL = {"object", "abc:ABC", "typing:Generic", "typing:Protocol", "typing:NamedTuple"}
METACLASSES = {"", "abc:ABCMeta"}


class Finding(NamedTuple):
    """A class that descends from a root: clean when nothing speaks against generating it."""
    name: str
    against: Tuple[str, ...]
    abstract: bool
    roots: Tuple[str, ...]


class Shelf:
    """A release, and behind it the releases of other packages that its classes may derive from."""

    def __init__(self, own: Library, others: List[Library]):
        self.own = own
        self.others = others

    def find(self, library: Library, module: str, name: str) -> Set[Tuple[Library, str]]:
        """The definitions that `name` in `module` of `library` means; those of another package are looked for in the others."""
        found = set()
        for definition in library.find(module, name):
            found |= self._elsewhere(definition) if definition.partition(":")[0] not in library.modules else {(library, definition)}
        return found or {(library, f"?:{name}")}

    def _elsewhere(self, definition: str) -> Set[Tuple[Library, str]]:
        module, _, name = definition.partition(":")
        for library in self.others:
            found = {there for there in library.find(module, name) if library.class_defs(there)} if module in library.modules else set()
            if found:
                return {(library, there) for there in found}
        return {(self.own, definition)}

    def ancestry(self, library: Library, definition: str) -> "Ancestry":
        ancestry = Ancestry([], set())
        self._climb(library, definition, ancestry, set())
        return ancestry

    def _climb(self, library: Library, definition: str, ancestry: "Ancestry", seen: Set[str]) -> None:
        if definition in seen:
            return
        seen.add(definition)
        defs = library.class_defs(definition)
        if not defs:
            ancestry.strangers.add(definition.removeprefix("?:"))
        for each in defs:
            ancestry.line.append((definition, each))
            for base in each.bases:
                for there, found in sorted(self.find(library, definition.partition(":")[0], base), key=lambda pair: pair[1]):
                    self._climb(there, found, ancestry, seen)


class Ancestry(NamedTuple):
    line: List[Tuple[str, ClassDef]]  # the class itself and all its bases, nearest first
    strangers: Set[str]  # bases without a source here

    def names(self) -> Set[str]:
        return {name for name, _ in self.line} | self.strangers


def objections(ancestry: Ancestry, clean: Set[str]) -> Iterator[str]:
    """What speaks against generating the class, one sentence each; the classes in `clean` were reviewed."""
    for name, each in ancestry.line:
        if name in clean:
            continue
        for hook in sorted(each.methods & HOOKS):
            yield f"{name} has {hook}"
        if each.metaclass.rpartition(".")[2] not in ("", "ABCMeta"):
            yield f"{name} has the metaclass {each.metaclass}"
    for stranger in sorted(ancestry.strangers - HARMLESS_EXTERNAL - clean):
        yield f"the base {stranger} has no source here"


def is_abstract(ancestry: Ancestry) -> bool:
    """Whether a method is left for a subclass to define; nearest definition first, which is near enough to Python's order."""
    decided: Dict[str, bool] = {}
    for _, each in ancestry.line:
        for method in each.methods:
            decided.setdefault(method, method in each.abstract)
    return any(decided.values())


def findings(shelf: Shelf, roots: Set[str], clean: Set[str], skip: Callable[[str], bool]) -> Iterator[Finding]:
    """Every class of the release that descends from one of the roots, outside the modules that `skip` names."""
    for module in sorted(shelf.own.modules.values(), key=lambda each: each.name):
        for name in sorted(module.classes) if not skip(module.name) else []:
            definition = f"{module.name}:{name}"
            ancestry = shelf.ancestry(shelf.own, definition)
            found = ancestry.names() & roots
            if found:
                yield Finding(definition, tuple(objections(ancestry, clean)), is_abstract(ancestry), tuple(sorted(found)))
