#!/usr/bin/env python3
"""From exec to the first 200 of /readyz, and the memory of a server that does nothing.

    tests/bench/startup_bench.py [--rounds 20] [--json FILE]

The first start makes a new data directory; the others open it again. Beside it: `/bin/true`, started the same way.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, binary, percentile, print_table, report, scratch  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()

    times, nothing, stops, rss = [], [], [], 0
    with scratch() as folder:
        for _ in range(arguments.rounds + 1):
            begin = time.monotonic()
            subprocess.run(["/bin/true"], check=True)
            nothing.append((time.monotonic() - begin) * 1000)
            server = Server(folder / "data").start()
            client = Client(server)
            while client.request("GET", "/readyz").status != 200:
                if time.monotonic() - server.started_at > 60:
                    sys.exit("error: not ready after 60 s")
            times.append((time.monotonic() - server.started_at) * 1000)
            client.close()
            if len(times) == arguments.rounds + 1:
                time.sleep(2)  # idle, so that what the start allocated has settled
                rss, peak = server.memory("VmRSS"), server.memory("VmHWM")
            begin = time.monotonic()
            server.stop()
            stops.append((time.monotonic() - begin) * 1000)
    again = times[1:]
    print_table(["ms", "p50", "max"], [["/bin/true", percentile(nothing, 0.5), max(nothing)], ["exec -> /readyz, new data directory", times[0], times[0]],
                                        ["exec -> /readyz", percentile(again, 0.5), max(again)], ["SIGTERM -> end", percentile(stops, 0.5), max(stops)]])
    print(f"idle: VmRSS {rss / 2**20:.1f} MiB, VmHWM {peak / 2**20:.1f} MiB; binary {binary().stat().st_size / 2**20:.1f} MiB")
    report("startup", {"first_ms": times[0], "p50_ms": percentile(again, 0.5), "max_ms": max(again), "true_p50_ms": percentile(nothing, 0.5),
                       "stop_p50_ms": percentile(stops, 0.5), "idle_rss_bytes": rss, "binary_bytes": binary().stat().st_size}, arguments.json)


if __name__ == "__main__":
    main()
