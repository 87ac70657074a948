#!/usr/bin/env python3
"""Kills the server with SIGKILL while four clients push, again and again: what was acknowledged must be there, whole.

    tests/simulation/sigkill.py [--cycles 100] [--clients 4] [--seed N] [--json FILE]

After each kill the server is started again and every version acknowledged in that cycle is looked up; at the end all of them,
with the bytes of their files, and `assay fsck` must find nothing. A number that was given out twice is a failure too. (SIGKILL
leaves the page cache alone, so this proves nothing about fsync: crash_simulation does that.)
"""

import argparse
import http.client
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, binary, digest_of, quiet_environment, random_text, registration, report, scratch  # noqa: E402


class Pusher(threading.Thread):
    """One client: uploads new bytes, registers them, notes what was acknowledged; until the server is gone."""

    def __init__(self, server, name, seed):
        super().__init__(daemon=True)
        self.server, self.model, self.random = server, name, random.Random(seed)
        self.acknowledged = []  # (model, version, manifest digest, seed and size of the content)
        self.refused = []

    def run(self):
        try:
            client = Client(self.server, timeout=30)
            while True:
                seed, size = self.random.getrandbits(64), self.random.choice((1, 700, 4096, 65536, (1 << 20) + 1))
                content = random_text(random.Random(seed), size)
                answer = client.request("PUT", f"/v1/blobs/{digest_of(content)}", content, {"Content-Type": "application/octet-stream"})
                if not answer.complete:
                    return
                if answer.status not in (200, 201):  # 200: these bytes are here already
                    self.refused.append((answer.status, answer.body[:500]))
                    return
                answer = client.send_json("POST", f"/v1/models/{self.model}/versions", registration({"model.bin": digest_of(content)}, seed % 1000))
                if not answer.complete:
                    return
                if answer.status != 201:
                    self.refused.append((answer.status, answer.body[:500]))
                    return
                version = answer.json()
                self.acknowledged.append((self.model, version["version"], version["digest"], seed, size))
        except (OSError, http.client.HTTPException):
            return  # the server was killed: what it had not answered may be there or not


def verify(server, versions, bytes_too):
    """The acknowledged versions that are lost or damaged, each with what is wrong."""
    client, lost = Client(server), []
    for model, number, digest, seed, size in versions:
        answer = client.request("GET", f"/v1/models/{model}/versions/{number}")
        if answer.status != 200 or answer.json()["digest"] != digest:
            lost.append((model, number, f"HTTP {answer.status}: {answer.body[:200]!r}"))
            continue
        if bytes_too:
            answer = client.request("GET", f"/v1/models/{model}/versions/{number}/files/model.bin", headers={"Assay-Environment": "none"})
            if answer.status != 200 or answer.body != random_text(random.Random(seed), size):
                lost.append((model, number, f"its file: HTTP {answer.status}, {len(answer.body)} of {size} bytes"))
    client.close()
    return lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()
    chooser = random.Random(arguments.seed)
    everything, lost, problems, idle = [], [], [], 0
    start = time.monotonic()

    with scratch() as folder:
        server = Server(folder / "data")
        for cycle in range(arguments.cycles):
            server.start()
            pushers = [Pusher(server, f"model-{index}", chooser.getrandbits(64)) for index in range(arguments.clients)]
            for pusher in pushers:
                pusher.start()
            # The moment of the kill is the experiment, not a wait for something to have happened.
            time.sleep(chooser.uniform(0.05, 0.6))
            server.kill()
            for pusher in pushers:
                pusher.join(timeout=60)
                if pusher.is_alive():
                    problems.append(f"cycle {cycle}: a client still waits for a server that is gone")
                problems += [f"cycle {cycle}: a push was refused: {refusal}" for refusal in pusher.refused]
            acknowledged = [version for pusher in pushers for version in pusher.acknowledged]
            idle += not acknowledged
            everything += acknowledged
            with server:
                lost += verify(server, acknowledged, bytes_too=False)

        numbers = [(model, number) for model, number, *_ in everything]
        if len(numbers) != len(set(numbers)):
            problems.append("a version number was given out twice")
        with server:
            lost += verify(server, everything, bytes_too=True)
        fsck = subprocess.run([str(binary()), "fsck", "--data", str(folder / "data")], capture_output=True, text=True, env=quiet_environment(folder))
        if fsck.returncode != 0:
            problems.append(f"assay fsck: exit code {fsck.returncode}\n{fsck.stdout}{fsck.stderr}")
        if lost or problems:
            print(f"the data directory's log: {server.log.read_text(errors='replace')[-3000:]}")

    if not everything or idle > arguments.cycles // 2:
        problems.append(f"{idle} of {arguments.cycles} cycles acknowledged nothing: this run proves too little")
    for problem in [*problems, *(f"lost: {entry}" for entry in lost)][:50]:
        print(problem)
    print(f"{arguments.cycles} kills, seed {arguments.seed}: {len(everything)} versions acknowledged, {len(lost)} lost or damaged, "
          f"fsck {'clean' if fsck.returncode == 0 else 'NOT clean'}, {time.monotonic() - start:.1f} s")
    report("sigkill", {"cycles": arguments.cycles, "clients": arguments.clients, "seed": arguments.seed, "acknowledged": len(everything), "lost": len(lost),
                       "fsck_clean": fsck.returncode == 0, "problems": len(problems)}, arguments.json)
    sys.exit(1 if lost or problems else 0)


if __name__ == "__main__":
    main()
