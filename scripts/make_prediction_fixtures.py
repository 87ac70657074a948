#!/usr/bin/env python3
"""Writes the models below tests/data/predictions/ that our re-creation must predict as the genuine library does.

    PYTHON scripts/make_prediction_fixtures.py tests/data/predictions

PYTHON is an interpreter of an environment with scikit-learn, joblib, pandas, and from scikit-learn 1.2 on skops; measure_predictions.py puts
such together. Each release writes `<release of scikit-learn>-<model>.joblib` of those models below that it has, some as `.pkl` and `.skops`
too, each with 12 held-out rows and the genuine outputs in `.sample.json`, and leaves the files of other releases alone. The same environment
writes the same bytes again. Rows are few and their numbers short, so that a model with its sample is a few kilobytes.
"""

import collections
import io
import json
import pickle
import re
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from predictions import samples, texts_data
from predictions.boosters import Categorical
from predictions.data import texts
from predictions.dump_worker import ask
from predictions.parts import RELEASE, enable_experiments, filled, logistic, onehot, scaled, since
from sklearn import (calibration, cluster, compose, covariance, cross_decomposition, decomposition, discriminant_analysis, dummy, ensemble,
                     feature_selection, gaussian_process, impute, isotonic, kernel_approximation, kernel_ridge, linear_model, mixture,
                     model_selection, multiclass, multioutput, naive_bayes, neighbors, neural_network, pipeline, preprocessing,
                     random_projection, svm, tree)
from sklearn.feature_extraction import DictVectorizer, FeatureHasher, text
from sklearn.gaussian_process import kernels

try:
    import lightgbm
    import xgboost
except ImportError:
    lightgbm = xgboost = None

if RELEASE < (0, 21):
    from sklearn.externals import joblib  # its own, as its tutorials have it: the files name other classes
else:
    import joblib

TRAINING, HELD_OUT = 40, 12
CITIES, PLANS = ["Bergen", "Łódź", "Zürich", "Ghent"], ["basic", "plus", "family"]
PICKLED = {"one-hot", "pipeline", "random-forest"}
SKOPS = PICKLED | {"hist-categories", "sparse-projection"}

# holes: columns with NaN. late: columns with None in the held-out rows alone. unknown: the held-out rows have categories that training rows lack.
Kind = collections.namedtuple("Kind", "columns holes late unknown")
NUMBERS, GAPS = ["length", "width", "count", "shift"], ["length", "width", "shift"]
KINDS = {
    "numbers": Kind(NUMBERS, [], [], False),
    "holes": Kind(NUMBERS, GAPS, [], False),
    "words": Kind(["city", "plan", "band"], ["city"], ["plan"], True),
    "words-full": Kind(["city", "plan", "band"], [], ["plan"], True),
    "words-known": Kind(["city", "plan", "band"], [], [], False),
    "words-holes": Kind(["city", "plan"], ["city", "plan"], [], True),
    "mixed": Kind(NUMBERS + ["city", "band"], GAPS + ["city"], [], True),
    "codes": Kind(["length", "count", "band", "shop"], ["length", "shop"], [], True),
    "integers": Kind(["count", "length", "band"], [], [], True),
    "integers-known": Kind(["count", "band"], [], [], False),
    "categories": Kind(["length", "city", "plan", "shop"], ["length", "city"], [], True),
}
# From scores of mean 0 and deviation 1. "three" are Python objects, "yes-no" are NumPy's.
TARGETS = {
    "binary": lambda score: (score > 0.2).astype(int),
    "yes-no": lambda score: np.where(score > 0.2, "yes", "no"),
    "three": lambda score: texts(["silver", "gold", "bronze"], thirds(score)),
    "ints": lambda score: np.array([3, 7, 10])[thirds(score)],
    "amount": lambda score: np.round(12.5 * score + 40, 1),
    "counts": lambda score: np.floor(np.exp(0.8 * score + 0.5)),
    "pair": lambda score: np.round(np.column_stack([12.5 * score + 40, np.sin(score)]), 2),
}

