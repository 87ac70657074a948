"""The text of assay.lock (docs/formats.md, "Lock file"): one layout, so that every writer writes the same bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, NamedTuple

from ._project import parse_toml
from .errors import AssayError, IntegrityError
from ._files import checked_path
from ._reference import is_digest

FORMAT = 1
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class LockedFile(NamedTuple):
    path: str
    size: int
    digest: str


@dataclass(frozen=True)
class LockedModel:
    name: str
    requested: str  #: "@production", "@3", "@latest", "@sha256:…"
    version: int
    digest: str
    files: List[LockedFile]
    environment: Dict[str, str] = field(default_factory=dict)  #: of the training side
    path: str = ""  #: the folder it was fetched to, relative to the lock file's; empty when it was not

    def to_json(self) -> Dict[str, Any]:
        known = {"path": self.path} if self.path else {}
        return {
            "name": self.name,
            "requested": self.requested,
            "version": self.version,
            "digest": self.digest,
            **known,
            "files": [file._asdict() for file in self.files],
            "environment": self.environment,
        }


@dataclass(frozen=True)
class Lock:
    registry: str
    models: List[LockedModel]

    def to_text(self) -> str:
        lines = [f"version = {FORMAT}", f"registry = {_string(self.registry)}"]
        for model in sorted(self.models, key=lambda m: (m.name.encode("utf-8"), m.requested.encode("utf-8"))):
            lines += [
                "",
                "[[model]]",
                f"name = {_string(model.name)}",
                f"requested = {_string(model.requested)}",
                f"version = {model.version}",
                f"digest = {_string(model.digest)}",
            ]
            files = sorted(model.files, key=lambda f: f.path.encode("utf-8"))
            listed = [f"{{ path = {_string(f.path)}, size = {f.size}, digest = {_string(f.digest)} }}" for f in files]
            lines.append(f"files = [{', '.join(listed)}]")
            packages = [
                f"{_key(name)} = {_string(model.environment[name])}"
                for name in sorted(model.environment, key=lambda name: name.encode("utf-8"))
            ]
            if packages:
                lines.append(f"environment = {{ {', '.join(packages)} }}")
            if model.path:
                lines.append(f"path = {_string(model.path)}")
        return "\n".join(lines) + "\n"

    def to_json(self) -> Dict[str, Any]:
        return {"version": FORMAT, "registry": self.registry, "models": [model.to_json() for model in self.models]}


def _string(text: str) -> str:
    """A TOML basic string with the escapes that it must have, and no others."""
    return '"' + "".join(_ESCAPES.get(c) or (f"\\u{ord(c):04X}" if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text) + '"'


def _key(text: str) -> str:
    return text if _BARE_KEY.match(text) else _string(text)


def read_text(text: str, name: str) -> Lock:
    """Reads any TOML with the members of a lock file, whatever its layout. `AssayError` says what is wrong."""

    def refuse(because: str) -> AssayError:
        return AssayError(f"{name} is not a lock file", code="invalid-lock", because=because, fix=["assay lock REF…"])

    try:
        document = parse_toml(text)
    except ValueError as error:
        raise refuse(str(error)) from error
    if document.get("version") != FORMAT:
        raise refuse(f"its version is {document.get('version')!r}, this program reads {FORMAT}")
    models = document.get("model", [])
    if not isinstance(document.get("registry"), str) or not isinstance(models, list) or set(document) - {"version", "registry", "model"}:
        raise refuse("it has 'version', 'registry' and [[model]] entries, and nothing else")
    try:
        return Lock(document["registry"], [_model(item) for item in models])
    except (KeyError, TypeError, ValueError, IntegrityError) as error:
        raise refuse(f"an entry is malformed: {error}") from error


def _model(item: Mapping[str, Any]) -> LockedModel:
    unknown = set(item) - {"name", "requested", "version", "digest", "path", "files", "environment"}
    if unknown:
        raise ValueError(f"unknown member {sorted(unknown)[0]!r}")
    files = [LockedFile(checked_path(f["path"]), f["size"], f["digest"]) for f in item["files"]]
    texts = [item["name"], item["requested"], item.get("path", ""), *item.get("environment", {}).values()]
    numbers = [item["version"], *(file.size for file in files)]
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers
    ):
        raise ValueError("a member has the wrong type")
    if not all(is_digest(digest) for digest in (item["digest"], *(file.digest for file in files))):
        raise ValueError("a digest is 'sha256:' and 64 lowercase hexadecimal digits")
    return LockedModel(
        item["name"], item["requested"], item["version"], item["digest"], files, dict(item.get("environment", {})), item.get("path", "")
    )
