"""Models of libraries that stand beside scikit-learn, in small packs. Runs inside the environment being measured."""

import functools
import importlib
import inspect

from recipes.estimators import Data

DATA = Data()


def boosting():
    """Gradient boosting libraries: their boosters sit inside the pickle as bytes or text."""
    few = {"n_estimators": 5}
    quiet = {"iterations": 5, "verbose": False, "allow_writing_files": False}
    kinds = [
        ("xgboost", "XGBClassifier", few, DATA.classes),
        ("xgboost", "XGBRegressor", few, DATA.target),
        ("xgboost", "XGBRFClassifier", few, DATA.binary),
        ("xgboost", "XGBRFRegressor", few, DATA.target),
        ("lightgbm", "LGBMClassifier", few, DATA.names),
        ("lightgbm", "LGBMRegressor", few, DATA.target),
        ("catboost", "CatBoostClassifier", quiet, DATA.names),
        ("catboost", "CatBoostRegressor", quiet, DATA.target),
    ]
    return {name: fitting(module, name, keywords, target) for module, name, keywords, target in kinds}


def fitting(module, name, keywords, target):
    return lambda: getattr(importlib.import_module(module), name)(**keywords).fit(DATA.matrix, target)


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


def data():
    """What people dump beside their models: arrays, tables, matrices, generators and plain values."""
    import datetime
    import decimal

    import numpy as np
    import pandas as pd
    import scipy.sparse

    random = np.random.RandomState(3)
    numbers = random.normal(size=(7, 3))
    structured = np.zeros(4, dtype=[("a", "<i4"), ("b", "<f8", (2,)), ("c", "U3")])
    table = pd.DataFrame({"colour": DATA.names, "size": DATA.matrix[:, 0], "when": pd.date_range("2026-01-01", periods=len(DATA.names))})
    made = {kind: numbers.astype(kind) for kind in ("f2", "f4", "f8", ">f8", "i1", "i8", "u2", "c8", "c16", "?", "S5", "U7")}
    made.update(
        fortran=np.asfortranarray(numbers),
        empty=np.zeros((0, 3)),
        scalar=np.array(1.5),
        items=np.float32(2.5),
        objects=DATA.categories,
        mixed=np.array([1, "a", None, 2.5], dtype=object),
        structured=structured,
        records=structured.view(np.recarray),
        masked=np.ma.masked_less(numbers, 0),
        matrix=np.asmatrix(numbers),
        times=np.array(["2026-01-01"], "M8[D]"),
        spans=np.array([5], "m8[s]"),
        slices=numbers[::2, 1:],
        dictionary={"x": numbers, "labels": ["a", "b"]},
        pairs=[(1, 2.0, "three", None, True)],
        nested=np.array([numbers, {"a": numbers}], dtype=object),
        moments=[datetime.datetime(2026, 1, 1, 12), datetime.date(2026, 1, 1), datetime.timedelta(1), decimal.Decimal("1.50")],
        values=[b"bytes", bytearray(b"more"), {1, 2}, frozenset([3]), 1 + 2j, range(3), slice(1, 2)],
        state=random,
        generator=np.random.default_rng(3),
        seeds=np.random.SeedSequence(5),
        table=table,
        column=table["size"],
        index=table.index,
        category=table["colour"].astype("category"),
        large=10**60,
    )
    made.update(
        {shape: getattr(scipy.sparse, shape + "_matrix")(DATA.positive) for shape in ("csr", "csc", "coo", "bsr", "lil", "dok", "dia")}
    )
    made.update({"array_" + shape: getattr(scipy.sparse, shape + "_array")(DATA.positive) for shape in ("csr", "csc", "coo")})
    return {"Data_" + name.replace(">", "big_").replace("?", "bool"): functools.partial(same, value) for name, value in made.items()}


def same(value):
    return value


def models(pack):
    return {"boosting": boosting, "contrib": contrib, "data": data}[pack]()
