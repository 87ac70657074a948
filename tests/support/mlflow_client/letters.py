"""Names and values in other alphabets, and long ones."""

from mlflow.entities import Metric, Param, RunTag

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker

NAME = "größe 価格 🙂"
MODEL = "client-größe 価格"
PATHS = ("50%.txt", "größe 価格/🙂.txt", "a+b&c=d.txt", "it's (1) [x],;@$!~.txt", "%41.txt", "dots..txt")


def letters(ask: Asker) -> None:
    home = ask.create_experiment("in other alphabets", NAME, tags={"größe": "価格 🙂\n\t\"'\\"})
    ask.get_experiment_by_name("in other alphabets", NAME)
    ask.search_experiments("in other alphabets", filter_string=f"name = '{NAME}'")
    ask.search_experiments("in other alphabets, in small letters", filter_string="name ILIKE 'GRÖSSE%'")
    run = ask.create_run("in other alphabets", home, start_time=T0, run_name=NAME, tags={"größe": "価格 🙂"}).info.run_id
    ask.log_batch("in other alphabets", run, [Metric("größe", 1, T0, 0)], [Param("größe", "価格 🙂\n")], [RunTag("価格", "")])
    ask.log_metric("a large step", run, "large", 1e300, timestamp=T0, step=2**53 + 1)
    ask.log_metric("a small number", run, "small", 5e-324, timestamp=1, step=0)
    ask.log_metric("minus nothing", run, "zero", -0.0, timestamp=T0)
    ask.log_param("none", run, "none", None)
    ask.set_tag("none", run, "none", None)
    ask.set_tag("long, in other alphabets", run, "long", "ö" * 9000)
    ask.set_tag("a note of many lines", run, "mlflow.note.content", "# größe\n\n価格 🙂")
    ask.get_run("in other alphabets", run)
    ask.get_metric_history("in other alphabets", run, "größe")
    ask.get_metric_history("of a large step", run, "large")
    ask.search_runs("in other alphabets", [home], f"attributes.run_name = '{NAME}' AND params.`größe` LIKE '価格%'")
    ask.search_runs("by a tag in other letters", [home], "tags.`größe` = '価格 🙂'", order_by=["metrics.`größe` DESC"])
    ask.search_runs("with a quote", [home], "tags.`größe` = \"it's\"")
    ask.log_param("long, in other alphabets", run, "long", "ö" * 6001)
    for path in PATHS:
        ask.log_text(f"at {path}", run, path, path)
    ask.log_text("at a fragment", run, "x", "a#b.txt")
    ask.list_artifacts("in other alphabets", run)
    ask.download_artifacts("in other alphabets", run, "")
    for path in PATHS:
        ask.download_artifacts(f"at {path}", run, path)
    models(ask, run)


def models(ask: Asker, run: str) -> None:
    ask.create_registered_model("in other alphabets", MODEL, tags={"größe": "価格 🙂"}, description="価格 🙂\n" * 3)
    ask.get_registered_model("in other alphabets", MODEL)
    ask.search_registered_models("in other alphabets", f"name = '{MODEL}'")
    ask.create_model_version("in other alphabets", MODEL, f"runs:/{run}/größe 価格", run, tags={"größe": "🙂"})
    ask.get_model_version("in other alphabets", MODEL, "1")
    ask.get_model_version_download_uri("in other alphabets", MODEL, "1")
    ask.set_model_version_tag("in other alphabets", MODEL, "1", "価格", "🙂")
    ask.search_model_versions("in other alphabets", f"name = '{MODEL}' AND tags.`価格` = '🙂'")
    ask.copy_model_version("in other alphabets", f"models:/{MODEL}/1", "client-größe")
    ask.set_registered_model_alias("in other alphabets", MODEL, "größe", "1")
    ask.delete_registered_model_tag("in other alphabets", MODEL, "größe")
    ask.get_registered_model("without a tag in other letters", MODEL)
