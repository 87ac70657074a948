"""Transformers that make, bend and select features, as the last step and before a model. Runs inside the environment being measured."""

import numpy as np
from sklearn import (
    compose,
    ensemble,
    feature_selection,
    impute,
    isotonic,
    linear_model,
    naive_bayes,
    pipeline,
    preprocessing,
    svm,
    tree,
)

from predictions import structures
from predictions.data import NUMBERS, WORDS
from predictions.parts import RELEASE, columns, filled, logistic, onehot, scaled, since
from predictions.transformers import of, some


def all_features():
    return (polynomials() + rows() + variances() + univariate() + from_models() + eliminations() + bins() + powers() + quantiles()
            + splines()
            + targets() + iterative() + isotonics() + gaps())


def all_structures():
    return target_encoders() + selections() + eliminated() + isotonic_regressions() + labels() + flat_answers()


def polynomials():
    poly = preprocessing.PolynomialFeatures
    return (
        of("PolynomialFeatures", "numbers", "ridge", polynomial=poly, polynomial_3=lambda: poly(3),
           polynomial_interactions=lambda: poly(2, interaction_only=True), polynomial_no_bias=lambda: poly(2, include_bias=False))
        + of("PolynomialFeatures", "numbers", "", polynomial_1=lambda: poly(1), polynomial_4=lambda: poly(4, include_bias=False),
             polynomial_interactions_3=lambda: poly(3, interaction_only=True, include_bias=False),
             polynomial_range=lambda: poly(degree=(2, 3)), polynomial_range_no_bias=lambda: poly(degree=(2, 4), include_bias=False),
             polynomial_range_from_1=lambda: poly(degree=(1, 2), interaction_only=True),
             polynomial_range_0=lambda: poly(degree=(0, 0)), polynomial_order=lambda: poly(2, order="F"),
             polynomial_many_interactions=lambda: poly(8, interaction_only=True))
        + of("PolynomialFeatures", "float32 integers-known", "", polynomial=poly, polynomial_3=lambda: poly(3))
        + of("PolynomialFeatures", "table", "logistic", polynomial_columns=lambda: compose.ColumnTransformer([
            ("numbers", pipeline.Pipeline([("scaled", scaled()), ("polynomial", poly(2, include_bias=False))]), NUMBERS),
            ("words", filled(onehot(handle_unknown="ignore")), ["city", "flag"])]))
        + of("PolynomialFeatures", "words-full", "ridge",
             onehot_polynomial=lambda: pipeline.Pipeline([
                 ("encode", compose.ColumnTransformer([("some", onehot(handle_unknown="ignore"), ["city", "plan", "grade"])])),
                 ("cross", poly(2, interaction_only=True, include_bias=False))]))
        + of("PolynomialFeatures", "words-full", "",
             onehot_polynomial_4=lambda: pipeline.Pipeline([
                 ("encode", compose.ColumnTransformer([("some", onehot(handle_unknown="ignore"), ["grade", "flag"])], sparse_threshold=1)),
                 ("cross", poly(4))]))
        + of("PolynomialFeatures", "frame-full", "ridge", polynomial_pandas=lambda: poly(2).set_output(transform="pandas"))
    )


