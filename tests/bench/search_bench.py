#!/usr/bin/env python3
"""Searches over 1,000,000 versions with ten metrics and ten tags each.

    tests/bench/search_bench.py [--versions 1000000] [--queries 200] [--data DIR] [--json FILE]

The versions are written straight into the database of a scratch data directory (a thousand models; no files: nothing here reads
them), as a registration writes them. Then the server is asked, over one connection, for the 100 versions with the greatest value of a
metric among those with a tag that one in 1000, one in ten and every other version has, for conditions on metrics, and for the newest.
Each question is asked with other values every time. Then what an environment can load, and what a move of scikit-learn breaks, of all of
them. Printed beside: the time of a question that nothing fits, the server's memory, and the size of the database. --data keeps the
directory, or asks one that was kept.
"""

import argparse
import hashlib
import json
import os
import random
import sqlite3
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, percentile, print_table, report, scratch  # noqa: E402

MODELS, SEED, METRICS, TAGS = 1000, 20261123, 10, 10
SPREAD = [1000, 10, 2] + [100] * (TAGS - 3)  # how many values each tag has
START = 1_700_000_000_000_000  # microseconds


def rfc3339(microseconds):
    seconds, rest = divmod(microseconds, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + (f".{rest:06}" if rest else "") + "Z"


def rows(count):
    chooser = random.Random(SEED)
    per_model = max(1, count // MODELS)
    libraries = {"python": "3.11.7", "scikit-learn": "1.7.2", "numpy": "2.3.1", "joblib": "1.5.1"}
    for number in range(count):
        model, version = f"model-{number // per_model:04}", number % per_model + 1
        created = START + chooser.randrange(60_000_000) * 1_000_000
        metrics = [round(chooser.random(), 6) for _ in range(METRICS)]
        tags = [f"v{chooser.randrange(values)}" for values in SPREAD]
        facts = {
            "datasets": [{"digest": "sha256:" + "0" * 64, "name": "data", "role": "training"}],
            "libraries": dict(libraries, **{"scikit-learn": f"1.{chooser.randrange(8)}.{chooser.randrange(3)}"}),
            "metrics": [{"dataset": "data", "name": f"m{i}", "value": value} for i, value in enumerate(metrics)],
            "params": {"depth": str(chooser.randrange(20))},
            "platform": "linux-x86_64",
            "run": f"{number:032x}",
            "trained_at": rfc3339(created - 1_000_000),
            "uses": ["scikit-learn", "numpy", "joblib"],
        }
        manifest = {"schema": "assay.manifest/1", "model": model, "version": version, "created_at": rfc3339(created), "facts": facts, "files": []}
        text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
        yield model, version, created, metrics, tags, facts, text


def sort_key(release):
    numbers = [int(part) for part in release.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return "b0" + "".join(chr(ord("a") + len(str(n))) + str(n) for n in numbers) + "!2020"


def fill(path, count):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -1000000")
    # Indexes are made at the end, from sorted rows, as fast as the disk allows.
    indexes = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    database.execute("BEGIN")
    batch, needs, needs_of = [], {}, []

    def flush():
        for model in {row[0] for row in batch}:
            created = rfc3339(START)
            database.execute("INSERT INTO models VALUES (?, '', ?, 1000000000) ON CONFLICT DO NOTHING", (model, created))
        many = database.executemany
        many(
            "INSERT INTO versions (model, version, digest, manifest, content_digest, run, state, description, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 'ready', '', ?)",
            ((m, v, "sha256:" + hashlib.sha256(t.encode()).hexdigest(), t, "sha256:" + f["run"] * 2, f["run"], rfc3339(c)) for m, v, c, _, _, f, t in batch),
        )
        many("INSERT INTO version_attributes VALUES (?, ?, ?, ?, ?)", ((m, v, c, c - 1_000_000, f["platform"]) for m, v, c, _, _, f, _ in batch))
        many(
            "INSERT INTO version_metrics (model, version, name, dataset, value, lowest, highest) VALUES (?, ?, ?, 'data', ?, 1, 1)",
            ((m, v, f"m{i}", value) for m, v, _, metrics, _, _, _ in batch for i, value in enumerate(metrics)),
        )
        many("INSERT INTO tags VALUES (?, ?, ?, ?)", ((m, v, f"t{i}", value) for m, v, _, _, tags, _, _ in batch for i, value in enumerate(tags)))
        many("INSERT INTO version_params VALUES (?, ?, 'depth', ?)", ((m, v, f["params"]["depth"]) for m, v, _, _, _, f, _ in batch))
        many(
            "INSERT INTO version_libraries VALUES (?, ?, ?, ?, ?)",
            ((m, v, package, release, sort_key(release)) for m, v, _, _, _, f, _ in batch for package, release in f["libraries"].items()),
        )
        many("INSERT INTO version_datasets VALUES (?, ?, ?, 'training', 'data')", ((m, v, "sha256:" + "0" * 64) for m, v, *_ in batch))
        for m, v, _, _, _, f, _ in batch:
            body = json.dumps({"libraries": f["libraries"], "uses": f["uses"]}, sort_keys=True, separators=(",", ":"))
            one = needs.setdefault(body, [len(needs) + 1, 0])
            one[1] += 1
            needs_of.append((m, v, one[0]))
        many("INSERT INTO version_needs VALUES (?, ?, ?)", needs_of)
        needs_of.clear()
        batch.clear()

    for row in rows(count):
        batch.append(row)
        if len(batch) == 20_000:
            flush()
    flush()
    database.executemany("INSERT INTO needs VALUES (?, ?, ?)", ((number, body, versions) for body, (number, versions) in needs.items()))
    for _, statement in indexes:
        database.execute(statement)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def questions(name, chooser):
    def tag(number):
        return f"tags.t{number} = 'v{chooser.randrange(SPREAD[number])}'"

    metric = f"m{chooser.randrange(METRICS)}"
    return {
        "tag of 0.1 %, by metric": (tag(0), f"metrics.{metric} DESC"),
        "tag of 10 %, by metric": (tag(1), f"metrics.{metric} DESC"),
        "tag of 50 %, by metric": (tag(2), f"metrics.{metric} DESC"),
        "tag of 50 %, newest": (tag(2), ""),
        "metric in the top 0.1 %, by another": (f"metrics.{metric} > {0.999 + chooser.random() / 1e5:.7f}", "metrics.m0 DESC"),
        "tags of 10 % and 50 %, release, by metric": (
            f"{tag(1)} AND {tag(2)} AND library.scikit-learn >= '1.{chooser.randrange(3, 6)}'",
            f"metrics.{metric} DESC",
        ),
        "tag of 1 %, by metric": (tag(5), f"metrics.{metric} DESC"),
        "nothing fits": (f"{tag(2)} AND params.depth = 'none'", f"metrics.{metric} DESC"),
    }[name]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--data", type=Path, help="keep the data directory here, or use the one that is here")
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()

    with scratch() as folder:
        data = arguments.data or folder / "data"
        path = data / "assay.db"
        start = time.monotonic()
        if not path.is_file():
            server = Server(data)
            server.start()
            server.stop()
            fill(path, arguments.versions)
        filled = time.monotonic() - start
        size = os.path.getsize(path)
        figures = {"versions": arguments.versions, "fill_seconds": round(filled, 1), "database_bytes": size}
        table = []
        chooser = random.Random(SEED)
        with Server(data) as server:
            client = Client(server)

            def ask(target):
                begin = time.perf_counter()
                answer = client.request("GET", target)
                spent = time.perf_counter() - begin
                return spent, len(answer.must(200).json().get("items", []))

            floor = [ask("/v1/search?limit=1&filter=" + urllib.parse.quote("name = 'none'"))[0] for _ in range(50)]
            for name in (
                "tag of 0.1 %, by metric",
                "tag of 1 %, by metric",
                "tag of 10 %, by metric",
                "tag of 50 %, by metric",
                "tag of 50 %, newest",
                "metric in the top 0.1 %, by another",
                "tags of 10 % and 50 %, release, by metric",
                "nothing fits",
            ):
                times, items = [], 0
                for _ in range(arguments.queries):
                    condition, order = questions(name, chooser)
                    target = "/v1/search?limit=100&filter=" + urllib.parse.quote(condition) + ("&order_by=" + urllib.parse.quote(order) if order else "")
                    spent, items = ask(target)
                    times.append(spent * 1000)
                figures[name] = {"p50_ms": round(percentile(times, 0.5), 2), "worst_ms": round(max(times), 2), "items": items}
                table.append([name, f"{percentile(times, 0.5):.2f}", f"{max(times):.2f}", str(items)])
            environment = json.dumps({"implementation": "cpython", "packages": {"joblib": "1.5.1", "numpy": "2.3.1", "scikit-learn": "1.5.1"},
                                      "platform": "linux-x86_64", "python": "3.11.7"}, separators=(",", ":"))
            digest = "sha256:" + hashlib.sha256(environment.encode()).hexdigest()
            client.request("PUT", "/v1/environments/" + digest, environment.encode(), {"Content-Type": "application/json"}).must(200, 201)
            for name, target in (
                ("impact, whole registry", "/v1/impact?package=scikit-learn&release=1.7.{}"),
                ("runnable, whole registry", "/v1/runnable?limit=100&environment=" + digest + "&filter=" + urllib.parse.quote("version > ") + "{}"),
            ):
                times, items = [], 0
                for number in range(max(1, arguments.queries // 4)):
                    spent, items = ask(target.format(number))
                    times.append(spent * 1000)
                figures[name] = {"p50_ms": round(percentile(times, 0.5), 2), "worst_ms": round(max(times), 2), "items": items}
                table.append([name, f"{percentile(times, 0.5):.2f}", f"{max(times):.2f}", str(items)])
            figures["floor_ms"] = round(percentile([t * 1000 for t in floor], 0.5), 2)
            figures["rss_bytes"] = server.memory("VmRSS")
            figures["peak_bytes"] = server.memory("VmHWM")
        print_table(["question", "p50 ms", "worst ms", "answers"], table)
        print(f"floor {figures['floor_ms']} ms; database {size / 2**30:.2f} GiB; server {figures['rss_bytes'] / 2**20:.0f} MiB; filled in {filled:.0f} s")
        report("search", figures, arguments.json)


if __name__ == "__main__":
    main()
