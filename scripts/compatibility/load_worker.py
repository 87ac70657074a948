"""Loads what one environment dumped in another, asks it what it was asked there, and writes what came of it. Run by
measure_compatibility.py with the Python of the environment that loads.

    load_worker.py DUMPS OUT DUMPED_WITH LOADED_WITH        reads DUMPS/DUMPED_WITH, writes OUT/LOADED_WITH/DUMPED_WITH.csv
"""

import csv
import os
import pickle
import signal
import sys
import warnings
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]

import probes  # noqa: E402

FORMATS = ("joblib", "pkl", "cloudpickle")
SECONDS = 30


class Stopped(Exception):
    pass


def stop(*_):
    raise Stopped("not done after %d seconds" % SECONDS)


def read(path):
    if path.endswith(".joblib"):
        import joblib

        return joblib.load(path)
    with open(path, "rb") as file:
        return pickle.load(file)


def second_thoughts(model):
    """What else people do with a model, and what fails of it."""
    import sklearn.base

    for what, action in (("repr", repr), ("get_params", lambda one: one.get_params()), ("clone", sklearn.base.clone)):
        if what != "repr" and not hasattr(model, "get_params"):
            continue
        try:
            action(model)
        except Exception as error:  # noqa: BLE001 - a finding
            return "%s: %s" % (what, probes.short(error))
    return ""


def outcome_of(path, expected):
    """(outcome, whether scikit-learn warned, message, secondary)"""
    probe, answers = expected
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = read(path)
        except BaseException as error:  # noqa: BLE001 - SystemExit included
            return "load_error", 0, probes.short(error), ""
    warned = int(any("unpickle estimator" in str(warning.message) for warning in caught))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome, message = probes.compare(answers, probes.ask(model, probe, sorted(answers)))
        secondary = second_thoughts(model) if outcome in ("identical", "close") else ""
    return outcome, warned, message, secondary


def cause_of(outcome, message):
    """Whose break it is, by what was raised."""
    if outcome in ("identical", "close"):
        return ""
    if "unsupported pickle protocol" in message:
        return "protocol"
    if "numpy" in message and "sklearn" not in message or "randomstate_ctor" in message or "generator_ctor" in message:
        return "numpy"
    if message.startswith("KeyError: ") or "joblib" in message:
        return "joblib"
    return "sklearn"


def is_chosen(name, dumped_with, loaded_with):
    """Of the variants of an estimator, which are many and much alike, a third is loaded in each pair of environments: not the same in each."""
    return not name.startswith("Variant_") or zlib.crc32(("%s %s %s" % (name, dumped_with, loaded_with)).encode()) % 3 == 0


def main():
    dumps, out, dumped_with, loaded_with = sys.argv[1:]
    folder = os.path.join(dumps, dumped_with)
    target = os.path.join(out, loaded_with, dumped_with + ".csv")
    if not os.path.isdir(os.path.dirname(target)):
        os.makedirs(os.path.dirname(target))
    part, current = target + ".part", target + ".current"
    done = set()
    if os.path.exists(part):
        with open(part, newline="") as file:
            done = {(row[0], row[1]) for row in csv.reader(file)}
    crashed = ""
    if os.path.exists(current):
        with open(current) as file:
            crashed = file.read()
    signal.signal(signal.SIGALRM, stop)
    with open(part, "a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        for kept in sorted(os.listdir(folder)):
            if not kept.endswith(".npz") or not is_chosen(kept[:-4], dumped_with, loaded_with):
                continue
            name, expected = kept[:-4], None
            for suffix in FORMATS:
                path = os.path.join(folder, "%s.%s" % (name, suffix))
                if (name, suffix) in done or not os.path.exists(path):
                    continue
                if crashed == "%s.%s" % (name, suffix):
                    rows.writerow([name, suffix, dumped_with, loaded_with, "load_error", "sklearn", 0, "the process ended", ""])
                    continue
                with open(current, "w") as marker:
                    marker.write("%s.%s" % (name, suffix))
                expected = expected or probes.load(os.path.join(folder, kept))
                signal.alarm(SECONDS)
                try:
                    outcome, warned, message, secondary = outcome_of(path, expected)
                except Stopped as error:
                    outcome, warned, message, secondary = "predict_error", 0, str(error), ""
                signal.alarm(0)
                rows.writerow([name, suffix, dumped_with, loaded_with, outcome, cause_of(outcome, message), warned, message, secondary])
                file.flush()
    if os.path.exists(current):
        os.remove(current)
    os.rename(part, target)


if __name__ == "__main__":
    main()