# first: the release that can make it so.
Fixture = collections.namedtuple("Fixture", "kind target make first")


def of(kind, target, make, first=(0,)):
    return Fixture(kind, target, make, first)


def thirds(score):
    return np.digitize(score, np.percentile(score, [35, 70]))


def rows_of(name, training):
    """A table, or texts, and the scores of its rows."""
    if name in texts_data.KINDS:
        return texts_data.KINDS[name](TRAINING if training else HELD_OUT, np.random.RandomState(9 if training else 10), training)
    kind, rows = KINDS[name], TRAINING if training else HELD_OUT
    random = np.random.RandomState(7 if training else 8)
    length, width = np.round(4 + 2 * random.normal(size=rows), 2), np.round(np.exp(random.normal(size=rows)), 2)
    count, shift = random.randint(0, 7, size=rows).astype(np.int64), np.round(random.uniform(-0.99, 1, size=rows), 2)
    city, plan, band, shop = (random.permutation(np.arange(rows) % levels) for levels in (len(CITIES), len(PLANS), 4, 5))
    score = (length - 4) / 2 - 0.6 * width + 0.3 * count + np.sin(3 * shift) + np.array([0, 1, -1, 0.5])[city] + 0.5 * (shop % 3)
    score += 0.3 * random.normal(size=rows)
    found = {"length": length, "width": width, "count": count, "shift": shift, "city": texts(CITIES, city), "plan": texts(PLANS, plan),
             "band": 3 * band.astype(np.int64), "shop": shop.astype(float)}
    if kind.unknown and not training:
        found["city"][4], found["plan"][6], found["band"][7], found["shop"][2] = "Atlantis", "trial", 99, 50.0
    for place, column in enumerate(kind.holes):
        found[column][place::7] = np.nan
    for column in kind.late if not training else []:
        found[column][3::7] = None
    for column in ("city", "plan") if name != "mixed" else ():  # whose words are what pandas makes of them: text from 3 on
        found[column] = pd.Series(found[column], dtype="category" if name == "categories" else object)
    table = pd.DataFrame({column: found[column] for column in kind.columns}, columns=kind.columns)
    return table, (score - score.mean()) / score.std()


def transformers():
    """Outputs of transform. Encoders get as much of what is missing or unknown as the release takes."""
    def fill(strategy, **keywords):
        return impute.SimpleImputer(strategy=strategy, **keywords)

    def ordinal(**keywords):
        return preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, **keywords)

    missing = since((0, 24), "words", "words-full")
    return {
        "standard-scaler": of("holes", "amount", preprocessing.StandardScaler),
        "min-max-scaler": of("holes", "amount", since((0, 24), lambda: preprocessing.MinMaxScaler((-1, 2), clip=True),
                                                      lambda: preprocessing.MinMaxScaler((-1, 2)))),
        "max-abs-scaler": of("holes", "amount", preprocessing.MaxAbsScaler),
        "robust-scaler": of("holes", "amount", preprocessing.RobustScaler),
        "simple-imputer-median": of("holes", "amount", lambda: fill("median")),
        "simple-imputer-words": of("words-holes", "amount", lambda: fill("most_frequent")),
        "simple-imputer-flags": of("holes", "amount", lambda: fill("mean", add_indicator=True), (0, 21)),
        "missing-indicator": of("holes", "amount", lambda: impute.MissingIndicator(error_on_new=False)),
        "one-hot": of(missing, "amount", lambda: onehot(handle_unknown="ignore")),
        "one-hot-drop": of(since((1, 0), "words", "words-known"), "amount",
                           lambda: onehot(drop="first", handle_unknown=since((1, 0), "ignore", "error")), (0, 21)),
        **legacy_one_hots(),
        "one-hot-infrequent": of("words", "amount", lambda: onehot(handle_unknown="infrequent_if_exist", max_categories=3), (1, 1)),
        "ordinal": since((1, 1), of("words", "amount", lambda: ordinal(encoded_missing_value=-2)),
                         since((0, 24), of("words-full", "amount", ordinal), of("words-known", "amount", preprocessing.OrdinalEncoder))),
        "function": of("holes", "amount", lambda: preprocessing.FunctionTransformer(np.log1p, validate=False)),
    }


