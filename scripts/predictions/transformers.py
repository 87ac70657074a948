"""Transformers, each as the last step and before a model. Runs inside the environment being measured."""

import collections

import numpy as np
from sklearn import compose, impute, linear_model, pipeline, preprocessing, tree

from predictions.data import CITIES, CODES, FLAGS, GRADES, PLANS, WORDS
from predictions.parts import filled, logistic, onehot

# then: the model behind it (below), or nothing. data: a kind of data.py.
Transformer = collections.namedtuple("Transformer", "name family data make then refused")

THEN = {
    "logistic": logistic,
    "ridge": linear_model.Ridge,
    "tree": lambda: tree.DecisionTreeClassifier(max_depth=6, random_state=0),
    "mean-logistic": lambda: pipeline.Pipeline([("impute", impute.SimpleImputer()), ("model", logistic())]),
}
TARGETS = {"logistic": "three", "ridge": "amount", "tree": "yes-no", "mean-logistic": "binary"}


def before(make, then):
    return pipeline.Pipeline([("transform", make()), ("model", THEN[then]())])


def of(family, data, then, **makes):
    """Each way to make a transformer, at each kind of rows."""
    return [Transformer(name.replace("_", "-"), family, kind, make, then, False) for name, make in makes.items() for kind in data.split()]


def all_transformers():
    return scalers() + imputers() + onehots() + onehots_of_numbers() + ordinals() + functions()


def scalers():
    standard, robust, minmax = preprocessing.StandardScaler, preprocessing.RobustScaler, preprocessing.MinMaxScaler

    def behind_onehot(scaler):
        return pipeline.Pipeline([("encode", onehot(handle_unknown="ignore")), ("scale", scaler)])

    return (
        of("StandardScaler", "numbers float32", "logistic", standard=standard)
        + of("StandardScaler", "holes frame", "mean-logistic", standard=standard)
        + of("StandardScaler", "minus", "tree", standard=standard)
        + of("StandardScaler", "holes", "", standard_no_mean=lambda: standard(with_mean=False), standard_no_std=lambda: standard(with_std=False),
             standard_neither=lambda: standard(with_mean=False, with_std=False))
        + of("StandardScaler", "words-full", "logistic", onehot_standard=lambda: behind_onehot(standard(with_mean=False)))
        + of("MinMaxScaler", "numbers", "ridge", minmax=minmax, minmax_range=lambda: minmax(feature_range=(-1, 3)),
             minmax_clip=lambda: minmax(clip=True))
        + of("MinMaxScaler", "holes float32 minus", "", minmax=minmax, minmax_clip=lambda: minmax(feature_range=(-2, 1), clip=True))
        + of("MaxAbsScaler", "numbers", "logistic", maxabs=preprocessing.MaxAbsScaler)
        + of("MaxAbsScaler", "holes float32", "", maxabs=preprocessing.MaxAbsScaler)
        + of("MaxAbsScaler", "words-full", "ridge", onehot_maxabs=lambda: behind_onehot(preprocessing.MaxAbsScaler()))
        + of("RobustScaler", "numbers", "logistic", robust=robust, robust_quantiles=lambda: robust(quantile_range=(10.0, 90.0)))
        + of("RobustScaler", "holes", "mean-logistic", robust=robust, robust_unit=lambda: robust(unit_variance=True))
        + of("RobustScaler", "float32", "", robust=robust, robust_no_centre=lambda: robust(with_centering=False),
             robust_no_scale=lambda: robust(with_scaling=False))
        + of("RobustScaler", "words-full", "ridge", onehot_robust=lambda: behind_onehot(robust(with_centering=False, quantile_range=(1.0, 99.0))))
    )


