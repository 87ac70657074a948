"""Callables of joblib, scikit-learn, skops, cloudpickle, dill, PyTorch, Keras and their neighbours, at home where models are."""

from typing import List

from payloads import Payload, calls, payload
from pickle_assembler import Build, New, name

PATH = ("/nonexistent/{m}",)
SYSTEM = name("posix.system")
ECHO = ("echo {m}",)

JOBLIB = [
    ("joblib.load", PATH), ("joblib.numpy_pickle.load", PATH), ("joblib.dump", (1, "/nonexistent/{m}")), ("joblib.Memory", PATH), ("joblib.memory.Memory", PATH), ("joblib.memory.MemorizedFunc", (SYSTEM, "/nonexistent/{m}")),
    ("joblib.memory.MemorizedResult", ("/nonexistent/{m}", "x")), ("joblib.memory.NotMemorizedFunc", (SYSTEM,)), ("joblib.func_inspect.get_func_code", (SYSTEM,)), ("joblib.numpy_pickle_utils._detect_compressor", PATH),
    ("joblib.numpy_pickle_compat.load_compatibility", PATH), ("joblib._memmapping_reducer._strided_from_memmap", PATH + ("u1", "w+", 0, "C", (4,), None, None, True)), ("joblib._memmapping_reducer.make_memmap", PATH),
    ("joblib.backports.make_memmap", PATH + ("u1", "w+", (4,), 0)), ("joblib.parallel.BatchedCalls", ([(SYSTEM, ("echo {m}",), {})], None)), ("joblib.parallel:BatchedCalls.__call__", ("{m}",)), ("joblib._parallel_backends.SafeFunction", (SYSTEM,)),
    ("joblib.externals.cloudpickle.loads", (b"{m}",)), ("joblib.externals.loky.process_executor.ProcessPoolExecutor", (1,)), ("joblib.externals.loky.backend.popen_loky_posix.Popen", (SYSTEM,)), ("joblib.disk.delete_folder", PATH), ("joblib.disk.rm_subdirs", PATH),
    ("joblib._store_backends.FileSystemStoreBackend", ()), ("sklearn.externals.joblib.load", PATH), ("joblib.delayed", (SYSTEM,)), ("joblib._cloudpickle_wrapper.CloudpickledObjectWrapper", (SYSTEM,)),
]

SKLEARN = [
    ("sklearn.datasets.fetch_openml", ("{m}",)), ("sklearn.datasets.load_files", PATH), ("sklearn.datasets.load_svmlight_file", PATH), ("sklearn.datasets.dump_svmlight_file", ([], [], "/nonexistent/{m}")), ("sklearn.datasets.clear_data_home", PATH),
    ("sklearn.datasets.fetch_20newsgroups", PATH), ("sklearn.datasets._base.load_data", ("{m}", "x")), ("sklearn.datasets._base._fetch_remote", ("{m}",)), ("sklearn.utils._testing.check_skip_network", ()), ("sklearn.utils._testing.raises", ("{m}",)),
    ("sklearn.utils._testing.create_memmap_backed_data", ("{m}",)), ("sklearn.utils._testing.assert_run_python_script_without_output", ("'{m}'",)), ("sklearn.utils._mocking.CheckingClassifier", (SYSTEM,)), ("sklearn.utils.fixes.parse_version", ("{m}",)),
    ("sklearn.utils.metaestimators.available_if", (SYSTEM,)), ("sklearn.utils.deprecation.deprecated", ("{m}",)), ("sklearn.utils._optional_dependencies.check_matplotlib_support", ("{m}",)), ("sklearn.utils.parallel.delayed", (SYSTEM,)), ("sklearn.utils.parallel._FuncWrapper", (SYSTEM,)),
    ("sklearn.metrics._scorer.make_scorer", (SYSTEM,)), ("sklearn.base.clone", ("{m}",)), ("sklearn._build_utils.openmp_helpers.check_openmp_support", ()), ("sklearn.__check_build.raise_build_error", ("{m}",)), ("sklearn.show_versions", ()), ("sklearn.setup_module", ("{m}",)),
    ("sklearn.feature_extraction.text.CountVectorizer", (SYSTEM,)), ("sklearn.preprocessing._function_transformer.FunctionTransformer", (SYSTEM,)), ("sklearn.utils.estimator_checks.check_estimator", ("{m}",)), ("sklearn.svm._libsvm.fit", ("{m}",)),
    ("sklearn.model_selection._validation.cross_val_score", ("{m}", [1])), ("sklearn.utils._set_output._wrap_method_output", (SYSTEM, "transform")), ("sklearn.utils.validation._check_estimator_name", (SYSTEM,)), ("sklearn.gaussian_process.kernels.PairwiseKernel", (1.0, (1e-5, 1e5), SYSTEM)),
]

