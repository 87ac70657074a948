"""How each scikit-learn estimator is made and on which small data it can be fitted. Runs inside the environment being measured.

Written for every release from 0.20 on Python 3.6, so it takes nothing for granted that only later releases have: what a release lacks
is left out, never replaced. The data are tiny on purpose: a verdict depends on what a file refers to, not on how many rows trained it.
"""

import inspect
import sys
import warnings
from unittest.mock import MagicMock

import numpy as np

ROWS, COLUMNS = 60, 4
TEXTS = ["the cat sat on the mat", "a dog ate the bone", "cats and dogs", "the mat was red", "red bone blue mat", "a blue cat"] * 10
COLOURS = ["red", "green", "blue"]


class Data:
    """One training set by name, made once, the same in every release."""

    def __init__(self):
        random = np.random.RandomState(7)
        self.matrix = random.normal(size=(ROWS, COLUMNS))
        self.positive = np.abs(self.matrix) + 0.1
        self.classes = np.arange(ROWS) % 3
        self.matrix += self.classes[:, np.newaxis]
        self.binary = np.arange(ROWS) % 2
        self.target = self.matrix.dot(np.arange(1, COLUMNS + 1)) + random.normal(size=ROWS)
        self.counts = random.poisson(3.0, size=ROWS) + 1.0
        self.holes = np.where(random.uniform(size=self.matrix.shape) < 0.1, np.nan, self.matrix)
        self.categories = np.array([[COLOURS[i % 3], "ab"[i % 2]] for i in range(ROWS)], dtype=object)
        self.names = np.array([COLOURS[i % 3] for i in range(ROWS)])

    def sets(self):
        """Name to arguments of fit, in the order in which they are tried on an estimator of which nothing else is known."""
        both = np.column_stack
        return {
            "classes": (self.matrix, self.classes),
            "regression": (self.matrix, self.target),
            "positive-classes": (self.positive, self.classes),
            "positive-regression": (self.positive, self.counts),
            "binary": (self.matrix, self.binary),
            "multi-classes": (self.matrix, both([self.classes, self.binary])),
            "multi-labels": (self.matrix, both([self.binary, self.classes > 0]).astype(int)),
            "multi-regression": (self.matrix, both([self.target, self.counts])),
            "matrix": (self.matrix,),
            "positive": (self.positive,),
            "holes": (self.holes,),
            "text": (TEXTS, self.binary),
            "dicts": ([{"colour": COLOURS[i % 3], "size": float(i)} for i in range(ROWS)],),
            "words": ([["a", "b"], ["b", "c"], ["a"]] * 20,),
            "categories": (self.categories, self.binary),
            "one-column": (self.matrix[:, 0], self.target),
            "labels": (self.names,),
            "integers": (self.classes,),
            "label-sets": ([("a", "b"), ("b",), ("c",)] * 20,),
            "distances": (self.distances(), self.classes),
            "images": (np.arange(2 * 8 * 8, dtype=float).reshape(2, 8, 8),),
            "holes-classes": (self.holes, self.classes),
            "part-labels": (self.matrix, np.where(self.binary == 1, -1, self.classes)),
        }

    def distances(self):
        difference = self.matrix[:, np.newaxis, :] - self.matrix[np.newaxis, :, :]
        return np.sqrt((difference**2).sum(axis=2))


SUITS = {
    "CountVectorizer": ["text"],
    "TfidfVectorizer": ["text"],
    "HashingVectorizer": ["text"],
    "DictVectorizer": ["dicts"],
    "FeatureHasher": ["dicts"],
    "TfidfTransformer": ["positive"],
    "OneHotEncoder": ["categories"],
    "OrdinalEncoder": ["categories"],
    "TargetEncoder": ["categories"],
    "LabelEncoder": ["labels"],
    "LabelBinarizer": ["labels"],
    "MultiLabelBinarizer": ["label-sets"],
    "IsotonicRegression": ["one-column"],
    "PatchExtractor": ["images"],
    "KernelCenterer": ["distances"],
    "SimpleImputer": ["holes"],
    "KNNImputer": ["holes"],
    "IterativeImputer": ["holes"],
    "Imputer": ["holes"],
    "MissingIndicator": ["holes"],
    "MultiOutputClassifier": ["multi-labels"],
    "ClassifierChain": ["multi-labels"],
    "MultiOutputRegressor": ["multi-regression"],
    "RegressorChain": ["multi-regression"],
    "MultiTaskLasso": ["multi-regression"],
    "MultiTaskElasticNet": ["multi-regression"],
    "MultiTaskLassoCV": ["multi-regression"],
    "MultiTaskElasticNetCV": ["multi-regression"],
    "CCA": ["multi-regression"],
    "LabelPropagation": ["part-labels"],
    "LabelSpreading": ["part-labels"],
    "SelfTrainingClassifier": ["part-labels"],
    "FixedThresholdClassifier": ["binary"],
    "TunedThresholdClassifierCV": ["binary"],
    "CategoricalNB": ["positive-classes"],
    "PoissonRegressor": ["positive-regression"],
    "GammaRegressor": ["positive-regression"],
    "TweedieRegressor": ["positive-regression"],
}
SMALL = {"n_estimators": 5, "random_state": 0, "n_init": 2, "n_quantiles": 20}
ONLY = {
    "CategoricalNB": {"min_categories": 20},
    "RandomizedSearchCV": {"n_iter": 2},
    "GaussianRandomProjection": {"n_components": 2},
    "SparseRandomProjection": {"n_components": 2},
}
SLOW = {
    "max_iter": {
        "TSNE": 250,
        "GaussianProcessClassifier": 20,
        "DictionaryLearning": 10,
        "MiniBatchDictionaryLearning": 10,
        "SparsePCA": 20,
        "MiniBatchSparsePCA": 20,
        "HistGradientBoostingClassifier": 8,
        "HistGradientBoostingRegressor": 8,
    }
}


