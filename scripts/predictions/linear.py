"""Linear models, Gaussian naive Bayes and the dummies, at plain matrices and behind columns. Runs inside the environment being measured."""

import collections

import numpy as np
from sklearn import dummy, linear_model, naive_bayes, svm

from predictions.parts import logistic, since

# A model is fitted at each of its places (kinds of data.py, "columns", "dense") with each of its targets.
Model = collections.namedtuple("Model", "name targets places make weights refused")


def model(name, targets, places, make, weights=False, refused=False):
    return Model(name, targets, places, make, weights, refused)


def no_penalty():
    return since((1, 2), None, "none")


def classifiers():
    return logistics() + margins() + others()


def logistics():
    cv = linear_model.LogisticRegressionCV
    few = {"Cs": 3, "cv": 3, "max_iter": 300}
    weights = {3: 1.0, 7: 2.0, 10: 0.5}
    return [
        model("logistic-lbfgs", "binary yes-no three", "numbers columns", logistic),
        model("logistic-lbfgs", "ints bools signs floats", "numbers", logistic),
        model("logistic-lbfgs", "three", "float32 frame-full dense minus", logistic),
        model("logistic-lbfgs-weights", "three", "numbers columns", logistic, weights=True),
        model("logistic-newton-cg", "three", "numbers columns", lambda: logistic(solver="newton-cg")),
        model("logistic-newton-cholesky", "binary three", "numbers", lambda: logistic(solver="newton-cholesky")),
        model("logistic-sag", "three", "dense", lambda: logistic(solver="sag", random_state=0)),
        model("logistic-sag", "yes-no", "columns", lambda: logistic(solver="sag", random_state=0)),
        model("logistic-saga-l1", "three", "columns", lambda: logistic(solver="saga", penalty="l1", random_state=0)),
        model("logistic-saga-elasticnet", "three", "columns", lambda: logistic(solver="saga", penalty="elasticnet", l1_ratio=0.4, random_state=0)),
        model("logistic-liblinear", "binary three", "numbers columns", lambda: logistic(solver="liblinear", random_state=0)),
        model("logistic-liblinear-l1", "yes-no", "numbers columns", lambda: logistic(solver="liblinear", penalty="l1", random_state=0)),
        model("logistic-liblinear-dual", "binary", "columns", lambda: logistic(solver="liblinear", dual=True, random_state=0)),
        model("logistic-no-penalty", "three binary", "numbers", lambda: logistic(penalty=no_penalty())),
        model("logistic-ovr", "three five", "columns numbers", lambda: logistic(multi_class="ovr")),
        model("logistic-multinomial", "three", "numbers", lambda: logistic(multi_class="multinomial")),
        model("logistic-multinomial", "binary yes-no", "numbers columns", lambda: logistic(multi_class="multinomial")),
        model("logistic-auto", "three", "columns", lambda: logistic(multi_class="auto")),
        model("logistic-balanced", "three", "columns", lambda: logistic(class_weight="balanced")),
        model("logistic-class-weight", "ints", "columns", lambda: logistic(class_weight=weights)),
        model("logistic-no-intercept", "three binary", "numbers columns", lambda: logistic(fit_intercept=False)),
        model("logistic-small-c", "five", "columns", lambda: logistic(C=0.01)),
        model("logistic-cv", "binary three", "numbers columns", lambda: cv(**few)),
        model("logistic-cv-multinomial", "three binary", "numbers", lambda: cv(multi_class="multinomial", **few)),
        model("logistic-cv-ovr", "three", "columns", lambda: cv(multi_class="ovr", **few)),
        model("logistic-cv-elasticnet", "yes-no", "dense",
              lambda: cv(penalty="elasticnet", solver="saga", l1_ratios=[0.2, 0.8], random_state=0, **few)),
    ]


