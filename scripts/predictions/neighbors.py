"""Nearest neighbours and support vectors, at plain matrices and behind columns. Runs inside the environment being measured."""

import numpy as np
from sklearn import impute, manifold, neighbors, pipeline, preprocessing, semi_supervised, svm

from predictions.linear import model
from predictions.parts import since
from predictions.transformers import of


def all_models():
    return k_neighbors() + radius() + support_vectors() + support_regressors() + others()


def k_neighbors():
    def classifier(**keywords):
        return neighbors.KNeighborsClassifier(**keywords)

    def regressor(**keywords):
        return neighbors.KNeighborsRegressor(**keywords)

    return [
        model("knn", "binary yes-no three", "numbers columns dense", classifier),
        model("knn", "ints bools signs floats classes-pair", "numbers", classifier),
        model("knn", "three", "frame-full integers", classifier),
        model("knn", "binary", "integers-known ratings-full", classifier),
        model("knn-distance", "binary three", "numbers columns dense", lambda: classifier(weights="distance")),
        model("knn-distance", "classes-pair", "numbers", lambda: classifier(weights="distance", n_neighbors=9)),
        model("knn-distance", "three", "integers", lambda: classifier(weights="distance", n_neighbors=4)),
        model("knn-one", "five", "numbers dense", lambda: classifier(n_neighbors=1)),
        model("knn-many", "five", "numbers columns", lambda: classifier(n_neighbors=31)),
        model("knn-most", "three", "numbers", lambda: classifier(n_neighbors=400)),
        model("knn-brute", "three", "numbers dense columns", lambda: classifier(algorithm="brute")),
        model("knn-brute-distance", "three", "numbers", lambda: classifier(algorithm="brute", weights="distance", n_neighbors=7)),
        model("knn-ball", "three", "numbers dense", lambda: classifier(algorithm="ball_tree", leaf_size=11)),
        model("knn-ball", "binary", "integers", lambda: classifier(algorithm="ball_tree")),
        model("knn-kd", "three", "dense", lambda: classifier(algorithm="kd_tree", leaf_size=5)),
        model("knn-manhattan", "three", "numbers columns dense", lambda: classifier(p=1)),
        model("knn-manhattan-brute", "three", "numbers", lambda: classifier(p=1, algorithm="brute", n_neighbors=6)),
        model("knn-chebyshev", "three", "numbers", lambda: classifier(metric="chebyshev")),
        model("knn-chebyshev-brute", "three", "numbers", lambda: classifier(metric="chebyshev", algorithm="brute", weights="distance")),
        model("knn-p3", "three", "numbers", lambda: classifier(p=3)),
        model("knn-p3-brute", "three", "numbers", lambda: classifier(p=3, algorithm="brute", weights="distance")),
        model("knn-p-weights", "three", "numbers",
              lambda: classifier(metric_params={"w": np.arange(1.0, 9.0)}, p=2, algorithm=since((1, 3), "auto", "brute"))),
        model("knn-canberra", "three", "numbers", lambda: classifier(metric="canberra")),
        model("knn-braycurtis", "three", "positive", lambda: classifier(metric="braycurtis")),
        model("knn-cosine", "three", "numbers columns", lambda: classifier(metric="cosine", weights="distance")),
        model("knn-seuclidean", "three", "numbers", lambda: classifier(metric="seuclidean", metric_params={"V": np.arange(1.0, 9.0)})),
        model("knn-own-metric", "three", "numbers", lambda: classifier(metric=own_metric), refused=True),
        model("knn-own-weights", "three", "numbers", lambda: classifier(weights=own_weights), refused=True),
        model("knn-regressor", "amount pair", "numbers columns dense", regressor),
        model("knn-regressor", "counts", "integers-known numbers", regressor),
        model("knn-regressor-distance", "amount pair", "numbers columns dense", lambda: regressor(weights="distance")),
        model("knn-regressor-many", "amount pair", "numbers", lambda: regressor(n_neighbors=20)),
        model("knn-regressor-many-distance", "pair", "numbers", lambda: regressor(n_neighbors=20, weights="distance")),
        model("knn-regressor-brute", "amount", "numbers dense", lambda: regressor(algorithm="brute", weights="distance", n_neighbors=3)),
        model("knn-regressor-manhattan", "amount", "numbers columns", lambda: regressor(p=1, n_neighbors=8)),
    ]


def own_metric(one, other):
    return abs(one - other).sum()


def own_weights(distances):
    return 1.0 / (1.0 + distances)