def legacy_one_hots():
    """Of integers, as before 0.20; until 0.21 that was the default."""
    if RELEASE >= (0, 22):
        return {}
    return {
        "one-hot-legacy": of("integers-known", "amount", onehot),
        "one-hot-legacy-some": of("integers", "amount", lambda: onehot(n_values=[7, 10], categorical_features=[True, False, True], dense=True,
                                                                       handle_unknown="ignore")),
    }


def structures():
    def scaled_logistic():
        return pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("model", logistic())])

    def some_columns():
        return compose.ColumnTransformer([("numbers", scaled(), ["length", "shift"]),
                                          ("words", filled(onehot(handle_unknown="ignore")), ["city"])], remainder="passthrough")

    def union():
        return pipeline.FeatureUnion([("standard", preprocessing.StandardScaler()), ("range", preprocessing.MinMaxScaler())],
                                     transformer_weights={"standard": 2.0, "range": 0.25})

    return {
        "column-transformer": of("mixed", "amount", some_columns),
        "feature-union": of("holes", "amount", union),
        "pipeline": of("numbers", "three", scaled_logistic),
        "grid-search": of("numbers", "binary", lambda: model_selection.GridSearchCV(scaled_logistic(), {"model__C": [0.1, 1.0]}, cv=2)),
    }


def linear_models():
    def sgd(loss):
        return linear_model.SGDClassifier(loss=loss, random_state=0, max_iter=40, tol=1e-3)

    multinomial = {} if RELEASE >= (1, 5) else {"multi_class": "multinomial"}
    # From 1.8 on, one against the rest is liblinear's alone, and of two classes.
    apart = of("numbers", since((1, 8), "binary", "three"),
               since((1, 8), lambda: logistic(solver="liblinear", random_state=0), lambda: logistic(multi_class="ovr")))
    return {
        "logistic-binary": of("numbers", "yes-no", logistic),
        "logistic-multinomial": of("numbers", "three", lambda: logistic(**multinomial)),
        "logistic-ovr": apart,
        "linear": of("numbers", "amount", linear_model.LinearRegression),
        "ridge-two-outputs": of("numbers", "pair", linear_model.Ridge),
        "poisson": of("numbers", "counts", lambda: linear_model.PoissonRegressor(max_iter=300), (0, 23)),
        "linear-svc": of("numbers", "three", lambda: svm.LinearSVC(random_state=0, max_iter=5000)),
        "sgd-log": of("numbers", "yes-no", lambda: sgd(since((1, 1), "log_loss", "log"))),
        "sgd-modified-huber": of("numbers", "three", lambda: sgd("modified_huber")),
        "ridge-classifier": of("numbers", "three", linear_model.RidgeClassifier),
        "perceptron": of("numbers", "ints", lambda: linear_model.Perceptron(random_state=0, max_iter=40, tol=1e-3)),
    }


def trees():
    """With holes from the release on that takes them."""
    depth = {"max_depth": 3, "random_state": 0}
    few = {"n_estimators": 3, "max_depth": 3, "random_state": 0}
    single, forest, extra = since((1, 3), "holes", "numbers"), since((1, 4), "holes", "numbers"), since((1, 6), "holes", "numbers")
    return {
        "tree-classifier": of(single, "three", lambda: tree.DecisionTreeClassifier(**depth)),
        "tree-regressor": of(single, "amount", lambda: tree.DecisionTreeRegressor(**depth)),
        "tree-two-outputs": of(single, "pair", lambda: tree.DecisionTreeRegressor(**depth)),
        "extra-tree": of(extra, "three", lambda: tree.ExtraTreeClassifier(**depth)),
        "random-forest": of(forest, "ints", lambda: ensemble.RandomForestClassifier(**few)),
        "random-forest-regressor": of(forest, "amount", lambda: ensemble.RandomForestRegressor(**few)),
        "extra-trees": of(extra, "yes-no", lambda: ensemble.ExtraTreesClassifier(**few)),
    }


