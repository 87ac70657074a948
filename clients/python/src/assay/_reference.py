"""References to versions: churn, churn@3, churn@production, churn@sha256:…, models:/churn/3, models:/churn@production."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import quote

from .errors import UsageError

_NUMBER = re.compile(r"[1-9][0-9]{0,18}\Z")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_MODELS = "models:/"


class Reference(NamedTuple):
    model: str
    selector: str  #: "3", "production", "latest", "sha256:…"

    def __str__(self) -> str:
        return f"{self.model}@{self.selector}"

    @property
    def is_digest(self) -> bool:
        return _DIGEST.match(self.selector) is not None

    @property
    def segment(self) -> str:
        """How the HTTP API spells the selector: "3", "@production", "@latest", "sha256:…"."""
        return self.selector if self.is_digest or _NUMBER.match(self.selector) else "@" + self.selector

    @property
    def path(self) -> str:
        return version_path(self.model, self.segment)


def model_path(model: str) -> str:
    return "/v1/models/" + quote(model, safe="")


def version_path(model: str, segment: str) -> str:
    return f"{model_path(model)}/versions/{quote(segment, safe='@:')}"


def is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.match(text) is not None


def _bad(text: str, because: str) -> UsageError:
    return UsageError(
        f"'{text}' is not a reference to a version",
        code="invalid-reference",
        because=because,
        fix=["write NAME, NAME@3, NAME@ALIAS or NAME@sha256:…"],
    )


def parse(text: str) -> Reference:
    """Reads a reference; `UsageError` says what is wrong with it."""
    if not isinstance(text, str):
        raise _bad(repr(text), "a reference is a string")
    rest = text
    if rest.startswith(_MODELS):
        rest = rest[len(_MODELS) :]
        if "@" not in rest:
            name, slash, selector = rest.partition("/")
            if not slash:
                raise _bad(text, "models:/NAME needs a version or an alias after it")
            if not (_NUMBER.match(selector) or selector == "latest"):
                raise _bad(text, f"'{selector}' is not a version number")
            return Reference(_name(text, name), selector)
    name, at, selector = rest.partition("@")
    if not at:
        return Reference(_name(text, name), "latest")
    if not selector:
        raise _bad(text, "nothing follows the '@'")
    if selector.startswith("sha256:"):
        if not _DIGEST.match(selector):
            raise _bad(text, "a digest is 'sha256:' and 64 lowercase hexadecimal digits")
    elif selector.isdigit():
        if not _NUMBER.match(selector) or int(selector) >= 2**63:
            raise _bad(text, "version numbers go from 1 to 2^63 - 1, without leading zeros")
    elif not re.fullmatch(r"[\w-]+", selector):
        raise _bad(text, "an alias has letters, digits, '_' and '-' only")
    elif selector.lower() == "latest":
        selector = "latest"
    return Reference(_name(text, name), unicodedata.normalize("NFC", selector))


def _name(text: str, name: str) -> str:
    if not name:
        raise _bad(text, "the name is missing")
    if "/" in name:
        raise _bad(text, "a model's name holds no '/'")
    return unicodedata.normalize("NFC", name)
