#!/usr/bin/env python3
"""Writes what the `packaging` library says about releases and specifiers into the tables beside this script.

    pip install packaging==26.3 && python3 tests/data/pep440/generate.py

The tables are what registry/release.* and registry/specifiers.* must agree with, row by row. Texts are written as JSON
strings without their quotes, so that spaces and characters beyond ASCII survive. Seeded: the same library gives the same bytes.
"""
import json
import random
import re
from pathlib import Path

import packaging
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

HERE = Path(__file__).parent
random.seed(440)

NUMBERS = ["0", "1", "1", "2", "3", "9", "10", "00", "01", "2024", "18446744073709551615"]
FAMILY = ["1", "1.0", "1.0.0", "1.1", "1.2", "1.2.0", "1.2.3", "1.10", "2", "0", "0.0", "0.9", "1.0.1", "1.2.3.4", "2024.1"]
SPACES = [" ", "\t", "\n", "\u00a0", "\u2003", "\x1c", "\u3000", "  "]
SEPARATORS = ["", ".", "-", "_"]


def number(small):
    return random.choice(["", "0", "1", "1", "2", "01"]) if small else random.choice([""] + NUMBERS)


def version(small=True, local=True, decorated=False):
    parts = ["v" if decorated and random.random() < 0.1 else ""]
    if random.random() < 0.15:
        parts.append(random.choice(["0!", "1!", "1!", "2!", "01!"]))
    if small or random.random() < 0.5:
        parts.append(random.choice(FAMILY))
    else:
        parts.append(".".join(random.choice(NUMBERS) for _ in range(random.randint(1, 6))))
    separator = lambda: random.choice(SEPARATORS)
    if random.random() < 0.35:
        parts.append(separator() + random.choice(["a", "b", "rc", "c", "alpha", "beta", "pre", "preview"]) + separator() + number(small))
    if random.random() < 0.35:
        parts.append(random.choice(["-1", "-0", "-2"]) if random.random() < 0.3 else
                     separator() + random.choice(["post", "rev", "r"]) + separator() + number(small))
    if random.random() < 0.3:
        parts.append(separator() + "dev" + separator() + number(small))
    if local and random.random() < 0.2:
        parts.append("+" + random.choice(["abc", "1", "abc.1", "1.abc", "ubuntu-1", "01", "ABC_1", "cu118", "0"]))
    text = "".join(parts)
    if decorated and random.random() < 0.15:
        text = text.upper()
    if decorated and random.random() < 0.15:
        text = random.choice(SPACES) + text + random.choice(SPACES)
    return text


def parsed(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


def mutated(text):
    for _ in range(random.randint(1, 2)):
        at = random.randint(0, len(text))
        kind = random.random()
        if kind < 0.4:
            text = text[:at] + random.choice(list(".-_+!vabcrdepost*1 ~=,;)\u0661\u0131\u00df")) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + 1:]
        else:
            text = text[:at] + text[at:] + text[at - 1:at]
    return text


def clause():
    operator = random.choice(["==", "!=", "<=", ">=", "<", ">", "~=", "==", "<", ">", "==", "!="])
    kind = random.random()
    if operator in ("==", "!=") and kind < 0.4:
        text = random.choice(["", "", "", "1!", "0!"]) + random.choice(FAMILY) + ".*"
    else:
        text = version(local=operator in ("==", "!="))
    if random.random() < 0.02:
        operator, text = "===", version()
    return operator + random.choice(["", "", "", " "]) + text


def specifier():
    count = random.choice([0, 1, 1, 1, 1, 1, 1, 2, 2, 3])
    return random.choice([",", ",", ", ", " , "]).join(clause() for _ in range(count))


def spelled(text):
    return json.dumps(text, ensure_ascii=False)[1:-1]


def write(name, header, rows):
    lines = [f"# {header} Made by generate.py with packaging {packaging.__version__}."]
    lines += ["\t".join(row) for row in rows]
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(rows)} rows, {(HERE / name).stat().st_size} bytes")


