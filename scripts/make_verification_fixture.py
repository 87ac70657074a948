#!/usr/bin/env python3
"""Writes the model and the PMML document below tests/data/verification/ that carry rows to verify themselves by.

    PYTHON scripts/make_verification_fixture.py tests/data/verification

PYTHON is an interpreter with scikit-learn, pandas, joblib and sklearn2pmml; java converts.
"""

import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn2pmml import sklearn2pmml
from sklearn2pmml.pipeline import PMMLPipeline


def main():
    folder = Path(sys.argv[1])
    random = np.random.RandomState(0)
    colours = np.array(["red", "green", "blue"], dtype=object)
    X = pd.DataFrame({"length": random.randn(40).round(2), "mass": random.randn(40).round(2), "colour": colours[random.randint(0, 3, 40)]})
    y = pd.Series(np.where((X["length"] + X["mass"] > 0) & (X["colour"] != "red"), "high", "low"), name="grade")
    prepare = ColumnTransformer([("scale", StandardScaler(), ["length", "mass"]), ("code", OneHotEncoder(), ["colour"])])
    model = PMMLPipeline([("prepare", prepare), ("tree", DecisionTreeClassifier(max_depth=3, random_state=0))]).fit(X, y)
    model.verify(X.iloc[:12])
    name = f"{sklearn.__version__}-pmml-pipeline"
    joblib.dump(model, folder / f"{name}.joblib", compress=3)
    sklearn2pmml(model, str(folder / f"{name}.pmml"))


if __name__ == "__main__":
    main()
