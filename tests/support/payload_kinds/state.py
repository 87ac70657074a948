"""Attacks in what BUILD carries: code in attributes, methods replaced on one object or on a whole class, functions that run at predict."""

from typing import Any, List

from payloads import POSITIONS, Payload, payload
from pickle_assembler import Build, Call, Items, New, Pairs, name

SYSTEM = name("posix.system")
ECHO = ("echo {m}",)
SCALER = name("sklearn.preprocessing._data.StandardScaler")
PARTIAL = Call(name("functools.partial"), (SYSTEM,) + ECHO)
IN_STATE = ("attribute", "end")
SHADOWED = (
    "predict",
    "transform",
    "fit",
    "predict_proba",
    "decision_function",
    "fit_transform",
    "get_params",
    "score",
    "__sklearn_tags__",
    "_validate_params",
)
DUNDERS = (
    "__setstate__",
    "__class__",
    "__reduce__",
    "__reduce_ex__",
    "__dict__",
    "__getattr__",
    "__getattribute__",
    "__init__",
    "__call__",
    "__del__",
    "__array__",
    "__len__",
    "__sklearn_clone__",
)


def shadowing() -> List[Payload]:
    """Replaces a method of the model itself, so the key in the state is the attack and a listed function is as bad as any."""
    source = "spec 5.5 rule 4: instance shadowing (GHSA-cffv-grgg-g429)"
    made = [payload(f"{key} is a process", source, SYSTEM, ["posix.system"], "state", positions=IN_STATE, key=key) for key in SHADOWED]
    made += [
        payload(f"{key} is a listed function", source, name("numpy.log1p"), ["numpy.log1p"], "state", positions=IN_STATE, key=key)
        for key in SHADOWED[:4]
    ]
    made += [
        payload(f"{key} is a partial", source, PARTIAL, ["functools.partial", "posix.system"], "state", positions=IN_STATE, key=key)
        for key in SHADOWED[:3]
    ]
    made += [
        payload(
            f"{key} is a bound method of a call",
            source,
            Call(name("types.MethodType"), (SYSTEM, "echo {m}")),
            ["types.MethodType", "posix.system"],
            "state",
            positions=IN_STATE,
            key=key,
        )
        for key in SHADOWED[:2]
    ]
    return made


def dunders() -> List[Payload]:
    source = "spec 5.5 rule 4: special keys"
    made = [
        payload(f"state key {key} of the model", source, SYSTEM, ["posix.system"], "state", positions=IN_STATE, key=key) for key in DUNDERS
    ]
    for key in DUNDERS:
        value = Build(New(SCALER), {"with_mean": True, key: name("subprocess.Popen")})
        made.append(
            payload(
                f"state key {key} of a scaler inside",
                source,
                value,
                ["subprocess.Popen", "sklearn.preprocessing._data.StandardScaler"],
                "state",
            )
        )
    return made


def build_targets() -> List[Payload]:
    """BUILD on something that is not a fresh object changes what everybody shares."""
    source = "spec 5.4: BUILD with a Global on top (arXiv 2607.17503)"
    targets = [
        "sklearn.pipeline.Pipeline",
        "sklearn.base.BaseEstimator",
        "collections.OrderedDict",
        "numpy.log1p",
        "builtins.int",
        "sys.modules",
        "sklearn.utils",
        "os.environ",
        "joblib.numpy_pickle.NumpyArrayWrapper",
    ]
    made = [
        payload(f"BUILD on {path}", source, Build(name(path), {"predict": SYSTEM}), [path, "posix.system"], "target") for path in targets
    ]
    made += [
        payload(f"BUILD with slots on {path}", source, Build(name(path), (None, {"predict": SYSTEM})), [path, "posix.system"], "target")
        for path in targets[:3]
    ]
    made += [payload(f"BUILD with plain data on {path}", source, Build(name(path), {"x": "{m}"}), [path], "target") for path in targets[:3]]
    # every name in these is a listed one: only what is done with it is wrong
    pipeline, function = name("sklearn.pipeline.Pipeline"), {"predict": name("numpy.log1p")}
    made += [
        payload(
            "BUILD of a listed function on a listed class", source, Build(pipeline, function), [pipeline.dotted, "numpy.log1p"], "target"
        ),
        payload("BUILD of a listed function on a listed function", source, Build(name("numpy.expm1"), function), ["numpy.expm1"], "target"),
        payload("SETITEMS of plain data on a listed class", source, Pairs(pipeline, (("x", "y"),)), [pipeline.dotted], "target"),
        payload("APPENDS of plain data on a listed class", source, Items(pipeline, ("x",)), [pipeline.dotted], "target"),
        payload("SETITEMS of plain data on an estimator", source, Pairs(New(SCALER), (("x", "y"),)), [SCALER.dotted], "target"),
    ]
    made += [
        payload(
            "SETITEMS on a class",
            source,
            Pairs(name("sklearn.pipeline.Pipeline"), (("predict", SYSTEM),)),
            ["sklearn.pipeline.Pipeline", "posix.system"],
            "target",
        ),
        payload("BUILD on a text", source, Build("text", {"x": SYSTEM}), ["posix.system"], "target"),
        payload("BUILD on a dict", source, Build({}, {"x": SYSTEM}), ["posix.system"], "target"),
        payload(
            "BUILD on a partial of a class",
            source,
            Build(Call(name("functools.partial"), (name("builtins.dict"),)), (SYSTEM, ECHO, {}, {})),
            ["functools.partial", "posix.system"],
            "target",
        ),
        payload(
            "BUILD on a module",
            source,
            Build(Call(name("builtins.__import__"), ("os",)), {"system": SYSTEM}),
            ["builtins.__import__", "posix.system"],
            "target",
        ),
    ]
    return made