def imputers():
    def fill(strategy, **keywords):
        return impute.SimpleImputer(strategy=strategy, **keywords)

    def with_encoder(**keywords):
        return pipeline.Pipeline([("fill", fill(**keywords)), ("encode", onehot(handle_unknown="ignore"))])

    def some_words(make, names):
        return lambda: compose.ColumnTransformer([("words", make(), names)])

    return (
        of("SimpleImputer", "holes", "logistic", impute_mean=lambda: fill("mean"), impute_median=lambda: fill("median"),
           impute_frequent=lambda: fill("most_frequent"), impute_constant=lambda: fill("constant", fill_value=-1.5),
           impute_mean_indicator=lambda: fill("mean", add_indicator=True))
        + of("SimpleImputer", "frame", "tree", impute_median=lambda: fill("median"),
             impute_constant_indicator=lambda: fill("constant", add_indicator=True))
        + of("SimpleImputer", "empty", "ridge", impute_mean=lambda: fill("mean"), impute_keep=lambda: fill("mean", keep_empty_features=True),
             impute_median_indicator=lambda: fill("median", add_indicator=True), impute_constant=lambda: fill("constant", fill_value=7),
             impute_frequent_keep_indicator=lambda: fill("most_frequent", keep_empty_features=True, add_indicator=True))
        + of("SimpleImputer", "minus minus-float", "tree", impute_minus_mean=lambda: fill("mean", missing_values=-1),
             impute_minus_frequent=lambda: fill("most_frequent", missing_values=-1, add_indicator=True),
             impute_minus_constant=lambda: fill("constant", missing_values=-1, fill_value=99))
        + of("SimpleImputer", "words", "", impute_words_frequent=some_words(lambda: fill("most_frequent"), ["city", "code"]),
             impute_words_constant=some_words(lambda: fill("constant", fill_value="none"), ["city", "code"]),
             impute_words_default=some_words(lambda: fill("constant"), ["city", "grade"]),
             impute_none_frequent=some_words(lambda: fill("most_frequent", missing_values=None), ["plan"]),
             impute_none_constant=some_words(lambda: fill("constant", missing_values=None, fill_value="?"), ["plan"]))
        + of("SimpleImputer", "word-matrix-holes", "", impute_words_frequent=lambda: fill("most_frequent"),
             impute_words_constant=lambda: fill("constant", fill_value="none"))
        + of("SimpleImputer", "words", "logistic",
             impute_onehot=some_words(lambda: with_encoder(strategy="most_frequent"), ["city", "grade", "code"]),
             impute_none_onehot=some_words(lambda: with_encoder(strategy="constant", missing_values=None, fill_value=""), ["plan"]))
        + of("MissingIndicator", "holes", "", indicator=lambda: impute.MissingIndicator(error_on_new=False),
             indicator_all=lambda: impute.MissingIndicator(features="all"))
    )


