"""The consumer of the quickstart: a process that knows nothing but `penguins@production`.

Reads ASSAY_URL, held_out.csv and expected.json (written by lab.py); exits 9 when a prediction differs by one bit.
"""

import json
import sys

import numpy as np
import pandas as pd

import assay


def main() -> int:
    model = assay.load("penguins@production")  # gate -> fetch -> verify -> joblib.load -> smoke test on the sample
    print("loaded penguins@production: the gate allows it, every byte is verified, the sample gives the recorded answers")

    held_out = pd.read_csv("held_out.csv")
    with open("expected.json", encoding="utf-8") as file:
        expected = json.load(file)
    labels = [str(label) for label in model.predict(held_out)]
    probabilities = np.ascontiguousarray(model.predict_proba(held_out), dtype="<f8")
    if labels != expected["predict"] or probabilities.tobytes() != bytes.fromhex(expected["predict_proba"]):
        print("error: the predictions of this process are not those of the lab", file=sys.stderr)
        return 9
    print(f"{len(labels)} held-out penguins: labels equal, and {probabilities.nbytes} bytes of probabilities equal byte for byte")
    first = held_out.iloc[0]
    print(f"for example: {first['island']}, {first['bill_length_mm']} mm bill, {first['body_mass_g']:.0f} g -> {labels[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
