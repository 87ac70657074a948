"""What docs/mlflow.md says is different here; last, so that nothing else is seen by it."""

from tests.support.mlflow_calls.script import MLMODEL, REQUIREMENTS, T0
from tests.support.mlflow_client.asker import Asker

NAME = "client-different"
COMMAND = b"cposix\nsystem\n(S'true'\ntR."  # a pickle that would run a command


def differences(ask: Asker) -> None:
    ask.create_experiment("elsewhere", "client elsewhere", artifact_location="s3://client/elsewhere")
    ask.get_experiment_by_name("elsewhere", "client elsewhere")
    home = ask.create_experiment("different", "client different")
    run = ask.create_run("different", home, start_time=T0, run_name="different").info.run_id
    folder = ask.folder / "different"
    files = {"good/MLmodel": MLMODEL, "good/requirements.txt": REQUIREMENTS, "good/weights.txt": b"0.5\n", "bad/model.pkl": COMMAND}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    ask.log_artifacts("good and bad", run, str(folder))
    ask.create_registered_model("different", NAME)
    ask.create_model_version("without files", NAME, f"runs:/{run}/nothing", run)
    ask.get_model_version("without files", NAME, "1")
    ask.create_model_version("of a dangerous file", NAME, f"runs:/{run}/bad", run)
    ask.get_model_version("of a dangerous file", NAME, "2")
    ask.get_model_version_download_uri("of a dangerous file", NAME, "2")
    ask.create_model_version("of a good file", NAME, f"runs:/{run}/good", run)
    ask.get_model_version("of a good file", NAME, "3")
    ask.log_text("over a file of a version", run, "0.25\n", "good/weights.txt")
    ask.download_artifacts("a file of a version", run, "good/weights.txt")
    ask.delete_registered_model("different", NAME)
    ask.create_registered_model("different again", NAME)
    ask.create_model_version("of a model made again", NAME, f"runs:/{run}/good", run)