def margins():
    """Classifiers that decide by a sign."""
    def sgd(**keywords):
        return linear_model.SGDClassifier(**dict({"random_state": 0, "max_iter": 40, "tol": 1e-3}, **keywords))

    log = since((1, 1), "log_loss", "log")
    return [
        model("linear-svc", "binary three", "numbers columns", lambda: svm.LinearSVC(random_state=0, max_iter=2000)),
        model("linear-svc-l1", "yes-no three", "columns", lambda: svm.LinearSVC(penalty="l1", dual=False, random_state=0)),
        model("linear-svc-hinge", "bools", "columns", lambda: svm.LinearSVC(loss="hinge", random_state=0)),
        model("linear-svc-crammer-singer", "three binary", "numbers", lambda: svm.LinearSVC(multi_class="crammer_singer", random_state=0)),
        model("linear-svc-no-intercept", "three", "dense", lambda: svm.LinearSVC(fit_intercept=False, class_weight="balanced", random_state=0)),
        model("sgd-hinge", "binary three", "numbers columns", sgd),
        model("sgd-log", "yes-no three", "columns", lambda: sgd(loss=log)),
        model("sgd-log", "binary five", "numbers", lambda: sgd(loss=log)),
        model("sgd-modified-huber", "binary three", "numbers columns", lambda: sgd(loss="modified_huber")),
        model("sgd-perceptron", "three", "columns", lambda: sgd(loss="perceptron")),
        model("sgd-squared-hinge", "binary", "columns", lambda: sgd(loss="squared_hinge")),
        model("sgd-squared-error", "three", "dense", lambda: sgd(loss=since((1, 0), "squared_error", "squared_loss"), alpha=0.01)),
        model("sgd-average", "binary three", "columns", lambda: sgd(loss=log, average=True)),
        model("sgd-elasticnet", "three", "columns", lambda: sgd(penalty="elasticnet", l1_ratio=0.5, class_weight="balanced")),
        model("ridge-classifier", "binary three", "numbers columns", linear_model.RidgeClassifier),
        model("ridge-classifier-balanced", "yes-no", "columns", lambda: linear_model.RidgeClassifier(class_weight="balanced", solver="lsqr")),
        model("ridge-classifier-cv", "binary three", "numbers columns", lambda: linear_model.RidgeClassifierCV(alphas=[0.1, 1.0, 10.0])),
        model("perceptron", "binary three", "numbers columns", lambda: linear_model.Perceptron(random_state=0, max_iter=40, tol=1e-3)),
        model("passive-aggressive", "binary three", "numbers columns",
              lambda: linear_model.PassiveAggressiveClassifier(random_state=0, max_iter=40, tol=1e-3)),
        model("passive-aggressive-squared", "yes-no", "columns",
              lambda: linear_model.PassiveAggressiveClassifier(loss="squared_hinge", average=True, random_state=0, max_iter=40, tol=1e-3)),
    ]


def others():
    return [
        model("gaussian-nb", "binary three", "numbers dense", naive_bayes.GaussianNB),
        model("gaussian-nb", "yes-no", "float32", naive_bayes.GaussianNB),
        model("gaussian-nb-priors", "ints", "numbers", lambda: naive_bayes.GaussianNB(priors=[0.2, 0.5, 0.3])),
        model("gaussian-nb-smoothing", "three", "dense", lambda: naive_bayes.GaussianNB(var_smoothing=1e-3)),
        model("gaussian-nb-weights", "three", "numbers", naive_bayes.GaussianNB, weights=True),
        model("dummy-most-frequent", "three binary", "numbers", lambda: dummy.DummyClassifier(strategy="most_frequent")),
        model("dummy-prior", "three bools", "table", lambda: dummy.DummyClassifier(strategy="prior")),
        model("dummy-constant", "three", "numbers", lambda: dummy.DummyClassifier(strategy="constant", constant="gold")),
        model("dummy-prior", "classes-pair", "numbers", lambda: dummy.DummyClassifier(strategy="prior")),
        model("dummy-prior", "three", "columns", lambda: dummy.DummyClassifier(strategy="prior")),
        model("dummy-stratified", "three", "numbers", lambda: dummy.DummyClassifier(strategy="stratified", random_state=0), refused=True),
        model("dummy-uniform", "three", "numbers", lambda: dummy.DummyClassifier(strategy="uniform", random_state=0), refused=True),
        model("dummy-mean", "amount pair", "numbers", lambda: dummy.DummyRegressor(strategy="mean")),
        model("dummy-median", "amount", "table", lambda: dummy.DummyRegressor(strategy="median")),
        model("dummy-quantile", "amount", "columns", lambda: dummy.DummyRegressor(strategy="quantile", quantile=0.9)),
        model("dummy-constant", "amount", "numbers", lambda: dummy.DummyRegressor(strategy="constant", constant=7.25)),
        model("dummy-constant", "pair", "numbers", lambda: dummy.DummyRegressor(strategy="constant", constant=[7.25, -1.0])),
    ]


