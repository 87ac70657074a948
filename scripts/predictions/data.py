"""The rows that models are fitted on, and those that they are asked about. Runs inside the environment being measured.

A kind is what an estimator is given: matrices of numbers or texts, and a table as people have it, with holes, whole numbers, booleans, skewed
amounts and texts. Every model of a kind is fitted on the same rows; the rows that it is asked about are its own, have values that the training
rows lack where the kind says so, and are drawn with a seed that the journal keeps.
"""

import zlib
from functools import partial

import numpy as np

from predictions import texts_data

SEED = 20261129
TRAINING, HELD_OUT = 600, 1000
NUMBERS = ["age", "income", "hours", "visits", "ratio", "balance"]
WORDS = ["city", "plan", "grade", "code", "flag"]
CITIES = ["Bergen", "Łódź", "Zürich", "København", "Ålesund", "Ghent"]
PLANS = ["basic", "plus", "family", "business"]
GRADES = ["low", "mid", "high"]
CODES = ["%s-%02d" % ("KLMN"[place % 4], place) for place in range(60)]
FLAGS = ["no", "yes"]


def seed_of(name):
    """Of the held-out rows of a model."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


def training(kind, target):
    """X, y, and a weight for each row."""
    random = np.random.RandomState(SEED)
    rows, score = KINDS[kind](TRAINING, random, True)
    score = score + 0.3 * score.std() * random.normal(size=TRAINING)
    return rows, TARGETS[target]((score - score.mean()) / score.std()), random.uniform(0.2, 3.0, size=TRAINING)


def held_out(kind, seed):
    return KINDS[kind](HELD_OUT, np.random.RandomState(seed), False)[0]


# The first of each level at the training rows, so that no level is unknown by chance.
def levels(rows, random, names, training, shares=None):
    drawn = random.choice(len(names), size=rows, p=shares)
    if training:
        drawn[: len(names)] = np.arange(len(names))
    return drawn


def numbers(rows, random, training):
    """Eight columns: correlated, skewed, of few values, of another magnitude, rounded."""
    matrix = random.normal(size=(rows, 8))
    matrix[:, 1] = matrix[:, 1] * 5 + 20
    matrix[:, 2] = np.exp(matrix[:, 2])
    matrix[:, 3] += 0.7 * matrix[:, 0]
    matrix[:, 4] = random.randint(0, 6, size=rows)
    matrix[:, 5] = random.uniform(-1, 1, size=rows)
    matrix[:, 6] *= 1e-2
    matrix[:, 7] = np.round(matrix[:, 7], 1)
    score = matrix[:, 0] + 0.2 * (matrix[:, 1] - 20) - 0.5 * matrix[:, 2] + np.sin(3 * matrix[:, 5]) + 0.4 * (matrix[:, 4] > 2)
    return matrix, score + 40 * matrix[:, 6] * matrix[:, 7]


def one_column(rows, random, training):
    matrix, score = numbers(rows, random, training)
    return matrix[:, :1], score


def as_type(name, rows, random, training):
    matrix, score = numbers(rows, random, training)
    return matrix.astype(name), score


def positive(rows, random, training):
    matrix, score = numbers(rows, random, training)
    return np.abs(matrix) + 0.01, score


def holes(rows, random, training):
    """With NaN, and a column that never changes while training."""
    matrix, score = numbers(rows, random, training)
    matrix[random.uniform(size=matrix.shape) < 0.1] = np.nan
    constant = np.full((rows, 1), 3.25) if training else random.choice([3.25, 3.5], size=(rows, 1))
    return np.hstack([matrix, constant]), score


def empty(rows, random, training):
    """With a column in which the training rows have nothing."""
    matrix, score = holes(rows, random, training)
    matrix[:, 3] = np.nan if training else np.where(random.uniform(size=rows) < 0.5, np.nan, matrix[:, 3])
    return matrix, score


def minus(dtype, rows, random, training):
    """Counts, with -1 where one is missing."""
    matrix = random.poisson(2.5, size=(rows, 4)) + np.array([0, 10, 0, 5])
    score = matrix.sum(axis=1).astype(float)
    matrix[random.uniform(size=matrix.shape) < 0.15] = -1
    return matrix.astype(dtype), score


def integers(unknown, rows, random, training):
    """Whole numbers that are categories."""
    matrix = np.column_stack([levels(rows, random, range(5), training), 10 * levels(rows, random, range(3), training),
                              random.randint(0, 2, size=rows)])
    score = (matrix[:, 0] % 3) + 0.05 * matrix[:, 1] + 0.5 * matrix[:, 2]
    if unknown and not training:
        matrix[random.uniform(size=matrix.shape) < 0.06] = 77
    return matrix.astype(np.int64), score


def ratings(missing, unknown, rows, random, training):
    """Floats that are categories."""
    choices = np.array([1.0, 2.0, 3.5, 5.0, -0.5])
    matrix = choices[np.column_stack([levels(rows, random, choices, training), levels(rows, random, choices, training)])]
    score = matrix[:, 0] - 0.5 * matrix[:, 1]
    if unknown and not training:
        matrix[random.uniform(size=matrix.shape) < 0.05] = 4.25
    if missing:
        matrix[random.uniform(size=matrix.shape) < 0.08] = np.nan
    return matrix, score


def counts(rows, random, training):
    """Of twelve words in each row."""
    shares = 0.4 + 2 * np.arange(12) % 5
    strength = random.normal(size=rows)
    matrix = random.poisson(shares * np.exp(0.6 * strength[:, None] * np.where(np.arange(12) % 3 == 0, 1, -0.5)))
    return matrix.astype(np.int64), strength


def flags(rows, random, training):
    matrix = random.uniform(size=(rows, 3)) < np.array([0.3, 0.5, 0.8])
    return matrix, matrix.sum(axis=1).astype(float)


def coded(rows, random, training):
    """Numbers with holes, and two columns of codes as histogram boosting has them; later there are codes that training rows lack."""
    matrix, score = numbers(rows, random, training)
    codes = np.column_stack([levels(rows, random, range(7), training), levels(rows, random, range(40), training)]).astype(float)
    score = score + np.array([0, 2, -1, 0.5, 1, -2, 0])[codes[:, 0].astype(int)] + 0.5 * (codes[:, 1] % 4)
    if not training:
        codes[random.uniform(size=codes.shape) < 0.04] = 50
    whole = np.hstack([matrix, codes])
    whole[random.uniform(size=whole.shape) < 0.05] = np.nan
    return whole, score


def texts(names, drawn):
    found = np.empty(len(drawn), dtype=object)
    found[:] = [names[place] for place in drawn]
    return found


def table(missing, unknown, rows, random, training, only=None):
    """The table as people have it; `missing`: has holes; `unknown`: the held-out rows have categories that the training rows lack."""
    import pandas as pd

    shares = 1.0 / np.arange(1, len(CODES) + 1)
    drawn = {
        "city": levels(rows, random, CITIES, training), "plan": levels(rows, random, PLANS, training, [0.5, 0.3, 0.15, 0.05]),
        "grade": levels(rows, random, GRADES, training), "code": levels(rows, random, CODES, training, shares / shares.sum()),
        "flag": levels(rows, random, FLAGS, training), "band": levels(rows, random, range(5), training),
    }
    age, income = np.clip(np.round(random.normal(45, 15, size=rows), 1), 18, None), np.round(random.lognormal(10, 0.6, size=rows), 2)
    hours, visits = random.randint(0, 81, size=rows).astype(np.int64), random.poisson(3, size=rows).astype(np.int64)
    member, ratio, balance = random.uniform(size=rows) < 0.4, random.uniform(-1, 1, size=rows), random.normal(size=rows) * 1e4
    rating = np.array([1.0, 2.0, 3.5, 5.0])[levels(rows, random, range(4), training)]
    score = 0.04 * (age - 45) + 0.8 * (np.log(income) - 10) + 0.01 * hours + ratio + 0.7 * member + 0.3 * drawn["grade"]
    score = score + np.array([0, 1, -1, 0.5, -0.5, 0])[drawn["city"]] + 0.4 * (drawn["code"] % 3) + 0.3 * np.sin(balance / 5e3) + 0.1 * rating
    words = {"city": texts(CITIES, drawn["city"]), "plan": texts(PLANS, drawn["plan"]), "grade": texts(GRADES, drawn["grade"]),
             "code": texts(CODES, drawn["code"]), "flag": texts(FLAGS, drawn["flag"])}
    band = drawn["band"].astype(np.int64)
    if unknown and not training:
        for name, other in (("city", "Atlantis"), ("plan", "trial"), ("grade", ""), ("code", "K-99")):
            words[name][random.uniform(size=rows) < 0.05] = other
        band[random.uniform(size=rows) < 0.05] = 9
        rating[random.uniform(size=rows) < 0.05] = 4.25
    if missing:
        for column, share in ((age, 0.1), (income, 0.06), (balance, 0.05), (rating, 0.08), (words["city"], 0.08), (words["code"], 0.04)):
            column[random.uniform(size=rows) < share] = np.nan
        words["plan"][random.uniform(size=rows) < 0.1] = None
    columns = [("age", age), ("income", income), ("hours", hours), ("visits", visits), ("member", member), ("ratio", ratio), ("balance", balance),
               ("band", band), ("rating", rating)] + [(name, pd.Series(values, dtype=object)) for name, values in words.items()]
    kept = [(name, values) for name, values in columns if only is None or name in only]
    return pd.DataFrame(dict(kept), columns=[name for name, _ in kept]), score


def frame(make, rows, random, training):
    """A matrix with names."""
    import pandas as pd

    matrix, score = make(rows, random, training)
    return pd.DataFrame(matrix, columns=["n%d" % place for place in range(matrix.shape[1])]), score


def reordered(rows, random, training):
    """The held-out rows have their columns in another order, and one more."""
    whole, score = table(True, True, rows, random, training)
    if not training:
        whole = whole[list(whole.columns[::-1])]
        whole["note"] = "x"
        whole["note"] = whole["note"].astype(object)
    return whole, score


def categories(rows, random, training):
    """Columns of the pandas type category; later they have more categories."""
    whole, score = table(True, True, rows, random, training, only=["age", "income", "hours", "city", "plan", "code", "band"])
    for name in ("city", "plan", "code", "band"):
        whole[name] = whole[name].astype("category")
    return whole, score


def str_table(missing, rows, random, training):
    """Texts as pandas 3 reads them."""
    import pandas as pd

    if int(pd.__version__.split(".")[0]) < 3:
        raise RuntimeError("pandas %s has no columns of type str" % pd.__version__)
    whole, score = table(missing, True, rows, random, training)
    for name in WORDS:
        whole[name] = whole[name].astype("str")
    return whole, score


def matrix_of_words(dtype, missing, rows, random, training, unknown=True):
    whole, score = table(missing, unknown, rows, random, training, only=["city", "grade", "code"])
    return np.array(whole.values, dtype=dtype, order="C"), score


def first_column(make, rows, random, training):
    matrix, score = make(rows, random, training)
    return matrix[:, :1], score


KINDS = {
    "numbers": numbers,
    "one-column": one_column,
    "float32": partial(as_type, "float32"),
    "positive": positive,
    "holes": holes,
    "empty": empty,
    "minus": partial(minus, "int64"),
    "minus-float": partial(minus, "float64"),
    "integers": partial(integers, True),
    "integers-known": partial(integers, False),
    "ratings": partial(ratings, True, True),
    "ratings-full": partial(ratings, False, True),
    "counts": counts,
    "flags": flags,
    "coded": coded,
    "frame": partial(frame, holes),
    "frame-full": partial(frame, numbers),
    "table": partial(table, True, True),
    "table-full": partial(table, False, True),
    "table-known": partial(table, False, False),
    "reordered": reordered,
    "words": partial(table, True, True, only=WORDS),
    "words-full": partial(table, False, True, only=WORDS),
    "words-known": partial(table, False, False, only=WORDS),
    "mixed-known": partial(table, False, False, only=["member", "band", "rating", "city", "flag"]),
    "mixed-full": partial(table, False, True, only=["member", "band", "rating", "city", "flag"]),
    "categories": categories,
    "str-table": partial(str_table, True),
    "word-matrix": partial(matrix_of_words, object, False),
    "word-matrix-holes": partial(matrix_of_words, object, True),
    "text-matrix": partial(matrix_of_words, str, False),
    "one-word": partial(first_column, partial(matrix_of_words, object, False, unknown=False)),
    "one-text": partial(first_column, partial(matrix_of_words, str, False, unknown=False)),
    "one-integer": partial(first_column, partial(integers, False)),
    **texts_data.KINDS,
}


def thirds(score):
    return np.digitize(score, np.percentile(score, [40, 75]))


# From scores of mean 0 and deviation 1. The texts of "three" are Python objects as a column of a table has them, those of "yes-no" NumPy's.
TARGETS = {
    "binary": lambda score: (score > 0.2).astype(int),
    "yes-no": lambda score: np.where(score > 0.2, "yes", "no"),
    "signs": lambda score: np.where(score > 0.2, 1, -1),
    "bools": lambda score: score > 0.2,
    "three": lambda score: texts(["silver", "gold", "bronze"], thirds(score)),
    "ints": lambda score: np.array([3, 7, 10])[thirds(score)],
    "floats": lambda score: np.array([0.0, 1.0, 2.0])[thirds(score)],
    "five": lambda score: np.digitize(score, [-1, -0.3, 0.3, 1]),
    "amount": lambda score: 12.5 * score + 40,
    "positive": lambda score: np.exp(0.6 * score),
    "counts": lambda score: np.floor(np.exp(0.8 * score + 0.5)),
    "pair": lambda score: np.column_stack([12.5 * score + 40, np.sin(score)]),
    "labels": lambda score: np.column_stack([score > 0.2, np.sin(2 * score) > 0.1, score < -0.6]).astype(int),
    "flags-three": lambda score: np.column_stack([score > 0.2, np.sin(2 * score) > 0, score < -0.5]).astype(int),
    "classes-pair": lambda score: np.column_stack([np.array([3, 7, 10])[thirds(score)], (score > 0.2).astype(int)]),
}
