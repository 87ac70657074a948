#!/usr/bin/env python3
"""Makes the wheel of the Python client that the server hands out (GET /python/…): the same bytes from the same sources.

    scripts/make_wheel.py SOURCE FOLDER     SOURCE is clients/python; the wheel is put into FOLDER, and its name printed

Works in a copy, since setuptools writes beside the sources. Needs setuptools and wheel (python3-setuptools, python3-wheel).
"""

import contextlib
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path


def make_wheel(source: Path, folder: Path) -> str:
    os.environ["SOURCE_DATE_EPOCH"] = "315532800"  # 1980, the first year of a zip
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "python"
        copy.mkdir()
        for name in ("pyproject.toml", "README.md"):
            shutil.copyfile(source / name, copy / name)
        shutil.copytree(source / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        os.chdir(copy)
        from setuptools import build_meta

        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                return str(build_meta.build_wheel(str(folder)))
        except BaseException:
            print(said.getvalue(), file=sys.stderr)
            raise


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(make_wheel(Path(sys.argv[1]).resolve(), folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
