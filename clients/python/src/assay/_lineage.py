"""Where a version comes from and where it went."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from . import _reference as reference
from ._arguments import number, text
from ._connection import Connection
from .errors import UsageError

DIRECTIONS = ("up", "down", "both")


class Edge(NamedTuple):
    """Points downstream: dataset → run → version → consumer."""

    source: str
    target: str
    relation: str


class Lineage:
    """A graph of datasets, runs, versions and consumers."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.of: str = str(answer["of"])
        self.truncated: bool = bool(answer.get("truncated"))  #: there is more than was asked for
        self.nodes: Dict[str, Dict[str, Any]] = {str(node["id"]): dict(node) for node in answer["nodes"]}  #: by id
        self.edges: List[Edge] = [Edge(str(e["from"]), str(e["to"]), str(e.get("relation", ""))) for e in answer["edges"]]
        self._answer = dict(answer)

    def upstream(self, node: Optional[str] = None) -> List[Edge]:
        """The edges that lead into a node, by default the one that was asked for."""
        return [edge for edge in self.edges if edge.target == (node or self.of)]

    def downstream(self, node: Optional[str] = None) -> List[Edge]:
        return [edge for edge in self.edges if edge.source == (node or self.of)]

    def of_kind(self, kind: str) -> List[Dict[str, Any]]:
        """The nodes that are a "dataset", "run", "version" or "consumer"."""
        return [node for node in self.nodes.values() if node.get("kind") == kind]

    def to_json(self) -> Dict[str, Any]:
        return self._answer


def lineage(connection: Connection, ref: str, direction: str = "both", depth: int = 32, limit: Optional[int] = None) -> Lineage:
    """See `assay.lineage`. `ref` is a reference to a version, or `dataset:sha256:…`, `dataset:ds1:sha256:…`, `run:ID`."""
    if direction not in DIRECTIONS:
        raise UsageError(
            f"direction={direction!r} is not possible",
            code="invalid-direction",
            because="lineage leads up to what a version was made from, down to what became of it, or both",
            fix=[f"one of {', '.join(DIRECTIONS)}"],
        )
    depth = number(depth, "depth", 1, "depth=32")
    if limit is not None:
        limit = number(limit, "limit", 1, "limit=1000")
    params = {"of": node_id(ref), "direction": direction, "depth": str(depth), **({"limit": str(limit)} if limit is not None else {})}
    return Lineage(connection.json("GET", "/v1/lineage", params=params, context=f"tracing {ref}"))


def node_id(ref: str) -> str:
    """How the API names the node that a person means."""
    text(ref, "what to trace", "a reference such as 'churn@3', or 'dataset:sha256:…' or 'run:ID'")
    if ref.startswith(("dataset:", "run:", "version:")):
        return ref
    if ref.startswith(("sha256:", "ds1:sha256:")):
        return "dataset:" + ref
    return f"version:{reference.parse(ref)}"
