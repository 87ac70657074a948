"""The same call in opcodes that picklers do not write: where a scanner's model of the stack machine differs from the machine."""

import struct
from typing import List

from payloads import Payload, payload
from pickle_assembler import Call, Global, Instance, Object, Parts, Popped, Raw, assemble, name

SYSTEM = name("posix.system")
ECHO = ("echo {m}",)
CALLED = ["posix.system"]


def text(value: str) -> bytes:
    return assemble(value, 4)


def by_opcode() -> List[Payload]:
    """INST and OBJ, and calls whose result is thrown away, escape a scanner that only looks at REDUCE and at what stays."""
    source = "INST, OBJ and POP (GHSA-mxhj-88fx-4pcv)"
    inst, obj, call = Instance("posix", "system", ECHO), Object(SYSTEM, ECHO), Call(SYSTEM, ECHO)
    marked = Parts((Raw(b"("), "x", call, Raw(b"1N")))
    return [
        payload("INST", source, inst, CALLED, "opcode"),
        payload("OBJ", source, obj, CALLED, "opcode"),
        payload("INST popped", source, Popped(inst, None), CALLED, "opcode"),
        payload("OBJ popped", source, Popped(obj, None), CALLED, "opcode"),
        payload("REDUCE popped", source, Popped(call, None), CALLED, "opcode"),
        payload("REDUCE popped by mark", source, marked, CALLED, "opcode"),
        payload(
            "INST of exec in Python 2's spelling",
            source,
            Instance("__builtin__", "exec", ("'{m}'",)),
            ["builtins.exec", "__builtin__.exec"],
            "opcode",
        ),
        payload("OBJ of a process", source, Object(name("subprocess.Popen"), (["echo", "{m}"],)), ["subprocess.Popen"], "opcode"),
        payload("INST without arguments", source, Instance("pdb", "set_trace", ()), ["pdb.set_trace"], "opcode"),
        payload(
            "import alone",
            "importing runs a module's top level",
            Popped(name("antigravity.geohash"), None),
            ["antigravity.geohash"],
            "opcode",
        ),
        payload(
            "import alone of an unknown module",
            "importing runs a module's top level",
            Popped(name("assay_specimen_module.anything"), None),
            ["assay_specimen_module.anything"],
            "opcode",
        ),
        payload("call in a tuple that is dropped", source, Popped((call, call), None), CALLED, "opcode"),
        payload("call duplicated", source, Parts((call, Raw(b"200N"))), CALLED, "opcode"),
        payload("call twice removed", source, Popped(Popped(call, 1), Popped(2, None)), CALLED, "opcode"),
        payload("frozenset of a call", source, Parts((Raw(b"("), call, "x", Raw(b"\x91"))), CALLED, "opcode", least_protocol=4),
    ]


def stack_global(module: bytes, attribute: bytes) -> bytes:
    return module + attribute + b"\x93"


