#!/usr/bin/env python3
"""No path and no id that MLflow's routes take leads out of the artifacts.

ASSAY_BIN=build/release/assay python tests/functional/mlflow_attacks_paths_test.py

docs/mlflow-attacks.md says which attack each test stands for.
"""

import stat
import sys
import unittest
from pathlib import Path
from typing import List
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.support.mlflow_attacks import PREFIXES, SECRET, AttackTest, another_place  # noqa: E402

UP = "../../../../secret.txt"

# Spelled as they stand in the target of a request.
SPELLINGS = ("../secret.txt", UP, "%2e%2e/%2e%2e/secret.txt", "%2E%2E/secret.txt", ".%2e/secret.txt", "..%2fsecret.txt", "..%2F..%2Fsecret.txt",
             "%2e%2e%2fsecret.txt", "%252e%252e/secret.txt", "%252e%252e%252fsecret.txt", "..%252f..%252fsecret.txt", "%25252e%25252e%25252fsecret.txt",
             "%25252525252e%25252525252e/secret.txt", "a/../../secret.txt", "a/%2e%2e/%2e%2e/secret.txt", "a/..", "a/%2e%2e", "a/.", "a/%2e", ".", "..",
             "%2e", "%2e%2e", "....//....//secret.txt", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "%2Fetc/passwd", "%252fetc%252fpasswd", "a//b",
             "a/%2fb", "a%2f..%2f..%2fb", "..%5c..%5csecret.txt", "%5c..%5csecret.txt", "a%5c..%5cb", "a%255c..%255cb", "%5c%5chost%5cshare",
             "C:%5cWindows", "C:/Windows/win.ini", "c:%2fWindows", "file:///etc/passwd", "file:%2f%2f%2fetc%2fpasswd",
             "file:%252f%252f%252fetc%252fpasswd", "a%23/../../secret.txt", "a%23b", "%23", "a%3f/../../secret.txt", "a%3b/../../secret.txt", "a%2500b",
             "a%0ab", "a%0d%0aSet-Cookie:%20x=1", "a%7fb", "a%1bb", "x" * 256, "/".join(["x"] * 33), "/".join(["x" * 200] * 6))
UNREADABLE = (  # NUL, no UTF-8, no hexadecimal digits
    "%00", "a%00", "a%00.txt", "a%00/../../secret.txt", "%c0%ae%c0%ae/secret.txt", "%c0%ae%c0%ae%c0%afsecret.txt", "%e0%80%ae%e0%80%ae/secret.txt",
    "%f0%80%80%ae/secret.txt", "%c0%af", "%ff", "%ed%a0%80", "a%80b", "%u002e%u002e/secret.txt", "%zz", "a%2", "a%",
)

# Legal names, which some systems or some readers would take for a way out. Percent-encoded once, as a client does.
LOOK_ALIKES = ("..;/a", "...", "..../a", "a%23b", "%", "~/a", "$HOME/a", "$(id)", "`id`", "a;id", "a|id", "-rf", "..\u2215a", "\uff0e\uff0e/a", "\u2025/a",
               "%2e%2e".replace("%", "\uff05"), "CON", "aux.txt", "a:b", "a?b", "a&path=..", "a+b", "a b", "'; DROP TABLE logged_files; --", "assay.db",
               "LOCK", "blobs/a")


