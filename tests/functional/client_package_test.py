#!/usr/bin/env python3
"""The server hands out its Python client, and pip installs it from there.

ASSAY_BIN=build/release/assay build/venv/bin/python tests/functional/client_package_test.py
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.assay_process import Server  # noqa: E402

LOOK = """
import assay, importlib.metadata as m, pathlib
print(assay.__version__)
print(sorted({e.group for e in m.distribution("assay").entry_points}))
print(sorted(p.name for p in pathlib.Path(assay.__file__).parent.iterdir() if p.name != "__pycache__"))
"""


class ClientPackageTest(unittest.TestCase):
    def test_what_the_front_page_says_installs_the_client_of_this_repository(self):
        with tempfile.TemporaryDirectory() as folder, Server(Path(folder) / "data") as server:
            with urllib.request.urlopen(server.url + "/") as answer:
                page = answer.read().decode()
            line = re.search(r"pip install '(assay\[mlflow\] @ [^']+)'", page).group(1)
            self.assertIn(server.url, line)
            venv = Path(folder) / "venv"
            # What it needs is here already, and nothing is fetched from elsewhere.
            subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", str(venv)], check=True)
            python = str(venv / "bin" / "python")
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))}
            done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
                                   "--ignore-installed", line], env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            # -I: of this environment only; what the package itself imports at once comes with it
            looked = subprocess.run([python, "-c", LOOK], cwd=folder, env=environment, capture_output=True, text=True)
            self.assertEqual(looked.returncode, 0, looked.stderr)
            version, groups, files = looked.stdout.splitlines()
            self.assertIn(version, line)
            self.assertEqual(groups, str(["mlflow.artifact_repository", "mlflow.request_header_provider", "mlflow.run_context_provider"]))
            here = sorted(path.name for path in (ROOT / "clients" / "python" / "src" / "assay").iterdir() if path.suffix in (".py", ".typed"))
            self.assertEqual(files, str(here))


if __name__ == "__main__":
    unittest.main()
