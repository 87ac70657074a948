"""Versions of all models by what is known of them."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Union

from ._arguments import number, text, texts
from ._connection import Connection
from ._version import Version

PAGE = 1000


def search(connection: Connection, filter: str = "", order_by: Union[str, Sequence[str]] = (), limit: Optional[int] = 100) -> List[Version]:
    """See `assay.search`."""
    text(filter, "the filter", "such as \"metrics.accuracy >= 0.9\"")
    keys = [order_by] if isinstance(order_by, str) else texts(order_by, "order_by", "such as 'metrics.accuracy DESC', or a list of them")
    if limit is not None:
        limit = number(limit, "limit", 1, "limit=100, or None for all")
    question: Dict[str, Any] = {}
    if filter:
        question["filter"] = filter
    if any(keys):
        question["order_by"] = ", ".join(keys)
    found: List[Version] = []
    cursor: Optional[str] = None
    while limit is None or len(found) < limit:
        question["limit"] = PAGE if limit is None else min(PAGE, limit - len(found))
        if cursor:
            question["cursor"] = cursor
        page = connection.json("POST", "/v1/search", body=question, context="searching")
        found += [Version.from_json(item) for item in page["items"]]
        cursor = page.get("next_cursor")
        if not cursor:
            break
    return found
