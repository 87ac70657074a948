"""Models of libraries that stand beside scikit-learn, in small packs. Runs inside the environment being measured."""

import importlib
import inspect

from benign_recipes import Data

DATA = Data()


def boosting():
    """Gradient boosting libraries: their boosters sit inside the pickle as bytes or text."""
    import catboost
    import lightgbm
    import xgboost

    few = {"n_estimators": 5}
    quiet = {"iterations": 5, "verbose": False, "allow_writing_files": False}
    kinds = [
        (xgboost.XGBClassifier, few, DATA.classes),
        (xgboost.XGBRegressor, few, DATA.target),
        (xgboost.XGBRFClassifier, few, DATA.binary),
        (xgboost.XGBRFRegressor, few, DATA.target),
        (lightgbm.LGBMClassifier, few, DATA.names),
        (lightgbm.LGBMRegressor, few, DATA.target),
        (catboost.CatBoostClassifier, quiet, DATA.names),
        (catboost.CatBoostRegressor, quiet, DATA.target),
    ]
    return {kind.__name__: fitting(kind, keywords, target) for kind, keywords, target in kinds}


def fitting(kind, keywords, target):
    return lambda: kind(**keywords).fit(DATA.matrix, target)


def public_classes(module, method):
    found = importlib.import_module(module)
    return {
        name: kind for name, kind in vars(found).items() if inspect.isclass(kind) and hasattr(kind, method) and not name.startswith("_")
    }


def contrib():
    """Samplers and their pipelines, category encoders, and the mapper from tables."""
    models = {"Pipeline_resampled": resampled, "DataFrameMapper": mapper}
    for module in ("imblearn.over_sampling", "imblearn.under_sampling", "imblearn.combine", "imblearn.ensemble"):
        for name, kind in public_classes(module, "fit").items():
            models["Imbalanced_" + name] = resampler(kind)
    for name, kind in public_classes("category_encoders", "fit").items():
        models["Encoder_" + name] = encoder(kind)
    return models


def resampler(kind):
    import numpy as np

    uneven = np.where(np.arange(len(DATA.classes)) < 20, 1, 0)
    needs = {"categorical_features": [0]} if kind.__name__ == "SMOTENC" else {}
    matrix = np.column_stack([DATA.classes, DATA.matrix]) if needs else DATA.matrix
    return lambda: kind(**needs).fit(matrix, uneven)


def encoder(kind):
    import pandas as pd

    table = pd.DataFrame({"colour": DATA.names, "size": DATA.matrix[:, 0]})
    return lambda: kind(cols=["colour"]).fit(table, pd.Series(DATA.binary))


def resampled():
    from imblearn.over_sampling import SMOTE
    from imblearn.pipeline import make_pipeline
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), SMOTE(random_state=0), LogisticRegression()).fit(DATA.matrix, DATA.classes)


def mapper():
    import pandas as pd
    from sklearn.preprocessing import LabelBinarizer, StandardScaler
    from sklearn_pandas import DataFrameMapper

    table = pd.DataFrame({"colour": DATA.names, "size": DATA.matrix[:, 0]})
    return DataFrameMapper([("colour", LabelBinarizer()), (["size"], StandardScaler())]).fit(table)


def models(pack):
    return {"boosting": boosting, "contrib": contrib}[pack]()
