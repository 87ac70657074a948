#!/usr/bin/env python3
"""Push and fetch of one large file over loopback, beside `sha256sum` and `cp` + `sync` of the same file in the same run.

    tests/bench/transfer_bench.py [--mib 1024] [--rounds 3] [--scratch DIR] [--json FILE]

GB/s are 10^9 bytes per second of wall time of the whole command. Each round has other bytes, so that nothing is answered
from what the store already holds. The page cache is warm for everybody.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import ENVIRONMENT, Server, binary, print_table, quiet_environment, random_text, report, scratch  # noqa: E402


def timed(command, env=None, cwd=None):
    start = time.monotonic()
    result = subprocess.run([str(part) for part in command], env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.monotonic() - start
    if result.returncode != 0:
        sys.exit(f"error: {' '.join(map(str, command))}: exit code {result.returncode}\n{result.stderr.decode(errors='replace')}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scratch", help="a folder on the disk to measure; default build/scratch")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()
    size = arguments.mib << 20

    with scratch(arguments.scratch) as folder:
        big, data_csv, environment = folder / "big.bin", folder / "data.csv", folder / "environment.json"
        data_csv.write_text("x,y\n1,2\n")
        environment.write_text(json.dumps(ENVIRONMENT))
        with open(big, "wb") as file:
            for _ in range(arguments.mib):
                file.write(random_text(random, 1 << 20))
        seconds = {"sha256sum": [], "cp + sync": [], "push": [], "fetch": []}
        with Server(folder / "data") as server:
            env = quiet_environment(folder, ASSAY_URL=server.url)
            for number in range(1, arguments.rounds + 1):
                with open(big, "r+b") as file:
                    file.write(random_text(random, 64))
                seconds["sha256sum"].append(timed(["sha256sum", big]))
                copy = folder / "copy.bin"
                seconds["cp + sync"].append(timed(["sh", "-c", 'cp "$1" "$2" && sync "$2"', "sh", big, copy]))
                copy.unlink()
                seconds["push"].append(timed(
                    [binary(), "push", "big", big, "--metric", "accuracy=0.9", "--dataset", f"training={data_csv}", "--uses", "joblib",
                     "--trained-at", "2026-11-22T21:14:03Z", "--environment", environment], env, folder))
                out = folder / f"out{number}"
                env["ASSAY_CACHE"] = str(folder / f"cache{number}")
                seconds["fetch"].append(timed([binary(), "fetch", f"big@{number}", "-o", out, "--environment", environment], env, folder))
                fetched = [path for path in out.rglob("big.bin")]
                if len(fetched) != 1 or subprocess.run(["cmp", "-s", big, fetched[0]]).returncode != 0:
                    sys.exit("error: what was fetched is not what was pushed")
                shutil.rmtree(out)
                shutil.rmtree(env["ASSAY_CACHE"], ignore_errors=True)
            peak, rss = server.memory("VmHWM"), server.memory("VmRSS")

        rate = {name: [size / value / 1e9 for value in values] for name, values in seconds.items()}
        print_table(["", "GB/s best", "GB/s worst", "of sha256sum", "of cp + sync"],
                    [[name, max(values), min(values), max(values) / max(rate["sha256sum"]), max(values) / max(rate["cp + sync"])] for name, values in rate.items()])
        print(f"server: VmHWM {peak / 2**20:.1f} MiB, VmRSS {rss / 2**20:.1f} MiB")
        report("transfer", {"bytes": size, "seconds": seconds, "gb_per_s_best": {name: max(values) for name, values in rate.items()}, "server_vm_hwm_bytes": peak}, arguments.json)


if __name__ == "__main__":
    main()
