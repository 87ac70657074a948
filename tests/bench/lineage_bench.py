#!/usr/bin/env python3
"""Lineage queries of depth 10 in a graph of 100,000 edges.

    tests/bench/lineage_bench.py [--edges 100000] [--queries 300] [--json FILE]

Nine tenths of the edges are chains of ten data sets, each derived from the one before: the question "where does this come
from?" has ten answers. One tenth is a web of ten layers in which every data set has two parents: the same question reaches
hundreds. Every edge is recorded through POST /v1/lineage, cycle check included; that time is printed too.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, dial, exchange, in_threads, percentile, print_table, registration, report, request_bytes, scratch  # noqa: E402

DEPTH, CLIENTS, SEED = 10, 16, 20261123


def dataset(name):
    return "dataset:sha256:" + hashlib.sha256(name.encode()).hexdigest()


def build(edges, origin):
    """Edges by layer, upstream first: [[(from, to)]], and the leaves of the chains and of the web."""
    layers = [[] for _ in range(DEPTH)]
    chains = max(1, edges * 9 // 10 // DEPTH)
    for chain in range(chains):
        for level in range(DEPTH):
            layers[level].append((origin if level == 0 else dataset(f"chain-{chain}-{level - 1}"), dataset(f"chain-{chain}-{level}")))
    width = max(2, (edges - chains * DEPTH) // (2 * DEPTH - 1))
    chooser = random.Random(SEED)
    for level in range(DEPTH):
        for node in range(width):
            parents = [origin] if level == 0 else [dataset(f"web-{level - 1}-{parent}") for parent in chooser.sample(range(width), 2)]
            layers[level] += [(parent, dataset(f"web-{level}-{node}")) for parent in parents]
    layers[0] += [(origin, dataset(f"rest-{number}")) for number in range(edges - sum(map(len, layers)))]
    return layers, [dataset(f"chain-{chain}-{DEPTH - 1}") for chain in range(chains)], [dataset(f"web-{DEPTH - 1}-{node}") for node in range(width)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()

    with scratch() as folder, Server(folder / "data") as server:
        client = Client(server)
        client.send_json("POST", "/v1/models/origin/versions", registration({"model.bin": client.put_blob(b"the origin")})).must(201)
        layers, chain_leaves, web_leaves = build(arguments.edges, "version:origin@1")
        total = sum(map(len, layers))

        start = time.monotonic()
        for layer in layers:  # a layer when the one above it is recorded
            def work(index, layer=layer):
                connection = dial(server)
                for source, target in layer[index::CLIENTS]:
                    body = json.dumps({"from": source, "to": target, "relation": "derived", "name": target[-8:]}).encode()
                    status, answer = exchange(connection, request_bytes("POST", "/v1/lineage", body, {"Content-Type": "application/json"}))
                    if status not in (200, 201, 204):
                        raise RuntimeError(f"HTTP {status}: {answer[:500]!r}")
                connection.close()
            in_threads(CLIENTS, work)
        seconds = time.monotonic() - start
        print(f"{total} edges recorded in {seconds:.1f} s: {total / seconds:.0f} per s with {CLIENTS} clients")

        chooser, rows, figures = random.Random(SEED), [], {"edges": total, "recorded_per_s": total / seconds, "queries": {}}
        for name, leaves in (("chain", chain_leaves), ("web", web_leaves)):
            times, nodes, found = [], 0, 0
            for _ in range(arguments.queries):
                target = f"/v1/lineage?of={chooser.choice(leaves)}&direction=up&depth={DEPTH}"
                begin = time.monotonic()
                answer = client.request("GET", target).must(200)
                times.append((time.monotonic() - begin) * 1000)
                graph = answer.json()
                nodes, found = max(nodes, len(graph["nodes"])), max(found, len(graph["edges"]))
                if name == "chain" and not any(node["id"] == "version:origin@1" for node in graph["nodes"]):
                    sys.exit("error: a chain of ten does not lead back to its origin")
            rows.append([f"up from a {name}", nodes, found, percentile(times, 0.5), percentile(times, 0.99), max(times)])
            figures["queries"][name] = {"nodes": nodes, "edges": found, "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99), "max_ms": max(times)}
        client.close()
        print_table([f"depth {DEPTH}, {total} edges", "nodes", "edges", "p50 ms", "p99 ms", "max ms"], rows)
        report("lineage", figures, arguments.json)


if __name__ == "__main__":
    main()
