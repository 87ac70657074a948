"""`python -m assay`: the commands of `assay` for machines that have only the Python package."""

from __future__ import annotations

import sys

from ._commands import main

if __name__ == "__main__":
    sys.exit(main())
