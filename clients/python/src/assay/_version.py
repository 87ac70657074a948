"""A version as the server describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional


@dataclass(frozen=True)
class Version:
    model: str
    version: int
    digest: str  #: of the manifest: what name@sha256:… pins
    state: str = "ready"
    created_at: str = ""
    description: str = ""
    tags: Dict[str, str] = field(default_factory=dict)
    aliases: List[str] = field(default_factory=list)
    run: Optional[str] = None
    warnings: List[str] = field(default_factory=list)
    manifest: Dict[str, Any] = field(default_factory=dict, repr=False)
    #: What is asked for most, out of the manifest; a version that was searched for comes without the rest of it.
    metrics: List[Dict[str, Any]] = field(default_factory=list)
    params: Dict[str, str] = field(default_factory=dict)
    libraries: Dict[str, str] = field(default_factory=dict)
    trained_at: Optional[str] = None

    @property
    def ref(self) -> str:
        return f"{self.model}@{self.version}"

    def __str__(self) -> str:
        return self.ref

    def to_json(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> "Version":
        facts = (answer.get("manifest") or {}).get("facts") or {}
        return cls(
            model=str(answer["model"]),
            version=int(answer["version"]),
            digest=str(answer["digest"]),
            state=str(answer.get("state") or "ready"),
            created_at=str(answer.get("created_at") or ""),
            description=str(answer.get("description") or ""),
            tags=dict(answer.get("tags") or {}),
            aliases=list(answer.get("aliases") or []),
            run=answer.get("run"),
            warnings=[str(item) for item in answer.get("warnings") or []],
            manifest=dict(answer.get("manifest") or {}),
            metrics=[dict(item) for item in answer.get("metrics") or facts.get("metrics") or []],
            params=dict(answer.get("params") or facts.get("params") or {}),
            libraries=dict(answer.get("libraries") or facts.get("libraries") or {}),
            trained_at=answer.get("trained_at") or facts.get("trained_at"),
        )
