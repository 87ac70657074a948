#!/usr/bin/env python3
"""Reads every include of our C++ and enforces who may see whom (ARCHITECTURE.md, "Arrows").

    scripts/check_layers.py [ROOT]

Prints `file:line: <include>: the sentence it breaks` for each violation and exits 1 when there is one.
"""

import re
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Tuple

ROOMS = ("base", "storage", "artifact", "registry", "api", "clients", "tests")
SUFFIXES = (".cpp", ".hpp", ".h", ".cc")
COMPOSITION_ROOT = ("api/serve.cpp", "api/serve.hpp")

# Who may include what, by the longest prefix of the including file. A room always sees itself.
SEES = {
    "base": (("base",), "base is the vocabulary: it sees only the standard library and its own libraries, and has no domain word in it"),
    "storage": (("base",), "storage says what is kept: it sees base only (storage and artifact are strangers)"),
    "artifact": (("base",), "artifact says what bytes are, without SQL or HTTP: it sees base only (storage and artifact are strangers)"),
    "registry": (("storage", "artifact", "base"), "registry judges: it sees storage, artifact and base, never api or clients"),
    "api": (("registry", "base"), "api only translates: it sees registry and base; api/serve.cpp alone, the composition root, sees everything"),
    "clients/cpp": (("artifact", "base"), "the C++ SDK sees base and, for offline prediction, artifact; never registry, storage or api"),
    "clients/cli": (("base", "storage", "artifact", "registry", "api", "clients/cpp"), "clients/cli sees every room but tests"),
    "tests": (("base", "storage", "artifact", "registry", "api", "clients"), "tests may see everything"),
}

# Within a room: files below the first may not include files below (or named) one of the second.
STRANGERS = (
    ("api/v1", ("api/mlflow", "api/ui"), "api/v1, api/mlflow and api/ui never include each other"),
    ("api/mlflow", ("api/v1", "api/ui"), "api/v1, api/mlflow and api/ui never include each other"),
    ("api/ui", ("api/v1", "api/mlflow"), "api/v1, api/mlflow and api/ui never include each other"),
) + tuple(
    (room, ("storage/tables", "storage/records.hpp", "storage/catalog.hpp"),
     "storage/fs, blobs, sql and s3 do not know that models exist: only storage/tables and storage/records.hpp do")
    for room in ("storage/fs", "storage/blobs", "storage/sql", "storage/s3")
)

# Third-party headers: each is seen by one file or folder. (pattern of the header, prefixes that may, sentence)
THIRD_PARTY = (
    (r"sqlite3\.h", ("storage/sql/", "tests/simulation/"), "sqlite3.h is seen by storage/sql, and by the crash simulation, which is a file system to it"),
    (r"libpq-fe\.h", ("storage/sql/postgres",), "libpq-fe.h is seen by storage/sql/postgres*.cpp only"),
    (r"httplib\.h", ("base/http_client.cpp",), "httplib.h is seen by base/http_client.cpp only"),
    (r"openssl/.*", ("base/crypto.cpp", "base/md5.cpp"), "OpenSSL is seen by base/crypto.cpp and base/md5.cpp only"),
    (r"nlohmann/.*", ("base/json.hpp",), "nlohmann-json is seen by base/json.hpp only: everybody else writes Json"),
    (r"toml\+\+/.*|toml\+\+\.h|toml\.hpp", ("base/toml.cpp",), "toml++ is seen by base/toml.cpp only"),
    (r"spdlog/.*", ("base/log.cpp",), "spdlog is seen by base/log.cpp only"),
    (r"CLI/.*", ("clients/cli/arguments.cpp",), "CLI11 is seen by clients/cli/arguments.cpp only: a command declares Arguments"),
    (r"utf8proc\.h", ("base/text.cpp", "base/python_str.cpp"), "utf8proc.h is seen by base/text.cpp and base/python_str.cpp only"),
    (r"doctest/.*|doctest\.h", ("tests/",), "doctest is seen by tests only"),
    (r"(unsupported/)?Eigen/.*", ("artifact/pipeline/", "clients/cpp/"), "Eigen is seen by artifact/pipeline and clients/cpp only"),
    (r"cereal/.*", ("artifact/pipeline/", "clients/cpp/"), "cereal is seen by artifact/pipeline and clients/cpp only"),
    (r"assay/.*", ("clients/cpp/examples/",), "the installed headers are seen by clients/cpp/examples only: the house writes the path of a header"),
    (r"zlib\.h|bzlib\.h|lzma\.h|lz4.*\.h|zstd.*\.h", ("artifact/", "storage/"), "compression libraries are seen by artifact and storage only"),
    (r"pugixml\.hpp", ("artifact/pmml/", "storage/s3/"), "pugixml is seen by artifact/pmml and storage/s3 only"),
    (r"curl/.*", ("storage/s3/",), "libcurl is seen by storage/s3 only"),
    (r"yaml-cpp/.*", ("artifact/mlflow/",), "yaml-cpp is seen by artifact/mlflow only"),
)

