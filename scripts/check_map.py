#!/usr/bin/env python3
"""Holds the map against the house, so that neither can drift.

    scripts/check_map.py [ROOT]

1. Every path that ARCHITECTURE.md names in `code` exists.
2. Every top-level folder is named there.
3. Every *_test.cpp on disk is built and every *_test.py / functional *.sh is run, by construction.
4. CMake has no list of our sources that a file could be missing from.
5. Every command of the CLI has a page, clients/cli/<command>.md, and every page a command.
6. Links between our Markdown pages lead somewhere.
7. Every source of a room has its test at the same path below tests/unit/ or tests/contract/, or a reason in NOT_MIRRORED;
   every test stands at the path of what it tests.
8. What begins with #! can be run.

Prints one line per problem and exits 1 when there is one.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List

IGNORED_FOLDERS = {"build", "assay-data"}
TEST_FOLDERS_IN_CMAKE = ("unit", "contract", "golden")
MIRRORED_ROOMS = ("base", "storage", "artifact", "registry", "api", "clients/cpp", "clients/cli")
PYTHON_TEST_FOLDERS = ("tests/unit/", "tests/functional/", "clients/python/tests/")

# What is here is held against the releases that wrote the models, all at once: tests/golden/pipeline_test.cpp. States that contradict
# themselves are in tests/unit/artifact/pipeline/pipeline_*_test.cpp.
HELD_AGAINST_RELEASES = ("artifact/pipeline/estimators/",)

# Sources without a test of their own name, and what tests them instead. A command of the CLI is a program: its functional test
# runs it as one, against a server.
NOT_MIRRORED: Dict[str, str] = {
    "api/serve.cpp": "composition root: every functional test starts it",
    "api/http_server_exchange.cpp": "a part of HttpServer that needs the others: tests/unit/api/http_server_test.cpp",
    "api/http_server_flow.cpp": "a part of HttpServer that needs the others: tests/unit/api/http_server_test.cpp",
    "api/http_server_loop.cpp": "a part of HttpServer that needs the others: tests/unit/api/http_server_test.cpp",
    "api/mlflow/version_folder.cpp": "what clients load: tests/functional/mlflow_test.py",
    "clients/cli/rules_pairs.cpp": "needs dumps: tests/functional/measured_rules_test.py",
    "registry/gate/question.cpp": "what the parts of the gate share: tests/unit/registry/gate_test.cpp",
    "registry/gate/by_bytes.cpp": "a part of the gate: tests/unit/registry/gate_test.cpp",
    "registry/gate/by_releases.cpp": "a part of the gate: tests/unit/registry/gate_test.cpp",
    "registry/gate/evidence.cpp": "a part of the gate: tests/unit/registry/gate_test.cpp",
    "registry/gate/fixes.cpp": "a part of the gate: tests/unit/registry/gate_test.cpp",
    "registry/gate/nearest.cpp": "a part of the gate: tests/unit/registry/gate_test.cpp",
    "registry/verdicts.cpp": "what two questions share: tests/unit/registry/runnable_test.cpp and impact_test.cpp",
    "api/v1/verdicts.cpp": "what two routes share: tests/unit/api/v1/runnable_test.cpp and impact_test.cpp",
    "artifact/sample_json.cpp": "a part of reading a sample: tests/unit/artifact/sample_test.cpp",
    "artifact/sample_records.cpp": "a part of reading a sample: tests/unit/artifact/sample_test.cpp",
    "artifact/sample_values.cpp": "a part of reading a sample: tests/unit/artifact/sample_test.cpp",
    "artifact/pipeline/data.cpp": "what steps hand to each other: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/decode_estimator.cpp": "a part of decoding: tests/unit/artifact/pipeline/pipeline_test.cpp",
    "artifact/pipeline/dtype_name.cpp": "a part of decoding: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/fitted.cpp": "a part of decoding: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/from_pickle.cpp": "a part of decoding: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/from_skops.cpp": "a part of decoding: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/read_fitted.cpp": "a part of decoding: tests/unit/artifact/pipeline/pipeline_test.cpp",
    "artifact/pipeline/rounding.cpp": "how well an answer is known: tests/unit/artifact/pipeline/pipeline_test.cpp",
    "artifact/pipeline/state_reader.cpp": "a part of decoding: tests/unit/artifact/pipeline/pipeline_test.cpp",
    "artifact/pipeline/verification.cpp": "a part of decoding: tests/unit/artifact/pipeline/pipeline_test.cpp",
    "artifact/pipeline/estimators/feature_hashing.cpp": "a part of the vectorizers: tests/unit/artifact/pipeline/estimators/count_vectorizer_test.cpp",
    "artifact/pipeline/estimators/text_analyzer.cpp": "a part of the vectorizers: tests/unit/artifact/pipeline/estimators/count_vectorizer_test.cpp",
    "artifact/pipeline/estimators/tfidf.cpp": "a part of the vectorizers: tests/unit/artifact/pipeline/estimators/count_vectorizer_test.cpp",
    "artifact/content.cpp": "what the readers of members share: tests/unit/artifact/zip/inspect_zip_test.cpp",
    "artifact/mlflow/requirements.cpp": "a part of reading a folder: tests/unit/artifact/mlflow/mlmodel_test.cpp",
    "artifact/mlflow/yaml.cpp": "a part of reading a folder: tests/unit/artifact/mlflow/mlmodel_test.cpp",
    "artifact/numpy/npy_header.cpp": "a part of reading an array: tests/unit/artifact/numpy/npy_test.cpp",
    "artifact/onnx/wire.cpp": "a part of reading a model: tests/unit/artifact/onnx/onnx_test.cpp",
    "artifact/skops/node.cpp": "a part of reading an archive: tests/unit/artifact/skops/skops_test.cpp",
    "artifact/skops/tree.cpp": "a part of reading an archive: tests/unit/artifact/skops/skops_test.cpp",
    "artifact/skops/uses.cpp": "a part of reading an archive: tests/unit/artifact/skops/skops_test.cpp",
    "artifact/zip/keras.cpp": "a part of reading an archive: tests/unit/artifact/zip/inspect_zip_test.cpp",
    "artifact/zip/member_source.cpp": "a part of reading an archive: tests/unit/artifact/zip/zip_reader_test.cpp",
    "artifact/zip/pytorch.cpp": "a part of reading an archive: tests/unit/artifact/zip/inspect_zip_test.cpp",
    "artifact/zip/zip_headers.cpp": "a part of reading an archive: tests/unit/artifact/zip/zip_reader_test.cpp",
    "artifact/joblib/decoder.cpp": "what a container is read with: tests/unit/artifact/joblib/container_test.cpp",
    "artifact/inspection_json.cpp": "how a report is written: tests/unit/artifact/inspect_test.cpp",
    "api/conditions.cpp": "what GET routes share: tests/unit/api/v1/exchange_test.cpp",
    "api/mlflow/artifact_list.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "clients/cli/import.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/mlflow_artifacts.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/mlflow_database.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/mlflow_server.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/import_mlflow.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/mlflow_folder.cpp": "the command as people call it: tests/functional/mlflow_import_test.py",
    "clients/cli/mlflow_api.cpp": "the commands as people call them: tests/functional/mlflow_import_test.py and mlflow_export_test.py",
    "clients/cli/import_report.cpp": "what an import and an export print: tests/functional/mlflow_import_test.py",
    "clients/cli/import_json.cpp": "the command as people call it: tests/functional/import_json_test.py",
    "clients/cli/import_versions.cpp": "what two imports share: tests/functional/import_json_test.py and import_dvc_test.py",
    "clients/cli/import_dvc.cpp": "the command as people call it: tests/functional/import_dvc_test.py",
    "clients/cli/export.cpp": "a command: tests/functional/mlflow_export_test.py",
    "clients/cli/export_models.cpp": "a part of export: tests/functional/mlflow_export_test.py",
    "clients/cli/export_runs.cpp": "a part of export: tests/functional/mlflow_export_test.py",
    "clients/cli/push_files.cpp": "a part of push: tests/functional/push_fetch.sh",
    "api/mlflow/artifact_file.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/artifacts.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/experiments.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/gate.cpp": "what the genuine clients see of it: tests/functional/mlflow_test.py",
    "api/mlflow/logged_models.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/metric_history.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/metrics.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/model_versions.cpp": "what the genuine clients see of it: tests/functional/mlflow_test.py",
    "api/mlflow/owned_artifacts.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/registered_models.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/run_log.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/run_view.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/runs.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/server.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/version_source.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "api/mlflow/version_view.cpp": "its routes over a socket: tests/unit/api/mlflow/routes_test.cpp",
    "registry/gc_plan.cpp": "what gc decides: tests/unit/registry/gc_test.cpp",
    "registry/restore.cpp": "what rebuild does once it has its data directory: tests/unit/registry/rebuild_test.cpp",
    "clients/cpp/examples/penguins/data.cpp": "a user's program: tests/functional/cpp_sdk_test.py builds and runs it",
    "clients/cpp/examples/penguins/logistic.cpp": "a user's program, held against scikit-learn: tests/functional/cpp_sdk_test.py",
    "clients/cpp/examples/penguins/main.cpp": "a user's program: tests/functional/cpp_sdk_test.py",
    "clients/cpp/examples/penguins/models.cpp": "a user's program: tests/functional/cpp_sdk_test.py",
    "clients/cpp/examples/predict/main.cpp": "a user's program, held against scikit-learn: tests/functional/cpp_sdk_test.py",
    "clients/cpp/examples/penguins/preparation.cpp": "a user's program, held against scikit-learn: tests/functional/cpp_sdk_test.py",
    "clients/cli/inspect_path.cpp": "what two commands share: tests/functional/trust.sh and tests/functional/check_file.sh",
    "clients/cli/main.cpp": "the program itself: every functional test runs it",
    "clients/cli/command.cpp": "what every command begins with: every functional test",
    "clients/cli/alias.cpp": "a command: tests/functional/alias.sh",
    "clients/cli/check.cpp": "a command: tests/functional/gate_refuses.sh",
    "artifact/convert.cpp": "a table of formats: tests/unit/artifact/pipeline/from_archive_test.cpp",
    "artifact/pipeline/archive_names.cpp": "numbers of names: tests/unit/artifact/pipeline/from_archive_test.cpp",
    "artifact/pipeline/inspect_archive.cpp": "what an archive holds: tests/unit/artifact/pipeline/from_archive_test.cpp",
    "artifact/pipeline/node_layout.cpp": "nodes as archives have them: tests/golden/pipeline_test.cpp",
    "artifact/pipeline/to_skops.cpp": "every model's copy: tests/golden/pipeline_test.cpp, read by skops: tests/functional/convert_test.py",
    "artifact/pipeline/to_archive.cpp": "every model's archive: tests/golden/pipeline_test.cpp",
    "clients/cli/convert.cpp": "a command: tests/functional/convert_test.py",
    "clients/cli/predict.cpp": "a command: tests/functional/replay_test.py",
    "clients/cli/replay.cpp": "a command: tests/functional/replay_test.py",
    "clients/cli/completion.cpp": "a command: tests/functional/completion.sh",
    "clients/cli/diff.cpp": "a command: tests/functional/diff.sh",
    "clients/cli/doctor_data.cpp": "a part of doctor: tests/functional/doctor.sh",
    "clients/cli/doctor_judge.cpp": "a part of doctor: tests/unit/clients/cli/doctor_test.cpp",
    "clients/cli/doctor_machine.cpp": "a part of doctor: tests/unit/clients/cli/doctor_test.cpp",
    "clients/cli/doctor_server.cpp": "a part of doctor: tests/unit/clients/cli/doctor_test.cpp",
    "clients/cli/env.cpp": "a command: tests/functional/env.sh",
    "clients/cli/fetch.cpp": "a command: tests/functional/push_fetch.sh",
    "clients/cli/gc.cpp": "a command: tests/functional/gc_test.py",
    "clients/cli/fsck.cpp": "a command: tests/functional/fsck.sh",
    "clients/cli/impact.cpp": "a command: tests/functional/impact.sh",
    "clients/cli/inspect.cpp": "a command: tests/functional/trust.sh and inspect_test.py",
    "clients/cli/inspection_text.cpp": "what a command prints: tests/functional/trust.sh",
    "clients/cli/trust.cpp": "a command: tests/functional/trust.sh",
    "clients/cli/lineage.cpp": "a command: tests/functional/lineage.sh",
    "clients/cli/list.cpp": "a command: tests/functional/browse.sh",
    "clients/cli/lock.cpp": "a command: tests/functional/lock_verify.sh",
    "clients/cli/log.cpp": "a command: tests/functional/browse.sh",
    "clients/cli/push.cpp": "a command: tests/functional/push_fetch.sh",
    "clients/cli/proofs.cpp": "a command: tests/functional/proofs.sh",
    "clients/cli/rebuild.cpp": "a command: tests/functional/rebuild.sh",
    "clients/cli/rm.cpp": "a command: tests/functional/remove.sh",
    "clients/cli/rules.cpp": "a command: tests/functional/rules.sh",
    "clients/cli/runnable.cpp": "a command: tests/functional/runnable.sh",
    "clients/cli/search.cpp": "a command: tests/functional/search.sh",
    "clients/cli/serve.cpp": "a command: tests/functional/serve.sh",
    "clients/cli/show.cpp": "a command: tests/functional/browse.sh",
    "clients/cli/tag.cpp": "a command: tests/functional/tag.sh",
    "clients/cli/trial.cpp": "a part of fetch: tests/functional/try_test.py",
    "clients/cli/undelete.cpp": "a command: tests/functional/remove.sh",
    "clients/cli/verdict_list.cpp": "what two commands share: tests/functional/runnable.sh and impact.sh",
    "clients/cli/verify.cpp": "a command: tests/functional/lock_verify.sh",
    "clients/cli/waiver.cpp": "a command: tests/functional/waiver.sh",
}


def tracked(root: Path) -> List[str]:
    """Paths below root that git knows or would add; without git, all files."""
    try:
        out = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, capture_output=True)
        names = {name.decode() for name in out.stdout.split(b"\0") if name}
        return sorted(name for name in names if (root / name).exists())
    except (OSError, subprocess.CalledProcessError):
        return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and ".git" not in p.parts)


# ---- 1, 2: ARCHITECTURE.md -------------------------------------------------------------------------------------------

def expand(path: str) -> Iterator[str]:
    """`a/{b,c}.d` as a shell expands it."""
    match = re.search(r"\{([^{}]*,[^{}]*)\}", path)
    if not match:
        yield path
        return
    for choice in match.group(1).split(","):
        yield from expand(path[: match.start()] + choice.strip() + path[match.end():])


def paths_in(text: str) -> Iterator[str]:
    """What ARCHITECTURE.md says in `code` that can only be a path of this repository. Placeholders in <angles> become `*`."""
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    spans = re.findall(r"`([^`\n]+)`", prose)
    for block in re.findall(r"```\n?(.*?)```", text, flags=re.S):
        spans += [line.split()[0] for line in block.splitlines() if line and not line[0].isspace() and re.match(r"[\w.]+/", line)]
    for span in spans:
        span = span.strip()
        if re.search(r"[\s:(){}=\"'$@…|]", re.sub(r"\{[\w.,/]+\}", "", span)) or span.startswith(("/", "http", "-", "./")):
            continue
        if "/" in span or re.fullmatch(r"[A-Z]+\.md|CMake\w+\.\w+", span):
            yield from expand(re.sub(r"<[^>]+>", "*", span))


def check_architecture(root: Path, files: List[str]) -> Iterator[str]:
    page = root / "ARCHITECTURE.md"
    if not page.is_file():
        yield "ARCHITECTURE.md: is missing"
        return
    text = page.read_text(encoding="utf-8")
    for path in sorted(set(paths_in(text))):
        if not any(root.glob(path.rstrip("/"))):
            yield f"ARCHITECTURE.md: names {path}, which does not exist"
    for folder in sorted({name.split("/")[0] for name in files if "/" in name}):
        if folder.startswith(".") or folder in IGNORED_FOLDERS:
            continue
        if not re.search(rf"(?<![\w/]){re.escape(folder)}/", text):
            yield f"ARCHITECTURE.md: does not name the folder {folder}/"


# ---- 3: no test is forgotten -----------------------------------------------------------------------------------------

def check_tests(root: Path, files: List[str]) -> Iterator[str]:
    cmake = root / "tests" / "CMakeLists.txt"
    text = cmake.read_text(encoding="utf-8") if cmake.is_file() else ""
    globbed = [folder for folder in TEST_FOLDERS_IN_CMAKE if re.search(rf"GLOB_RECURSE[^)]*/{folder}/\*_test\.cpp", text, flags=re.S)]
    for name in files:
        if name.endswith("_test.cpp") and not name.startswith(tuple(f"tests/{folder}/" for folder in globbed)):
            yield f"{name}: is not built: tests/CMakeLists.txt collects only {', '.join(f'tests/{folder}/**' for folder in globbed) or 'nothing'}"
        elif re.search(r"(^|/)(test_[^/]*|[^/]*_test)\.py$", name) and not name.startswith(PYTHON_TEST_FOLDERS):
            yield f"{name}: is not run: scripts/test looks into {', '.join(PYTHON_TEST_FOLDERS)}"
        elif re.match(r"tests/functional/.+/.+\.sh$", name) and "/support/" not in name:
            yield f"{name}: is not run: scripts/test runs tests/functional/*.sh, not sub-folders"
        if name.endswith(("_test.cpp",)):
            content = (root / name).read_text(encoding="utf-8", errors="replace")
            if not re.search(r"\bTEST_CASE(_FIXTURE|_TEMPLATE\w*)?\s*\(", content):
                yield f"{name}: holds no TEST_CASE"
            if re.search(r"doctest::(skip|may_fail|should_fail|expected_failures)\b", content):
                yield f"{name}: a test that may fail or is skipped proves nothing"


# ---- 4: CMake lists no sources ---------------------------------------------------------------------------------------

def check_cmake(root: Path, files: List[str]) -> Iterator[str]:
    for name in files:
        if not (name.endswith("CMakeLists.txt") or name.endswith(".cmake")):
            continue
        text = (root / name).read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            code = line.split("#", 1)[0]
            for source in re.findall(r"[\w./-]+\.cpp\b", code):
                if source.split("/")[-1] != "main.cpp" and "*" not in code:
                    yield f"{name}:{number}: lists {source}: sources are globbed, so that none can be forgotten"
            if re.search(r"file\s*\(\s*GLOB(?!.*CONFIGURE_DEPENDS)", code):
                yield f"{name}:{number}: a glob without CONFIGURE_DEPENDS misses files that are added later"


# ---- 5: a page per command -------------------------------------------------------------------------------------------

def commands_of(root: Path) -> List[str]:
    """The commands by their declarations in clients/cli/*.hpp: `Command push_command();`."""
    names = set()
    for header in (root / "clients/cli").glob("*.hpp"):
        names.update(re.findall(r"^\s*(?:\[\[nodiscard\]\]\s*)?Command (\w+)_command\(\);", header.read_text(encoding="utf-8"), flags=re.M))
    return sorted(names)


def check_pages(root: Path, files: List[str]) -> Iterator[str]:
    pages = {Path(name).stem for name in files if re.fullmatch(r"clients/cli/[a-z_-]+\.md", name)}
    sources = {Path(name).stem for name in files if re.fullmatch(r"clients/cli/[a-z_-]+\.cpp", name)}
    for page in sorted(pages):
        if page not in sources and page.replace("-", "_") not in sources:
            yield f"clients/cli/{page}.md: a page without a command: clients/cli/{page}.cpp does not exist"
    for command in commands_of(root):
        if command not in pages and command.replace("_", "-") not in pages:
            yield f"clients/cli/{command}.md: the command '{command}' has no page"


# ---- 6: links --------------------------------------------------------------------------------------------------------

def check_links(root: Path, files: List[str]) -> Iterator[str]:
    for name in files:
        if not name.endswith(".md"):
            continue
        text = re.sub(r"```.*?```", "", (root / name).read_text(encoding="utf-8"), flags=re.S)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path = target.split("#", 1)[0]
            if path and not re.match(r"[a-z]+:", path) and not ((root / name).parent / path).exists():
                yield f"{name}: links to {path}, which does not exist"


# ---- 7: a test per source --------------------------------------------------------------------------------------------

def check_mirror(root: Path, files: List[str]) -> Iterator[str]:
    present = set(files)
    for name in files:
        if not name.endswith(".cpp") or name.endswith("_test.cpp") or not name.startswith(tuple(f"{room}/" for room in MIRRORED_ROOMS)):
            continue
        stem = name[: -len(".cpp")]
        mirrors = [f"tests/{kind}/{stem}_test.cpp" for kind in ("unit", "contract")]
        tested = any(mirror in present for mirror in mirrors)
        if not tested and name not in NOT_MIRRORED and not name.startswith(HELD_AGAINST_RELEASES):
            yield (f"{name}: has no test: write {mirrors[0]} (or the same below tests/contract/), "
                   "or name the test that covers it better in NOT_MIRRORED of scripts/check_map.py")
        if tested and name in NOT_MIRRORED:
            yield f"scripts/check_map.py: NOT_MIRRORED excuses {name}, which has a test: strike it out"
    for name in sorted(set(NOT_MIRRORED) - present):
        yield f"scripts/check_map.py: NOT_MIRRORED excuses {name}, which does not exist"
    for name, reason in sorted(NOT_MIRRORED.items()):
        for path in re.findall(r"tests/[\w./-]+\.(?:sh|py|cpp)", reason):
            if path not in present:
                yield f"scripts/check_map.py: NOT_MIRRORED excuses {name} with {path}, which does not exist"
    for name in files:
        match = re.fullmatch(r"tests/(?:unit|contract)/(.+)_test\.cpp", name)
        if not match or not match.group(1).startswith(tuple(f"{room}/" for room in MIRRORED_ROOMS)):
            continue
        # "http_server_attack_test.cpp" tests http_server.cpp, and so stands beside its test.
        words = match.group(1).split("_")
        subjects = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
        if not any(f"{subject}.{ending}" in present for subject in subjects for ending in ("cpp", "hpp")):
            yield f"{name}: tests nothing at its own path: {match.group(1)}.cpp does not exist; move it to the path of what it tests"


# ---- 8: programs -----------------------------------------------------------------------------------------------------

def check_programs(root: Path, files: List[str]) -> Iterator[str]:
    for name in files:
        with open(root / name, "rb") as file:
            if file.read(2) == b"#!" and not os.access(root / name, os.X_OK):
                yield f"{name}: begins with #! and cannot be run: chmod +x {name}"


def problems_in(root: Path) -> List[str]:
    files = tracked(root)
    problems: List[str] = []
    for check in (check_architecture, check_tests, check_cmake, check_pages, check_links, check_mirror, check_programs):
        problems += check(root, files)
    return problems


def main(arguments: List[str]) -> int:
    if len(arguments) > 1 or (arguments and arguments[0].startswith("-")):
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    problems = problems_in(root)
    for problem in problems:
        print(problem)
    print(f"map: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
