"""Loads the model and asks it again. Nothing here fails: that is the point."""

import json
import sys
import warnings

import joblib
import sklearn
from sklearn.datasets import load_breast_cancer

warnings.simplefilter("ignore")  # it warns of every file of another release, of those that work too
X, _ = load_breast_cancer(return_X_y=True)
now = joblib.load(sys.argv[1]).predict_proba(X[:10])[:, 1]
with open(sys.argv[2], encoding="utf-8") as file:
    then = json.load(file)
print(f"{'row':>4} {'where it was trained':>22} {'scikit-learn ' + sklearn.__version__:>22} {'off by':>10}")
for row, (right, answered) in enumerate(zip(then, now)):
    print(f"{row:>4} {right:>22.6f} {answered:>22.6f} {abs(right - answered):>10.6f}")
print(f"largest difference: {max(abs(right - answered) for right, answered in zip(then, now)):.6f}")
