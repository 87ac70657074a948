"""A client of one registry. Its methods are documented at the functions of the package that have their names."""

from __future__ import annotations

from collections import abc
from typing import TYPE_CHECKING, Any, Iterable, List, Mapping, Optional, Sequence, Union

from ._config import load_config
from ._connection import Connection
from ._environment import EnvironmentLike
from ._files import PathLike
from ._unsaid import AUTO, LOCK

if TYPE_CHECKING:
    from datetime import datetime

    from ._compare import Comparison
    from ._facts import MetricsLike
    from ._fetch import Fetched
    from ._gate import Verdict
    from ._lineage import Lineage
    from ._lock_text import Lock
    from ._verify import Verified
    from ._version import Version


class Client:
    """Made by `assay.connect`. Not for several threads at once. Nothing is sent before the first call."""

    def __init__(self, url: Optional[str] = None, consumer: Optional[str] = None) -> None:
        self.connection = Connection(load_config(url, consumer))

    @property
    def url(self) -> str:
        return self.connection.config.url

    @property
    def consumer(self) -> str:
        return self.connection.config.consumer

    def __repr__(self) -> str:
        return f"<assay.Client of {self.url} as {self.consumer}>"

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def push(
        self,
        name: str,
        model: Any,
        *,
        sample: Any = None,
        datasets: Sequence[Mapping[str, Any]] = (),
        training: Any = None,
        evaluation: Any = None,
        metrics: "MetricsLike" = (),
        dataset: Optional[str] = None,
        params: Optional[Mapping[str, Any]] = None,
        trained_at: "Union[str, datetime, None]" = None,
        uses: Optional[Sequence[str]] = None,
        environment: "Optional[EnvironmentLike]" = None,
        parents: Sequence[Union[str, Mapping[str, Any]]] = (),
        run: Union[str, Mapping[str, Any], None] = None,
        tags: Optional[Mapping[str, str]] = None,
        aliases: Sequence[str] = (),
        description: str = "",
        source: Optional[Mapping[str, str]] = None,
        if_changed: bool = False,
    ) -> "Version":
        arguments = {key: value for key, value in locals().items() if key != "self"}
        from ._push import push

        project = self.connection.config.project
        if uses is None and project.uses:
            arguments["uses"] = project.uses
        if project.tags and (tags is None or isinstance(tags, abc.Mapping)):
            arguments["tags"] = {**project.tags, **(tags or {})}
        if environment is None or environment is AUTO:
            arguments["environment"] = self.connection.config.environment
        return push(self.connection, **arguments)

    def fetch(
        self,
        ref: str,
        directory: PathLike,
        environment: EnvironmentLike = AUTO,
        *,
        locked: Optional[PathLike] = None,
        force: bool = False,
    ) -> "Fetched":
        from ._fetch import fetch

        return fetch(self.connection, ref, directory, self._environment(environment), locked=locked, force=force)

    def fetch_locked(
        self,
        directory: Optional[PathLike] = None,
        environment: EnvironmentLike = AUTO,
        *,
        path: PathLike = LOCK,
        force: bool = False,
    ) -> "List[Fetched]":
        from ._fetch_locked import fetch_locked

        return fetch_locked(self.connection, self._lock_file(path), directory, self._environment(environment), force=force)

    def _environment(self, given: EnvironmentLike) -> EnvironmentLike:
        return self.connection.config.environment if given is AUTO else given

    def _lock_file(self, given: PathLike) -> PathLike:
        return self.connection.config.lock if given is LOCK else given

    def load(
        self, ref: str, environment: EnvironmentLike = AUTO, verify: str = "strict", *, file: Optional[str] = None, try_: bool = False
    ) -> Any:
        from ._load import load

        return load(self.connection, ref, self._environment(environment), verify, file=file, try_=try_)

    def check(self, ref: str, environment: EnvironmentLike = AUTO) -> "Verdict":
        from ._gate import check

        return check(self.connection, ref, self._environment(environment))

    def show(self, ref: str) -> "Version":
        """The version that a reference means now."""
        from . import _reference as reference
        from ._version import Version

        target = reference.parse(ref)
        return Version.from_json(self.connection.json("GET", target.path, context=f"looking at {target}"))

    def search(self, filter: str = "", order_by: Union[str, Sequence[str]] = (), limit: Optional[int] = 100) -> "List[Version]":
        from ._search import search

        return search(self.connection, filter, order_by, limit)

    def compare(self, *refs: str) -> "Comparison":
        from ._compare import compare

        return compare(self.connection, refs)

    def lineage(self, ref: str, direction: str = "both", depth: int = 32, limit: Optional[int] = None) -> "Lineage":
        from ._lineage import lineage

        return lineage(self.connection, ref, direction, depth, limit)

    def lock(self, refs: Union[str, Iterable[str], None] = None, path: PathLike = LOCK) -> "Lock":
        from ._lock import lock

        return lock(self.connection, refs, self._lock_file(path))

    def verify(self, path: PathLike = LOCK, offline: bool = True) -> "List[Verified]":
        from ._verify import verify

        return verify(self._lock_file(path), self.connection.config.cache, None if offline else self.connection)
