"""Trees, forests and boosting, at plain matrices and behind columns. Runs inside the environment being measured."""

from sklearn import dummy, ensemble, linear_model, tree

from predictions.linear import model
from predictions.parts import logistic, since

SQUARED, ABSOLUTE = since((1, 0), "squared_error", "mse"), since((1, 0), "absolute_error", "mae")


def all_trees():
    return single_trees() + forests() + boosting() + histograms() + histograms_of_categories()


def single_trees():
    def classifier(**keywords):
        return tree.DecisionTreeClassifier(random_state=0, **keywords)

    def regressor(**keywords):
        return tree.DecisionTreeRegressor(random_state=0, **keywords)

    return [
        model("tree", "binary three", "numbers columns dense", classifier),
        model("tree", "ints bools", "float32 frame-full", classifier),
        model("tree", "three", "holes minus", classifier),
        model("tree-entropy", "three", "columns", lambda: classifier(criterion="entropy", max_depth=5)),
        model("tree-log-loss", "yes-no", "numbers", lambda: classifier(criterion="log_loss", max_leaf_nodes=20)),
        model("tree-random", "five", "dense", lambda: classifier(splitter="random", min_samples_leaf=3)),
        model("tree-balanced", "three", "columns", lambda: classifier(class_weight="balanced", max_features="sqrt")),
        model("tree-class-weight", "ints", "numbers", lambda: classifier(class_weight={3: 1.0, 7: 2.5, 10: 0.3})),
        model("tree", "classes-pair", "numbers dense", classifier),
        model("tree-weights", "three", "numbers columns", lambda: classifier(max_depth=7), weights=True),
        model("tree-pruned", "three", "numbers", lambda: classifier(ccp_alpha=0.005)),
        model("tree-monotonic", "binary", "numbers", lambda: classifier(max_depth=6, monotonic_cst=[1, 1, -1, 0, 0, 0, 0, 0])),
        model("tree", "amount pair", "numbers columns", regressor),
        model("tree", "amount", "holes", regressor),
        model("tree-friedman", "amount", "dense", lambda: regressor(criterion="friedman_mse", max_depth=8)),
        model("tree-absolute", "amount", "numbers", lambda: regressor(criterion=ABSOLUTE, max_depth=6)),
        model("tree-poisson", "counts", "columns", lambda: regressor(criterion="poisson", max_depth=6)),
        model("tree-pruned", "amount", "columns", lambda: regressor(ccp_alpha=0.5)),
        model("tree-weights", "pair", "dense", lambda: regressor(min_samples_split=9), weights=True),
        model("tree-monotonic", "amount", "numbers", lambda: regressor(max_depth=6, monotonic_cst=[1, 1, -1, 0, 0, 0, 0, 0])),
        model("extra-tree", "three", "numbers columns", lambda: tree.ExtraTreeClassifier(random_state=0)),
        model("extra-tree-entropy", "yes-no", "dense", lambda: tree.ExtraTreeClassifier(criterion="entropy", random_state=0)),
        model("extra-tree", "three", "holes", lambda: tree.ExtraTreeClassifier(random_state=0)),
        model("extra-tree", "amount pair", "numbers columns", lambda: tree.ExtraTreeRegressor(random_state=0)),
    ]


