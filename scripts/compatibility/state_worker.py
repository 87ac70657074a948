"""Asks one release what its methods need of the state of an object: each key that some other release does not write is left out of the pickle,
and the model is asked again. Run by measure_compatibility.py with the Python of the environment.

    state_worker.py DUMPS ENVIRONMENT KEYS OUT        KEYS: JSON, {class: [key, …]}

Writes OUT as JSON lines: {"model", "class", "key", "outcome", "message"}.
"""

import io
import json
import os
import pickle
import signal
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]

import probes  # noqa: E402
from dump_worker import name_of  # noqa: E402
from load_worker import SECONDS, second_thoughts, stop  # noqa: E402


class Without(pickle._Pickler):
    """Pickles without a key in the states of objects of a class, as a release that does not know the key would."""

    def __init__(self, file, kind, key):
        super().__init__(file, protocol=4)
        self.kind, self.key, self.left_out = kind, key, 0

    def save_reduce(self, func, args, state=None, *more, **keywords):
        obj = keywords.get("obj")
        if obj is not None and name_of(type(obj)) == self.kind:
            of_slots = isinstance(state, tuple) and len(state) == 2 and isinstance(state[0], dict)
            attributes = state[0] if of_slots else state
            if isinstance(attributes, dict) and self.key in attributes:
                attributes = {key: value for key, value in attributes.items() if key != self.key}
                state = (attributes, state[1]) if of_slots else attributes
                self.left_out += 1
        return super().save_reduce(func, args, state, *more, **keywords)


def outcome_of(model, kind, key, probe, answers):
    buffer = io.BytesIO()
    pickler = Without(buffer, kind, key)
    pickler.dump(model)
    if pickler.left_out == 0:
        return None
    try:
        changed = pickle.loads(buffer.getvalue())
    except Exception as error:  # noqa: BLE001 - what loading raises is the answer
        return "load_error", probes.short(error)
    outcome, message = probes.compare(answers, probes.ask(changed, probe, sorted(answers)))
    if outcome in ("identical", "close"):
        message = second_thoughts(changed)
        outcome = "secondary" if message else outcome
    return outcome, message


def main():
    dumps, environment, keys, out = sys.argv[1:]
    folder = os.path.join(dumps, environment)
    with open(keys) as file:
        wanted = json.load(file)
    done = set()
    if os.path.exists(out + ".part"):
        with open(out + ".part") as file:
            done = {json.loads(line)["model"] for line in file if line.endswith("\n")}
    signal.signal(signal.SIGALRM, stop)
    warnings.simplefilter("ignore")
    with open(os.path.join(folder, "journal.jsonl")) as file:
        journal = [json.loads(line) for line in file]
    with open(out + ".part", "a") as file:
        for entry in journal:
            name = entry["name"]
            if not entry["fitted"] or name in done:
                continue
            probe, answers = probes.load(os.path.join(folder, name + ".npz"))
            with open(os.path.join(folder, name + ".pkl"), "rb") as kept:
                model = pickle.load(kept)
            for kind, states in sorted(entry["states"].items()):
                for key in sorted(set(wanted.get(kind, [])) & {key for state in states for key in state}):
                    signal.alarm(SECONDS)
                    try:
                        found = outcome_of(model, kind, key, probe, answers)
                    except Exception as error:  # noqa: BLE001 - what cannot be pickled so is not asked
                        found = ("not_asked", probes.short(error))
                    signal.alarm(0)
                    if found is not None:
                        row = {"model": name, "class": kind, "key": key, "outcome": found[0], "message": found[1]}
                        file.write(json.dumps(row, sort_keys=True) + "\n")
            file.write(json.dumps({"model": name}) + "\n")
            file.flush()
    os.rename(out + ".part", out)


if __name__ == "__main__":
    main()