def normalisations():
    texts = ["1.0", "v1.0", "V1.0", "1.0-1", "1.0-", "1.0post-", "1.0a-", "1.0a--1", "1.0a-dev1", "1.0a-1-1", "1.0.post1-1", "1.0.", ".1",
             "", " ", "v", "1..0", "1!", "!1", "1!2!3", "1.0+", "1.0+a..b", "1.0+a-", "1.0+-a", "1.0+a+b", "1.0 a1", "v 1.0", "vv1", "1,0",
             "\u0661.0", "1.\u0660", "1.0+\u0661", "1.0+abc\u00e9", "\u00b2", "1.0dev1post1", "1.0post1a1", "1.0.dev1.dev2", "1.0p1", "1.0alph",
             "1.0rc1c1", "0", "00.00", "1.0.0.0.0", "1e5", "0x1", "1.0.*", "latest", "1.0+ubuntu-1.2_3", "1.0_1", "1.0.1-1.dev", "1-a-1-r-1-dev-1",
             "1.0\u017f", "1.0poſt1", "18446744073709551615", "1\n", "\u00a01.0\u2003", "1\u200b"]
    while len(texts) < 3900:
        text = version(small=random.random() < 0.5, decorated=True)
        texts.append(mutated(text) if random.random() < 0.3 else text)
    rows = []
    for text in dict.fromkeys(texts):
        found = parsed(text)
        if found is not None and any(int(digits) >= 2**64 for digits in re.findall("[0-9]+", text)):
            continue  # Assay keeps 64 bits
        rows.append((spelled(text), "invalid" if found is None else spelled(str(found))))
    write("releases.tsv", "text → canonical spelling, or `invalid`.", rows)


def orderings():
    rows = {}
    while len(rows) < 3600:
        a, b = version(), version()
        rows[(a, b)] = "<" if Version(a) < Version(b) else ">" if Version(a) > Version(b) else "="
    write("orderings.tsv", "release, order, release.", [(spelled(a), order, spelled(b)) for (a, b), order in rows.items()])


def memberships():
    invalid = ["1.0", "=1.0", "==", ">=", "~=1", "~=1.0.*", ">=1.*", "<1.0+abc", ">=1.0+a", "~=1.0+a", "==1.0a1.*", "==1.0.post1.*", "==1.0+a.*", "==*",
               "==.*", "==1.*.*", "== 1 .*", "=>1", "><1", "!1", ">=1 <2", ">=1;<2", "===1 2", "===1)", "==1.0-1.*", "==1.0.dev1.*", "<>1", "~1.0",
               ">= v 1", "==1!.*", "==v1.*.1", "≥1", ">=\u0661"]
    valid = ["", ",", ">=1,,<2", ",>=1", "===", "===foobar", "=== 1.0", "====1", "==v1.0", ">= v1.0", "==v1.*", ">=1\u00a0,<2", "~=0!1.0", "<0.dev0",
             "<0", "==18446744073709551615.*", "~=1.18446744073709551615.1", ">1.dev18446744073709551615", ">1.post18446744073709551615"]
    candidates = ["1.0", "1.0+abc", "foobar", "FooBar", "", "=1", "0", "0.dev0", "18446744073709551615", "1.0a1", "1!1.0", "1.18446744073709551615.2",
                  "1.0.dev1", "1.post18446744073709551615+a", "1.dev18446744073709551615+a", "v1.0"]
    rows = {}
    for text in valid:
        for candidate in candidates:
            rows[(text, candidate, "any")] = None
            rows[(text, candidate, "final")] = None
    while len(rows) < 7500:
        text = specifier()
        try:
            accepted = SpecifierSet(text)
        except InvalidSpecifier:
            continue
        for _ in range(4):
            candidate = version(decorated=random.random() < 0.2)
            if random.random() < 0.3 and text:  # close to the boundary
                candidate = text.split(",")[0].strip().lstrip("=!<>~ ").replace(".*", "") + random.choice(["", ".dev0", ".post1", "+abc", "a1", ".0", ".1"])
            held = accepted.contains(candidate, True)
            if not held and len(rows) % 2 and random.random() < 0.5:
                continue  # keep the two answers in balance
            rows[(text, candidate, random.choice(["any", "any", "final"]))] = None
    out = []
    for text, candidate, policy in rows:
        held = SpecifierSet(text).contains(candidate, None if policy == "any" else False)
        out.append((spelled(text), spelled(candidate), policy, "in" if held else "out"))
    refused = list(invalid)
    while len(refused) < 700:
        text = mutated(clause())
        try:
            SpecifierSet(text)
        except InvalidSpecifier:
            refused.append(text)
    for text in dict.fromkeys(refused):
        try:
            SpecifierSet(text)
        except InvalidSpecifier:
            out.append((spelled(text), "", "any", "invalid"))
    write("specifiers.tsv", "specifier, release, pre-releases (any, final), answer (in, out, invalid).", out)


normalisations()
orderings()
memberships()