def boosting():
    few = {"n_estimators": 3, "max_depth": 2, "random_state": 0}
    return {
        "boosting-binary": of("numbers", "yes-no", lambda: ensemble.GradientBoostingClassifier(**few)),
        "boosting-three": of("numbers", "three", lambda: ensemble.GradientBoostingClassifier(**few)),
        "boosting-exponential": of("numbers", "binary", lambda: ensemble.GradientBoostingClassifier(loss="exponential", **few)),
        "boosting-regressor": of("numbers", "amount", lambda: ensemble.GradientBoostingRegressor(**few)),
    }


def histograms():
    """Holes are taken from 0.22 on, categories by name from 1.2 on, and by the type of a column from 1.4 on."""
    few = {"max_iter": 3, "max_leaf_nodes": 5, "min_samples_leaf": 4, "max_bins": 16, "random_state": 0}

    def classifier(**keywords):
        return ensemble.HistGradientBoostingClassifier(**dict(few, **keywords))

    codes = since((1, 2), ["band", "shop"], [2, 3])
    return {
        "hist-binary": of("holes", "yes-no", classifier, (0, 22)),
        "hist-three": of("holes", "three", classifier, (0, 22)),
        "hist-regressor-poisson": of("holes", "counts", lambda: ensemble.HistGradientBoostingRegressor(loss="poisson", **few), (0, 23)),
        "hist-categories": since((1, 4), of("categories", "binary", lambda: classifier(categorical_features="from_dtype")),
                                 of("codes", "binary", lambda: classifier(categorical_features=codes), (0, 24))),
    }


def others():
    return {
        "gaussian-nb": of("numbers", "three", naive_bayes.GaussianNB),
        "dummy-prior": of("words", "three", lambda: dummy.DummyClassifier(strategy="prior")),
        "dummy-regressor-two-outputs": of("holes", "pair", dummy.DummyRegressor),
    }


def matrices():
    """Whose answers go through products of matrices: projections, clusters, mixtures, layers of perceptrons, naive Bayes, discriminants."""
    def layers(make, **keywords):
        return lambda: make(hidden_layer_sizes=(3,), max_iter=30, random_state=0, **keywords)

    kmeans = {"n_clusters": 3, "n_init": 1, "random_state": 0}
    return {
        "pca-whiten": of("numbers", "amount", lambda: decomposition.PCA(n_components=2, whiten=True, svd_solver="full")),
        "truncated-svd": of("numbers", "amount", lambda: decomposition.TruncatedSVD(n_components=2, random_state=0)),
        "k-means": of("numbers", "amount", lambda: cluster.KMeans(**kmeans)),
        "bisecting-k-means": of("numbers", "amount", lambda: cluster.BisectingKMeans(**kmeans), (1, 1)),
        "mlp-three": of("numbers", "three", layers(neural_network.MLPClassifier)),
        "mlp-regressor": of("numbers", "pair", layers(neural_network.MLPRegressor, activation="tanh")),
        "bernoulli-nb": of("numbers", "three", lambda: naive_bayes.BernoulliNB(binarize=0.5)),
        "categorical-nb": of("integers-known", "three", lambda: naive_bayes.CategoricalNB(), (0, 22)),
        "linear-discriminant": of("numbers", "three", discriminant_analysis.LinearDiscriminantAnalysis),
        "quadratic-discriminant": of("numbers", "yes-no", discriminant_analysis.QuadraticDiscriminantAnalysis),
        "partial-least-squares": of("numbers", "pair", lambda: cross_decomposition.PLSRegression(n_components=2)),
        "gaussian-mixture": of("numbers", "amount", lambda: mixture.GaussianMixture(2, random_state=0)),
        "bayesian-mixture": of("numbers", "amount",
                               lambda: mixture.BayesianGaussianMixture(n_components=2, covariance_type="diag", random_state=0)),
        "elliptic-envelope": of("numbers", "amount", lambda: covariance.EllipticEnvelope(random_state=0)),
        "factor-analysis": of("numbers", "amount", lambda: decomposition.FactorAnalysis(n_components=2, svd_method="lapack")),
        "nmf": of("integers-known", "amount", lambda: decomposition.NMF(n_components=2, init="nndsvda", solver="mu", max_iter=60)),
        "sparse-coder": of("integers-known", "amount", lambda: decomposition.SparseCoder(
            np.array([[0.6, 0.8], [1.0, 0.0], [0.0, 1.0]]), transform_algorithm="omp", transform_n_nonzero_coefs=1)),
        "topics": of("integers-known", "amount",
                     lambda: decomposition.LatentDirichletAllocation(n_components=2, random_state=0, max_iter=3)),
        "sparse-projection": of("numbers", "amount", lambda: random_projection.SparseRandomProjection(3, density=0.5, random_state=0)),
        "agglomeration": of("numbers", "amount", lambda: cluster.FeatureAgglomeration(n_clusters=2)),
    }


