"""Names that every real model uses, called with arguments that no real model gives them: an allow-list of names alone lets them pass."""

from typing import Any, Iterable, List, Tuple

from payloads import Payload, payload
from pickle_assembler import Build, Call, Global, New, name

SYSTEM = name("posix.system")
ECHO = ("echo {m}",)
POPEN = name("subprocess.Popen")
NDARRAY = name("numpy.ndarray")
HUGE = 10**12
F8 = Call(name("numpy.dtype"), ("f8", False, True))
OBJECT = Build(Call(name("numpy.dtype"), ("O8", False, True)), (3, "|", None, None, None, -1, -1, 63))
PIPELINE = name("sklearn.pipeline.Pipeline")
SCALER = name("sklearn.preprocessing._data.StandardScaler")

Row = Tuple[str, Any, Tuple[str, ...]]


def reconstructed(kind: Any, shape: Any = (0,), code: Any = b"b", module: str = "numpy.core.multiarray") -> Call:
    return Call(Global(module, "_reconstruct"), (kind, shape, code))


def array(state: Any, **more: Any) -> Build:
    return Build(reconstructed(NDARRAY, **more), state)


NUMPY: List[Row] = [
    ("_reconstruct of a process", reconstructed(POPEN), ("subprocess.Popen", "numpy.core.multiarray._reconstruct")),
    (
        "_reconstruct of a process, NumPy 2",
        reconstructed(POPEN, module="numpy._core.multiarray"),
        ("subprocess.Popen", "numpy._core.multiarray._reconstruct"),
    ),
    ("_reconstruct of a memory map", reconstructed(name("numpy.memmap")), ("numpy.memmap", "numpy.core.multiarray._reconstruct")),
    ("_reconstruct of an enormous shape", reconstructed(NDARRAY, (HUGE,)), ("numpy.core.multiarray._reconstruct",)),
    ("_reconstruct with a call as its code", reconstructed(NDARRAY, (0,), Call(SYSTEM, ECHO)), ("posix.system",)),
    (
        "_reconstruct by NEWOBJ",
        New(Global("numpy.core.multiarray", "_reconstruct"), (NDARRAY, (0,), b"b")),
        ("numpy.core.multiarray._reconstruct",),
    ),
    ("array state that is a call", array(Call(SYSTEM, ECHO)), ("posix.system",)),
    ("array shape that is a call", array((1, Call(SYSTEM, ECHO), F8, False, b"")), ("posix.system",)),
    ("array with an element that is a call", array((1, (1,), OBJECT, False, [Call(SYSTEM, ECHO)])), ("posix.system",)),
    ("array with an element that is a callable", array((1, (1,), OBJECT, False, [SYSTEM])), ("posix.system",)),
    ("array of objects over raw bytes", array((1, (1,), OBJECT, False, b"{m}01234567")), ("numpy.core.multiarray._reconstruct",)),
    ("array that is larger than its bytes", array((1, (HUGE,), F8, False, b"01234567")), ("numpy.core.multiarray._reconstruct",)),
    (
        "array built twice",
        Build(array((1, (1,), F8, False, b"01234567")), (1, (1,), OBJECT, False, [Call(SYSTEM, ECHO)])),
        ("posix.system",),
    ),
    ("array with a negative shape", array((1, (-1,), F8, False, b"01234567")), ("numpy.core.multiarray._reconstruct",)),
    ("dtype of a callable", Call(name("numpy.dtype"), (SYSTEM, False, True)), ("posix.system", "numpy.dtype")),
    ("dtype of a text with commas", Call(name("numpy.dtype"), ("i4,{m}", False, True)), ("numpy.dtype",)),
    ("dtype of a dict", Call(name("numpy.dtype"), ({"names": ["{m}"], "formats": ["O"]}, False, True)), ("numpy.dtype",)),
    ("dtype of an enormous item", Call(name("numpy.dtype"), ("V%d" % HUGE, False, True)), ("numpy.dtype",)),
    ("dtype whose metadata is a call", Build(F8, (4, "<", None, None, None, -1, -1, 0, Call(SYSTEM, ECHO))), ("posix.system",)),
    (
        "dtype whose fields are a call",
        Build(Call(name("numpy.dtype"), ("V8", False, True)), (3, "|", None, ("a",), Call(SYSTEM, ECHO), 8, 1, 16)),
        ("posix.system",),
    ),
    (
        "dtype that hides its objects",
        Build(Call(name("numpy.dtype"), ("O8", False, True)), (3, "|", None, None, None, 8, 1, 0)),
        ("numpy.dtype",),
    ),
    ("dtype with a keyword", New(name("numpy.dtype"), (), {"dtype": SYSTEM}), ("posix.system", "numpy.dtype")),
    ("scalar of objects", Call(Global("numpy.core.multiarray", "scalar"), (OBJECT, b"{m}")), ("numpy.core.multiarray.scalar",)),
    (
        "scalar of a callable",
        Call(Global("numpy.core.multiarray", "scalar"), (OBJECT, SYSTEM)),
        ("posix.system", "numpy.core.multiarray.scalar"),
    ),
    ("scalar with a call as its bytes", Call(Global("numpy._core.multiarray", "scalar"), (F8, Call(SYSTEM, ECHO))), ("posix.system",)),
    (
        "_frombuffer of objects",
        Call(Global("numpy.core.numeric", "_frombuffer"), (b"{m}01234567", OBJECT, (1,), "C")),
        ("numpy.core.numeric._frombuffer",),
    ),
    (
        "_frombuffer beyond its buffer",
        Call(Global("numpy._core.numeric", "_frombuffer"), (b"{m}", F8, (HUGE,), "C")),
        ("numpy._core.numeric._frombuffer",),
    ),
    (
        "_frombuffer of a file",
        Call(Global("numpy._core.numeric", "_frombuffer"), (Call(name("mmap.mmap"), (-1, 16)), F8, (1,), "C")),
        ("mmap.mmap",),
    ),
    (
        "_mareconstruct of a process",
        Call(Global("numpy.ma.core", "_mareconstruct"), (POPEN, NDARRAY, (0,), b"b")),
        ("subprocess.Popen", "numpy.ma.core._mareconstruct"),
    ),
    (
        "_mareconstruct over a process",
        Call(Global("numpy.ma.core", "_mareconstruct"), (name("numpy.ma.core.MaskedArray"), POPEN, (0,), b"b")),
        ("subprocess.Popen", "numpy.ma.core._mareconstruct"),
    ),
    (
        "generator made by a process",
        Call(Global("numpy.random._pickle", "__generator_ctor"), ("echo {m}", SYSTEM)),
        ("posix.system", "numpy.random._pickle.__generator_ctor"),
    ),
    (
        "random state made by a process",
        Call(Global("numpy.random._pickle", "__randomstate_ctor"), ("echo {m}", SYSTEM)),
        ("posix.system", "numpy.random._pickle.__randomstate_ctor"),
    ),
    (
        "bit generator that is a process",
        Call(Global("numpy.random._pickle", "__bit_generator_ctor"), (POPEN,)),
        ("subprocess.Popen", "numpy.random._pickle.__bit_generator_ctor"),
    ),
    ("generator over a call", Call(Global("numpy.random._pickle", "__generator_ctor"), (Call(SYSTEM, ECHO),)), ("posix.system",)),
    (
        "seed sequence of a process",
        Call(Global("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"), (POPEN, 0, None)),
        ("subprocess.Popen", "numpy.random.bit_generator.__pyx_unpickle_SeedSequence"),
    ),
    ("ndarray made by its class", Call(NDARRAY, ((HUGE,), "u1")), ("numpy.ndarray",)),
    ("ndarray of objects by NEWOBJ", New(NDARRAY, ((4,), OBJECT)), ("numpy.ndarray",)),
    ("ufunc of another module", Call(Global("numpy.core", "_ufunc_reconstruct"), ("posix", "system")), ("numpy.core._ufunc_reconstruct",)),
    ("ufunc called at load", Call(name("numpy.log1p"), (1.0,)), ("numpy.log1p",)),
    ("ufunc.at called at load", Call(name("numpy:add.at"), ([1], [0], 1)), ("numpy.add.at",)),
]

