"""Registered models: made, described, tagged, searched, renamed, deleted."""

from tests.support.mlflow_client.asker import Asker

FILTERS = {
    "a name": "name = 'client-found-a'",
    "a part of a name": "name LIKE 'client-found-%'",
    "other letters": "name ILIKE 'CLIENT-FOUND-B%'",
    "a tag": "name LIKE 'client-found-%' AND tags.team = 'red'",
    "another tag": "name LIKE 'client-found-%' AND tags.team != 'red'",
    "what is no key": "colour = 'red'",
    "a number": "name = 5",
    "no filter": "what is this",
}


def models(ask: Asker) -> None:
    made(ask)
    tagged(ask)
    searched(ask)
    renamed_and_deleted(ask)


def made(ask: Asker) -> None:
    ask.create_registered_model("all", "client-model", tags={"team": "red", "n": 5, "empty": ""}, description="of trees")
    ask.get_registered_model("all", "client-model")
    ask.create_registered_model("least", "client model with spaces")
    ask.get_registered_model("least", "client model with spaces")
    ask.create_registered_model("a name that is taken", "client-model")
    ask.create_registered_model("no name", "")
    ask.create_registered_model("a slash", "client/model")
    ask.create_registered_model("a prompt", "client-prompt", tags={"mlflow.prompt.is_prompt": "true"})
    if ask.three:
        ask.create_registered_model("with a job", "client-job", deployment_job_id="job-1")
        ask.get_registered_model("with a job", "client-job")
    ask.get_registered_model("unknown", "client-nothing")
    ask.get_registered_model("no name", "")
    ask.update_registered_model("a description", "client-model", "of other trees")
    ask.get_registered_model("described", "client-model")
    ask.update_registered_model("no description", "client-model", "")
    ask.update_registered_model("nothing", "client-model")
    ask.update_registered_model("unknown", "client-nothing", "x")


def tagged(ask: Asker) -> None:
    ask.set_registered_model_tag("new", "client-model", "stage", "dev")
    ask.set_registered_model_tag("another value", "client-model", "stage", "prod")
    ask.set_registered_model_tag("a number", "client-model", "count", 3)
    ask.get_registered_model("with tags", "client-model")
    ask.set_registered_model_tag("a key that is none", "client-model", "../x", "y")
    ask.set_registered_model_tag("a value that is too long", "client-model", "long", "x" * 200000)
    ask.set_registered_model_tag("unknown", "client-nothing", "a", "b")
    ask.delete_registered_model_tag("there", "client-model", "count")
    ask.get_registered_model("without a tag", "client-model")
    ask.delete_registered_model_tag("not there", "client-model", "count")
    ask.delete_registered_model_tag("unknown", "client-nothing", "a")


def searched(ask: Asker) -> None:
    for name, team in (("a", "red"), ("b", "blue"), ("c", None)):
        ask.create_registered_model(f"found {name}", f"client-found-{name}", tags={"team": team} if team else None)
    for name, text in FILTERS.items():
        ask.search_registered_models(f"filter: {name}", text)
    ask.search_registered_models("all")
    ask.search_registered_models("by name, downwards", order_by=["name DESC"])
    ask.search_registered_models("by the last update", "name LIKE 'client-found-%'", order_by=["last_updated_timestamp DESC"])
    first = ask.search_registered_models("a page", "name LIKE 'client-found-%'", max_results=2)
    ask.search_registered_models("the next page", "name LIKE 'client-found-%'", max_results=2, page_token=getattr(first, "token", None))
    ask.search_registered_models("an order that is none", order_by=["colour"])
    ask.search_registered_models("no results", max_results=0)
    ask.search_registered_models("too many results", max_results=1001)


def renamed_and_deleted(ask: Asker) -> None:
    ask.create_registered_model("to be deleted", "client-gone")
    ask.delete_registered_model("once", "client-gone")
    ask.get_registered_model("deleted", "client-gone")
    ask.delete_registered_model("twice", "client-gone")
    ask.create_registered_model("the name of a deleted one", "client-gone")
    ask.get_registered_model("made again", "client-gone")
    ask.rename_registered_model("unknown", "client-nothing", "client-other")
    ask.rename_registered_model("a name that is taken", "client-gone", "client-model")
    ask.rename_registered_model("to another name", "client-gone", "client-renamed")
    ask.get_registered_model("renamed", "client-renamed")