def composites():
    """Estimators of estimators."""
    few = {"n_estimators": 3, "random_state": 0}
    base = since((1, 2), "estimator", "base_estimator")
    shallow = {"max_depth": 2, "random_state": 0}

    def classifiers():
        return [("logistic", logistic()), ("tree", tree.DecisionTreeClassifier(**shallow)), ("bayes", naive_bayes.GaussianNB())]

    def regressors():
        return [("ridge", linear_model.Ridge()), ("tree", tree.DecisionTreeRegressor(**shallow))]

    def calibrated(model, method):
        return calibration.CalibratedClassifierCV(model, method=method, cv=2)

    isolated = {} if RELEASE >= (0, 22) else {"behaviour": "new"}
    return {
        "voting-hard": of("numbers", "three", lambda: ensemble.VotingClassifier(classifiers(), weights=[1, 2, 0.5]), (0, 21)),
        "voting-soft": of("numbers", "yes-no", lambda: ensemble.VotingClassifier(
            [("none", since((0, 22), "drop", None))] + classifiers(), voting="soft", weights=[9, 1, 2, 0.5], flatten_transform=True)),
        "voting-regressor": of("numbers", "amount", lambda: ensemble.VotingRegressor(regressors()), (0, 21)),
        "stacking": of("numbers", "three", lambda: ensemble.StackingClassifier(classifiers()[:2], cv=2, passthrough=True), (0, 22)),
        "bagging": of("numbers", "three", lambda: ensemble.BaggingClassifier(max_features=0.5, **dict(few, **{base: classifiers()[1][1]}))),
        "bagging-votes": of("numbers", "ints", lambda: ensemble.BaggingClassifier(**dict(few, **{base: svm.LinearSVC(random_state=0)}))),
        "bagging-regressor": of("numbers", "pair", lambda: ensemble.BaggingRegressor(**dict(few, **{base: linear_model.Ridge()}))),
        "ada-boost": of("numbers", "three", lambda: ensemble.AdaBoostClassifier(**few)),
        "ada-boost-votes": of("numbers", "yes-no", lambda: ensemble.AdaBoostClassifier(**dict(
            few, **({} if RELEASE >= (1, 6) else {"algorithm": "SAMME"})))),
        "ada-boost-regressor": of("numbers", "amount", lambda: ensemble.AdaBoostRegressor(**dict(few, **{base: regressors()[1][1]}))),
        "calibrated-sigmoid": of("numbers", "three", lambda: calibrated(naive_bayes.GaussianNB(), "sigmoid")),
        "calibrated-isotonic": of("numbers", "yes-no", lambda: calibrated(logistic(), "isotonic")),
        "calibrated-temperature": of("numbers", "three", lambda: calibrated(logistic(), "temperature"), (1, 8)),
        "isolation-forest": of("numbers", "amount", lambda: ensemble.IsolationForest(max_samples=8, contamination="auto", **dict(few, **isolated))),
        "trees-embedding": of("numbers", "amount", lambda: ensemble.RandomTreesEmbedding(n_estimators=2, max_depth=2, random_state=0)),
        "one-vs-rest": of("numbers", "three", lambda: multiclass.OneVsRestClassifier(logistic())),
        "one-vs-one": of("numbers", "ints", lambda: multiclass.OneVsOneClassifier(logistic()), (0, 21)),
        "output-code": of("numbers", "three", lambda: multiclass.OutputCodeClassifier(logistic(), random_state=0)),
        "multi-output": of("numbers", "pair", lambda: multioutput.MultiOutputRegressor(linear_model.Ridge())),
        "chain": of("numbers", "pair", lambda: multioutput.RegressorChain(linear_model.Ridge(), order=[1, 0])),
        "transformed-target": of("numbers", "amount", lambda: compose.TransformedTargetRegressor(
            linear_model.Ridge(), transformer=preprocessing.MinMaxScaler())),
        "tuned-threshold": of("numbers", "yes-no", lambda: model_selection.TunedThresholdClassifierCV(logistic(), cv=2, thresholds=20), (1, 5)),
    }