def radius():
    def classifier(label=0, radius=2.2, **keywords):
        return lambda: scaled(neighbors.RadiusNeighborsClassifier(radius=radius, outlier_label=label, **keywords))

    def regressor(radius=2.2, **keywords):
        return lambda: scaled(neighbors.RadiusNeighborsRegressor(radius=radius, **keywords))

    frequent = since((0, 22), "most_frequent", "gold")
    return [
        model("radius", "binary", "numbers", classifier()),
        model("radius", "three", "numbers", classifier(label="gold")),
        model("radius-frequent", "three", "numbers", classifier(label=frequent)),
        model("radius-distance", "ints", "numbers", classifier(label=7, weights="distance")),
        model("radius-large", "ints five", "numbers", classifier(label=None, radius=40.0, algorithm="brute")),
        model("radius-large", "classes-pair", "numbers", classifier(label=None, radius=40.0)),
        model("radius-manhattan", "ints", "numbers", classifier(label=7, p=1, radius=4.5, algorithm="ball_tree")),
        model("radius-regressor", "amount pair", "numbers", regressor()),
        model("radius-regressor-distance", "amount pair", "numbers", regressor(weights="distance", radius=3.0)),
        model("radius-regressor-brute", "amount", "numbers", regressor(algorithm="brute")),
    ]


def scaled(estimator):
    """Behind a scaler, which a radius of one length needs."""
    return pipeline.Pipeline([("scale", preprocessing.StandardScaler()), ("model", estimator)])


def support_vectors():
    def svc(**keywords):
        return svm.SVC(**dict({"gamma": "scale"}, **keywords))

    def nu(**keywords):
        return svm.NuSVC(**dict({"gamma": "scale", "nu": 0.2}, **keywords))

    return [
        model("svc", "binary yes-no three five", "numbers columns", svc),
        model("svc", "ints bools signs floats", "numbers", svc),
        model("svc", "three", "float32 frame-full dense", svc),
        model("svc-weights", "three", "columns", svc, weights=True),
        model("svc-linear", "binary three", "numbers columns dense", lambda: svc(kernel="linear", max_iter=3000)),
        model("svc-poly", "binary three", "dense columns", lambda: svc(kernel="poly")),
        model("svc-poly-4", "three", "dense", lambda: svc(kernel="poly", degree=4, coef0=1.0, gamma=0.05)),
        model("svc-sigmoid", "binary three", "dense columns", lambda: svc(kernel="sigmoid", coef0=0.5)),
        model("svc-ovo", "three five binary", "numbers columns", lambda: svc(decision_function_shape="ovo")),
        model("svc-ties", "three five", "numbers", lambda: svc(break_ties=True)),
        model("svc-balanced", "three", "dense", lambda: svc(class_weight="balanced", C=3.0)),
        model("svc-auto", "three", "dense", lambda: svc(gamma="auto")),
        model("svc-probability", "binary three five", "numbers columns", lambda: svc(probability=True, random_state=0)),
        model("svc-probability-linear", "yes-no", "dense", lambda: svc(kernel="linear", probability=True, random_state=0, max_iter=3000)),
        model("svc-own-kernel", "three", "numbers", lambda: svc(kernel=own_kernel), refused=True),
        model("nu-svc", "binary three", "numbers columns", nu),
        model("nu-svc-probability", "three", "dense", lambda: nu(probability=True, random_state=0)),
        model("nu-svc-ovo", "five", "dense", lambda: nu(nu=0.1, decision_function_shape="ovo", kernel="sigmoid")),
    ]


def own_kernel(one, other):
    return one.dot(other.T)


def support_regressors():
    def svr(**keywords):
        return svm.SVR(**dict({"gamma": "scale"}, **keywords))

    return [
        model("svr", "amount", "numbers columns dense float32", svr),
        model("svr-linear", "amount", "dense columns", lambda: svr(kernel="linear", C=0.5)),
        model("svr-poly", "amount", "dense", lambda: svr(kernel="poly", degree=2, coef0=0.5)),
        model("svr-sigmoid", "amount", "dense", lambda: svr(kernel="sigmoid")),
        model("svr-epsilon", "amount", "dense", lambda: svr(epsilon=2.0, C=10.0)),
        model("svr-none", "amount", "dense", lambda: svr(epsilon=1e6)),
        model("nu-svr", "amount", "numbers columns", lambda: svm.NuSVR(gamma="scale", C=5.0)),
        model("one-class-svm", "amount", "numbers columns dense", lambda: svm.OneClassSVM(gamma="scale", nu=0.2)),
        model("one-class-svm-poly", "amount", "dense", lambda: svm.OneClassSVM(gamma="scale", nu=0.1, kernel="poly")),
    ]