def choosers() -> List[Payload]:
    """Every name in these is a listed one: what is done with it makes a library, or unpickling itself, call something."""
    source = "what a dict of a class, a partial and names of methods choose"
    bunch, partial = name("sklearn.utils._bunch.Bunch"), name("functools.partial")
    scorer = "sklearn.metrics._scorer._Scorer"
    made = [
        payload(f"Bunch calls its {key}", source, Items(Pairs(New(bunch), ((key, SYSTEM),)), ECHO * 2), ["posix.system"], "target")
        for key in ("extend", "append")
    ]
    made += [
        payload(
            "Bunch calls a listed function", source, Items(Pairs(New(bunch), (("extend", name("builtins.sum")),)), ("x", "y")),
            [bunch.dotted, "builtins.sum"], "target",
        ),
        payload("Bunch that NumPy asks for its array", source, Pairs(New(bunch), (("__array__", SYSTEM),)), ["posix.system"], "state"),
        payload(
            "Bunch that NumPy asks for an address", source, Pairs(New(bunch), (("__array_interface__", {"data": (4096, False)}),)),
            [bunch.dotted], "state",
        ),
        payload(
            "partial of a listed function whose state has another", source,
            Build(Call(partial, (name("numpy.log1p"),)), (SYSTEM, ECHO, {}, None)), ["posix.system", "functools.partial"], "function",
        ),
        payload(
            "partial of a listed function whose state has a listed one", source,
            Build(Call(partial, (name("numpy.log1p"),)), (name("numpy.exp"), ECHO, {}, None)), ["functools.partial"], "function",
        ),
        payload(
            "OrderedDict with an append of its own", source,
            Items(Build(Call(name("collections.OrderedDict")), {"append": Build(New(name("numpy.vectorize")), {"pyfunc": SYSTEM})}), ECHO),
            ["posix.system", "numpy.vectorize"], "target",
        ),
    ]
    for path, key, value in [
        (scorer, "_response_method", "eval"),
        ("sklearn.model_selection._classification_threshold.FixedThresholdClassifier", "response_method", "query"),
        ("sklearn.ensemble._stacking.StackingClassifier", "stack_method_", ["to_pickle"]),
        ("sklearn.feature_selection._from_model.SelectFromModel", "importance_getter", "to_pickle.__globals__"),
        ("sklearn.feature_extraction.text.CountVectorizer", "input", "filename"),
    ]:
        made.append(payload(f"{key} of {path.rpartition('.')[2]}", source, Build(New(name(path)), {key: value}), [path], "state"))
    return made


