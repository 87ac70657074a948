"""Runs one scanner over many files inside its own environment; started by scanners.py. Scanners read files, they do not load them.

    scanner_worker.py SCANNER < list of files, one a line > one line `found|clean|error` each

`found` where it reports anything, also beside an error; `error` where it says that it could not judge, where it fails, and where it takes
too long.
"""

import contextlib
import io
import logging
import os
import signal
import sys
import tempfile

SECONDS = 60


def picklescan(path):
    from picklescan.scanner import scan_file_path

    result = scan_file_path(path)
    return "found" if result.issues_count else "error" if result.scan_err else "clean"


def modelscan(path):
    from pathlib import Path

    from modelscan.modelscan import ModelScan

    scan = ModelScan()
    scan.scan(Path(path))
    return "found" if scan.issues.all_issues else "error" if scan.errors or not scan.scanned else "clean"


def fickling(path):
    from fickling.cli import main

    return {0: "clean", 1: "found"}.get(main(["fickling", "--check-safety", path]), "error")


def modelaudit(path):
    from modelaudit.core import determine_exit_code, scan_model_directory_or_file

    return {0: "clean", 1: "found"}.get(determine_exit_code(scan_model_directory_or_file(path)), "error")


def skops(path):
    import skops.io

    return "found" if skops.io.get_untrusted_types(file=path) else "clean"


SCANNERS = {"picklescan": picklescan, "modelscan": modelscan, "fickling": fickling, "modelaudit": modelaudit, "skops": skops}


def too_long(_signal, _frame):
    raise TimeoutError


def judge(scan, path):
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return scan(path)
    except (Exception, SystemExit):  # noqa: BLE001 - a scanner that fails has not judged
        return "error"
    finally:
        signal.alarm(0)


def main():
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, too_long)
    scan = SCANNERS[sys.argv[1]]
    paths = [line.rstrip("\n") for line in sys.stdin]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for path in paths:
            print(judge(scan, path), flush=True)


if __name__ == "__main__":
    main()
