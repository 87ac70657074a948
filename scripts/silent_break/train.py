"""A binary logistic regression, as most are: no options, two classes. Saved with what it answers about ten rows that it has not seen."""

import json
import sys

import joblib
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_breast_cancer(return_X_y=True)
model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01)).fit(X[10:], y[10:])
joblib.dump(model, sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(model.predict_proba(X[:10])[:, 1].tolist(), file)
print(f"scikit-learn {sklearn.__version__} has fitted and saved the model")
