"""The lab of the quickstart: trains a model on real data and hands it to the registry with everything that must be known of it.

Reads ASSAY_URL; writes model.joblib, held_out.csv and expected.json into the current folder.
"""

import json
from importlib import resources

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

import assay

SEED = 20261123
NUMERIC = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CATEGORICAL = ["island", "sex"]


def build_pipeline() -> Pipeline:
    """Preprocessing and model in one object: what is fitted on the training rows travels with the tree."""
    return Pipeline([
        ("prepare", ColumnTransformer([
            ("categorical", Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("encode", OneHotEncoder(handle_unknown="ignore"))]), CATEGORICAL),
            ("numeric", Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), NUMERIC),
        ])),
        ("tree", DecisionTreeClassifier(random_state=SEED)),
    ])


def main() -> None:
    with resources.as_file(resources.files("palmerpenguins") / "data" / "penguins.csv") as path:
        penguins, source = pd.read_csv(path), assay.dataset(path, role="other", name="penguins.csv")
    features, species = penguins[CATEGORICAL + NUMERIC], penguins["species"]
    missing = {column: int(count) for column, count in features.isna().sum().items() if count}
    print(f"data: {len(penguins)} penguins, {species.nunique()} species; missing values stay in: {missing}")

    x_train, x_test, y_train, y_test = train_test_split(features, species, test_size=0.25, stratify=species, random_state=SEED)
    print(f"split: {len(x_train)} rows to train on, {len(x_test)} held out; the shares of the species are kept")

    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    scores = cross_val_score(build_pipeline(), x_train, y_train, cv=folds)
    print(f"5-fold cross-validation of an unlimited tree: accuracy {scores.mean():.4f} ± {scores.std():.4f}")

    depths = [1, 2, 3, 4, 5, 6, 8, None]
    search = GridSearchCV(build_pipeline(), {"tree__max_depth": depths}, cv=folds).fit(x_train, y_train)
    print("grid search over max_depth, mean accuracy of 5 folds:")
    for depth, score in zip(depths, search.cv_results_["mean_test_score"]):
        print(f"  max_depth={depth!s:<5} {score:.4f}{'   <- best' if depth == search.best_params_['tree__max_depth'] else ''}")

    model = search.best_estimator_
    predicted, probabilities = model.predict(x_test), model.predict_proba(x_test)
    metrics = {
        "accuracy": float(accuracy_score(y_test, predicted)),
        "f1_macro": float(f1_score(y_test, predicted, average="macro")),
        "log_loss": float(log_loss(y_test, probabilities, labels=model.classes_)),
    }
    print("on the held-out rows: " + ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))

    joblib.dump(model, "model.joblib")
    x_test.to_csv("held_out.csv", index=False)
    with open("expected.json", "w", encoding="utf-8") as file:
        json.dump({"predict": [str(label) for label in predicted], "predict_proba": np.ascontiguousarray(probabilities, dtype="<f8").tobytes().hex()}, file)

    # The four facts: library releases (read from this process), hashes of the data, metrics of held-out rows, training date.
    # Given the fitted search, push takes its best estimator, and the scores of the grid become the metrics of the run.
    version = assay.push(
        "penguins",
        search,
        sample=x_test,  # rows and the model's answers to them: the smoke test of every later load
        training=("penguins-train", x_train.assign(species=y_train)),  # hashed here; the rows stay with us
        evaluation=("penguins-test", x_test.assign(species=y_test)),
        datasets=[source],  # the file that both were cut from
        metrics=metrics,
        description="Species of a penguin from its measurements; decision tree, depth by grid search",
    )
    print(f"registered {version.model}@{version.version}, {version.digest}")


if __name__ == "__main__":
    main()
