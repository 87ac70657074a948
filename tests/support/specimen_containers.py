"""What a pickle is wrapped in: codecs, arrays, zips and folders, without the libraries that usually write them. Loads nothing."""

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib
from typing import Callable, Dict, Optional

LZ4_BLOCK = 4 * 1024 * 1024
MASK = 0xFFFFFFFF


def xxhash32(data: bytes) -> int:
    """The checksum of LZ4 frames, for the few bytes of a header."""
    primes = (2654435761, 2246822519, 3266489917, 668265263, 374761393)
    assert len(data) < 16
    total = (primes[4] + len(data)) & MASK
    while len(data) >= 4:
        total = (total + struct.unpack("<I", data[:4])[0] * primes[2]) & MASK
        total = ((total << 17 | total >> 15) & MASK) * primes[3] & MASK
        data = data[4:]
    for byte in data:
        total = (total + byte * primes[4]) & MASK
        total = ((total << 11 | total >> 21) & MASK) * primes[0] & MASK
    total = (total ^ total >> 15) * primes[1] & MASK
    total = (total ^ total >> 13) * primes[2] & MASK
    return total ^ total >> 16


def lz4_frame(data: bytes) -> bytes:
    """A valid frame whose blocks are stored: Python brings no LZ4 along, and a reader must take stored blocks as well."""
    header = bytes([0x60, 0x70])
    out = b"\x04\x22\x4d\x18" + header + bytes([xxhash32(header) >> 8 & 0xFF])
    for start in range(0, len(data), LZ4_BLOCK):
        block = data[start : start + LZ4_BLOCK]
        out += struct.pack("<I", len(block) | 0x80000000) + block
    return out + b"\0\0\0\0"


CODECS: Dict[str, Callable[[bytes], bytes]] = {
    "z": lambda data: zlib.compress(data, 3),
    "gz": lambda data: gzip.compress(data, 3, mtime=0),
    "bz2": lambda data: bz2.compress(data, 3),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "xz": lambda data: lzma.compress(data, lzma.FORMAT_XZ),
    "lz4": lz4_frame,
}


def npy(body: bytes, description: str = "'|O'", shape: str = "(1,)") -> bytes:
    """An array file: a header that ends on a multiple of 64, then the body (for objects: a pickle)."""
    header = f"{{'descr': {description}, 'fortran_order': False, 'shape': {shape}, }}".encode("latin-1")
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def numbers_npy() -> bytes:
    return npy(struct.pack("<4d", 1.0, 2.0, 3.0, 4.0), "'<f8'", "(4,)")


def zipped(members: Dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path), data, method)
    return file.getvalue()


def zip_with_a_model(pickle: bytes) -> bytes:
    return zipped({"model.pkl": pickle, "README.md": b"# A model\n"})


def torch_archive(pickle: bytes) -> bytes:
    members = {
        "model/data.pkl": pickle,
        "model/byteorder": b"little",
        "model/data/0": struct.pack("<4f", 1, 2, 3, 4),
        "model/version": b"3\n",
    }
    return zipped(members)


def skops_with_array(archive: bytes, array: bytes) -> Optional[bytes]:
    """A real skops file with one of its array members replaced; None when it has none."""
    with zipfile.ZipFile(io.BytesIO(archive)) as real:
        members = {info.filename: real.read(info) for info in real.infolist()}
    arrays = sorted(path for path in members if path.endswith(".npy"))
    if not arrays:
        return None
    members[arrays[0]] = array
    return zipped(members)


def skops_with_node(archive: bytes, node: dict, key: str) -> Optional[bytes]:
    """A real skops file whose outermost object has one more attribute; None when its outermost object has none."""
    with zipfile.ZipFile(io.BytesIO(archive)) as real:
        members = {info.filename: real.read(info) for info in real.infolist()}
    schema = json.loads(members["schema.json"])
    state = schema.get("content")
    if not isinstance(state, dict) or not isinstance(state.get("content"), dict):
        return None
    state["content"][key] = node
    state["key_types"]["content"].append({"__class__": "str", "__module__": "builtins", "__loader__": "TypeNode", "__id__": 7})
    members["schema.json"] = json.dumps(schema).encode()
    return zipped(members)


def mlflow_folder(pickle: bytes) -> Dict[str, bytes]:
    """The files of a model folder as MLflow writes them for scikit-learn."""
    description = """artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.6.1
mlflow_version: 2.22.0
model_uuid: 0123456789abcdef0123456789abcdef
"""
    environment = "python: 3.11.7\nbuild_dependencies:\n- pip==24.0\ndependencies:\n- -r requirements.txt\n"
    conda = "channels:\n- conda-forge\ndependencies:\n- python=3.11.7\n- pip\n- pip:\n  - mlflow==2.22.0\nname: mlflow-env\n"
    requirements = "mlflow==2.22.0\ncloudpickle==3.1.1\nscikit-learn==1.6.1\n"
    texts = {"MLmodel": description, "requirements.txt": requirements, "python_env.yaml": environment, "conda.yaml": conda}
    return {"model.pkl": pickle, **{path: text.encode() for path, text in texts.items()}}
