"""What an Assay server behind MLflow's API is told of the environment, and other servers are not."""

import base64
import json
import logging
import os
import sys
import tempfile
import threading
import time
import types
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock

import assay
from assay import _declaration
from assay.mlflow import AssayEnvironment, AssayRunContext

sys.path.insert(0, str(Path(__file__).resolve().parent))
import fake_mlflow  # noqa: E402

UNKNOWN = (404, "application/problem+json", b'{"code":"environment-not-found","title":"not-found"}')
NO_SUCH_PAGE = (404, "text/html", b"<!doctype html><title>404 Not Found</title>")


class Server:
    """Knows environments as Assay does, unless `answer` says what it answers instead."""

    def __init__(self, test):
        self.known, self.asked, self.credentials, self.answer, self.delay = {}, [], [], None, 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append(self.command)
                outer.credentials.append(self.headers.get("Authorization"))
                time.sleep(outer.delay)
                status, kind, content = outer.answer or outer.as_assay(self.command, self.path.rpartition("/")[2], body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = respond

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        test.addCleanup(thread.join)
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def as_assay(self, method, digest, body):
        if method == "PUT":
            self.known[digest] = body
            return 201, "application/json", json.dumps({"digest": digest}).encode()
        return (200, "application/json", self.known[digest]) if digest in self.known else UNKNOWN


class Declaration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        previous = os.getcwd()
        self.addCleanup(os.chdir, previous)
        os.chdir(self.root)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "MLFLOW_"))}
        self.patch(mock.patch.dict(os.environ, {**clean, "XDG_CONFIG_HOME": str(self.root), "ASSAY_CONSUMER": "ann@lab"}, clear=True))
        self.patch(mock.patch.object(_declaration, "_described", None))
        self.patch(mock.patch.object(_declaration, "_servers", {}))
        self.patch(mock.patch.object(AssayEnvironment, "_speaker", None))
        self.patch(mock.patch.object(logging.getLogger("assay"), "propagate", False))
        self.clock = 1000.0
        self.patch(mock.patch.object(_declaration, "time", types.SimpleNamespace(monotonic=lambda: self.clock)))
        self.server = Server(self)
        self.mlflow = fake_mlflow.install(self, self.server.url)
        self.plugin = AssayEnvironment()

    def patch(self, patch):
        patch.start()
        self.addCleanup(patch.stop)

    def headers(self):
        return self.plugin.request_headers() if self.plugin.in_context() else {}

    def test_the_environment_is_uploaded_once_and_named_from_then_on(self):
        digest = _declaration.environments.digest(assay.environment())[0]
        for _ in range(3):
            self.assertEqual(self.headers(), {"Assay-Environment": digest, "Assay-Consumer": "ann@lab"})
        self.assertEqual(self.server.asked, ["GET", "PUT"])
        self.assertEqual(json.loads(self.server.known[digest]), assay.environment())

    def test_one_that_the_server_knows_is_not_uploaded(self):
        digest, text = _declaration.environments.digest(assay.environment())
        self.server.known[digest] = json.dumps(json.loads(text), indent=1).encode()
        self.assertEqual(self.headers()["Assay-Environment"], digest)
        self.assertEqual(self.server.asked, ["GET"])

    def test_a_server_that_has_forgotten_it_is_told_again(self):
        self.headers()
        self.server.known.clear()
        self.clock += 599
        self.headers()
        self.assertEqual(len(self.server.asked), 2)
        self.clock += 2
        self.assertTrue(self.headers())
        self.assertEqual(self.server.asked, ["GET", "PUT"] * 2)

    def test_a_server_that_is_no_assay_is_asked_one_question_and_sent_nothing(self):
        page = b"<!doctype html><title>MLflow</title>"
        for answer in (NO_SUCH_PAGE, (200, "text/html", page), (200, "application/json", b"{}"), (200, "application/json", b"[" * 100_000),
                       (404, "application/json", b'{"error_code":"ENDPOINT_NOT_FOUND"}'), (404, "application/json", b"[1]"),
                       (401, "text/plain", b"who?"), (204, "text/plain", b"")):
            with self.subTest(answer[:2]), mock.patch.object(_declaration, "_servers", {}):
                self.server.asked.clear()
                self.server.answer = answer
                self.assertEqual([self.headers(), self.headers()], [{}, {}])
                self.assertEqual(self.server.asked, ["GET"])
                self.assertFalse(AssayRunContext().in_context())

    def test_a_server_that_does_not_answer_is_asked_again_after_a_pause_that_grows(self):
        self.server.answer = (503, "text/plain", b"busy")
        for pause in (2, 4, 8):
            self.assertEqual([self.headers(), self.headers()], [{}, {}])
            self.clock += pause - 0.5
            self.assertEqual(self.headers(), {})
            self.clock += 0.5
        self.assertEqual(self.server.asked, ["GET"] * 3)
        self.server.answer = None
        self.assertTrue(self.headers())

    def test_what_was_known_counts_on_while_the_server_does_not_answer(self):
        self.headers()
        self.server.answer = (502, "text/plain", b"")
        self.clock += 601
        self.assertTrue(self.headers())
        self.assertEqual(self.server.asked, ["GET", "PUT", "GET"])

    def test_a_server_that_takes_its_time_is_not_waited_for(self):
        self.server.delay = 1.0
        with mock.patch.object(_declaration, "_SECONDS", 0.1):
            began = time.perf_counter()
            self.assertEqual(self.headers(), {})
            self.assertLess(time.perf_counter() - began, 0.9)

    def test_a_server_that_cannot_be_reached_is_no_mishap(self):
        self.mlflow.uri = "http://127.0.0.1:1"
        self.assertEqual(self.headers(), {})

    def test_threads_that_come_at_once_wait_for_one_answer(self):
        self.server.delay = 0.05
        found = []
        threads = [threading.Thread(target=lambda: found.append(self.headers())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([bool(headers) for headers in found], [True] * 8)
        self.assertEqual(self.server.asked, ["GET", "PUT"])

    def test_a_lock_that_is_held_for_good_holds_up_nobody_for_long(self):
        server = _declaration._Server(self.server.url, _declaration._said())
        server._lock.acquire()
        with mock.patch.object(_declaration, "_SECONDS", 0.01):
            server.ask()
        self.assertFalse(server.is_ready)

    def test_a_changed_tracking_uri_is_followed(self):
        other = Server(self)
        other.answer = NO_SUCH_PAGE
        self.assertTrue(self.headers())
        self.mlflow.uri = other.url
        self.assertEqual(self.headers(), {})
        self.mlflow.uri = self.server.url + "/"
        self.assertTrue(self.headers())
        self.assertEqual((self.server.asked, other.asked), (["GET", "PUT"], ["GET"]))

    def test_a_registry_at_another_uri_is_told_too(self):
        self.mlflow.uri = "sqlite:///mlflow.db"
        self.assertEqual(self.headers(), {})
        os.environ["MLFLOW_REGISTRY_URI"] = self.server.url
        self.assertTrue(self.headers())

    def test_what_is_no_server_is_not_asked(self):
        for uri in ("sqlite:///mlflow.db", "/tmp/mlruns", "file:///tmp/mlruns", "databricks", "", None):
            self.mlflow.uri = uri
            self.assertEqual(self.headers(), {})
        self.assertEqual(self.server.asked, [])
        self.assertIsNone(_declaration._described)  # which takes a tenth of a second

    def test_it_authenticates_as_mlflow_does_and_tells_mlflow_nothing_of_it(self):
        for credentials, sent in (
            (fake_mlflow.Credentials("änn", "pw", "t0"), "Basic " + base64.b64encode("änn:pw".encode()).decode()),
            (fake_mlflow.Credentials(token="t0"), "Bearer t0"),
            (fake_mlflow.Credentials(username="ann"), None),
        ):
            with self.subTest(sent), mock.patch.object(_declaration, "_servers", {}):
                self.mlflow.credentials = credentials
                self.server.credentials.clear()
                self.assertLessEqual(set(self.headers()), {"Assay-Environment", "Assay-Consumer"})
                self.assertEqual(set(self.server.credentials), {sent})

    def test_it_is_silent_when_it_is_switched_off(self):
        os.environ["ASSAY_MLFLOW_PLUGIN"] = "off"
        self.assertEqual(self.headers(), {})
        self.assertFalse(AssayRunContext().in_context())
        self.assertEqual(self.server.asked, [])

    def test_of_two_plugins_one_speaks(self):
        # MLflow joins the values of a header with a space.
        self.assertEqual([plugin.in_context() for plugin in (self.plugin, AssayEnvironment(), AssayEnvironment())], [True, False, False])

    def test_no_environment_is_said_where_the_project_has_none_to_judge(self):
        Path("assay.toml").write_text('[assay]\nenvironment = "none"\n')
        self.assertEqual(self.headers(), {"Assay-Environment": "none", "Assay-Consumer": "ann@lab"})
        self.assertEqual(self.server.asked, ["GET"])

    def test_the_environment_of_the_project_goes_before_that_of_the_interpreter(self):
        environment = {"python": "3.11.7", "implementation": "cpython", "platform": "linux-x86_64", "packages": {"scikit-learn": "1.5.2"}}
        Path("serving.json").write_text(json.dumps(environment))
        Path("assay.toml").write_text('[assay]\nenvironment = "serving.json"\n')
        digest = self.headers()["Assay-Environment"]
        self.assertEqual(json.loads(self.server.known[digest]), environment)

    def test_a_package_that_is_installed_meanwhile_counts(self):
        places = self.root / "site"
        (places / "first-1.0.dist-info").mkdir(parents=True)
        (places / "first-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: first\nVersion: 1.0\n")
        without = self.headers()["Assay-Environment"]
        self.patch(mock.patch.object(sys, "path", [*sys.path, str(places)]))
        before = self.headers()["Assay-Environment"]
        self.assertNotEqual(before, without)
        (places / "second-2.0.dist-info").mkdir()
        (places / "second-2.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: second\nVersion: 2.0\n")
        os.utime(places, ns=(1, 1))  # whatever the resolution of this file system's clock
        after = self.headers()["Assay-Environment"]
        self.assertNotIn("second", json.loads(self.server.known[before])["packages"])
        self.assertEqual(json.loads(self.server.known[after])["packages"]["second"], "2.0")

    def test_a_configuration_that_cannot_be_read_is_told_and_changes_nothing_else(self):
        Path("assay.toml").write_text("[assay\n")
        with self.assertLogs("assay", "WARNING") as told:
            self.assertEqual(set(self.headers()), {"Assay-Environment"})
        self.assertIn("assay.toml", told.output[0])

    def test_a_server_that_does_not_take_the_description_is_named_without_its_password(self):
        self.server.as_assay = lambda method, digest, body: UNKNOWN if method == "GET" else (400, "text/plain", b"no name")
        self.mlflow.uri = self.server.url.replace("//", "//ann:secret@")
        with self.assertLogs("assay", "WARNING") as told:
            self.assertEqual(self.headers(), {})
        self.assertIn(self.server.url, told.output[0])
        self.assertIn("no name", told.output[0])
        self.assertNotIn("secret", told.output[0])
        self.assertTrue(AssayRunContext().in_context())

    def test_nothing_that_goes_wrong_reaches_mlflow(self):
        def fails():
            raise RuntimeError("no such thing")

        self.mlflow.get_tracking_uri = fails
        self.assertEqual(self.headers(), {})
        self.assertFalse(AssayRunContext().in_context())
        with mock.patch.object(_declaration.environments, "capture", fails):
            self.assertEqual(self.headers(), {})


if __name__ == "__main__":
    unittest.main()
