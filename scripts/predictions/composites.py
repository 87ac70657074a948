"""Estimators of estimators: votes, stacks, bags, chains, calibration, thresholds. Runs inside the environment being measured."""

import numpy as np
from sklearn import calibration, compose, ensemble, linear_model, model_selection, multiclass, multioutput, naive_bayes, pipeline, preprocessing
from sklearn import svm, tree

from predictions.linear import model
from predictions.parts import columns, logistic, since

BASE = since((1, 2), "estimator", "base_estimator")


def composites():
    return (votes() + stacks() + bags() + boosts() + calibrations() + isolations() + embeddings() + classes() + outputs() + targets()
            + thresholds() + delegates())


def small_tree(**keywords):
    return tree.DecisionTreeClassifier(**dict({"max_depth": 4, "random_state": 0}, **keywords))


def small_regressor(**keywords):
    return tree.DecisionTreeRegressor(**dict({"max_depth": 4, "random_state": 0}, **keywords))


def forest(**keywords):
    return ensemble.RandomForestClassifier(**dict({"n_estimators": 5, "max_depth": 5, "random_state": 0}, **keywords))


def scaled_logistic():
    return pipeline.make_pipeline(preprocessing.StandardScaler(), logistic())


def sgd(**keywords):
    return linear_model.SGDClassifier(**dict({"random_state": 0, "max_iter": 40, "tol": 1e-3}, **keywords))


def svc():
    return svm.LinearSVC(random_state=0, max_iter=2000)


def dropped():
    return since((0, 22), "drop", None)


def three_classifiers(*more):
    return [("logistic", logistic()), ("tree", small_tree()), ("bayes", naive_bayes.GaussianNB())] + list(more)


def three_regressors(*more):
    return [("linear", linear_model.Ridge(alpha=0.1)), ("tree", small_regressor()), ("ridge", linear_model.Ridge())] + list(more)


def of_tables():
    """Estimators that take a table each in its own way."""
    return [("columns", pipeline.make_pipeline(columns(), logistic())), ("dense", pipeline.make_pipeline(columns(dense=True), small_tree()))]


def votes():
    def voting(estimators=None, **keywords):
        return ensemble.VotingClassifier(three_classifiers() if estimators is None else estimators, **keywords)

    def regressor(*more, **keywords):
        return ensemble.VotingRegressor(three_regressors(*more), **keywords)

    return [
        model("meta-voting-hard", "binary three", "numbers dense", voting),
        model("meta-voting-hard", "ints bools signs floats five yes-no", "numbers", voting),
        model("meta-voting-hard-weights", "three", "numbers dense", lambda: voting(weights=[1, 0.5, 2])),
        model("meta-voting-hard-negative", "five", "numbers", lambda: voting(weights=[1, -0.5, -1])),
        model("meta-voting-soft", "binary three", "numbers dense", lambda: voting(voting="soft", flatten_transform=True)),
        model("meta-voting-soft", "ints yes-no", "frame-full", lambda: voting(voting="soft", flatten_transform=True)),
        model("meta-voting-soft-tables", "three", "numbers dense", lambda: voting(voting="soft", flatten_transform=False)),
        model("meta-voting-soft-weights", "three", "numbers dense", lambda: voting(voting="soft", weights=[2, 1.5, 0], flatten_transform=True)),
        model("meta-voting-soft-trees", "three", "numbers holes", lambda: voting(
            [("tree", small_tree()), ("forest", forest())], voting="soft", weights=[0.1, 0.7], flatten_transform=True)),
        model("meta-voting-hard-trees", "three", "float32", lambda: voting([("tree", small_tree()), ("forest", forest())])),
        model("meta-voting-dropped", "three", "numbers", lambda: voting(
            three_classifiers(("none", dropped())), voting="soft", weights=[1, 2, 3, 4], flatten_transform=True)),
        model("meta-voting-dropped-first", "binary", "numbers", lambda: voting(
            [("none", dropped())] + three_classifiers(), weights=[5, 1, 2, 3])),
        model("meta-voting-dropped-unweighted", "binary", "numbers", lambda: voting([("none", dropped())] + three_classifiers())),
        model("meta-voting-table", "three", "table", lambda: voting(of_tables(), voting="soft", flatten_transform=True)),
        model("meta-voting-nested", "three", "numbers", lambda: voting(
            [("inner", voting(voting="soft")), ("search", model_selection.GridSearchCV(logistic(), {"C": [0.1, 1]}, cv=3))], voting="soft",
            flatten_transform=True)),
        model("meta-voting-before", "three", "numbers", lambda: pipeline.make_pipeline(voting(), logistic())),
        model("meta-voting-before-soft", "three", "numbers", lambda: pipeline.make_pipeline(
            voting(voting="soft", flatten_transform=True), logistic())),
        model("meta-voting-regressor", "amount", "numbers columns dense frame-full", regressor),
        model("meta-voting-regressor-weights", "amount counts", "numbers", lambda: regressor(weights=[1, 0.25, 3])),
        model("meta-voting-regressor-dropped", "amount", "numbers", lambda: regressor(("none", dropped()), weights=[1, 0.25, 3, 5])),
        model("meta-voting-regressor-trees", "amount", "numbers", lambda: ensemble.VotingRegressor(
            [("a", small_regressor()), ("b", small_regressor(max_depth=6)), ("c", small_regressor(max_features=3))], weights=[0.1, 0.3, 0.7])),
    ]