def onehots():
    """At texts."""
    unknown = "infrequent_if_exist"
    given = [CITIES[::-1], PLANS[::-1], GRADES, CODES, FLAGS]
    few = [CITIES, PLANS, GRADES, CODES[:40] + ["zz"], FLAGS]
    return (
        of("OneHotEncoder", "words-known", "logistic", onehot_error=onehot, onehot_dense=lambda: onehot(dense=True),
           onehot_drop_first=lambda: onehot(drop="first"), onehot_drop_binary=lambda: onehot(drop="if_binary"))
        + of("OneHotEncoder", "words-known", "",
             onehot_drop_given=lambda: onehot(drop=np.array(["Ghent", "plus", "high", "K-00", "no"], dtype=object)),
             onehot_given=lambda: onehot(categories=given, dense=True), onehot_uint8=lambda: onehot(dtype=np.uint8),
             onehot_float32=lambda: onehot(dtype=np.float32, dense=True))
        + of("OneHotEncoder", "words-full", "logistic", onehot_ignore=lambda: onehot(handle_unknown="ignore"),
             onehot_ignore_given=lambda: onehot(handle_unknown="ignore", categories=few),
             onehot_ignore_drop=lambda: onehot(handle_unknown="ignore", drop="first"),
             onehot_warn=lambda: onehot(handle_unknown="warn"))
        + of("OneHotEncoder", "words", "ridge", onehot_ignore=lambda: onehot(handle_unknown="ignore"),
             onehot_ignore_dense=lambda: onehot(handle_unknown="ignore", dense=True),
             onehot_infrequent=lambda: onehot(handle_unknown=unknown, min_frequency=20),
             onehot_infrequent_share=lambda: onehot(handle_unknown=unknown, min_frequency=0.04, dense=True),
             onehot_most=lambda: onehot(handle_unknown=unknown, max_categories=5),
             onehot_warn_infrequent=lambda: onehot(handle_unknown="warn", max_categories=6))
        + of("OneHotEncoder", "words", "", onehot_infrequent_ignore=lambda: onehot(handle_unknown="ignore", min_frequency=30),
             onehot_infrequent_drop=lambda: onehot(handle_unknown=unknown, min_frequency=30, drop="first"),
             onehot_drop_binary=lambda: onehot(handle_unknown="ignore", drop="if_binary"))
        + of("OneHotEncoder", "words-known", "", onehot_infrequent_error=lambda: onehot(min_frequency=15, max_categories=8))
        + of("OneHotEncoder", "word-matrix text-matrix", "tree", onehot_ignore=lambda: onehot(handle_unknown="ignore"))
        + of("OneHotEncoder", "word-matrix-holes", "", onehot_ignore=lambda: onehot(handle_unknown="ignore", dense=True))
        + of("OneHotEncoder", "table", "logistic", filled_onehot=some(lambda: filled(onehot(handle_unknown="ignore")), ["city", "code"]))
        + of("OneHotEncoder", "str-table", "logistic", onehot_ignore=some(lambda: onehot(handle_unknown="ignore"), WORDS))
        + of("OneHotEncoder", "categories", "logistic", onehot_ignore=some(lambda: onehot(handle_unknown="ignore"), ["city", "plan", "band"]))
    )


def some(make, names):
    """Of a table, these columns."""
    return lambda: compose.ColumnTransformer([("some", make(), names)])


def onehots_of_numbers():
    ignore = {"handle_unknown": "ignore"}
    return (
        of("OneHotEncoder", "integers-known", "logistic", onehot_integers=lambda: onehot(dense=True), onehot_drop=lambda: onehot(drop=[1, 10, 0]),
           onehot_limits=lambda: onehot(n_values=40), onehot_some=lambda: onehot(categorical_features=[-1, 0]))
        + of("OneHotEncoder", "integers", "tree", onehot_limits=lambda: onehot(n_values=[5, 30, 2], dense=True, **ignore),
             onehot_mask=lambda: onehot(categorical_features=np.array([True, False, True]), dtype=np.float32, **ignore))
        + of("OneHotEncoder", "integers", "logistic", onehot_ignore=lambda: onehot(**ignore),
             onehot_given=lambda: onehot(categories=[[0, 1, 3], [0, 10], [0, 1]], **ignore),
             onehot_infrequent=lambda: onehot(handle_unknown="infrequent_if_exist", min_frequency=130))
        + of("OneHotEncoder", "ratings", "ridge", onehot_ignore=lambda: onehot(**ignore),
             onehot_most=lambda: onehot(handle_unknown="infrequent_if_exist", max_categories=3))
        + of("OneHotEncoder", "ratings-full", "tree", onehot_ignore=lambda: onehot(dense=True, **ignore))
        + of("OneHotEncoder", "flags", "logistic", onehot_flags=onehot, onehot_drop_binary=lambda: onehot(drop="if_binary"))
        + of("OneHotEncoder", "mixed-known", "logistic", onehot_mixed=onehot, onehot_mixed_drop=lambda: onehot(drop="if_binary", dense=True))
        + of("OneHotEncoder", "mixed-full", "ridge", onehot_ignore=lambda: onehot(**ignore))
    )


