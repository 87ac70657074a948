"""Versions of registered models: registered from runs and logged models, described, tagged, aliased, staged, copied, searched, deleted."""

from tests.support.mlflow_calls.script import MLMODEL, REQUIREMENTS, T0
from tests.support.mlflow_client.asker import Asker

NAME = "client-versions"
FILTERS = {
    "a name": f"name = '{NAME}'",
    "a part of a name": "name LIKE 'client-ver%'",
    "a run": "run_id = '{run}'",
    "a tag": f"name = '{NAME}' AND tags.stage = 'prod'",
    "a number": f"name = '{NAME}' AND version_number > 1",
    "what is no key": "colour = 'red'",
    "no filter": "what is this",
}


def versions(ask: Asker) -> None:
    home = ask.create_experiment("versions", "client versions")
    run = ask.create_run("of versions", home, start_time=T0, run_name="versions").info
    folder = ask.folder / "model"
    folder.mkdir()
    (folder / "MLmodel").write_bytes(MLMODEL)
    (folder / "requirements.txt").write_bytes(REQUIREMENTS)
    (folder / "weights.txt").write_bytes(b"0.25 0.5 0.25\n")
    ask.log_artifacts("of a model", run.run_id, str(folder), "model")
    ask.log_metric("of a model", run.run_id, "acc", 0.75, timestamp=T0)
    ask.create_registered_model("of versions", NAME)
    registered(ask, run)
    described_and_tagged(ask)
    aliased(ask)
    staged(ask)
    copied(ask)
    searched(ask, run.run_id)
    deleted(ask)


def registered(ask: Asker, run) -> None:
    source = f"{run.artifact_uri}/model"
    ask.create_model_version("of a run", NAME, source, run.run_id, tags={"team": "red", "n": 5}, description="the first")
    ask.get_model_version("of a run", NAME, "1")
    ask.create_model_version("by the name of a run", NAME, f"runs:/{run.run_id}/model", run.run_id, run_link="http://example.org/run")
    ask.get_model_version("by a number", NAME, 2)
    ask.create_model_version("a third one", NAME, source, run.run_id, await_creation_for=0)
    ask.get_model_version_download_uri("of a run", NAME, "1")
    ask.get_model_version_download_uri("by a number", NAME, 3)
    ask.create_registered_model("of loose versions", "client-loose")
    ask.create_model_version("without a run", "client-loose", source)
    ask.get_registered_model("with versions", NAME)
    ask.create_model_version("of an unknown model", "client-nothing", source, run.run_id)
    ask.create_model_version("of an unknown run", NAME, source, "0" * 32)
    ask.create_model_version("of a path", NAME, "/etc", run.run_id)
    ask.create_model_version("of a path out of a run", NAME, f"{run.artifact_uri}/../../x", run.run_id)
    ask.create_model_version("of no source", NAME, "", run.run_id)
    ask.create_model_version("a prompt", NAME, source, tags={"mlflow.prompt.is_prompt": "true"})
    ask.get_model_version("unknown", NAME, "99")
    ask.get_model_version("of an unknown model", "client-nothing", "1")
    ask.get_model_version("no number", NAME, "one")
    ask.get_model_version_download_uri("unknown", NAME, "99")
    ask.get_model_version_download_uri("of an unknown model", "client-nothing", "1")


def described_and_tagged(ask: Asker) -> None:
    ask.update_model_version("a description", NAME, "1", "described")
    ask.get_model_version("described", NAME, "1")
    ask.update_model_version("nothing", NAME, "1")
    ask.update_model_version("unknown", NAME, "99", "x")
    ask.set_model_version_tag("new", NAME, "1", "stage", "dev")
    ask.set_model_version_tag("another value", NAME, "1", "stage", "prod")
    ask.set_model_version_tag("a number", NAME, "2", "count", 3)
    ask.get_model_version("with tags", NAME, "1")
    ask.set_model_version_tag("a key that is none", NAME, "1", "../x", "y")
    ask.set_model_version_tag("unknown", NAME, "99", "a", "b")
    ask.set_model_version_tag("neither version nor stage", NAME, key="a", value="b")
    ask.delete_model_version_tag("there", NAME, "2", "count")
    ask.get_model_version("without a tag", NAME, "2")
    ask.delete_model_version_tag("not there", NAME, "2", "count")
    ask.delete_model_version_tag("unknown", NAME, "99", "a")