def features():
    """What makes, bends and selects features."""
    few = {"n_estimators": 3, "max_depth": 2, "random_state": 0}

    def one_column():
        return pipeline.Pipeline([("one", compose.ColumnTransformer([("one", "passthrough", [1])])),
                                  ("fit", isotonic.IsotonicRegression(out_of_bounds="clip"))])

    def select(estimator, **keywords):
        return feature_selection.SelectFromModel(estimator, **keywords)

    return {
        # The largest of a row with negative numbers, as releases before 0.23 take it.
        "normalizer-max": of("numbers", "amount", lambda: pipeline.Pipeline([
            ("centre", preprocessing.StandardScaler()), ("scale", preprocessing.Normalizer("max"))])),
        "polynomial": of("numbers", "amount", lambda: preprocessing.PolynomialFeatures(3, interaction_only=True)),
        "normalizer": of("numbers", "amount", preprocessing.Normalizer),
        "binarizer": of("numbers", "amount", lambda: preprocessing.Binarizer(threshold=2.5)),
        "variance-threshold": of("numbers", "amount", lambda: feature_selection.VarianceThreshold(1.0)),
        "select-k-best": of("numbers", "three", lambda: feature_selection.SelectKBest(k=2)),
        "select-percentile": of("numbers", "three", lambda: feature_selection.SelectPercentile(percentile=60)),
        "select-from-logistic": of("numbers", "three", lambda: select(logistic())),
        "select-from-forest": of("numbers", "yes-no", lambda: select(ensemble.RandomForestClassifier(**few), threshold="median",
            max_features=2)),
        "select-from-boosting": of("numbers", "three", lambda: select(ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=1))),
        "rfe": of("numbers", "three", lambda: feature_selection.RFE(logistic(), n_features_to_select=2)),
        "bins": of("numbers", "amount", lambda: preprocessing.KBinsDiscretizer(3, strategy="uniform")),
        "power-transformer": of("holes", "amount", preprocessing.PowerTransformer),
        "quantile-transformer": of("holes", "amount", lambda: preprocessing.QuantileTransformer(n_quantiles=9,
            output_distribution="normal")),
        "spline-transformer": of("numbers", "amount", lambda: preprocessing.SplineTransformer(n_knots=3, extrapolation="linear"), (1, 0)),
        "target-encoder": of("words", "three", preprocessing.TargetEncoder if RELEASE >= (1, 3) else None, (1, 4)),
        "isotonic": of("numbers", "amount", one_column, (0, 24)),
        "iterative-imputer": of("holes", "amount", lambda: impute.IterativeImputer(max_iter=2, random_state=0), (0, 21)),
    }


