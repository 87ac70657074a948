"""Pipelines as nobody has written them: transformers and models within each other, drawn by a seeded generator, the same ones in every release.
Runs inside the environment being measured.
"""

import functools
import random

import numpy as np
from sklearn import calibration, compose, decomposition, discriminant_analysis, ensemble, feature_selection, impute, linear_model, model_selection
from sklearn import multiclass, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree

from predictions.data import NUMBERS
from predictions.parts import filled, logistic, onehot

COUNT, DEEPEST = 200, 5
ROWS = ["numbers", "numbers", "holes", "frame-full", "table", "table-full"]
TARGETS = {"classes": ["binary", "yes-no", "three", "ints"], "numbers": ["amount", "positive"]}


class Draw:
    """One pipeline. Choices are drawn before classes are looked up, so that a release that lacks one does not change the others."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def one_of(self, makes):
        return self.random.choice(makes)()

    def number(self, *choices):
        return self.random.choice(choices)

    def scaler(self):
        return self.one_of([preprocessing.StandardScaler, preprocessing.MinMaxScaler, preprocessing.MaxAbsScaler, preprocessing.RobustScaler,
                            lambda: preprocessing.Normalizer(norm=self.number("l1", "l2", "max")),
                            lambda: preprocessing.PowerTransformer(),
                            lambda: preprocessing.QuantileTransformer(n_quantiles=self.number(20, 100), random_state=0),
                            lambda: preprocessing.Binarizer(threshold=self.number(0.0, 0.5))])

    def feature_maker(self):
        return self.one_of([lambda: decomposition.PCA(n_components=self.number(2, 2), random_state=0, whiten=self.number(True, False)),
                            lambda: decomposition.TruncatedSVD(n_components=2, random_state=0),
                            lambda: preprocessing.PolynomialFeatures(degree=2, interaction_only=self.number(True, False)),
                            lambda: preprocessing.KBinsDiscretizer(n_bins=4, encode=self.number("ordinal", "onehot-dense"), strategy="uniform"),
                            lambda: feature_selection.VarianceThreshold(),
                            lambda: feature_selection.SelectKBest(k=self.number(2, 3)),
                            lambda: feature_selection.SelectPercentile(percentile=60),
                            lambda: preprocessing.FunctionTransformer(np.arctan, validate=True)])

    def transformer(self, depth):
        if depth <= 1:
            return self.scaler() if self.random.random() < 0.55 else self.feature_maker()
        kind = self.random.choice(["pipeline", "union", "columns", "leaf"])
        if kind == "leaf":
            return self.transformer(1)
        if kind == "pipeline":
            return pipeline.Pipeline([("step%d" % place, self.transformer(depth - 1)) for place in range(self.number(2, 3))])
        if kind == "union":
            parts = [("part%d" % place, self.transformer(depth - 1)) for place in range(self.number(2, 3))]
            weights = {"part0": 0.5} if self.random.random() < 0.3 else None
            return pipeline.FeatureUnion(parts, transformer_weights=weights)
        first, rest = self.transformer(depth - 1), self.transformer(depth - 1)
        remainder = self.number("drop", "passthrough")
        return compose.ColumnTransformer([("first", first, slice(0, 2)), ("all", rest, slice(0, None))], remainder=remainder)

    def classifier(self, depth):
        if depth <= 1:
            return self.one_of([logistic, lambda: tree.DecisionTreeClassifier(max_depth=5, random_state=0), naive_bayes.GaussianNB,
                                lambda: ensemble.RandomForestClassifier(n_estimators=8, max_depth=6, random_state=0),
                                lambda: ensemble.ExtraTreesClassifier(n_estimators=8, max_depth=6, random_state=0),
                                lambda: ensemble.GradientBoostingClassifier(n_estimators=8, random_state=0),
                                lambda: neighbors.KNeighborsClassifier(n_neighbors=self.number(3, 7)),
                                lambda: linear_model.SGDClassifier(loss="hinge", random_state=0, max_iter=30, tol=1e-3),
                                lambda: svm.LinearSVC(random_state=0), lambda: svm.SVC(gamma="scale", C=self.number(0.5, 2.0)),
                                lambda: linear_model.RidgeClassifier(), discriminant_analysis.LinearDiscriminantAnalysis,
                                lambda: neural_network.MLPClassifier((6,), max_iter=60, random_state=0)])
        kind = self.random.choice(["voting", "stacking", "bagging", "adaboost", "calibrated", "rest", "search", "pipeline", "pipeline"])
        inner = functools.partial(self.classifier, depth - 1)
        if kind == "voting":
            return ensemble.VotingClassifier([("a", inner()), ("b", inner()), ("c", self.classifier(1))])
        if kind == "stacking":
            return ensemble.StackingClassifier([("a", inner()), ("b", self.classifier(1))], cv=2, passthrough=self.number(True, False),
                                               final_estimator=self.classifier(1))
        if kind == "bagging":
            return ensemble.BaggingClassifier(inner(), n_estimators=3, max_features=self.number(0.7, 1.0), random_state=0)
        if kind == "adaboost":
            return ensemble.AdaBoostClassifier(tree.DecisionTreeClassifier(max_depth=2, random_state=0), n_estimators=6, random_state=0)
        if kind == "calibrated":
            return calibration.CalibratedClassifierCV(inner(), method=self.number("sigmoid", "isotonic"), cv=2)
        if kind == "rest":
            return multiclass.OneVsRestClassifier(inner())
        if kind == "search":
            searched = pipeline.Pipeline([("scale", self.scaler()), ("model", logistic())])
            return model_selection.GridSearchCV(searched, {"model__C": [0.1, 1.0]}, cv=2)
        return pipeline.Pipeline([("transform", self.transformer(depth - 1)), ("model", inner())])

    def regressor(self, depth):
        if depth <= 1:
            return self.one_of([linear_model.LinearRegression, linear_model.Ridge, lambda: linear_model.Lasso(alpha=0.1),
                                lambda: tree.DecisionTreeRegressor(max_depth=5, random_state=0),
                                lambda: ensemble.RandomForestRegressor(n_estimators=8, max_depth=6, random_state=0),
                                lambda: ensemble.ExtraTreesRegressor(n_estimators=8, max_depth=6, random_state=0),
                                lambda: ensemble.GradientBoostingRegressor(n_estimators=8, random_state=0),
                                lambda: neighbors.KNeighborsRegressor(n_neighbors=self.number(3, 7)), lambda: svm.SVR(gamma="scale"),
                                linear_model.HuberRegressor, linear_model.BayesianRidge])
        kind = self.random.choice(["voting", "stacking", "bagging", "adaboost", "target", "search", "pipeline", "pipeline"])
        inner = functools.partial(self.regressor, depth - 1)
        if kind == "voting":
            return ensemble.VotingRegressor([("a", inner()), ("b", inner())])
        if kind == "stacking":
            return ensemble.StackingRegressor([("a", inner()), ("b", self.regressor(1))], cv=2, passthrough=self.number(True, False))
        if kind == "bagging":
            return ensemble.BaggingRegressor(inner(), n_estimators=3, max_features=self.number(0.7, 1.0), random_state=0)
        if kind == "adaboost":
            return ensemble.AdaBoostRegressor(tree.DecisionTreeRegressor(max_depth=3, random_state=0), n_estimators=6, random_state=0)
        if kind == "target":
            return compose.TransformedTargetRegressor(inner(), transformer=preprocessing.StandardScaler())
        if kind == "search":
            return model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": [0.1, 10.0]}, cv=2)
        return pipeline.Pipeline([("transform", self.transformer(depth - 1)), ("model", inner())])

    def start(self, rows):
        """What makes numbers of the rows."""
        if rows == "holes":
            return impute.SimpleImputer(strategy=self.number("mean", "median"))
        if rows in ("numbers", "frame-full"):
            return self.scaler()
        strategy = self.number("mean", "median", "most_frequent")
        numbers = pipeline.Pipeline([("impute", impute.SimpleImputer(strategy=strategy)), ("scale", self.scaler())])
        words = filled(onehot(dense=True, handle_unknown="ignore"))
        return compose.ColumnTransformer([("numbers", numbers, NUMBERS), ("words", words, self.number(["city"], ["city", "flag"], ["grade"]))],
                                         sparse_threshold=self.number(0, 0.3), remainder="drop")


def make(seed, rows, kind, depth):
    draw = Draw(seed)
    first = draw.start(rows)
    middle = draw.transformer(depth - 1) if depth > 2 and draw.number(True, False) else None
    last = draw.classifier(depth - 1) if kind == "classes" else draw.regressor(depth - 1)
    steps = [("start", first), ("middle", middle), ("last", last)]
    return pipeline.Pipeline([(name, step) for name, step in steps if step is not None])


def random_pipelines():
    """(name, rows, target, how it is made)"""
    for seed in range(COUNT):
        draw = random.Random(1000 + seed)
        rows, kind, depth = draw.choice(ROWS), draw.choice(["classes", "classes", "numbers"]), draw.randint(2, DEEPEST)
        target = draw.choice(TARGETS[kind])
        yield "random+%d-%d" % (seed, depth), rows, target, functools.partial(make, seed, rows, kind, depth)
