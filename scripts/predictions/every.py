"""Every class that this release of scikit-learn lists, as it is by default, fitted on rows that it takes. Runs inside the environment being
measured.

Constructor arguments are those of scikit-learn's own estimator checks where a class cannot be made, or is not fitted in seconds, without.
"""

import functools
import importlib
import inspect
import pkgutil
import warnings

import numpy as np
import sklearn
from sklearn import base, linear_model, preprocessing, tree

from predictions.data import KINDS
from predictions.parts import logistic

# What no sample keeps: rows that are neither a table, a matrix nor texts.
OTHER_ROWS = {
    "LabelBinarizer": "its rows are labels", "LabelEncoder": "its rows are labels", "MultiLabelBinarizer": "its rows are sets of labels",
    "PatchExtractor": "its rows are images", "KernelCenterer": "its rows are a kernel",
}
# Rows other than "numbers".
ROWS = {
    "AdditiveChi2Sampler": "positive", "BernoulliRBM": "positive", "CategoricalNB": "integers-known",
    "ColumnTransformer": "frame-full", "ComplementNB": "positive", "CountVectorizer": "texts", "DictVectorizer": "records",
    "FeatureHasher": "records", "HashingVectorizer": "texts", "Imputer": "holes", "IsotonicRegression": "one-column",
    "IterativeImputer": "holes", "KNNImputer": "holes", "LatentDirichletAllocation": "positive", "MiniBatchNMF": "positive",
    "MissingIndicator": "holes", "MultinomialNB": "positive", "NMF": "positive", "OneHotEncoder": "words-known",
    "OrdinalEncoder": "words-known", "QuadraticDiscriminantAnalysis": "ratings-full", "SimpleImputer": "holes",
    "SkewedChi2Sampler": "positive", "TargetEncoder": "words-known", "TfidfTransformer": "positive", "TfidfVectorizer": "texts",
}
# Targets other than "three" of classifiers, "amount" of regressors, "binary" of others.
TARGETS = {
    "CCA": "pair", "ClassifierChain": "flags-three", "FixedThresholdClassifier": "binary", "GammaRegressor": "positive",
    "MultiOutputClassifier": "flags-three", "MultiOutputRegressor": "pair", "MultiTaskElasticNet": "pair", "MultiTaskElasticNetCV": "pair",
    "MultiTaskLasso": "pair", "MultiTaskLassoCV": "pair", "PLSCanonical": "pair", "PLSRegression": "amount", "PLSSVD": "pair",
    "PoissonRegressor": "counts", "RegressorChain": "pair", "TargetEncoder": "amount", "TunedThresholdClassifierCV": "binary",
    "TweedieRegressor": "counts", "SelfTrainingClassifier": "ints", "RFE": "three", "RFECV": "three", "SelectFromModel": "three",
    "NeighborhoodComponentsAnalysis": "three",
}


def voters():
    return [("logistic", logistic()), ("tree", tree.DecisionTreeClassifier(max_depth=4, random_state=0))]


def regressors():
    return [("ridge", linear_model.Ridge()), ("tree", tree.DecisionTreeRegressor(max_depth=4, random_state=0))]


def frozen():
    from sklearn.frozen import FrozenEstimator

    class Frozen:
        def fit(self, rows, target):
            return FrozenEstimator(logistic().fit(rows, target))

    return Frozen()


