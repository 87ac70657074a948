"""Fits and dumps what one environment can, with a probe and the answers to it. Run by measure_compatibility.py with that environment's Python.

    dump_worker.py OUT PACK…        PACK: sklearn, boosting

Of each model: OUT/NAME.joblib, .pkl (protocol 5, or 4), .cloudpickle where its bytes are others, OUT/NAME.npz (probe and answers) and a line
in OUT/journal.jsonl with the states of its objects. Goes on where it was ended.
"""

import io
import json
import os
import pickle
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import probes  # noqa: E402
import recipes  # noqa: E402

# Names of files that hold the same classes, and say nothing new about predictions.
SKIPPED = ("Variant_Scorer_", "Variant_Split_", "Variant_Encoding_")


def tasks(packs):
    """Name to a function without arguments that returns a fitted model."""
    found = {}
    for pack in packs:
        found.update(recipes.models(pack))
    return {name: task for name, task in found.items() if not name.startswith(SKIPPED)}


def state_of(value):
    """The dict that a pickle gives the object as its state, or None."""
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - what cannot be reduced has no state
        return None
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[0], dict):
        state = state[0]
    return state if isinstance(state, dict) and all(isinstance(key, str) for key in state) else None


def objects_in(value, seen):
    """(object, state) of every object with a state below a value."""
    import numpy as np

    if id(value) in seen or isinstance(value, (str, bytes, int, float, type(None), type)):
        return
    seen[id(value)] = value
    if isinstance(value, dict):
        for inner in value.values():
            for found in objects_in(inner, seen):
                yield found
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            for found in objects_in(inner, seen):
                yield found
    elif isinstance(value, np.ndarray):
        if value.dtype == object:
            for inner in value.ravel():
                for found in objects_in(inner, seen):
                    yield found
    elif not callable(value) or hasattr(value, "__dict__"):
        state = state_of(value)
        if state is not None:
            yield value, state
            for found in objects_in(state, seen):
                yield found


def name_of(kind):
    return "%s:%s" % (kind.__module__, kind.__qualname__)


def states(model):
    """Class to the distinct lists of keys in the states of its objects."""
    found = {}
    for value, state in objects_in(model, {}):
        keys = sorted(key for key in state if key != "_sklearn_version")
        kept = found.setdefault(name_of(type(value)), [])
        if keys not in kept:
            kept.append(keys)
    return found


def dump(model, stem, variant):
    """Suffix to size."""
    import joblib

    written = {}
    plain = pickle.dumps(model, protocol=min(5, pickle.HIGHEST_PROTOCOL))
    writers = {"pkl": plain}
    if not variant:
        buffer = io.BytesIO()
        joblib.dump(model, buffer)
        writers["joblib"] = buffer.getvalue()
    try:
        import cloudpickle

        clouded = cloudpickle.dumps(model)
        if clouded != plain:
            writers["cloudpickle"] = clouded
    except ImportError:
        pass
    for suffix, content in writers.items():
        with open("%s.%s" % (stem, suffix), "wb") as file:
            file.write(content)
        written[suffix] = len(content)
    return written


def attempt(name, task, out):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with probes.Watch() as watch:
                model = task()
            value = watch.input_of(model)
            if value is None:
                return {"name": name, "fitted": False, "why": "no fit was seen"}
            probe = probes.probe_of(value)
            copy = pickle.loads(pickle.dumps(model))
            answers = probes.answered(probes.ask(copy, probe))
            again = probes.ask(pickle.loads(pickle.dumps(model)), probe)
            if probes.compare(answers, again)[0] not in ("identical", "close"):
                return {"name": name, "fitted": False, "why": "its answers are not the same twice"}
            stem = os.path.join(out, name)
            sizes = dump(model, stem, name.startswith("Variant_"))
            probes.save(stem + ".npz", probe, answers)
    except Exception as error:  # noqa: BLE001 - counted and reported, not hidden
        return {"name": name, "fitted": False, "why": probes.short(error)}
    return {"name": name, "fitted": True, "methods": sorted(answers), "sizes": sizes, "states": states(model),
            "class": name_of(type(model))}


def main():
    out, packs = sys.argv[1], sys.argv[2:]
    if not os.path.isdir(out):
        os.makedirs(out)
    journal = os.path.join(out, "journal.jsonl")
    done = set()
    if os.path.exists(journal):
        with open(journal) as file:
            done = {json.loads(line)["name"] for line in file if line.endswith("\n")}
    current = os.path.join(out, "current")
    if os.path.exists(current):  # what was tried when the process ended
        with open(current) as file, open(journal, "a") as log:
            name = file.read()
            if name and name not in done:
                log.write(json.dumps({"name": name, "fitted": False, "why": "the process ended"}) + "\n")
                done.add(name)
    with open(journal, "a") as file:
        for name, task in sorted(tasks(packs).items()):
            if name in done:
                continue
            with open(current, "w") as marker:
                marker.write(name)
            file.write(json.dumps(attempt(name, task, out)) + "\n")
            file.flush()
    if os.path.exists(current):
        os.remove(current)


if __name__ == "__main__":
    main()