def others():
    centroid, outliers, density = neighbors.NearestCentroid, neighbors.LocalOutlierFactor, neighbors.KernelDensity
    return [
        model("nearest-centroid", "binary three five", "numbers columns dense", centroid),
        model("nearest-centroid", "ints", "integers", centroid),
        model("nearest-centroid-manhattan", "three", "numbers dense", lambda: centroid(metric="manhattan")),
        model("nearest-centroid-shrunk", "three", "dense", lambda: centroid(shrink_threshold=0.3)),
        model("nearest-centroid-priors", "three binary", "numbers dense", lambda: centroid(priors="empirical")),
        model("nearest-centroid-own-priors", "three", "numbers", lambda: centroid(priors=[0.2, 0.5, 0.3])),
        model("local-outlier-factor", "amount", "numbers dense columns", lambda: outliers(novelty=True, contamination=0.1)),
        model("local-outlier-factor-few", "amount", "numbers dense", lambda: outliers(novelty=True, n_neighbors=5, contamination=0.2)),
        model("local-outlier-factor-manhattan", "amount", "dense", lambda: outliers(novelty=True, p=1, contamination=0.1)),
        model("kernel-density", "amount", "numbers", lambda: scaled(density())),
        model("kernel-density-width", "amount", "numbers dense", lambda: density(bandwidth=3.0)),
        model("kernel-density-tophat", "amount", "numbers", lambda: scaled(density(bandwidth=2.5, kernel="tophat"))),
        model("kernel-density-epanechnikov", "amount", "numbers", lambda: scaled(density(bandwidth=4.0, kernel="epanechnikov"))),
        model("kernel-density-exponential", "amount", "numbers", lambda: scaled(density(kernel="exponential", metric="manhattan"))),
        model("kernel-density-linear", "amount", "numbers", lambda: scaled(density(bandwidth=4.0, kernel="linear"))),
        model("kernel-density-cosine", "amount", "ratings-full", lambda: density(kernel="cosine", algorithm="ball_tree")),
        model("kernel-density-tolerant", "amount", "numbers", lambda: scaled(density(rtol=1e-3)), refused=True),
        model("label-propagation", "binary ints", "numbers", lambda: scaled(semi_supervised.LabelPropagation(gamma=1.0))),
        model("label-propagation-knn", "ints", "numbers", lambda: scaled(semi_supervised.LabelPropagation(kernel="knn", max_iter=3000))),
        model("label-spreading", "binary", "dense", lambda: semi_supervised.LabelSpreading(gamma=0.3)),
        model("label-spreading-knn", "ints binary", "numbers", lambda: scaled(semi_supervised.LabelSpreading(kernel="knn", n_neighbors=5))),
        model("local-outlier-factor-once", "amount", "numbers", lambda: outliers(contamination=0.1), refused=True),
    ]


def all_transformers():
    def fill(**keywords):
        return impute.KNNImputer(**keywords)

    return (
        of("KNNImputer", "holes", "logistic", knn_impute=fill, knn_impute_distance=lambda: fill(weights="distance", n_neighbors=3),
           knn_impute_indicator=lambda: fill(add_indicator=True), knn_impute_many=lambda: fill(n_neighbors=1000))
        + of("KNNImputer", "frame numbers", "tree", knn_impute=fill)
        + of("KNNImputer", "empty", "ridge", knn_impute=fill, knn_impute_keep=lambda: fill(keep_empty_features=True, add_indicator=True))
        + of("KNNImputer", "minus-float", "tree", knn_impute_minus=lambda: fill(missing_values=-1, n_neighbors=4, weights="distance"))
        + of("KNNImputer", "coded", "", knn_impute=lambda: fill(n_neighbors=2))
        + of("KNeighborsTransformer", "numbers", "ridge", knn_graph=lambda: neighbors.KNeighborsTransformer(n_neighbors=6),
             knn_graph_plain=lambda: neighbors.KNeighborsTransformer(mode="connectivity"))
        + of("RadiusNeighborsTransformer", "numbers", "", radius_graph=lambda: scaled(neighbors.RadiusNeighborsTransformer(radius=2.0)))
        + of("Isomap", "numbers", "", isomap=lambda: scaled(manifold.Isomap(n_neighbors=8, n_components=3)))
        + of("NeighborhoodComponentsAnalysis", "numbers", "",
             neighborhood_components=lambda: neighbors.NeighborhoodComponentsAnalysis(n_components=3, max_iter=5, random_state=0))
    )
