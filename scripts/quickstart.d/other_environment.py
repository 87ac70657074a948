"""Writes a copy of an environment with the scikit-learn and the NumPy of an older machine: `other_environment.py IN OUT`."""

import json
import sys

OLDER = {"scikit-learn": "1.2.2", "numpy": "1.24.4", "scipy": "1.10.1"}

with open(sys.argv[1], encoding="utf-8") as file:
    environment = json.load(file)

packages = environment["packages"]
changed = ", ".join(f"{package} {packages[package]} -> {release}" for package, release in OLDER.items() if package in packages)
packages.update({package: release for package, release in OLDER.items() if package in packages})

with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(environment, file, indent=2)
print(f"{sys.argv[2]}: {changed}")
