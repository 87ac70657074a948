"""What can go wrong. Each class mirrors one exit code of the command line (docs/formats.md)."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Type


class AssayWarning(UserWarning):
    """What a person should know although the call succeeded: a gate that warns, a version without a sample."""


class AssayError(Exception):
    """Any failure. `str(error)` is what happened, why, while doing what, and how to fix it, one per line."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        because: str = "",
        context: str = "",
        fix: Sequence[str] = (),
        field_errors: Sequence[Mapping[str, Any]] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code  #: stable, for programs: "version-not-found"
        self.because = because
        self.context = context  #: what was being done: "fetching churn@production"
        self.fix: List[str] = list(fix)  #: alternatives, the best first
        self.field_errors: List[Dict[str, Any]] = [dict(item) for item in field_errors]  #: every problem of a refused push
        self.request_id = request_id  #: finds the request in the server's log

    def __str__(self) -> str:
        lines = [self.message]
        for item in self.field_errors:
            lines.append(f"  {item.get('field', '?')}: {item.get('message', '')}")
            if item.get("fix"):
                lines.append(f"    fix: {item['fix']}")
        if self.because:
            lines.append(f"  because: {self.because}")
        if self.context:
            lines.append(f"  while: {self.context}")
        if self.fix:
            lines.append("fix: " + ", or ".join(self.fix))
        return "\n".join(lines)

    def to_json(self) -> Dict[str, Any]:
        """The members of the HTTP problem object that say something."""
        problem: Dict[str, Any] = {"title": type(self).__name__, "code": self.code, "detail": self.message, "exit_code": self.exit_code}
        members = {
            "because": self.because,
            "while": self.context,
            "fix": self.fix,
            "field_errors": self.field_errors,
            "request_id": self.request_id,
        }
        problem.update({name: value for name, value in members.items() if value})
        return problem


class UsageError(AssayError):
    """The call itself is wrong; nothing was sent."""

    exit_code = 2


class NotFound(AssayError):
    """There is no such model, version, alias or file."""

    exit_code = 3


class Incompatible(AssayError):
    """The gate refuses: the version would break, or answer differently, in this environment. Nothing was downloaded."""

    exit_code = 4

    def __init__(self, message: str, *, verdict: Optional[Mapping[str, Any]] = None, **rest: Any) -> None:
        super().__init__(message, **rest)
        self.verdict: Dict[str, Any] = dict(verdict) if verdict is not None else {}  #: the gate verdict, as the server sent it

    @property
    def conflicts(self) -> List[Dict[str, Any]]:
        """One entry per reason: package, recorded, offered, rule, effect, because, fix."""
        return list(self.verdict.get("conflicts") or [])

    def __str__(self) -> str:
        # A verdict with several conflicts: the first is the message, the others are said too.
        text = super().__str__()
        others = [str(conflict.get("because", "")) for conflict in self.conflicts[1:]]
        if not any(others):
            return text
        lines = text.split("\n")
        at = next((i for i, line in enumerate(lines) if line.startswith(("  while: ", "fix: "))), len(lines))
        lines[at:at] = [f"  and: {other}" for other in others if other]
        return "\n".join(lines)

    def to_json(self) -> Dict[str, Any]:
        return {**super().to_json(), "verdict": self.verdict}


class IntegrityError(AssayError):
    """Bytes are not what their digest says."""

    exit_code = 5


class UnsafeContent(AssayError):
    """The artifact would run code that nobody has agreed to."""

    exit_code = 6


class PermissionDenied(AssayError):
    """Not authenticated, or not allowed."""

    exit_code = 7


class Conflict(AssayError):
    """Exists already, has changed meanwhile, or is not what the lock file says."""

    exit_code = 8