def stacks():
    def stacking(estimators=None, **keywords):
        return ensemble.StackingClassifier(three_classifiers() if estimators is None else estimators, **dict({"cv": 3}, **keywords))

    def regressor(*more, **keywords):
        return ensemble.StackingRegressor(three_regressors(*more), **dict({"cv": 3}, **keywords))

    class Prefit:
        """Estimators that are fitted first."""

        def fit(self, rows, target):
            fitted = [(name, one.fit(rows, target)) for name, one in three_classifiers()]
            return ensemble.StackingClassifier(fitted, cv="prefit").fit(rows, target)

    return [
        model("meta-stacking", "binary three yes-no ints", "numbers", stacking),
        model("meta-stacking", "binary three", "columns dense frame-full", lambda: stacking(three_classifiers()[:2])),
        model("meta-stacking-margins", "binary three", "numbers", lambda: stacking([("svc", svc()), ("sgd", sgd()), ("tree", small_tree())])),
        model("meta-stacking-predict", "binary three", "numbers", lambda: stacking(stack_method="predict")),
        model("meta-stacking-proba-trees", "three", "numbers", lambda: stacking(
            [("a", small_tree()), ("b", small_tree(max_depth=6))], stack_method="predict_proba", final_estimator=small_tree())),
        model("meta-stacking-passthrough", "binary three", "numbers dense", lambda: stacking(passthrough=True)),
        model("meta-stacking-passthrough", "binary three", "columns", lambda: stacking(three_classifiers()[:2], passthrough=True)),
        model("meta-stacking-passthrough", "three", "frame-full", lambda: stacking(passthrough=True, final_estimator=forest())),
        model("meta-stacking-passthrough-predict", "three", "numbers integers-known", lambda: stacking(
            passthrough=True, stack_method="predict", final_estimator=small_tree())),
        model("meta-stacking-dropped", "three", "numbers", lambda: stacking([("none", "drop")] + three_classifiers())),
        model("meta-stacking-table", "three", "table", lambda: stacking(of_tables())),
        model("meta-stacking-svc", "three binary", "numbers", lambda: stacking(final_estimator=svc())),
        model("meta-stacking-before", "three", "numbers", lambda: pipeline.make_pipeline(stacking(), logistic())),
        model("meta-stacking-prefit", "ints", "numbers", Prefit),
        model("meta-stacking-regressor", "amount", "numbers columns dense", regressor),
        model("meta-stacking-regressor-passthrough", "amount", "numbers dense", lambda: regressor(passthrough=True)),
        model("meta-stacking-regressor-forest", "counts", "numbers", lambda: regressor(
            ("none", "drop"), final_estimator=ensemble.RandomForestRegressor(n_estimators=5, random_state=0))),
    ]


