"""XGBoost and LightGBM, in their scikit-learn estimators, where an environment has them. Runs inside the environment being measured."""

import numpy as np

from predictions.linear import model

try:
    import xgboost
except ImportError:
    xgboost = None
try:
    import lightgbm
except ImportError:
    lightgbm = None


def all_boosters():
    return (of_xgboost() if xgboost else []) + (of_lightgbm() if lightgbm else [])


def of_xgboost():
    few = {"n_estimators": 20, "max_depth": 4, "n_jobs": 1}

    def classifier(**keywords):
        return lambda: xgboost.XGBClassifier(**dict(few, **keywords))

    def regressor(**keywords):
        return lambda: xgboost.XGBRegressor(**dict(few, **keywords))

    forest = {"n_estimators": 20, "max_depth": 4, "n_jobs": 1, "random_state": 0}
    return [
        model("xgb", "binary five", "holes numbers float32 dense columns frame", classifier()),
        model("xgb-hist", "binary five", "holes", classifier(tree_method="hist", grow_policy="lossguide", max_leaves=12)),
        model("xgb-base-score", "binary", "holes", classifier(base_score=0.3)),
        model("xgb-missing", "binary", "minus", classifier(missing=-1)),
        model("xgb-subsample", "five", "numbers", classifier(subsample=0.6, colsample_bytree=0.7, random_state=3)),
        model("xgb-linear", "binary five", "numbers holes", classifier(booster="gblinear")),
        model("xgb-dart", "binary", "numbers", classifier(booster="dart", rate_drop=0.3, random_state=1), refused=True),
        model("xgb-forest", "binary five", "holes", lambda: xgboost.XGBRFClassifier(**forest)),
        model("xgb-trees-parallel", "five", "numbers", classifier(num_parallel_tree=3, subsample=0.7, random_state=0)),
        model("xgb-regressor", "amount", "holes numbers minus frame", regressor()),
        model("xgb-regressor-base-score", "amount", "holes", regressor(base_score=12.5)),
        model("xgb-regressor-poisson", "counts", "holes", regressor(objective="count:poisson")),
        model("xgb-regressor-gamma", "positive", "holes", regressor(objective="reg:gamma")),
        model("xgb-regressor-tweedie", "counts", "holes", regressor(objective="reg:tweedie", tweedie_variance_power=1.3)),
        model("xgb-regressor-absolute", "amount", "holes", regressor(objective="reg:absoluteerror")),
        model("xgb-regressor-huber", "amount", "holes", regressor(objective="reg:pseudohubererror")),
        model("xgb-regressor-logistic", "binary", "holes", regressor(objective="reg:logistic")),
        model("xgb-regressor-linear", "amount", "numbers", regressor(booster="gblinear")),
        model("xgb-regressor-forest", "amount", "holes", lambda: xgboost.XGBRFRegressor(**forest)),
        model("xgb-ranker", "counts", "holes", lambda: Grouped(xgboost.XGBRanker(**dict(few, objective="rank:pairwise")))),
    ]


def of_lightgbm():
    few = {"n_estimators": 20, "num_leaves": 12, "n_jobs": 1, "random_state": 0, "verbose": -1}

    def classifier(**keywords):
        return lambda: lightgbm.LGBMClassifier(**dict(few, **keywords))

    def regressor(**keywords):
        return lambda: lightgbm.LGBMRegressor(**dict(few, **keywords))

    bagging = {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1, "colsample_bytree": 0.8}
    return [
        model("lgbm", "binary three yes-no", "holes numbers float32 dense columns frame", classifier()),
        model("lgbm-ova", "five", "holes", classifier(objective="multiclassova")),
        model("lgbm-sigmoid", "binary", "numbers", classifier(sigmoid=2.5)),
        model("lgbm-unbalanced", "yes-no", "holes", classifier(class_weight="balanced")),
        model("lgbm-dart", "ints", "numbers", classifier(boosting_type="dart")),
        model("lgbm-goss", "ints", "numbers", classifier(boosting_type="goss",
        n_estimators=30) if lightgbm.__version__ < "4" else classifier()),
        model("lgbm-forest", "binary three", "holes", classifier(**bagging)),
        model("lgbm-zero", "binary", "holes minus", classifier(zero_as_missing=True)),
        model("lgbm-no-missing", "binary", "numbers", classifier(use_missing=False)),
        model("lgbm-codes", "yes-no five", "coded", lambda: Categorical(lightgbm.LGBMClassifier(**dict(few, min_data_per_group=5, cat_smooth=1)))),
        model("lgbm-codes-regressor", "amount", "coded", lambda: Categorical(lightgbm.LGBMRegressor(**dict(few, max_cat_to_onehot=9)))),
        model("lgbm-regressor", "amount", "holes numbers minus frame dense", regressor()),
        model("lgbm-regressor-sqrt", "amount", "holes", regressor(reg_sqrt=True)),
        model("lgbm-regressor-l1", "amount", "holes", regressor(objective="regression_l1")),
        model("lgbm-regressor-huber", "amount", "holes", regressor(objective="huber")),
        model("lgbm-regressor-fair", "amount", "holes", regressor(objective="fair")),
        model("lgbm-regressor-quantile", "amount", "holes", regressor(objective="quantile", alpha=0.8)),
        model("lgbm-regressor-mape", "positive", "holes", regressor(objective="mape")),
        model("lgbm-regressor-poisson", "counts", "holes", regressor(objective="poisson")),
        model("lgbm-regressor-gamma", "positive", "holes", regressor(objective="gamma")),
        model("lgbm-regressor-tweedie", "counts", "holes", regressor(objective="tweedie")),
        model("lgbm-regressor-cross-entropy", "binary", "holes", regressor(objective="cross_entropy")),
        model("lgbm-regressor-forest", "amount", "holes", regressor(**bagging)),
        model("lgbm-linear-trees", "amount", "numbers", regressor(linear_tree=True), refused=True),
        model("lgbm-ranker", "counts", "holes", lambda: Grouped(lightgbm.LGBMRanker(**few))),
    ]


class Categorical(object):
    """Fits a booster on rows whose last two columns are codes; what comes of it is the booster."""

    def __init__(self, booster):
        self.booster = booster

    def fit(self, rows, target):
        return self.booster.fit(rows, target, categorical_feature=[rows.shape[1] - 2, rows.shape[1] - 1])


class Grouped(object):
    """Fits a ranker on rows that are ten queries; what comes of it is the ranker."""

    def __init__(self, ranker):
        self.ranker = ranker

    def fit(self, rows, target):
        return self.ranker.fit(rows, np.clip(target, 0, 20).astype(int), group=[len(target) // 10] * 10)
