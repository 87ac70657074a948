"""Callables of NumPy, SciPy and pandas that evaluate, load, write or import: they look at home in a model file."""

from typing import Any, List, Tuple

from payloads import Payload, Rows, calls, payload
from pickle_assembler import Build, Call, New, name

PATH = ("/nonexistent/{m}",)
SOURCE = ("'{m}'",)

NUMPY: Rows = [
    ("numpy.load", PATH + (None, True)),
    ("numpy.lib.npyio.load", PATH),
    ("numpy.lib._npyio_impl.load", PATH),
    ("numpy.lib.npyio.NpzFile", PATH),
    ("numpy.save", PATH + ([1],)),
    ("numpy.savez", PATH),
    ("numpy.savetxt", PATH + ([1],)),
    ("numpy.fromfile", PATH),
    ("numpy.memmap", PATH + ("u1", "w+", 0, (4,))),
    ("numpy.core.memmap.memmap", PATH + ("u1", "w+", 0, (4,))),
    ("numpy._core.memmap.memmap", PATH + ("u1", "w+", 0, (4,))),
    ("numpy.genfromtxt", PATH),
    ("numpy.loadtxt", PATH),
    ("numpy.fromregex", PATH + ("x", "u1")),
    ("numpy.lib.format.open_memmap", PATH + ("w+", "u1", (4,))),
    ("numpy.lib.format.read_array", PATH),
    ("numpy.lib._datasource.open", PATH),
    ("numpy.DataSource", PATH),
    ("numpy.f2py.compile", SOURCE),
    ("numpy.f2py.crackfortran.getlincoef", ("{m}", {"x": 1})),
    ("numpy.f2py.crackfortran.param_eval", ("{m}", {}, {})),
    ("numpy.f2py.crackfortran._eval_length", ("{m}", {})),
    ("numpy.f2py.crackfortran.myeval", SOURCE),
    ("numpy.f2py.capi_maps.load_f2cmap_file", PATH),
    ("numpy.f2py.diagnose.run_command", ("echo {m}",)),
    ("numpy.testing._private.utils.runstring", ("'{m}'", {})),
    ("numpy.testing.rundocs", PATH),
    ("numpy.testing._private.utils.measure", SOURCE),
    ("numpy.testing.measure", SOURCE),
    ("numpy.testing.extbuild.build_and_import_extension", ("{m}", [])),
    ("numpy.distutils.exec_command.exec_command", ("echo {m}",)),
    ("numpy.distutils.misc_util.exec_mod_from_location", ("x", "/nonexistent/{m}")),
    ("numpy.distutils.exec_command._exec_command", ("echo {m}",)),
    ("numpy.distutils.cpuinfo.getoutput", ("echo {m}",)),
    ("numpy.distutils.npy_pkg_config.read_config", ("{m}",)),
    ("numpy.ctypeslib.load_library", ("{m}", "/nonexistent")),
    ("numpy.ctypeslib.as_ctypes_type", ("{m}",)),
    ("numpy.core._ufunc_reconstruct", ("os", "{m}")),
    ("numpy._core._ufunc_reconstruct", ("os", "{m}")),
    ("numpy.compat.py3k.npy_load_module", ("x", "/nonexistent/{m}")),
    ("numpy.vectorize", (name("posix.system"),)),
    ("numpy.frompyfunc", (name("posix.system"), 1, 1)),
    ("numpy.apply_along_axis", (name("posix.system"), 0, ["echo {m}"])),
    ("numpy.fromfunction", (name("posix.system"), (1,))),
    ("numpy.piecewise", ([1.0], [True], [name("posix.system")])),
    ("numpy.fromiter", (["{m}"], "u1")),
    ("numpy.lib.utils.safe_eval", SOURCE),
    ("numpy.safe_eval", SOURCE),
    ("numpy.lookfor", ("{m}",)),
    ("numpy.set_string_function", (name("posix.system"),)),
    ("numpy.seterrcall", (name("posix.system"),)),
    ("numpy.core.records.fromfile", PATH),
    ("numpy.core._internal._makenames_list", ({}, True)),
    ("numpy:ndarray.tofile", ("{m}", "/nonexistent/x")),
    ("numpy:ndarray.dump", ("{m}", "/nonexistent/x")),
    ("numpy.lib.npyio.fromregex", PATH),
    ("numpy.random._pickle.__bit_generator_ctor", ("{m}",)),
]

