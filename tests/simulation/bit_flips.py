#!/usr/bin/env python3
"""Flips one bit of a stored blob, asks for it in three ways, heals it, and again: a wrong byte must never be served.

    tests/simulation/bit_flips.py [--flips 500] [--seed N] [--json FILE]

Each flip is tried three times on a healthy blob: by a fetch of the whole file, by a range around the damage, and by fsck. A fetch may
be refused, or be cut after bytes that are right; a second fetch must say `blob-corrupt`. A range beside the damage must be right
or refused. fsck must name the blob. Then the good bytes are uploaded again, and the file must be served again.
"""

import argparse
import json
import os
import random
import stat
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from assay_process import Client, Server, digest_of, random_text, registration, report, scratch  # noqa: E402

MIB = 1 << 20
SIZES = (1, 4096, MIB - 1, MIB, MIB + 1, 2 * MIB + 12345)


def flip(path, offset, bit):
    path.chmod(path.stat().st_mode | stat.S_IWUSR)
    with open(path, "r+b", buffering=0) as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ (1 << bit)]))
        os.fsync(file.fileno())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--json", help="write the figures here too")
    arguments = parser.parse_args()
    chooser, problems = random.Random(arguments.seed), []
    detected = {"fetch": 0, "range": 0, "fsck": 0}
    served_wrong = 0
    start = time.monotonic()

    with scratch() as folder, Server(folder / "data") as server:
        client = Client(server)
        contents = {f"blob-{size}.bin": random_text(chooser, size) for size in SIZES}
        digests = {name: client.put_blob(content) for name, content in contents.items()}
        client.send_json("POST", "/v1/models/m/versions", registration(digests)).must(201)
        stored = {}
        for name, digest in digests.items():
            hexadecimal = digest.split(":")[1]
            path = folder / "data" / "blobs" / hexadecimal[:2] / hexadecimal
            if not path.is_file():
                sys.exit(f"error: {path} is not where {digest} is kept (docs/formats.md)")
            stored[name] = path

        def get(name, wanted_range=None):
            headers = {"Assay-Environment": "none"}
            if wanted_range:
                headers["Range"] = "bytes={}-{}".format(*wanted_range)
            return client.request("GET", f"/v1/models/m/versions/1/files/{name}", headers=headers)

        def right(answer, expected):
            """Whether the answer shows no wrong byte; a cut one must be a beginning of what is right."""
            return answer.status not in (200, 206) or (answer.body == expected if answer.complete else expected.startswith(answer.body))

        def refused(answer):
            return answer.status not in (200, 206) or not answer.complete

        def heal(name):
            client.put_blob(contents[name])
            answer = get(name)
            return answer.status == 200 and answer.body == contents[name]

        for number in range(arguments.flips):
            name = chooser.choice(list(contents))
            content, path = contents[name], stored[name]
            offset, bit = chooser.randrange(len(content)), chooser.randrange(8)
            where = f"flip {number}: {name}, byte {offset}, bit {bit}"
            for way in detected:
                flip(path, offset, bit)
                if way == "fetch":
                    answer = get(name)
                    found = refused(answer)
                    served_wrong += not right(answer, content)
                    again = get(name)
                    served_wrong += not right(again, content)
                    if again.status in (200, 206) or again.json().get("code") != "blob-corrupt":
                        problems.append(f"{where}: the second fetch was answered {again.status}: {again.body[:200]!r}")
                elif way == "range":
                    first = max(0, offset - chooser.randrange(1000))
                    last = min(len(content) - 1, offset + chooser.randrange(1000))
                    answer = get(name, (first, last))
                    found = refused(answer)
                    served_wrong += not right(answer, content[first:last + 1])
                else:
                    answer = client.send_json("POST", "/v1/fsck", {"repair": False})
                    text = answer.must(200).body.decode()
                    found = digests[name] in text or digests[name].split(":")[1] in text
                    other = [one for one in digests.values() if one != digests[name] and one in text]
                    if other:
                        problems.append(f"{where}: fsck names blobs that are whole: {other}")
                if found:
                    detected[way] += 1
                else:
                    problems.append(f"{where}: not detected by {way}")
                if not heal(name):
                    sys.exit(f"error: {where}: after {way} the good bytes were uploaded again and are not served; wrong bytes served {served_wrong} times\n{server.log.read_text(errors='replace')[-3000:]}")
        report_text = client.send_json("POST", "/v1/fsck", {"repair": False}).must(200).body.decode()
        if any(digest in report_text for digest in digests.values()):
            problems.append(f"after everything was healed fsck still complains: {report_text[:1000]}")
        client.close()

    for problem in problems[:50]:
        print(problem)
    print(f"{arguments.flips} flips, seed {arguments.seed}: detected by fetch {detected['fetch']}, by range {detected['range']}, by fsck {detected['fsck']}; "
          f"wrong bytes served {served_wrong} times; {time.monotonic() - start:.1f} s")
    report("bit_flips", {"flips": arguments.flips, "seed": arguments.seed, "detected": detected, "served_wrong": served_wrong, "problems": len(problems)}, arguments.json)
    sys.exit(1 if problems or served_wrong else 0)


if __name__ == "__main__":
    main()
