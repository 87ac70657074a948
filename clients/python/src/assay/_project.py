"""assay.toml: the settings of a project, the same for the command line (docs/formats.md, "Project file")."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import _reference as reference
from ._environment import normalise
from .errors import UsageError

_MAX_BYTES = 1 << 20
_MAX_ENTRIES = 1000
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_KEYS = {"assay": ("url", "consumer", "cache", "environment"), "push": ("uses", "tags"), "fetch": ("models", "into")}


class Project(NamedTuple):
    """What such a file says. What it does not say is None or empty; relative paths were joined to its folder."""

    path: Optional[Path] = None  #: of the file itself; None when there is none
    settings: Dict[str, str] = {}  #: of [assay]
    uses: List[str] = []  #: of a push that names no package
    tags: Dict[str, str] = {}  #: of every push
    models: List[str] = []  #: references, as they are written
    into: Optional[Path] = None  #: folder below which each of them has its own

    def names(self, model: str, requested: str) -> bool:
        """True for a model and what a lock file calls `requested` ("@production") that `models` holds."""
        return any(f"{target.model}@{target.selector}" == model + requested for target in map(reference.parse, self.models))

    def folder_of(self, model: str, requested: str) -> Optional[Path]:
        """Where a version that it names goes: INTO/NAME, or INTO/NAME@production where it names the model more than once."""
        if self.into is None or not self.names(model, requested):
            return None
        several = sum(reference.parse(text).model == model for text in self.models) > 1
        is_no_folder_name = model in (".", "..")  # as models they are allowed, and would lead elsewhere
        return self.into / (model + requested if several or is_no_folder_name else model)


def find_project(directory: Path) -> Project:
    """The nearest assay.toml at or above a folder; one without a path when there is none."""
    place = next((folder / "assay.toml" for folder in (directory, *directory.parents) if (folder / "assay.toml").is_file()), None)
    return read_project(place) if place else Project()


def read_project(path: Path, personal: bool = False) -> Project:
    """`UsageError` (code "invalid-config") names the file, what is wrong in it and, for a key that does not exist, the nearest that does. A
    person's config.toml has only [assay]."""

    def refuse(because: str, fix: str = "'assay help assay.toml' says what may stand in it") -> UsageError:
        return UsageError(f"{path} cannot be used as configuration", code="invalid-config", because=because, fix=[fix])

    try:
        with open(path, "rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
        document = parse_toml(raw.decode("utf-8")) if len(raw) <= _MAX_BYTES else None
    except (OSError, ValueError) as error:
        raise refuse(str(error)) from error
    if document is None:
        raise refuse(f"it is larger than {_MAX_BYTES} bytes", "make it shorter")
    return _Reader(path, personal, refuse).read(document)


class _Reader:
    def __init__(self, path: Path, personal: bool, refuse: Callable[..., UsageError]) -> None:
        self._path, self._personal, self._refuse = path, personal, refuse

    def read(self, document: Dict[str, Any]) -> Project:
        tables = ["assay"] if self._personal else list(_KEYS)
        for table, section in document.items():
            if self._personal and table in ("push", "fetch"):
                raise self._refuse(f"[{table}] belongs to a project", "move it to the assay.toml of the project")
            if table not in tables:
                raise self._unknown(f"table '{table}'", table, tables)
            if not isinstance(section, dict):
                raise self._refuse(f"'{table}' is not a table", f"write [{table}]")
            for key in section:
                if key not in _KEYS[table]:
                    raise self._unknown(f"setting '{key}' in [{table}]", key, _KEYS[table])
        push, fetch = document.get("push", {}), document.get("fetch", {})
        into = fetch.get("into")
        return Project(
            self._path,
            {key: self._setting(key, value) for key, value in document.get("assay", {}).items()},
            self._uses(push.get("uses", [])),
            self._tags(push.get("tags", {})),
            self._models(fetch.get("models", [])),
            None if into is None else Path(self._beside(self._text("into", into))),
        )

    def _unknown(self, what: str, name: str, known: Any) -> UsageError:
        near = difflib.get_close_matches(name, known, 1)
        because = f"there is no {what}; known {'is' if len(known) == 1 else 'are'} {', '.join(known)}"
        return self._refuse(because, f"did you mean '{near[0]}'?") if near else self._refuse(because)

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self._refuse(f"'{key}' is not a text")
        return value

    def _beside(self, text: str) -> str:
        return os.path.normpath(self._path.parent / text)

    def _setting(self, key: str, value: Any) -> str:
        text = self._text(key, value)
        is_path = key == "cache" or (key == "environment" and text not in ("auto", "none"))
        return self._beside(text) if is_path else text

    def _texts(self, key: str, value: Any) -> List[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._refuse(f"'{key}' is not a list of texts", f'write {key} = ["…"]')
        if len(value) > _MAX_ENTRIES:
            raise self._refuse(f"'{key}' has more than {_MAX_ENTRIES} entries")
        return value

    def _uses(self, value: Any) -> List[str]:
        texts = self._texts("uses", value)
        for text in texts:
            if len(text) > 128 or not _PACKAGE.match(text):
                raise self._refuse(f"in 'uses': '{text}' is no name of a package")
        return list(dict.fromkeys(normalise(text) for text in texts))

    def _tags(self, value: Any) -> Dict[str, str]:
        if not isinstance(value, dict):
            raise self._refuse("'tags' is not a table", 'write [push.tags], and below it KEY = "VALUE"')
        if len(value) > _MAX_ENTRIES:
            raise self._refuse(f"'tags' has more than {_MAX_ENTRIES} entries")
        for key, text in value.items():
            if not key:
                raise self._refuse("in 'tags': a key is empty")
            if not isinstance(text, str):
                raise self._refuse(f"the tag '{key}' is not a text")
        return value

    def _models(self, value: Any) -> List[str]:
        texts = self._texts("models", value)
        seen = set()
        for text in texts:
            try:
                target = reference.parse(text)
            except UsageError as error:
                raise self._refuse(f"in 'models': {error.args[0]}") from error
            if target in seen:
                raise self._refuse(f"'models' names {text} twice")
            seen.add(target)
        return texts


def parse_toml(text: str) -> Dict[str, Any]:
    """TOML with the standard library, or with tomli before Python 3.11. `ValueError` for text that is not TOML."""
    try:
        import tomllib as toml
    except ImportError:
        try:
            import tomli as toml  # type: ignore[no-redef,unused-ignore]
        except ImportError:
            raise UsageError(
                "reading TOML needs the package tomli before Python 3.11",
                code="no-toml",
                fix=["pip install tomli", "use ASSAY_URL instead of a configuration file"],
            ) from None
    loaded: Dict[str, Any] = toml.loads(text)
    return loaded
