#!/usr/bin/env python3
"""Writes the model files below tests/data/artifacts/ that real libraries of several releases have written.

    PYTHON scripts/make_fixtures.py tests/data/artifacts

PYTHON is an interpreter of an environment with scikit-learn, joblib, pandas, lz4 and cloudpickle; each release writes the files that WANTED
names for it, `<release of scikit-learn>-<content>`, and leaves those of other releases alone. The same environment writes the same bytes
again. Every model is fitted on the table below, so small that a file is a few kilobytes.
"""

import pickle
import sys
from pathlib import Path

import numpy
import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

try:
    import joblib
except ImportError:  # scikit-learn 0.20 has its own
    from sklearn.externals import joblib

ROWS = 12
BILL = [39.1, 39.5, 40.3, 36.7, 46.5, 50.0, 51.3, 45.4, 46.1, 50.0, 48.7, 50.0]
FLIPPER = [181.0, 186.0, 195.0, 193.0, 192.0, 196.0, 193.0, 188.0, 211.0, 230.0, 210.0, 218.0]
ISLAND = ["Torgersen", "Torgersen", "Biscoe", "Dream", "Dream", "Dream", "Dream", "Dream", "Biscoe", "Biscoe", "Biscoe", "Biscoe"]
SPECIES = ["Adelie"] * 4 + ["Chinstrap"] * 4 + ["Gentoo"] * 4
X = numpy.array([BILL, FLIPPER]).T.copy()
Y = numpy.array(SPECIES)
TABLE = pandas.DataFrame({"bill": BILL, "island": numpy.array(ISLAND, dtype=object)})

# What cloudpickle embeds must be a function of __main__; its file name would be a path of the machine.
exec(compile("def halve(table):\n    return table / 2\n", "model.py", "exec"))


def pipeline():
    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(solver="lbfgs"))]).fit(X, Y == "Adelie")


def encoder():
    columns = ColumnTransformer([("code", OneHotEncoder(handle_unknown="ignore"), ["island"]), ("scale", StandardScaler(), ["bill"])])
    return Pipeline([("columns", columns), ("model", LogisticRegression(solver="lbfgs"))]).fit(TABLE, Y == "Adelie")


def tree():
    return DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y)


def forest():
    return RandomForestClassifier(n_estimators=3, max_depth=2, random_state=0).fit(X, Y)


def boosting():
    return GradientBoostingClassifier(n_estimators=2, max_depth=1, random_state=0).fit(X, Y == "Adelie")


def neighbours():
    return KNeighborsClassifier(n_neighbors=3).fit(X, Y)


def search():
    model = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, None]}, cv=2).fit(X, Y == "Adelie")
    model.refit_time_ = 0.5
    for key in model.cv_results_:
        if key.endswith("_time"):  # of this run
            model.cv_results_[key][:] = 0.5
    return model


def distributions():
    """Not fitted: a distribution of SciPy carries code as text, and loading executes it."""
    from scipy.stats import expon, uniform
    numpy.random.seed(0)  # a distribution holds NumPy's own generator
    return RandomizedSearchCV(LogisticRegression(), {"C": uniform(0.1, 10), "tol": expon()})


def to_joblib(model, path):
    joblib.dump(model, str(path))


def compressed(codec):
    def write(model, path):
        joblib.dump(model, str(path), compress=(codec, 3))
        if codec == "gzip":  # the time of writing stands in its header
            data = path.read_bytes()
            path.write_bytes(data[:4] + bytes(4) + data[8:])
    return write


def to_pickle(protocol):
    def write(model, path):
        path.write_bytes(pickle.dumps(model, protocol=protocol))
    return write


def to_cloudpickle(model, path):
    import cloudpickle
    path.write_bytes(cloudpickle.dumps(model, protocol=5))


CODECS = {"pipeline.z": "zlib", "pipeline.gz": "gzip", "pipeline.bz2": "bz2", "pipeline.lzma": "lzma", "pipeline.xz": "xz", "pipeline.lz4": "lz4"}
FILES = {
    "pipeline.joblib": (pipeline, to_joblib),
    "encoder.joblib": (encoder, to_joblib),
    "tree.joblib": (tree, to_joblib),
    "forest.joblib": (forest, to_joblib),
    "boosting.joblib": (boosting, to_joblib),
    "neighbours.joblib": (neighbours, to_joblib),
    "search.joblib": (search, to_joblib),
    "distributions.joblib": (distributions, to_joblib),
    "protocol0.pkl": (pipeline, to_pickle(0)),
    "protocol2.pkl": (pipeline, to_pickle(2)),
    "protocol5.pkl": (pipeline, to_pickle(5)),
    "function.pkl": (lambda: Pipeline([("halve", FunctionTransformer(halve)), ("model", pipeline())]), to_cloudpickle),  # noqa: F821
}
FILES.update({name: (pipeline, compressed(codec)) for name, codec in CODECS.items()})

WANTED = {
    "0.20.4": ["pipeline.joblib", "tree.joblib", "protocol2.pkl"],
    "0.22.2.post1": ["pipeline.joblib"],
    "0.24.2": ["pipeline.joblib", "encoder.joblib"],
    "1.0.2": ["pipeline.joblib", "encoder.joblib"],
    "1.2.2": ["pipeline.joblib", "encoder.joblib", "tree.joblib", "forest.joblib"],
    "1.3.2": ["pipeline.joblib", "tree.joblib", "protocol0.pkl"],
    "1.5.2": ["pipeline.joblib", "encoder.joblib"],
    "1.6.1": ["pipeline.joblib", "boosting.joblib"],
    "1.7.2": ["pipeline.joblib", "search.joblib", "distributions.joblib"],
    "1.9.1": ["pipeline.joblib", "encoder.joblib", "tree.joblib", "forest.joblib", "neighbours.joblib", "protocol0.pkl", "protocol5.pkl",
              "function.pkl"] + sorted(CODECS),
}


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    release = sklearn.__version__
    if release not in WANTED:
        print("error: no file is wanted from scikit-learn " + release, file=sys.stderr)
        return 1
    for name in WANTED[release]:
        make, write = FILES[name]
        path = Path(arguments[0]) / (release + "-" + name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(make(), path)
        print("{:>7} {}".format(path.stat().st_size, path))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
