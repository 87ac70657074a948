"""Runs: made, ended, tagged; metrics, params, inputs; deleted and restored."""

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker


def runs(ask: Asker) -> None:
    home = ask.create_experiment("runs", "client runs")
    made(ask, home)
    for number, part in enumerate((metrics, params_and_tags, batches, inputs)):  # a run each: what is read stays short
        part(ask, ask.create_run(part.__name__, home, start_time=T0 + 20 + number, run_name=part.__name__).info.run_id)
    ended(ask, home)
    deleted(ask, home)


def made(ask: Asker, home: str) -> None:
    run = ask.create_run("main", home, start_time=T0, run_name="main", tags={"team": "red", "mlflow.user": "somebody"}).info.run_id
    ask.get_run("main", run)
    ask.create_run("without a name", home)
    ask.create_run("named by a tag", home, tags={"mlflow.runName": "by a tag"})
    ask.create_run("named twice", home, run_name="one", tags={"mlflow.runName": "two"})
    ask.create_run("an unknown experiment", "99999")
    ask.create_run("an id that is none", "no id!")
    child = ask.create_run("child", home, start_time=T0 + 10, run_name="child", tags={"mlflow.parentRunId": run}).info.run_id
    ask.get_parent_run("of a child", child)
    ask.get_parent_run("of none", run)
    ask.get_parent_run("unknown", "0" * 32)
    ask.get_run("unknown", "0" * 32)
    ask.get_run("an id that is none", "no id!")


def metrics(ask: Asker, run: str) -> None:
    ask.log_metric("first", run, "loss", 0.5, timestamp=T0, step=1)
    ask.log_metric("second", run, "loss", 0.25, timestamp=T0 + 1, step=2)
    ask.log_metric("the same point again", run, "loss", 0.25, timestamp=T0 + 1, step=2)
    ask.log_metric("a step before", run, "loss", 9, timestamp=T0 + 2, step=-1)
    ask.get_metric_history("of four points", run, "loss")
    ask.log_metric("by the clock", run, "acc/val 1", 0.75)
    for word in ("nan", "inf", "-inf"):
        ask.log_metric(word, run, word.replace("-", "minus "), float(word), timestamp=T0)
        ask.get_metric_history(word, run, word.replace("-", "minus "))
    ask.log_metric("later", run, "later", 1.5, timestamp=T0, synchronous=False)
    ask.get_run("with metrics", run)
    ask.log_metric("a value that is none", run, "bad", "high")
    ask.log_metric("a name that is none", run, "a//b", 1)
    ask.log_metric("a name that is too long", run, "k" * 251, 1)
    ask.log_metric("an unknown run", "0" * 32, "loss", 1)
    ask.get_metric_history("unknown", run, "nothing")
    ask.get_metric_history("of an unknown run", "0" * 32, "loss")
    if ask.three:
        ask.log_metric("on a dataset", run, "held", 0.5, timestamp=T0, dataset_name="test", dataset_digest="0f0f0f0f")
        ask.get_metric_history("on a dataset", run, "held")


def params_and_tags(ask: Asker, run: str) -> None:
    ask.log_param("text", run, "kind", "tree")
    ask.log_param("a number", run, "depth", 4)
    ask.log_param("empty", run, "empty", "")
    ask.log_param("the same again", run, "depth", 4)
    ask.log_param("later", run, "later", True, synchronous=False)
    ask.log_param("long", run, "long", "x" * 7000)
    ask.get_run("with params", run)
    ask.log_param("another value", run, "depth", 5)
    ask.log_param("a name that is none", run, "", 1)
    ask.log_param("an unknown run", "0" * 32, "depth", 1)
    ask.set_tag("new", run, "stage", "dev")
    ask.set_tag("another value", run, "stage", "prod")
    ask.set_tag("the name of the run", run, "mlflow.runName", "renamed")
    ask.set_tag("a number", run, "count", 3)
    ask.set_tag("later", run, "later", "yes", synchronous=False)
    ask.get_run("with tags", run)
    ask.set_tag("a key that is none", run, "../x", "y")
    ask.set_tag("an unknown run", "0" * 32, "a", "b")
    ask.delete_tag("there", run, "count")
    ask.get_run("without a tag", run)
    ask.delete_tag("not there", run, "count")
    ask.delete_tag("an unknown run", "0" * 32, "a")


