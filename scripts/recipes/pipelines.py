"""Pipelines as people build them: mixed columns, text, searches, ensembles of ensembles. Runs inside the environment being measured.

Each function returns a fitted object, or raises when the release or an installed package lacks what it uses; the caller counts both.
"""

import numpy as np
from recipes.estimators import COLOURS, ROWS, TEXTS, Data

DATA = Data()


def table():
    import pandas as pd

    frame = pd.DataFrame(DATA.matrix.copy(), columns=["length", "width", "mass", "age"])
    frame.loc[3, "mass"] = np.nan
    frame["colour"] = [COLOURS[i % 3] for i in range(ROWS)]
    frame["note"] = TEXTS
    return frame


def logistic(**keywords):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(solver="lbfgs", **keywords)


def columns(numbers, words, text=None):
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    parts = [
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("words", OneHotEncoder(handle_unknown="ignore"), words),
    ]
    if text:
        parts.append(("text", TfidfVectorizer(), text))
    return ColumnTransformer(parts, remainder="drop")


def mixed_columns():
    from sklearn.pipeline import make_pipeline

    return make_pipeline(columns(["length", "mass"], ["colour"]), logistic()).fit(table(), DATA.names)


def mixed_columns_and_text():
    from sklearn.pipeline import make_pipeline

    return make_pipeline(columns(["length", "mass"], ["colour"], "note"), logistic()).fit(table(), DATA.binary)


def mixed_columns_forest():
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline

    return make_pipeline(columns(["length", "age"], ["colour"]), RandomForestClassifier(n_estimators=5, random_state=0)).fit(
        table(), DATA.names
    )


def columns_passthrough():
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    mixed = ColumnTransformer([("range", MinMaxScaler(), [0, 1]), ("as-is", "passthrough", [2])], remainder="passthrough")
    return make_pipeline(mixed, logistic()).fit(DATA.matrix, DATA.classes)


def columns_selected_by_type():
    from sklearn.compose import ColumnTransformer, make_column_selector
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder, StandardScaler

    frame = table().drop(columns=["note"]).fillna(0.0)
    mixed = ColumnTransformer(
        [
            ("numbers", StandardScaler(), make_column_selector(dtype_include=np.number)),
            ("words", OrdinalEncoder(), make_column_selector(dtype_exclude=np.number)),
        ]
    )
    return make_pipeline(mixed, logistic()).fit(frame, DATA.binary)


def grid_search():
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import Pipeline
    from sklearn.tree import DecisionTreeClassifier

    pipeline = Pipeline([("columns", columns(["length", "mass"], ["colour"])), ("tree", DecisionTreeClassifier(random_state=0))])
    return GridSearchCV(pipeline, {"tree__max_depth": [2, 3]}, cv=3).fit(table(), DATA.names)


def grid_search_scorers():
    from sklearn.metrics import f1_score, make_scorer
    from sklearn.model_selection import GridSearchCV, StratifiedKFold

    scoring = {"f1": make_scorer(f1_score, average="macro"), "accuracy": "accuracy"}
    return GridSearchCV(logistic(), {"C": np.logspace(-1, 1, 3)}, cv=StratifiedKFold(3), scoring=scoring, refit="f1").fit(
        DATA.matrix, DATA.classes
    )


def random_search_distributions():
    import scipy.stats
    from sklearn.model_selection import RandomizedSearchCV

    choice = {"C": scipy.stats.uniform(0.1, 5.0), "max_iter": scipy.stats.randint(50, 200)}
    return RandomizedSearchCV(logistic(), choice, n_iter=3, cv=3, random_state=0).fit(DATA.matrix, DATA.classes)


def random_search_loguniform():
    import scipy.stats
    from sklearn.model_selection import RandomizedSearchCV

    return RandomizedSearchCV(logistic(), {"C": scipy.stats.loguniform(1e-2, 1e2)}, n_iter=3, cv=3, random_state=0).fit(
        DATA.matrix, DATA.classes
    )


def voting_soft():
    from sklearn.ensemble import RandomForestClassifier, VotingClassifier
    from sklearn.svm import SVC

    members = [("l", logistic()), ("f", RandomForestClassifier(n_estimators=5)), ("s", SVC(gamma="scale", probability=True))]
    return VotingClassifier(members, voting="soft").fit(DATA.matrix, DATA.names)