def rows():
    """What is done to each row, or each number."""
    normalizer, binarizer = preprocessing.Normalizer, preprocessing.Binarizer

    def behind(transformer):
        return pipeline.Pipeline([("encode", onehot(handle_unknown="ignore")), ("rows", transformer)])

    def many(transformer):
        return pipeline.Pipeline([("many", preprocessing.PolynomialFeatures(3)), ("rows", transformer)])

    return (
        of("Normalizer", "numbers", "logistic", normalizer=normalizer, normalizer_l1=lambda: normalizer("l1"),
           normalizer_max=lambda: normalizer("max"))
        + of("Normalizer", "numbers", "", many_normalizer=lambda: many(normalizer()), many_normalizer_l1=lambda: many(normalizer("l1")))
        + of("Normalizer", "minus", "", normalizer_max=lambda: normalizer("max"))
        + of("Normalizer", "integers-known", "", normalizer=normalizer, normalizer_l1=lambda: normalizer("l1"))
        + of("Normalizer", "words-full", "ridge", onehot_normalizer=lambda: behind(normalizer()))
        + of("Normalizer", "words-full", "", onehot_normalizer_l1=lambda: behind(normalizer("l1")),
             onehot_normalizer_max=lambda: behind(normalizer("max")))
        + of("Binarizer", "numbers", "tree", binarizer=binarizer, binarizer_threshold=lambda: binarizer(threshold=0.35))
        + of("Binarizer", "float32 integers-known frame-full", "", binarizer=binarizer,
             binarizer_threshold=lambda: binarizer(threshold=0.1))
        + of("Binarizer", "words-full", "ridge", onehot_binarizer=lambda: behind(binarizer()))
    )


def variances():
    variance = feature_selection.VarianceThreshold
    return (
        of("VarianceThreshold", "numbers", "logistic", variance=variance, variance_half=lambda: variance(0.5))
        + of("VarianceThreshold", "holes", "mean-logistic", variance=variance)
        + of("VarianceThreshold", "float32 integers-known flags frame-full minus", "", variance=variance,
             variance_some=lambda: variance(0.2))
        + of("VarianceThreshold", "frame-full", "tree", variance_pandas=lambda: variance(0.5).set_output(transform="pandas"))
        + of("VarianceThreshold", "words-full", "logistic", onehot_variance=lambda: pipeline.Pipeline(
            [("encode", onehot(handle_unknown="ignore")), ("select", variance(0.05))]))
    )


def univariate():
    best, percentile = feature_selection.SelectKBest, feature_selection.SelectPercentile
    chi2, regression, mutual = feature_selection.chi2, feature_selection.f_regression, feature_selection.mutual_info_classif

    def generic(mode, param, score=feature_selection.f_classif):
        return lambda: feature_selection.GenericUnivariateSelect(score, mode=mode, param=param)

    return (
        of("SelectKBest", "numbers", "logistic", best_3=lambda: best(k=3), best_all=lambda: best(k="all"))
        + of("SelectKBest", "positive", "logistic", best_chi2=lambda: best(chi2, k=4))
        + of("SelectKBest", "numbers", "ridge", best_regression=lambda: best(regression, k=5))
        + of("SelectKBest", "numbers", "", best_mutual=lambda: best(mutual, k=2), best_none=lambda: best(k=0))
        + of("SelectKBest", "float32 integers-known flags frame-full", "", best_2=lambda: best(k=2))
        + of("SelectKBest", "words-full", "logistic", onehot_best=lambda: pipeline.Pipeline(
            [("encode", onehot(handle_unknown="ignore")), ("select", best(chi2, k=20))]))
        + of("SelectKBest", "table", "logistic", columns_best=lambda: pipeline.Pipeline([("columns", columns(True)), ("select",
             best(k=12))]))
        + of("SelectKBest", "frame-full", "logistic", best_pandas=lambda: best(k=3).set_output(transform="pandas"))
        + of("SelectPercentile", "numbers", "logistic", percentile=lambda: percentile(percentile=40))
        + of("SelectPercentile", "numbers", "", percentile_100=lambda: percentile(percentile=100),
             percentile_0=lambda: percentile(percentile=0),
             percentile_33=lambda: percentile(percentile=33))
        + of("SelectPercentile", "words-full", "logistic", onehot_percentile=lambda: pipeline.Pipeline(
            [("encode", onehot(handle_unknown="ignore")), ("select", percentile(chi2, percentile=30))]))
        + of("SelectFpr", "numbers", "logistic", fpr=feature_selection.SelectFpr)
        + of("SelectFdr", "numbers", "logistic", fdr=feature_selection.SelectFdr,
             fdr_strict=lambda: feature_selection.SelectFdr(alpha=1e-12))
        + of("SelectFwe", "numbers", "logistic", fwe=feature_selection.SelectFwe)
        + of("GenericUnivariateSelect", "numbers", "logistic", generic_best=generic("k_best", 3),
             generic_percentile=generic("percentile", 50))
        + of("GenericUnivariateSelect", "numbers", "", generic_fpr=generic("fpr", 0.01), generic_fdr=generic("fdr", 0.05),
             generic_fwe=generic("fwe", 0.05), generic_all=generic("k_best", "all"))
    )


