"""The gate: may this version be loaded in this environment? Asked before a byte moves."""

from __future__ import annotations

import warnings
from typing import Any, Dict, List, Optional

from . import _environment as environments
from . import _reference as reference
from ._connection import Connection
from ._environment import EnvironmentLike
from .errors import AssayWarning, refused


class Verdict(Dict[str, Any]):
    """A gate verdict, as the server sent it; the members that are asked for most have names."""

    @property
    def verdict(self) -> str:
        """allow, warn or refuse"""
        return str(self.get("verdict", ""))

    @property
    def conflicts(self) -> List[Dict[str, Any]]:
        return list(self.get("conflicts") or [])

    @property
    def warnings(self) -> List[Dict[str, Any]]:
        return list(self.get("warnings") or [])

    @property
    def settled(self) -> Optional[Dict[str, Any]]:
        """What decided in place of the rules: a proof, a waiver, a trial."""
        return self.get("settled")

    @property
    def on_trial(self) -> bool:
        """Nothing is known of this environment, and the smoke test is to decide."""
        return (self.settled or {}).get("kind") == "trial"

    def __bool__(self) -> bool:
        """True when the version may be loaded."""
        return self.verdict in ("allow", "warn")


def register(connection: Connection, environment: Dict[str, Any]) -> str:
    """Makes the environment known to the server; its digest."""
    digest, text = environments.digest(environment)
    connection.request("PUT", f"/v1/environments/{digest}", body=text, context="describing this environment").close()
    return digest


def check(connection: Connection, ref: str, environment: EnvironmentLike = "auto", *, fetching: bool = False) -> Verdict:
    """The verdict, also when it is `refuse`; without an environment nothing is judged, and it is `allow`. With `fetching` the server
    records the attempt for this consumer."""
    target = reference.parse(ref)
    described = environments.environment_of(environment)
    digest = register(connection, described) if described is not None else "none"
    return _ask(connection, target, digest, f"checking {target}", fetching)


def _ask(
    connection: Connection, target: reference.Reference, digest: str, context: str, fetching: bool, trial: bool = False
) -> Verdict:
    question = {"environment": digest, "fetch": fetching, **({"try": True} if trial else {})}
    answer = connection.json("POST", target.path + ":check", body=question, context=context)
    return Verdict(answer)


def admit(
    connection: Connection, target: reference.Reference, environment: EnvironmentLike, context: str, *, trial: bool = False
) -> "Admission":
    """Asks for a fetch, which the server records whether or not a byte will have to move. Raises `Incompatible` when the gate refuses,
    warns when it warns. Without an environment nothing is judged. With `trial` a version passes that is refused only as unproven: the
    caller runs the smoke test before it uses what it gets."""
    described = environments.environment_of(environment)
    digest = register(connection, described) if described is not None else "none"
    verdict = _ask(connection, target, digest, context, True, trial)
    if not verdict:
        raise refused(verdict, context=context)
    if described is None:
        return Admission(str(verdict["digest"]), digest, None)
    for warning in [] if verdict.on_trial else verdict.warnings:
        warnings.warn(f"{verdict.get('version')}: {warning.get('because') or warning.get('package')}", AssayWarning, stacklevel=5)
    return Admission(str(verdict["digest"]), digest, verdict)


class Admission:
    """The gate let this version pass."""

    def __init__(self, version_digest: str, environment_header: str, verdict: Optional[Verdict]) -> None:
        self.digest = version_digest
        self.environment_header = environment_header  #: what the file routes want to hear: a digest, or "none"
        self.verdict = verdict  #: None when there was no environment to judge