def odd_states() -> List[Payload]:
    source = "spec 5.5 rule 3: shapes of states"
    slots = (None, {"predict": SYSTEM})
    return [
        payload("slots state", source, Build(New(SCALER), slots), ["posix.system", SCALER.dotted], "state"),
        payload("slots state with plain data", source, Build(New(SCALER), ({"with_mean": True}, {"x": "{m}"})), [SCALER.dotted], "state"),
        payload("state that is a call", source, Build(New(SCALER), Call(SYSTEM, ECHO)), ["posix.system"], "state"),
        payload("state that is a text", source, Build(New(SCALER), "{m}"), [SCALER.dotted], "state"),
        payload("state that is a list", source, Build(New(SCALER), ["{m}"]), [SCALER.dotted], "state"),
        payload("state whose key is a number", source, Build(New(SCALER), {1: "{m}"}), [SCALER.dotted], "state"),
        payload("state whose key is a call", source, Build(New(SCALER), Pairs({}, ((Call(SYSTEM, ECHO), 1),))), ["posix.system"], "state"),
        payload("state whose value is a call", source, Build(New(SCALER), {"mean_": Call(SYSTEM, ECHO)}), ["posix.system"], "state"),
        payload("state deep inside", source, Build(New(SCALER), {"mean_": [({"x": [Call(SYSTEM, ECHO)]},)]}), ["posix.system"], "state"),
        payload(
            "two states",
            source,
            Build(Build(New(SCALER), {"with_mean": True}), {"predict": SYSTEM}),
            ["posix.system", SCALER.dotted],
            "state",
        ),
        payload("three states", source, Build(Build(Build(New(SCALER), {}), {}), {"x": "{m}"}), [SCALER.dotted], "state"),
        payload("class of an instance as text", source, Build(New(SCALER), {"__class__": "{m}"}), [SCALER.dotted], "state"),
        payload("unknown class without a state", source, New(name("subprocess.Popen")), ["subprocess.Popen"], "state"),
        payload(
            "unknown class with a state",
            source,
            Build(New(name("my_company.models.Scorer")), {"x": "{m}"}),
            ["my_company.models.Scorer"],
            "state",
        ),
        payload("class of __main__", source, Build(New(name("__main__.MyTransformer")), {"x": "{m}"}), ["__main__.MyTransformer"], "state"),
        payload("class made by a call", source, Build(New(Call(name("builtins.type"), ("{m}", (), {}))), {}), ["builtins.type"], "state"),
    ]


def functions(label: str, path: str, attributes: List[str], function: Any, names: List[str]) -> List[Payload]:
    return [
        payload(
            f"{path.rpartition('.')[2]}.{attribute} is {label}",
            "spec 5.4: code at predict time",
            Build(New(name(path)), {attribute: function}),
            names,
            "function",
        )
        for attribute in attributes
    ]


def predict_time() -> List[Payload]:
    """Loads quietly; the function is called on the first row that is predicted."""
    holders = [
        ("sklearn.preprocessing._function_transformer.FunctionTransformer", ["func", "inverse_func"]),
        ("sklearn.feature_extraction.text.CountVectorizer", ["tokenizer", "preprocessor", "analyzer"]),
        ("sklearn.feature_extraction.text.TfidfVectorizer", ["tokenizer"]),
        ("sklearn.neighbors._classification.KNeighborsClassifier", ["metric", "weights"]),
        ("sklearn.svm._classes.SVC", ["kernel"]),
        ("sklearn.compose._target.TransformedTargetRegressor", ["func"]),
        ("sklearn.metrics._scorer._PredictScorer", ["_score_func"]),
        ("sklearn.model_selection._search.GridSearchCV", ["scoring", "refit", "scorer_"]),
        ("sklearn.kernel_ridge.KernelRidge", ["kernel"]),
        ("sklearn.cluster._dbscan.DBSCAN", ["metric"]),
        ("sklearn.feature_selection._univariate_selection.SelectKBest", ["score_func"]),
        ("sklearn.feature_selection._from_model.SelectFromModel", ["importance_getter"]),
        ("sklearn.compose._column_transformer.make_column_selector", ["pattern"]),
        ("sklearn.inspection._partial_dependence.X", ["method"]),
    ]
    made: List[Payload] = []
    for path, attributes in holders:
        made += functions("a process", path, attributes, SYSTEM, ["posix.system"])
    first, keys = holders[0]
    for label, path in (
        ("eval", "builtins.eval"),
        ("exec", "builtins.exec"),
        ("pickle.loads", "pickle.loads"),
        ("joblib.load", "joblib.load"),
        ("a function of __main__", "__main__.transform"),
        ("numpy.load", "numpy.load"),
        ("a function of somebody", "my_company.features.transform"),
        ("pandas.eval", "pandas.eval"),
        ("os.system", "os.system"),
        ("open", "builtins.open"),
        ("getattr", "builtins.getattr"),
    ):
        made += functions(label, first, keys[:1], name(path), [path])
    made += functions("a partial", first, keys[:1], PARTIAL, ["functools.partial", "posix.system"])
    code = Call(name("types.FunctionType"), (Call(name("marshal.loads"), (b"{m}",)), {}))
    made += functions("a marshalled function", first, keys[:1], code, ["types.FunctionType", "marshal.loads"])
    made += functions(
        "a cloudpickled function",
        first,
        keys[:1],
        Call(name("cloudpickle.cloudpickle._make_function"), (Call(name("types.CodeType"), (0, b"{m}")), {}, None, None, None)),
        ["cloudpickle.cloudpickle._make_function", "types.CodeType"],
    )
    made += functions("a compiled expression", first, keys[:1], Call(name("builtins.eval"), ("lambda x: '{m}'",)), ["builtins.eval"])
    return made


def payloads() -> List[Payload]:
    made = shadowing() + dunders() + build_targets() + choosers() + odd_states() + predict_time()
    assert all(set(one.positions) <= set(POSITIONS) for one in made)
    return made
