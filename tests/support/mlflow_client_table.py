"""docs/mlflow-client.md: which methods of the client work here."""

from collections import Counter
from typing import Dict, List

from tests.support.mlflow_client_comparison import MISSING, NOT_THERE, Outcome, REFUSED, WORKS
from tests.support.mlflow_client_run import LINES


def table(outcome: Outcome) -> str:
    lines = {line: outcome.lines[line] for line in LINES}
    numbers: Dict[str, int] = {}  # of reasons, in the order in which the table needs them
    rows: List[str] = []
    for method in outcome.methods:
        cells = []
        for line in lines.values():
            status, calls = line.status(method), line.calls(method)
            cells.append(status if status == NOT_THERE else f"{status}, {sum(map(line.equal, calls))}/{len(calls)}")
        notes = [str(numbers.setdefault(reason, len(numbers) + 1)) for reason in outcome.reasons_of(method)]
        rows.append(f"| `{method}` | {' | '.join(cells)} | {', '.join(notes)} |")
    text = [
        "# The methods of MlflowClient",
        "",
        "*Made by `scripts/mlflow_client.py table`; no line is written by hand.*",
        "",
        "Every public name of `mlflow.MlflowClient`, as the class itself has them, called with the genuine clients of both lines against a genuine",
        f"MLflow {outcome.golden['server']} server and against this one, with the same arguments, valid and invalid (`tests/support/mlflow_client/`).",
        "",
        "| client | methods | work | refused by design | missing | refused by the client | calls compared | equal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for line in lines.values():
        count = Counter(line.status(method) for method in line.methods)
        other = len(line.methods) - count[WORKS] - count[REFUSED] - count[MISSING]
        text.append(f"| {line.release} | {len(line.methods)} | {count[WORKS]} | {count[REFUSED]} | {count[MISSING]} | {other} | "
                    f"{line.comparison.compared()} | {len(line.comparison.equal)} |")
    text += [
        "",
        "What is compared is what Python gets: entities by all of their properties, files by their bytes, exceptions by class, code and message, and",
        "what the client logs as a warning. Ids, times and random names count as equal. *Works*: a call that succeeds gave the same from both servers;",
        "where a method gives nothing, the call that reads next did, too. *Refused by design*: the client raises (or warns of) what this server says.",
        "*Refused by the client*: it says no by itself, whatever the server. `5/6`: of six calls five came out equal; why the others differ is said by",
        "the numbers, below the table (`tests/golden/mlflow/client_differences.json`).",
        "",
        f"| method | {' | '.join(line.release for line in lines.values())} | differences |",
        "|---|---|---|---|",
        *rows,
        "",
        *[f"{number}. {reason}" for reason, number in numbers.items()],
    ]
    return "\n".join(text) + "\n"