# Arguments of the constructor.
ARGUMENTS = {
    "CCA": lambda: {"n_components": 1}, "PLSCanonical": lambda: {"n_components": 1}, "PLSSVD": lambda: {"n_components": 1},
    "ColumnTransformer": lambda: {"transformers": [("scale", preprocessing.StandardScaler(), [0, 1]),
                                                   ("range", preprocessing.MinMaxScaler(), [4])]},
    "FeatureUnion": lambda: {"transformer_list": [("scale", preprocessing.StandardScaler()), ("range", preprocessing.MinMaxScaler())]},
    "Pipeline": lambda: {"steps": [("scale", preprocessing.StandardScaler()), ("model", logistic())]},
    "GridSearchCV": lambda: {"estimator": logistic(), "param_grid": {"C": [0.1, 1.0]}, "cv": 3},
    "HalvingGridSearchCV": lambda: {"estimator": logistic(), "param_grid": {"C": [0.1, 1.0]}, "cv": 3, "random_state": 0},
    "HalvingRandomSearchCV": lambda: {"estimator": logistic(), "param_distributions": {"C": [0.1, 1.0]}, "cv": 3, "random_state": 0},
    "RandomizedSearchCV": lambda: {"estimator": logistic(), "param_distributions": {"C": [0.1, 1.0]}, "n_iter": 2, "cv": 3, "random_state": 0},
    "ClassifierChain": lambda: of_base("ClassifierChain", logistic()), "RegressorChain": lambda: of_base("RegressorChain", linear_model.Ridge()),
    "MultiOutputClassifier": lambda: {"estimator": logistic()}, "MultiOutputRegressor": lambda: {"estimator": linear_model.Ridge()},
    "OneVsOneClassifier": lambda: {"estimator": logistic()}, "OneVsRestClassifier": lambda: {"estimator": logistic()},
    "OutputCodeClassifier": lambda: {"estimator": logistic(), "random_state": 0},
    "RFE": lambda: {"estimator": logistic()}, "RFECV": lambda: {"estimator": logistic(), "cv": 3},
    "SelectFromModel": lambda: {"estimator": logistic()},
    "SequentialFeatureSelector": lambda: {"estimator": linear_model.Ridge(), "n_features_to_select": 2, "cv": 2},
    "SelfTrainingClassifier": lambda: of_base("SelfTrainingClassifier", logistic()),
    "SparseCoder": lambda: {"dictionary": np.random.RandomState(0).normal(size=(4, 8))},
    "StackingClassifier": lambda: {"estimators": voters(), "cv": 3}, "StackingRegressor": lambda: {"estimators": regressors(), "cv": 3},
    "VotingClassifier": lambda: {"estimators": voters()}, "VotingRegressor": lambda: {"estimators": regressors()},
    "FixedThresholdClassifier": lambda: {"estimator": logistic()}, "TunedThresholdClassifierCV": lambda: {"estimator": logistic(), "cv": 3},
    "LocalOutlierFactor": lambda: {"novelty": True}, "RadiusNeighborsClassifier": lambda: {"radius": 30.0},
    "RadiusNeighborsRegressor": lambda: {"radius": 30.0}, "RadiusNeighborsTransformer": lambda: {"radius": 30.0},
    "HashingVectorizer": lambda: {"n_features": 64}, "DictionaryLearning": lambda: {"max_iter": 10, "n_components": 4},
    "MiniBatchDictionaryLearning": lambda: {"n_components": 4, "batch_size": 10}, "SparsePCA": lambda: {"n_components": 3},
    "MiniBatchSparsePCA": lambda: {"n_components": 3, "batch_size": 10}, "GaussianRandomProjection": lambda: {"n_components": 3},
    "SparseRandomProjection": lambda: {"n_components": 3}, "NMF": lambda: {"n_components": 3}, "MiniBatchNMF": lambda: {"n_components": 3},
    "RandomTreesEmbedding": lambda: {"n_estimators": 5}, "IsolationForest": lambda: {"n_estimators": 20},
    "RandomForestClassifier": lambda: {"n_estimators": 10}, "RandomForestRegressor": lambda: {"n_estimators": 10},
    "ExtraTreesClassifier": lambda: {"n_estimators": 10}, "ExtraTreesRegressor": lambda: {"n_estimators": 10},
    "MLPClassifier": lambda: {"max_iter": 100}, "MLPRegressor": lambda: {"max_iter": 100}, "Imputer": dict,
}


def of_base(name, model):
    """The argument of a class that is the estimator in it, which some releases take under either of two names."""
    taken = inspect.signature(found_classes()[name].__init__).parameters
    return {"estimator" if "estimator" in taken else "base_estimator": model}


@functools.lru_cache(maxsize=None)
def found_classes():
    """By name. Until 0.20 scikit-learn's own list needs pytest; it is made as that list is."""
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in pkgutil.walk_packages(sklearn.__path__, "sklearn.", onerror=lambda name: None):
            if any(part in module.name for part in (".tests", ".externals", "._build_utils", ".conftest", ".setup", ".testing", "_check")):
                continue
            try:
                members = vars(importlib.import_module(module.name)).values()
            except Exception:  # noqa: BLE001, S112 - what cannot be imported holds no estimator
                continue
            for one in members:
                if (inspect.isclass(one) and issubclass(one, base.BaseEstimator) and one.__module__.startswith("sklearn.")
                        and not one.__name__.startswith("_") and not inspect.isabstract(one)):
                    found[one.__name__] = one
    no_estimators = ("CheckingClassifier", "GaussianRandomProjectionHash")
    listed = listed_names()
    if listed:
        return {name: one for name, one in found.items() if name in listed}
    return {name: one for name, one in found.items() if not name.startswith("Base") and name not in no_estimators}


def listed_names():
    """Of sklearn.utils.all_estimators where that can be asked."""
    try:
        from sklearn.utils import all_estimators
    except ImportError:
        return set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name for name, _ in all_estimators()}


def make(name):
    if name in OTHER_ROWS:
        raise ValueError("a sample keeps no such input: " + OTHER_ROWS[name])
    if ROWS.get(name, "numbers") not in KINDS:
        raise ValueError("there are no such rows here: " + ROWS[name])
    if name == "FrozenEstimator":
        return frozen()
    made = found_classes()[name](**ARGUMENTS.get(name, dict)())
    if "random_state" in made.get_params(deep=False):
        made.set_params(random_state=0)
    return made


def target_of(name, one):
    if name in TARGETS:
        return TARGETS[name]
    if issubclass(one, base.ClassifierMixin):
        return "three"
    return "amount" if issubclass(one, base.RegressorMixin) else "binary"


def every():
    """(name, class, rows, target, how it is made)"""
    for name, one in sorted(found_classes().items()):
        rows = ROWS.get(name, "numbers")
        yield "every+" + name, name, rows if rows in KINDS else "numbers", target_of(name, one), functools.partial(make, name)