def l1(**keywords):
    return logistic(**dict({"solver": "liblinear", "penalty": "l1", "C": 0.1, "random_state": 0}, **keywords))


def forest(**keywords):
    return ensemble.RandomForestClassifier(**dict({"n_estimators": 10, "max_depth": 4, "random_state": 0}, **keywords))


def four(_rows):
    """How many features are kept at most."""
    return 4


def from_models():
    select = feature_selection.SelectFromModel

    def kept(estimator, **keywords):
        return lambda: select(estimator, **keywords)

    def several(**keywords):
        return pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("model", logistic(**keywords))])

    return (
        of("SelectFromModel", "numbers", "logistic", from_logistic=kept(logistic()), from_forest=kept(forest()),
           from_lasso=kept(linear_model.LogisticRegression(solver="liblinear", penalty="l1", C=0.05)),
           from_boosting=kept(ensemble.GradientBoostingClassifier(n_estimators=10, random_state=0)))
        + of("SelectFromModel", "numbers", "ridge", from_regression_lasso=kept(linear_model.Lasso(alpha=0.5)),
             from_lasso_cv=kept(linear_model.LassoCV(cv=3)), from_ridge=kept(linear_model.Ridge()),
             from_forest_regressor=kept(ensemble.RandomForestRegressor(n_estimators=8, max_depth=4, random_state=0)),
             from_extra_trees_regressor=kept(ensemble.ExtraTreesRegressor(n_estimators=8, max_depth=4, random_state=0), threshold="median"),
             from_elastic=kept(linear_model.ElasticNet(alpha=0.1, l1_ratio=1.0)),
             from_elastic_half=kept(linear_model.ElasticNet(alpha=0.1)),
             from_elastic_cv=kept(linear_model.ElasticNetCV(l1_ratio=[1.0], cv=3)))
        + of("SelectFromModel", "numbers", "", from_svc=kept(svm.LinearSVC(C=0.05, penalty="l1", dual=False, random_state=0)),
             from_svc_l2=kept(svm.LinearSVC(random_state=0), threshold="1.25*mean"),
             from_tree=kept(tree.DecisionTreeClassifier(max_depth=4)),
             from_extra_trees=kept(ensemble.ExtraTreesClassifier(n_estimators=10, max_depth=3, random_state=0), threshold="0.5 * median"),
             from_most=kept(forest(), max_features=3, threshold=-np.inf), from_most_mean=kept(forest(), max_features=5),
             from_threshold=kept(forest(), threshold=0.1), from_sgd=kept(linear_model.SGDClassifier(random_state=0, max_iter=100,
             tol=1e-3)),
             from_norm_2=kept(logistic(), norm_order=2), from_norm_infinite=kept(logistic(), norm_order=np.inf),
             from_getter=kept(several(), importance_getter="named_steps.model.coef_"),
             from_callable_most=kept(forest(), max_features=four),
             from_boosting_regressor=kept(ensemble.GradientBoostingRegressor(n_estimators=10, random_state=0)),
             from_boosting_all=kept(ensemble.GradientBoostingClassifier(n_estimators=10, random_state=0), threshold=-np.inf,
             max_features=4),
             from_ada=kept(ensemble.AdaBoostClassifier(n_estimators=5, random_state=0)),
             from_logistic_l1_ratio=kept(logistic(solver="saga", C=0.02, l1_ratio=1, max_iter=4000)) if RELEASE >= (1, 8) else kept(l1()))
        + of("SelectFromModel", "float32 flags frame-full", "", from_l1=kept(l1(C=0.05)))
        + of("SelectFromModel", "table", "logistic", columns_from_forest=lambda: pipeline.Pipeline(
            [("columns", columns()), ("select", select(forest(), threshold="median"))]))
        + of("SelectFromModel", "frame-full", "logistic", from_forest_pandas=lambda: select(forest()).set_output(transform="pandas"))
    )