def ordinals():
    def ordinal(**keywords):
        return preprocessing.OrdinalEncoder(**keywords)

    def lenient(**keywords):
        return ordinal(handle_unknown="use_encoded_value", **dict({"unknown_value": -1}, **keywords))

    given = [CITIES[::-1], PLANS, GRADES, CODES, FLAGS]
    return (
        of("OrdinalEncoder", "words-known", "logistic", ordinal=ordinal, ordinal_given=lambda: ordinal(categories=given),
           ordinal_int32=lambda: ordinal(dtype=np.int32))
        + of("OrdinalEncoder", "words-known", "", ordinal_float32=lambda: ordinal(dtype=np.float32),
             ordinal_infrequent=lambda: ordinal(min_frequency=25))
        + of("OrdinalEncoder", "words-full", "tree", ordinal_minus=lenient, ordinal_given_minus=lambda: lenient(categories=given, unknown_value=-5))
        + of("OrdinalEncoder", "words-full", "mean-logistic", ordinal_nan=lambda: lenient(unknown_value=np.nan))
        + of("OrdinalEncoder", "words-full", "", ordinal_minus_int64=lambda: lenient(dtype=np.int64))
        + of("OrdinalEncoder", "words", "mean-logistic", ordinal_minus=lenient, ordinal_nan=lambda: lenient(unknown_value=np.nan))
        + of("OrdinalEncoder", "words", "logistic", ordinal_missing=lambda: lenient(encoded_missing_value=-2),
             ordinal_missing_int=lambda: lenient(encoded_missing_value=-2, dtype=np.int64),
             ordinal_frequent=lambda: lenient(encoded_missing_value=-2, min_frequency=20),
             ordinal_most=lambda: lenient(encoded_missing_value=99, max_categories=4))
        + of("OrdinalEncoder", "word-matrix text-matrix", "tree", ordinal_minus=lenient)
        + of("OrdinalEncoder", "integers", "tree", ordinal_minus=lenient)
        + of("OrdinalEncoder", "ratings", "mean-logistic", ordinal_minus=lenient)
        + of("OrdinalEncoder", "mixed-known", "logistic", ordinal=ordinal)
        + of("OrdinalEncoder", "str-table", "logistic", ordinal_missing=some(lambda: lenient(encoded_missing_value=-2), WORDS))
    )


def tenths(values):
    """A function of the user's own."""
    return values / 10.0


def functions():
    def function(name, **keywords):
        return lambda: preprocessing.FunctionTransformer(getattr(np, name), validate=True, **keywords)

    anywhere = ["abs", "exp", "square", "cbrt", "sin", "cos", "tanh", "arctan", "sign", "floor", "rint", "negative", "expm1", "arcsinh", "isnan"]
    above_zero = ["log", "log2", "log10", "reciprocal"]
    made = of("FunctionTransformer", "positive", "ridge", function_log1p=function("log1p"), function_sqrt=function("sqrt"),
              function_log1p_inverse=function("log1p", inverse_func=np.expm1))
    made += of("FunctionTransformer", "positive float32", "", function_none=lambda: preprocessing.FunctionTransformer(validate=True))
    made += of("FunctionTransformer", "float32", "", function_exp=function("exp"), function_tanh=function("tanh"))
    made += of("FunctionTransformer", "frame frame-full", "", function_table_exp=lambda: preprocessing.FunctionTransformer(np.exp, validate=False),
               function_table_abs=lambda: preprocessing.FunctionTransformer(np.abs))
    made += of("FunctionTransformer", "table", "mean-logistic",
               function_columns=lambda: compose.ColumnTransformer([
                   ("log", preprocessing.FunctionTransformer(np.log1p, validate=False), ["income", "visits"]),
                   ("same", preprocessing.FunctionTransformer(validate=False), ["ratio", "age"])]))
    for name in anywhere:
        made += of("FunctionTransformer", "numbers", "", **{"function_" + name: function(name)})
    for name in above_zero:
        made += of("FunctionTransformer", "positive", "", **{"function_" + name: function(name)})
    own = of("FunctionTransformer", "numbers", "ridge", function_own=lambda: preprocessing.FunctionTransformer(tenths, validate=False))
    return made + [one._replace(refused=True) for one in own]
