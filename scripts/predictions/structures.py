"""Pipelines, column transformers, unions and searches in all their spellings. Runs inside the environment being measured."""

import collections
import operator

import numpy as np
from sklearn import compose, ensemble, impute, linear_model, model_selection, pipeline, preprocessing, tree

from predictions.data import NUMBERS, WORDS
from predictions.parts import after, columns, filled, logistic, onehot, scaled

Structure = collections.namedtuple("Structure", "name family data target make")


def all_structures():
    return selections() + remainders() + outputs() + nested() + unions() + pipelines() + searches()


def of(family, data, target, **makes):
    return [Structure(data + "+" + name.replace("_", "-"), family, data, target, make) for name, make in makes.items()]


def by(selected, **keywords):
    """A transformer of the columns that are selected so."""
    return lambda: compose.ColumnTransformer([("scale", preprocessing.StandardScaler(), selected)], **keywords)


def then_logistic(make):
    return lambda: after(make(), logistic())


def whole_numbers(rows):
    """A selection of the user's own."""
    return [name for name in rows.columns if rows[name].dtype.kind in "iu"]


def selections():
    """The ways to name columns."""
    import pandas as pd

    def typed():
        return compose.ColumnTransformer([
            ("numbers", scaled(), compose.make_column_selector(dtype_include=np.number)),
            ("words", onehot(handle_unknown="ignore"), compose.make_column_selector(dtype_include=object)),
        ])

    some, mask = [0, 2, 5], [True, False, True, True, False, False, False, True]
    return (
        of("ColumnTransformer", "numbers", "three", select_indices=then_logistic(by(some)), select_negative=then_logistic(by([-1, -3])),
           select_slice=then_logistic(by(slice(1, 6))), select_mask=then_logistic(by(mask)), select_mask_array=then_logistic(by(np.array(mask))),
           select_index_array=then_logistic(by(np.array(some))), select_index=then_logistic(by([4])))
        + of("ColumnTransformer", "numbers", "binary", select_indices_transform=by(some), select_slice_transform=by(slice(-3, None)))
        + of("ColumnTransformer", "frame-full", "binary", select_names=then_logistic(by(["n5", "n1"])), select_name=then_logistic(by(["n2"])),
             select_names_slice=then_logistic(by(slice("n1", "n4"))), select_pandas_index=then_logistic(by(pd.Index(["n0", "n3", "n7"]))),
             select_names_array=then_logistic(by(np.array(["n0", "n6"], dtype=object))), select_positions=then_logistic(by([0, 7])),
             select_mask=then_logistic(by(mask)), select_callable=then_logistic(by(operator.attrgetter("columns"))))
        + of("ColumnTransformer", "table", "yes-no", select_own_callable=then_logistic(by(whole_numbers)))
        + of("ColumnTransformer", "table-full", "yes-no", select_types=then_logistic(typed),
             select_pattern=then_logistic(lambda: by(compose.make_column_selector(pattern="^(age|ba|h)"))()))
        + of("ColumnTransformer", "str-table", "three", columns=then_logistic(lambda: columns(plan_missing=np.nan)))
    )


def remainders():
    """What becomes of the columns that no transformer takes, and of steps that are only words."""
    def words(**keywords):
        return compose.ColumnTransformer([("words", filled(onehot(handle_unknown="ignore")), ["city", "code"])], **keywords)

    def told(**keywords):
        return compose.ColumnTransformer([
            ("scale", preprocessing.MinMaxScaler(), ["n1", "n4"]), ("away", "drop", ["n2", "n3"]), ("same", "passthrough", ["n7", "n0"]),
            ("none", preprocessing.StandardScaler(), []), ("again", preprocessing.MaxAbsScaler(), ["n1", "n7"])], **keywords)

    def weighted():
        return compose.ColumnTransformer([("numbers", scaled("mean"), NUMBERS), ("grade", onehot(handle_unknown="ignore"), ["grade"])],
                                         transformer_weights={"numbers": 0.5, "grade": 3})

    return (
        of("ColumnTransformer", "numbers", "three", remainder_drop=then_logistic(by([1, 3], remainder="drop")),
           remainder_passthrough=then_logistic(by([1, 3], remainder="passthrough")),
           remainder_estimator=then_logistic(by([1, 3], remainder=preprocessing.MinMaxScaler())))
        + of("ColumnTransformer", "numbers", "binary", remainder_passthrough_transform=by([6, 1], remainder="passthrough"))
        + of("ColumnTransformer", "frame-full", "binary", words_drop_passthrough=then_logistic(told),
             words_remainder_passthrough=then_logistic(lambda: told(remainder="passthrough")), words_transform=lambda: told(remainder="passthrough"),
             words_remainder_scaled=then_logistic(lambda: told(remainder=preprocessing.RobustScaler())))
        + of("ColumnTransformer", "table-full", "three", weights=then_logistic(weighted), weights_transform=weighted)
        + of("ColumnTransformer", "table", "three", remainder_drop=then_logistic(words),
             remainder_dropped_names=then_logistic(lambda: compose.ColumnTransformer(
                 [("away", "drop", WORDS + ["age", "income", "balance", "rating"])], remainder="passthrough")))
    )


