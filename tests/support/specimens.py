#!/usr/bin/env python3
"""Puts an attack into a real model file, in every kind of file and every place of it. Executes and loads nothing.

    specimens.py HOST --payload NAME [--container C] [--position P] --out FOLDER

HOST is the stem of a model of the benign corpus (`…/1.9.1/Pipeline_mixed_columns`): the same model as pickles, joblib and skops. The
result is a valid file but for the attack itself: frames, memo indices and the alignment of arrays are made anew.
"""

import argparse
import functools
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional

import payload_streams
import specimen_containers as containers
from payload_streams import Wrapping
from payloads import POSITIONS, Payload, catalogue
from pickle_assembler import Build, Call, Global, Raw, assemble
from pickle_parser import NotUnderstood, read_fragment, read_stream
from pickle_parts import Stream
from pickle_writer import write_stream
from specimen_places import PLACES, PLAIN_KEY, NoPlace, second_pickle, start_of

PICKLES = {f"pickle{protocol}": f"p{protocol}.pkl" for protocol in (0, 2, 3, 4, 5)}
PICKLES["cloudpickle"] = "cloudpickle.pkl"
JOBLIBS = ["joblib"] + [f"joblib.{codec}" for codec in containers.CODECS]
WRAPPED = ["npy", "npz", "zip", "torch", "mlflow", "skops-array", "skops-node"]
CONTAINERS = list(PICKLES) + JOBLIBS + WRAPPED
SUFFIXES = {"npy": "npy", "npz": "npz", "zip": "zip", "torch": "pt", "skops-array": "skops", "skops-node": "skops"}
HERE = b"<the model>"


@dataclass(frozen=True)
class Specimen:
    """files: path to bytes, `judged` the one to be inspected. marker: None where this container cannot show it."""

    name: str
    files: Dict[str, bytes]
    judged: str
    payload: Payload
    container: str
    position: str
    marker: Optional[str]

    def write(self, folder: Path) -> Path:
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder / self.judged


@functools.lru_cache(maxsize=64)
def read_host(path: Path) -> bytes:
    return path.read_bytes()


@functools.lru_cache(maxsize=64)
def parsed_host(path: Path) -> Stream:
    data = read_host(path)
    stream = read_stream(data)
    if stream.length != len(data):
        raise NotUnderstood(f"{path}: more than one pickle")
    return stream


def host_file(stem: Path, suffix: str) -> Path:
    path = stem.with_name(f"{stem.name}.{suffix}")
    if not path.exists():
        raise NoPlace(f"{path.name} is not in the corpus")
    return path


def check_sense(payload: Payload, position: str, protocol: int) -> None:
    if position not in payload.positions:
        raise NoPlace("the payload makes no sense there")
    if payload.least_protocol > max(protocol, 2):
        raise NoPlace("the payload needs a later protocol")


def infected(stream: Stream, payload: Payload, position: str) -> bytes:
    """The bytes of the model's stream with the payload in it."""
    check_sense(payload, position, stream.protocol)
    if payload.trick:
        return payload_streams.play(payload.trick, stream, payload)
    if position == "second":
        return write_stream(stream) + second_pickle(stream, payload)
    return write_stream(PLACES[position](stream, payload))


def in_an_array(stream: Stream, numpy_2: bool) -> Stream:
    """The pickle of an array of objects that holds the model and a text."""
    reconstruct = Global("numpy._core.multiarray" if numpy_2 else "numpy.core.multiarray", "_reconstruct")
    made = Call(reconstruct, (Global("numpy", "ndarray"), (0,), b"b"))
    dtype = Build(Call(Global("numpy", "dtype"), ("O8", False, True)), (3, "|", None, None, None, -1, -1, 63))
    around = assemble(Build(made, (1, (2,), dtype, False, [Raw(HERE), "model"])), stream.protocol).split(HERE)
    before, after = (read_fragment(data, space=3) for data in around)
    start = start_of(stream)
    return replace(stream, parts=stream.parts[:start] + before + stream.parts[start:-1] + after + stream.parts[-1:])


def array_pickle(stem: Path, payload: Payload, position: str) -> bytes:
    """The pickle behind the header of an array file: the attack in the model that the array holds, or beside it."""
    path = host_file(stem, "p4.pkl")
    host, numpy_2 = parsed_host(path), b"numpy._core" in read_host(path)
    if position in ("attribute", "end"):
        check_sense(payload, position, host.protocol)
        return write_stream(in_an_array(PLACES[position](host, payload), numpy_2))
    return infected(read_stream(write_stream(in_an_array(host, numpy_2))), payload, position)


