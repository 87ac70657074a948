#!/usr/bin/env python3
"""Holds our answers to MLflow's protocol against those of a genuine MLflow tracking server.

    scripts/mlflow_answers.py record --mlflow VENV [--out FILE]
    scripts/mlflow_answers.py compare --assay BINARY [--answers FILE]
    scripts/mlflow_answers.py table --assay BINARY [--answers FILE] [--out FILE]

The calls are those of tests/support/mlflow_calls/.

  record   starts the genuine server of a virtual environment on an empty folder, makes the calls and keeps its answers, together with all
           endpoints that it has: tests/golden/mlflow/answers.json
  compare  starts ours, makes the calls, and prints every difference; exits 1 when one has no reason in tests/golden/mlflow/differences.json,
           or a reason there explains nothing any more
  table    writes docs/mlflow-endpoints.md: which endpoints of the genuine server work here
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.support import assay_process  # noqa: E402
from tests.support.genuine_mlflow import genuine_environment, genuine_server  # noqa: E402
from tests.support.mlflow_calls import Call, all_calls  # noqa: E402
from tests.support.mlflow_comparison import Comparison, Difference, differences, like, read_explanations, read_golden  # noqa: E402
from tests.support.mlflow_session import make_all, request_mark  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "mlflow" / "answers.json"
DIFFERENCES = ROOT / "tests" / "golden" / "mlflow" / "differences.json"
TABLE = ROOT / "docs" / "mlflow-endpoints.md"

# Run by the interpreter of the genuine package: its routes, as it has them itself. Newer releases of FastAPI keep the routes of an included
# router in that router.
LIST_ENDPOINTS = """
import json, mlflow, mlflow.server as server
from mlflow.server import handlers
from mlflow.server.fastapi_app import app

def walk(routes, prefix=""):
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from walk(inner.routes, prefix + route.include_context.prefix)
        elif getattr(route, "methods", None):
            yield from ((method, prefix + route.path) for method in route.methods)

found = {(method, path) for path, _, methods in handlers.get_endpoints() for method in methods}
found |= {(method, rule.rule) for rule in server.app.url_map.iter_rules() for method in rule.methods}
found |= set(walk(app.routes))
print("ENDPOINTS " + json.dumps({"release": mlflow.__version__, "endpoints": sorted(found)}))
"""


def plain(path: str) -> str:
    """A path's parameters as {name}, whichever of the two frameworks has it."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def list_endpoints(python: Path, folder: Path) -> Dict[str, Any]:
    done = subprocess.run([str(python), "-c", LIST_ENDPOINTS], cwd=folder, env=genuine_environment(folder), capture_output=True, text=True,
                          check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("ENDPOINTS ")]
    if not lines:
        raise SystemExit(f"error: this MLflow does not tell its endpoints:\n{done.stderr[-2000:]}")
    found = json.loads(lines[-1].partition(" ")[2])
    # HEAD and OPTIONS come with every route of the frameworks, whatever it is
    found["endpoints"] = sorted({(method, plain(path)) for method, path in found["endpoints"] if method not in ("HEAD", "OPTIONS")},
                                key=lambda pair: (pair[1], pair[0]))
    return found


def progress(count: int) -> Any:
    def told(made: int) -> None:
        if sys.stderr.isatty() and (made % 50 == 0 or made + 1 == count):
            print(f"\r{made + 1} of {count} calls", end="\n" if made + 1 == count else "", file=sys.stderr, flush=True)
    return told


