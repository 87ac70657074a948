"""Traces of language models, what is said of them, and the datasets that they are held against."""

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker, id_of

NONE, NO_SPAN = "0" * 32, "0" * 16
NANOSECONDS = 1_000_000  # in a millisecond


def traces(ask: Asker) -> None:
    home = ask.create_experiment("traces", "client traces")
    run = ask.create_run("of traces", home, start_time=T0, run_name="traces").info.run_id
    trace = traced(ask, home)
    read(ask, home, trace)
    linked(ask, run, trace)
    assessed(ask, trace)
    ask.delete_traces("by their ids", home, None, None, [trace])
    ask.delete_traces("by their age", home, max_timestamp_millis=T0, max_traces=5)
    ask.delete_traces("by nothing", home)
    datasets(ask, home)


def traced(ask: Asker, home: str) -> str:
    span = ask.start_trace("with a span", "asked", inputs={"q": 1}, attributes={"a": "b"}, tags={"team": "red"}, experiment_id=home,
                           start_time_ns=T0 * NANOSECONDS)
    trace = id_of(span, ("tr-" if ask.three else "") + NONE, "trace_id", "request_id")
    inner = ask.start_span("within it", "thought", trace, id_of(span, NO_SPAN, "span_id"), inputs={"q": 2}, start_time_ns=(T0 + 1) * NANOSECONDS)
    ask.start_span("without a parent", "lost", trace, "")
    ask.start_span("within an unknown one", "lost", trace, NO_SPAN)
    ask.end_span("within it", trace, id_of(inner, NO_SPAN, "span_id"), outputs={"r": 2}, end_time_ns=(T0 + 2) * NANOSECONDS)
    ask.end_trace("with a span", trace, outputs={"r": 1}, end_time_ns=(T0 + 3) * NANOSECONDS)
    ask.end_trace("unknown", "tr-" + NONE)
    return trace


def read(ask: Asker, home: str, trace: str) -> None:
    ask.get_trace("there", trace, display=False)
    ask.get_trace("unknown", "tr-" + NONE, display=False)
    ask.search_traces("of an experiment", [home])
    ask.search_traces("without spans", [home], "tags.team = 'red'", max_results=1, include_spans=False)
    ask.search_traces("no filter", [home], "what is this")
    ask.set_trace_tag("new", trace, "stage", "dev")
    ask.set_trace_tag("a key that is kept", trace, "mlflow.x", "y")
    ask.set_trace_tag("unknown", "tr-" + NONE, "a", "b")
    ask.get_trace("with a tag", trace, display=False)
    ask.delete_trace_tag("there", trace, "stage")
    ask.delete_trace_tag("unknown", "tr-" + NONE, "a")


def linked(ask: Asker, run: str, trace: str) -> None:
    ask.link_traces_to_run("there", [trace], run)
    ask.link_traces_to_run("none", [], run)
    ask.unlink_traces_from_run("there", [trace], run)
    ask.unlink_traces_from_run("without a run", [trace], "")
    ask.link_prompt_versions_to_trace("none", [], trace)
    ask.link_prompt_versions_to_trace("an unknown trace", [], "tr-" + NONE)


def assessed(ask: Asker, trace: str) -> None:
    if ask.three:
        return
    from mlflow.entities.assessment import Feedback
    from mlflow.entities.assessment_source import AssessmentSource

    ask.log_assessment("feedback", trace, "good", AssessmentSource("HUMAN", "somebody"), feedback=Feedback(True), rationale="short")
    ask.update_assessment("unknown", trace, "a-" + NONE, rationale="long")
    ask.delete_assessment("unknown", trace, "a-" + NONE)


def datasets(ask: Asker, home: str) -> None:
    made = ask.create_dataset("all", "client-dataset", home, {"team": "red", "mlflow.user": "somebody"})
    data = id_of(made, "d-" + NONE, "dataset_id")
    ask.get_dataset("there", data)
    ask.get_dataset("unknown", "d-" + NONE)
    ask.search_datasets("of an experiment", [home])
    ask.search_datasets("by a name", filter_string="name = 'client-dataset'", max_results=1, order_by=["name ASC"])
    ask.set_dataset_tags("new", data, {"stage": "dev"})
    ask.delete_dataset_tag("there", data, "team")
    ask.get_dataset("with other tags", data)
    ask.set_dataset_tags("unknown", "d-" + NONE, {"a": "b"})
    ask.delete_dataset_tag("unknown", "d-" + NONE, "a")
    ask.add_dataset_to_experiments("one more", data, ["0"])
    ask.remove_dataset_from_experiments("one less", data, ["0"])
    ask.add_dataset_to_experiments("unknown", "d-" + NONE, ["0"])
    ask.remove_dataset_from_experiments("unknown", "d-" + NONE, ["0"])
    ask.delete_dataset("there", data)
    ask.delete_dataset("unknown", "d-" + NONE)
