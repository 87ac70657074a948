"""What several recipes are built from. Runs inside the environment being measured.

Classes are looked up when a model is made, so what a release lacks fails there, with a reason that the journal keeps.
"""

import re

import sklearn
from sklearn import compose, impute, linear_model, pipeline, preprocessing

from predictions.data import NUMBERS

RELEASE = tuple(int(part) for part in re.findall(r"\d+", sklearn.__version__)[:3])


def since(release, new, old):
    """What a parameter is called or given from a release on, and before."""
    return new if RELEASE >= release else old


def enable_experiments():
    for name in ("enable_halving_search_cv", "enable_hist_gradient_boosting", "enable_iterative_imputer"):
        try:
            __import__("sklearn.experimental." + name)
        except ImportError:
            pass


def logistic(**keywords):
    return linear_model.LogisticRegression(**dict({"solver": "lbfgs", "max_iter": 300}, **keywords))


def onehot(dense=False, **keywords):
    return preprocessing.OneHotEncoder(**dict({since((1, 2), "sparse_output", "sparse"): not dense}, **keywords))


def filled(encoder, **keywords):
    """Texts without holes, and encoded."""
    fill = impute.SimpleImputer(strategy="constant", fill_value="missing", **keywords)
    return pipeline.Pipeline([("fill", fill), ("encode", encoder)])


def scaled(strategy="median"):
    return pipeline.Pipeline([("impute", impute.SimpleImputer(strategy=strategy)), ("scale", preprocessing.StandardScaler())])


def columns(dense=False, plan_missing=None, **keywords):
    """What a table goes through before a model, as tutorials have it: a sparse matrix, or a dense one. Missing plans are None but in pandas' str."""
    return compose.ColumnTransformer([
        ("numbers", scaled(), NUMBERS),
        ("words", filled(onehot(handle_unknown="ignore")), ["city", "grade", "code", "flag"]),
        ("plan", filled(onehot(handle_unknown="ignore"), missing_values=plan_missing), ["plan"]),
        ("member", "passthrough", ["member"]),
    ], sparse_threshold=0 if dense else 0.3, **keywords)


def after(first, model):
    return pipeline.Pipeline([("columns", first), ("model", model)])