def find_estimators():
    """Every estimator class that this release names, by name."""
    enable_experiments()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from sklearn.utils import all_estimators
        except ImportError:
            stand_in_for_tests()
            from sklearn.utils.testing import all_estimators
        try:
            found = all_estimators(include_meta_estimators=True, include_other=True, include_dont_test=True)
        except TypeError:
            found = all_estimators()
    return dict(found)


def stand_in_for_tests():
    """Up to 0.21 all_estimators imports modules of tests and builds too, which import more; nothing of it is called."""
    for name in ("pytest", "_pytest", "_pytest.monkeypatch", "_pytest.fixtures", "Cython", "Cython.Build"):
        try:
            __import__(name)
        except ImportError:
            sys.modules[name] = MagicMock()


def enable_experiments():
    for name in ("enable_halving_search_cv", "enable_hist_gradient_boosting", "enable_iterative_imputer"):
        try:
            __import__("sklearn.experimental." + name)
        except ImportError:
            pass


def make(name, kind):
    """An instance with parameters that keep it small, or an exception that says why there is none."""
    arguments = required(name)
    accepted = inspect.signature(kind.__init__).parameters
    keywords = {key: value for key, value in SMALL.items() if key in accepted}
    keywords.update({key: values[name] for key, values in SLOW.items() if key in accepted and name in values})
    keywords.update({key: value for key, value in ONLY.get(name, {}).items() if key in accepted})
    if not hasattr(kind, "set_params") or name in ("Pipeline", "FeatureUnion", "ColumnTransformer"):
        keywords = {}
    return kind(*arguments, **keywords)


def required(name):
    """The arguments without which the class cannot be made."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.preprocessing import MinMaxScaler, StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    classifier, regressor = LogisticRegression(solver="lbfgs"), Ridge()
    voters = [("a", LogisticRegression(solver="liblinear")), ("b", DecisionTreeClassifier(max_depth=2))]
    if name in ("VotingRegressor", "StackingRegressor"):
        return ([("a", Ridge()), ("b", Ridge(alpha=2.0))],)
    if name in ("VotingClassifier", "StackingClassifier"):
        return (voters,)
    if name in (
        "ClassifierChain",
        "MultiOutputClassifier",
        "OneVsOneClassifier",
        "OneVsRestClassifier",
        "OutputCodeClassifier",
        "RFE",
        "RFECV",
        "SelectFromModel",
        "SequentialFeatureSelector",
        "SelfTrainingClassifier",
        "FixedThresholdClassifier",
        "TunedThresholdClassifierCV",
        "CalibratedClassifierCV",
    ):
        return (classifier,)
    if name in ("RegressorChain", "MultiOutputRegressor"):
        return (regressor,)
    if name == "FrozenEstimator":
        return (fitted_on_classes(classifier),)
    if name in ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"):
        return (classifier, {"C": [0.1, 1.0, 10.0]})
    if name == "Pipeline":
        return ([("scale", StandardScaler()), ("model", classifier)],)
    if name == "FeatureUnion":
        return ([("scale", StandardScaler()), ("range", MinMaxScaler())],)
    if name == "ColumnTransformer":
        return ([("scale", StandardScaler(), [0, 1]), ("range", MinMaxScaler(), [2])],)
    if name == "SparseCoder":
        return (np.eye(COLUMNS),)
    return ()


def fitted_on_classes(estimator):
    data = Data()
    return estimator.fit(data.matrix, data.classes)


def fit(name, kind):
    """A fitted instance. Tries the data that suit the class, then all others; raises what the last attempt raised."""
    sets = Data().sets()
    first = SUITS.get(name) or guess(name)
    reason = None
    for key in first + [key for key in sets if key not in first]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                np.random.seed(0)
                return make(name, kind).fit(*sets[key])
        except Exception as error:  # noqa: BLE001 - every estimator has refusals of its own, and the next data may suit it
            reason = reason or error
    raise reason


def guess(name):
    if name.endswith(("Regressor", "Regression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "SVR", "Net", "NetCV", "Lars", "LarsCV")):
        return ["positive-classes", "classes"] if name == "LogisticRegression" else ["regression", "positive-regression"]
    return ["classes", "positive-classes"]
