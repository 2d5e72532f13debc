"""Damages files of every kind for hours, in a process that may die: each mutation has bounds of its own.

    python tools/fuzz_long.py --corpus FOLDER [--seconds 3600] [--most 100000] [--seed 1] [--report FILE]

A process that has imported everything and loaded each file once takes mutation after mutation, so that one costs no
more than its load. It is replaced when it dies, hangs, or has become large. Mutation `i` follows from seed, `i` and the
files alone: `--only i` makes and loads it once more. Kinds of files take turns, since some load far faster than others.
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
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings

import fuzz_files
import fuzz_folders
import fuzz_programs

ADDRESSES = 2 * 2**30  # bytes of addresses that a load may take beyond those of the process
LARGE = 3 * 2**30  # a process that has kept so much of what it compiled is replaced
HANGS = 60.0  # seconds of computing without a word, where signals of Python do not arrive; first loads compile
MOST_OF_ONE = 8000  # mutations before a process is replaced


def corpus(folder: pathlib.Path) -> dict[str, list[pathlib.Path]]:
    """Files of a folder by their kind."""
    found: dict[str, list[pathlib.Path]] = collections.defaultdict(list)
    for path in sorted(folder.rglob("*")):
        kind = kind_of(path) if path.is_file() else None
        if kind is not None:
            found[kind].append(path)
            if kind == "HDF5 weights" and companion(path).is_file():
                found["HDF5 weights into a model"].append(path)
    return dict(sorted(found.items()))


def kind_of(path: pathlib.Path) -> str | None:
    """How a file is damaged and loaded."""
    ending = path.suffix
    weights = path.stem.endswith(("_weights", ".weights"))
    if ending in (".h5", ".hdf5"):
        return "HDF5 weights" if weights else "HDF5 models"
    if ending == ".safetensors":
        return "safetensors weights" if weights else "safetensors models"
    if ending == ".zip":
        return fuzz_folders.kind_of(path)
    named = {".keras": "archives", ".stablehlo": "StableHLO", ".json": "JSON", ".yaml": "YAML"}
    return None if path.name == "index.json" else named.get(ending)


def companion(path: pathlib.Path) -> pathlib.Path:
    """The JSON of the model that weights belong to."""
    return path.with_name(path.stem.removesuffix("_weights").removesuffix(".weights") + ".json")


def loader(kind: str, path: pathlib.Path, scratch: pathlib.Path):
    """What loads damaged copies of a file; what it does before it returns a function is not watched."""
    import keras

    if kind in ("HDF5 weights into a model", "safetensors weights"):
        model = keras.models.model_from_json(companion(path).read_text(), custom_objects=CUSTOM)
        return lambda data: into(model, data, scratch / path.name)
    if kind.startswith("folders"):
        return fuzz_folders.loader(path, scratch, into_model, quietly)
    if kind == "JSON":
        return quietly(lambda data: keras.models.model_from_json(data, custom_objects=CUSTOM))
    if kind == "YAML":
        return quietly(lambda data: keras.models.model_from_yaml(data.decode("utf-8", "replace"), CUSTOM))
    if kind in ("archives", "HDF5 models", "safetensors models"):
        return quietly(lambda data: keras.models.load_model(io.BytesIO(data), CUSTOM))
    if kind == "StableHLO":
        fuzz_programs.keep_reader()
    load = fuzz_files.loader(str(path))
    return lambda data: lambda: load(data)


CUSTOM = {"l1": lambda pair: abs(pair[0] - pair[1])}  # the function of a layer that older files keep as code


def quietly(load):
    """`load` with its warnings left out."""

    def quiet(data):
        def run():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                load(data)

        return run

    return quiet


def into(model, data: bytes, path: pathlib.Path):
    """Loads damaged weights into a model, which a refusal must leave as it was."""
    path.write_bytes(data)
    return into_model(model, path)


def into_model(model, path: pathlib.Path):
    """The same from a file that is written already."""
    before = model.get_weights()

    def run():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.load_weights(str(path))
        except ValueError:
            if any(a.tobytes() != b.tobytes() for a, b in zip(before, model.get_weights(), strict=True)):
                raise RuntimeError("a refusal left the model changed") from None
            raise

    return run


def damaged(kind: str, data: bytes, chance: random.Random) -> bytes:
    """One damaged copy of a file of that kind."""
    if kind.startswith("folders"):
        return fuzz_folders.mutated(data, chance)
    if kind in ("JSON", "YAML") and chance.random() < 0.8:
        return mutated_text(kind, data, chance)
    return fuzz_files.mutated(data, chance)


def mutated_text(kind: str, data: bytes, chance: random.Random) -> bytes:
    """A config as text, one of whose values is changed."""
    if kind == "JSON":
        return fuzz_folders.mutated_config(data, chance)
    import yaml

    try:
        return yaml.safe_dump(fuzz_files.mutated_json(yaml.safe_load(data), chance), default_flow_style=None).encode()
    except (yaml.YAMLError, RecursionError):  # what only the reader of 1.x understood, or nested beyond writing
        return fuzz_files.mutated_bytes(data, chance)


# --- the process that loads


def mutation(files: dict[str, list[pathlib.Path]], seed: int, number: int):
    """Kind, file and source of chance of a mutation."""
    chance = random.Random(f"{seed} {number}")
    kind = chance.choice(list(files))
    return kind, chance.choice(files[kind]), chance


def work(chosen) -> None:
    """Makes mutations from a number on and says on each line what came of one."""
    said = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    files = corpus(chosen.corpus)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="fuzz"))
    watch = fuzz_files.Watch()
    loaders: dict = {}
    try:
        for number in range(chosen.start, chosen.start + (1 if chosen.only is not None else MOST_OF_ONE)):
            kind, path, chance = mutation(files, chosen.seed, number)
            data = path.read_bytes()
            if (kind, path) not in loaders:
                limit_addresses(None)
                loaders[kind, path] = loader(kind, path, scratch)
                with contextlib.suppress(ValueError):  # what needs classes of tests is damaged and refused all the same
                    loaders[kind, path](data)()
                limit_addresses(ADDRESSES)
            since = time.process_time()
            copy = damaged(kind, data, chance)
            if chosen.keep is not None and chosen.only is not None:
                chosen.keep.mkdir(exist_ok=True, parents=True)
                (chosen.keep / f"{chosen.seed}-{number}-{path.name}").write_bytes(copy)
            found = fuzz_files.outcome(watch, lambda run: run(), loaders[kind, path](copy))
            said.write(json.dumps([number, kind, path.name, found, time.process_time() - since]) + "\n")
            if memory_of(os.getpid(), "VmRSS:") > LARGE:
                return
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def limit_addresses(more: int | None) -> None:
    """Bounds the addresses of this process to `more` than it has; None takes the bound away."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard if more is None else memory_of(os.getpid(), "VmSize:") + more
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def memory_of(process: int, what: str) -> int:
    """A number of bytes that the system keeps of a process."""
    about = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(about.partition(what)[2].split()[0]) * 1024


