"""A progress bar for transfers, on a terminal only."""

from __future__ import annotations

import sys
from typing import Any, Optional

#: Transfers below this many bytes are over before a bar is read.
_WORTH_A_BAR = 4 << 20


class Progress:
    """Counts bytes; draws a bar on stderr if that is a terminal. Use it in a `with`."""

    def __init__(self, label: str, total: Optional[int], initial: int = 0) -> None:
        self._bar: Any = None
        if sys.stderr.isatty() and (total is None or total >= _WORTH_A_BAR):
            from tqdm import tqdm

            self._bar = tqdm(total=total, initial=initial, desc=label, unit="B", unit_scale=True, unit_divisor=1024, leave=False, file=sys.stderr)

    def add(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def restart(self) -> None:
        if self._bar is not None:
            self._bar.reset()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
