"""Runs, searched by what they hold."""

from mlflow.entities import Metric, Param, RunTag, ViewType

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker

FILTERS = {
    "a metric": "metrics.acc > 0.6",
    "a metric in backticks": "metrics.`acc/val 1` >= 0.5",
    "a param": "params.kind = 'tree'",
    "a part of a param": "params.kind LIKE 'l%'",
    "a tag": "tags.team != 'red'",
    "a tag in other letters": "tags.team ILIKE 'R%'",
    "no tag": "tags.team IS NULL",
    "two things": "metrics.acc > 0.1 AND params.kind = 'tree' AND attributes.status = 'FINISHED'",
    "a name": "attributes.run_name = 'found 1'",
    "names": "run_name IN ('found 1', 'found 2')",
    "no ids": "attributes.run_id NOT IN ('{first}')",
    "a time": f"attributes.start_time > {T0 + 100}",
    "what none has": "metrics.nothing > 0",
    "a metric as text": "metrics.acc > 'high'",
    "a param as a number": "params.kind = 4",
    "an unknown attribute": "attributes.colour = 'red'",
    "or": "metrics.acc > 0.1 OR metrics.acc < 0.5",
    "no filter": "what is this",
}
ORDERS = {
    "a metric": ["metrics.acc DESC"],
    "a param and a name": ["params.kind ASC", "attributes.run_name DESC"],
    "what some lack": ["metrics.`acc/val 1` DESC"],
    "a time": ["start_time ASC"],
    "no key": ["colour"],
}


def searches(ask: Asker) -> None:
    home = ask.create_experiment("searched", "client searched")
    other = ask.create_experiment("searched too", "client searched too")
    found = []
    for number, (place, kind, team) in enumerate(((home, "tree", "red"), (home, "linear", "blue"), (home, "tree", None), (other, "forest", "red"))):
        run = ask.create_run(f"found {number}", place, start_time=T0 + 100 * number, run_name=f"found {number}").info.run_id
        held = [Metric("acc", 0.5 + number / 8, T0, 0)] + ([Metric("acc/val 1", number / 2, T0, 0)] if number % 2 else [])
        ask.log_batch(f"found {number}", run, held, [Param("kind", kind)], [RunTag("team", team)] if team else [])
        found.append(run)
    ask.set_terminated("found 0", found[0], end_time=T0 + 7)
    for name, text in FILTERS.items():
        ask.search_runs(f"filter: {name}", [home], text.replace("{first}", str(found[0])))
    for name, order in ORDERS.items():
        ask.search_runs(f"order: {name}", [home, other], order_by=order)
    first = ask.search_runs("a page", [home, other], max_results=3)
    ask.search_runs("the next page", [home, other], max_results=3, page_token=getattr(first, "token", None))
    ask.delete_run("for the searches", found[2])
    ask.search_runs("deleted", [home], run_view_type=ViewType.DELETED_ONLY)
    ask.search_runs("deleted or not", [home], run_view_type=ViewType.ALL)
    ask.search_runs("active", [home])
    ask.search_runs("nowhere", [])
    ask.search_runs("in an unknown experiment", ["99999"])
    ask.search_runs("too many results", [home], max_results=50001)
    ask.search_runs("a token that is none", [home], page_token="!!!")
    ask.search_runs("an id instead of a list", home)
