"""The manifest of a version, checked against the digest that pins it."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Dict, List, Mapping, NamedTuple

from ._canonical import digest_of
from .errors import IntegrityError
from ._files import checked_path
from ._reference import is_digest

_SCHEMA = "assay.manifest/1"


class ManifestFile(NamedTuple):
    path: str  #: inside the version; checked: it stays below the folder that it is joined to
    digest: str
    size: int
    media_type: str


class Manifest:
    """What `digest` pins. Never holds anything that was not hashed."""

    def __init__(self, text: bytes, digest: str) -> None:
        """`IntegrityError` when the bytes are not what the digest says, or no manifest."""
        found = digest_of(text)
        if found != digest:
            raise IntegrityError(
                f"the manifest {digest} is damaged",
                code="digest-mismatch",
                because=f"what arrived is {found}",
                fix=["fetch it again", "assay fsck on the server"],
            )
        self.text, self.digest = text, digest
        document = json.loads(text.decode("utf-8"))
        if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
            raise IntegrityError(
                f"the manifest {digest} cannot be read",
                code="unknown-schema",
                because=f"its schema is not {_SCHEMA}",
                fix=["install the client that the server has: its first page says how"],
            )
        self.model: str = document["model"]
        self.version: int = document["version"]
        self.facts: Dict[str, Any] = document.get("facts", {})
        self.document: Dict[str, Any] = document
        self.files: List[ManifestFile] = [_file(item) for item in document["files"]]
        # Names that a file system may take for the same file would overwrite each other.
        if len({unicodedata.normalize("NFC", file.path) for file in self.files}) != len(self.files):
            raise IntegrityError(f"the manifest {digest} names a file twice", code="duplicate-path")

    @property
    def ref(self) -> str:
        return f"{self.model}@{self.version}"

    def training_environment(self) -> Dict[str, str]:
        """Python and the packages the model uses, as the lock file lists them."""
        libraries: Mapping[str, str] = self.facts.get("libraries", {})
        names = ["python", *sorted(set(self.facts.get("uses", [])) - {"python"})]
        return {name: libraries[name] for name in names if name in libraries}


def _file(item: Mapping[str, Any]) -> ManifestFile:
    digest, size = item.get("digest"), item.get("size")
    if not is_digest(digest) or not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise IntegrityError(f"the manifest describes the file {item.get('path')!r} wrongly", code="invalid-manifest")
    return ManifestFile(checked_path(str(item.get("path", ""))), str(digest), size, str(item.get("media_type", "")))