def one_a_line(value: Dict[str, Any]) -> str:
    """JSON in which every answer has its line: a change of one is a change of one line."""
    rows = []
    for key, item in value.items():
        if isinstance(item, dict):
            inner = ",\n".join(f"{json.dumps(name)}: {json.dumps(one, sort_keys=True, ensure_ascii=True)}" for name, one in item.items())
            rows.append(f"{json.dumps(key)}: {{\n{inner}\n}}")
        elif isinstance(item, list):
            rows.append(f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(one) for one in item) + "\n]")
        else:
            rows.append(f"{json.dumps(key)}: {json.dumps(item)}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def record(arguments: argparse.Namespace) -> int:
    bin_folder = (arguments.mlflow / "bin").resolve()
    calls = all_calls()
    with assay_process.scratch(arguments.scratch) as folder:
        known = list_endpoints(bin_folder / "python", folder)
        with genuine_server(arguments.mlflow, folder) as port:
            answers = make_all("127.0.0.1", port, folder, calls, progress(len(calls)))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(one_a_line({"release": known["release"], "endpoints": known["endpoints"],
                                         "requests": {call.name: request_mark(call) for call in calls}, "answers": answers}), encoding="ascii")
    print(f"{len(answers)} answers and {len(known['endpoints'])} endpoints of MLflow {known['release']}: {arguments.out}")
    return 0


def ask_ours(arguments: argparse.Namespace) -> Comparison:
    os.environ["ASSAY_BIN"] = str(arguments.assay.resolve())
    calls = all_calls()
    with assay_process.scratch(arguments.scratch) as folder, assay_process.Server(folder / "data") as server:
        ours = make_all(server.host, server.port, folder, calls, progress(len(calls)))
        comparison = Comparison(calls, read_golden(arguments.answers), ours, read_explanations(DIFFERENCES))
        if arguments.command == "table":
            write_table(arguments, comparison, server)
    return comparison


# Which endpoint a call is for, and which endpoints work.

def pattern_of(path: str) -> "re.Pattern[str]":
    pieces = re.split(r"\{\w+\}", path)
    last = len(pieces) - 1
    # The frameworks let only a parameter that is a path, which MLflow has last or before a fixed word, hold slashes.
    return re.compile("".join(re.escape(piece) + ("" if i == last else ".+" if pieces[i + 1] == "" and "artifact" in path else "[^/]+") for i,
                              piece in enumerate(pieces)))


class Endpoint:
    def __init__(self, method: str, path: str):
        self.method, self.path = method, path
        self.pattern = pattern_of(path)
        self.calls: List[str] = []
        self.equal = 0
        self.works = False
        self.refused = ""  # the reason
        self.other = False
        self.area = ""

    def status(self) -> str:
        return "works" if self.works else "refused by design" if self.refused else "other by design" if self.other else "missing"


def refuses(status: int, body: Any) -> bool:
    return isinstance(body, dict) and (status, body.get("error_code")) in ((404, "ENDPOINT_NOT_FOUND"), (501, "NOT_IMPLEMENTED"))


def asked(server: assay_process.Server, endpoint: Endpoint) -> bool:
    """Whether ours refuses the endpoint as it should, asked for nothing in particular."""
    client = assay_process.Client(server)
    try:
        path = re.sub(r"\{\w+\}", "x", endpoint.path)
        if endpoint.method in ("POST", "PUT", "PATCH"):
            answer = client.send_json(endpoint.method, path, {})
        else:
            answer = client.request(endpoint.method, path)
        try:
            return answer.headers.get("content-type") == "application/json" and refuses(answer.status, answer.json())
        except ValueError:
            return False
    finally:
        client.close()


def judge(endpoints: Sequence[Endpoint], comparison: Comparison, server: assay_process.Server, areas: Sequence[Dict[str, Any]]) -> None:
    # what has fewest parameters is meant: logged-models/search is no logged model
    by_precision = sorted(endpoints, key=lambda endpoint: (endpoint.path.count("{"), -len(endpoint.path)))
    for call in comparison.calls:
        if call.name in comparison.stale:
            continue
        path = re.sub(r"\{\w+\}", "x", call.path)
        endpoint = next((one for one in by_precision if one.method == call.method and one.pattern.fullmatch(path)), None)
        if endpoint is None:
            continue
        theirs, ours = comparison.theirs[call.name], comparison.ours[call.name]
        endpoint.calls.append(call.name)
        same = not any(difference.part == "status" or difference.part.startswith("body") for difference in differences(theirs, ours))
        endpoint.equal += same
        endpoint.works |= same and 200 <= ours["status"] < 300
    for endpoint in endpoints:
        area = next((area for area in areas if any(like(path, endpoint.path) for path in area["paths"])), None)
        if area is None:
            continue
        endpoint.area = area["area"]
        ours = [comparison.ours[name] for name in endpoint.calls]
        refused = any(refuses(answer["status"], answer["body"]) for answer in ours) or asked(server, endpoint)
        # The genuine server has no way to say yes either, as its files are kept here: its refusals are ours.
        refused |= bool(ours) and endpoint.equal == len(ours) and all(comparison.theirs[name]["status"] >= 400 for name in endpoint.calls)
        if refused and not endpoint.works:
            endpoint.refused = area["reason"]
        endpoint.other = area.get("other", False)


def without_prefix(path: str) -> str:
    return re.sub(r"^/(?:ajax-)?api/", "/", path)


def write_table(arguments: argparse.Namespace, comparison: Comparison, server: assay_process.Server) -> None:
    golden = read_golden(arguments.answers)
    areas = json.loads(DIFFERENCES.read_text(encoding="utf-8"))["endpoints"]
    endpoints = [Endpoint(method, path) for method, path in golden["endpoints"]]
    judge(endpoints, comparison, server, areas)
    count = Counter(endpoint.status() for endpoint in endpoints)
    lines = [
        "# MLflow's endpoints",
        "",
        "*Made by `scripts/mlflow_answers.py table`; no line is written by hand.*",
        "",
        f"The {len(endpoints)} pairs of method and path that a genuine MLflow {golden['release']} server has, from its own route tables (HEAD and OPTIONS,",
        f"which the frameworks add to each, apart): **{count['works']} work here, {count['refused by design']} are refused by design, "
        f"{count['other by design']} are answered otherwise by design, {count['missing']} are missing.** A pair below `/ajax-api`",
        "counts besides its twin below `/api`.",
        "",
        f"The same {comparison.compared()} calls, valid and invalid, were made to both servers (`tests/support/mlflow_calls/`). *Works*: at least one",
        "successful call's status and body came out equal. *Refused*: the answer is JSON, 404 `ENDPOINT_NOT_FOUND` or 501 `NOT_IMPLEMENTED`, or the",
        "genuine server refuses every call too, and in the same words. *Other*: what such a server says of itself, or shows, is another thing here. Ids, times, random names and page tokens count as equal. What differs with a reason",
        "is in `tests/golden/mlflow/differences.json`.",
        "",
        "| endpoint | below | status | calls compared | equal bodies |",
        "|---|---|---|---|---|",
    ]
    rows: Dict[Tuple[str, str], List[Endpoint]] = {}
    for endpoint in endpoints:
        if not endpoint.area:
            rows.setdefault((without_prefix(endpoint.path), endpoint.method), []).append(endpoint)
    for (path, method), twins in sorted(rows.items()):
        for status in sorted({twin.status() for twin in twins}):
            those = [twin for twin in twins if twin.status() == status]
            below = ", ".join(sorted("/" + twin.path.split("/")[1] if twin.path != without_prefix(twin.path) else "/" for twin in those))
            lines.append(f"| {method} `{path}` | {below} | {status} | {sum(len(twin.calls) for twin in those)} | {sum(twin.equal for twin in those)} |")
    lines += ["", "By area, each pair counted:", "",
              "| area | endpoints | work | refused by design | other by design | missing | calls compared | equal bodies | reason |",
              "|---|---|---|---|---|---|---|---|---|"]
    for area in areas:
        those = [endpoint for endpoint in endpoints if endpoint.area == area["area"]]
        statuses = Counter(endpoint.status() for endpoint in those)
        numbers = [len(those), statuses["works"], statuses["refused by design"], statuses["other by design"], statuses["missing"],
                   sum(len(one.calls) for one in those), sum(one.equal for one in those)]
        lines.append(f"| {area['area']} | {' | '.join(map(str, numbers))} | {area['reason']} |")
    for status in ("other by design", "missing"):
        those = [endpoint for endpoint in endpoints if endpoint.status() == status]
        if those:
            lines += ["", status.capitalize() + ":", ""] + [f"- {endpoint.method} `{endpoint.path}`" for endpoint in those]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{arguments.out}: {dict(count)}")


def shown(value: Any, width: int = 1200) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False) if not isinstance(value, str) else value
    return text if len(text) <= width else text[:width] + f" … ({len(text)} characters)"


