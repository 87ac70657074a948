"""A package that looks like MLflow to assay.mlflow: what it calls there, and a note of each call. In its place, should it be installed."""

import sys
import types


class MlflowException(Exception):
    def __init__(self, message):
        super().__init__(message)
        self.message = message


class Credentials:
    def __init__(self, username=None, password=None, token=None):
        self.username, self.password, self.token = username, password, token
        self.verify, self.client_cert_path = True, None


class Client:
    def log_model_artifact(self, model_id, path, artifact_path=None):
        self.log_artifact(model_id, path, artifact_path)

    def log_artifact(self, run, path, artifact_path=None):
        fake = sys.modules["mlflow"]
        if fake.refusal is not None:
            raise fake.refusal
        with open(path, "rb") as stream:
            fake.calls.append((run, artifact_path, path.rpartition("/")[2], stream.read()))

    def get_run(self, run):
        return types.SimpleNamespace(data=types.SimpleNamespace(tags=sys.modules["mlflow"].run_tags))


class Dataset:
    def __init__(self, data, source=None, name=None, digest=None):
        self.data, self.source, self.name, self.digest = data, source, name, digest


def install(test, uri="", three=True):
    """For one test: `import mlflow` gives this; what it is, so that the test can change it."""
    fake = types.ModuleType("mlflow")
    fake.uri, fake.credentials, fake.refusal, fake.calls, fake.run_tags = uri, Credentials(), None, [], {}
    fake.get_tracking_uri = lambda: fake.uri
    fake.MlflowClient = Client
    fake.set_tag = lambda key, value: fake.calls.append(("tag", key, value))
    fake.log_input = lambda dataset, context=None: fake.calls.append(("input", dataset.name, context))
    fake.active_run = lambda: None
    fake.last_active_run = lambda: types.SimpleNamespace(info=types.SimpleNamespace(run_id="r1"))
    fake.models = types.SimpleNamespace(get_model_info=lambda uri: types.SimpleNamespace(model_id=None))
    if three:
        fake.last = None
        fake.last_logged_model = lambda: fake.last
    modules = {"mlflow": fake}

    def module(name, **members):
        modules[name] = types.ModuleType(name)
        vars(modules[name]).update(members)
        return modules[name]

    module("mlflow.exceptions", MlflowException=MlflowException)
    module("mlflow.utils")
    module("mlflow.utils.credentials", get_default_host_creds=lambda url: fake.credentials)
    fake.data = module("mlflow.data", from_pandas=Dataset, from_numpy=Dataset)
    module("mlflow.data.code_dataset_source", CodeDatasetSource=lambda tags: "code")
    module("mlflow.data.dataset_source_registry", resolve_dataset_source=lambda source: source)
    module("mlflow.data.meta_dataset", MetaDataset=lambda source, name, digest: Dataset(None, source, name, digest))
    sys.modules.update(modules)
    test.addCleanup(remove)
    return fake


def remove():
    """Our modules, and no others: one that is imported a second time is another module."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "mlflow"]:
        del sys.modules[name]


def provide_run_context(provider):
    """Lets MLflow have a run context provider of its own."""
    registry = types.ModuleType("mlflow.tracking.context.registry")
    registry._run_context_provider_registry = [provider]
    parents = {name: types.ModuleType(name) for name in ("mlflow.tracking", "mlflow.tracking.context")}
    sys.modules.update({**parents, "mlflow.tracking.context.registry": registry})
