"""Experiments: made, read, tagged, renamed, deleted, restored, searched."""

from mlflow.entities import ViewType

from tests.support.mlflow_client.asker import Asker


def experiments(ask: Asker) -> None:
    alpha = made(ask)
    tagged(ask, alpha)
    renamed_and_deleted(ask, alpha)
    searched(ask)


def made(ask: Asker) -> str:
    alpha = ask.create_experiment("alpha", "client alpha", tags={"team": "red", "empty": ""})
    ask.get_experiment("alpha", alpha)
    ask.create_experiment("a tag that is a number", "client number", tags={"number": 7})
    ask.create_experiment("beta", "client beta", artifact_location="mlflow-artifacts:/beta")
    ask.get_experiment_by_name("beta", "client beta")
    ask.create_experiment("a name that is taken", "client alpha")
    ask.create_experiment("no name", "")
    ask.create_experiment("a name that is no text", 5)
    ask.create_experiment("a location with a fragment", "client location", artifact_location="mlflow-artifacts:/x#y")
    ask.get_experiment_by_name("unknown", "client nowhere")
    ask.get_experiment("the one that is there", "0")
    ask.get_experiment("unknown", "99999")
    ask.get_experiment("an id that is none", "no id!")
    return alpha


def tagged(ask: Asker, alpha: str) -> None:
    ask.set_experiment_tag("new", alpha, "stage", "dev")
    ask.get_experiment("with a new tag", alpha)
    ask.set_experiment_tag("another value", alpha, "stage", "prod")
    ask.set_experiment_tag("a number", alpha, "count", 3)
    ask.set_experiment_tag("long", alpha, "long", "x" * 4000)
    ask.get_experiment("with tags", alpha)
    ask.set_experiment_tag("a value that is too long", alpha, "long", "x" * 30000)
    ask.set_experiment_tag("a key that is none", alpha, "../x", "y")
    ask.set_experiment_tag("an unknown experiment", "99999", "a", "b")
    ask.delete_experiment_tag("there", alpha, "count")
    ask.get_experiment("without a tag", alpha)
    ask.delete_experiment_tag("not there", alpha, "count")
    ask.delete_experiment_tag("an unknown experiment", "99999", "a")


def renamed_and_deleted(ask: Asker, alpha: str) -> None:
    ask.rename_experiment("to another name", alpha, "client gamma")
    ask.get_experiment_by_name("renamed", "client gamma")
    ask.get_experiment_by_name("by the old name", "client alpha")
    ask.rename_experiment("no name", alpha, "")
    ask.rename_experiment("a name that is taken", alpha, "client beta")
    ask.rename_experiment("unknown", "99999", "client other")
    gone = ask.create_experiment("gone", "client gone")
    ask.delete_experiment("once", gone)
    ask.get_experiment("deleted", gone)
    ask.delete_experiment("twice", gone)
    ask.delete_experiment("unknown", "99999")
    ask.rename_experiment("deleted", gone, "client other")
    ask.create_experiment("the name of a deleted one", "client gone")
    ask.create_run("in a deleted experiment", gone)
    ask.restore_experiment("deleted", gone)
    ask.get_experiment("restored", gone)
    ask.restore_experiment("not deleted", gone)
    ask.restore_experiment("unknown", "99999")
    ask.delete_experiment("for the searches", gone)
    ask.get_experiment("for the searches", gone)


def searched(ask: Asker) -> None:
    ask.search_experiments("all that are active")
    ask.search_experiments("deleted", view_type=ViewType.DELETED_ONLY)
    ask.search_experiments("deleted or not, by name", view_type=ViewType.ALL, order_by=["name ASC"])
    ask.search_experiments("by a name", filter_string="name = 'client beta'")
    ask.search_experiments("by a part of a name", filter_string="name LIKE 'client %'", order_by=["name DESC"])
    ask.search_experiments("in other letters", filter_string="name ILIKE 'CLIENT B%'")
    ask.search_experiments("by a tag", filter_string="tags.stage = 'prod' AND tags.team = 'red'")
    ask.search_experiments("by a tag that none has", filter_string="tags.stage != 'prod'")
    ask.search_experiments("by a time", filter_string="creation_time > 0", order_by=["experiment_id ASC"])
    first = ask.search_experiments("a page", max_results=2, order_by=["name ASC"])
    ask.search_experiments("the next page", max_results=2, order_by=["name ASC"], page_token=getattr(first, "token", None))
    ask.search_experiments("a filter that is none", filter_string="name ~ 'x'")
    ask.search_experiments("an unknown key", filter_string="colour = 'x'")
    ask.search_experiments("an order that is none", order_by=["colour"])
    ask.search_experiments("no results", max_results=0)
    ask.search_experiments("too many results", max_results=50001)