# Everywhere: what the system itself provides, and fmt. A library that is in neither list needs a place of its own here.
EVERYWHERE = re.compile(
    r"[a-z_0-9]+"  # the C++ standard library has no suffix
    r"|fmt/.*|sys/.*|linux/.*|netinet/.*|arpa/.*"
    r"|(unistd|fcntl|dirent|poll|signal|netdb|termios|pwd|time|stdlib|string|errno|spawn|dlfcn|pthread|langinfo|wchar)\.h")

INCLUDE = re.compile(r"""^\s*#\s*include\s*([<"])([^>"]+)[>"]""")
EXAMPLES = "clients/cpp/examples"  # programs of their own, which stand for a user's
EMBEDDED = "embedded/"  # headers that cmake/Embed.cmake writes into the build tree


class Violation(NamedTuple):
    file: str
    line: int
    include: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.include}: {self.sentence}"


def below(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix` itself or inside it."""
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


def code_lines(text: str) -> Iterator[Tuple[int, str]]:
    """The lines of a C++ file that are not inside a /* comment */."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            inside = "*/" not in line
            continue
        # a comment that opens after code and does not end here; includes have none of this in practice
        if line.lstrip().startswith("/*") and "*/" not in line:
            inside = True
            continue
        yield number, line


def rule_of(file: str) -> Optional[Tuple[str, Tuple[str, ...], str]]:
    for room in sorted(SEES, key=len, reverse=True):
        if below(file, room):
            sees, sentence = SEES[room]
            return room, sees, sentence
    return None


def check_own(file: str, include: str, root: Path) -> Optional[str]:
    """The sentence that `#include "include"` in `file` breaks, if any."""
    if below(file, EXAMPLES):
        neighbour = (root / file).parent / include
        return None if "/" not in include and neighbour.is_file() else "an example sees its own files and what is installed, <assay/…>: it stands for a user's program"
    if ".." in include.split("/") or include.startswith(("./", "/")):
        return "includes are written from the repository root, without '..' or a leading '/'"
    if include.startswith(EMBEDDED):
        return None
    if not include.startswith(tuple(room + "/" for room in ROOMS)):
        return 'includes are written from the repository root ("room/file.hpp"); libraries go in <angle brackets>'
    if not (root / include).is_file() and not (root / (include + ".in")).is_file():  # configured by CMake from a template
        return "no such file: includes are written from the repository root"
    if below(include, "tests") and not below(file, "tests"):
        return "nothing includes tests/ except tests"
    if file in COMPOSITION_ROOT:
        return None
    rule = rule_of(file)
    if rule is None:
        return "C++ lives in base, storage, artifact, registry, api, clients/cli, clients/cpp or tests"
    room, sees, sentence = rule
    if not below(include, room) and not any(below(include, seen) for seen in sees):
        return sentence
    for inside, strangers, why in STRANGERS:
        if below(file, inside) and any(below(include, stranger) for stranger in strangers):
            return why
    return None


def check_library(file: str, include: str) -> Optional[str]:
    """The sentence that `#include <include>` in `file` breaks, if any."""
    for pattern, places, sentence in THIRD_PARTY:
        if re.fullmatch(pattern, include):
            if file.startswith(places):
                return None
            return sentence
    if include.startswith(tuple(room + "/" for room in ROOMS)):
        return 'our own headers are included with "quotes"'
    if not EVERYWHERE.fullmatch(include):
        return "a library that scripts/check_layers.py does not know: give it one file or folder in THIRD_PARTY and a line in docs/decisions/dependencies.md"
    return None


def check_file(file: str, text: str, root: Path) -> List[Violation]:
    violations = []
    for number, line in code_lines(text):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, include = match.group(1) == '"', match.group(2)
        sentence = check_own(file, include, root) if quoted else check_library(file, include)
        if sentence:
            violations.append(Violation(file, number, f'"{include}"' if quoted else f"<{include}>", sentence))
    return violations


def sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def check_tree(root: Path) -> Tuple[List[Violation], int]:
    """Every violation below `root`, and how many files were read."""
    violations, count = [], 0
    for path in sources(root):
        count += 1
        violations += check_file(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), root)
    return violations, count


def main(arguments: List[str]) -> int:
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    violations, count = check_tree(root)
    for violation in violations:
        print(violation)
    if count == 0:
        print(f"error: no C++ below {root}", file=sys.stderr)
        return 1
    print(f"layers: {count} files read, {len(violations)} arrows point the wrong way")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
