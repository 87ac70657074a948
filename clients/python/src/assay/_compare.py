"""Versions side by side."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from . import _reference as reference
from ._arguments import texts
from ._connection import Connection


class Comparison(Dict[str, Any]):
    """What `POST /v1/versions:compare` answers: `versions`, and `sections` of rows with a value for each version."""

    def differing(self, section: str) -> Dict[str, List[Any]]:
        """The rows of a section ("metrics", "params", "libraries", "files", …) in which the versions differ: key → values."""
        return {row["key"]: row["values"] for row in self["sections"].get(section, []) if not row["same"]}


def compare(connection: Connection, refs: Sequence[str]) -> Comparison:
    """See `assay.compare`."""
    wanted = texts(refs, "the versions", "such as ['churn@3', 'churn@4']")
    asked = [str(reference.parse(ref)) for ref in wanted]
    return Comparison(connection.json("POST", "/v1/versions:compare", body={"versions": asked}, context=f"comparing {', '.join(asked)}"))
