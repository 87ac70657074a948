"""Writes the data of the quickstart, byte for byte as palmerpenguins has it, for a program that is not Python: `export_data.py OUT`."""

import sys
from importlib import resources
from pathlib import Path

data = (resources.files("palmerpenguins") / "data" / "penguins.csv").read_bytes()
Path(sys.argv[1]).write_bytes(data)
print(f"{sys.argv[1]}: {len(data.splitlines()) - 1} penguins")