def eliminations():
    """Their masks; what they predict is asked below."""
    rfe, rfecv = feature_selection.RFE, feature_selection.RFECV

    def sequential(**keywords):
        return lambda: feature_selection.SequentialFeatureSelector(logistic(), **dict({"n_features_to_select": 3, "cv": 2}, **keywords))

    return (
        of("RFE", "numbers", "ridge", rfe_transform=lambda: rfe(linear_model.LinearRegression(), n_features_to_select=4))
        + of("RFE", "frame-full", "", rfe=lambda: rfe(logistic(), n_features_to_select=3))
        + of("RFECV", "numbers", "ridge", rfecv_transform=lambda: rfecv(linear_model.LinearRegression(), cv=3))
        + of("SequentialFeatureSelector", "numbers", "logistic", sequential=sequential(),
             sequential_backward=sequential(direction="backward"))
        + of("SequentialFeatureSelector", "numbers", "", sequential_auto=sequential(n_features_to_select=since((1, 1), "auto", None),
             tol=1e-3))
    )


def bins():
    def binned(**keywords):
        return lambda: preprocessing.KBinsDiscretizer(**dict({"n_bins": 5}, **keywords))

    return (
        of("KBinsDiscretizer", "numbers", "logistic", bins=binned(), bins_dense=binned(encode="onehot-dense"))
        + of("KBinsDiscretizer", "numbers", "tree", bins_ordinal=binned(encode="ordinal"))
        + of("KBinsDiscretizer", "numbers", "ridge", bins_uniform=binned(strategy="uniform"), bins_kmeans=binned(strategy="kmeans"))
        + of("KBinsDiscretizer", "numbers", "", bins_several=binned(n_bins=[2, 3, 4, 5, 6, 7, 8, 9], encode="ordinal"),
             bins_uniform_ordinal=binned(strategy="uniform", encode="ordinal"), bins_single=binned(dtype=np.float32),
             bins_single_ordinal=binned(dtype=np.float32, encode="ordinal"), bins_many=binned(n_bins=50, encode="ordinal"))
        + of("KBinsDiscretizer", "float32 integers-known positive", "", bins=binned(), bins_ordinal=binned(encode="ordinal",
             strategy="uniform"))
        + of("KBinsDiscretizer", "table", "logistic", bins_columns=lambda: compose.ColumnTransformer([
            ("numbers", pipeline.Pipeline([("fill", impute.SimpleImputer(strategy="median")), ("bins", binned()())]), ["age", "income",
                "balance"]),
            ("words", filled(onehot(handle_unknown="ignore")), ["city", "plan"][:1])]))
        + of("KBinsDiscretizer", "frame-full", "ridge",
             bins_pandas=lambda: binned(encode="onehot-dense")().set_output(transform="pandas"))
    )


def powers():
    power = preprocessing.PowerTransformer
    return (
        of("PowerTransformer", "numbers", "logistic", power=power, power_raw=lambda: power(standardize=False))
        + of("PowerTransformer", "positive", "ridge", power_cox=lambda: power(method="box-cox"),
             power_cox_raw=lambda: power(method="box-cox", standardize=False))
        + of("PowerTransformer", "holes", "mean-logistic", power=power)
        + of("PowerTransformer", "frame-full integers-known", "", power=power)
        + of("PowerTransformer", "table", "logistic", power_columns=lambda: compose.ColumnTransformer([
            ("numbers", pipeline.Pipeline([("fill", impute.SimpleImputer()), ("power", power())]), ["age", "income", "hours", "balance"])]))
    )


