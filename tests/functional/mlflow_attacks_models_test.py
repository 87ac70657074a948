#!/usr/bin/env python3
"""Models that do harm when they are loaded, and files that do when they are read, are registered for nobody.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_models_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import io
import json
import sys
import time
import unittest
import zipfile
from pathlib import Path
from typing import Any, Dict, Tuple
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import PATIENCE, PREFIXES, AttackTest, Reply  # noqa: E402
from tests.support.mlflow_calls.script import MLMODEL  # noqa: E402


class Models(AttackTest):
    def registered(self, name: str, files: Dict[str, bytes]) -> Tuple[Dict[str, Any], str]:
        """Files of a run, registered as the only version of a model; and where they lie."""
        folder = f"{self.place.run_folder}/{name}"
        for path, content in files.items():
            self.assertEqual(self.place.put(f"{folder}/{quote(path)}", content).status, 200)
        self.place.done("POST", "registered-models/create", {"name": name})
        began = time.monotonic()
        reply = self.place.send("POST", "/api/2.0/mlflow/model-versions/create",
                                {"name": name, "source": f"runs:/{self.place.run}/{name}", "run_id": self.place.run})
        self.assertLess(time.monotonic() - began, PATIENCE)
        self.assertEqual(self.harmless(reply, str(files)).status, 200, reply)
        return reply.json()["model_version"], folder

    def handed_out(self, name: str, sent: str = "") -> Reply:
        return self.harmless(self.place.call("GET", f"/api/2.0/mlflow/model-versions/get-download-uri?name={name}&version=1"), sent)

    def test_a_model_that_would_run_code_is_not_registered(self) -> None:
        ran = self.place.root / "work" / "ran"
        text = b"touch ran"  # in the folder that the server works in
        call = b"cposix\nsystem\n(S'" + text + b"'\ntR."
        payloads = {
            "system": call, "nested": b"(lp0\n(dp1\nS'a'\n" + call[:-1] + b"sa.", "second": b"N." + call,
            "stack-global": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c" + bytes([len(text)]) + text + b"\x85R.",
            "evaluated": b"cbuiltins\neval\n(S'1'\ntR.", "imported": b"cbuiltins\n__import__\n(S'os'\ntR.", "built": b"csubprocess\nPopen\n(S'true'\ntR.",
            "instance": b"(S'true'\niposix\nsystem\n.", "newobj": b"\x80\x02cposix\nsystem\nU\x04true\x85\x81.",
            "hidden": b"cpydoc\npipepager\n(S'a'\nS'true'\ntR.", "attribute": b"cbuiltins\ngetattr\n(cos\npath\nS'os'\ntR.",
        }
        for name, payload in payloads.items():
            for number, file in enumerate(("model.pkl", "model.joblib", "model.bin", "MODEL.PKL", "model", "requirements.txt")):
                with self.subTest(name=name, file=file):
                    model = f"{name}-{number}"
                    version, folder = self.registered(model, {file: payload, "MLmodel": MLMODEL})
                    self.assertEqual(version["status"], "FAILED_REGISTRATION", version)
                    self.refused(self.place.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{file}"), (403,))
                    self.assertEqual(self.place.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{folder}/MLmodel").status, 200)
                    self.refused(self.handed_out(model), (403, 409))
        self.assertFalse(ran.exists())

    def test_code_that_nobody_judged_is_handed_out_to_nobody(self) -> None:
        version, folder = self.registered("unknown", {"model.pkl": b"\x80\x02cmy_company.models\nSecret\n)\x81}b.", "MLmodel": MLMODEL,
                                                      "code/helper.py": b"import os\n"})
        for file in ("code/helper.py", "MLmodel"):
            for path in (f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{file}", f"/get-artifact?run_id={self.place.run}&path=unknown/{file}",
                         f"/model-versions/get-artifact?name=unknown&version=1&path={file}"):
                self.assertEqual(self.place.call("GET", path).status == 200, file == "MLmodel", path)
        for prefix in PREFIXES:
            self.refused(self.place.call("GET", f"{prefix}/2.0/mlflow/model-versions/get-download-uri?name=unknown&version=1"), (403, 409))
            self.refused(self.place.call("GET", f"{prefix}/2.0/mlflow-artifacts/artifacts/{folder}/model.pkl"), (403, 409))
        self.refused(self.place.call("GET", f"/get-artifact?run_id={self.place.run}&path=unknown/model.pkl"), (403, 409))
        self.refused(self.place.call("GET", "/model-versions/get-artifact?name=unknown&version=1&path=model.pkl"), (403, 409))
        self.assertIn(version["status"], ("READY", "FAILED_REGISTRATION"))

    def test_dangerous_files_of_a_model_that_nobody_registered_are_handed_out_to_nobody(self) -> None:
        folder = f"{self.place.run_folder}/unregistered"
        for path, content in {"MLmodel": MLMODEL, "weights.dat": b"cposix\nsystem\n(S'true'\ntR.", "code/helper.py": b"import os\n"}.items():
            self.assertEqual(self.place.put(f"{folder}/{path}", content).status, 200)
        for path in ("weights.dat", "code/helper.py"):
            self.refused(self.place.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{folder}/{path}"), (403,))
        self.assertEqual(self.place.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{folder}/MLmodel").status, 200)

    def test_an_environment_that_is_none_gets_no_model(self) -> None:
        for claim in ("", "../a", "sha256:abc", "sha256:" + "0" * 64, "sha256:" + "A" * 64, "md5:" + "0" * 32, "NONE", "none, none", "auto", "none;"):
            for prefix in PREFIXES:
                self.attack("GET", f"{prefix}/2.0/mlflow/model-versions/get-download-uri?name=kept&version=1", headers={"Assay-Environment": claim},
                            statuses=(400, 409))

    def test_a_model_does_not_vouch_for_its_own_types(self) -> None:
        node = {"__class__": "system", "__module__": "posix", "__loader__": "FunctionNode", "__id__": 1, "content": "posix.system"}
        schema = {**node, "protocol": 2, "_skops_version": "0.16.0"}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("schema.json", json.dumps(schema))
        flavor = b"flavors:\n  sklearn:\n    serialization_format: skops\n    pickled_model: model.skops\n    skops_trusted_types: [posix.system, builtins.eval]\n"
        says = MLMODEL.replace(b"flavors:\n", flavor)
        self.registered("vouched", {"model.skops": packed.getvalue(), "MLmodel": says})
        self.refused(self.handed_out("vouched"), (403, 409))

    def test_an_mlmodel_that_names_other_files_reads_none(self) -> None:
        fields = ("loader_module", "model_path", "env", "code", "data", "pickled_model", "sklearn_version", "serialization_format")
        for number, path in enumerate((self.place.secret, "../../../secret.txt", "/etc/passwd", "file:///etc/passwd", "..\\secret.txt", "%2e%2e/secret.txt")):
            quoted = json.dumps(path)
            flavor = "".join(f"    {field}: {quoted}\n" for field in fields)
            text = "".join(f"{field}: {quoted}\n" for field in ("artifact_path", "run_id", "model_uuid", "mlflow_version"))
            text += f"flavors:\n  python_function:\n{flavor}  sklearn:\n{flavor}saved_input_example_info:\n  artifact_path: {quoted}\n"
            files = {
                "MLmodel": text.encode(), "requirements.txt": f"-r {path}\n-c {path}\n-e {path}\n{path}\nnumpy @ file://{path}\n".encode(),
                "conda.yaml": f"dependencies:\n- {quoted}\n- pip:\n  - -r {path}\n".encode(),
                "python_env.yaml": f"python: {quoted}\ndependencies: [{quoted}]\n".encode(), "weights.txt": b"1\n"
            }
            with self.subTest(path=path):
                name = f"reader{number}"
                self.registered(name, files)
                for target in (f"/v1/models/{name}/versions/1", f"/v1/models/{name}/versions/1/manifest", f"/v1/models/{name}/versions/1/inspection",
                               f"/api/2.0/mlflow/model-versions/get?name={name}&version=1"):
                    self.harmless(self.place.call("GET", target), str(files))
                self.handed_out(name, str(files))

    def test_an_mlmodel_that_grows_when_it_is_read_is_read_within_bounds(self) -> None:
        laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 9)}]\n" for n in range(1, 12))
        laughs += "flavors: *a11\nmetadata: *a11\n"
        cycle = "flavors: &a\n  sklearn: *a\n  python_function: *a\nmetadata: *a\n"
        deep, wide = "[" * 200_000, "flavors: {" + ", ".join(f"f{n}: {{}}" for n in range(300_000)) + "}\n"
        for number, text in enumerate((laughs, cycle, deep, deep + "]" * 200_000, "{a: " * 100_000, "- " * 100_000,
                                       "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 3000)), wide, "!!python/object/apply:os.system ['true']",
                                       "flavors: !<tag:a> {}", "\0", "\ufeff%YAML 9.9\n---\n", "a: &a *a\n", "---\n" * 100_000, '"' + "a" * (5 << 20))):
            with self.subTest(number=number):
                for file in ("MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt"):
                    self.registered(f"grows{number}{file[:4]}", {file: text.encode(), "weights.txt": b"1\n"})
        self.assertLess(self.place.server.memory("VmHWM"), 2 << 30)

    def test_tags_that_the_server_itself_writes_are_read_with_care(self) -> None:
        for text in ("[" * 100_000, "[" * 100 + "]" * 100, "{}", "5", '"a"', "null", "[5]", "[null]", "a", "", '[{"name": 5, "version": {}}]',
                     '[{"a": 1, "a": 2}]', "NaN", "[1e999]"):
            for name, tag in (("mlflow.log-model.history", "runs/log-model"), ("mlflow.modelVersions", "model-versions/create")):
                with self.subTest(tag=tag, text=text[:40]):
                    self.place.done("POST", "runs/set-tag", {"run_id": self.place.run, "key": name, "value": text})
                    self.place.done("PATCH", f"logged-models/{self.place.model}/tags", {"tags": [{"key": name, "value": text}]})
                    value = {
                        "run_id": self.place.run, "model_json": '{"artifact_path": "m", "flavors": {}, "utc_time_created": "x", "run_id": "y"}',
                        "name": "kept", "source": "models:/" + self.place.model, "model_id": self.place.model
                    }
                    self.assertIn(self.harmless(self.place.send("POST", "/api/2.0/mlflow/" + tag, value)).status, (200, 400))
        for text in ("[" * 100_000, '{"artifact_path": "m", "artifact_path": "n", "flavors": {}, "utc_time_created": "x", "run_id": "y"}', "5", "[]", "a",
                     "NaN", '{"a": ' * 100):
            self.note()
            self.attack("POST", "/api/2.0/mlflow/runs/log-model", {"run_id": self.place.run, "model_json": text})


if __name__ == "__main__":
    unittest.main()
