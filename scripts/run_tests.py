#!/usr/bin/env python3
"""Builds Assay and runs its tests, suite by suite, to the end; started by scripts/test.

    scripts/test [SUITE...]

Every suite runs even if one before it failed. The last line counts the cases of all of them: `N passed, N failed`.
Exits 1 when anything failed.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / "build" / "release"
ASAN = ROOT / "build" / "asan"
VENV = ROOT / "build" / "venv"
WORKERS = 2
SHARDS = 8  # of the unit tests: more than workers, so that one slow stretch does not leave a core idle
FUZZ_RUNS = 8_000  # inputs per target: the seeds and what the seeded mutation makes of them, always the same
FUZZ_RUNS_OF = {"pickle": 2_000, "pipeline": 3_000, "skops": 2_000, "zip": 5_000, "mlmodel": 4_000}  # where one input is a whole file, read twice
PROGRESS_SECONDS = 20  # between two lines of a build that goes on
SCRIPT_SECONDS = 900  # after which a script is taken to hang

# What the functional tests need beside the package itself: the libraries that users of it have.
REQUIREMENTS = ("scikit-learn", "pandas", "joblib", "skops", "palmerpenguins", "packaging", "pytest",
                "schemathesis~=4.32.5", "openapi-spec-validator~=0.9.0")  # what they generate changes with their releases

# The genuine clients that tests/functional/mlflow_test.py lets loose on the server, a folder each beside what build/venv has.
MLFLOW = ROOT / "build" / "mlflow"
MLFLOW_CLIENTS = {"3": ("mlflow-skinny==3.17.2", "skops"), "2": ("mlflow-skinny==2.22.5",)}

SANITIZER = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:abort_on_error=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}
for symbolizer in (shutil.which("llvm-symbolizer"), shutil.which("llvm-symbolizer-14")):
    if symbolizer:  # else the stacks in a report are addresses
        SANITIZER["ASAN_SYMBOLIZER_PATH"] = symbolizer


class Count(NamedTuple):
    passed: int = 0
    failed: int = 0

    def __add__(self, other):  # type: ignore[override]
        return Count(self.passed + other.passed, self.failed + other.failed)


def run(command: Sequence[object], env: Optional[Dict[str, str]] = None, seconds: Optional[float] = None) -> "tuple[int, str]":
    """Runs a command from the root of the repository; (exit code, everything it printed). A hang is an exit code too."""
    process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # our own process group: the script and what it started
        output, _ = process.communicate()
        code = -signal.SIGKILL
        output += f"\nerror: still running after {seconds:.0f} s: ended\n".encode()
    return code, output.decode("utf-8", errors="replace")


def compile_preset(preset: str, *arguments: str) -> "tuple[int, str]":
    """Configures and builds a preset, telling every PROGRESS_SECONDS how far it is; (exit code, what the last command printed)."""
    code, output = run(["cmake", "--preset", preset])
    if code != 0:
        return code, output
    process = subprocess.Popen(["cmake", "--build", "--preset", preset, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    assert process.stdout is not None
    lines = []
    told = time.monotonic()
    for line in process.stdout:
        lines.append(line)
        step = re.match(r"\[\d+/\d+\]", line)
        if step and time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            print(f"  {preset} {step.group(0)}")
    return process.wait(), "".join(lines)


def show(output: str) -> None:
    for line in output.rstrip("\n").splitlines():
        print("    " + line)


def one(name: str, command: Sequence[object], env: Optional[Dict[str, str]] = None, seconds: Optional[float] = SCRIPT_SECONDS) -> Count:
    """A check or script that counts as one case."""
    start = time.monotonic()
    code, output = run(command, env, seconds)
    print(f"  {'ok  ' if code == 0 else 'FAIL'} {name} ({time.monotonic() - start:.1f} s)")
    if code != 0:
        show(output)
        print(f"    exit code {code}")
    return Count(1, 0) if code == 0 else Count(0, 1)


def in_parallel(jobs: List[Callable[[], Count]]) -> Count:
    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(lambda job: job(), jobs), Count())


# ---- the suites, in the order in which they run ----------------------------------------------------------------------

def layers() -> Count:
    return one("includes point only the way ARCHITECTURE.md says", [sys.executable, "scripts/check_layers.py"])


def house_map() -> Count:
    return one("ARCHITECTURE.md names what is there; no test, page or source is forgotten", [sys.executable, "scripts/check_map.py"])


def formatting() -> Count:
    return one("the C++ is in the house style", ["scripts/format", "--check"])


def scripts() -> Count:
    return python_tests(sys.executable, "tests/unit/scripts") + python_tests(sys.executable, "tests/unit/support")


def build() -> Count:
    count = Count()
    for preset, *targets in (("release", "all"), ("asan", "assay_tests", "fuzzers")):
        start = time.monotonic()
        code, output = compile_preset(preset, "--target", *targets)
        print(f"  {'ok  ' if code == 0 else 'FAIL'} preset {preset}, {', '.join(targets)} ({time.monotonic() - start:.1f} s)")
        if code != 0:
            show(output)
            print(f"    exit code {code}")
        count += Count(1, 0) if code == 0 else Count(0, 1)
    return count


def doctest_shard(binary: Path, first: int, last: int, env: Optional[Dict[str, str]]) -> Count:
    """The cases first..last. doctest counts cases outside of the range as passed, so only its failures are taken from it."""
    code, output = run([binary, f"--first={first}", f"--last={last}"], env, SCRIPT_SECONDS)
    summary = re.search(r"test cases:\s*\d+\s*\|\s*\d+ passed\s*\|\s*(\d+) failed", output)
    failed = int(summary.group(1)) if summary else 0
    if code != 0 or not summary:
        show(output)
        print(f"  FAIL cases {first}..{last}: exit code {code}{'' if summary else ', ended without a summary'}")
        failed = max(failed, 1)
    return Count(last - first + 1 - failed, failed)


def doctest(binary: Path, env: Optional[Dict[str, str]] = None) -> Count:
    if not binary.is_file():
        print(f"  FAIL {binary.relative_to(ROOT)} was not built")
        return Count(0, 1)
    code, output = run([binary, "--count"], env)
    total = re.search(r"filters:\s*(\d+)", output)
    if code != 0 or not total or int(total.group(1)) == 0:
        show(output)
        print("  FAIL the binary holds no test")
        return Count(0, 1)
    cases = int(total.group(1))
    size = max(1, -(-cases // SHARDS))
    count = in_parallel([lambda first=first: doctest_shard(binary, first, min(first + size - 1, cases), env)  # type: ignore[misc]
                         for first in range(1, cases + 1, size)])
    print(f"  {'ok  ' if count.failed == 0 else 'FAIL'} {count.passed} of {cases} cases")
    return count


def unit() -> Count:
    return doctest(RELEASE / "assay_tests")


def asan() -> Count:
    return doctest(ASAN / "assay_tests", SANITIZER)


def fuzz() -> Count:
    """Every fuzz target over its seeds and a fixed number of mutations of them: the same in every run, where the machine lets a process ask
    for the same addresses each time (libFuzzer learns from what is compared, addresses too)."""
    same_addresses = ["setarch", "-R"] if run(["setarch", "-R", "true"])[0] == 0 else []
    names = sorted(path.name[: -len("_fuzz.cpp")] for path in (ROOT / "tests" / "fuzz").glob("*_fuzz.cpp"))
    crashes = ASAN / "crashes"
    crashes.mkdir(parents=True, exist_ok=True)

    def run_target(name: str) -> Count:
        seeds = ROOT / "tests" / "fuzz" / "corpus" / name
        if not seeds.is_dir():
            print(f"  FAIL {name}: tests/fuzz/corpus/{name} is missing")
            return Count(0, 1)
        with tempfile.TemporaryDirectory() as found:
            return one(name, [*same_addresses, ASAN / "fuzz" / f"{name}_fuzz", "-print_funcs=0", "-verbosity=0", f"-runs={FUZZ_RUNS_OF.get(name, FUZZ_RUNS)}", "-seed=1", "-timeout=20", "-rss_limit_mb=2048",
                              "-malloc_limit_mb=256", f"-artifact_prefix={crashes}/{name}-", found, seeds], SANITIZER)

    return in_parallel([lambda name=name: run_target(name) for name in names])  # type: ignore[misc]


def simulation() -> Count:
    """Crashes and damage: the seeded crash states of crash_simulation; few cycles of the scripts that run the whole system."""
    count = Count()
    if (ROOT / "tests/simulation/crash_simulation.cpp").is_file():
        count += one("crash states of the durable write, and mutants of it that must be caught", [RELEASE / "crash_simulation", "--quick"], seconds=1800)
    environment = {"ASSAY": str(RELEASE / "assay"), "ASSAY_BIN": str(RELEASE / "assay")}
    count += one("3 cycles of SIGKILL under load lose nothing", [sys.executable, "tests/simulation/sigkill.py", "--cycles", "3"], environment)
    count += one("20 flipped bits are found and never served", [sys.executable, "tests/simulation/bit_flips.py", "--flips", "20"], environment)
    return count


def functional() -> Count:
    if not virtual_environment() or not mlflow_clients():
        return Count(0, 1)
    environment = {
        "ASSAY": str(RELEASE / "assay"), "ASSAY_BIN": str(RELEASE / "assay"), "ASSAY_PYTHON": str(VENV / "bin" / "python"),
        "PATH": os.pathsep.join([str(RELEASE), str(VENV / "bin"), os.environ["PATH"]]), "PYTHONDONTWRITEBYTECODE": "1", "ASSAY_MLFLOW": str(MLFLOW),
    }
    for name in ("ASSAY_URL", "ASSAY_CONSUMER", "ASSAY_CACHE", "PYTHONPATH"):
        environment[name] = ""  # what the user has set for a registry of theirs must not reach a test
    folder = ROOT / "tests" / "functional"
    scripts_found = sorted(path for pattern in ("*.sh", "*_test.py") for path in folder.glob(pattern) if path.name != "common.sh")

    def run_script(script: Path) -> Count:
        interpreter: object = "bash" if script.suffix == ".sh" else VENV / "bin" / "python"
        scratch = ROOT / "build" / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=scratch) as own:  # on a real disk: the server refuses tmpfs
            # no test sees another's cache, nor this person's configuration
            return one(script.name, [interpreter, script], {**environment, "TMPDIR": own, "XDG_CACHE_HOME": own + "/cache", "XDG_CONFIG_HOME": own + "/config"})

    if not scripts_found:
        print("  FAIL there is no functional test")
        return Count(0, 1)
    return in_parallel([lambda script=script: run_script(script) for script in scripts_found])  # type: ignore[misc]


def python_tests(interpreter: object, folder: str) -> Count:
    """All Python tests below a folder, counted one by one: with pytest where it is installed, else with unittest."""
    if run([interpreter, "-c", "import pytest"])[0] == 0:
        report = ROOT / "build" / "pytest.xml"
        report.parent.mkdir(exist_ok=True)
        report.unlink(missing_ok=True)
        code, output = run([interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "python_files=test_*.py *_test.py", f"--junitxml={report}", folder],
                           {"PYTHONDONTWRITEBYTECODE": "1", "ASSAY": str(RELEASE / "assay"), "ASSAY_BIN": str(RELEASE / "assay")}, SCRIPT_SECONDS)
        total = failed = 0
        if report.is_file():
            good: Dict[str, bool] = {}  # by name: the parts of a test (subTest) are one case
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                if case.find("skipped") is None:
                    name = f"{case.get('classname')}::{case.get('name')}"
                    good[name] = good.get(name, True) and case.find("failure") is None and case.find("error") is None
            total, failed = len(good), sum(not passed for passed in good.values())
    else:
        code, output = run([interpreter, "-m", "unittest", "discover", "-s", folder, "-p", "*_test.py"], {"PYTHONDONTWRITEBYTECODE": "1"}, SCRIPT_SECONDS)
        ran = re.search(r"^Ran (\d+) tests?", output, flags=re.M)
        total = int(ran.group(1)) if ran else 0
        failed = sum(int(number) for number in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", output))
    if code != 0 or total == 0:
        show(output)
        failed = max(failed, 1)
    print(f"  {'ok  ' if failed == 0 else 'FAIL'} {folder}: {max(total - failed, 0)} of {total} cases")
    return Count(max(total - failed, 0), failed)


def python_package() -> Count:
    return python_tests(VENV / "bin" / "python", "clients/python/tests") if virtual_environment() else Count(0, 1)


def digest_of(*parts: str, folder: Optional[Path] = None) -> str:
    digest = hashlib.sha256("\n".join(parts).encode())
    for path in sorted(folder.rglob("*")) if folder else []:
        name = path.relative_to(ROOT)
        if path.is_file() and not {"__pycache__", "build"} & set(name.parts) and ".egg-info" not in str(name):
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def virtual_environment() -> bool:
    """build/venv with REQUIREMENTS and our Python package; made anew when the list or the interpreter changes, and the package
    installed again when its sources do."""
    python = VENV / "bin" / "python"
    libraries, package = VENV / ".requirements", VENV / ".package"
    wanted = digest_of(*REQUIREMENTS, sys.version)
    source = digest_of(wanted, folder=ROOT / "clients" / "python")
    steps = []
    if not libraries.is_file() or libraries.read_text() != wanted:
        shutil.rmtree(VENV, ignore_errors=True)
        steps += [([sys.executable, "-m", "venv", VENV], None),
                  ([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS], (libraries, wanted))]
    if not package.is_file() or package.read_text() != source:
        shutil.rmtree(ROOT / "clients" / "python" / "build", ignore_errors=True)  # else setuptools packs modules that are gone
        steps.append(([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps", "./clients/python"], None))
        steps.append(([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "./clients/python"], (package, source)))
    return all(step(command, done) for command, done in steps)


def mlflow_clients() -> bool:
    """The folders of MLFLOW_CLIENTS; each made anew when what it shall hold changes, or the interpreter."""
    for line, packages in MLFLOW_CLIENTS.items():
        folder, wanted = MLFLOW / line, digest_of(*packages, sys.version)
        made = folder / ".requirements"
        if made.is_file() and made.read_text() == wanted:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        command = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder, *packages]
        if not step(command, (made, wanted)):
            return False
    return True


def step(command: Sequence[object], done: "Optional[tuple[Path, str]]") -> bool:
    """Runs a command of an installation, and notes what is installed then."""
    code, output = run(command)
    if code != 0:
        show(output)
        print(f"  FAIL {' '.join(str(part) for part in command)}: exit code {code}")
        return False
    if done:
        done[0].write_text(done[1])
    return True


SUITES = {
    "layers": ("the rooms see only what they may", layers),
    "map": ("the map matches the house", house_map),
    "format": ("clang-format over our C++", formatting),
    "build": ("compile: release with g++; the unit tests and the fuzz targets with clang, AddressSanitizer and UndefinedBehaviorSanitizer", build),
    "scripts": ("tests of the checks themselves", scripts),
    "unit": ("unit, contract and golden tests, release build", unit),
    "asan": ("the same tests under ASan and UBSan", asan),
    "fuzz": ("hostile bytes for every parser, under ASan and UBSan", fuzz),
    "simulation": ("crashes and damaged disks", simulation),
    "functional": ("the real binary and the real Python package, feature by feature", functional),
    "python": ("tests of the Python package", python_package),
}


def main(arguments: List[str]) -> int:
    if any(argument in ("--list", "--help", "-h") for argument in arguments):
        print(__doc__)
        for name, (what, _) in SUITES.items():
            print(f"  {name:<11} {what}")
        return 0
    for name in arguments:
        if name not in SUITES:
            print(f"error: there is no suite '{name}': {', '.join(SUITES)}", file=sys.stderr)
            return 2
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    start = time.monotonic()
    count = Count()
    failed = []
    for name in arguments or SUITES:
        what, suite = SUITES[name]
        print(f"== {name}: {what}")
        begin = time.monotonic()
        result = suite()
        print(f"   {time.monotonic() - begin:.1f} s")
        count += result
        if result.failed:
            failed.append(name)
    print(f"{time.monotonic() - start:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else ""))
    print(f"{count.passed} passed, {count.failed} failed")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