def quantiles():
    def quantile(**keywords):
        return lambda: preprocessing.QuantileTransformer(**dict({"n_quantiles": 100, "random_state": 0}, **keywords))

    return (
        of("QuantileTransformer", "numbers", "logistic", quantile=quantile(), quantile_normal=quantile(output_distribution="normal"))
        + of("QuantileTransformer", "holes", "mean-logistic", quantile=quantile(), quantile_normal=quantile(output_distribution="normal"))
        + of("QuantileTransformer", "positive", "ridge", quantile_subsample=quantile(subsample=200, n_quantiles=50),
             quantile_few=quantile(n_quantiles=7, output_distribution="normal"))
        + of("QuantileTransformer", "integers-known frame-full", "", quantile=quantile(),
             quantile_normal=quantile(output_distribution="normal"))
        + of("QuantileTransformer", "words-full", "ridge", onehot_quantile=lambda: pipeline.Pipeline(
            [("encode", onehot(handle_unknown="ignore")), ("quantile", quantile(ignore_implicit_zeros=True)())]))
    )


def splines():
    def spline(**keywords):
        return lambda: preprocessing.SplineTransformer(**keywords)

    return (
        of("SplineTransformer", "numbers", "ridge", spline=spline(), spline_quantile=spline(knots="quantile", n_knots=4),
           spline_linear=spline(extrapolation="linear"))
        + of("SplineTransformer", "numbers", "", spline_continue=spline(extrapolation="continue", degree=2),
             spline_periodic=spline(extrapolation="periodic", n_knots=6), spline_no_bias=spline(include_bias=False),
             spline_degree_1=spline(degree=1), spline_degree_0=spline(degree=0), spline_degree_5=spline(degree=5, n_knots=7),
             spline_linear_1=spline(degree=1, extrapolation="linear"), spline_linear_0=spline(degree=0, extrapolation="linear"),
             spline_linear_4=spline(degree=4, extrapolation="linear", include_bias=False),
             spline_sparse=spline(sparse_output=True), spline_sparse_linear=spline(sparse_output=True, extrapolation="linear"),
             spline_sparse_periodic=spline(sparse_output=True, extrapolation="periodic"), spline_order=spline(order="F"),
             spline_sparse_continue=spline(sparse_output=True, extrapolation="continue", include_bias=False),
             spline_given=spline(knots=np.linspace(-2, 2, 5)[:, None] * np.arange(1, 9) / 4.0))
        + of("SplineTransformer", "frame-full integers-known", "", spline=spline(), spline_degree_2=spline(degree=2, n_knots=3))
        + of("SplineTransformer", "flags", "", spline_error=spline(extrapolation="error", n_knots=3))
        + of("SplineTransformer", "holes", "ridge", spline_holes=spline(handle_missing="zeros", n_knots=4))
        + of("SplineTransformer", "holes", "", spline_holes_linear=spline(handle_missing="zeros", extrapolation="linear"),
             spline_holes_sparse=spline(handle_missing="zeros", sparse_output=True, extrapolation="linear"),
             spline_holes_continue=spline(handle_missing="zeros", extrapolation="continue"))
    )


def targets():
    def encoder(**keywords):
        return lambda: preprocessing.TargetEncoder(**dict({"random_state": 0} if RELEASE < (1, 9) else {}, **keywords))

    return (
        of("TargetEncoder", "words words-full", "logistic", target=encoder(), target_smooth=encoder(smooth=10.0))
        + of("TargetEncoder", "words", "ridge", target_plain=encoder())
        + of("TargetEncoder", "integers ratings word-matrix text-matrix", "tree", target=encoder())
        + of("TargetEncoder", "mixed-full", "", target=encoder())
        + of("TargetEncoder", "table", "logistic", target_columns=lambda: compose.ColumnTransformer(
            [("numbers", scaled(), NUMBERS), ("words", encoder()(), WORDS)]))
        + of("TargetEncoder", "words", "logistic", target_pandas=lambda: encoder(target_type="binary")().set_output(transform="pandas"))
    )