def near_and_kernels():
    """What keeps its training rows, or some of them."""
    def process(kind, kernel):
        return kind(kernel, optimizer=None)

    return {
        "knn": of("integers-known", "three", neighbors.KNeighborsClassifier),
        "knn-ball-distance": of("numbers", "pair",
                                lambda: neighbors.KNeighborsRegressor(algorithm="ball_tree", leaf_size=4, weights="distance")),
        "radius-neighbors": of("numbers", "ints", lambda: neighbors.RadiusNeighborsClassifier(radius=2.5, outlier_label=7)),
        "knn-imputer": of("holes", "amount", lambda: impute.KNNImputer(n_neighbors=3), (0, 22)),
        "nearest-centroid": of("numbers", "three", neighbors.NearestCentroid),
        "local-outlier-factor": of("numbers", "amount",
                                   lambda: neighbors.LocalOutlierFactor(n_neighbors=5, novelty=True, contamination=0.1)),
        "svc": of("numbers", "three", lambda: svm.SVC(gamma=0.2, **({"decision_function_shape": "ovo"} if RELEASE < (0, 21) else {}))),
        "svc-probability": of("numbers", "yes-no", lambda: svm.SVC(kernel="poly", gamma=0.2, probability=True, random_state=0)),
        "svr": of("numbers", "amount", lambda: svm.SVR(gamma=0.2, C=20.0)),
        "one-class-svm": of("numbers", "amount", lambda: svm.OneClassSVM(gamma=0.2, nu=0.2)),
        "gaussian-process": of("numbers", "amount", lambda: process(gaussian_process.GaussianProcessRegressor,
                                                                    kernels.Matern(2.0, nu=1.5) + kernels.WhiteKernel(0.5)), (0, 24)),
        "gaussian-process-classifier": of("numbers", "yes-no", lambda: process(gaussian_process.GaussianProcessClassifier,
                                                                               2.0 * kernels.RBF(1.5)), (0, 24)),
        "kernel-ridge": of("numbers", "amount", lambda: kernel_ridge.KernelRidge(kernel="rbf", gamma=0.1)),
        "kernel-pca": of("numbers", "amount", lambda: decomposition.KernelPCA(2, kernel="rbf", gamma=0.05)),
        "rbf-sampler": of("numbers", "amount", lambda: kernel_approximation.RBFSampler(gamma=0.1, n_components=5, random_state=0)),
    }


def vectorizers():
    def some_columns():
        return compose.ColumnTransformer([("note", text.TfidfVectorizer(max_features=20), "note"), ("topic", onehot(), ["topic"])])

    def weighted_logistic():
        return pipeline.Pipeline([("weigh", text.TfidfVectorizer(stop_words="english", ngram_range=(1, 2), max_features=40)), ("model", logistic())])

    return {
        "count-letters": of("texts-odd", "binary", lambda: text.CountVectorizer(analyzer="char_wb", ngram_range=(2, 3), max_features=30)),
        "tfidf": of("texts-odd", "binary", lambda: text.TfidfVectorizer(strip_accents="unicode", max_features=30)),
        "tfidf-sublinear": of("texts", "binary", lambda: text.TfidfVectorizer(sublinear_tf=True, norm="l1", max_features=20)),
        "hashing": of("texts-odd", "binary", lambda: text.HashingVectorizer(n_features=32)),
        "tfidf-logistic": of("texts", "three", weighted_logistic),
        "dicts": of("records", "binary", DictVectorizer),
        "dicts-hashed": of("records", "binary", lambda: FeatureHasher(n_features=8)),
        "texts-in-columns": of("texts-table", "binary", some_columns),
    }


def boosters():
    """Of the environments that have them."""
    if xgboost is None:
        return {}
    few = {"n_estimators": 3, "max_depth": 2, "n_jobs": 1}
    leaves = {"n_estimators": 3, "num_leaves": 4, "min_child_samples": 3, "n_jobs": 1, "random_state": 0, "verbose": -1}
    return {
        "xgboost-binary": of("holes", "binary", lambda: xgboost.XGBClassifier(**few)),
        "xgboost-poisson": of("holes", "counts", lambda: xgboost.XGBRegressor(objective="count:poisson", **few)),
        "xgboost-linear": of("numbers", "amount", lambda: xgboost.XGBRegressor(booster="gblinear", n_estimators=3, n_jobs=1)),
        "lightgbm-three": of("holes", "three", lambda: lightgbm.LGBMClassifier(**leaves)),
        "lightgbm-categories": of("codes", "amount", lambda: Categorical(lightgbm.LGBMRegressor(min_data_per_group=1, cat_smooth=1, **leaves))),
    }