def forests():
    def forest(**keywords):
        return ensemble.RandomForestClassifier(**dict({"n_estimators": 12, "random_state": 0}, **keywords))

    def forest_regressor(**keywords):
        return ensemble.RandomForestRegressor(**dict({"n_estimators": 12, "random_state": 0}, **keywords))

    def extra(**keywords):
        return ensemble.ExtraTreesClassifier(**dict({"n_estimators": 12, "random_state": 0}, **keywords))

    def extra_regressor(**keywords):
        return ensemble.ExtraTreesRegressor(**dict({"n_estimators": 12, "random_state": 0}, **keywords))

    return [
        model("forest", "binary three", "numbers columns", forest),
        model("forest", "yes-no", "dense", lambda: forest(n_estimators=25, max_depth=6, n_jobs=1)),
        model("forest", "three", "holes float32", forest),
        model("forest-no-bootstrap", "ints", "columns", lambda: forest(bootstrap=False, max_features=0.5, n_estimators=10)),
        model("forest-oob", "three", "numbers", lambda: forest(oob_score=True)),
        model("forest-balanced", "three", "columns", lambda: forest(class_weight="balanced")),
        model("forest-balanced-subsample", "bools", "dense", lambda: forest(class_weight="balanced_subsample", criterion="entropy")),
        model("forest", "classes-pair", "numbers columns", lambda: forest(n_estimators=10, max_depth=8)),
        model("forest-weights", "five", "numbers", lambda: forest(max_samples=0.6, min_samples_leaf=2), weights=True),
        model("forest-monotonic", "binary", "numbers", lambda: forest(max_depth=6, monotonic_cst=[1, 1, -1, 0, 0, 0, 0, 0])),
        model("forest", "amount pair", "numbers columns", lambda: forest_regressor(max_depth=9)),
        model("forest", "amount", "holes frame-full", lambda: forest_regressor(max_depth=9)),
        model("forest-absolute", "amount", "dense", lambda: forest_regressor(n_estimators=10, criterion=ABSOLUTE, max_depth=5)),
        model("forest-poisson", "counts", "columns", lambda: forest_regressor(criterion="poisson", max_depth=7)),
        model("forest-oob-deep", "amount", "dense", lambda: forest_regressor(oob_score=True, max_samples=0.5, ccp_alpha=0.1)),
        model("extra-trees", "binary three", "numbers columns", lambda: extra(max_depth=10)),
        model("extra-trees-bootstrap", "yes-no", "dense", lambda: extra(bootstrap=True, oob_score=True, class_weight="balanced", max_depth=8)),
        model("extra-trees", "classes-pair", "numbers", lambda: extra(n_estimators=10, max_depth=7)),
        model("extra-trees", "three", "holes", lambda: extra(max_depth=8)),
        model("extra-trees", "amount pair", "numbers columns", lambda: extra_regressor(max_depth=8)),
        model("extra-trees-friedman", "amount", "dense", lambda: extra_regressor(criterion="friedman_mse", bootstrap=True, max_depth=7)),
    ]


def boosting():
    def classifier(**keywords):
        return ensemble.GradientBoostingClassifier(**dict({"n_estimators": 20, "random_state": 0}, **keywords))

    def regressor(**keywords):
        return ensemble.GradientBoostingRegressor(**dict({"n_estimators": 20, "random_state": 0}, **keywords))

    absolute = since((1, 0), "absolute_error", "lad")
    return [
        model("boosting", "binary three", "numbers columns", classifier),
        model("boosting", "yes-no ints", "dense float32", classifier),
        model("boosting-exponential", "binary", "numbers columns", lambda: classifier(loss="exponential")),
        model("boosting-zero", "binary three", "numbers", lambda: classifier(init="zero")),
        model("boosting-init-logistic", "yes-no three", "numbers columns", lambda: classifier(init=logistic())),
        model("boosting-init-dummy", "three", "dense", lambda: classifier(init=dummy.DummyClassifier(strategy="prior"))),
        model("boosting-init-logistic-exponential", "binary", "numbers", lambda: classifier(init=logistic(), loss="exponential")),
        model("boosting-subsample", "three", "columns", lambda: classifier(subsample=0.6, max_features="sqrt", learning_rate=0.5)),
        model("boosting-early", "binary", "dense", lambda: classifier(n_estimators=60, n_iter_no_change=3, learning_rate=0.3)),
        model("boosting-leaves", "five", "numbers", lambda: classifier(max_depth=None, max_leaf_nodes=12, learning_rate=1.0, n_estimators=10)),
        model("boosting-weights", "three", "columns", classifier, weights=True),
        model("boosting", "amount", "numbers columns", regressor),
        model("boosting-absolute", "amount", "numbers columns", lambda: regressor(loss=absolute)),
        model("boosting-huber", "amount", "numbers columns", lambda: regressor(loss="huber", alpha=0.85)),
        model("boosting-quantile", "amount", "numbers columns", lambda: regressor(loss="quantile", alpha=0.8)),
        model("boosting-zero", "amount", "dense", lambda: regressor(init="zero", learning_rate=0.4)),
        model("boosting-init-linear", "amount", "numbers columns", lambda: regressor(init=linear_model.LinearRegression())),
        model("boosting-early-subsample", "positive", "columns", lambda: regressor(n_estimators=60, n_iter_no_change=3, subsample=0.7)),
        model("boosting-squared", "amount", "dense", lambda: regressor(criterion=SQUARED, ccp_alpha=0.2, max_depth=5)),
    ]