def bags():
    def bagging(base=None, **keywords):
        return ensemble.BaggingClassifier(base, **dict({"n_estimators": 6, "random_state": 0}, **keywords))

    def regressor(base=None, **keywords):
        return ensemble.BaggingRegressor(base, **dict({"n_estimators": 6, "random_state": 0}, **keywords))

    return [
        model("meta-bagging", "binary three yes-no", "numbers columns dense", bagging),
        model("meta-bagging", "three", "holes float32 frame-full", lambda: bagging(small_tree())),
        model("meta-bagging-logistic", "binary three", "numbers columns", lambda: bagging(logistic())),
        model("meta-bagging-votes", "binary three", "numbers dense", lambda: bagging(svc())),
        model("meta-bagging-features", "three", "numbers dense", lambda: bagging(max_features=0.5, bootstrap_features=True)),
        model("meta-bagging-features", "binary", "columns frame-full", lambda: bagging(logistic(), max_features=3)),
        model("meta-bagging-few", "five", "numbers", lambda: bagging(max_samples=8)),
        model("meta-bagging-few-logistic", "five", "numbers", lambda: bagging(logistic(), max_samples=7)),
        model("meta-bagging-jobs", "three", "numbers", lambda: bagging(n_jobs=2)),
        model("meta-bagging-oob", "three", "numbers", lambda: bagging(n_estimators=20, oob_score=True)),
        model("meta-bagging-pipeline", "three", "numbers", lambda: bagging(scaled_logistic())),
        model("meta-bagging-weights", "three", "numbers", bagging, weights=True),
        model("meta-bagging-regressor", "amount pair", "numbers columns dense", regressor),
        model("meta-bagging-regressor", "amount", "holes frame-full", lambda: regressor(small_regressor())),
        model("meta-bagging-regressor-features", "amount", "numbers dense", lambda: regressor(linear_model.Ridge(), max_features=0.4)),
        model("meta-bagging-regressor-oob", "amount", "numbers", lambda: regressor(n_estimators=20, oob_score=True, bootstrap_features=True)),
    ]


def boosts():
    def boost(base=None, **keywords):
        return ensemble.AdaBoostClassifier(base, **dict({"n_estimators": 8, "random_state": 0}, **keywords))

    def regressor(base=None, **keywords):
        return ensemble.AdaBoostRegressor(base, **dict({"n_estimators": 9, "random_state": 0}, **keywords))

    return [
        model("meta-adaboost", "binary three yes-no", "numbers columns dense", boost),
        model("meta-adaboost", "ints five bools floats", "float32 frame-full numbers", lambda: boost(small_tree(max_depth=2))),
        model("meta-adaboost-samme", "binary three five", "numbers columns", lambda: boost(algorithm="SAMME")),
        model("meta-adaboost-samme", "yes-no ints", "dense", lambda: boost(small_tree(max_depth=2), algorithm="SAMME", learning_rate=0.5)),
        model("meta-adaboost-samme-logistic", "binary three", "numbers", lambda: boost(logistic(), algorithm="SAMME")),
        model("meta-adaboost-samme-svc", "binary three", "numbers", lambda: boost(svc(), algorithm="SAMME")),
        model("meta-adaboost-logistic", "binary three", "numbers columns", lambda: boost(logistic())),
        model("meta-adaboost-forest", "three", "numbers", lambda: boost(forest(), n_estimators=3)),
        model("meta-adaboost-perfect", "three", "numbers", lambda: boost(small_tree(max_depth=None))),
        model("meta-adaboost-weights", "three", "numbers", boost, weights=True),
        model("meta-adaboost-regressor", "amount counts", "numbers columns dense", regressor),
        model("meta-adaboost-regressor-square", "amount", "numbers frame-full", lambda: regressor(loss="square", n_estimators=25)),
        model("meta-adaboost-regressor-exponential", "amount", "dense float32", lambda: regressor(small_regressor(), loss="exponential")),
        model("meta-adaboost-regressor-linear", "amount", "numbers", lambda: regressor(linear_model.Ridge())),
    ]


