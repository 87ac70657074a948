"""Clusterings, mixtures, outlier detectors of a covariance, naive Bayes, discriminants, perceptrons of layers and projections of two
blocks. Runs inside the environment being measured."""

import numpy as np
from sklearn import cluster, covariance, cross_decomposition, discriminant_analysis, linear_model, mixture, naive_bayes, neural_network

from predictions.linear import model
from predictions.parts import since


def all_clusters():
    return clusters() + mixtures() + outliers() + bayes() + discriminants() + perceptrons() + blocks()


def clusters():
    kmeans, mini = cluster.KMeans, cluster.MiniBatchKMeans
    few = {"n_clusters": 5, "n_init": 2, "random_state": 0}
    plain = since((1, 1), "lloyd", "full")
    return [
        model("kmeans", "binary", "numbers frame-full dense integers-known columns", lambda: kmeans(**few)),
        model("kmeans-lloyd", "binary", "numbers", lambda: kmeans(algorithm=plain, **few)),
        model("kmeans-random", "binary", "numbers", lambda: kmeans(**dict(few, init="random", n_clusters=40))),
        model("kmeans-one", "binary", "numbers", lambda: kmeans(**dict(few, n_clusters=1))),
        model("kmeans-weights", "binary", "numbers", lambda: kmeans(**few), weights=True),
        model("kmeans", "binary", "float32", lambda: kmeans(**few), refused=True),
        model("minibatch-kmeans", "binary", "numbers dense", lambda: mini(batch_size=100, **few)),
        model("bisecting-kmeans", "binary", "numbers dense columns", lambda: cluster.BisectingKMeans(**few)),
        model("bisecting-kmeans-largest", "binary", "numbers",
              lambda: cluster.BisectingKMeans(**dict(few, n_clusters=9, bisecting_strategy="largest_cluster"))),
        model("birch", "binary", "numbers", lambda: cluster.Birch(n_clusters=4, threshold=1.5)),
        model("birch-none", "binary", "numbers dense", lambda: cluster.Birch(n_clusters=None, threshold=2.5)),
        model("birch-estimator", "binary", "numbers",
              lambda: cluster.Birch(n_clusters=cluster.KMeans(3, random_state=0, n_init=1), threshold=2.0)),
        model("mean-shift", "binary", "numbers", lambda: cluster.MeanShift(bandwidth=4.0)),
        model("mean-shift-not-all", "binary", "numbers", lambda: cluster.MeanShift(bandwidth=4.0, cluster_all=False)),
        model("affinity-propagation", "binary", "numbers", lambda: cluster.AffinityPropagation(damping=0.7, preference=-60)),
    ]


def mixtures():
    gaussian, bayesian = mixture.GaussianMixture, mixture.BayesianGaussianMixture
    found = []
    for kind in ("full", "tied", "diag", "spherical"):
        found += [
            model("mixture-" + kind, "binary", "numbers dense",
                  lambda kind=kind: gaussian(3, covariance_type=kind, random_state=0, reg_covar=1e-3)),
            model("bayesian-mixture-" + kind, "binary", "numbers",
                  lambda kind=kind: bayesian(n_components=4, covariance_type=kind, random_state=0, max_iter=50)),
        ]
    return found + [
        model("mixture-one", "binary", "numbers", lambda: gaussian(1)),
        model("bayesian-mixture-distribution", "binary", "numbers",
              lambda: bayesian(n_components=4, weight_concentration_prior_type="dirichlet_distribution", random_state=0, max_iter=50)),
    ]


def outliers():
    few = {"random_state": 0}

    def one_class(**keywords):
        return linear_model.SGDOneClassSVM(random_state=0, **keywords)

    return [
        model("elliptic-envelope", "binary", "numbers", lambda: covariance.EllipticEnvelope(**few)),
        model("elliptic-envelope-centred", "binary", "numbers",
              lambda: covariance.EllipticEnvelope(assume_centered=True, contamination=0.2, support_fraction=0.8, **few)),
        model("sgd-one-class", "binary", "numbers dense", one_class),
        model("sgd-one-class-average", "binary", "columns", lambda: one_class(nu=0.2, average=True)),
        model("sgd-one-class-no-intercept", "binary", "dense", lambda: one_class(fit_intercept=False)),
    ]


def bayes():
    multinomial, complement, bernoulli = naive_bayes.MultinomialNB, naive_bayes.ComplementNB, naive_bayes.BernoulliNB
    return [
        model("multinomial-nb", "binary three", "counts positive", multinomial),
        model("multinomial-nb-alpha", "ints", "counts", lambda: multinomial(alpha=0.1, fit_prior=False)),
        model("multinomial-nb-alphas", "yes-no", "counts", lambda: multinomial(alpha=np.linspace(0.1, 1.0, 12))),
        model("multinomial-nb-priors", "three", "counts", lambda: multinomial(class_prior=[0.2, 0.5, 0.3])),
        model("multinomial-nb-weights", "three", "counts", multinomial, weights=True),
        model("complement-nb", "binary three", "counts positive", complement),
        model("complement-nb-norm", "five", "counts", lambda: complement(norm=True, alpha=0.5)),
        model("bernoulli-nb", "binary three", "numbers flags counts dense", bernoulli),
        model("bernoulli-nb-threshold", "five", "numbers", lambda: bernoulli(binarize=0.4, alpha=0.2)),
        model("bernoulli-nb-none", "three", "flags", lambda: bernoulli(binarize=None)),
        model("bernoulli-nb", "yes-no", "columns", bernoulli),
        model("categorical-nb", "binary three", "integers-known", lambda: naive_bayes.CategoricalNB()),
        model("categorical-nb-alpha", "ints", "integers-known flags", lambda: naive_bayes.CategoricalNB(alpha=0.3, fit_prior=False)),
        model("categorical-nb-min", "binary", "integers", lambda: naive_bayes.CategoricalNB(min_categories=80)),
    ]


