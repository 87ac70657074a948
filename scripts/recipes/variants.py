"""The same estimators with other hyperparameters: losses, kernels, criteria, metrics, scorers and splitters leave other names in a file.

Runs inside the environment being measured. What a release does not know is not fitted there, and is counted so.
"""

import functools
import importlib
import itertools

import numpy as np
from recipes.choices import CHOICES, DISTANCES, DISTRIBUTIONS, GENERATORS, KERNELS, METRICS, SCORES, SHAPES, SPLITTERS, UFUNCS
from recipes.estimators import TEXTS, Data, enable_experiments

DATA = Data()
FIXED = ("n_estimators", "max_iter", "random_state", "estimator", "estimators")  # a single choice of these goes with all others


def found(path):
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def fit(path, data, keywords):
    enable_experiments()
    np.random.seed(0)
    return found(path)(**keywords).fit(*DATA.sets()[data])


def hyperparameters():
    for number, (path, data, choices) in enumerate(CHOICES):
        fixed = {key: values[0] for key, values in choices.items() if key in FIXED and len(values) == 1}
        for key, values in choices.items():
            for index, value in enumerate(values):
                name = "%s_%d_%s_%d" % (path.rpartition(".")[2], number, key, index)
                yield name, functools.partial(fit, path, data, dict(fixed, **{key: value}))


def function_transformer(name):
    from sklearn.preprocessing import FunctionTransformer

    return FunctionTransformer(getattr(np, name), validate=True).fit(DATA.positive)


def select(name):
    from sklearn.feature_selection import SelectKBest

    return SelectKBest(found("sklearn.feature_selection." + name), k=2).fit(DATA.positive, DATA.classes)


def scored(name):
    from sklearn.linear_model import Ridge
    from sklearn.metrics import make_scorer
    from sklearn.model_selection import GridSearchCV

    return GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=3, scoring=make_scorer(found("sklearn.metrics." + name)), error_score=0.0).fit(
        DATA.matrix, DATA.target
    )


def split(name):
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeClassifier

    arguments = (2,) if name == "LeavePOut" else ()
    rows = slice(0, 12) if name == "LeavePOut" else slice(None)
    search = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2]}, cv=found("sklearn.model_selection." + name)(*arguments))
    return search.fit(DATA.matrix[rows], DATA.classes[rows])


def distributed(name):
    import scipy.stats
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import RandomizedSearchCV

    distribution = getattr(scipy.stats, name)(*SHAPES.get(name, ()))
    return RandomizedSearchCV(Ridge(), {"alpha": distribution}, n_iter=2, cv=3, random_state=0, error_score=0.0).fit(
        DATA.matrix, DATA.target
    )


def measured(name):
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(metric=found("scipy.spatial.distance." + name), algorithm="brute").fit(DATA.matrix, DATA.classes)


def kernel(name):
    from sklearn.gaussian_process import GaussianProcessRegressor

    arguments = {"ExpSineSquared": (1.0, 2.0), "Exponentiation": (found("sklearn.gaussian_process.kernels.RBF")(), 2)}.get(name, ())
    return GaussianProcessRegressor(found("sklearn.gaussian_process.kernels." + name)(*arguments), alpha=0.1).fit(DATA.matrix, DATA.target)


def generator(name):
    from sklearn.ensemble import ExtraTreesClassifier

    state = np.random.RandomState(getattr(np.random, name)(3)) if name != "RandomState" else np.random.RandomState(3)
    return ExtraTreesClassifier(n_estimators=2, random_state=state).fit(DATA.matrix, DATA.classes)


def text_list(encoding):
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(token_pattern=r"(?u)\b\w+\b", encoding=encoding).fit(TEXTS)


def all_variants():
    """Name to a function without arguments that returns a fitted model."""
    tables = [
        ("Ufunc", function_transformer, UFUNCS),
        ("Score", select, SCORES),
        ("Scorer", scored, METRICS),
        ("Split", split, SPLITTERS),
        ("Distribution", distributed, DISTRIBUTIONS),
        ("Distance", measured, DISTANCES),
        ("Kernel", kernel, KERNELS),
        ("Generator", generator, GENERATORS),
        ("Encoding", text_list, ["utf-8", "latin-1"]),
    ]
    named = (("Variant_%s_%s" % (label, choice), functools.partial(make, choice)) for label, make, choices in tables for choice in choices)
    return dict(itertools.chain((("Variant_" + name, task) for name, task in hyperparameters()), named))