def histogram_classifier(**keywords):
    return ensemble.HistGradientBoostingClassifier(**dict({"max_iter": 15, "random_state": 0}, **keywords))


def histogram_regressor(**keywords):
    return ensemble.HistGradientBoostingRegressor(**dict({"max_iter": 15, "random_state": 0}, **keywords))


def histograms():
    monotonic = [1, 1, -1, 0, 0, 0, 0, 0, 0]
    absolute = since((1, 0), "absolute_error", "least_absolute_deviation")
    return [
        model("histograms", "binary three", "numbers dense", histogram_classifier),
        model("histograms", "yes-no three", "holes frame", histogram_classifier),
        model("histograms", "ints", "float32", histogram_classifier),
        model("histograms-early", "bools", "holes",
              lambda: histogram_classifier(early_stopping=True, max_iter=60, n_iter_no_change=3, learning_rate=0.3)),
        model("histograms-early", "five", "numbers", lambda: histogram_classifier(n_iter_no_change=2, tol=1e-2, max_iter=30)),
        model("histograms-monotonic", "binary", "holes", lambda: histogram_classifier(monotonic_cst=monotonic, max_depth=5)),
        model("histograms-monotonic-names", "binary", "frame", lambda: histogram_classifier(monotonic_cst={"n0": 1, "n2": -1})),
        model("histograms-interaction", "three", "holes", lambda: histogram_classifier(interaction_cst=[{0, 1, 2}, {3, 4, 5}, {6, 7, 8}])),
        model("histograms-pairwise", "binary", "numbers", lambda: histogram_classifier(interaction_cst="pairwise")),
        model("histograms-balanced", "three", "dense", lambda: histogram_classifier(class_weight="balanced", max_bins=32)),
        model("histograms-few", "three", "numbers",
              lambda: histogram_classifier(max_iter=2, l2_regularization=1.0, max_leaf_nodes=6, min_samples_leaf=5)),
        model("histograms-weights", "binary", "dense", histogram_classifier, weights=True),
        model("histograms", "amount", "numbers dense holes", histogram_regressor),
        model("histograms-absolute", "amount", "holes dense", lambda: histogram_regressor(loss=absolute)),
        model("histograms-poisson", "counts", "numbers dense", lambda: histogram_regressor(loss="poisson")),
        model("histograms-gamma", "positive", "holes dense", lambda: histogram_regressor(loss="gamma")),
        model("histograms-quantile", "amount", "holes dense", lambda: histogram_regressor(loss="quantile", quantile=0.75)),
        model("histograms-early", "amount", "holes",
              lambda: histogram_regressor(early_stopping=True, scoring="loss", max_iter=60, learning_rate=0.4)),
        model("histograms-deep", "amount", "float32", lambda: histogram_regressor(max_leaf_nodes=None, max_depth=9, min_samples_leaf=2, max_iter=6)),
        model("histograms-monotonic", "amount", "holes", lambda: histogram_regressor(monotonic_cst=monotonic)),
        model("histograms-features", "amount", "numbers", lambda: histogram_regressor(max_features=0.5)),
    ]


def histograms_of_categories():
    mask = [False] * 8 + [True, True]
    return [
        model("histograms-mask", "binary three", "coded", lambda: histogram_classifier(categorical_features=mask)),
        model("histograms-indices", "yes-no", "coded", lambda: histogram_classifier(categorical_features=[8, 9])),
        model("histograms-indices", "amount", "coded", lambda: histogram_regressor(categorical_features=[9])),
        model("histograms-mask-poisson", "counts", "coded", lambda: histogram_regressor(loss="poisson", categorical_features=mask)),
        model("histograms-from-dtype", "binary three", "categories", lambda: histogram_classifier(categorical_features="from_dtype")),
        model("histograms-from-dtype", "amount", "categories",
              lambda: histogram_regressor(categorical_features="from_dtype", monotonic_cst={"age": 1})),
        model("histograms-names", "three", "categories", lambda: histogram_classifier(categorical_features=["city", "plan", "code", "band"])),
        model("histograms-default", "yes-no", "categories", histogram_classifier),
    ]