def by_name() -> List[Payload]:
    """STACK_GLOBAL takes its texts from wherever they come."""
    source = "STACK_GLOBAL through memo and other texts (picklescan issue 22, GHSA-9gvj-pp9x-gcfr)"

    def through(label: str, data: bytes, names: List[str]) -> Payload:
        return payload(label, source, Parts((Raw(data), ECHO, Raw(b"R"))), names, "memo", least_protocol=4)

    hidden = text("posix") + b"q\x000" + text("system") + b"q\x010" + text("collections") + b"q\x020" + text("OrderedDict") + b"q\x030"
    replaced = text("collections") + b"q\x000" + text("posix") + b"q\x000" + text("system") + b"q\x010"
    return [
        through("STACK_GLOBAL from memo", hidden + b"h\x00h\x01\x93", CALLED),
        through("STACK_GLOBAL from long memo", hidden.replace(b"q\x000", b"r\x00\x00\x00\x000") + b"j\x00\x00\x00\x00h\x01\x93", CALLED),
        through("STACK_GLOBAL from a replaced memo", replaced + b"h\x00h\x01\x93", CALLED),
        through("STACK_GLOBAL from text memo", text("posix") + b"p7\n0" + text("system") + b"p8\n0g7\ng8\n\x93", CALLED),
        through("STACK_GLOBAL of old texts", stack_global(b"S'posix'\n", b"S'system'\n"), CALLED),
        through("STACK_GLOBAL of old binary texts", stack_global(b"U\x05posix", b"T\x06\x00\x00\x00system"), CALLED),
        through("STACK_GLOBAL of raw unicode texts", stack_global(b"V\\u0070osix\n", b"Vsyste\\u006d\n"), CALLED),
        through(
            "STACK_GLOBAL of long texts",
            stack_global(b"\x8d" + struct.pack("<Q", 5) + b"posix", b"X" + struct.pack("<I", 6) + b"system"),
            CALLED,
        ),
        through("STACK_GLOBAL of an escaped old text", stack_global(b"S'\\x70osix'\n", b"S'syste\\x6d'\n"), CALLED),
        through(
            "STACK_GLOBAL of a computed module",
            stack_global(assemble(Call(name("builtins.str"), ("posix",)), 4), text("system")),
            ["builtins.str"],
        ),
        through(
            "STACK_GLOBAL of a decoded module",
            stack_global(assemble(Call(name("_codecs.decode"), (b"posix",)), 4), text("system")),
            ["_codecs.decode"],
        ),
        through(
            "STACK_GLOBAL of a joined name",
            stack_global(text("posix"), assemble(Call(name("builtins:str.join"), ("", ["sys", "tem"])), 4)),
            ["builtins.str.join"],
        ),
        through("STACK_GLOBAL across POP", stack_global(text("posix"), text("x") + b"0" + text("system")), CALLED),
        through("STACK_GLOBAL across DUP", text("posix") + text("system") + b"20\x93", CALLED),
        through("STACK_GLOBAL across MARK and POP", text("posix") + b"(" + b"0" + text("system") + b"\x93", CALLED),
        through("callable through memo", assemble(SYSTEM, 4) + b"\x940h\x00", CALLED),
        through("GLOBAL in a file of protocol 4", b"cposix\nsystem\n", CALLED),
    ]


def broken_names() -> List[Payload]:
    """Dotted names walk through attributes, and a name that nearly is a listed one is another name."""
    dotted = "dotted names (GHSA-5j3x-jp52-966f)"
    walks = [
        ("sklearn.utils", "os.system"),
        ("numpy", "os.system"),
        ("joblib", "os.system"),
        ("logging", "os.system"),
        ("random", "_os.system"),
        ("collections", "_sys.exit"),
        ("sklearn.utils.fixes", "sys.exit"),
        ("sklearn.utils._testing", "os.system"),
        ("sklearn.datasets._base", "os.system"),
        ("numpy.core.multiarray", "functools.partial"),
        ("joblib.numpy_pickle", "os.system"),
        ("sklearn.base", "warnings.sys.exit"),
        ("scipy.stats._continuous_distns", "np.load"),
        ("numpy", "random.mtrand.RandomState.seed.__self__"),
        ("sklearn.pipeline", "Pipeline.predict.__globals__"),
        ("sklearn.pipeline", "Pipeline.__init__.__globals__.get"),
        ("numpy", "ndarray.__class__.__subclasses__"),
        ("sklearn", "os.system"),
        ("pandas", "io.common.os.system"),
        ("pickle", "sys.modules"),
    ]
    made = [payload(f"{module} {path}", dotted, Call(Global(module, path), ECHO), [f"{module}.{path}"], "memo") for module, path in walks]
    source = "spec 5.5 rule 1: exact names"
    near = [
        ("sklearn.pipeline", "Pipeline "),
        ("sklearn.pipeline ", "Pipeline"),
        ("sklearn.pipeline", "pipeline"),
        ("sklearn.pipelіne", "Pipeline"),
        ("sklearn.pipeline", "Pipe\u200bline"),
        ("sklearn_pipeline", "Pipeline"),
        ("sklearn.pipeline.Pipeline", "Pipeline"),
        ("sk1earn.pipeline", "Pipeline"),
        ("SKLEARN.pipeline", "Pipeline"),
        ("", "system"),
        ("posix", ""),
        ("sklearn.pipeline\x00", "Pipeline"),
        ("numpy.core.multiarray", "_reconstruct\u0301"),
    ]
    for number, (module, path) in enumerate(near, 1):
        made.append(
            payload(
                f"nearly listed {number}: {module!r} {path!r}".encode("ascii", "backslashreplace").decode(),
                source,
                Call(Global(module, path), ("{m}",)),
                [f"{module}.{path}"],
                "memo",
                least_protocol=4,
            )
        )
    return made