def stacking():
    from sklearn.ensemble import GradientBoostingClassifier, StackingClassifier

    return StackingClassifier([("l", logistic()), ("g", GradientBoostingClassifier(n_estimators=4))], final_estimator=logistic()).fit(
        DATA.matrix, DATA.names
    )


def bagging():
    from sklearn.ensemble import BaggingClassifier

    return BaggingClassifier(logistic(), n_estimators=4, max_features=0.5, random_state=0).fit(DATA.matrix, DATA.classes)


def calibrated_isotonic():
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import LinearSVC

    return CalibratedClassifierCV(LinearSVC(), method="isotonic", cv=3).fit(DATA.matrix, DATA.classes)


def function_log1p():
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    return make_pipeline(FunctionTransformer(np.log1p, inverse_func=np.expm1, validate=True), logistic()).fit(DATA.positive, DATA.classes)


def functions_of_numpy():
    from sklearn.pipeline import make_union
    from sklearn.preprocessing import FunctionTransformer

    return make_union(*[FunctionTransformer(f, validate=True) for f in (np.sqrt, np.log, np.exp, np.abs, np.square)]).fit(DATA.positive)


def transformed_target():
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import Ridge

    return TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(DATA.matrix, DATA.counts)


def text_topics():
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(CountVectorizer(ngram_range=(1, 2), stop_words="english"), TfidfTransformer(), TruncatedSVD(3), logistic()).fit(
        TEXTS, DATA.binary
    )


def text_bayes():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(TEXTS, DATA.names)


def reduced_support_vectors():
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), PCA(2, whiten=True), SVC(gamma="scale", probability=True)).fit(DATA.matrix, DATA.names)


def neighbours():
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import RobustScaler

    return make_pipeline(RobustScaler(), KNeighborsClassifier(weights="distance", algorithm="ball_tree")).fit(DATA.matrix, DATA.names)


def selected_features():
    from sklearn.feature_selection import SelectKBest, VarianceThreshold, mutual_info_classif
    from sklearn.pipeline import make_pipeline

    return make_pipeline(VarianceThreshold(), SelectKBest(mutual_info_classif, k=2), logistic()).fit(DATA.matrix, DATA.classes)


def model_selected_features():
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.feature_selection import SelectFromModel
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SelectFromModel(ExtraTreesClassifier(n_estimators=5)), logistic()).fit(DATA.matrix, DATA.classes)


def random_state_object():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=3, random_state=np.random.RandomState(3)).fit(DATA.matrix, DATA.names)


def boosted_with_init():
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(n_estimators=4, init=logistic()).fit(DATA.matrix, DATA.binary)


def hist_boosting_categories():
    from recipes.estimators import enable_experiments

    enable_experiments()
    from sklearn.ensemble import HistGradientBoostingClassifier

    matrix = np.column_stack([DATA.matrix, DATA.classes])
    return HistGradientBoostingClassifier(max_iter=5, categorical_features=[4]).fit(matrix, DATA.names)


def gaussian_process_kernels():
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

    return GaussianProcessRegressor(ConstantKernel(1.0) * RBF(1.0) + Matern(nu=1.5) + WhiteKernel(0.1)).fit(DATA.matrix, DATA.target)


def one_vs_rest_sparse():
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import SGDClassifier
    from sklearn.multiclass import OneVsRestClassifier

    return OneVsRestClassifier(SGDClassifier(loss="modified_huber", max_iter=50, tol=1e-3)).fit(csr_matrix(DATA.positive), DATA.names)


def sparse_coefficients():
    return logistic().fit(DATA.matrix, DATA.classes).sparsify()


def pandas_output():
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler().set_output(transform="pandas"), logistic()).fit(table()[["length", "width"]], DATA.classes)


def imputers():
    from recipes.estimators import enable_experiments

    enable_experiments()
    from sklearn.impute import IterativeImputer, KNNImputer
    from sklearn.pipeline import make_union

    return make_union(KNNImputer(), IterativeImputer(max_iter=2, random_state=0)).fit(DATA.holes)


def all_pipelines():
    """Name to function, of everything public that this module defines and that takes nothing."""
    helpers = {"all_pipelines", "table", "logistic", "columns"}
    return {
        "Pipeline_" + name: made
        for name, made in sorted(globals().items())
        if callable(made) and getattr(made, "__module__", "") == __name__ and name not in helpers
    }
