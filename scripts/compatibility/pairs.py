"""The table of loads: its columns, and what was set aside: whole estimators and whole environments, chosen by a hash before any rule was
written.

Rules are first made without a look at the loads of these, and scored on them (`assay rules test` counts them once more by themselves); then
their loads are looked at, too. docs/compatibility.md has the score from before. Who makes rules anew takes another SEED.
"""

import zlib
from typing import Optional

COLUMNS = ["model", "format", "dumped_with", "loaded_with", "outcome", "cause", "version_warning", "message", "secondary"]
SEED = "assay"
ESTIMATORS = 5  # one in so many
ENVIRONMENTS = 6


def _hash(what: str, name: str) -> int:
    return zlib.crc32(f"{SEED} {what} {name}".encode())


def subject(model: str) -> str:
    """What a model is named after: "Variant_SVC_17_kernel_0" is an SVC, "Pipeline_stacking" itself."""
    return model.split("_")[1] if model.startswith("Variant_") else model


def is_estimator_aside(model: str) -> bool:
    return _hash("estimator", subject(model)) % ESTIMATORS == 0


def is_environment_aside(name: str) -> bool:
    return _hash("environment", name) % ENVIRONMENTS == 0


def why(model: str, dumped_with: str, loaded_with: str) -> Optional[str]:
    """"estimator", "environment", both, or nothing."""
    reasons = ["estimator"] if is_estimator_aside(model) else []
    if is_environment_aside(dumped_with) or is_environment_aside(loaded_with):
        reasons.append("environment")
    return "+".join(reasons)
