"""The environments in which releases are asked: a Python that is here, and wheels that are unpacked once and put together by PYTHONPATH.

Nothing is installed: a wheel of a package without scripts is a folder, and as many environments as one likes share it.
"""

import os
import shutil
import subprocess
import threading
import zipfile
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from safety_lists.wheels import LINUX, Release, download

# Beside the package itself: what it needs to be imported, by Python and by the first of its releases from which on that holds.
COMPANIONS: Dict[str, Dict[str, List[Tuple[str, str]]]] = {
    "numpy": {},
    "joblib": {"3.7": [("0", "numpy==1.19.5")], "3.12": [("0", "numpy==2.3.5"), ("1.6", "numpy==2.3.5 cloudpickle==3.1.2 loky==3.5.6")]},
    "scipy": {
        "3.7": [("0", "numpy==1.19.5")],
        "3.10": [("0", "numpy==1.23.5"), ("1.11", "numpy==1.26.4"), ("1.13", "numpy==2.0.2")],
        "3.12": [("0", "numpy==2.3.5")],
    },
    "scikit-learn": {
        "3.7": [("0", "numpy==1.19.5 scipy==1.5.4 joblib==0.14.1 threadpoolctl==2.2.0")],
        "3.9": [("0", "numpy==1.21.6 scipy==1.7.3 joblib==1.1.1 threadpoolctl==2.2.0")],
        "3.10": [
            ("0", "numpy==1.23.5 scipy==1.10.1 joblib==1.3.2 threadpoolctl==3.5.0"),
            ("1.4", "numpy==1.26.4 scipy==1.12.0 joblib==1.3.2 threadpoolctl==3.5.0"),
            ("1.5", "numpy==2.0.2 scipy==1.14.1 joblib==1.3.2 threadpoolctl==3.5.0"),
        ],
        "3.12": [("0", "numpy==2.3.5 scipy==1.16.3 joblib==1.5.3 threadpoolctl==3.5.0 narwhals==2.3.0")],
    },
}


def order(release: str) -> Tuple[int, ...]:
    """Releases by their numbers; the packages here have no others but post-releases."""
    return tuple(int(part) for part in release.replace(".post", ".").split("."))


class Shelf:
    """Wheels in `cache`, unpacked in `work`."""

    def __init__(self, cache: Path, work: Path) -> None:
        self.cache, self.work = cache, work
        self._lock = threading.Lock()

    def folder(self, package: str, release: str, python: str) -> Path:
        """The unpacked wheel of the release for this Python; downloaded with pip when the cache lacks it."""
        with self._lock:
            wheel = self._cached(package, release, python) or self._download(package, release, python)
            folder = self.work / wheel.stem
            if not folder.exists():
                part = folder.with_name(folder.name + ".part")
                shutil.rmtree(part, ignore_errors=True)
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(part)
                part.rename(folder)
            return folder

    def _cached(self, package: str, release: str, python: str) -> Optional[Path]:
        tags = {f"cp{python.replace('.', '')}", "py3", "py2.py3"}
        for path in sorted(self.cache.glob(f"{package.replace('-', '_')}-{release}-*.whl")):
            tag, _, platform = path.stem.split("-")[-3:]  # a build number may stand before them
            if tag in tags and ("linux" in platform or platform == "any"):
                return path
        return None

    def _download(self, package: str, release: str, python: str) -> Path:
        download(Release(package, release, python), self.cache, LINUX)
        found = self._cached(package, release, python)
        if found is None:
            raise FileNotFoundError(f"pip downloaded no wheel of {package} {release} for Python {python}")
        return found


class Environment(NamedTuple):
    """A Python, and the folders that it finds its packages in."""

    python: str
    folders: Tuple[Path, ...]

    def variables(self) -> Dict[str, str]:
        """Of a process that sees these packages and no others, and computes with one thread. To be run with `python -S`."""
        return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, self.folders)), "PYTHONNOUSERSITE": "1",
                "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def run(self, program: Path, arguments: Sequence[str], timeout: float = 900) -> bytes:
        """What the program prints."""
        done = subprocess.run([self.python, "-S", str(program), *arguments], env=self.variables(), timeout=timeout, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout


def find_python(version: str) -> str:
    """An interpreter of this version: on the PATH, or one that pyenv has installed."""
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True):
        return str(folder / "bin" / "python")
    raise FileNotFoundError(f"there is no Python {version}: install it, or name it on the PATH as python{version}")


def environment(shelf: Shelf, package: str, release: str, python: str) -> Environment:
    """The release, and what it needs to be imported."""
    companions = ""
    for first, wanted in COMPANIONS[package].get(python, []):
        if order(release) >= order(first):
            companions = wanted
    folders = [shelf.folder(package, release, python)]
    folders += [shelf.folder(*companion.split("=="), python) for companion in companions.split()]
    return Environment(find_python(python), tuple(folders))
