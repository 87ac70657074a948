#!/usr/bin/env python3
"""Durable registrations per second with 1 and 32 clients, beside append + fdatasync of as many bytes in the same run.

    tests/bench/registration_bench.py [--seconds 5] [--clients 1,32] [--scratch DIR] [--json FILE]

`register` posts a version whose file the server already holds; `upload + register` sends 16 KiB of new bytes first. Each
client has a model of its own. An answer is counted when it has come back, which is when it would survive a power cut.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import (Client, Server, dial, digest_of, exchange, in_threads, percentile, print_table, registration, report, request_bytes,  # noqa: E402
                           scratch)

JSON = {"Content-Type": "application/json"}


def raw_appends(folder, size, seconds):
    """append + fdatasync per second, one writer: what the disk allows to one who does not share a sync."""
    block, count = os.urandom(size), 0
    descriptor = os.open(folder / "raw.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    end = time.monotonic() + seconds
    start = time.monotonic()
    while time.monotonic() < end:
        os.write(descriptor, block)
        os.fdatasync(descriptor)
        count += 1
    os.close(descriptor)
    return count / (time.monotonic() - start)


def load(server, clients, seconds, upload, label):
    """(registrations per second, latencies in ms)"""
    with_file = Client(server)
    shared = with_file.put_blob(b"a model that everybody registers")
    with_file.close()
    deadline = time.monotonic() + seconds

    def work(index):
        connection, latencies, number = dial(server), [], 0
        while time.monotonic() < deadline:
            digest = shared
            start = time.monotonic()
            if upload:
                content = os.urandom(16384)
                digest = digest_of(content)
                status, body = exchange(connection, request_bytes("PUT", f"/v1/blobs/{digest}", content, {"Content-Type": "application/octet-stream"}))
                if status != 201:
                    raise RuntimeError(f"HTTP {status}: {body[:500]!r}")
            value = json.dumps(registration({"model.bin": digest}, number)).encode()
            status, body = exchange(connection, request_bytes("POST", f"/v1/models/{label}-{index}/versions", value, JSON))
            if status != 201:
                raise RuntimeError(f"HTTP {status}: {body[:500]!r}")
            latencies.append((time.monotonic() - start) * 1000)
            number += 1
        connection.close()
        return latencies

    start = time.monotonic()
    latencies = [value for part in in_threads(clients, work) for value in part]
    return len(latencies) / (time.monotonic() - start), latencies


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", default="1,32")
    parser.add_argument("--scratch", help="a folder on the disk to measure; default build/scratch")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()

    with scratch(arguments.scratch) as folder:
        size = len(json.dumps(registration({"model.bin": digest_of(b"")})))
        raw = raw_appends(folder, size, arguments.seconds)
        rows, figures = [[f"append {size} B + fdatasync", 1, raw, 1.0, 1000 / raw, "", ""]], {"raw_appends_per_s": raw, "runs": []}
        with Server(folder / "data") as server:
            for upload in (False, True):
                for clients in (int(text) for text in arguments.clients.split(",")):
                    name = "upload + register" if upload else "register"
                    rate, latencies = load(server, clients, arguments.seconds, upload, f"bench-{'u' if upload else 'r'}{clients}")
                    p50, p99, worst = percentile(latencies, 0.5), percentile(latencies, 0.99), max(latencies)
                    rows.append([name, clients, rate, rate / raw, p50, p99, worst])
                    figures["runs"].append({"what": name, "clients": clients, "per_s": rate, "of_raw": rate / raw, "p50_ms": p50, "p99_ms": p99, "max_ms": worst})
            figures["server_vm_hwm_bytes"] = server.memory("VmHWM")
        again = raw_appends(folder, size, arguments.seconds)
        rows.append(["append + fdatasync, again", 1, again, again / raw, 1000 / again, "", ""])
        figures["raw_appends_per_s_after"] = again
        print_table(["", "clients", "per s", "of raw", "p50 ms", "p99 ms", "max ms"], rows)
        report("registration", figures, arguments.json)


if __name__ == "__main__":
    main()