def regressors():
    return least_squares() + paths() + robust() + stochastic() + generalized()


def least_squares():
    return [
        model("linear", "amount pair", "numbers columns", linear_model.LinearRegression),
        model("linear", "amount", "float32 frame-full dense", linear_model.LinearRegression),
        model("linear-positive", "amount", "numbers dense", lambda: linear_model.LinearRegression(positive=True)),
        model("linear-no-intercept", "amount pair", "numbers", lambda: linear_model.LinearRegression(fit_intercept=False)),
        model("linear-weights", "amount", "columns", linear_model.LinearRegression, weights=True),
        model("ridge", "amount pair", "numbers columns", linear_model.Ridge),
        model("ridge-sag", "amount", "columns", lambda: linear_model.Ridge(alpha=0.5, solver="sag", random_state=0)),
        model("ridge-lsqr", "amount", "dense", lambda: linear_model.Ridge(alpha=5.0, solver="lsqr")),
        model("ridge-no-intercept", "pair", "dense", lambda: linear_model.Ridge(fit_intercept=False)),
        model("ridge-alphas", "pair", "numbers", lambda: linear_model.Ridge(alpha=np.array([0.5, 20.0]))),
        model("ridge-cv", "amount pair", "numbers columns", lambda: linear_model.RidgeCV(alphas=[0.1, 1.0, 10.0])),
        model("ridge-cv-folds", "amount", "columns", lambda: linear_model.RidgeCV(alphas=[0.1, 1.0], cv=3)),
        model("bayesian-ridge", "amount", "numbers dense", linear_model.BayesianRidge),
        model("ard", "amount", "numbers dense", linear_model.ARDRegression),
    ]


def paths():
    """Sparse coefficients."""
    ratios = {"l1_ratio": [0.3, 0.9], "cv": 3, since((1, 7), "alphas", "n_alphas"): 10}
    alphas = {"cv": 3, since((1, 7), "alphas", "n_alphas"): 10}
    return [
        model("lasso", "amount", "numbers columns", lambda: linear_model.Lasso(alpha=0.1)),
        model("lasso", "pair", "numbers", lambda: linear_model.Lasso(alpha=0.1)),
        model("lasso-positive-random", "amount", "dense", lambda: linear_model.Lasso(alpha=0.1, positive=True, selection="random", random_state=0)),
        model("lasso-cv", "amount", "numbers columns", lambda: linear_model.LassoCV(random_state=0, **alphas)),
        model("elastic-net", "amount", "numbers columns", lambda: linear_model.ElasticNet(alpha=0.1, l1_ratio=0.4)),
        model("elastic-net-cv", "amount", "numbers columns", lambda: linear_model.ElasticNetCV(random_state=0, **ratios)),
        model("multi-task-lasso", "pair", "numbers dense", lambda: linear_model.MultiTaskLasso(alpha=0.1)),
        model("multi-task-elastic-net", "pair", "numbers dense", lambda: linear_model.MultiTaskElasticNet(alpha=0.1)),
        model("multi-task-lasso-cv", "pair", "numbers", lambda: linear_model.MultiTaskLassoCV(random_state=0, **alphas)),
        model("multi-task-elastic-net-cv", "pair", "numbers", lambda: linear_model.MultiTaskElasticNetCV(random_state=0, **ratios)),
        model("lars", "amount", "numbers dense", lambda: linear_model.Lars(n_nonzero_coefs=6)),
        model("lars", "pair", "numbers", lambda: linear_model.Lars(n_nonzero_coefs=4)),
        model("lars-cv", "amount", "numbers dense", lambda: linear_model.LarsCV(cv=3, max_iter=8)),
        model("lasso-lars", "amount", "numbers dense", lambda: linear_model.LassoLars(alpha=0.05)),
        model("lasso-lars-cv", "amount", "numbers dense", lambda: linear_model.LassoLarsCV(cv=3, max_iter=8)),
        model("lasso-lars-ic-aic", "amount", "numbers dense", lambda: linear_model.LassoLarsIC(criterion="aic")),
        model("lasso-lars-ic-bic", "amount", "numbers", lambda: linear_model.LassoLarsIC(criterion="bic")),
        model("omp", "amount", "numbers dense", lambda: linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=5)),
        model("omp", "pair", "numbers", lambda: linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=3)),
        model("omp-cv", "amount", "numbers dense", lambda: linear_model.OrthogonalMatchingPursuitCV(cv=3, max_iter=6)),
    ]


