"""Fits what one environment has and writes every model in every format. Run by benign.py with that environment's own Python.

    benign_worker.py OUT [PACK]        PACK: sklearn (default), or a pack of scripts/recipes/packs.py

Each model leaves its formats in OUT and one line in OUT/fitted.jsonl, so that a run that was ended goes on where it was.
"""

import functools
import json
import os
import pickle
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "scripts"))

import recipes  # noqa: E402

CODECS = {"z": ("zlib", 3), "gz": ("gzip", 3), "bz2": ("bz2", 3), "lzma": ("lzma", 3), "xz": ("xz", 3), "lz4": ("lz4", 3)}


def dump_pickle(model, path, protocol):
    with open(path, "wb") as file:
        pickle.dump(model, file, protocol=protocol)


def dump_joblib(model, path, compress):
    import joblib

    joblib.dump(model, path, compress=compress)


def dump_bundled_joblib(model, path):
    """The joblib that scikit-learn brought along up to 0.22: its arrays carry another module's name."""
    from sklearn.externals import joblib

    joblib.dump(model, path)


def dump_cloudpickle(model, path):
    import cloudpickle

    with open(path, "wb") as file:
        cloudpickle.dump(model, file)


def dump_skops(model, path):
    import skops.io

    skops.io.dump(model, path)


def dump_npy(model, path):
    import numpy as np

    with open(path, "wb") as file:
        np.save(file, model, allow_pickle=True)


def dump_npz(model, path):
    import numpy as np

    with open(path, "wb") as file:
        np.savez_compressed(file, numbers=np.arange(4), value=model)


def formats(pack):
    """Suffix to writer."""
    writers = {
        "p%d.pkl" % protocol: functools.partial(dump_pickle, protocol=protocol) for protocol in range(min(5, pickle.HIGHEST_PROTOCOL) + 1)
    }
    writers["joblib"] = functools.partial(dump_joblib, compress=0)
    for codec, compress in CODECS.items():
        writers["joblib." + codec] = functools.partial(dump_joblib, compress=compress)
    writers["bundled.joblib"] = dump_bundled_joblib
    writers["cloudpickle.pkl"] = dump_cloudpickle
    writers["skops"] = dump_skops
    if pack == "data":
        writers.update({"npy": dump_npy, "npz": dump_npz})
    return writers


def write_all(model, stem, pack):
    """Suffix to `written` or to the reason why not."""
    outcome = {}
    for suffix, write in formats(pack).items():
        path = "%s.%s" % (stem, suffix)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                write(model, path + ".part")
            os.replace(path + ".part", path)
            outcome[suffix] = "written"
        except Exception as error:  # noqa: BLE001 - a format that cannot hold this model is a result
            if os.path.exists(path + ".part"):
                os.remove(path + ".part")
            outcome[suffix] = "%s: %s" % (type(error).__name__, str(error)[:200])
    return outcome


def already_done(journal):
    if not os.path.exists(journal):
        return set()
    with open(journal) as file:
        return {json.loads(line)["name"] for line in file if line.endswith("\n")}


def attempt(name, task, out, pack):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = task()
    except Exception as error:  # noqa: BLE001 - counted and reported, not hidden
        return {"name": name, "fitted": False, "why": "%s: %s" % (type(error).__name__, str(error)[:300])}
    return {"name": name, "fitted": True, "formats": write_all(model, os.path.join(out, name), pack)}


def main():
    out, pack = sys.argv[1], (sys.argv + ["sklearn"])[2]
    os.makedirs(out, exist_ok=True)
    journal = os.path.join(out, "fitted.jsonl")
    done = already_done(journal)
    with open(journal, "a") as file:
        for name, task in sorted(recipes.models(pack).items()):
            if name not in done:
                file.write(json.dumps(attempt(name, task, out, pack)) + "\n")
                file.flush()


if __name__ == "__main__":
    main()
