"""Several harmless-looking steps that end in a call: getattr and its relatives, partials, mappings, iterators, nested calls.

The names that a report owes are those that make the step possible; the last callable often appears only as text.
"""

from typing import Any, List

from payloads import Payload, payload
from pickle_assembler import Build, Call, Global, Items, New, Pairs, Popped, name

SYSTEM = name("posix.system")
ECHO = ("echo {m}",)
OS = Call(name("builtins.__import__"), ("os",))


def chain(
    label: str, value: Any, *names: str, source: str = "attribute and callback chains; picklescan GHSA-vvpj-8cmc-gx39 and its follow-up"
) -> Payload:
    return payload(label, source, value, names, "chain")


def attribute_chains() -> List[Payload]:
    imported = Call(name("importlib.import_module"), ("os",))
    return [
        chain(
            "getattr of imported module",
            Call(Call(name("builtins.getattr"), (OS, "system")), ECHO),
            "builtins.getattr",
            "builtins.__import__",
        ),
        chain(
            "getattr of import_module",
            Call(Call(name("builtins.getattr"), (imported, "system")), ECHO),
            "builtins.getattr",
            "importlib.import_module",
        ),
        chain(
            "attrgetter",
            Call(Call(Call(name("operator.attrgetter"), ("system",)), (OS,)), ECHO),
            "operator.attrgetter",
            "builtins.__import__",
        ),
        chain(
            "_operator.attrgetter",
            Call(Call(Call(name("_operator.attrgetter"), ("system",)), (OS,)), ECHO),
            "_operator.attrgetter",
            "builtins.__import__",
            source="GHSA-955r-x9j8-7rhh",
        ),
        chain(
            "methodcaller",
            Call(Call(name("operator.methodcaller"), ("system",) + ECHO), (OS,)),
            "operator.methodcaller",
            "builtins.__import__",
        ),
        chain(
            "itemgetter of globals",
            Call(Call(name("operator.itemgetter"), ("{m}",)), (Call(name("builtins.globals")),)),
            "operator.itemgetter",
            "builtins.globals",
        ),
        chain("operator.call", Call(name("operator.call"), (SYSTEM,) + ECHO), "operator.call", "posix.system"),
        chain("apply", Call(name("builtins.apply"), (SYSTEM, list(ECHO))), "builtins.apply", "posix.system"),
        chain(
            "resolve_name called",
            Call(Call(name("pkgutil.resolve_name"), ("os:system",)), ECHO),
            "pkgutil.resolve_name",
            source="GHSA-vvpj-8cmc-gx39",
        ),
        chain("pydoc.locate called", Call(Call(name("pydoc.locate"), ("os.system",)), ECHO), "pydoc.locate"),
        chain(
            "sys.modules item",
            Call(Call(name("builtins.getattr"), (Call(name("operator.getitem"), (name("sys.modules"), "os")), "system")), ECHO),
            "builtins.getattr",
            "operator.getitem",
            "sys.modules",
        ),
        chain(
            "setattr on a module", Call(name("builtins.setattr"), (name("sys.modules"), "{m}", SYSTEM)), "builtins.setattr", "posix.system"
        ),
        chain("delattr on a module", Call(name("builtins.delattr"), (OS, "{m}")), "builtins.delattr", "builtins.__import__"),
        chain("vars update", Call(name("builtins.vars"), (OS,)), "builtins.vars", "builtins.__import__"),
        chain("object subclasses", Call(name("builtins:object.__subclasses__"), ()), "builtins.object.__subclasses__"),
        chain(
            "object getattribute",
            Call(name("builtins:object.__getattribute__"), (OS, "{m}")),
            "builtins.object.__getattribute__",
            "builtins.__import__",
        ),
        chain(
            "type getattribute",
            Call(name("builtins:type.__getattribute__"), (name("builtins.int"), "{m}")),
            "builtins.type.__getattribute__",
        ),
        chain(
            "type.__call__",
            Call(name("builtins:type.__call__"), (name("subprocess.Popen"), ["echo", "{m}"])),
            "builtins.type.__call__",
            "subprocess.Popen",
        ),
        chain("str.format attribute walk", Call(name("builtins:str.format"), ("{0.__class__}{m}", 1)), "builtins.str.format"),
        chain("os.environ item", Call(name("os:environ.__setitem__"), ("ASSAY", "{m}")), "os.environ.__setitem__"),
        chain("module builtins item", Call(Call(name("builtins:__dict__.get"), ("eval",)), ("'{m}'",)), "builtins.__dict__.get"),
        chain("function globals", Call(name("pickle:loads.__globals__.get"), ("{m}",)), "pickle.loads.__globals__.get"),
        chain(
            "numpy size shadowed by getattr",
            Popped(
                Build(name("numpy.size"), ({}, {"shape": name("numpy.__builtins__")})),
                Call(Call(name("numpy.size"), (name("numpy.size"), "eval")), ("'{m}'",)),
            ),
            "numpy.size",
            "numpy.__builtins__",
            source="modelscan issue 330",
        ),
    ]