class Paths(AttackTest):
    def artifacts(self, prefix: str, kind: str = "artifacts") -> str:
        return f"{prefix}/2.0/mlflow-artifacts/{kind}/"

    def test_no_spelling_of_a_path_leads_out_of_the_artifacts(self) -> None:
        for prefix in PREFIXES:
            for path in (*SPELLINGS, *UNREADABLE, quote(self.place.secret), quote(self.place.secret, safe="")):
                for method in ("GET", "PUT", "DELETE"):
                    self.attack(method, self.artifacts(prefix) + path, body=b"attack" if method == "PUT" else None, statuses=(400, 404))
                if path.startswith("C:/"):
                    continue  # a folder like others, where it is not the first
                self.attack("PUT", f"{self.artifacts(prefix)}{self.place.run_folder}/{path}", body=b"attack", statuses=(400, 404))
                self.attack("DELETE", f"{self.artifacts(prefix)}{self.place.run_folder}/{path}", statuses=(400, 404))

    def test_transfers_in_parts_and_presigned_urls_take_no_path_at_all(self) -> None:
        for prefix in PREFIXES:
            for number, path in enumerate(("a.bin", "b.bin", "c.bin", *SPELLINGS, *UNREADABLE)):
                step = ("create", "complete", "abort")[number % 3]
                value = {"path": "a", "num_parts": 1, "upload_id": "u", "parts": []}
                self.attack("POST", self.artifacts(prefix, "mpu/" + step) + path, value, statuses=(400, 404, 501))
                self.attack("GET", self.artifacts(prefix, "presigned") + path, statuses=(400, 404, 501))
            for way in ("upload", "download"):
                for path in ("a.bin", "../a", "/etc/passwd", self.place.secret, "a\0b", "%2e%2e/a", "file:///etc/passwd"):
                    self.attack("POST", f"{prefix}/2.0/mlflow/artifacts/presigned-{way}-url", {"run_id": self.place.run, "path": path})

    def queries(self, path: str) -> List[str]:
        """Every route that takes a path in its query; `path` is encoded already."""
        run, model = self.place.run, self.place.model
        routes = []
        for prefix in PREFIXES:
            routes += [
                f"{prefix}/2.0/mlflow-artifacts/artifacts?path={path}", f"{prefix}/2.0/mlflow/artifacts/list?run_id={run}&path={path}",
                f"{prefix}/2.0/mlflow/logged-models/{model}/artifacts/directories?artifact_directory_path={path}",
                f"{prefix}/2.0/mlflow/logged-models/{model}/artifacts/files?artifact_file_path={path}"
            ]
        return routes

    def bare_queries(self, path: str) -> List[str]:
        """Those that are below neither prefix."""
        return [
            f"/get-artifact?run_id={self.place.run}&path={path}", f"/get-artifact?run_uuid={self.place.run}&path={path}",
            f"/model-versions/get-artifact?name=kept&version=1&path={path}"
        ]

    def test_no_path_in_a_query_leads_out_of_its_run_model_or_version(self) -> None:
        for path in (*SPELLINGS, *UNREADABLE, quote(self.place.secret), quote(self.place.secret, safe="")):
            for route in self.queries(path) + (self.bare_queries(path) if path not in UNREADABLE else []):
                self.attack("GET", route, statuses=(400, 404))
            for prefix in PREFIXES:
                self.attack("POST", f"{prefix}/2.0/mlflow/upload-artifact?run_uuid={self.place.run}&path={path}", body=b"attack", statuses=(400, 404))

    def test_a_path_that_cannot_be_read_is_refused_on_the_routes_of_pages_too(self) -> None:
        for path in UNREADABLE:
            for route in self.bare_queries(path):
                self.in_our_words("GET", f"GET {route} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def test_the_first_of_two_paths_is_checked_and_used(self) -> None:
        second = "..%2f..%2fsecret.txt&path=notes/a.txt&artifact_file_path=weights.txt&artifact_directory_path="
        for route in self.queries(second) + self.bare_queries(second):
            self.attack("GET", route)
        reply = self.harmless(self.place.call("GET", f"/get-artifact?run_id={self.place.run}&path=notes/a.txt&path=..%2fsecret.txt"))
        self.assertEqual((reply.status, reply.body), (200, b"kept\n"))

    def test_an_id_is_no_path(self) -> None:
        for name in ("../secret.txt", "..", "../../outside", f"../{self.place.run}", "/etc", self.place.secret, "a/b", "a\\b", "%2e%2e", "file:///etc",
                     "*", "%", "' OR 1=1 --"):
            sent = quote(name, safe="")
            for prefix in PREFIXES:
                base = f"{prefix}/2.0/mlflow/"
                for route in (f"logged-models/{sent}", f"logged-models/{sent}/artifacts/directories",
                              f"logged-models/{sent}/artifacts/files?artifact_file_path=a", f"runs/get?run_id={sent}", f"artifacts/list?run_id={sent}",
                              f"metrics/get-history?run_id={sent}&metric_key=acc", f"experiments/get?experiment_id={sent}",
                              f"model-versions/get?name={sent}&version=1", f"model-versions/get?name=kept&version={sent}",
                              f"model-versions/get-download-uri?name={sent}&version=1", f"model-versions/get-download-uri?name=kept&version={sent}",
                              f"registered-models/get?name={sent}", f"registered-models/alias?name=kept&alias={sent}"):
                    self.attack("GET", base + route, statuses=(400, 404))
                self.attack("DELETE", f"{base}logged-models/{sent}", statuses=(400, 404))
                self.attack("DELETE", f"{base}logged-models/{sent}/tags/team", statuses=(400, 404))
                self.attack("PATCH", f"{base}logged-models/{sent}/tags", {"tags": [{"key": "a", "value": "b"}]}, statuses=(400, 404))
                for route in ("runs/log-batch", "runs/log-inputs", "runs/set-tag", "runs/log-parameter", "runs/delete", "runs/update", "runs/outputs"):
                    self.attack("POST", base + route, {"run_id": name, "key": "k", "value": "v", "models": [], "tags": []}, statuses=(400, 404))
                self.attack("POST", base + "logged-models", {"experiment_id": name}, statuses=(400, 404))
                self.attack("POST", base + "runs/create", {"experiment_id": name}, statuses=(400, 404))
                self.attack("POST", f"{prefix}/2.0/mlflow/upload-artifact?run_uuid={sent}&path=a", body=b"attack", statuses=(400, 404))
            self.attack("GET", f"/get-artifact?run_id={sent}&path=a", statuses=(400, 404))
            self.attack("GET", f"/model-versions/get-artifact?name={sent}&version=1&path=a", statuses=(400, 404))
            self.attack("GET", f"/model-versions/get-artifact?name=kept&version={sent}&path=a", statuses=(400, 404))

    def test_names_of_metrics_params_and_tags_are_no_paths(self) -> None:
        for name in ("../a", "..", ".", "a/../b", "a//b", "/a", "a/", "./a", "a\\b", "a\0b", "a\nb", "a#b", "a;b", "%2e%2e/a", "<b>", "a\u202eb"):
            for prefix in PREFIXES:
                base = f"{prefix}/2.0/mlflow/"
                pair = {"key": name, "value": "1"}
                run = {"run_id": self.place.run}
                self.attack("POST", base + "runs/log-metric", {**run, "key": name, "value": 1, "timestamp": 1})
                self.attack("POST", base + "runs/log-parameter", {**run, **pair})
                self.attack("POST", base + "runs/set-tag", {**run, **pair})
                self.attack("POST", base + "runs/log-batch", {**run, "metrics": [{"key": name, "value": 1, "timestamp": 1}]})
                self.attack("POST", base + "runs/log-batch", {**run, "params": [pair]})
                self.attack("POST", base + "runs/log-batch", {**run, "tags": [pair]})
                self.attack("POST", base + "experiments/set-experiment-tag", {"experiment_id": self.place.experiment, **pair})
                self.attack("POST", base + "registered-models/set-tag", {"name": "kept", **pair})
                self.attack("POST", base + "model-versions/set-tag", {"name": "kept", "version": "1", **pair})

    def test_names_that_only_look_like_a_way_out_are_names(self) -> None:
        """They are kept under them, and nowhere else: no name of a client becomes the name of a file."""
        names = {path.name for path in self.place.root.rglob("*")}
        for name in LOOK_ALIKES:
            target = f"/api/2.0/mlflow-artifacts/artifacts/{self.place.run_folder}/like/{quote(name)}"
            content = b"of " + name.encode()
            with self.subTest(name=name):
                self.assertEqual(self.harmless(self.place.call("PUT", target, content)).status, 200)
                listed = self.harmless(self.place.call("GET", "/api/2.0/mlflow/artifacts/list?" + urlencode({"run_id": self.place.run, "path": "like"})))
                self.assertIn("like/" + name.split("/")[0], [file["path"] for file in listed.json()["files"]])
                reply = self.harmless(self.place.call("GET", target))
                self.assertEqual((reply.status, reply.body), (200, content))
                self.assertEqual(
                    self.harmless(self.place.call("GET", f"/get-artifact?{urlencode({'run_id': self.place.run, 'path': 'like/' + name})}")).body, content)
        came = {path.name for path in self.place.root.rglob("*")} - names
        self.assertEqual([name for name in came if not set(name) <= set("0123456789abcdef")], [], "a name of a client's became that of a file")
        self.assertEqual((self.place.root / "secret.txt").read_bytes(), SECRET + b"\n")

    def test_what_is_deleted_is_what_is_named_and_nothing_beside_it(self) -> None:
        for name in ("one/a.txt", "one/a.txt2", "one%41", "one_", "oneX/a.txt", "one/b/c"):
            self.assertEqual(self.place.put(f"{self.place.run_folder}/del/{quote(name)}", b"x").status, 200)
        root = f"/api/2.0/mlflow-artifacts/artifacts/{self.place.run_folder}/del"
        self.note()
        for name in ("%25", "_", "one%25", "on_", "%2a", "*", "one/%25", "one/a", "ONE", "one/?"):
            with self.subTest(name=name):
                self.harmless(self.place.call("DELETE", f"{root}/{name}"))
                self.unchanged()
        self.assertEqual(self.place.call("DELETE", f"{root}/one/a.txt").status, 200)
        listed = self.place.asked("artifacts/list", run_id=self.place.run, path="del")["files"]
        self.assertEqual([file["path"] for file in listed], ["del/one", "del/one%41", "del/oneX", "del/one_"])
        self.assertEqual([file["path"] for file in self.place.asked("artifacts/list", run_id=self.place.run, path="del/one")["files"]],
                         ["del/one/a.txt2", "del/one/b"])

    def test_the_files_of_a_version_are_neither_overwritten_nor_deleted(self) -> None:
        uri = self.place.asked("model-versions/get-download-uri", name="kept", version="1")["artifact_uri"]
        handed_out = uri.partition(":/")[2].lstrip("/")
        self.note()  # that it was asked for is recorded
        for prefix in PREFIXES:
            for folder in (self.place.model_folder, handed_out):
                for path in ("weights.txt", "MLmodel", "new.txt", "weights.txt/new.txt"):
                    for method in ("PUT", "DELETE"):
                        self.attack(method, f"{self.artifacts(prefix)}{folder}/{path}", body=b"attack" if method == "PUT" else None, statuses=(400, 409))
                self.attack("DELETE", f"{self.artifacts(prefix)}{folder}", statuses=(409,))
                self.attack("PUT", f"{self.artifacts(prefix)}{folder}", body=b"attack", statuses=(409,))
            self.attack("DELETE", self.artifacts(prefix) + "versions", statuses=(409,))

    def test_a_folder_with_the_files_of_a_version_is_not_deleted(self) -> None:
        with another_place() as place:
            for above in (f"{place.experiment}/models/{place.model}", f"{place.experiment}/models", place.experiment):
                for prefix in PREFIXES:
                    with self.subTest(path=above):
                        self.refused(place.call("DELETE", self.artifacts(prefix) + above), (409,))
                        kept = place.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{place.model_folder}/weights.txt")
                        self.assertEqual((kept.status, kept.body), (200, b"0.25 0.5\n"))

    def test_what_is_stored_is_for_this_user_alone_and_no_temporary_file_stays(self) -> None:
        self.assertEqual(self.place.put(f"{self.place.run_folder}/modes.bin", bytes(100_000)).status, 200)
        for path in [self.place.data, *self.place.data.rglob("*")]:
            mode = path.lstat().st_mode
            with self.subTest(path=str(path.relative_to(self.place.root)), mode=stat.filemode(mode)):
                self.assertFalse(stat.S_ISLNK(mode), "a link could lead elsewhere")
                self.assertEqual(mode & (stat.S_IWGRP | stat.S_IWOTH), 0)
        self.assertEqual(list((self.place.root / "tmp").iterdir()), [])
        self.assertEqual([path.name for path in (self.place.root / "work").iterdir()], ["secret.txt"])


if __name__ == "__main__":
    unittest.main()