def fixtures():
    made = {}
    for some in (transformers(), structures(), linear_models(), trees(), boosting(), histograms(),
                 others(), matrices(), composites(), features(), near_and_kernels(), vectorizers(), boosters()):
        made.update(some)
    return {name: fixture for name, fixture in made.items() if RELEASE >= fixture.first}


def fit(fixture):
    np.random.seed(0)
    rows, score = rows_of(fixture.kind, True)
    model = fixture.make().fit(rows, TARGETS[fixture.target](score))
    if hasattr(model, "cv_results_"):
        model.refit_time_ = 0.5
        model.cv_results_ = {key: model.cv_results_[key] for key in sorted(model.cv_results_)}  # 0.20 has them in the order of a set
        for key in model.cv_results_:
            if key.endswith("_time"):  # of this run
                model.cv_results_[key][:] = 0.5
    return model


def settled(content):
    """The archive without what differs from run to run: addresses of objects, which are names of files too, and times of writing."""
    numbers, written = {}, io.BytesIO()

    def numbered(found):
        return numbers.setdefault(found.group(), str(len(numbers) + 1))

    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(written, "w") as archive:
        schema = re.sub(r'(?<="__id__": )\d+|(?<="file": ")[^".]+', numbered, given.read("schema.json").decode("utf-8"))
        for name in given.namelist():
            stem, suffix = name.split(".")
            entry = zipfile.ZipInfo(name if name == "schema.json" else "%s.%s" % (numbers[stem], suffix))
            entry.compress_type = given.getinfo(name).compress_type
            archive.writestr(entry, schema if name == "schema.json" else given.read(name))
    return written.getvalue()


def to_skops(model, path):
    """The smallest as skops writes it unless told otherwise, the others deflated."""
    import skops.io

    stored = hasattr(model, "categories_")
    path.write_bytes(settled(skops.io.dumps(model, compression=zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)))


def from_skops(path):
    import skops.io

    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


# suffix → how a model is written, and read back.
FORMATS = collections.OrderedDict([
    ("joblib", (lambda model, path: joblib.dump(model, str(path), compress=3), lambda path: joblib.load(str(path)))),
    ("pkl", (lambda model, path: path.write_bytes(pickle.dumps(model, protocol=2)), lambda path: pickle.loads(path.read_bytes()))),
    ("skops", (to_skops, from_skops)),
])


def formats_of(name):
    return ["joblib"] + ["pkl"] * (name in PICKLED) + ["skops"] * (name in SKOPS and RELEASE >= (1, 2))


def write(name, fixture, folder):
    """The paths. The outputs are those of the files read back, asked about the rows as a reader of the sample builds them."""
    stem = "%s-%s" % (sklearn.__version__, name)
    given = samples.encode(rows_of(fixture.kind, False)[0])
    rows = samples.decode(json.loads(json.dumps(given, allow_nan=False)))
    if samples.encode(rows) != given:
        raise ValueError("%s: the rows are not the same when they are read back" % name)
    model = fit(fixture)
    outputs, left_out = ask(model, rows)
    if left_out or not outputs:
        raise ValueError("%s: a sample does not keep what these methods answer: %s" % (name, left_out))
    paths = []
    for suffix in formats_of(name):
        paths.append(folder / ("%s.%s" % (stem, suffix)))
        to_file, from_file = FORMATS[suffix]
        to_file(model, paths[-1])
        if ask(from_file(paths[-1]), rows)[0] != outputs:
            raise ValueError("%s answers otherwise when it is read back" % paths[-1])
    outputs.pop("predict_log_proba", None)  # says what predict_proba says, in as many bytes
    paths.append(folder / (stem + ".sample.json"))
    paths[-1].write_bytes(samples.text(given, outputs).encode("utf-8"))
    return paths


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    enable_experiments()
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, fixture in sorted(fixtures().items()):
        for path in write(name, fixture, folder):
            print("{:>7} {}".format(path.stat().st_size, path))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
