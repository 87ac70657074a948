"""Prompts: registered models with a tag, whose versions have a text instead of files."""

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker

TEXT = "Say {{what}} to {{whom}}."


def prompts(ask: Asker) -> None:
    home = ask.create_experiment("prompts", "client prompts")
    run = ask.create_run("of prompts", home, start_time=T0, run_name="prompts").info.run_id
    names(ask)
    registered(ask)
    loaded(ask)
    linked(ask, home, run)
    aliased_and_tagged(ask)
    deleted(ask)


def names(ask: Asker) -> None:
    """Without a text: what is kept of the prompt itself."""
    ask.create_prompt("all", "client-named", description="of words", tags={"team": "red"})
    ask.get_prompt("all", "client-named")
    ask.get_registered_model("that is a prompt", "client-named")
    ask.create_prompt("a name that is taken", "client-named")
    ask.get_prompt("unknown", "client-nothing")
    ask.get_prompt("that is a model", "client-model")
    ask.set_prompt_tag("new", "client-named", "stage", "dev")
    ask.get_prompt("with a new tag", "client-named")
    ask.set_prompt_tag("unknown", "client-nothing", "a", "b")
    ask.delete_prompt_tag("there", "client-named", "stage")
    ask.get_prompt("without a tag", "client-named")
    ask.delete_prompt_tag("unknown", "client-nothing", "a")
    ask.create_prompt("another", "client-other")
    ask.search_prompts("all that there are")
    ask.search_prompts("by a name", "name = 'client-other'")
    ask.search_prompts("by a tag", "tags.team = 'red'")
    ask.search_prompts("a page", max_results=1)
    ask.search_prompts("no filter", "what is this")
    ask.search_registered_models("without prompts", "name LIKE 'client-%'", max_results=2)
    ask.search_prompt_versions("of a prompt without any", "client-named")
    ask.search_prompt_versions("unknown", "client-nothing")
    if ask.three:
        ask.delete_prompt("without versions", "client-other")
        ask.get_prompt("deleted", "client-other")


def registered(ask: Asker) -> None:
    ask.register_prompt("a text", "client-prompt", TEXT, commit_message="the first", tags={"team": "red"})
    ask.get_registered_model("of a registered prompt", "client-prompt")
    ask.register_prompt("the name of a model", "client-model", TEXT)
    ask.register_prompt("a name that is none", "a/b", TEXT)
    ask.register_prompt("another text", "client-prompt", TEXT + " Twice.")
    if ask.three:
        ask.register_prompt("messages", "client-chat", [{"role": "user", "content": TEXT}], response_format={"type": "object"})
    ask.create_prompt_version("a text", "client-named", TEXT, description="the first", tags={"stage": "dev"})
    ask.create_prompt_version("unknown", "client-nothing", TEXT)
    ask.search_prompt_versions("of a prompt", "client-named")


def loaded(ask: Asker) -> None:
    ask.get_prompt_version("there", "client-prompt", 1)
    ask.get_prompt_version("unknown", "client-prompt", 99)
    ask.load_prompt("by a number", "client-prompt", 1)
    ask.load_prompt("by a URI", "prompts:/client-prompt/2")
    ask.load_prompt("unknown", "prompts:/client-nothing/1")
    if ask.three:
        ask.load_prompt("unknown, which may be missing", "prompts:/client-nothing/1", allow_missing=True)
    ask.parse_prompt_uri("with a number", "prompts:/client-prompt/1")
    ask.parse_prompt_uri("no URI of a prompt", "models:/client-prompt/1")


def linked(ask: Asker, home: str, run: str) -> None:
    ask.log_prompt("to a run", run, "prompts:/client-prompt/1")
    ask.link_prompt_version_to_run("there", run, "prompts:/client-prompt/1")
    ask.link_prompt_version_to_run("no prompt", run, 5)
    ask.get_run("with a prompt", run)
    ask.list_logged_prompts("of a run", run)
    ask.list_logged_prompts("of an unknown run", "0" * 32)
    ask.detach_prompt_from_run("there", run, "prompts:/client-prompt/1")
    ask.detach_prompt_from_run("unknown", run, "prompts:/client-nothing/1")
    if ask.three:
        model = ask.create_logged_model("of prompts", home, "with a prompt").model_id
        ask.link_prompt_version_to_model("there", "client-prompt", "1", model)
        ask.link_prompt_version_to_model("unknown", "client-nothing", "1", model)


def aliased_and_tagged(ask: Asker) -> None:
    ask.set_prompt_alias("new", "client-prompt", "best", 2)
    ask.get_prompt_version_by_alias("new", "client-prompt", "best")
    ask.parse_prompt_uri("with an alias", "prompts:/client-prompt@best")
    ask.set_prompt_alias("of an unknown version", "client-prompt", "best", 99)
    ask.delete_prompt_alias("there", "client-prompt", "best")
    ask.get_prompt_version_by_alias("deleted", "client-prompt", "best")
    ask.delete_prompt_alias("unknown", "client-nothing", "best")
    ask.set_prompt_version_tag("new", "client-prompt", 1, "stage", "dev")
    ask.get_prompt_version("with a tag", "client-prompt", 1)
    ask.set_prompt_version_tag("unknown", "client-prompt", 99, "a", "b")
    ask.delete_prompt_version_tag("there", "client-prompt", 1, "stage")
    ask.get_prompt_version("without a tag", "client-prompt", 1)
    ask.delete_prompt_version_tag("unknown", "client-prompt", 99, "a")


def deleted(ask: Asker) -> None:
    ask.delete_prompt_version("there", "client-prompt", "1")
    ask.delete_prompt_version("unknown", "client-prompt", "99")
    if ask.three:
        ask.delete_prompt("with a version", "client-prompt")
        ask.delete_prompt("unknown", "client-nothing")
    else:
        ask.delete_prompt("a version", "client-prompt", 1)
        ask.delete_prompt("unknown", "client-nothing", 1)
    ask.get_registered_model("of a deleted prompt", "client-prompt")
