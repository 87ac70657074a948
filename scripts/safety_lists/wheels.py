"""Which releases the allow-lists are made from, and the sources inside their wheels.

A wheel is a zip file: it is downloaded, opened and read as text. Nothing of it is installed, imported or run, and packages
without a wheel are not built from source either (that would run their setup scripts).
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

LINUX = ("manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_24_x86_64",
         "manylinux_2_27_x86_64", "manylinux_2_28_x86_64")
# The sources are the same for every platform; where the native library is large, that of macOS is a tenth of that of Linux.
MACOS = ("macosx_12_0_arm64", "macosx_11_0_arm64", "macosx_11_0_universal2", "macosx_12_0_x86_64", "macosx_11_0_x86_64", "macosx_10_15_x86_64",
         "macosx_10_14_x86_64")

# package → Python that has wheels of these releases → releases. The last patch of every minor, and every patch of scikit-learn.
RELEASES: Dict[str, Dict[str, str]] = {
    "scikit-learn": {
        "3.6": "0.18.2 0.19.2",
        "3.7": "0.20.0 0.20.1 0.20.2 0.20.3 0.20.4 0.21.1 0.21.2 0.21.3 0.22 0.22.1 0.22.2.post1 0.23.0 0.23.1 0.23.2 0.24.0 0.24.1 0.24.2",
        "3.9": "1.0 1.0.1 1.0.2 1.1.0 1.1.1 1.1.2 1.1.3",
        "3.10": "1.2.0 1.2.1 1.2.2 1.3.0 1.3.1 1.3.2 1.4.0 1.4.1.post1 1.4.2 1.5.0 1.5.1 1.5.2 1.6.0 1.6.1 1.7.0 1.7.1 1.7.2",
        "3.12": "1.8.0 1.9.0 1.9.1",
    },
    "numpy": {
        "3.7": "1.16.6 1.17.5 1.18.5 1.19.5 1.20.3 1.21.1",
        "3.10": "1.22.4 1.23.5 1.24.4 1.25.2 1.26.4 2.0.2 2.1.3 2.2.6",
        "3.12": "2.3.5 2.4.6 2.5.5",
    },
    "scipy": {
        "3.7": "1.2.3 1.3.3 1.4.1 1.5.4 1.6.3 1.7.3",
        "3.10": "1.8.1 1.9.3 1.10.1 1.11.4 1.12.0 1.13.1 1.14.1 1.15.3",
        "3.12": "1.16.3 1.17.1 1.18.1",
    },
    "joblib": {"3.7": "0.11 0.12.5 0.13.2 0.14.1 0.15.1 0.16.0 0.17.0 1.0.1 1.1.1 1.2.0 1.3.2", "3.12": "1.4.2 1.5.3 1.6.0"},
    "xgboost": {"3.7": "1.0.2 1.1.1 1.2.1 1.3.3 1.4.2 1.5.2 1.6.2", "3.12": "1.7.6 2.0.3 2.1.4 3.0.5 3.1.3 3.2.0 3.3.0 3.4.1"},
    "lightgbm": {"3.7": "2.2.3 2.3.1 3.0.0 3.1.1 3.2.1 3.3.5", "3.12": "4.0.0 4.1.0 4.2.0 4.3.0 4.4.0 4.5.0 4.6.0 4.7.0"},
    "catboost": {"3.7": "0.26.1 1.0.6 1.1.1", "3.12": "1.2.10"},
    "imbalanced-learn": {"3.7": "0.4.3 0.5.0 0.6.2 0.7.0 0.8.1", "3.12": "0.9.1 0.10.1 0.11.0 0.12.4 0.13.0 0.14.2"},
    "category-encoders": {"3.7": "1.3.0 2.0.0 2.1.0 2.2.2 2.3.0 2.4.1 2.5.1.post0 2.6.1", "3.12": "2.6.4 2.7.0 2.8.1 2.9.0 2.10.0 2.11.2"},
    "sklearn-pandas": {"3.12": "1.8.0 2.0.4 2.1.0 2.2.0"},
    "sklearn2pmml": {"3.12": "0.115.0 0.120.0 0.126.1 0.133.1"},
    "pandas": {"3.7": "0.25.3 1.0.5 1.1.5", "3.9": "1.2.5 1.3.5", "3.10": "1.4.4 1.5.3 2.0.3 2.1.4 2.2.3 2.3.3", "3.12": "3.0.6 3.1.1"},
}
PLATFORMS = {"xgboost": MACOS + LINUX, "catboost": MACOS + LINUX}


class Release(NamedTuple):
    package: str
    number: str
    python: str


def releases(package: str) -> List[Release]:
    """Every release of the package that the lists are made from, oldest first."""
    return [Release(package, number, python) for python, numbers in RELEASES[package].items() for number in numbers.split()]


def cached(release: Release, cache: Path) -> Optional[Path]:
    """The wheel of the release in the cache, if it is there."""
    found = sorted(cache.glob(f"{release.package.replace('-', '_')}-{release.number}-*.whl"))
    return found[0] if found else None


def download(release: Release, cache: Path, platforms: Tuple[str, ...] = ()) -> None:
    """Puts the wheel of the release into the cache, with pip as it is configured on this machine; the smallest unless for some platforms."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
               "--dest", str(cache), "--python-version", release.python, "--implementation", "cp"]
    for platform in platforms or PLATFORMS.get(release.package, LINUX):
        command += ["--platform", platform]
    subprocess.run(command + [f"{release.package}=={release.number}"], check=True)


def wheel(release: Release, cache: Path) -> Path:
    """The wheel of the release, downloaded when the cache lacks it."""
    if cached(release, cache) is None:
        cache.mkdir(parents=True, exist_ok=True)
        download(release, cache)
    found = cached(release, cache)
    if found is None:
        raise FileNotFoundError(f"pip downloaded no wheel of {release.package} {release.number}")
    return found


def read_sources(path: Path) -> Dict[str, bytes]:
    """The Python sources of a wheel, without its tests: path inside it → text as it is encoded there."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".py") and "/tests/" not in name}