SERIALIZERS = [
    ("dill.loads", (b"{m}",)), ("dill._dill.loads", (b"{m}",)), ("dill._dill._create_function", ("{m}", {})), ("dill._dill._create_code", ("{m}",)), ("dill._dill._import_module", ("{m}",)), ("dill._dill._load_type", ("{m}",)), ("dill._dill._eval_repr", ("'{m}'",)),
    ("dill._dill._create_filehandle", ("/nonexistent/{m}", "w", 0, False, name("builtins.open"), False, 0, "")), ("dill._dill._getattribute", (name("os.path"), "{m}", "x")), ("dill.load_session", PATH), ("dill.session.load_module", PATH), ("dill.source.importable", ("{m}",)),
    ("dill.temp.loadIO", (b"{m}",)), ("cloudpickle.loads", (b"{m}",)), ("cloudpickle.load", PATH), ("cloudpickle.cloudpickle._make_function", ("{m}", {}, None, None, None)), ("cloudpickle.cloudpickle._builtin_type", ("{m}",)), ("cloudpickle.cloudpickle.subimport", ("{m}",)),
    ("cloudpickle.cloudpickle.dynamic_subimport", ("{m}", {})), ("cloudpickle.cloudpickle._make_skeleton_class", (name("builtins.type"), "{m}", (), {}, None, None)), ("cloudpickle.cloudpickle._make_empty_cell", ()), ("cloudpickle.cloudpickle._lookup_class_or_track", ("{m}", name("builtins.int"))),
    ("cloudpickle.cloudpickle._function_setstate", (SYSTEM, ({}, {}))), ("cloudpickle.cloudpickle._fill_function", (SYSTEM, {"m": "{m}"})), ("cloudpickle.cloudpickle._get_module_attributes", ("{m}",)), ("skops.io.load", PATH), ("skops.io._utils.gettype", ("{m}", "x")), ("skops.io._utils._import_obj", ("{m}", "x")),
    ("skops.io._persist.loads", (b"{m}",)), ("skops.card.Card", PATH), ("jsonpickle.decode", ("{m}",)), ("jsonpickle.unpickler.loadclass", ("{m}",)), ("yaml.unsafe_load", ("{m}",)), ("yaml.load", ("{m}",)), ("ruamel.yaml.load", ("{m}",)), ("srsly.pickle_loads", (b"{m}",)), ("ray.cloudpickle.loads", (b"{m}",)),
    ("mlflow.pyfunc.load_model", PATH), ("mlflow.sklearn.load_model", PATH), ("mlflow.pyfunc._load_model_code_path", PATH), ("compress_pickle.load", PATH), ("pickle5.loads", (b"{m}",)), ("zodbpickle.loads", (b"{m}",)), ("msgpack_numpy.decode", ("{m}",)), ("fickling.hook.run_hook", ()), ("picklescan.scanner.scan_file_path", PATH),
]

TORCH = [
    ("torch.load", PATH), ("torch.serialization.load", PATH), ("torch.hub.load", ("/nonexistent/{m}", "x")), ("torch.hub.load_state_dict_from_url", ("http://{m}.invalid/",)), ("torch.jit.load", PATH), ("torch.ops.load_library", PATH), ("torch.storage._load_from_bytes", (b"{m}",)),
    ("torch.utils.collect_env.run", ("echo {m}",)), ("torch.utils.collect_env.run_and_read_all", (name("torch.utils.collect_env.run"), "echo {m}")), ("torch.utils.bottleneck.__main__.run_cprofile", ("'{m}'", {})), ("torch.utils.bottleneck.__main__.run_autograd_prof", ("'{m}'", {})),
    ("torch._dynamo.guards:GuardBuilder.get", (None, "'{m}'")), ("torch.fx.experimental.symbolic_shapes:ShapeEnv.evaluate_guards_expression", (None, "'{m}'", [])), ("torch.jit.unsupported_tensor_ops.execWrapper", ("'{m}'", {}, {})), ("torch.utils._config_module:ConfigModule.load_config", (None, b"{m}")),
    ("torch.utils.data.datapipes.utils.decoder.basichandlers", ("pkl", b"{m}")), ("torch._inductor.codecache.compile_file", ("", "", ["echo", "{m}"])), ("torch._inductor.codecache:PyCodeCache.load", ("'{m}'",)), ("torch.jit.annotations.parse_type_line", ("{m}", None, 0)), ("torch.distributed.rpc.rpc_sync", ("{m}", SYSTEM)),
    ("torch.distributed.nn.api.remote_module.RemoteModule", ("{m}",)), ("torch.distributed.rpc.internal.PythonUDF", (SYSTEM, ("echo {m}",), {})), ("torch.fx.graph_module._forward_from_src", ("'{m}'", {})), ("torch.fx.graph_module.reduce_graph_module", ({"_code": "{m}"}, "")),
    ("torch.package.PackageImporter", PATH), ("torch.utils.cpp_extension.load", ("{m}", [])), ("torch.utils.cpp_extension.load_inline", ("{m}", "x")), ("torch.utils.data.get_worker_info", ()), ("torch.multiprocessing.spawn", (SYSTEM, ("echo {m}",))), ("torch.onnx.export", PATH),
    ("torch._C._jit_get_operation", ("{m}",)), ("torch.classes.load_library", PATH), ("torch.nn.Module", ()), ("torch._utils._rebuild_tensor_v2", ("{m}", 0, (1,), (1,), False, None)), ("torch.compile", (SYSTEM,)), ("torch.testing._internal.common_utils.shell", (["echo", "{m}"],)),
]