def wrapping(stem: Path, payload: Payload, container: str, position: str) -> Wrapping:
    """What the container is filled with, and how."""
    array = functools.partial(containers.npy, shape="(2,)")
    if container in ("npy", "npz", "skops-array"):
        body = array_pickle(stem, payload, position)
        arrays: Dict[str, Callable[..., bytes]] = {
            "npy": array,
            "npz": lambda data: containers.zipped({"arr_0.npy": containers.numbers_npy(), "arr_1.npy": array(data)}),
            "skops-array": lambda data: in_skops(stem, array(data)),
        }
        return Wrapping(body, b"", second_pickle(parsed_host(host_file(stem, "p4.pkl")), payload), arrays[container])
    source = {"torch": "p2.pkl", "zip": "p4.pkl"}.get(container) or PICKLES.get(container, "joblib")
    host = parsed_host(host_file(stem, source))
    codec = containers.CODECS.get(container.partition(".")[2], bytes)
    zips: Dict[str, Callable[..., bytes]] = {"torch": containers.torch_archive, "zip": containers.zip_with_a_model}
    return Wrapping(infected(host, payload, position), write_stream(host), second_pickle(host, payload), zips.get(container, codec))


def in_skops(stem: Path, array: bytes) -> bytes:
    made = containers.skops_with_array(read_host(host_file(stem, "skops")), array)
    if made is None:
        raise NoPlace("the skops file has no array")
    return made


def bad_name(payload: Payload) -> Optional[str]:
    """The name that is an attack by itself; None where a harmless name is an attack only by what it is given."""
    sinks = [name for name in payload.names if name.startswith(("posix.", "os.", "subprocess."))]
    alone = payload.kind in ("call", "import", "file", "network", "load", "function") or payload.key
    return next(iter(sinks or (payload.names if alone else ())), None) if not payload.trick else None


def skops_node(stem: Path, payload: Payload, position: str) -> bytes:
    """skops names callables in its schema and not in opcodes; an attack there is a node."""
    bad = bad_name(payload)
    if position != "attribute" or bad is None:
        raise NoPlace("only a name can be put into a schema")
    module, _, attribute = bad.rpartition(".")
    node = {"__class__": attribute, "__module__": module, "__loader__": "FunctionNode", "__id__": 7}
    made = containers.skops_with_node(read_host(host_file(stem, "skops")), node, payload.key or PLAIN_KEY)
    if made is None:
        raise NoPlace("the outermost object has no state")
    return made


def build(stem: Path, payload: Payload, container: str, position: str) -> Specimen:
    """One specimen. Raises NoPlace when there is none of this kind."""
    label = f"{stem.parent.name}-{stem.name}-{container}-{position}"
    if container == "skops-node":
        return Specimen(label, {"model.skops": skops_node(stem, payload, position)}, "model.skops", payload, container, position, None)
    if payload.trick and not payload_streams.suits(payload.trick, container):
        raise NoPlace("the trick is not for this container")
    if container == "mlflow":
        data = infected(parsed_host(host_file(stem, "cloudpickle.pkl")), payload, position)
        files = {f"model/{path}": content for path, content in containers.mlflow_folder(data).items()}
        return Specimen(label, files, "model/model.pkl", payload, container, position, payload.marker)
    data = payload_streams.wrap(payload.trick or "", payload, wrapping(stem, payload, container, position))
    suffix = SUFFIXES.get(container) or ("pkl" if container in PICKLES else container)
    file = f"model.{payload_streams.suffix(payload.trick or '', suffix)}"
    return Specimen(label, {file: data}, file, payload, container, position, payload.marker)


def all_specimens(stems: List[Path], payloads: List[Payload], chosen: List[str], positions: List[str]) -> Iterator[Specimen]:
    """Every combination that there is."""
    for payload in payloads:
        for stem in stems:
            for container in chosen:
                for position in positions:
                    try:
                        yield build(stem, payload, container, position)
                    except NoPlace:
                        continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("--payload", required=True)
    parser.add_argument("--container", choices=CONTAINERS, default="joblib")
    parser.add_argument("--position", choices=POSITIONS, default="front")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    found = [one for one in catalogue() if one.name == options.payload]
    if not found:
        sys.exit(f"error: no payload is called {options.payload}; payloads.py lists them")
    try:
        print(build(options.host, found[0], options.container, options.position).write(options.out))
    except NoPlace as reason:
        sys.exit(f"error: there is no such specimen: {reason}")


if __name__ == "__main__":
    main()