def outputs():
    """Sparse or dense, pandas or not, names or not; rows whose columns come in another order."""
    def at(threshold):
        return lambda: compose.ColumnTransformer([
            ("numbers", scaled(), NUMBERS), ("words", onehot(handle_unknown="ignore"), ["grade", "flag", "code"])], sparse_threshold=threshold)

    def to_pandas(estimator):
        return estimator.set_output(transform="pandas")

    def pandas_columns(same="member", **keywords):
        return to_pandas(compose.ColumnTransformer([
            ("numbers", scaled(), NUMBERS), ("words", filled(onehot(dense=True, handle_unknown="ignore")), ["city", "flag"]),
            ("same", "passthrough", [same])], **keywords))

    return (
        of("ColumnTransformer", "table-full", "binary", threshold_0=then_logistic(at(0)), threshold_03=then_logistic(at(0.3)),
           threshold_1=then_logistic(at(1)), threshold_0_transform=at(0), threshold_03_transform=at(0.3), threshold_1_transform=at(1))
        + of("ColumnTransformer", "table", "three", names_short=then_logistic(lambda: columns(verbose_feature_names_out=False)),
             names_format=then_logistic(lambda: columns(verbose_feature_names_out="{feature_name}_by_{transformer_name}")),
             columns_transform=columns, columns_dense_transform=lambda: columns(dense=True))
        + of("ColumnTransformer", "reordered", "three", columns=then_logistic(columns), columns_transform=columns)
        + of("ColumnTransformer", "table", "three", pandas=then_logistic(pandas_columns),
             pandas_short=then_logistic(lambda: pandas_columns(verbose_feature_names_out=False)), pandas_transform=lambda: pandas_columns("band"),
             pandas_passthrough=then_logistic(lambda: to_pandas(compose.ColumnTransformer(
                 [("numbers", scaled(), NUMBERS), ("away", "drop", WORDS + ["rating"])], remainder="passthrough"))))
        + of("StandardScaler", "frame-full", "three", pandas_scaler=then_logistic(lambda: to_pandas(preprocessing.StandardScaler())),
             pandas_pipeline=lambda: to_pandas(after(preprocessing.MinMaxScaler(), logistic())))
        + of("SimpleImputer", "frame", "binary", pandas_imputer=then_logistic(lambda: to_pandas(impute.SimpleImputer(add_indicator=True))),
             pandas_imputer_transform=lambda: to_pandas(impute.SimpleImputer(strategy="median")))
    )


def nested():
    """Column transformers within pipelines within column transformers."""
    def inner():
        return compose.ColumnTransformer([("log", preprocessing.FunctionTransformer(np.log1p, validate=False), ["income"]),
                                          ("rest", "passthrough", ["age", "balance"])])

    def outer():
        numbers = pipeline.Pipeline([("inner", inner()), ("scaled", scaled("mean"))])
        return compose.ColumnTransformer([("numbers", numbers, ["income", "age", "balance"]),
                                          ("words", filled(preprocessing.OneHotEncoder(handle_unknown="ignore")), ["city", "flag"])])

    def by_position():
        inner = compose.ColumnTransformer([("first", preprocessing.MinMaxScaler(), [0]), ("others", preprocessing.StandardScaler(), [2, 1])])
        return compose.ColumnTransformer([("inner", pipeline.Pipeline([("inner", inner), ("robust", preprocessing.RobustScaler())]), [7, 3, 5]),
                                          ("outer", preprocessing.MaxAbsScaler(), [0, 1])], remainder="passthrough")

    return (
        of("ColumnTransformer", "table", "three", nested=then_logistic(outer), nested_transform=outer)
        + of("ColumnTransformer", "numbers", "binary", nested_positions=then_logistic(by_position), nested_positions_transform=by_position)
        + of("ColumnTransformer", "table-full", "amount", made_columns=lambda: pipeline.make_pipeline(
            compose.make_column_transformer((preprocessing.StandardScaler(), NUMBERS), (onehot(handle_unknown="ignore"), ["city", "grade"]),
                                            remainder="drop"), linear_model.Ridge()))
    )