def request_line(call: Call) -> str:
    body = call.body.decode(errors="backslashreplace") if isinstance(call.body, bytes) else call.body
    body = "" if body is None else " " + shown(body, 300)
    return f"{call.method} {call.path}{'?' + shown(call.query, 300) if call.query else ''}{body}"


def told(kind: str, call: Call, found: Difference, width: int) -> None:
    print(f"{kind} {call.name}\n  {request_line(call)}\n  {found.part}\n    theirs: {shown(found.theirs, width)}\n    ours:   {shown(found.ours, width)}")


def compare(arguments: argparse.Namespace) -> int:
    comparison = ask_ours(arguments)
    for call in comparison.calls:
        for found in comparison.unexplained.get(call.name, []):
            told("DIFFERS", call, found, 1200)
        for found, explanation in comparison.explained.get(call.name, []) if arguments.explained else []:
            told("EXPLAINED", call, found, 300)
            print(f"    {explanation.reason}")
    for name in comparison.stale:
        print(f"STALE {name}: record again, its request is another than the one whose answer is kept")
    for explanation, where in comparison.unused:
        print(f"UNUSED {where} of {', '.join(explanation.calls)}: nothing differs there any more ({explanation.reason})")
    print(f"{comparison.compared()} calls compared: {len(comparison.equal)} equal, {comparison.only_explained()} with explained differences, "
          f"{len(comparison.unexplained)} with unexplained ones")
    return 1 if comparison.unexplained or comparison.stale or comparison.unused else 0


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = whole.add_subparsers(dest="command", required=True)
    one = commands.add_parser("record", help="ask a genuine server")
    one.add_argument("--mlflow", type=Path, required=True, metavar="VENV", help="a virtual environment with the full package")
    one.add_argument("--out", type=Path, default=GOLDEN, metavar="FILE")
    for name, text in (("compare", "ask ours"), ("table", "which endpoints work")):
        two = commands.add_parser(name, help=text)
        two.add_argument("--assay", type=Path, required=True, metavar="BINARY")
        two.add_argument("--answers", type=Path, default=GOLDEN, metavar="FILE")
    commands.choices["compare"].add_argument("--explained", action="store_true", help="print what is explained, too")
    commands.choices["table"].add_argument("--out", type=Path, default=TABLE, metavar="FILE")
    for command in commands.choices.values():
        command.add_argument("--scratch", metavar="DIR", help="where folders for the servers are made, on a real disk; default: build/scratch")
    return whole


if __name__ == "__main__":
    ARGUMENTS = parser().parse_args()
    sys.exit({"record": record, "compare": compare, "table": lambda given: (ask_ours(given), 0)[1]}[ARGUMENTS.command](ARGUMENTS))
