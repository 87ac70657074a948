"""What code runs here: its commit, and where it began. Without GitPython."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Optional

_SECONDS = 2.0  # for each question to git: the state of a large tree on a slow disk may stay unknown


class Running(NamedTuple):
    commit: Optional[str]  #: HEAD of the repository that holds the script; without one, of the working directory
    dirty: Optional[bool]  #: it is not exactly that commit which runs; None when git did not say
    entry_point: Optional[str]  #: of a module its name, of a script its path within the repository; None in a notebook


def running() -> Running:
    """Asks git, so it takes some milliseconds. A script that the repository ignores, one in a virtual environment say, is of no commit."""
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    script = Path(file).absolute() if file else None
    folder = script.parent if script else Path.cwd()
    head = _git(folder, "rev-parse", "HEAD", "--show-prefix")
    commit, _, prefix = head.stdout.partition("\n") if head and head.returncode == 0 else ("", "", "")
    dirty: Optional[bool] = None
    if commit and script:
        ignored = _git(folder, "check-ignore", "--quiet", "--", script.name)
        commit = "" if ignored is None or ignored.returncode == 0 else commit
    if commit:
        tracked = _git(folder, "ls-files", "--error-unmatch", "--", script.name) if script else head
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
        if tracked is not None and changed is not None and changed.returncode == 0:
            dirty = tracked.returncode != 0 or changed.stdout.strip() != ""
    module = getattr(getattr(main, "__spec__", None), "name", None)
    if module:  # python -m package is package.__main__
        return Running(commit or None, dirty, module[: -len(".__main__")] if module.endswith(".__main__") else module)
    # Elsewhere the folders above are this machine's own affair.
    entry_point = (prefix.strip() if commit else "") + script.name if script else None
    return Running(commit or None, dirty, entry_point)


def _git(folder: Path, *arguments: str) -> "Optional[subprocess.CompletedProcess[str]]":
    """Its answer; None when there is no git, or none in time. It changes nothing in the repository and starts no helper."""
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
