"""Writes a copy of an environment that has the neighbouring minor release of scikit-learn: `other_environment.py IN OUT`."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    environment = json.load(file)

installed = environment["packages"]["scikit-learn"]
major, minor = (int(part) for part in installed.split(".")[:2])
other = f"{major}.{minor - 1}.0" if minor > 0 else f"{major}.{minor + 1}.0"
environment["packages"]["scikit-learn"] = other

with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(environment, file, indent=2)
print(f"scikit-learn {installed} is installed; {sys.argv[2]} says {other}")
