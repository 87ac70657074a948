"""Runs inside an environment, with the Python and the packages that it is asked about, and knows nothing of this repository.

    python names_worker.py defined PACKAGE        the names that the package's modules define, as pickle would write them
    python names_worker.py exists PACKAGE FILE    of the names in FILE (one "module:name" a line), those that unpickling would find

Both print JSON: {"release", "names", "failed": modules that could not be imported}. Runs on Python 3.6 and later.
"""

import importlib
import json
import os
import pkgutil
import sys
import warnings

SKIPPED = {"tests", "test", "testing", "_testing", "conftest", "__main__", "setup", "distutils", "f2py", "_pyinstaller", "typing", "_typing",
           "benchmarks", "generate_pyx", "_build_utils"}


def modules_of(package):
    """Every module of the package that can be imported, and the names of those that cannot."""
    top = importlib.import_module(package)
    found, failed = [top], []
    for info in pkgutil.walk_packages(top.__path__, package + ".", onerror=failed.append):
        if SKIPPED & set(info.name.split(".")):
            continue
        try:
            found.append(importlib.import_module(info.name))
        except BaseException:  # pylint: disable=broad-except  # some modules exit, or need what is not here
            failed.append(info.name)
    return found, sorted(set(failed))


def aliases_of(package):
    """Modules of the package that call themselves otherwise: scikit-learn's `_loss`. Importing the package puts them where unpickling looks."""
    folder = os.path.join(os.path.dirname(importlib.import_module(package).__file__), "")
    return {name for name, module in list(sys.modules.items())
            if "." not in name and name != package and str(getattr(module, "__file__", "")).startswith(folder)}


def written_as(package, aliases, module, name, value):
    """"module:name" under which pickle writes a class or function, or None for what it writes in another way or in another package."""
    if not callable(value):
        return None
    where = getattr(value, "__module__", None)
    called = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(where, str):
        where, called = module.__name__, name  # functions of extension modules often do not say where they are from
    if not isinstance(called, str) or "<" in called or not ((where + ".").startswith(package + ".") or where in aliases):
        return None
    return where + ":" + called


def defined(package):
    modules, failed = modules_of(package)
    aliases = aliases_of(package)
    names = set()
    for module in modules:
        for name in dir(module):
            try:
                value = getattr(module, name)
            except BaseException:  # pylint: disable=broad-except  # deprecated names raise when they are touched
                continue
            written = written_as(package, aliases, module, name, value)
            if written is not None:
                names.add(written)
    return sorted(names), failed


def exists(name):
    module, _, path = name.partition(":")
    try:
        value = importlib.import_module(module)
        for part in path.split("."):
            value = getattr(value, part)
    except BaseException:  # pylint: disable=broad-except
        return False
    return True


def main():
    what, package = sys.argv[1:3]
    warnings.simplefilter("ignore")
    real = os.dup(1)  # packages print while they are imported
    os.dup2(2, 1)
    if what == "defined":
        names, failed = defined(package)
    else:
        modules_of(package)
        with open(sys.argv[3]) as file:
            names, failed = [name for name in file.read().split() if exists(name)], []
    release = importlib.import_module(package).__version__
    os.write(real, json.dumps({"release": release, "names": names, "failed": failed}).encode())
    os._exit(0)  # what some modules leave behind must not spoil the answer


if __name__ == "__main__":
    main()