def calibrations():
    def calibrated(base=None, **keywords):
        return calibration.CalibratedClassifierCV(svc() if base is None else base, **dict({"cv": 3}, **keywords))

    class Prefit:
        """A classifier that is fitted first."""

        def __init__(self, base, **keywords):
            self.base, self.keywords = base, keywords

        def fit(self, rows, target):
            base = self.base.fit(rows, target)
            if since((1, 6), True, False):
                from sklearn.frozen import FrozenEstimator

                return calibration.CalibratedClassifierCV(FrozenEstimator(base), **self.keywords).fit(rows, target)
            return calibration.CalibratedClassifierCV(base, cv="prefit", **self.keywords).fit(rows, target)

    return [
        model("meta-calibrated", "binary three yes-no", "numbers columns dense", calibrated),
        model("meta-calibrated", "ints bools", "frame-full float32", calibrated),
        model("meta-calibrated-isotonic", "binary three yes-no", "numbers columns", lambda: calibrated(method="isotonic")),
        model("meta-calibrated-isotonic-tree", "binary three", "numbers", lambda: calibrated(small_tree(), method="isotonic")),
        model("meta-calibrated-isotonic-forest", "five", "numbers dense", lambda: calibrated(forest(), method="isotonic")),
        model("meta-calibrated-forest", "binary three", "numbers", lambda: calibrated(forest())),
        model("meta-calibrated-bayes", "binary three", "numbers dense", lambda: calibrated(naive_bayes.GaussianNB())),
        model("meta-calibrated-logistic", "three", "numbers", lambda: calibrated(scaled_logistic())),
        model("meta-calibrated-search", "three", "numbers", lambda: calibrated(model_selection.GridSearchCV(logistic(), {"C": [0.1, 1]}, cv=3))),
        model("meta-calibrated-one", "binary three", "numbers", lambda: calibrated(ensemble=False)),
        model("meta-calibrated-one-isotonic", "binary three", "numbers", lambda: calibrated(forest(), ensemble=False, method="isotonic")),
        model("meta-calibrated-temperature", "binary three yes-no", "numbers", lambda: calibrated(method="temperature")),
        model("meta-calibrated-temperature-logistic", "binary three", "numbers", lambda: calibrated(logistic(), method="temperature")),
        model("meta-calibrated-temperature-forest", "binary three", "numbers", lambda: calibrated(forest(), method="temperature", ensemble=False)),
        model("meta-calibrated-prefit", "binary three", "numbers", lambda: Prefit(svc())),
        model("meta-calibrated-prefit-isotonic", "three", "numbers", lambda: Prefit(small_tree(), method="isotonic")),
        model("meta-calibrated-weights", "three", "numbers", calibrated, weights=True),
        model("meta-calibrated-table", "three", "table", lambda: calibrated(of_tables()[0][1])),
        model("meta-calibrated-default", "binary", "numbers", lambda: calibration.CalibratedClassifierCV(**{BASE: None})),
    ]


def isolations():
    def isolation(**keywords):
        if since((0, 22), False, True):
            keywords = dict({"behaviour": "new"}, **keywords)
        return ensemble.IsolationForest(**dict({"n_estimators": 12, "random_state": 0, "contamination": "auto"}, **keywords))

    return [
        model("meta-isolation", "binary", "numbers columns dense float32 frame-full", isolation),
        model("meta-isolation", "binary", "holes", isolation),
        model("meta-isolation-contamination", "binary", "numbers", lambda: isolation(contamination=0.07)),
        model("meta-isolation-features", "binary", "numbers dense", lambda: isolation(max_features=0.5, max_samples=100)),
        model("meta-isolation-bootstrap", "binary", "numbers", lambda: isolation(bootstrap=True, max_samples=0.3)),
        model("meta-isolation-old", "binary", "numbers", lambda: isolation(behaviour="old", contamination=0.1)),
        model("meta-isolation-default", "binary", "numbers", lambda: ensemble.IsolationForest(random_state=0)),
        model("meta-isolation-two", "binary", "numbers", lambda: isolation(max_samples=2)),
    ]


def embeddings():
    def embedding(**keywords):
        return ensemble.RandomTreesEmbedding(**dict({"n_estimators": 4, "max_depth": 3, "random_state": 0}, **keywords))

    return [
        model("meta-embedding", "binary", "numbers dense frame-full", embedding),
        model("meta-embedding-dense", "binary", "numbers", lambda: embedding(sparse_output=False)),
        model("meta-embedding-before", "three", "numbers columns", lambda: pipeline.make_pipeline(embedding(), logistic())),
    ]


def classes():
    rest, one, code = multiclass.OneVsRestClassifier, multiclass.OneVsOneClassifier, multiclass.OutputCodeClassifier
    return [
        model("meta-rest", "binary three ints", "numbers columns", lambda: rest(logistic())),
        model("meta-rest-svc", "binary three", "numbers dense frame-full", lambda: rest(svc())),
        model("meta-rest-tree", "binary three five", "numbers", lambda: rest(small_tree())),
        model("meta-rest-regressor", "binary three", "numbers", lambda: rest(linear_model.LinearRegression())),
        model("meta-rest", "flags-three", "numbers", lambda: rest(logistic())),
        model("meta-rest-tree", "flags-three", "numbers", lambda: rest(small_tree())),
        model("meta-rest-svc", "flags-three", "numbers", lambda: rest(svc())),
        model("meta-rest-table", "three", "table", lambda: rest(of_tables()[0][1])),
        model("meta-one", "binary three five", "numbers columns", lambda: one(logistic())),
        model("meta-one-svc", "three", "dense frame-full", lambda: one(svc())),
        model("meta-one-tree", "binary three", "numbers", lambda: one(small_tree())),
        model("meta-one-regressor", "binary three", "numbers", lambda: one(linear_model.LinearRegression())),
        model("meta-code", "three five", "numbers columns", lambda: code(logistic(), random_state=0)),
        model("meta-code-tree", "three five", "numbers frame-full", lambda: code(small_tree(), random_state=0, code_size=2)),
        model("meta-code-svc", "three", "dense", lambda: code(svc(), random_state=3, code_size=3)),
    ]


