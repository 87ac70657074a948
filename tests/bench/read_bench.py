#!/usr/bin/env python3
"""GET of a version with 1, 32 and 256 clients, beside nginx serving the same bytes, both driven by wrk in the same run.

    tests/bench/read_bench.py [--seconds 5] [--clients 1,32,256] [--data DIR --target PATH] [--json FILE]

Of a small registry of its own, or of one that is there: search_bench.py --data DIR keeps one of a million versions.

Needs `scripts/install_deps bench` (nginx, wrk). nginx has one worker per core, no access log, and the answer's bytes as a file.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, free_port, print_table, registration, report, scratch  # noqa: E402

TARGET = "/v1/models/penguins/versions/1"


class Nginx:
    def __init__(self, folder, target, content):
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if not program:
            sys.exit("error: nginx is not installed (scripts/install_deps bench)")
        self.port = free_port()
        folder.mkdir()
        (folder / "html" / target.lstrip("/")).parent.mkdir(parents=True)
        (folder / "html" / target.lstrip("/")).write_bytes(content)
        user = "user root;" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""
            {user} worker_processes {os.cpu_count()}; daemon off; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000; default_type application/json;
                open_file_cache max=10; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
                uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                server {{ listen 127.0.0.1:{self.port}; root {folder}/html; }}
            }}""")
        self.process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"], stdin=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        sys.exit(f"error: nginx does not answer: {(folder / 'error.log').read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def wrk(port, target, clients, seconds):
    threads = min(2, clients)
    result = subprocess.run(["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{target}"],
                            capture_output=True, text=True)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", result.stdout)
    if result.returncode != 0 or not rate:
        sys.exit(f"error: wrk: {result.stdout}{result.stderr}")
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", result.stdout)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", result.stdout)
    errors = (int(wrong.group(1)) if wrong else 0) + (sum(map(int, broken.groups())) if broken else 0)
    return {"per_s": float(rate.group(1)), "p50_ms": milliseconds(re.search(r"50%\s+(\S+)", result.stdout).group(1)),
            "p99_ms": milliseconds(re.search(r"99%\s+(\S+)", result.stdout).group(1)), "errors": errors}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--clients", default="1,32,256")
    parser.add_argument("--data", type=Path, help="a data directory that is there")
    parser.add_argument("--target", default=TARGET, help="which version of it")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("error: wrk is not installed (scripts/install_deps bench)")

    with scratch() as folder, Server(arguments.data or folder / "data") as server:
        client = Client(server)
        if not arguments.data:
            client.send_json("POST", "/v1/models/penguins/versions", registration({"model.joblib": client.put_blob(b"a model")})).must(201)
        target = arguments.target
        content = client.request("GET", target).must(200).body
        client.close()
        nginx = Nginx(folder / "nginx", target, content)
        rows, runs = [], []
        try:
            for clients in (int(text) for text in arguments.clients.split(",")):
                peer = wrk(nginx.port, target, clients, arguments.seconds)
                ours = wrk(server.port, target, clients, arguments.seconds)
                runs.append({"clients": clients, "assay": ours, "nginx": peer, "ratio": ours["per_s"] / peer["per_s"]})
                for name, run in (("nginx", peer), ("assay", ours)):
                    rows.append([name, clients, f"{run['per_s']:.0f}", run["per_s"] / peer["per_s"], run["p50_ms"], run["p99_ms"], run["errors"]])
        finally:
            nginx.stop()
        print(f"GET {target}: {len(content)} bytes")
        print_table(["", "clients", "per s", "of nginx", "p50 ms", "p99 ms", "errors"], rows)
        report("read", {"bytes": len(content), "runs": runs, "server_vm_hwm_bytes": server.memory("VmHWM")}, arguments.json)
        if any(run["assay"]["errors"] for run in runs):
            sys.exit("error: the server failed requests")


if __name__ == "__main__":
    main()
