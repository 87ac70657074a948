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

    @property
    def ref(self) -> str:
        return f"{self.model}@{self.version}"

    def __str__(self) -> str:
        return self.ref

    def to_json(self) -> Dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> "Version":
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
        )