def aliased(ask: Asker) -> None:
    ask.set_registered_model_alias("new", NAME, "champion", "1")
    ask.get_model_version_by_alias("new", NAME, "champion")
    ask.set_registered_model_alias("moved", NAME, "champion", "2")
    ask.set_registered_model_alias("another", NAME, "old-one", "1")
    ask.get_registered_model("with aliases", NAME)
    ask.get_model_version_by_alias("moved", NAME, "champion")
    ask.set_registered_model_alias("of an unknown version", NAME, "champion", "99")
    ask.set_registered_model_alias("a word that is kept", NAME, "latest", "1")
    ask.set_registered_model_alias("a name that is none", NAME, "old.one", "1")
    ask.set_registered_model_alias("like a version", NAME, "v1", "1")
    ask.set_registered_model_alias("of an unknown model", "client-nothing", "champion", "1")
    ask.get_model_version_by_alias("unknown", NAME, "nobody")
    ask.get_model_version_by_alias("of an unknown model", "client-nothing", "champion")
    ask.delete_registered_model_alias("there", NAME, "old-one")
    ask.get_registered_model("without an alias", NAME)
    ask.delete_registered_model_alias("not there", NAME, "old-one")
    ask.delete_registered_model_alias("of an unknown model", "client-nothing", "champion")


def staged(ask: Asker) -> None:
    ask.get_model_version_stages("that there are", NAME, "1")
    ask.transition_model_version_stage("to Staging", NAME, "1", "Staging")
    ask.transition_model_version_stage("in small letters", NAME, "2", "production")
    ask.get_latest_versions("of all stages", NAME)
    ask.get_latest_versions("of one stage", NAME, ["Staging"])
    ask.transition_model_version_stage("and the others away", NAME, "3", "Staging", archive_existing_versions=True)
    ask.get_latest_versions("of two stages", NAME, ["Staging", "Archived"])
    ask.set_model_version_tag("by its stage", NAME, key="in", value="production", stage="Production")
    ask.get_model_version("tagged by its stage", NAME, "2")
    ask.delete_model_version_tag("by its stage", NAME, key="in", stage="Production")
    ask.get_model_version("untagged by its stage", NAME, "2")
    ask.transition_model_version_stage("unknown stage", NAME, "1", "Retired")
    ask.transition_model_version_stage("unknown version", NAME, "99", "Staging")
    ask.get_latest_versions("of an unknown stage", NAME, ["Retired"])
    ask.get_latest_versions("of an unknown model", "client-nothing")


def copied(ask: Asker) -> None:
    ask.copy_model_version("to a new model", f"models:/{NAME}/1", "client-copies")
    ask.get_model_version("copied", "client-copies", "1")
    ask.get_model_version_download_uri("copied", "client-copies", "1")
    ask.copy_model_version("by its alias", f"models:/{NAME}@champion", "client-copies")
    ask.get_registered_model("with copies", "client-copies")
    ask.copy_model_version("what is not there", f"models:/{NAME}/99", "client-copies")
    ask.copy_model_version("of a run", "runs:/x/model", "client-copies")


def searched(ask: Asker, run: str) -> None:
    for name, text in FILTERS.items():
        ask.search_model_versions(f"filter: {name}", text.replace("{run}", str(run)), order_by=["name ASC", "version_number DESC"])
    ask.search_model_versions("all that there are")
    mine = f"name = '{NAME}'"
    ask.search_model_versions("in an order", mine, order_by=["version_number ASC"])
    first = ask.search_model_versions("a page", mine, max_results=2, order_by=["version_number ASC"])
    ask.search_model_versions("the next page", mine, max_results=2, order_by=["version_number ASC"], page_token=getattr(first, "token", None))
    ask.search_model_versions("an order that is none", mine, order_by=["colour"])
    ask.search_model_versions("too many results", mine, max_results=200001)


def deleted(ask: Asker) -> None:
    ask.delete_model_version("once", NAME, "3")
    ask.get_model_version("deleted", NAME, "3")
    ask.delete_model_version("twice", NAME, "3")
    ask.delete_model_version("of an unknown model", "client-nothing", "1")
    ask.get_registered_model("after a deletion", NAME)
    ask.delete_model_version("with an alias", NAME, "2")
    ask.get_registered_model("after the deletion of an alias's version", NAME)
    ask.delete_registered_model("with versions", "client-copies")
    ask.get_registered_model("deleted with its versions", "client-copies")
