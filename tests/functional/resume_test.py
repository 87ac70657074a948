#!/usr/bin/env python3
"""Transfers that are cut, on either side and in between: the same command again, and only the rest travels.

    ASSAY_BIN=build/release/assay python tests/functional/resume_test.py
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import assay_process  # noqa: E402
from assay_process import ENVIRONMENT, Server, quiet_environment, random_text  # noqa: E402
from tcp_proxy import DOWN, UP, Proxy  # noqa: E402

MIB = 1 << 20
SIZE = 24 * MIB + 12345
#: What may travel twice besides requests and facts: what a killed process had read of what was sent and not yet written to its file.
REQUESTS, IN_FLIGHT = MIB // 4, MIB
PYTHON = os.environ.get("ASSAY_PYTHON") or sys.executable


class ResumeTest(unittest.TestCase):
    def setUp(self):
        """Also for each part of a test that wants a world of its own."""
        scratch = tempfile.TemporaryDirectory()
        self.folder = Path(scratch.name)
        self.addCleanup(scratch.cleanup)
        self.server = Server(self.folder / "data", ["--allow-volatile"]).start()
        self.addCleanup(self.server.stop)
        self.proxy = Proxy(self.server.host, self.server.port)
        self.addCleanup(self.proxy.close)
        self.bytes = random_text(random.Random(self.id()), SIZE)
        (self.folder / "model.bin").write_bytes(self.bytes)
        (self.folder / "train.csv").write_text("a,b\n1,2\n")
        (self.folder / "trained.json").write_text(json.dumps(ENVIRONMENT))
        self.environment = quiet_environment(self.folder, ASSAY_URL=self.proxy.url)

    # ---- the two clients, with the same words

    def cli(self, *words):
        return [str(assay_process.binary()), *map(str, words)]

    def python(self, *words):
        return [PYTHON, "-m", "assay", *map(str, words)]

    def push(self, client):
        return client("push", "big", "model.bin", "--metric", "accuracy=0.9@held", "--dataset", "training=train.csv",
                      "--dataset", "test=held@sha256:" + "0" * 64, "--trained-at", "2026-11-22T21:14:03Z", "--environment", "trained.json", "--uses", "numpy")

    def fetch(self, client):
        return client("fetch", "big@1", "-o", "out", "--environment", "none")

    def start(self, command):
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def finish(self, process, code=None):
        out, err = process.communicate(timeout=120)
        if code is not None:
            self.assertEqual(process.returncode, code, out + err)
        return err

    def run_again(self, command):
        return self.finish(self.start(command), 0)

    # ---- the three ways to cut

    def kill_client(self, command, direction, count):
        process = None
        done = self.proxy.cut_after(direction, count, lambda: process.kill())
        process = self.start(command)
        self.assertTrue(done.wait(60))
        self.finish(process)

    def kill_server(self, command, direction, count):
        done = self.proxy.cut_after(direction, count, self.server.kill)
        process = self.start(command)
        self.assertTrue(done.wait(60))
        self.finish(process, 10)
        self.server.start()
        self.proxy.target = (self.server.host, self.server.port)

    def cut_connection(self, command, direction, count):
        done = self.proxy.cut_after(direction, count)
        process = self.start(command)
        self.assertTrue(done.wait(60))
        return self.finish(process, 0)

    # ---- what must hold

    def check_pushed(self, said, in_flight=0):
        self.assertIn("continuing at", said)
        self.assertLess(self.proxy.passed[UP], SIZE + REQUESTS + in_flight)
        self.assertGreater(self.proxy.passed[UP], SIZE)
        self.assertEqual(list((self.server.data / "uploads").iterdir()), [])
        self.assertEqual(list((self.folder / "cache" / "uploads").iterdir()), [])
        digest = hashlib.sha256(self.bytes).hexdigest()
        self.assertEqual((self.server.data / "blobs" / digest[:2] / digest).read_bytes(), self.bytes)
        self.assertEqual((self.server.data / "blobs" / digest[:2] / digest).stat().st_nlink, 1)

    def check_fetched(self, said):
        self.assertIn("continuing at", said)
        self.assertEqual([path.name for path in (self.folder / "out").iterdir()], ["model.bin"])
        self.assertEqual((self.folder / "out" / "model.bin").read_bytes(), self.bytes)

    def check_traffic_of_fetch(self, before, in_flight=0):
        self.assertLess(self.proxy.passed[DOWN] - before, SIZE + REQUESTS + in_flight)

    # ---- pushes

    def test_a_push_whose_client_is_killed_goes_on_with_the_rest(self):
        for client, count in ((self.cli, 7 * MIB + 1), (self.python, 100_000)):
            with self.subTest(client.__name__):
                self.setUp()
                self.kill_client(self.push(client), UP, count)
                self.check_pushed(self.run_again(self.push(client)))

    def test_a_push_whose_server_is_killed_goes_on_with_the_rest(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.kill_server(self.push(client), UP, 17 * MIB + 3)
                self.check_pushed(self.run_again(self.push(client)), IN_FLIGHT)

    def test_a_push_whose_connection_is_cut_goes_on_by_itself(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.check_pushed(self.cut_connection(self.push(client), UP, 12 * MIB))

    def test_what_one_client_began_the_other_finishes(self):
        for first, second in ((self.cli, self.python), (self.python, self.cli)):
            with self.subTest(first.__name__):
                self.setUp()
                self.kill_client(self.push(first), UP, 9 * MIB)
                self.check_pushed(self.run_again(self.push(second)))

    def test_a_push_killed_again_and_again_sends_every_byte_once(self):
        for count in (MIB, 3 * MIB + 7, 64 * 1024, 8 * MIB):
            self.kill_client(self.push(self.cli), UP, count)
        self.check_pushed(self.run_again(self.push(self.cli)))

    def test_an_upload_that_the_server_has_lost_is_begun_anew(self):
        self.kill_client(self.push(self.cli), UP, 9 * MIB)
        self.server.stop()
        for left in (self.server.data / "uploads").iterdir():
            left.unlink()
        self.server.start()
        self.proxy.target = (self.server.host, self.server.port)
        said = self.run_again(self.push(self.cli))
        self.assertNotIn("continuing at", said)

    def test_an_upload_whose_kept_bytes_are_wrong_is_begun_anew(self):
        self.kill_client(self.push(self.cli), UP, 9 * MIB)
        self.server.stop()
        (left,) = (self.server.data / "uploads").iterdir()
        os.chmod(left, 0o600)
        with open(left, "r+b") as file:
            file.write(b"what a power cut made of it")
        self.server.start()
        self.proxy.target = (self.server.host, self.server.port)
        before = self.proxy.passed[UP]
        self.run_again(self.push(self.cli))
        self.assertGreater(self.proxy.passed[UP] - before, SIZE)
        digest = hashlib.sha256(self.bytes).hexdigest()
        self.assertEqual((self.server.data / "blobs" / digest[:2] / digest).read_bytes(), self.bytes)

    # ---- fetches

    def test_a_fetch_whose_client_is_killed_goes_on_with_the_rest(self):
        for client, count in ((self.cli, 7 * MIB + 1), (self.python, 9 * MIB)):
            with self.subTest(client.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                before = self.proxy.passed[DOWN]
                self.kill_client(self.fetch(client), DOWN, count)
                self.check_fetched(self.run_again(self.fetch(client)))
                self.check_traffic_of_fetch(before, IN_FLIGHT)

    def test_a_fetch_whose_server_is_killed_goes_on_with_the_rest(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                before = self.proxy.passed[DOWN]
                self.kill_server(self.fetch(client), DOWN, 13 * MIB)
                self.check_fetched(self.run_again(self.fetch(client)))
                self.check_traffic_of_fetch(before, IN_FLIGHT)

    def test_a_fetch_whose_connection_is_cut_goes_on_by_itself(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                self.check_fetched(self.cut_connection(self.fetch(client), DOWN, 12 * MIB))

    def test_what_one_client_began_to_fetch_the_other_finishes(self):
        for first, second in ((self.cli, self.python), (self.python, self.cli)):
            with self.subTest(first.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                self.kill_client(self.fetch(first), DOWN, 14 * MIB)
                before = self.proxy.passed[DOWN]
                self.check_fetched(self.run_again(self.fetch(second)))
                self.assertLess(self.proxy.passed[DOWN] - before, 20 * MIB)

    def test_a_load_that_is_killed_goes_on_with_the_rest(self):
        code = "import joblib, sys; joblib.dump(open(sys.argv[1], 'rb').read(), sys.argv[2])"
        subprocess.run([PYTHON, "-c", code, "model.bin", "model.joblib"], cwd=self.folder, check=True)
        self.run_again([word.replace("model.bin", "model.joblib") for word in self.push(self.cli)])
        load = self.python("load", "big@1", "--verify", "off", "--environment", "none")
        self.kill_client(load, DOWN, 14 * MIB)
        before = self.proxy.passed[DOWN]
        self.assertIn("continuing at", self.run_again(load))
        self.assertLess(self.proxy.passed[DOWN] - before, 20 * MIB)
        blobs = [path.name for path in (self.folder / "cache" / "blobs").rglob("*") if path.is_file()]
        self.assertEqual(blobs, [hashlib.sha256((self.folder / "model.joblib").read_bytes()).hexdigest()])

    def test_a_part_that_is_wrong_is_thrown_away_and_all_of_it_fetched(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                (self.folder / "out").mkdir()
                part = self.folder / "out" / f".assay-{hashlib.sha256(self.bytes).hexdigest()}.part"
                for content in (b"other bytes" * 100_000, self.bytes[:-1] + b"x", self.bytes + b"more"):
                    part.write_bytes(content)
                    self.run_again(self.fetch(client))
                    self.assertEqual([path.name for path in (self.folder / "out").iterdir()], ["model.bin"])
                    self.assertEqual((self.folder / "out" / "model.bin").read_bytes(), self.bytes)
                    (self.folder / "out" / "model.bin").unlink()

    def test_a_part_that_is_complete_is_not_fetched_again(self):
        for client in (self.cli, self.python):
            with self.subTest(client.__name__):
                self.setUp()
                self.run_again(self.push(self.cli))
                (self.folder / "out").mkdir()
                (self.folder / "out" / f".assay-{hashlib.sha256(self.bytes).hexdigest()}.part").write_bytes(self.bytes)
                before = self.proxy.passed[DOWN]
                self.run_again(self.fetch(client))
                self.assertLess(self.proxy.passed[DOWN] - before, REQUESTS)
                self.assertEqual((self.folder / "out" / "model.bin").read_bytes(), self.bytes)

    def test_two_fetches_into_one_folder_do_not_spoil_each_other(self):
        self.run_again(self.push(self.cli))
        processes = [self.start(self.fetch(client) + ["--force"]) for client in (self.cli, self.python, self.cli)]
        for process in processes:
            self.finish(process, 0)
        self.assertEqual([path.name for path in (self.folder / "out").iterdir()], ["model.bin"])
        self.assertEqual((self.folder / "out" / "model.bin").read_bytes(), self.bytes)

    def test_two_pushes_of_one_file_at_once_both_succeed(self):
        processes = [self.start(self.push(client)) for client in (self.cli, self.python)]
        for process in processes:
            self.finish(process, 0)
        self.assertEqual(list((self.server.data / "uploads").iterdir()), [])


if __name__ == "__main__":
    unittest.main()
