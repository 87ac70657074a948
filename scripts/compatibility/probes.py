"""What a fitted model is asked with, and how its answers are compared. Runs inside the environments being measured (Python 3.6 and later).

A probe is the input that the model was fitted on and the same a little moved, as JSON, so that every release reads the same numbers. The
answers are those of the prediction methods, as arrays without objects.
"""

import json
import sys
import warnings

import numpy as np

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform", "score_samples", "kneighbors", "mahalanobis")
FIT = "fit"
MOST_DENSE = 200000  # elements of a sparse answer that are kept one by one


class Watch:
    """Sees what the fit methods that run are given, so that recipes need not say it."""

    def __init__(self):
        self.seen = {}

    def __enter__(self):
        sys.setprofile(self.on_call)
        return self

    def __exit__(self, *failed):
        sys.setprofile(None)

    def on_call(self, frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_name == FIT and code.co_argcount >= 2 and code.co_varnames[0] == "self":
            self.seen[id(frame.f_locals["self"])] = (frame.f_locals["self"], frame.f_locals[code.co_varnames[1]])

    def input_of(self, model):
        found = self.seen.get(id(model))
        return None if found is None else found[1]


def is_frame(value):
    return hasattr(value, "columns") and hasattr(value, "dtypes")


def moved(array):
    """Other values of the same sign and the same holes: what is positive stays so."""
    return array * (1 + 0.05 * np.sin(np.arange(array.size).reshape(array.shape)))


def probe_of(value):
    """The probe for a model that was fitted on `value`, as plain JSON."""
    if is_frame(value):
        columns = []
        for name in value.columns:
            column = value[name]
            if column.dtype.kind == "f":
                column = moved(column.to_numpy())
            columns.append({"name": name, "type": "number" if column.dtype.kind in "fiu" else "object", "values": column.tolist()})
        return {"kind": "frame", "columns": columns}
    if hasattr(value, "toarray"):
        return {"kind": "sparse", "values": moved(value.toarray()).tolist()}
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and value.ndim <= 2:
            value = np.concatenate([value[:20], moved(value)])
        return {"kind": "array", "type": "object" if value.dtype.kind == "O" else value.dtype.str, "values": value.tolist()}
    return {"kind": "list", "values": list(value)}


def input_of(probe):
    if probe["kind"] == "frame":
        import pandas

        series = {}
        for column in probe["columns"]:
            values = np.array(column["values"], dtype=float if column["type"] == "number" and None not in column["values"] else object)
            series[column["name"]] = pandas.Series(values)
        return pandas.DataFrame(series, columns=[column["name"] for column in probe["columns"]])
    if probe["kind"] == "sparse":
        import scipy.sparse

        return scipy.sparse.csr_matrix(np.array(probe["values"]))
    if probe["kind"] == "array":
        return np.array(probe["values"], dtype=object if probe["type"] == "object" else probe["type"])
    return probe["values"]


def plain(answer):
    """An answer as arrays without objects."""
    if hasattr(answer, "toarray") and answer.shape[0] * answer.shape[1] > MOST_DENSE:
        answer = answer.tocsr().copy()
        answer.sum_duplicates()
        return [answer.data, answer.indices, answer.indptr]
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    if is_frame(answer):
        answer = answer.to_numpy()
    if isinstance(answer, (list, tuple)) and answer and hasattr(answer[0], "shape"):
        return [part for one in answer for part in plain(one)]
    array = np.asarray(answer)
    if array.dtype.kind == "O":
        array = np.array([str(item) for item in array.ravel()]).reshape(array.shape)
    return [array]


def ask(model, probe, methods=METHODS):
    """Method to answer (a list of arrays), or to what it raised."""
    value = input_of(probe)
    answers = {}
    for method in methods:
        try:
            asked = getattr(model, method)
        except Exception as error:  # noqa: BLE001 - a property that raises is an answer
            answers[method] = error
            continue
        try:
            np.random.seed(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answers[method] = plain(asked(value))
        except Exception as error:  # noqa: BLE001 - so is what a method raises
            answers[method] = error
    return answers


def answered(answers):
    return {method: answer for method, answer in answers.items() if not isinstance(answer, Exception)}


def short(error):
    return ("%s: %s" % (type(error).__name__, " ".join(str(error).split())))[:200]


def difference(expected, got):
    """"identical", "close" (1e-9, or what float32 can tell), or how it differs."""
    if len(expected) != len(got):
        return "%d outputs, not %d" % (len(got), len(expected))
    worst = "identical"
    for one, other in zip(expected, got):
        if one.shape != other.shape:
            return "shape %s, not %s" % (other.shape, one.shape)
        if one.dtype.kind in "US" or other.dtype.kind in "US":
            if not np.array_equal(one.astype(str), other.astype(str)):
                return "other labels"
            continue
        if one.dtype == other.dtype and one.tobytes() == other.tobytes():
            continue
        tolerance = 1e-5 if "float32" in (one.dtype.name, other.dtype.name) else 1e-9
        with np.errstate(all="ignore"):
            one, other = one.astype(float), other.astype(float)
            if np.array_equal(np.isnan(one), np.isnan(other)) and np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True):
                worst = "close"
                continue
            gap = np.abs(one - other)
        return "max %.2g" % np.nanmax(gap) if np.isfinite(gap).any() else "other holes"
    return worst


def compare(expected, answers):
    """(outcome, message) of what was answered now, against what was answered where the model was fitted."""
    outcome = "identical"
    for method in METHODS:
        if method not in expected:
            continue
        if isinstance(answers[method], Exception):
            return "predict_error", "%s: %s" % (method, short(answers[method]))
    for method in METHODS:
        if method not in expected:
            continue
        found = difference(expected[method], answers[method])
        if found == "close":
            outcome = "close"
        elif found != "identical":
            return "different", "%s: %s" % (method, found)
    return outcome, ""


def save(path, probe, answers):
    arrays = {"%s.%d" % (method, place): array for method, answer in answers.items() for place, array in enumerate(answer)}
    np.savez_compressed(path, probe=np.array(json.dumps(probe)), **arrays)


def load(path):
    with np.load(path, allow_pickle=False) as kept:
        answers = {}
        for key in sorted((key for key in kept.files if key != "probe"), key=lambda key: (key.rpartition(".")[0], int(key.rpartition(".")[2]))):
            answers.setdefault(key.rpartition(".")[0], []).append(kept[key])
        return json.loads(str(kept["probe"])), answers