PYTHON: List[Row] = [
    ("bytearray of a length", Call(name("builtins.bytearray"), (HUGE,)), ("builtins.bytearray",)),
    ("bytes of a length", Call(name("builtins.bytes"), (HUGE,)), ("builtins.bytes",)),
    (
        "bytearray of a range",
        Call(name("builtins.bytearray"), (Call(name("builtins.range"), (HUGE,)),)),
        ("builtins.bytearray", "builtins.range"),
    ),
    ("list of a range", Call(name("builtins.list"), (Call(name("builtins.range"), (HUGE,)),)), ("builtins.list", "builtins.range")),
    ("tuple of a range", Call(name("builtins.tuple"), (Call(name("builtins.range"), (HUGE,)),)), ("builtins.tuple", "builtins.range")),
    ("set of a range", Call(name("builtins.set"), (Call(name("builtins.range"), (HUGE,)),)), ("builtins.set", "builtins.range")),
    ("bytearray in a codec", Call(name("builtins.bytearray"), ("{m}", "bz2")), ("builtins.bytearray",)),
    ("power of integers", Call(name("builtins.pow"), (10, HUGE)), ("builtins.pow",)),
    ("text of a format", Call(name("builtins.format"), ("{m}", ">%d" % HUGE)), ("builtins.format",)),
    ("encode as bz2", Call(name("_codecs.encode"), ("{m}", "bz2")), ("_codecs.encode",)),
    ("encode as zlib", Call(name("_codecs.encode"), ("{m}", "zlib")), ("_codecs.encode",)),
    ("encode by a codec found by name", Call(name("_codecs.encode"), ("x", "{m}")), ("_codecs.encode",)),
    ("encode as punycode", Call(name("_codecs.encode"), ("{m}", "punycode")), ("_codecs.encode",)),
    ("decode as bz2", Call(name("_codecs.decode"), (b"{m}", "bz2")), ("_codecs.decode",)),
    ("register a codec", Call(name("_codecs.register"), (SYSTEM,)), ("_codecs.register", "posix.system")),
    ("encode with a handler that is a call", Call(name("_codecs.encode"), ("x", "latin1", Call(SYSTEM, ECHO))), ("posix.system",)),
    ("deque with a length that is a callable", Call(name("collections.deque"), ([], SYSTEM)), ("posix.system", "collections.deque")),
    ("OrderedDict of a callable", Call(name("collections.OrderedDict"), (SYSTEM,)), ("posix.system", "collections.OrderedDict")),
    ("defaultdict whose factory is eval", Call(name("collections.defaultdict"), (name("builtins.eval"),)), ("builtins.eval",)),
    ("defaultdict whose factory is a class", Call(name("collections.defaultdict"), (POPEN,)), ("subprocess.Popen",)),
    ("slice of callables", Call(name("builtins.slice"), (SYSTEM, None, None)), ("posix.system",)),
    (
        "_reconstructor of a process",
        Call(name("copyreg._reconstructor"), (POPEN, name("builtins.object"), None)),
        ("subprocess.Popen", "copyreg._reconstructor"),
    ),
    (
        "_reconstructor over a process",
        Call(name("copyreg._reconstructor"), (PIPELINE, POPEN, "{m}")),
        ("subprocess.Popen", "copyreg._reconstructor"),
    ),
    (
        "_reconstructor over a list",
        Call(name("copyreg._reconstructor"), (PIPELINE, name("builtins.list"), ["{m}"])),
        ("copyreg._reconstructor",),
    ),
    (
        "_reconstructor with a call as its state",
        Call(name("copyreg._reconstructor"), (PIPELINE, name("builtins.object"), Call(SYSTEM, ECHO))),
        ("posix.system",),
    ),
    ("__newobj__ of a process", Call(name("copyreg.__newobj__"), (POPEN, ["echo", "{m}"])), ("subprocess.Popen", "copyreg.__newobj__")),
    (
        "__newobj_ex__ of a process",
        Call(name("copyreg.__newobj_ex__"), (POPEN, (["echo", "{m}"],), {})),
        ("subprocess.Popen", "copyreg.__newobj_ex__"),
    ),
    (
        "datetime whose zone is a call",
        Call(name("datetime.datetime"), (b"\x07\xe8\x01\x01\x00\x00\x00\x00\x00\x00", Call(SYSTEM, ECHO))),
        ("posix.system",),
    ),
    ("Decimal of a call", Call(name("decimal.Decimal"), (Call(SYSTEM, ECHO),)), ("posix.system",)),
    ("NEWOBJ of a function", New(SYSTEM, ECHO), ("posix.system",)),
    ("NEWOBJ of eval", New(name("builtins.eval"), ("'{m}'",)), ("builtins.eval",)),
    ("NEWOBJ of a call", New(Call(name("builtins.eval"), ("'{m}'",)), ()), ("builtins.eval",)),
    ("NEWOBJ_EX of a process", New(POPEN, (), {"args": ["echo", "{m}"]}), ("subprocess.Popen",)),
    ("REDUCE of a call's result", Call(Call(name("collections.OrderedDict"), ()), ("{m}",)), ("collections.OrderedDict",)),
    ("REDUCE of a new object", Call(New(SCALER), ("{m}",)), ("sklearn.preprocessing._data.StandardScaler",)),
    ("REDUCE with a list of arguments", Call(SYSTEM, ["echo {m}"]), ("posix.system",)),
    ("REDUCE with arguments that are a call", Call(SYSTEM, Call(name("builtins.tuple"), (["echo {m}"],))), ("posix.system",)),
]

