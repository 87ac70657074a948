#!/usr/bin/env python3
"""No source of a version and no location of an experiment is anywhere but among the artifacts of this server.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_sources_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import sys
import unittest
from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import PREFIXES, AttackTest  # noqa: E402


class Sources(AttackTest):
    def sources(self) -> List[str]:
        """What is nowhere among the artifacts, or only as another reader would read it: places of this machine and of others, ways out, and versions."""
        here, run, listener = f"127.0.0.1:{self.place.server.port}", self.place.run, f"127.0.0.1:{self.place.listener.port}"
        inside = f"mlflow-artifacts:/{self.place.run_folder}"
        places = [
            "/etc", "/", self.place.secret,
            str(self.place.root / "outside"), ".", "..", "./a", "../outside", "outside", "~", "~/a", "a\\b", "\\etc", "C:\\Windows", "C:/Windows",
            "\\\\host\\share", "file:", "file:etc", "file:/etc", "file://etc", "file:///etc", "file://" + self.place.secret, "file:////etc",
            "file://localhost/etc", "file://127.0.0.1/etc", "FILE:///etc", "File:/etc", " file:///etc", "\tfile:///etc", "file%3a///etc",
            "file:///\\..\\..\\etc", "file:///%2e%2e/etc", "file:///etc#a", "local:/etc", "uploads:/etc", "jar:file:///etc!/a", "url:file:///etc",
            "netdoc:///etc", "data:text/plain,a", "proc:/self/environ"
        ]
        machines = [
            f"http://{listener}/a", f"https://{listener}/a", f"HTTP://{listener}/a", f"//{listener}/a", f"ftp://{listener}/a", f"sftp://{listener}/a",
            f"gopher://{listener}/a", f"http://{listener}/api/2.0/mlflow-artifacts/artifacts/{self.place.run_folder}",
            f"http://{here}@{listener}/api/2.0/mlflow-artifacts/artifacts/a", f"http://{here}.evil.example/api/2.0/mlflow-artifacts/artifacts/a",
            f"mlflow-artifacts://{listener}/a", f"mlflow-artifacts://{here}/a", "http://169.254.169.254/latest/meta-data/",
            "http://[::ffff:169.254.169.254]/", "http://metadata.google.internal/", "s3://bucket/a", "S3://bucket/a", "s3://bucket/../a", "gs://bucket/a",
            "wasbs://c@a.blob.core.windows.net/a", "abfss://c@a.dfs.core.windows.net/a", "hdfs://host/a", "viewfs://host/a", "dbfs:/a", "dbfs:///etc",
            "DBFS:/a", "r2://a/b", "oss://a/b", "b2://a/b", "swift://a/b", "hf:/a/b", "uc:/Volumes/a", "smb://host/share"
        ]
        ways_out = [
            "mlflow-artifacts:", "mlflow-artifacts:/", "mlflow-artifacts:a", "mlflow-artifacts:///", "mlflow-artifacts:///etc", "mlflow-artifacts:////etc",
            "MLFLOW-ARTIFACTS:/a", "mlflow-artifacts:/../a", "mlflow-artifacts:/..", "mlflow-artifacts:/./a", f"{inside}/..", f"{inside}/../../../..",
            f"{inside}/notes/../../a", f"{inside}/%2e%2e/a", f"{inside}/%252e%252e/a", f"{inside}/%25252e%25252e/a", f"{inside}/..%2fa",
            f"{inside}/a%2f..%2f..%2fb", f"{inside}/%2fetc", f"{inside}/a\\..\\b", f"{inside}/a%5c..%5cb", f"{inside}/a\0b", f"{inside}/a%00b",
            f"{inside}/a\nb", f"{inside}//a", f"{inside}#", f"{inside}#/../..", f"{inside}?", f"{inside}?a=../..", f"{inside};", f"{inside};a/../..",
            f"{inside}/notes#a", f"{inside}/notes;a", f"{inside}/notes?a", "mlflow-artifacts:/versions", "mlflow-artifacts:/versions/" + "0" * 64,
            "mlflow-artifacts:/" + "x/" * 40 + "x", "mlflow-artifacts:/" + "x" * 300, "mlflow-artifacts:/" + "x/" * 600, "http:///#/../../../etc/",
            "http:///?/../../../etc/", f"http://{here}/api/2.0/mlflow-artifacts/artifacts/../../a",
            f"http://{here}/api/2.0/mlflow-artifacts/artifacts/%2e%2e/a", f"http://{here}/api/2.0/mlflow-artifacts/artifacts/", f"http://{here}/v1/models",
            f"http://{here}/api/2.0/mlflow-artifacts/artifacts//etc"
        ]
        references = [
            "runs:", "runs:/", "runs:/" + run + "/..", f"runs:/{run}/../../a", f"runs:/{run}/%2e%2e/a", f"runs:/{run}//a", f"runs:/{run}/a\\b",
            f"runs:/{run}/a#b", f"runs:/{run}/a\0b", f"runs:///{run}/a", f"runs://{listener}/{run}/a", f"runs:/{self.place.other_run}/model", "runs:/../a",
            "runs:/none/a", f"RUNS:/{run}/notes", "models:", "models:/", "models:/m-none", f"models:/{self.place.model}/../../a",
            f"models:/{self.place.model}#a", f"models:///{self.place.model}", "models:/../1", "models:/kept", "models:/kept/", "models:/kept/0",
            "models:/kept/-1", "models:/kept/2", "models:/kept/1/..", "models:/kept/1/../../a", "models:/kept/9223372036854775808", "models:/kept/latest",
            "models:/kept@none", "models:/kept@../champion", "models:/none/1", "models:/none@champion", f"models://{listener}/kept/1",
            "javascript:alert(1)", "<script>alert(1)</script>", "\0", " ", "a" * 100_000
        ]
        return places + machines + ways_out + references

    def test_a_version_comes_only_from_what_was_logged_here(self) -> None:
        for number, source in enumerate(self.sources()):
            base = PREFIXES[number % 2] + "/2.0/mlflow/model-versions/create"
            for owner in ({}, {"run_id": self.place.run}, {"model_id": self.place.model}):
                self.attack("POST", base, {"name": "kept", "source": source, **owner}, statuses=(400, 404))

    def test_an_experiment_lies_only_among_the_artifacts(self) -> None:
        lies = ["runs:/a", "models:/kept/1", "models:/" + self.place.model]
        for number, location in enumerate([source for source in self.sources() if source != "mlflow-artifacts:/"] + lies):
            self.attack("POST", PREFIXES[number % 2] + "/2.0/mlflow/experiments/create", {"name": f"attacked {number}", "artifact_location": location},
                        code="INVALID_PARAMETER_VALUE")

    def test_a_source_lies_in_the_run_or_the_logged_model_that_is_named(self) -> None:
        mine, others = self.place.run, f"mlflow-artifacts:/{self.place.experiment}/{self.place.other_run}/artifacts/model"
        here = f"http://127.0.0.1:{self.place.server.port}"
        for prefix in PREFIXES:
            for body in (
                {"source": others},
                {"source": others, "run_id": mine},
                {"source": others, "model_id": self.place.model},
                {"source": others, "run_id": "none"},
                {"source": others[:-len("/model")] + "x", "run_id": self.place.other_run},  # beside its folder, not in it
                {"source": f"mlflow-artifacts:/{self.place.experiment}", "run_id": mine},
                {"source": f"{here}{prefix}/2.0/mlflow-artifacts/artifacts/{others[18:]}", "run_id": mine},
                {"source": f"runs:/{self.place.other_run}/model", "run_id": mine},
                {"source": f"runs:/{self.place.other_run}/model"},
                {"source": f"models:/{self.place.model}"},
                {"source": f"models:/{self.place.model}", "model_id": "m-" + "0" * 32},
                {"source": "models:/kept/1", "run_id": self.place.other_run},
                {"source": "models:/kept/1", "model_id": "m-" + "0" * 32}):
                self.attack("POST", prefix + "/2.0/mlflow/model-versions/create", {"name": "kept", **body}, code="INVALID_PARAMETER_VALUE")

    def test_no_tag_switches_the_check_of_a_source_off(self) -> None:
        tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "a"}]
        self.place.done("POST", "registered-models/create", {"name": "a prompt", "tags": tags})
        self.note()
        for prefix in PREFIXES:
            for source in ("/etc", "file:///etc", self.place.secret, "dummy-source", "mlflow-artifacts:/../a",
                           f"http://127.0.0.1:{self.place.listener.port}/a"):
                for name in ("a prompt", "kept"):
                    for value in ({"name": name, "source": source, "tags": tags}, {"name": name, "source": source, "tags": tags[1:]}, {"name": name, "source": source}):
                        self.attack("POST", prefix + "/2.0/mlflow/model-versions/create", value, statuses=(400, 404))

    def test_no_address_in_a_request_is_called(self) -> None:
        """Those that are kept as they are, too: the listener of the place counts for every test."""
        url = f"http://127.0.0.1:{self.place.listener.port}/file?name=../../secret.txt"
        dataset = {"name": "far", "digest": "1", "source_type": "http", "source": f'{{"url": "{url}"}}', "schema": url, "profile": url}
        self.place.done("POST", "runs/log-inputs", {"run_id": self.place.run, "datasets": [{"dataset": dataset}]})
        self.place.done("POST", "runs/set-tag", {"run_id": self.place.run, "key": "mlflow.source.name", "value": url})
        self.place.done("POST", "registered-models/create", {"name": "far", "description": url})
        self.place.put(f"{self.place.run_folder}/far/conda.yaml", f"dependencies:\n- pip:\n  - -r {url}\n  - git+{url}\n".encode())
        self.place.put(f"{self.place.run_folder}/far/requirements.txt", f"-r {url}\n--index-url {url}\nnumpy @ {url}\n".encode())
        made = self.place.done("POST", "model-versions/create",
                               {"name": "far", "source": f"runs:/{self.place.run}/far", "run_id": self.place.run, "run_link": url})
        self.assertIn(made["model_version"]["status"], ("READY", "FAILED_REGISTRATION"))
        for prefix in PREFIXES:
            for header in ("X-Forwarded-Host", "Forwarded", "Referer", "X-Original-URL", "X-Rewrite-URL", "True-Client-IP"):
                reply = self.place.call("GET", f"{prefix}/2.0/mlflow/runs/get?run_id={self.place.run}", headers={header: url})
                self.assertEqual(self.harmless(reply).status, 200)
        self.assertEqual(self.place.listener.calls, [])


if __name__ == "__main__":
    unittest.main()
