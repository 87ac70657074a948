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


def checked_name(name: object) -> str:
    """The name of a model in NFC, by the server's rules (registry/names.hpp)."""

    def refuse(because: str) -> UsageError:
        shown = name if isinstance(name, str) else repr(name)
        fix = ["a name such as churn: 1 to 256 characters without '@', '/' and control characters; the registry numbers versions by itself"]
        return UsageError(f"'{shown}' cannot be the name of a model", code="invalid-name", because=because, fix=fix)

    if not isinstance(name, str):
        raise refuse(f"a name is a text, and this is of type {type(name).__name__}")
    checked = unicodedata.normalize("NFC", name)
    if not checked:
        raise refuse("a name has at least one character")
    if len(checked) > 256:
        raise refuse(f"it has {len(checked)} characters, at most 256 are allowed")
    if "@" in checked:
        raise refuse("'@' separates a name from its version or alias")
    if "/" in checked:
        raise refuse("it holds '/'")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in checked):
        raise refuse("it holds a control character")
    return checked


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
    elif re.fullmatch(r"-?[0-9]+", selector):
        if not _NUMBER.match(selector) or int(selector) >= 2**63:
            raise _bad(text, "version numbers go from 1 to 2^63 - 1, without leading zeros")
    elif len(selector) > 255 or not re.fullmatch(r"[\w-]+", selector):
        raise _bad(text, "an alias has letters, digits, '_' and '-' only, at most 255")
    elif re.fullmatch(r"[vV][0-9]+", selector):
        raise _bad(text, "'v' and digits look like a version number, and are no alias")
    elif selector.lower() == "latest":
        selector = "latest"
    return Reference(_name(text, name), unicodedata.normalize("NFC", selector))


def _name(text: str, name: str) -> str:
    if not name:
        raise _bad(text, "the name is missing")
    try:
        return checked_name(name)
    except UsageError as error:
        raise _bad(text, error.because) from error
