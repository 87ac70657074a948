"""Which server, who asks, where the cache is: arguments, then environment, then assay.toml, then the user's file."""

from __future__ import annotations

import getpass
import os
import socket
import unicodedata
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

from ._arguments import optional_text
from ._project import Project, find_project, read_project
from .errors import UsageError

DEFAULT_URL = "http://127.0.0.1:8080"
_VARIABLES = ("url", "consumer", "cache")


class Config(NamedTuple):
    url: str  #: of the server, without a trailing slash
    consumer: str  #: NAME@HOST: who asks; the server records it
    cache: Path  #: folder of the shared cache; the command line uses the same
    environment: str = "auto"  #: where nobody says which counts: "auto", "none" or a file
    lock: Path = Path("assay.lock")  #: beside the project file where that names models, else in the working directory
    project: Project = Project()  #: without a path when there is none


def load_config(url: Optional[str] = None, consumer: Optional[str] = None) -> Config:
    """Reads ASSAY_URL, ASSAY_CONSUMER, ASSAY_CACHE; the nearest assay.toml at or above the working directory; `[assay]` in
    $XDG_CONFIG_HOME/assay/config.toml. An empty variable counts as absent. A file that cannot be read or has an unknown key
    is a `UsageError` that names it."""
    url = optional_text(url, "the URL of a server", "assay.connect('http://127.0.0.1:8080')")
    consumer = optional_text(consumer, "a consumer", "a name such as 'scorer@host'")
    here = Path.cwd()
    project = find_project(here)
    personal = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "assay" / "config.toml"
    layers: List[Dict[str, str]] = [
        {name: value for name, value in (("url", url), ("consumer", consumer)) if value},
        {name: value for name in _VARIABLES for value in [os.environ.get(f"ASSAY_{name.upper()}", "")] if value},
        project.settings,
        read_project(personal, personal=True).settings if personal.is_file() else {},
    ]

    def pick(name: str) -> Optional[str]:
        return next((layer[name] for layer in layers if name in layer), None)

    server = (pick("url") or DEFAULT_URL).rstrip("/")
    _check_url(server)
    who = pick("consumer") or _user()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in who):
        raise UsageError(
            f"{who!r} cannot be a consumer",
            code="invalid-consumer",
            because="it holds a control character",
            fix=["a name such as scorer@host"],
        )
    if "@" not in who:
        who += "@" + socket.gethostname()
    cache = pick("cache")
    return Config(
        server,
        who,
        Path(cache) if cache else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay",
        pick("environment") or "auto",
        project.path.parent / "assay.lock" if project.path and project.models and project.path.parent != here else Path("assay.lock"),
        project,
    )


def _check_url(server: str) -> None:
    def refuse(because: str, shown: str = server) -> UsageError:
        fix = ["write it as http://HOST:PORT or https://HOST"]
        return UsageError(f"'{shown}' is not the URL of a server", code="invalid-url", because=because, fix=fix)

    if not server.startswith(("http://", "https://")):
        raise refuse("it does not start with http:// or https://")
    try:
        parts = urlsplit(server)
        port = parts.port  # reading it checks it
    except ValueError as error:
        raise refuse(str(error)) from error
    if "@" in parts.netloc:  # it would end up in logs and in the lock file
        raise refuse("it holds a password or a user", server.split("//")[0] + "//…@" + parts.netloc.rpartition("@")[2])
    if not parts.hostname or port == 0 or any(c.isspace() or unicodedata.category(c) == "Cc" for c in server):
        raise refuse("it names no host" if not parts.hostname else "it holds a space, or the port 0")
    if parts.query or parts.fragment:
        raise refuse("it holds '?' or '#'")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without an entry for its user
        return f"uid{os.getuid()}"