def iterative():
    def iterate(estimator=None, **keywords):
        return lambda: impute.IterativeImputer(estimator, **dict({"max_iter": 4, "random_state": 0}, **keywords))

    return (
        of("IterativeImputer", "holes", "logistic", iterative=iterate(), iterative_indicator=iterate(add_indicator=True))
        + of("IterativeImputer", "holes", "", iterative_nearest=iterate(n_nearest_features=3),
             iterative_median=iterate(initial_strategy="median"),
             iterative_order=iterate(imputation_order="roman"), iterative_limits=iterate(min_value=-1.0, max_value=4.0),
             iterative_limits_each=iterate(min_value=[-1] * 9, max_value=[1] * 8 + [9]),
             iterative_ridge=iterate(linear_model.Ridge()), iterative_constant=iterate(initial_strategy="constant", fill_value=0.5),
             iterative_tree=iterate(tree.DecisionTreeRegressor(max_depth=4, random_state=0), max_iter=2),
             iterative_forest=iterate(ensemble.RandomForestRegressor(n_estimators=4, max_depth=4, random_state=0), max_iter=2),
             iterative_none=iterate(max_iter=0))
        + of("IterativeImputer", "frame", "logistic", iterative=iterate())
        + of("IterativeImputer", "empty", "ridge", iterative_empty=iterate(), iterative_empty_indicator=iterate(add_indicator=True))
        + of("IterativeImputer", "minus-float", "", iterative_minus=iterate(missing_values=-1))
        + of("IterativeImputer", "numbers", "", iterative_nothing=iterate())
        + [each._replace(refused=True) for each in of("IterativeImputer", "holes", "", iterative_posterior=iterate(sample_posterior=True))]
    )


def isotonics():
    def behind(**keywords):
        return lambda: pipeline.Pipeline([("one", compose.ColumnTransformer([("one", "passthrough", [3])])),
                                          ("fit", isotonic.IsotonicRegression(**keywords))])

    return of("IsotonicRegression", "numbers", "", isotonic=behind(), isotonic_clip=behind(out_of_bounds="clip"),
              isotonic_limits=behind(y_min=0.2, y_max=0.7, out_of_bounds="clip"))


def gaps():
    """What was re-created before, in spellings that were not asked about."""
    function = preprocessing.FunctionTransformer
    named = {"function_" + name: (lambda name=name: function(getattr(np, name)))
             for name in ("rad2deg", "degrees", "signbit", "isinf", "logical_not", "conjugate")}
    return (
        of("FunctionTransformer", "positive", "", **named)
        + of("FunctionTransformer", "positive", "", function_arctanh=lambda: function(np.arctanh), function_arccosh=lambda: function(np.arccosh))
        + of("MissingIndicator", "holes frame", "tree", indicator_new=lambda: impute.MissingIndicator(error_on_new=False))
        + of("MissingIndicator", "holes", "", indicator_sparse=lambda: impute.MissingIndicator(error_on_new=False, sparse=True))
        + of("MissingIndicator", "minus minus-float", "", indicator_minus=lambda: impute.MissingIndicator(missing_values=-1))
        + of("MissingIndicator", "numbers", "", indicator_nothing=impute.MissingIndicator)
        + of("MissingIndicator", "word-matrix-holes", "", indicator_words=lambda: impute.MissingIndicator(error_on_new=False))
        + of("MissingIndicator", "words", "", indicator_none=some(lambda: impute.MissingIndicator(missing_values=None,
             error_on_new=False), ["plan"]))
        + of("OrdinalEncoder", "words", "", ordinal_infrequent_share=lambda: preprocessing.OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-1, min_frequency=0.05, encoded_missing_value=-3))
        + of("OneHotEncoder", "words", "", onehot_ignore_most_drop=lambda: onehot(handle_unknown="ignore", max_categories=4,
             drop="if_binary"))
    )