def batches(ask: Asker, run: str) -> None:
    points = [Metric("batch", step / 4, T0 + step, step) for step in range(5)]
    ask.log_batch("of all three", run, metrics=points, params=[Param("b1", "1"), Param("b2", 2)], tags=[RunTag("t1", "x")])
    ask.get_metric_history("of a batch", run, "batch")
    ask.log_batch("empty", run)
    ask.log_batch("later", run, metrics=[Metric("batch later", 1, T0, 0)], synchronous=False)
    ask.get_run("with a batch", run)
    ask.log_batch("a param that has another value", run, metrics=[Metric("lost", 1, T0, 0)], params=[Param("b1", "2")])
    ask.log_batch("a param twice", run, params=[Param("twice", "1"), Param("twice", "2")])
    ask.log_batch("an unknown run", "0" * 32, tags=[RunTag("a", "b")])
    ask.get_run("after batches that failed", run)
    ask.log_batch("more than one request holds", run, tags=[RunTag(f"t{number}", "x") for number in range(101)])
    ask.get_run("with many tags", run)


def inputs(ask: Asker, run: str) -> None:
    data = Dataset(name="train", digest="1a1a1a1a", source_type="local", source='{"uri": "data.csv"}', schema='{"x": "double"}', profile='{"rows": 2}')
    ask.log_inputs("a dataset", run, datasets=[DatasetInput(data, tags=[InputTag("mlflow.data.context", "training")])])
    ask.get_run("with a dataset", run)
    least = Dataset(name="test", digest="2b2b2b2b", source_type="local", source="{}")
    ask.log_inputs("two, one of them again", run, datasets=[DatasetInput(data, tags=[InputTag("again", "yes")]), DatasetInput(least, tags=[])])
    ask.get_run("with two datasets", run)
    ask.log_inputs("none", run)
    ask.log_inputs("an unknown run", "0" * 32, datasets=[DatasetInput(least, tags=[])])


def ended(ask: Asker, home: str) -> None:
    run = ask.create_run("to be ended", home, start_time=T0 + 30, run_name="ends").info.run_id
    ask.update_run("a name", run, name="other name")
    ask.get_run("with another name", run)
    ask.update_run("a status", run, status="SCHEDULED")
    ask.update_run("both", run, status="RUNNING", name="third name")
    ask.get_run("with both", run)
    ask.update_run("nothing", run)
    ask.update_run("a status that is none", run, status="DONE")
    ask.update_run("an unknown run", "0" * 32, status="FAILED")
    ask.set_terminated("failed", run, status="FAILED", end_time=T0 + 5000)
    ask.get_run("failed", run)
    ask.set_terminated("by the clock", run)
    ask.get_run("finished", run)
    ask.set_terminated("a status that is none", run, status="DONE")
    ask.set_terminated("an unknown run", "0" * 32)


def deleted(ask: Asker, home: str) -> None:
    run = ask.create_run("to be deleted", home, start_time=T0 + 31, run_name="goes").info.run_id
    ask.delete_run("once", run)
    ask.get_run("deleted", run)
    ask.delete_run("twice", run)
    ask.delete_run("unknown", "0" * 32)
    ask.set_tag("a deleted run", run, "a", "b")
    ask.log_metric("a deleted run", run, "a", 1)
    ask.log_param("a deleted run", run, "a", 1)
    ask.update_run("a deleted run", run, status="FAILED")
    ask.restore_run("deleted", run)
    ask.get_run("restored", run)
    ask.restore_run("not deleted", run)
    ask.restore_run("unknown", "0" * 32)