def unions():
    def union(*more, **keywords):
        parts = [("standard", preprocessing.StandardScaler()), ("range", preprocessing.MinMaxScaler())] + list(more)
        return pipeline.FeatureUnion(parts, **keywords)

    def of_columns():
        return pipeline.FeatureUnion([("columns", columns()), ("visits", compose.ColumnTransformer([("log", preprocessing.FunctionTransformer(
            np.log1p, validate=False), ["visits", "hours"])]))])

    def in_columns():
        numbers = pipeline.Pipeline([("impute", impute.SimpleImputer()), ("union", union())])
        return compose.ColumnTransformer([("numbers", numbers, NUMBERS), ("grade", onehot(handle_unknown="ignore"), ["grade"])])

    weights = {"standard": 2.0, "range": 0.25}
    return (
        of("FeatureUnion", "numbers", "three", union=then_logistic(union), union_transform=union,
           union_weights=then_logistic(lambda: union(transformer_weights=weights)),
           union_weights_transform=lambda: union(transformer_weights=weights),
           union_drop=then_logistic(lambda: union(("away", "drop"))), union_passthrough=then_logistic(lambda: union(("same", "passthrough"))),
           union_passthrough_transform=lambda: union(("same", "passthrough"), transformer_weights={"same": 3}),
           union_made=then_logistic(lambda: pipeline.make_union(preprocessing.RobustScaler(), preprocessing.MaxAbsScaler())))
        + of("FeatureUnion", "table", "binary", union_of_columns=then_logistic(of_columns), union_of_columns_transform=of_columns,
             union_in_columns=then_logistic(in_columns))
        + of("FeatureUnion", "words-full", "binary", union_sparse=then_logistic(lambda: pipeline.FeatureUnion(
            [("one", onehot(handle_unknown="ignore")), ("two", onehot(handle_unknown="ignore", dense=True))])))
        + of("FeatureUnion", "frame-full", "binary", union_pandas=then_logistic(lambda: union().set_output(transform="pandas")))
    )


def pipelines():
    def scaler():
        return preprocessing.StandardScaler()

    def of_steps(*steps):
        return pipeline.Pipeline([("step%d" % place, step) for place, step in enumerate(steps)])

    return (
        of("Pipeline", "numbers", "three",
           pipeline_nested=lambda: of_steps(of_steps(scaler(), of_steps(preprocessing.MinMaxScaler())), of_steps(logistic())),
           pipeline_passthrough=lambda: of_steps(scaler(), "passthrough", logistic()), pipeline_none=lambda: of_steps(None, scaler(), logistic()),
           pipeline_made=lambda: pipeline.make_pipeline(scaler(), logistic()), pipeline_single=lambda: of_steps(logistic()),
           pipeline_transform=lambda: of_steps(scaler(), preprocessing.MinMaxScaler()),
           pipeline_last_passthrough=lambda: of_steps(scaler(), "passthrough"),
           pipeline_forest=lambda: of_steps(scaler(), ensemble.RandomForestClassifier(n_estimators=10, max_depth=7, random_state=0)))
        + of("Pipeline", "table", "three", pipeline_twice=lambda: of_steps(columns(dense=True), preprocessing.MaxAbsScaler(), logistic()))
    )


def searches():
    import scipy.stats

    grid = {"C": [0.01, 1.0]}
    log_uniform = getattr(scipy.stats, "loguniform", scipy.stats.reciprocal)

    def whole():
        return after(columns(), logistic())

    def folds(classes, *arguments, **keywords):
        return classes(*arguments, **dict({"cv": 3}, **keywords))

    def halving():
        return model_selection.HalvingGridSearchCV(logistic(), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=3, random_state=0, min_resources=100)

    grid_search, random_search = model_selection.GridSearchCV, model_selection.RandomizedSearchCV
    models = {"model": [logistic(), tree.DecisionTreeClassifier(max_depth=5, random_state=0)]}
    return (
        of("GridSearchCV", "numbers", "three", grid=lambda: folds(grid_search, logistic(), grid),
           grid_scores=lambda: folds(grid_search, logistic(), grid, scoring={"accuracy": "accuracy", "f1": "f1_macro"}, refit="f1"),
           grid_in_pipeline=lambda: pipeline.make_pipeline(preprocessing.StandardScaler(), folds(grid_search, logistic(), grid)))
        + of("GridSearchCV", "table", "three", grid_columns=lambda: folds(grid_search, whole(), {"model__C": [0.1, 1.0]}),
             grid_models=lambda: folds(grid_search, whole(), models),
             grid_imputers=lambda: folds(grid_search, whole(), {"columns__numbers__impute__strategy": ["mean", "median"]}))
        + of("GridSearchCV", "table", "amount", grid_ridge=lambda: folds(
            grid_search, after(columns(), linear_model.Ridge()), {"model__alpha": [0.1, 10.0]}))
        + of("GridSearchCV", "numbers", "amount", grid_forest=lambda: folds(
            grid_search, ensemble.RandomForestRegressor(n_estimators=10, random_state=0), {"max_depth": [3, 6]}))
        + of("RandomizedSearchCV", "table", "binary", random=lambda: folds(
            random_search, whole(), {"model__C": scipy.stats.uniform(0.1, 5.0)}, n_iter=3, random_state=0))
        + of("RandomizedSearchCV", "numbers", "three", random_log=lambda: folds(
            random_search, logistic(), {"C": log_uniform(1e-2, 1e2)}, n_iter=3, random_state=0), random_tree=lambda: folds(
            random_search, tree.DecisionTreeClassifier(random_state=0), {"max_depth": scipy.stats.randint(3, 9)}, n_iter=3, random_state=0))
        + of("HalvingGridSearchCV", "numbers", "three", halving=halving)
        + of("HalvingGridSearchCV", "table", "three", halving_columns=lambda: model_selection.HalvingGridSearchCV(
            whole(), {"model__C": [0.1, 1.0, 10.0]}, cv=3, random_state=0, min_resources=200))
    )
