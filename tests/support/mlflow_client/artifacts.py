"""Files of runs: logged from disk and from memory, listed, downloaded; tables."""

import io
from pathlib import Path

import mlflow
import numpy
import pandas

from tests.support.mlflow_calls.script import T0
from tests.support.mlflow_client.asker import Asker
from tests.support.mlflow_client.stand_ins import Figure


def artifacts(ask: Asker) -> None:
    home = ask.create_experiment("files", "client files")
    run = ask.create_run("files", home, start_time=T0, run_name="files").info.run_id
    from_disk(ask, run)
    from_memory(ask, run)
    pictures(ask, run)
    listed_and_downloaded(ask, run)
    tables(ask, home)


def from_disk(ask: Asker, run: str) -> None:
    folder = ask.folder / "logged"
    (folder / "inner" / "deep").mkdir(parents=True)
    (folder / "a b+c.txt").write_text("one", encoding="utf-8")
    (folder / "inner" / "ä.bin").write_bytes(bytes(range(256)))
    (folder / "inner" / "deep" / "empty").write_bytes(b"")
    ask.log_artifact("a file", run, str(folder / "a b+c.txt"))
    ask.log_artifact("into a folder", run, str(folder / "inner" / "ä.bin"), "data/raw")
    ask.log_artifact("a folder", run, str(folder / "inner"), "as artifact")
    ask.log_artifact("what is not there", run, str(folder / "nothing"))
    ask.log_artifact("an unknown run", "0" * 32, str(folder / "a b+c.txt"))
    ask.log_artifact("out of its folder", run, str(folder / "a b+c.txt"), "../../x")
    ask.log_artifacts("a folder", run, str(folder))
    ask.log_artifacts("into a folder", run, str(folder), "copy")
    ask.log_artifacts("an unknown run", "0" * 32, str(folder))
    ask.download_artifacts("all that came from disk", run, "")


def from_memory(ask: Asker, run: str) -> None:
    ask.log_text("text", run, "gelöst\nzwei", "notes/a.txt")
    ask.log_text("empty", run, "", "notes/empty.txt")
    ask.log_text("again", run, "other", "notes/a.txt")
    ask.download_artifacts("notes", run, "notes")
    ask.log_dict("as JSON", run, {"a": [1, None, "x"], "b": {"c": 0.5}}, "dict/data.json")
    ask.log_dict("as YAML", run, {"a": [1, None, "x"]}, "dict/data.yaml")
    ask.log_dict("without a name", run, {"a": 1}, "dict/data")
    ask.download_artifacts("dict", run, "dict")
    ask.log_stream("bytes", run, io.BytesIO(b"0123456789" * 3000), "streams/long.bin")
    if ask.three:
        ask.download_artifacts("streams", run, "streams")
    ask.log_text("an unknown run", "0" * 32, "x", "a.txt")
    ask.log_dict("an unknown run", "0" * 32, {}, "a.json")
    ask.log_stream("an unknown run", "0" * 32, io.BytesIO(b"x"), "a.bin")
    ask.log_text("out of its folder", run, "x", "../x.txt")


def pictures(ask: Asker, run: str) -> None:
    ask.log_figure("a figure", run, Figure(), "figures/one.png", save_kwargs={"dpi": 10})
    ask.download_artifacts("figures", run, "figures")
    ask.log_figure("what is no figure", run, "text", "figures/two.png")
    ask.log_figure("an unknown run", "0" * 32, Figure(), "one.png")
    pixels = numpy.zeros((4, 8, 3), dtype=numpy.uint8)
    ask.log_image("as a file", run, pixels, "pictures/one.png")
    ask.download_artifacts("pictures", run, "pictures")
    ask.log_image("by key and step", run, mlflow.Image(pixels), key="dogs/1", step=3, timestamp=T0)
    ask.download_artifacts("images", run, "images")
    ask.get_run("with images", run)
    ask.log_image("by nothing", run, pixels)
    ask.log_image("an unknown run", "0" * 32, pixels, "one.png")


def listed_and_downloaded(ask: Asker, run: str) -> None:
    ask.list_artifacts("of a run", run)
    ask.list_artifacts("of a folder", run, "inner")
    ask.list_artifacts("of a file", run, "notes/a.txt")
    ask.list_artifacts("of what is not there", run, "nothing")
    ask.list_artifacts("of an unknown run", "0" * 32)
    ask.list_artifacts("out of its folder", run, "../..")
    ask.download_artifacts("a file", run, "a b+c.txt")
    ask.download_artifacts("a name in letters of its own", run, "inner/ä.bin")
    into = Path(ask.folder) / "into"
    into.mkdir()
    ask.download_artifacts("to a folder", run, "copy", str(into))
    ask.download_artifacts("what is not there", run, "nothing.txt")
    ask.download_artifacts("of an unknown run", "0" * 32, "a")
    ask.download_artifacts("to nowhere", run, "copy", str(into / "nowhere"))


def tables(ask: Asker, home: str) -> None:
    one = ask.create_run("table one", home, start_time=T0 + 1, run_name="table one").info.run_id
    two = ask.create_run("table two", home, start_time=T0 + 2, run_name="table two").info.run_id
    ask.log_table("a dictionary", one, {"question": ["a", "b"], "score": [0.5, 1.0]}, "qa.json")
    ask.download_artifacts("a table", one, "qa.json")
    ask.log_table("more of it", one, pandas.DataFrame({"question": ["c"], "score": [0.25]}), "qa.json")
    ask.log_table("of another run", two, {"question": ["d"], "score": [2.0]}, "qa.json")
    ask.log_table("in a folder", two, {"n": [1]}, "tables/n.json")
    ask.get_run("with a table", one)
    ask.load_table("of two runs", home, "qa.json")
    ask.load_table("of one run", home, "qa.json", run_ids=[one], extra_columns=["run_id"])
    ask.load_table("in a folder", home, "tables/n.json")
    ask.load_table("not there", home, "nothing.json")
    ask.load_table("a run that has none", home, "tables/n.json", run_ids=[one, two])
    ask.log_table("an unknown kind of file", one, {"n": [1]}, "n.txt")
    ask.log_table("what is no table", one, 5, "n.json")
    ask.log_table("an unknown run", "0" * 32, {"n": [1]}, "n.json")