def target_encoders():
    """Of every kind of target."""
    def encoder(**keywords):
        return lambda: preprocessing.TargetEncoder(**dict({"random_state": 0} if RELEASE < (1, 9) else {}, **keywords))

    made = []
    for target in ("three", "ints", "yes-no", "amount", "bools", "five"):
        made += structures.of("TargetEncoder", "words", target, **{"target_" + target: encoder()})
    made += structures.of("TargetEncoder", "words-full", "three", target_three_logistic=lambda: pipeline.Pipeline(
        [("encode", encoder()()), ("model", logistic())]))
    return made + structures.of("TargetEncoder", "words", "five", target_continuous=encoder(target_type="continuous"),
                                target_multiclass=encoder(target_type="multiclass", smooth=3.0))


def selections():
    """By models of several classes, whose coefficients are rows."""
    select = feature_selection.SelectFromModel
    kept = {
        "from_logistic_three": lambda: select(logistic()), "from_logistic_norm_2": lambda: select(logistic(), norm_order=2),
        "from_logistic_most": lambda: select(logistic(), norm_order=np.inf, max_features=2), "from_forest_three": lambda: select(forest()),
        "from_boosting_three": lambda: select(ensemble.GradientBoostingClassifier(n_estimators=6, random_state=0)),
        "best_three": lambda: feature_selection.SelectKBest(k=3),
    }
    made = structures.of("SelectFromModel", "numbers", "three", **kept)
    return made + structures.of("SelectFromModel", "numbers", "pair",
                                from_ridge_pair=lambda: select(linear_model.Ridge()),
                                from_tree_pair=lambda: select(tree.DecisionTreeRegressor()))


def eliminated():
    """What is predicted behind an elimination."""
    rfe, rfecv = feature_selection.RFE, feature_selection.RFECV
    return (
        structures.of("RFE", "numbers", "three", rfe_logistic=lambda: rfe(logistic(), n_features_to_select=4),
                      rfe_tree=lambda: rfe(tree.DecisionTreeClassifier(max_depth=5, random_state=0), n_features_to_select=3, step=2),
                      rfe_svc=lambda: rfe(svm.LinearSVC(random_state=0), n_features_to_select=5))
        + structures.of("RFE", "numbers", "yes-no", rfe_forest=lambda: rfe(forest(), n_features_to_select=3, step=0.3))
        + structures.of("RFE", "numbers", "amount", rfe_linear=lambda: rfe(linear_model.LinearRegression(), n_features_to_select=4))
        + structures.of("RFE", "frame-full", "three", rfe_names=lambda: rfe(logistic(), n_features_to_select=4))
        + structures.of("RFECV", "numbers", "binary", rfecv_logistic=lambda: rfecv(logistic(), cv=3),
                        rfecv_tree=lambda: rfecv(tree.DecisionTreeClassifier(max_depth=5, random_state=0), cv=3, step=2))
        + structures.of("RFECV", "numbers", "amount", rfecv_ridge=lambda: rfecv(linear_model.Ridge(), cv=3, min_features_to_select=2))
    )


def isotonic_regressions():
    def behind(**keywords):
        return lambda: pipeline.Pipeline([("one", compose.ColumnTransformer([("one", "passthrough", [0])])),
                                          ("fit", isotonic.IsotonicRegression(**keywords))])

    return structures.of("IsotonicRegression", "numbers", "amount", isotonic_amount=behind(out_of_bounds="clip"), isotonic_nan=behind(),
                         isotonic_falling=behind(increasing=False, out_of_bounds="clip"), isotonic_auto=behind(increasing="auto"))


class OfTarget:
    """Fits an encoder to the first column, as if it were the target."""

    def __init__(self, encoder):
        self.encoder = encoder

    def fit(self, rows, _target):
        return self.encoder.fit(np.asarray(rows)[:, 0])


def labels():
    encoder = preprocessing.LabelEncoder
    made = []
    for kind in ("one-word", "one-text", "one-integer"):
        made += structures.of("LabelEncoder", kind, "binary", labels=lambda: OfTarget(encoder()))
    return made


def flat_answers():
    return structures.of("Normalizer", "positive", "three", normalizer_nb=lambda: pipeline.Pipeline(
        [("normalize", preprocessing.Normalizer()), ("model", naive_bayes.GaussianNB())]))