OTHERS = [
    ("keras.models.load_model", PATH), ("keras.utils.get_file", ("{m}", "http://{m}.invalid/")), ("keras.layers.Lambda", (SYSTEM,)), ("keras.src.saving.saving_lib.load_model", PATH), ("keras.src.utils.python_utils.func_load", ("{m}",)), ("tensorflow.keras.models.load_model", PATH), ("tensorflow.io.read_file", PATH),
    ("tensorflow.io.write_file", ("/nonexistent/{m}", "x")), ("tensorflow.py_function", (SYSTEM, ["echo {m}"], [])), ("tensorflow.load_op_library", PATH), ("xgboost.Booster", ({}, (), "/nonexistent/{m}")), ("lightgbm.Booster", (None, None, "/nonexistent/{m}")), ("catboost.CatBoost", ({"train_dir": "/nonexistent/{m}"},)),
    ("transformers:AutoModel.from_pretrained", ("{m}",)), ("transformers.dynamic_module_utils.get_class_from_dynamic_module", ("{m}", "x")), ("huggingface_hub.snapshot_download", ("{m}",)), ("nltk.data.load", ("/nonexistent/{m}",)), ("gensim.utils.unpickle", PATH), ("spacy.load", ("{m}",)), ("fsspec.open", ("/nonexistent/{m}", "w")),
    ("requests.get", ("http://{m}.invalid/",)), ("requests.api.get", ("http://{m}.invalid/",)), ("aiohttp.client.ClientSession", ("{m}",)), ("urllib3.PoolManager", ("{m}",)), ("IPython.utils.process.system", ECHO), ("IPython.core.interactiveshell:InteractiveShell.run_cell", (None, "'{m}'")), ("numba.jit", (SYSTEM,)), ("numexpr.evaluate", ("{m}",)),
    ("sympy.sympify", ("'{m}'",)), ("sympy.parsing.sympy_parser.parse_expr", ("'{m}'",)), ("Cython.inline", ("'{m}'",)), ("cffi.FFI", ()), ("matplotlib.cbook.get_sample_data", ("{m}",)), ("PIL.Image.open", PATH), ("py.process.cmdexec", ECHO), ("pytest.main", (["{m}"],)), ("jinja2.Template", ("{m}",)), ("flask.Flask", ("{m}",)), ("celery.Celery", ("{m}",)),
    ("dask.base.compute", ("{m}",)), ("distributed.protocol.pickle.loads", (b"{m}",)), ("pyspark.serializers.loads", (b"{m}",)), ("h2o.import_file", PATH), ("onnxruntime.InferenceSession", PATH), ("sh.Command", ("{m}",)), ("pexpect.run", ECHO), ("paramiko.client.SSHClient", ("{m}",)), ("boto3.client", ("{m}",)), ("psutil.Popen", (["echo", "{m}"],)),
    ("__main__.MyTransformer", ("{m}",)), ("my_company.models.Scorer", ("{m}",)),
]


def external_files() -> List[Payload]:
    """joblib's old array wrappers open a file by name when they are read, at an absolute path too, and unpickle it."""
    made = []
    for module in ("joblib.numpy_pickle_compat", "joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle"):
        state = {"filename": "/nonexistent/{m}", "subclass": name("numpy.ndarray"), "allow_mmap": True}
        compressed = {"filename": "/nonexistent/{m}", "init_args": (name("numpy.ndarray"), (0,), "b"), "state": (1, (1,), None, False)}
        for kind, values in (("NDArrayWrapper", state), ("ZNDArrayWrapper", compressed)):
            dotted = f"{module}.{kind}"
            made.append(payload(f"external array {dotted}", "spec 5.4; CVE-2024-34997", Build(New(name(dotted)), values), [dotted], "load"))
    return made


def payloads() -> List[Payload]:
    rows = [("joblib (CVE-2024-34997, GHSA-m62q-453p-gv66, arXiv 2508.19774)", JOBLIB), ("scikit-learn", SKLEARN), ("serializers (CVE-2025-54413, CVE-2025-54886)", SERIALIZERS), ("PyTorch", TORCH),
            ("libraries beside a model", OTHERS)]
    return [one for source, group in rows for one in calls(source, "load", group)] + external_files()
