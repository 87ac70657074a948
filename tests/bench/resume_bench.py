#!/usr/bin/env python3
"""Uploads of large files that are cut at random bytes, on either side and in between, and begun again until they are complete.

    tests/bench/resume_bench.py [--uploads 100] [--size 256MiB] [--seed N] [--client cli|python|both] [--scratch DIR] [--json FILE]

Each upload is cut up to three times: the client is killed (SIGKILL), the server is killed and started again, or the connection is reset by
a proxy in between, which also counts what passes. Bytes in excess are those that the client sent beyond one copy of each file; beside them,
what starting over would have sent. The clients are not told about the cuts: the same command is run again.
"""

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import ENVIRONMENT, Server, binary, percentile, print_table, quiet_environment, random_text, report, scratch  # noqa: E402
from tcp_proxy import UP, Proxy  # noqa: E402

UNITS = {"": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
SIDES = ("client", "server", "connection")


def size_of(text):
    match = re.fullmatch(r"(\d+)\s*([A-Z]*)", text.upper())
    if not match or match.group(2) not in UNITS:
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write 256MiB")
    return int(match.group(1)) * UNITS[match.group(2)]


def write_random(path, size, seed):
    """Bytes that no other upload has; their SHA-256."""
    generator, digest = random.Random(seed), hashlib.sha256()
    with open(path, "wb") as file:
        while size > 0:
            piece = random_text(generator, min(size, 1 << 20))
            digest.update(piece)
            file.write(piece)
            size -= len(piece)
    return digest.hexdigest()


class Bench:
    def __init__(self, folder, arguments):
        self.folder, self.size = folder, arguments.size
        self.random = random.Random(arguments.seed)
        self.clients = {"cli": ["cli"], "python": ["python"], "both": ["cli", "python"]}[arguments.client]
        (folder / "data.csv").write_text("x,y\n1,2\n")
        (folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
        self.server = Server(folder / "data").start()
        self.proxy = Proxy(self.server.host, self.server.port)
        self.env = quiet_environment(folder, ASSAY_URL=self.proxy.url)
        self.cuts = {side: 0 for side in SIDES}
        self.starting_over = 0  # bytes in excess, had each run begun at the front again

    def command(self, client):
        program = [str(binary())] if client == "cli" else [os.environ.get("ASSAY_PYTHON") or sys.executable, "-m", "assay"]
        return program + ["push", "big", "big.bin", "--metric", "accuracy=0.9@held", "--dataset", "training=data.csv", "--dataset",
                          "test=held@sha256:" + "0" * 64, "--trained-at", "2026-11-22T21:14:03Z", "--environment", "environment.json",
                          "--uses", "numpy"]

    def start(self):
        command = self.command(self.random.choice(self.clients))
        return subprocess.Popen(command, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def cut(self, side, count):
        """One run that is cut after `count` bytes; whether it completed all the same (by itself, or because it had less to send)."""
        process = None

        def now():
            if side == "client":
                process.kill()
            elif side == "server":
                self.server.kill()

        done = self.proxy.cut_after(UP, count, now)
        process = self.start()
        process.communicate(timeout=900)
        if not done.is_set():
            return process.returncode == 0
        self.cuts[side] += 1
        if side == "server":
            self.server.start()
            self.proxy.target = (self.server.host, self.server.port)
        return process.returncode == 0

    def upload(self, number, seed):
        """Cut, and again, until it is complete: seconds, runs and bytes in excess of this upload; None when it never was."""
        digest = write_random(self.folder / "big.bin", self.size, seed)
        began, before, runs, complete = time.monotonic(), self.proxy.passed[UP], 0, False
        for side in self.random.choices(SIDES, k=self.random.randint(1, 3)):
            if complete:
                break
            sent = self.proxy.passed[UP] - before
            left = max(self.size - sent, 1)
            cut_at = self.random.randrange(1, left + 1)
            complete = self.cut(side, cut_at)
            self.starting_over += sent + cut_at
            runs += 1
        self.proxy.cut_after(UP, 1 << 60)
        while not complete and runs < 10:
            process = self.start()
            said, _ = process.communicate(timeout=900)
            complete = process.returncode == 0
            runs += 1
            if not complete:
                print(f"upload {number}, run {runs}: {said.decode(errors='replace')}", file=sys.stderr)
        stored = self.server.data / "blobs" / digest[:2] / digest
        with open(stored, "rb") as file:
            whole = complete and hashlib.file_digest(file, "sha256").hexdigest() == digest
        os.unlink(stored)  # the disk need not hold a hundred of them
        return whole, time.monotonic() - began, runs, self.proxy.passed[UP] - before - self.size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--size", type=size_of, default=size_of("256MiB"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--client", choices=("cli", "python", "both"), default="cli", help="both: either for each run, as it comes")
    parser.add_argument("--scratch", help="a folder on the disk to measure; default build/scratch")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()

    with scratch(arguments.scratch) as folder:
        bench = Bench(folder, arguments)
        try:
            results = [bench.upload(number, f"{arguments.seed}-{number}") for number in range(1, arguments.uploads + 1)]
            left = len(list((bench.server.data / "uploads").iterdir()))
        finally:
            bench.proxy.close()
            bench.server.stop()
    complete = sum(whole for whole, *_ in results)
    seconds, excess = [result[1] for result in results], [result[3] for result in results]
    total = arguments.size * arguments.uploads
    figures = {
        "uploads": arguments.uploads, "bytes_each": arguments.size, "seed": arguments.seed, "client": arguments.client, "complete": complete,
        "cuts": bench.cuts, "runs": sum(result[2] for result in results), "unfinished_left": left, "bytes_in_excess": sum(excess),
        "excess_share": sum(excess) / total, "worst_excess_bytes": max(excess), "starting_over_share": bench.starting_over / total,
        "median_seconds": percentile(seconds, 0.5), "worst_seconds": max(seconds),
    }
    print_table(["", "complete", "cuts", "excess", "starting over", "worst, MiB", "seconds, median", "worst"],
                [[f"{arguments.uploads} × {arguments.size >> 20} MiB", complete, sum(bench.cuts.values()), f"{sum(excess) / total:.3%}",
                  f"{bench.starting_over / total:.1%}", max(excess) / (1 << 20), percentile(seconds, 0.5), max(seconds)]])
    report("resume", figures, arguments.json)
    return 0 if complete == arguments.uploads and left == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