def outputs():
    many, many_classes = multioutput.MultiOutputRegressor, multioutput.MultiOutputClassifier
    chain, regressors = multioutput.ClassifierChain, getattr(multioutput, "RegressorChain", None)

    def chained(base, **keywords):
        return chain(base, **dict({"random_state": 0}, **keywords))

    return [
        model("meta-outputs", "pair", "numbers columns dense frame-full", lambda: many(linear_model.Ridge())),
        model("meta-outputs-tree", "pair", "holes numbers", lambda: many(small_regressor())),
        model("meta-outputs-boosting", "pair", "numbers", lambda: many(ensemble.GradientBoostingRegressor(n_estimators=5, random_state=0))),
        model("meta-outputs-table", "pair", "table", lambda: many(pipeline.make_pipeline(columns(), linear_model.Ridge()))),
        model("meta-outputs-classes", "classes-pair flags-three", "numbers columns", lambda: many_classes(logistic())),
        model("meta-outputs-classes-tree", "classes-pair", "holes dense", lambda: many_classes(small_tree())),
        model("meta-outputs-classes-svc", "classes-pair", "numbers frame-full", lambda: many_classes(svc())),
        model("meta-chain", "flags-three", "numbers columns dense frame-full", lambda: chained(logistic())),
        model("meta-chain-tree", "flags-three classes-pair", "numbers", lambda: chained(small_tree())),
        model("meta-chain-svc", "flags-three classes-pair", "numbers", lambda: chained(svc(), order="random")),
        model("meta-chain-order", "flags-three", "numbers", lambda: chained(logistic(), order=[2, 0, 1])),
        model("meta-chain-cv", "flags-three", "numbers", lambda: chained(logistic(), cv=3)),
        model("meta-chain-proba", "flags-three", "numbers", lambda: chained(logistic(), chain_method="predict_proba")),
        model("meta-chain-log-proba", "flags-three", "numbers", lambda: chained(logistic(), chain_method="predict_log_proba", cv=3)),
        model("meta-chain-decision", "flags-three", "numbers", lambda: chained(logistic(), chain_method=["decision_function", "predict"])),
        model("meta-chain-regressor", "pair", "numbers columns dense frame-full", lambda: regressors(linear_model.Ridge(), random_state=0)),
        model("meta-chain-regressor-tree", "pair", "numbers", lambda: regressors(small_regressor(), order=[1, 0])),
        model("meta-chain-regressor-cv", "pair", "numbers", lambda: regressors(linear_model.Ridge(), cv=3, order="random", random_state=1)),
    ]


def targets():
    def target(base=None, **keywords):
        return compose.TransformedTargetRegressor(linear_model.Ridge() if base is None else base, **keywords)

    def through(*steps):
        return pipeline.make_pipeline(*steps)

    return [
        model("meta-target-log", "positive", "numbers columns", lambda: target(func=np.log, inverse_func=np.exp)),
        model("meta-target-log1p", "counts", "numbers columns", lambda: target(func=np.log1p, inverse_func=np.expm1)),
        model("meta-target-table", "positive", "table",
              lambda: target(pipeline.make_pipeline(columns(), linear_model.Ridge()), func=np.log1p, inverse_func=np.expm1)),
        model("meta-target-sqrt", "positive", "numbers frame-full", lambda: target(small_regressor(), func=np.sqrt, inverse_func=np.square)),
        model("meta-target-none", "amount pair", "numbers", target),
        model("meta-target-default", "amount", "numbers", compose.TransformedTargetRegressor),
        model("meta-target-standard", "amount pair", "numbers dense", lambda: target(transformer=preprocessing.StandardScaler())),
        model("meta-target-range", "amount pair", "numbers", lambda: target(transformer=preprocessing.MinMaxScaler((-1, 3)))),
        model("meta-target-robust", "amount", "numbers columns", lambda: target(transformer=preprocessing.RobustScaler())),
        model("meta-target-max", "amount", "numbers", lambda: target(small_regressor(), transformer=preprocessing.MaxAbsScaler())),
        model("meta-target-quantile", "amount", "numbers", lambda: target(
            transformer=preprocessing.QuantileTransformer(n_quantiles=50, output_distribution="normal"))),
        model("meta-target-power", "positive", "numbers", lambda: target(transformer=preprocessing.PowerTransformer())),
        model("meta-target-pipeline", "positive", "numbers", lambda: target(transformer=through(
            preprocessing.FunctionTransformer(np.log, np.exp, validate=True), preprocessing.StandardScaler()))),
        model("meta-target-own", "positive", "numbers", lambda: target(func=np.log, inverse_func=own_exp), refused=True),
    ]


