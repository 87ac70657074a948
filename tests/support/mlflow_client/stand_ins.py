"""Stand-ins for the two libraries of pictures that a client hands them to: it needs no more of them than that they write files."""

import sys
import types
from typing import Any, Tuple


class Figure:
    """Of matplotlib.figure."""

    def savefig(self, path: str, **options: Any) -> None:
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"figure {sorted(options.items())}")


class Image:
    """Of PIL.Image."""

    def __init__(self, size: Tuple[int, int]):
        self.size = size

    def resize(self, size: Tuple[int, int]) -> "Image":
        return Image(size)

    def save(self, path: str, **_: Any) -> None:
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"image {self.size[0]} x {self.size[1]}")


def fromarray(array: Any) -> Image:
    return Image((array.shape[1], array.shape[0]))


def put_in_place() -> None:
    for package, module, members in (("matplotlib", "figure", {"Figure": Figure}), ("PIL", "Image", {"Image": Image, "fromarray": fromarray})):
        inner = types.ModuleType(f"{package}.{module}")
        inner.__dict__.update(members)
        outer = types.ModuleType(package)
        setattr(outer, module, inner)
        sys.modules.update({package: outer, inner.__name__: inner})