def callbacks() -> List[Payload]:
    partial = Build(Call(name("functools.partial"), (SYSTEM,)), (SYSTEM, ECHO, {}, None))
    later = Call(name("functools.partial"), (SYSTEM,) + ECHO)
    return [
        chain("partial called", Call(later, ()), "functools.partial", "posix.system"),
        chain("partial never called", later, "functools.partial", "posix.system"),
        chain("partial with another state", partial, "functools.partial", "posix.system"),
        chain(
            "partial of a listed function with another state",
            Build(Call(name("functools.partial"), (name("numpy.log1p"),)), (SYSTEM, ECHO, {}, None)),
            "functools.partial",
            "posix.system",
        ),
        chain("partialmethod", Call(name("functools.partialmethod"), (SYSTEM,) + ECHO), "functools.partialmethod", "posix.system"),
        chain("functools.reduce", Call(name("functools.reduce"), (SYSTEM, ["echo {m}", "x"])), "functools.reduce", "posix.system"),
        chain(
            "_functools.reduce",
            Call(name("_functools.reduce"), (name("builtins.eval"), ["'{m}'", {}])),
            "_functools.reduce",
            "builtins.eval",
        ),
        chain("cached property", Call(name("functools.cached_property"), (SYSTEM,)), "functools.cached_property", "posix.system"),
        chain("singledispatch", Call(name("functools.singledispatch"), (SYSTEM,)), "functools.singledispatch", "posix.system"),
        chain(
            "map consumed by list",
            Call(name("builtins.list"), (Call(name("builtins.map"), (SYSTEM, list(ECHO))),)),
            "builtins.map",
            "posix.system",
        ),
        chain(
            "filter consumed by tuple",
            Call(name("builtins.tuple"), (Call(name("builtins.filter"), (SYSTEM, list(ECHO))),)),
            "builtins.filter",
            "posix.system",
        ),
        chain(
            "starmap consumed by set",
            Call(name("builtins.set"), (Call(name("itertools.starmap"), (SYSTEM, [ECHO])),)),
            "itertools.starmap",
            "posix.system",
        ),
        chain(
            "accumulate consumed by deque",
            Call(name("collections.deque"), (Call(name("itertools.accumulate"), (["echo {m}", 1], SYSTEM)),)),
            "itertools.accumulate",
            "posix.system",
        ),
        chain("sorted by key", Call(name("builtins.sorted"), (list(ECHO), None, SYSTEM)), "builtins.sorted", "posix.system"),
        chain("min by key", New(name("builtins.min"), (list(ECHO),), {"key": SYSTEM}), "builtins.min", "posix.system"),
        chain(
            "iter with sentinel",
            Call(name("builtins.next"), (Call(name("builtins.iter"), (later, 1)),)),
            "builtins.iter",
            "posix.system",
            "functools.partial",
        ),
        chain("re.sub callback", Call(name("re.sub"), (".*", SYSTEM, "echo {m}")), "re.sub", "posix.system"),
        chain(
            "defaultdict factory is called",
            Call(name("builtins:dict.__missing__"), (Call(name("collections.defaultdict"), (later,)), 1)),
            "functools.partial",
            "posix.system",
        ),
        chain(
            "defaultdict with a process as factory",
            Call(name("collections.defaultdict"), (SYSTEM,)),
            "collections.defaultdict",
            "posix.system",
        ),
        chain("weakref callback", Call(name("weakref.ref"), (name("builtins.object"), SYSTEM)), "weakref.ref", "posix.system"),
        chain("property object", Call(name("builtins.property"), (SYSTEM,)), "builtins.property", "posix.system"),
        chain("staticmethod object", Call(name("builtins.staticmethod"), (SYSTEM,)), "builtins.staticmethod", "posix.system"),
        chain("bound method", Call(name("types.MethodType"), (SYSTEM, "echo {m}")), "types.MethodType", "posix.system"),
        chain(
            "class made by type with a reducer",
            Call(Call(name("builtins.type"), ("{m}", (), {"__init__": SYSTEM})), ()),
            "builtins.type",
            "posix.system",
        ),
        chain("items given to a thread pool map", Items(Call(name("collections.deque"), ()), (Call(SYSTEM, ECHO),)), "posix.system"),
        chain(
            "pairs whose value is a call", Pairs(Call(name("collections.OrderedDict"), ()), (("x", Call(SYSTEM, ECHO)),)), "posix.system"
        ),
        chain("pairs whose key is a call", Pairs({}, ((Call(SYSTEM, ECHO), 1),)), "posix.system"),
        chain("pairs on os.environ", Pairs(name("os.environ"), (("ASSAY", "{m}"),)), "os.environ"),
        chain("pairs on sys.modules", Pairs(name("sys.modules"), (("{m}", 1),)), "sys.modules"),
        chain("items on sys.path", Items(name("sys.path"), ("/nonexistent/{m}",)), "sys.path"),
        chain("items on sys.meta_path", Items(name("sys.meta_path"), ("{m}",)), "sys.meta_path"),
        chain(
            "call inside the arguments of a listed call",
            Call(name("collections.OrderedDict"), ([("x", Call(SYSTEM, ECHO))],)),
            "posix.system",
        ),
        chain("call inside a key of a set", Call(name("builtins.set"), ([Call(SYSTEM, ECHO)],)), "posix.system"),
        chain("call inside a dtype", Call(name("numpy.dtype"), (Call(SYSTEM, ECHO), False, True)), "posix.system"),
        chain("callable made by a call", Call(Call(name("builtins.eval"), ("'{m}'",)), ()), "builtins.eval"),
        chain("call of a class attribute", Call(name("subprocess:Popen.__init__"), (None, "{m}")), "subprocess.Popen.__init__"),
        chain("module of a renamed name", Call(Global("__builtin__", "eval"), ("'{m}'",)), "builtins.eval", "__builtin__.eval"),
        chain(
            "renamed through cPickle",
            Call(Global("cPickle", "Unpickler"), ("{m}",)),
            "cPickle.Unpickler",
            "_pickle.Unpickler",
            "pickle.Unpickler",
        ),
    ]


def payloads() -> List[Payload]:
    return attribute_chains() + callbacks()
