#!/usr/bin/env python3
"""How many generated requests does the API stand? schemathesis over every operation, with a seed of its own each time.

    build/venv/bin/python tests/bench/schemathesis_run.py [--examples 2000] [--seed N]

Prints the counts, and every failure with the request that shows it; ends with 1 if there is one. The interpreter needs schemathesis
(the one of the tests has it). $ASSAY_BIN is the binary, else build/release/assay.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import assay_process  # noqa: E402
import http_api  # noqa: E402
import schemathesis_run  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=2000, help="requests per operation and phase, at most (2000)")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"), help="repeats a run that said it")
    parsed = parser.parse_args()
    with assay_process.scratch() as folder:
        os.environ.update(ASSAY_BIN=str(assay_process.binary()), TMPDIR=str(folder))
        http_api.start(*schemathesis_run.SERVER)
        try:
            found = schemathesis_run.run(folder, parsed.examples, ["--seed", str(parsed.seed), "--generation-database", "none"])
        finally:
            http_api.stop()
    if found.failures or found.errors or not found.complete:
        print(found.text)
    print(f"seed {parsed.seed}: {found.in_words()}")
    return 1 if found.failures or found.errors or not found.complete else 0


if __name__ == "__main__":
    sys.exit(main())