def refused_opcodes() -> List[Payload]:
    """Opcodes that no self-contained model holds, and lengths that no file has."""
    source = "spec 1.1, 1.4: opcodes and limits"
    rows = [
        ("EXT1", b"\x82\x01"),
        ("EXT2", b"\x83\x01\x01"),
        ("EXT4", b"\x84\x01\x00\x00\x01"),
        ("PERSID", b"P{m}\n"),
        ("BINPERSID", text("x") + b"Q"),
        ("NEXT_BUFFER", b"\x97"),
        ("READONLY_BUFFER", b"\x97\x98"),
        ("GET of nothing", b"g4294967295\n"),
        ("BINGET of nothing", b"h\xff"),
        ("LONG_BINGET of nothing", b"j\xff\xff\xff\xff"),
        ("LONG_BINPUT far away", b"Nr\xf0\xff\xff\xff"),
        ("LONG4 of negative length", b"\x8b\xff\xff\xff\xff"),
        ("LONG4 beyond the file", b"\x8b\xff\xff\xff\x7f"),
        ("BINUNICODE8 beyond the file", b"\x8d" + b"\xff" * 7 + b"\x7f"),
        ("BINBYTES8 beyond the file", b"\x8e" + b"\xff" * 8),
        ("BYTEARRAY8 beyond the file", b"\x96" + b"\xff" * 7 + b"\x00"),
        ("BINSTRING of negative length", b"T\xff\xff\xff\xff"),
        ("STRING without quotes", b"Sabc\n"),
        ("unknown opcode", b"\xff"),
        ("POP of nothing", b"0" * 8 + b"N"),
        ("MARK left over", b"((N"),
        ("TUPLE3 of too little", b"\x87"),
        ("SETITEMS of an odd count", b"}(NNNu"),
        ("STACK_GLOBAL of numbers", b"K\x01K\x02\x93"),
        ("STACK_GLOBAL of bytes", b"C\x05posixC\x06system\x93"),
        ("REDUCE of nothing", b"R"),
        ("BUILD of nothing", b"b"),
        ("APPENDS without a mark", b"]e"),
        ("PROTO in a fragment", b"\x80\x04N"),
        ("STOP in a fragment", b"N."),
        ("INT of a huge text", b"I" + b"9" * 20000 + b"\n"),
        ("LONG of a huge text", b"L" + b"9" * 20000 + b"L\n"),
    ]
    made = [payload(f"call, then {label}", source, Popped(Call(SYSTEM, ECHO), Raw(data)), CALLED, "opcode") for label, data in rows]
    return made + bombs()


def bombs() -> List[Payload]:
    """Small bytes that make much: refused for what they cost."""
    source = "spec 1.4: limits"
    doubling = b"]\x94" + b"".join(b"](" + b"h%ch%c" % (i, i) + b"e\x94" for i in range(40))
    deep = b"]" * 200_000 + b"a" * 199_999
    return [
        payload(
            "billion laughs and a call", source, Popped(Raw(doubling + b"0" * 40), Call(SYSTEM, ECHO)), CALLED, "memory", least_protocol=4
        ),
        payload("deep list and a call", source, Popped(Raw(deep), Call(SYSTEM, ECHO)), CALLED, "memory"),
        payload("marks and a call", source, Popped(Raw(b"(" * 20_000 + b"N" + b"t" * 20_000), Call(SYSTEM, ECHO)), CALLED, "memory"),
    ]


def payloads() -> List[Payload]:
    return by_opcode() + by_name() + broken_names() + refused_opcodes()