def discriminants():
    linear, quadratic = discriminant_analysis.LinearDiscriminantAnalysis, discriminant_analysis.QuadraticDiscriminantAnalysis
    return [
        model("lda", "binary three five yes-no", "numbers", linear),
        model("lda", "three", "dense", linear),
        model("lda-one", "three", "numbers", lambda: linear(n_components=1)),
        model("lda-lsqr", "binary three", "numbers", lambda: linear(solver="lsqr")),
        model("lda-lsqr-shrinkage", "three", "dense", lambda: linear(solver="lsqr", shrinkage="auto")),
        model("lda-eigen", "binary three", "numbers", lambda: linear(solver="eigen")),
        model("lda-eigen-shrinkage", "five", "numbers", lambda: linear(solver="eigen", shrinkage=0.3, n_components=2)),
        model("lda-priors", "ints", "numbers", lambda: linear(priors=[0.2, 0.5, 0.3])),
        model("lda-store", "bools", "numbers", lambda: linear(store_covariance=True)),
        model("lda-covariance", "three", "numbers", lambda: linear(solver="lsqr", covariance_estimator=covariance.OAS())),
        model("qda", "binary three five yes-no", "numbers", lambda: quadratic(tol=1e-9)),
        model("qda-regular", "three", "numbers dense", lambda: quadratic(reg_param=0.3)),
        model("qda-priors", "ints", "numbers", lambda: quadratic(priors=[0.2, 0.5, 0.3], store_covariance=True, tol=1e-9)),
        model("qda-eigen", "three", "numbers", lambda: quadratic(solver="eigen", shrinkage=0.2)),
    ]


def perceptrons():
    classifier, regressor = neural_network.MLPClassifier, neural_network.MLPRegressor

    def few(**keywords):
        return dict({"hidden_layer_sizes": (12,), "max_iter": 40, "random_state": 0}, **keywords)

    found = [
        model("mlp", "binary yes-no three bools five", "numbers", lambda: classifier(**few())),
        model("mlp", "three", "columns dense", lambda: classifier(**few())),
        model("mlp", "labels", "numbers", lambda: classifier(**few())),
        model("mlp-deep", "three", "numbers", lambda: classifier(**few(hidden_layer_sizes=(9, 7, 5), solver="lbfgs"))),
        model("mlp-sgd-early", "ints", "numbers", lambda: classifier(**few(solver="sgd", early_stopping=True))),
        model("mlp-no-layer", "three", "numbers", lambda: classifier(**few(hidden_layer_sizes=()))),
        model("mlp-regressor", "amount pair", "numbers", lambda: regressor(**few())),
        model("mlp-regressor", "amount", "columns", lambda: regressor(**few())),
        model("mlp-regressor-lbfgs", "amount", "numbers", lambda: regressor(**few(solver="lbfgs", hidden_layer_sizes=(8, 4)))),
        model("mlp-regressor-poisson", "counts", "numbers", lambda: regressor(**few(loss="poisson"))),
    ]
    for activation in ("identity", "logistic", "tanh"):
        found += [
            model("mlp-" + activation, "three binary", "numbers", lambda kind=activation: classifier(**few(activation=kind))),
            model("mlp-regressor-" + activation, "amount", "dense", lambda kind=activation: regressor(**few(activation=kind))),
        ]
    return found


def blocks():
    regression, canonical, correlation = cross_decomposition.PLSRegression, cross_decomposition.PLSCanonical, cross_decomposition.CCA
    return [
        model("pls-regression", "amount pair", "numbers", lambda: regression(n_components=3)),
        model("pls-regression", "amount", "dense", lambda: regression(n_components=5)),
        model("pls-regression-no-scale", "amount pair", "numbers", lambda: regression(scale=False)),
        model("pls-canonical", "pair", "numbers", lambda: canonical(n_components=2)),
        model("pls-canonical-svd", "pair", "numbers", lambda: canonical(n_components=2, algorithm="svd")),
        model("cca", "pair", "numbers", lambda: correlation(n_components=2)),
        model("pls-svd", "pair", "numbers", lambda: cross_decomposition.PLSSVD(n_components=2)),
        model("pls-svd-no-scale", "pair", "numbers", lambda: cross_decomposition.PLSSVD(n_components=1, scale=False)),
    ]