def robust():
    def ransac(first):
        return linear_model.RANSACRegressor(first, min_samples=0.5, random_state=0, max_trials=20)

    return [
        model("huber", "amount", "numbers columns", lambda: linear_model.HuberRegressor(max_iter=300)),
        model("theil-sen", "amount", "numbers", lambda: linear_model.TheilSenRegressor(random_state=0, max_subpopulation=200)),
        model("theil-sen", "amount", "dense", lambda: linear_model.TheilSenRegressor(random_state=0, max_subpopulation=40, n_subsamples=300)),
        model("ransac", "amount", "numbers dense", lambda: ransac(None)),
        model("ransac-ridge", "amount", "numbers columns", lambda: ransac(linear_model.Ridge(alpha=2.0))),
        model("ransac", "pair", "numbers", lambda: ransac(None)),
        model("quantile", "amount", "numbers dense", lambda: linear_model.QuantileRegressor(quantile=0.7, alpha=0.01, solver="highs")),
    ]


def stochastic():
    def sgd(**keywords):
        return linear_model.SGDRegressor(**dict({"random_state": 0, "max_iter": 40, "tol": 1e-3}, **keywords))

    passive = {"random_state": 0, "max_iter": 40, "tol": 1e-3}
    return [
        model("linear-svr", "amount", "numbers columns", lambda: svm.LinearSVR(random_state=0)),
        model("linear-svr-squared", "amount", "dense", lambda: svm.LinearSVR(loss="squared_epsilon_insensitive", dual=False, random_state=0)),
        model("linear-svr-no-intercept", "amount", "columns", lambda: svm.LinearSVR(fit_intercept=False, epsilon=0.5, random_state=0)),
        model("sgd", "amount", "numbers columns", sgd),
        model("sgd-huber-average", "amount", "columns", lambda: sgd(loss="huber", average=True)),
        model("sgd-epsilon", "positive", "dense", lambda: sgd(loss="epsilon_insensitive", penalty="l1", learning_rate="adaptive")),
        model("passive-aggressive", "amount", "numbers columns", lambda: linear_model.PassiveAggressiveRegressor(**passive)),
        model("passive-aggressive-squared", "amount", "columns",
              lambda: linear_model.PassiveAggressiveRegressor(loss="squared_epsilon_insensitive", **passive)),
    ]


def generalized():
    def tweedie(**keywords):
        return linear_model.TweedieRegressor(max_iter=300, **keywords)

    return [
        model("poisson", "counts", "numbers columns", lambda: linear_model.PoissonRegressor(max_iter=300)),
        model("poisson-newton-cholesky", "counts", "columns", lambda: linear_model.PoissonRegressor(solver="newton-cholesky")),
        model("poisson-weights", "counts", "dense", lambda: linear_model.PoissonRegressor(alpha=0.1), weights=True),
        model("gamma", "positive", "numbers columns", lambda: linear_model.GammaRegressor(max_iter=300)),
        model("gamma-no-intercept", "positive", "dense", lambda: linear_model.GammaRegressor(fit_intercept=False)),
        model("tweedie-0", "amount", "numbers columns", lambda: tweedie(power=0)),
        model("tweedie-1", "counts", "columns", lambda: tweedie(power=1, alpha=0.5)),
        model("tweedie-1.5", "counts", "numbers columns", lambda: tweedie(power=1.5)),
        model("tweedie-2", "positive", "columns", lambda: tweedie(power=2)),
        model("tweedie-3", "positive", "dense", lambda: tweedie(power=3, alpha=2.0)),
        model("tweedie-0-log", "positive", "columns", lambda: tweedie(power=0, link="log")),
        model("tweedie-1.5-log", "counts", "dense", lambda: tweedie(power=1.5, link="log")),
        model("tweedie-0-identity", "amount", "dense", lambda: tweedie(power=0, link="identity")),
    ]