def own_exp(values):
    """A function of the user's own."""
    return np.exp(values)


def thresholds():
    def fixed(base=None, **keywords):
        return model_selection.FixedThresholdClassifier(logistic() if base is None else base, **keywords)

    def tuned(base=None, **keywords):
        return model_selection.TunedThresholdClassifierCV(logistic() if base is None else base, **dict({"cv": 3}, **keywords))

    return [
        model("meta-threshold", "binary yes-no", "numbers columns", lambda: fixed(threshold=0.3)),
        model("meta-threshold-auto", "binary", "numbers", fixed),
        model("meta-threshold-svc", "binary yes-no", "numbers dense", lambda: fixed(svc(), threshold=0.4)),
        model("meta-threshold-svc-auto", "binary", "numbers", lambda: fixed(svc())),
        model("meta-threshold-positive", "yes-no", "numbers", lambda: fixed(threshold=0.7, pos_label="no")),
        model("meta-threshold-positive-decision", "yes-no", "numbers", lambda: fixed(
            threshold=0.2, pos_label="no", response_method="decision_function")),
        model("meta-threshold-tuned", "binary yes-no", "numbers columns", tuned),
        model("meta-threshold-tuned-f1", "binary bools", "numbers", lambda: tuned(scoring="f1")),
        model("meta-threshold-tuned-accuracy", "yes-no", "frame-full", lambda: tuned(small_tree(), scoring="accuracy", store_cv_results=True)),
        model("meta-threshold-tuned-svc", "binary", "numbers", lambda: tuned(svc(), refit=True, thresholds=20)),
        model("meta-threshold-tuned-positive", "yes-no", "numbers", lambda: tuned(scoring=scorer_of_no())),
    ]


def scorer_of_no():
    from sklearn import metrics

    return metrics.make_scorer(metrics.f1_score, pos_label="no")


def delegates():
    def frozen(base):
        from sklearn.frozen import FrozenEstimator

        return FrozenEstimator(base)

    class Frozen:
        def __init__(self, base):
            self.base = base

        def fit(self, rows, target):
            return frozen(self.base.fit(rows, target))

    class PartlyLabelled:
        """With labels taken away."""

        def __init__(self, base, **keywords):
            self.base, self.keywords = base, keywords

        def fit(self, rows, target):
            from sklearn import semi_supervised

            some = np.where(np.arange(len(target)) % 3 == 0, target, -1)
            return semi_supervised.SelfTrainingClassifier(self.base, **self.keywords).fit(rows, some)

    def ransac(base=None, **keywords):
        return linear_model.RANSACRegressor(base, **dict({"random_state": 0}, **keywords))

    return [
        model("meta-frozen", "three", "numbers frame-full", lambda: Frozen(logistic())),
        model("meta-frozen-scaler", "three", "numbers", lambda: Frozen(preprocessing.StandardScaler())),
        model("meta-frozen-columns", "amount", "table", lambda: Frozen(pipeline.make_pipeline(columns(), linear_model.Ridge()))),
        model("meta-self-training", "binary ints", "numbers frame-full", lambda: PartlyLabelled(logistic())),
        model("meta-self-training-best", "ints", "numbers", lambda: PartlyLabelled(forest(), criterion="k_best", k_best=20)),
        model("meta-ransac", "amount pair", "numbers frame-full", ransac),
        model("meta-ransac-ridge", "amount", "numbers dense", lambda: ransac(linear_model.Ridge(), min_samples=60)),
        model("meta-ransac-tree", "amount", "numbers", lambda: ransac(small_regressor(), min_samples=60)),
    ]