# --- the process that watches it


def computed(process: int) -> float:
    """Seconds that a process has computed."""
    about = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(about[11]) + int(about[12])) / os.sysconf("SC_CLK_TCK")


def lines(process: subprocess.Popen, end: float):
    """What a process says, line by line; it is killed when it says nothing for too long, or the time is over."""
    said, since = b"", computed(process.pid)
    while True:
        ready, _, _ = select.select([process.stdout], [], [], 1.0)
        if ready:
            more = os.read(process.stdout.fileno(), 2**16)
            if not more:
                return
            *whole, said = (said + more).split(b"\n")
            yield from map(json.loads, whole)
            since = computed(process.pid) if process.poll() is None else since
        elif process.poll() is None and computed(process.pid) - since > HANGS:
            process.kill()
        if time.monotonic() > end:
            process.send_signal(signal.SIGTERM)
            return


def watch(chosen) -> collections.Counter:
    """Counts outcomes by kind until there are enough, or the time is over."""
    counts: collections.Counter = collections.Counter()
    end = time.monotonic() + chosen.seconds
    number, failures = chosen.start, []
    while time.monotonic() < end and number - chosen.start < chosen.most:
        command = [sys.executable, __file__, "--work", "--corpus", chosen.corpus, "--seed", chosen.seed]
        with subprocess.Popen([*map(str, command), "--start", str(number)], stdout=subprocess.PIPE) as process:
            first = number
            for done, kind, name, found, seconds in lines(process, end):
                number = done + 1
                counts[kind, "seconds"] += seconds
                counts[kind, found if not found.startswith("FAILED") else "FAILED"] += 1
                if found.startswith("FAILED"):
                    failures.append([done, kind, name, found])
                if number % 100 == 0 or found.startswith("FAILED"):
                    report(chosen.report, counts, number, failures)
                if number - chosen.start >= chosen.most:
                    process.send_signal(signal.SIGTERM)
                    break
        if time.monotonic() < end and process.returncode not in (0, -signal.SIGTERM):
            kind, path, _ = mutation(corpus(chosen.corpus), chosen.seed, number)
            failures.append([number, kind, path.name, f"FAILED: the process ended with {process.returncode}"])
            counts[kind, "FAILED"] += 1
            number += 1
            if number - first < 2 and len(failures) > 20:
                raise SystemExit(f"The process that loads does not start: {failures[-1]}")
    report(chosen.report, counts, number, failures)
    return counts


def report(path: pathlib.Path | None, counts: collections.Counter, number: int, failures: list) -> None:
    """Writes what came out so far."""
    if path is not None:
        by_kind: dict = {}
        for (kind, found), count in sorted(counts.items()):
            by_kind.setdefault(kind, {})[found] = count
        about = {
            "mutations": sum(n for (_, found), n in counts.items() if found != "seconds"),
            "next": number,
            "kinds": by_kind,
            "failures": failures,
        }
        path.write_text(json.dumps(about, indent=1))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, required=True, help="a folder of whole files")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="the number of the first mutation")
    parser.add_argument("--only", type=int, help="makes and loads one mutation and says what came of it")
    parser.add_argument("--keep", type=pathlib.Path, help="with --only: where the damaged file is put")
    parser.add_argument("--report", type=pathlib.Path, help="a file that says what came out so far")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only is not None:
        chosen.start = chosen.only
    if chosen.work or chosen.only is not None:
        work(chosen)
        return 0
    counts = watch(chosen)
    for (kind, found), count in sorted(counts.items()):
        print(f"{count:8.0f} {kind}: {found}")
    return 1 if any(found == "FAILED" for _, found in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
