"""What a loader has: python, platform, packages and their releases."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from ._arguments import path
from ._canonical import canonical_json, digest_of
from .errors import UsageError

#: "auto" is the interpreter that runs this; "none" says explicitly that there is none to judge; a mapping is an environment;
#: anything else is the path of a JSON file with one (`assay env capture > env.json`).
EnvironmentLike = Union[str, "os.PathLike[str]", Mapping[str, Any]]

_MEMBERS = {"python", "implementation", "platform", "packages"}
_MACHINES = {"amd64": "x86_64", "x64": "x86_64"}  # as Windows spells it


def normalise(package: str) -> str:
    """The name of a package as PEP 503 compares it: scikit_learn and Scikit.Learn are scikit-learn."""
    return re.sub(r"[-_.]+", "-", package).lower()


def platform_name() -> str:
    """linux-x86_64, linux-aarch64, darwin-arm64, windows-x86_64."""
    import platform

    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"


def capture() -> Dict[str, Any]:
    """The environment of the running interpreter. The first distribution on `sys.path` wins, as it does for `import`."""
    import importlib.metadata
    import platform
    import sys

    packages: Dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        # A damaged installation has neither name nor version; pip does not list it either.
        metadata = distribution.metadata
        name, release = (metadata["Name"], metadata["Version"]) if metadata is not None else (None, None)
        if name and release:
            packages.setdefault(normalise(name), release)
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": platform_name(),
        "packages": dict(sorted(packages.items())),
    }


def environment_of(choice: EnvironmentLike) -> Optional[Dict[str, Any]]:
    """The environment that `choice` means, normalised; None for "none". `UsageError` says what is wrong with it."""
    if isinstance(choice, Mapping):
        return _checked(choice, "the environment")
    if isinstance(choice, str) and choice in ("auto", "none"):
        return capture() if choice == "auto" else None
    text = os.fspath(path(choice, "environment", "environment='auto', 'none', a mapping or the path of a JSON file"))
    try:
        loaded = json.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{text} cannot be read as an environment",
            code="invalid-environment",
            because=str(error),
            fix=["python -m assay env > env.json", "environment='auto' or 'none'"],
        ) from error
    return _checked(loaded, text)


def _checked(value: Any, what: str) -> Dict[str, Any]:
    def refuse(because: str) -> UsageError:
        fix = ["take one as assay.environment() or `python -m assay env` gives it", "environment='auto' or 'none'"]
        return UsageError(f"{what} is not an environment", code="invalid-environment", because=because, fix=fix)

    if not isinstance(value, Mapping):
        raise refuse("it is no JSON object")
    unknown = sorted(map(str, set(value) - _MEMBERS))
    if unknown:
        raise refuse(f"'{unknown[0]}' is none of its members: {', '.join(sorted(_MEMBERS))}")
    packages = value.get("packages", {})
    if not isinstance(packages, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in packages.items()):
        raise refuse("'packages' does not map names to releases")
    checked: Dict[str, Any] = {name: value[name] for name in ("python", "implementation", "platform") if name in value}
    if not all(isinstance(text, str) for text in checked.values()):
        raise refuse("'python', 'implementation' and 'platform' are strings")
    checked["packages"] = {normalise(name): release for name, release in sorted(packages.items())}
    return checked


def digest(environment: Mapping[str, Any]) -> Tuple[str, bytes]:
    """The digest of a normalised environment, and the canonical bytes that it is the digest of."""
    text = canonical_json(dict(environment))
    return digest_of(text), text