SKLEARN: List[Row] = [
    ("estimator called as a function", Call(PIPELINE, ([("x", "{m}")],)), ("sklearn.pipeline.Pipeline",)),
    (
        "estimator called with a callable",
        Call(name("sklearn.preprocessing._function_transformer.FunctionTransformer"), (SYSTEM, "{m}")),
        ("sklearn.preprocessing._function_transformer.FunctionTransformer", "posix.system"),
    ),
    ("estimator made with arguments", New(SCALER, ("{m}",)), ("sklearn.preprocessing._data.StandardScaler",)),
    ("estimator made with keywords", New(SCALER, (), {"copy": "{m}"}), ("sklearn.preprocessing._data.StandardScaler",)),
    ("tree of callables", Call(name("sklearn.tree._tree.Tree"), (SYSTEM, "{m}", 1)), ("sklearn.tree._tree.Tree", "posix.system")),
    (
        "tree whose state is a call",
        Build(Call(name("sklearn.tree._tree.Tree"), (1, array((1, (1,), F8, False, b"01234567")), 1)), Call(SYSTEM, ECHO)),
        ("posix.system",),
    ),
    (
        "newObj of a process",
        Call(name("sklearn.neighbors._kd_tree.newObj"), (POPEN,)),
        ("subprocess.Popen", "sklearn.neighbors._kd_tree.newObj"),
    ),
    (
        "newObj of a process, metrics",
        Call(name("sklearn.metrics._dist_metrics.newObj"), (POPEN,)),
        ("subprocess.Popen", "sklearn.metrics._dist_metrics.newObj"),
    ),
    (
        "loss of a process",
        Call(name("sklearn._loss._loss.__pyx_unpickle_CyHalfBinomialLoss"), (POPEN, 1, None)),
        ("subprocess.Popen", "sklearn._loss._loss.__pyx_unpickle_CyHalfBinomialLoss"),
    ),
    (
        "loss whose state is a call",
        Call(name("_loss.__pyx_unpickle_CyHalfBinomialLoss"), (name("_loss.CyHalfBinomialLoss"), 1, Call(SYSTEM, ECHO))),
        ("posix.system",),
    ),
    ("sparse matrix called", Call(name("scipy.sparse._csr.csr_matrix"), ("{m}",)), ("scipy.sparse._csr.csr_matrix",)),
    (
        "sparse matrix whose data are a call",
        Build(New(name("scipy.sparse._csr.csr_matrix")), {"_shape": (1, 1), "data": Call(SYSTEM, ECHO)}),
        ("posix.system",),
    ),
    (
        "_new_Index of a process",
        Call(name("pandas.core.indexes.base._new_Index"), (POPEN, {"args": ["echo", "{m}"]})),
        ("subprocess.Popen", "pandas.core.indexes.base._new_Index"),
    ),
    ("_unpickle_block of a call", Call(name("pandas._libs.internals._unpickle_block"), (Call(SYSTEM, ECHO), 0, 2)), ("posix.system",)),
    (
        "NDArrayBacked of a process",
        Call(name("pandas._libs.arrays.__pyx_unpickle_NDArrayBacked"), (POPEN, 0, None)),
        ("subprocess.Popen", "pandas._libs.arrays.__pyx_unpickle_NDArrayBacked"),
    ),
    (
        "wrapper whose subclass is a process",
        Build(
            New(name("joblib.numpy_pickle.NumpyArrayWrapper")),
            {"subclass": POPEN, "shape": (0,), "order": "C", "dtype": F8, "allow_mmap": True},
        ),
        ("subprocess.Popen", "joblib.numpy_pickle.NumpyArrayWrapper"),
    ),
    (
        "wrapper of an enormous array",
        Build(
            New(name("joblib.numpy_pickle.NumpyArrayWrapper")),
            {"subclass": NDARRAY, "shape": (HUGE,), "order": "C", "dtype": F8, "allow_mmap": True},
        ),
        ("joblib.numpy_pickle.NumpyArrayWrapper",),
    ),
]


def from_rows(source: str, kind: str, rows: Iterable[Row]) -> List[Payload]:
    return [payload(label, source, value, names, kind) for label, value, names in rows]


def payloads() -> List[Payload]:
    return (
        from_rows("spec 2.5 and 5.4: shapes of NumPy's reconstructors", "shape", NUMPY)
        + from_rows("spec 2.5 and 5.4: shapes of Python's constructors", "shape", PYTHON)
        + from_rows("spec 5.4 and 5.5: allow-listed classes and helpers", "shape", SKLEARN)
    )
