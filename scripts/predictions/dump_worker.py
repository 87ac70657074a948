"""Fits what one environment can, and dumps it with held-out rows and the genuine outputs. Run by measure_predictions.py with that
environment's Python.

    dump_worker.py OUT GLOB

Of each model whose name is like GLOB: OUT/NAME.joblib, of a third of them .pkl (the highest protocol) and .cloudpickle where its bytes are
others, .skops where skops is; OUT/NAME.sample.json; and a line in OUT/journal.jsonl. Goes on where it was ended.

The outputs are those of the .joblib file read back, asked about the rows as the sample's reader builds them: that is what a re-creation has.
"""

import fnmatch
import json
import os
import pickle
import signal
import sys
import warnings
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:1] = [os.path.dirname(HERE)]

import numpy as np  # noqa: E402

from predictions import data, recipes, samples  # noqa: E402

SECONDS = 180
DRAWN = {("BernoulliRBM", "score_samples")}  # answers by chance


class Stopped(Exception):
    pass


def stop(*_):
    raise Stopped("not done after %d seconds" % SECONDS)


def short(error):
    return ("%s: %s" % (type(error).__name__, " ".join(str(error).split())))[:300]


def last_step(model):
    """What predicts, or transforms last, within pipelines and searches."""
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif hasattr(model, "steps"):
            model = model.steps[-1][1]
        else:
            return model


def fit(recipe):
    np.random.seed(0)
    rows, target, weights = data.training(recipe.data, recipe.target)
    model = recipe.make()
    if not recipe.weights:
        return model.fit(rows, target)
    return model.fit(rows, target, **{"model__sample_weight" if hasattr(model, "steps") else "sample_weight": weights})


def write(path, kind, model):
    if kind == "joblib":
        import joblib

        joblib.dump(model, path)
    elif kind == "pkl":
        with open(path, "wb") as file:
            pickle.dump(model, file, protocol=pickle.HIGHEST_PROTOCOL)
    elif kind == "cloudpickle":
        import cloudpickle

        content = cloudpickle.dumps(model)
        if content == pickle.dumps(model, protocol=pickle.HIGHEST_PROTOCOL):
            return
        with open(path, "wb") as file:
            file.write(content)
    else:
        import skops.io

        skops.io.dump(model, path)


def read(path, kind):
    if kind == "joblib":
        import joblib

        return joblib.load(path)
    if kind == "skops":
        import skops.io

        return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    with open(path, "rb") as file:
        return pickle.load(file)


def ask(model, rows):
    """(method to output, method to why a sample does not keep it)"""
    kept, left_out = {}, {}
    for method in samples.METHODS:
        if not callable(getattr(model, method, None)) or (type(last_step(model)).__name__, method) in DRAWN:
            continue
        try:
            np.random.seed(0)
            with np.errstate(all="ignore"):
                output = samples.output(getattr(model, method)(rows))
            if output["shape"][0] != len(rows):
                raise ValueError("an answer of %d rows to %d" % (output["shape"][0], len(rows)))
            kept[method] = output
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - kept in the journal
            left_out[method] = short(error)
    return kept, left_out


def formats_of(name):
    """The joblib file first: the outputs are its."""
    found = ["joblib"]
    if zlib.crc32(name.encode()) % 3 == 0:
        found += ["pkl", "cloudpickle"]
    try:
        import skops.io  # noqa: F401

        found.append("skops")
    except ImportError:
        pass
    return found


def dump(recipe, stem):
    """The line of the journal."""
    seed = data.seed_of(recipe.name)
    given = samples.encode(data.held_out(recipe.data, seed))
    rows = samples.decode(json.loads(json.dumps(given, allow_nan=False)))
    if samples.encode(rows) != given:
        raise ValueError("the rows are not the same when they are read back")
    model = fit(recipe)
    write(stem + ".joblib", "joblib", model)
    outputs, left_out = ask(read(stem + ".joblib", "joblib"), rows)
    if not outputs:
        raise ValueError("no output that a sample keeps: %s" % left_out)
    with open(stem + ".sample.json", "w", encoding="utf-8") as file:
        file.write(samples.text(given, outputs))
    found, unlike = {}, {}
    if ask(model, rows)[0] != outputs:
        unlike["unsaved"] = "other outputs"
    for kind in formats_of(recipe.name):
        path = "%s.%s" % (stem, kind)
        try:
            if kind != "joblib":
                write(path, kind, model)
            if os.path.exists(path):
                found[kind] = os.path.getsize(path)
                if ask(read(path, kind), rows)[0] != outputs:
                    unlike[kind] = "other outputs"
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - kept in the journal
            unlike[kind] = short(error)
            found.pop(kind, None)
            if os.path.exists(path):  # what the genuine library cannot read back says nothing about ours
                os.remove(path)
    last = type(last_step(model))
    return {"name": recipe.name, "fitted": True, "class": "%s.%s" % (type(model).__module__, type(model).__name__), "last": last.__name__,
            "family": recipe.family or last.__name__, "data": recipe.data, "target": recipe.target, "refused": recipe.refused,
            "training_seed": data.SEED, "seed": seed, "methods": sorted(outputs), "left_out": left_out, "formats": found, "unlike": unlike}


def attempt(recipe, stem):
    """Leaves no half of what did not come about."""
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dump(recipe, stem)
    except Exception as error:  # noqa: BLE001 - counted and reported, not hidden
        for suffix in ("joblib", "pkl", "cloudpickle", "skops", "sample.json"):
            if os.path.exists("%s.%s" % (stem, suffix)):
                os.remove("%s.%s" % (stem, suffix))
        return {"name": recipe.name, "fitted": False, "family": recipe.family, "why": short(error)}
    finally:
        signal.alarm(0)


def main():
    out, wanted = sys.argv[1], sys.argv[2]
    os.makedirs(out, exist_ok=True)
    journal, current = os.path.join(out, "journal.jsonl"), os.path.join(out, "current")
    done = set()
    if os.path.exists(journal):
        with open(journal, encoding="utf-8") as file:
            done = {json.loads(line)["name"] for line in file if line.endswith("\n")}
    with open(journal, "a", encoding="utf-8") as file:
        if os.path.exists(current):  # what was tried when the process ended
            with open(current, encoding="utf-8") as marker:
                name = marker.read()
            if name and name not in done:
                file.write(json.dumps({"name": name, "fitted": False, "family": "", "why": "the process ended"}) + "\n")
                done.add(name)
        for name, recipe in sorted(recipes.recipes().items()):
            if name in done or not fnmatch.fnmatchcase(name, wanted):
                continue
            with open(current, "w", encoding="utf-8") as marker:
                marker.write(name)
            file.write(json.dumps(attempt(recipe, os.path.join(out, name))) + "\n")
            file.flush()
    if os.path.exists(current):
        os.remove(current)


if __name__ == "__main__":
    main()
