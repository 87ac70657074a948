"""The command line. Data on stdout, messages on stderr, exit codes as documented in docs/formats.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import warnings
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

from . import __version__
from ._client import Client
from ._dataset import ROLES, describe
from ._environment import capture, environment_of
from ._lock import DEFAULT
from ._reference import is_digest
from .errors import AssayError, AssayWarning, UsageError, refused


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(message, code="usage", fix=[f"see {self.prog} --help"])


def main(arguments: Optional[Sequence[str]] = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words  # may stand anywhere
    words = [word for word in words if word != "--json"]
    try:
        options = _parser().parse_args(words)
        with warnings.catch_warnings(), _notes_on_stderr(), Client(options.url, options.consumer) as client:
            warnings.simplefilter("always", AssayWarning)
            warnings.showwarning = _show_warning
            answer = options.run(client, options)
    except AssayError as error:
        if as_json:
            print(json.dumps(error.to_json(), ensure_ascii=False))
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    code = answer.pop("exit_code", 0)
    text = answer.pop("text", "")
    if as_json:
        text = json.dumps(answer.get("json"), ensure_ascii=False)
    try:
        if text:
            print(text, flush=True)
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code)


@contextlib.contextmanager
def _notes_on_stderr() -> Iterator[None]:
    """What the package logs is a message to the person at the terminal."""
    log, handler = logging.getLogger("assay"), logging.StreamHandler(sys.stderr)
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before)


def _show_warning(message: Any, category: Any, *_: Any, **__: Any) -> None:
    print(f"warning: {message}" if issubclass(category, AssayWarning) else f"warning: {category.__name__}: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m assay",
        description="Client of the Assay model registry.",
        epilog="exit codes: 0 ok, 1 other, 2 usage, 3 not found, 4 incompatible, 5 integrity, 6 unsafe, 7 permission, 8 conflict, "
        "9 prediction differs, 10 network. --json, anywhere, prints JSON.",
    )
    parser.add_argument("--version", action="version", version=f"assay {__version__} (Python)")
    parser.set_defaults(url=None, consumer=None)
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def command(name: str, run: Callable[[Client, Any], Dict[str, Any]], about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.add_argument("--url", metavar="URL", help="of the server (default: ASSAY_URL, assay.toml, http://127.0.0.1:8080)")
        made.add_argument("--consumer", metavar="NAME[@HOST]", help="who asks (default: the user at this host)")
        made.set_defaults(run=run)
        return made

    def environment(made: argparse.ArgumentParser, default: str = "auto") -> None:
        made.add_argument(
            "--environment",
            default=default,
            metavar="FILE|auto|none",
            help="what the version is to be loaded in (default: this interpreter)",
        )

    push = command("push", _push, "Register a trained model.")
    push.add_argument("name")
    push.add_argument("path", help="of a file or folder")
    push.add_argument("--metric", action="append", default=[], metavar="NAME=VALUE[@DATASET]")
    push.add_argument("--dataset", action="append", default=[], metavar="ROLE=PATH|NAME@DIGEST")
    push.add_argument("--trained-at", metavar="TIME", help="RFC 3339")
    environment(push)
    push.add_argument("--uses", action="append", metavar="PACKAGE")
    push.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    push.add_argument("--sample", metavar="FILE", help="a sample.json")
    push.add_argument("--parent", action="append", default=[], metavar="NAME@V[:RELATION]")
    push.add_argument("--run", dest="run_id", metavar="ID")
    push.add_argument("--tag", action="append", default=[], metavar="KEY=VALUE")
    push.add_argument("--alias", action="append", default=[])
    push.add_argument("--description", default="")
    push.add_argument("--if-changed", action="store_true")

    fetch = command("fetch", _fetch, "Bring the files of a version into a folder.")
    fetch.add_argument("ref")
    fetch.add_argument("-o", "--output", required=True, metavar="DIR")
    environment(fetch)
    fetch.add_argument("--locked", action="store_true", help=f"exactly what {DEFAULT} says")
    fetch.add_argument("--lock", dest="lock_file", default=DEFAULT, metavar="FILE")
    fetch.add_argument("--force", action="store_true", help="replace files that are there with other bytes")

    load = command("load", _load, "Load a version and replay its sample; exit 0 when it predicts as it did.")
    load.add_argument("ref")
    environment(load)
    load.add_argument("--verify", choices=("strict", "warn", "off"), default="strict")
    load.add_argument("--file", metavar="PATH", help="which model, when the version has several")

    check = command("check", _check, "May this version be loaded in this environment?")
    check.add_argument("ref")
    environment(check)

    lock = command("lock", _lock, f"Write what references mean now to {DEFAULT}.")
    lock.add_argument("ref", nargs="*", help="without any, everything in the lock file is resolved again")
    lock.add_argument("-o", "--output", dest="lock_file", default=DEFAULT, metavar="FILE")

    verify = command("verify", _verify, f"Check what was fetched against {DEFAULT}.")
    verify.add_argument("lock_file", nargs="?", default=DEFAULT, metavar="LOCK")
    verify.add_argument("--offline", action="store_true", help="do not ask the server")

    command("env", _env, "Print this interpreter's environment as JSON.")
    return parser


def _split(text: str, what: str) -> List[str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"'{text}' is not {what}", code="usage")
    return [name, value]


def _metric(text: str) -> Dict[str, Any]:
    name, value = _split(text, "NAME=VALUE[@DATASET]")
    number, at, dataset = value.partition("@")
    return {"name": name, "value": number, **({"dataset": dataset} if at else {})}


def _dataset(text: str) -> Dict[str, Any]:
    role, value = _split(text, "ROLE=PATH or ROLE=NAME@DIGEST")
    name, at, digest = value.rpartition("@")
    if at and is_digest(digest.replace("ds1:", "", 1) if digest.startswith("ds1:") else digest):
        if role not in ROLES:
            raise UsageError(f"'{role}' is not the role of a dataset", code="invalid-role", fix=[f"one of {', '.join(ROLES)}"])
        return {"role": role, "name": name, "table_digest" if digest.startswith("ds1:") else "digest": digest}
    return describe(value, role=role)


def _push(client: Client, options: Any) -> Dict[str, Any]:
    version = client.push(
        options.name,
        options.path,
        metrics=[_metric(text) for text in options.metric],
        datasets=[_dataset(text) for text in options.dataset],
        trained_at=options.trained_at,
        environment=options.environment,
        uses=options.uses,
        sample=options.sample,
        parents=options.parent,
        params=dict(_split(text, "NAME=VALUE") for text in options.param),
        run=options.run_id,
        aliases=options.alias,
        tags=dict(_split(text, "KEY=VALUE") for text in options.tag),
        description=options.description,
        if_changed=options.if_changed,
    )
    return {"text": f"{version.ref} {version.digest}", "json": version.to_json()}


def _fetch(client: Client, options: Any) -> Dict[str, Any]:
    found = client.fetch(
        options.ref, options.output, options.environment, locked=options.lock_file if options.locked else None, force=options.force
    )
    print(f"fetched {found.ref} ({found.digest})", file=sys.stderr)
    return {"text": "\n".join(map(str, found.files)), "json": found.to_json()}


def _load(client: Client, options: Any) -> Dict[str, Any]:
    estimator = client.load(options.ref, options.environment, options.verify, file=options.file)
    kind = f"{type(estimator).__module__}.{type(estimator).__qualname__}"
    return {"text": kind, "json": {"ref": options.ref, "estimator": kind, "verify": options.verify}}


def _check(client: Client, options: Any) -> Dict[str, Any]:
    verdict = client.check(options.ref, options.environment)
    if not verdict:
        problem = refused(verdict)
        print(f"error: {problem}", file=sys.stderr)
        return {"json": verdict, "text": str(verdict.verdict), "exit_code": problem.exit_code}
    for warning in verdict.warnings:
        print(f"warning: {warning.get('because') or warning.get('package')}", file=sys.stderr)
    return {"json": verdict, "text": str(verdict.verdict)}


def _lock(client: Client, options: Any) -> Dict[str, Any]:
    made = client.lock(options.ref or None, options.lock_file)
    return {"text": "\n".join(f"{m.name}{m.requested} = {m.name}@{m.version} {m.digest}" for m in made.models), "json": made.to_json()}


def _verify(client: Client, options: Any) -> Dict[str, Any]:
    found = client.verify(options.lock_file, offline=options.offline)
    for one in found:
        for note in one.notes:
            print(f"note: {note}", file=sys.stderr)
    lines = [f"{one.name}{one.requested} = {one.name}@{one.version}: {one.files} files in {one.where}" for one in found]
    return {"text": "\n".join(lines), "json": [one.to_json() for one in found]}


def _env(client: Client, options: Any) -> Dict[str, Any]:
    captured = environment_of("auto") or capture()
    return {"text": json.dumps(captured, indent=2), "json": captured}