class PredictionDiffers(AssayError):
    """The loaded estimator does not give the outputs that the sample recorded."""

    exit_code = 9

    def __init__(
        self, message: str, *, method: str = "", rows: Sequence[int] = (), max_abs: float = 0.0, max_ulp: int = 0, **rest: Any
    ) -> None:
        super().__init__(message, **rest)
        self.method = method  #: the first method that differs
        self.rows: List[int] = list(rows)  #: 0-based rows of the sample that differ, ascending
        self.max_abs = max_abs  #: largest absolute difference; infinite where one side is not a number
        self.max_ulp = max_ulp  #: the same in units of the last place

    def to_json(self) -> Dict[str, Any]:
        import math

        max_abs = self.max_abs if math.isfinite(self.max_abs) else str(self.max_abs)
        return {**super().to_json(), "method": self.method, "rows": self.rows, "max_abs": max_abs, "max_ulp": self.max_ulp}


class NetworkError(AssayError):
    """The server cannot be reached, or is too busy. Trying again later may succeed."""

    exit_code = 10


# The title of a problem is its kind (docs/api.md, "Conventions").
_BY_KIND: Dict[str, Type[AssayError]] = {
    "not-found": NotFound,
    "incompatible": Incompatible,
    "integrity": IntegrityError,
    "unsafe": UnsafeContent,
    "permission": PermissionDenied,
    "conflict": Conflict,
    "precondition": Conflict,
    "prediction-differs": PredictionDiffers,
    "network": NetworkError,
    "unavailable": NetworkError,
}
# For answers that are no problem objects: a proxy's, an older server's.
_BY_STATUS: Dict[int, Type[AssayError]] = {
    401: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    422: IntegrityError,
    502: NetworkError,
    503: NetworkError,
    504: NetworkError,
}


def from_problem(status: int, problem: Mapping[str, Any], *, context: str = "", request_id: str = "") -> AssayError:
    """The exception for an error answer. `problem` is the decoded body, empty when the body was no problem object."""
    kind = str(problem.get("title") or "")
    kind_class = _BY_KIND.get(kind) or (AssayError if problem.get("code") else _BY_STATUS.get(status, AssayError))
    verdict = problem.get("verdict")
    fix = problem.get("fix") or []
    field_errors = problem.get("field_errors") or []
    rest: Dict[str, Any] = {}
    if kind_class is Incompatible:
        rest["verdict"] = verdict if isinstance(verdict, Mapping) else {}
    return kind_class(
        str(problem.get("detail") or problem.get("title") or f"the server answered with status {status}"),
        code=str(problem.get("code") or ""),
        because=str(problem.get("because") or ""),
        context=context,
        fix=[str(item) for item in fix] if isinstance(fix, list) else [str(fix)],
        field_errors=[item for item in field_errors if isinstance(item, Mapping)] if isinstance(field_errors, list) else [],
        request_id=str(problem.get("request_id") or request_id),
        **rest,
    )


# What happens, by the effect of a conflict; the server and the command line use the same words.
_FATES = {
    "load-error": "cannot be loaded with",
    "predict-error": "cannot predict with",
    "different-predictions": "gives other predictions with",
}


def refused(verdict: Mapping[str, Any], *, context: str = "") -> Incompatible:
    """The exception for a gate verdict that refuses: its first conflict says what, the verdict how to fix it."""
    conflicts = verdict.get("conflicts") or [{}]
    first = conflicts[0]
    version, package = verdict.get("version", "this version"), first.get("package", "this environment")
    if package == "sample":
        found = {"load-error": "could not be loaded", "predict-error": "could not predict"}
        message = f"{version} {found.get(str(first.get('effect')), 'gave other predictions')} in an environment like this"
    elif first.get("effect") == "missing-package":
        message = f"{version} needs {package} {first.get('recorded') or ''}".rstrip() + ", which this environment does not have"
    elif first.get("recorded"):
        fate = _FATES.get(str(first.get("effect")), "is not proven to work with")
        message = f"{version} was trained with {package} {first['recorded']} and {fate} {first.get('offered')}"
    else:
        message = f"{version} cannot be loaded in this environment"
    return Incompatible(
        message,
        verdict=verdict,
        code=f"incompatible-{first['effect']}" if first.get("effect") else "incompatible",
        because=str(first.get("because") or ""),
        context=context,
        fix=verdict.get("fix") or first.get("fix") or [],
    )