SCIPY: Rows = [
    ("scipy.io.loadmat", PATH),
    ("scipy.io.savemat", PATH + ({},)),
    ("scipy.io.wavfile.read", PATH),
    ("scipy.io.arff.loadarff", PATH),
    ("scipy.io.netcdf_file", PATH + ("w",)),
    ("scipy.io.FortranFile", PATH + ("w",)),
    ("scipy.sparse.load_npz", PATH),
    ("scipy.sparse.save_npz", PATH),
    ("scipy.LowLevelCallable", (name("posix.system"),)),
    ("scipy._lib._ccallback.LowLevelCallable", (name("posix.system"),)),
    ("scipy._lib._bunch._make_tuple_bunch", ("{m}", ["a"])),
    ("scipy._lib.doccer.docformat", ("{m}",)),
    ("scipy._lib._util._lazywhere", (True, [1], name("posix.system"))),
    ("scipy.optimize.minimize", (name("posix.system"), [1.0])),
    ("scipy.optimize.fsolve", (name("posix.system"), [1.0])),
    ("scipy.integrate.quad", (name("posix.system"), 0, 1)),
    ("scipy.stats.rv_discrete", (0, float("inf"), "{m}")),
    ("scipy.stats.rv_continuous", (1, None, None, None, 1e-14, "{m}")),
    ("scipy.datasets.face", ()),
    ("scipy.misc.face", ()),
    ("scipy.weave.inline", ("{m}",)),
    ("scipy._lib._uarray.set_global_backend", ("{m}",)),
]

PANDAS: Rows = [
    ("pandas.read_pickle", PATH),
    ("pandas.io.pickle.read_pickle", PATH),
    ("pandas.to_pickle", ([], "/nonexistent/{m}")),
    ("pandas.eval", ("'{m}'",)),
    ("pandas.core.computation.eval.eval", ("'{m}'",)),
    ("pandas:DataFrame.query", (None, "{m}")),
    ("pandas:DataFrame.eval", (None, "{m}")),
    ("pandas.core.frame:DataFrame.query", (None, "{m}")),
    ("pandas:DataFrame.to_csv", (None, "/nonexistent/{m}")),
    ("pandas:Series.map", (None, name("posix.system"))),
    ("pandas:DataFrame.apply", (None, name("posix.system"))),
    ("pandas:DataFrame.pipe", (None, name("posix.system"))),
    ("pandas.read_csv", PATH),
    ("pandas.read_json", PATH),
    ("pandas.read_hdf", PATH),
    ("pandas.read_sql", ("{m}", "sqlite://")),
    ("pandas.read_clipboard", ()),
    ("pandas.HDFStore", PATH),
    ("pandas.ExcelWriter", PATH),
    ("pandas.io.common.get_handle", PATH + ("w",)),
    ("pandas.io.common.urlopen", ("http://{m}.invalid/",)),
    ("pandas.compat.pickle_compat.load", PATH),
    ("pandas.core.computation.scope.ensure_scope", (1,)),
    ("pandas.io.clipboard.copy", ("{m}",)),
    ("pandas.util._print_versions.show_versions", ()),
    ("pandas._testing.round_trip_pickle", ("{m}",)),
    ("pandas.compat._optional.import_optional_dependency", ("{m}",)),
    ("pyarrow.parquet.read_table", PATH),
    ("pyarrow.deserialize", (b"{m}",)),
]


def distribution_states() -> List[Payload]:
    """A frozen distribution's __setstate__ executes a text that its state carries: no REDUCE is needed."""
    made: List[Payload] = []
    for module, kind in (
        ("scipy.stats._continuous_distns", "uniform_gen"),
        ("scipy.stats._continuous_distns", "norm_gen"),
        ("scipy.stats._discrete_distns", "randint_gen"),
    ):
        target = name(f"{module}.{kind}")
        state = {"_parse_arg_template": "'{m}'", "shapes": None, "name": "x"}
        made.append(state_attack(f"BUILD of {kind}", Build(New(target), state), target.dotted))
        made.append(state_attack(f"BUILD of {kind} made by REDUCE", Build(Call(target, ()), state), target.dotted))
    frozen = name("scipy.stats._distn_infrastructure.rv_continuous_frozen")
    inner = Build(New(name("scipy.stats._continuous_distns.gamma_gen")), {"_parse_arg_template": "'{m}'"})
    made.append(
        state_attack(
            "BUILD of gamma_gen inside a frozen distribution",
            Build(New(frozen), {"args": (), "kwds": {}, "dist": inner}),
            "scipy.stats._continuous_distns.gamma_gen",
        )
    )
    custom = name("scipy.stats._distn_infrastructure.rv_sample")
    made.append(state_attack("BUILD of rv_sample", Build(New(custom), {"_parse_arg_template": "'{m}'"}), custom.dotted))
    return made


def state_attack(label: str, value: Any, dotted: str) -> Payload:
    return payload(label, "spec 5.4: __setstate__ of a distribution executes _parse_arg_template", value, [dotted], "state")


def payloads() -> List[Payload]:
    rows: List[Tuple[str, Rows]] = [
        ("numpy (spec 5.2, 5.4; picklescan advisories on numpy.f2py)", NUMPY),
        ("scipy", SCIPY),
        ("pandas (arXiv 2508.19774)", PANDAS),
    ]
    return [one for source, group in rows for one in calls(source, "load", group)] + distribution_states()
