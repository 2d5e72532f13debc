"""Damages files of models in many ways and loads them: every load must end in a model or in a ValueError, soon.

    python tools/fuzz_files.py --seconds 60 [--seed 1] [--keep FOLDER] [--report FILE] FILE...

Counts what came out. A crash, another exception, a load of more than two seconds, more than 200 MB, or anything that
runs code or opens the network is a failure: the file is kept, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import io
import json
import os
import pathlib
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import warnings
import zipfile

from keras._jax import reader_process

SECONDS = 2.0
MEMORY = 200 * 2**20
FORBIDDEN = (
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect", "socket.getaddrinfo",
    "pickle.find_class", "marshal.loads", "marshal.load", "os.remove", "os.rename", "shutil.rmtree",
)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 7, 255, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 10**30, 0.5, -1e300, 1e308)
TEXTS = ("", "../../etc/passwd", "/etc/passwd", "os", "os.system", "__main__", "builtins", "eval", "keras.utils",
         "keras.callbacks", "get_file", "Lambda", "Dense", "Functional", "__lambda__", "__numpy__", "float32",
         "\0")  # fmt: skip


class Forbidden(BaseException):
    """Something that no load may do."""


class Slow(BaseException):
    """A load that takes too long."""


class Watch:
    """Looks on while a file is loaded."""

    on = False

    def __init__(self):
        self._temporary = tempfile.gettempdir()  # finding it out takes a lock that a load may hold
        sys.addaudithook(self.hook)
        signal.signal(signal.SIGPROF, self.alarm)
        signal.signal(signal.SIGALRM, self.alarm)

    def hook(self, event, args):
        """Stops what is forbidden."""
        if not self.on:
            return
        if event == "open" and "etc/passwd" in str(args[0]):  # as `TEXTS` asks for
            self.on = False
            raise Forbidden(f"{event} {args!r}"[:200])
        if not event.startswith(FORBIDDEN):
            return
        if event == "subprocess.Popen" and list(args[1]) == reader_process.command():
            return  # tries a program for us
        # temporary files, and folders for assets, are our own
        own = event in ("os.remove", "shutil.rmtree") and str(args[0]).startswith(self._temporary + os.sep)
        own |= event == "os.remove" and args[1] != -1  # inside such a folder, which rmtree was asked for before
        if not own and "importlib" not in sys._getframe(1).f_code.co_filename:
            self.on = False
            raise Forbidden(f"{event} {args!r}"[:200])

    def alarm(self, *_):
        """Stops what takes too long."""
        raise Slow(f"more than {SECONDS} seconds")


def mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled, or cut off."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not found:
            break
        at = chance.randrange(len(found))
        kind = chance.randrange(7)
        if kind == 0:
            found[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            found[at] = chance.randrange(256)
        elif kind == 2:
            found[at : at + 8] = struct.pack("<Q", chance.choice((0, 1, 2**64 - 1, len(data), at, 2**32, 96, 2**63)))
        elif kind == 3:
            del found[at : at + chance.randrange(1, 64)]
        elif kind == 4:
            found[at:at] = found[at : at + chance.randrange(1, 64)]
        elif kind == 5:
            other = chance.randrange(len(found))
            found[at : at + 8] = found[other : other + 8]
        else:
            del found[at:]
    return bytes(found)


def mutated_json(value, chance: random.Random):
    """A config with one value changed, removed, doubled or put elsewhere."""
    places = []

    def walk(x):
        for key in list(x) if isinstance(x, dict) else range(len(x)):
            places.append((x, key))
            if isinstance(x[key], (dict, list)):
                walk(x[key])

    walk(value)
    for _ in range(chance.choice((1, 1, 2, 5))):
        owner, key = chance.choice(places)
        kind = chance.randrange(7)
        try:
            if kind == 0:
                owner[key] = chance.choice(NUMBERS)
            elif kind == 1:
                owner[key] = chance.choice(TEXTS)
            elif kind == 2:
                other, name = chance.choice(places)
                owner[key] = other[name]
            elif kind == 3:
                del owner[key]
            elif kind == 4:
                owner[key] = chance.choice((None, True, [], {}, [[]], {"class_name": "Lambda", "config": {}}))
            elif kind == 5 and isinstance(owner[key], list):
                owner[key] = owner[key] * chance.choice((2, 50))
            else:
                inner = owner[key]
                for _ in range(chance.choice((1, 30, 300))):
                    inner = [inner]
                owner[key] = inner
        except (KeyError, IndexError):
            continue
    return value


def mutated_hdf5(data: bytes, chance: random.Random) -> bytes:
    """An HDF5 file, still well-formed, with an attribute, an array or a link changed."""
    import h5py
    import numpy as np

    file = io.BytesIO(data)
    with h5py.File(file, "r+") as root:
        places: list[str] = []
        root.visit(places.append)
        place = chance.choice(["/", *places])
        thing = root[place]
        names = list(thing.attrs)
        if names and chance.random() < 0.6:
            name = chance.choice(names)
            value = thing.attrs[name]
            if name.endswith("_config") and chance.random() < 0.9:
                text = value.decode() if isinstance(value, bytes) else value
                new = json.dumps(mutated_json(json.loads(text), chance))
            else:
                new = chance.choice(
                    (1, -1.5, "", "x" * 300, [b"a", b"a"], [1, 2], np.zeros((2, 2)), h5py.Empty("f4"), value)
                )
            with contextlib.suppress(TypeError, OSError, ValueError, OverflowError):
                thing.attrs[name] = new
        elif place != "/":
            owner, key = thing.parent, place.rpartition("/")[2]
            del owner[key]
            kind = chance.randrange(7)
            if kind == 0:
                owner[key] = root[chance.choice([p for p in ["/", *places] if not p.startswith(place)])]
            elif kind == 1:
                owner[key] = chance.choice((h5py.SoftLink("/"), h5py.ExternalLink("/etc/passwd", "/")))
            elif kind == 2:
                shape = chance.choice(((), (0,), (3, 4), (2**20, 2**20), (2**40, 0), (1,) * 20))
                owner.create_dataset(
                    key, shape, chance.choice(("f4", "f8", "i1", ">f4", "f2", "?")), chunks=bool(shape) or None
                )
            elif kind == 3:
                owner.create_dataset(
                    key, data=np.zeros((3, 4), "f4"), compression=chance.choice(("gzip", "lzf")), shuffle=True
                )
            elif kind == 4:
                owner.create_dataset(key, data=chance.choice(("text", np.zeros(3, "c8"), np.zeros(2, "f4,i2"))))
            elif kind == 5:
                owner.create_group(key).attrs["weight_names"] = [b"../x", b"a/b"]
    return file.getvalue()


def mutated_header(data: bytes, chance: random.Random) -> bytes:
    """A safetensors file with a header changed."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    if "keras_config" in header["__metadata__"] and chance.random() < 0.6:
        config = json.loads(header["__metadata__"]["keras_config"])
        header["__metadata__"]["keras_config"] = json.dumps(mutated_json(config, chance))
    else:
        header = mutated_json(header, chance)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One damaged copy of a file."""
    try:
        if data[:4] == b"\x89HDF" and chance.random() < 0.6:
            return mutated_hdf5(data, chance)
        if data[8:9] == b"{" and chance.random() < 0.7:
            return mutated_header(data, chance)
    except (ValueError, KeyError, RuntimeError, OSError, IndexError, RecursionError):
        return mutated_bytes(data, chance)
    if data[:2] != b"PK" or chance.random() < 0.2:
        return mutated_bytes(data, chance)
    members = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    name = chance.choice(list(members))
    if name.endswith(".json") and chance.random() < 0.8:
        try:
            members[name] = json.dumps(mutated_json(json.loads(members[name]), chance)).encode()
        except (ValueError, RecursionError):
            members[name] = mutated_bytes(members[name], chance)
    else:
        members[name] = (mutated if name.endswith(".h5") else mutated_bytes)(members[name], chance)
    if chance.random() < 0.1:
        members[chance.choice(("../evil", "/evil", "a/../../b", "assets/x", "C:\\x"))] = b"x"
    found = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(found, "w", chance.choice((0, zipfile.ZIP_DEFLATED))) as archive:
        warnings.simplefilter("ignore")
        for name, content in members.items():
            archive.writestr(name, content)
            if chance.random() < 0.02:
                archive.writestr(name, content)
    return found.getvalue()


def peak(anew: bool = False) -> int:
    """The most memory that this process had, in bytes; `anew` counts from what it has now, where the system can."""
    try:
        if anew:
            pathlib.Path("/proc/self/clear_refs").write_text("5")
        found = pathlib.Path("/proc/self/status").read_bytes().partition(b"VmHWM:")[2].split()[0]
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(found) * 1024


def outcome(watch: Watch, load, data: bytes) -> str:
    """'loaded', 'refused', or what went wrong."""
    before = peak(anew=True)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of computing: other programs may keep the machine busy
    signal.setitimer(signal.ITIMER_REAL, 300 * SECONDS)
    watch.on = True
    try:
        load(data)
        found = "loaded"
    except ValueError as error:
        found = "refused" if str(error) else "FAILED: a ValueError without a word"
        if isinstance(error.__cause__, MemoryError):
            found = f"FAILED: memory was asked for before it was known to be needed: {str(error)[:200]}"
    except Exception as error:
        found = f"FAILED: {type(error).__name__}: {str(error)[:200]}"
    except (Slow, Forbidden) as error:
        found = f"FAILED: {type(error).__name__}: {error}"
    finally:
        watch.on = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    grown = peak() - before
    return f"FAILED: {grown:,} bytes of memory" if grown > MEMORY else found


def loader(name: str):
    """What loads damaged copies of a file, by its name."""
    import keras
    from keras.saving import _hdf5
    from keras.saving._hdf5_values import Array

    def whole(data: bytes) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            keras.models.load_model(io.BytesIO(data))

    def arrays(data: bytes) -> None:
        with _hdf5.opened(io.BytesIO(data), name) as reader:
            reader.declared_bytes()
            for found in reader.walk():
                reader.attributes(found.place)
                if isinstance(found, Array):
                    reader.read(found, reader.size)

    if name.endswith(".stablehlo"):
        return lambda data: keras.export.load(io.BytesIO(data))
    return arrays if name.endswith(".h5") and "weights" in name else whole


def run(
    files,
    seconds: float,
    seed: int,
    keep: pathlib.Path | None = None,
    most: int | None = None,
    report: pathlib.Path | None = None,
) -> collections.Counter:
    """Damages and loads files for a time; returns how often each outcome came."""
    chance = random.Random(seed)
    watch = Watch()
    contents = [(path, pathlib.Path(path).read_bytes(), loader(str(path))) for path in files]
    for _, data, load in contents:
        load(data)  # so that everything is imported and what is traced once is traced
    counts: collections.Counter = collections.Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end and (most is None or sum(counts.values()) < most):
        path, data, load = chance.choice(contents)
        damaged = mutated(data, chance)
        found = outcome(watch, load, damaged)
        counts[found.split(":")[0] if not found.startswith("FAILED") else found] += 1
        if found.startswith("FAILED") and keep is not None:
            keep.mkdir(exist_ok=True, parents=True)
            (keep / f"{seed}-{sum(counts.values())}-{os.path.basename(path)}").write_bytes(damaged)
        if report is not None and sum(counts.values()) % 100 == 0:
            report.write_text(json.dumps(counts))
    return counts


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--report", type=pathlib.Path, help="a file that says from time to time what came out so far")
    chosen = parser.parse_args()
    counts = run(chosen.files, chosen.seconds, chosen.seed, chosen.keep, report=chosen.report)
    for what, count in counts.most_common():
        print(f"{count:8} {what}")
    return 1 if any(what.startswith("FAILED") for what in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
