"""Runs every workload on Kerata and on its peers, interleaved, and prints how the best peer compares.

    python benchmarks/run.py [--peers FOLDER] [--rounds N] [--only PART ...] [--timeout SECONDS] [--no-write]

`--peers` is the folder that `environments.sh` filled, by default `peers` beside the checkout. Every measurement is a
process of its own; within a round each workload runs once on every peer, so that whatever else the machine does
falls on all of them alike, and the figure of a peer is the median over the rounds. The result is written to
`results/cpu.json` and `results/cpu.md`; with `--only`, other rows measured on the same machine stay.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
RESULTS = HERE / "results"


@dataclass(frozen=True)
class Peer:
    """A library: the environment it lives in, the program that speaks to it, and how it is imported."""

    name: str
    title: str
    environment: str | None  # a folder below --peers; None is the interpreter that runs this file
    program: str = "workloads.py"
    module: str = "keras"
    backend: str | None = None
    arguments: tuple[str, ...] = ()


OURS = Peer("kerata", "Kerata", None)
PEERS = [
    Peer("keras-jax", "Keras 3, JAX", "keras-jax", backend="jax"),
    Peer("keras-torch", "Keras 3, PyTorch", "keras-torch", backend="torch"),
    Peer("keras-tensorflow", "Keras 3, TensorFlow", "keras-tensorflow", backend="tensorflow"),
    Peer("tf_keras", "tf_keras", "tf_keras", module="tf_keras"),
    Peer("torch", "PyTorch", "keras-torch", program="plain_torch.py", module="torch"),
    Peer("torch-compile", "PyTorch, compiled", "keras-torch", "plain_torch.py", "torch", arguments=("--compile",)),
]
EVERYONE = [OURS, *PEERS]

KERAS_3 = ("keras-jax", "keras-torch", "keras-tensorflow")
KERAS = (*KERAS_3, "tf_keras")
ALL = (*KERAS, "torch")
# Compiled PyTorch needs a C++ compiler where it runs and most of a minute before the first step; the ratios asked are
# set against libraries as they come. It is shown all the same where training is long enough for it.
COMPILED = ("torch-compile",)


@dataclass(frozen=True)
class Workload:
    """A row of the table.

    `asked` is the least that best peer's time / ours should be. The best peer is looked for among `rivals`;
    `informational` peers are measured and shown without counting. `clock` says who times: the process itself once it
    is warm, or this program from outside, with the cache folders of `home`: those of the whole run, or new, empty ones.
    With `peers_as_in` only ours is measured, and the peers' figures are those of the row named.
    """

    name: str
    title: str
    asked: float | None
    rivals: tuple[str, ...] = ALL
    informational: tuple[str, ...] = COMPILED
    clock: str = "inside"
    home: str = "kept"
    peers_as_in: str | None = None


WORKLOADS = [
    # Asked against Keras 3 alone; what tf_keras and PyTorch take is worth knowing.
    Workload("import", "import", 4, KERAS_3, ("tf_keras", "torch"), clock="outside"),
    Workload("first_network_epoch", "8-12-8-1 on 768 rows, batch 10: an epoch", 20),
    Workload("generator_epoch", "the same rows from a generator of batches: an epoch", None, KERAS, ()),
    Workload(
        "first_network_process",
        "the same as a whole process: import, build, 150 epochs, evaluate; nothing cached on disk",
        3,
        informational=(),
        clock="outside",
        home="new",
    ),
    # The peers keep no compiled programs on disk, so that their second run is as long as their first.
    Workload(
        "first_network_process_again",
        "the same process, run a second time",
        None,
        informational=(),
        clock="outside",
        peers_as_in="first_network_process",
    ),
    Workload("ten_folds", "ten folds of 20 epochs in one process: a fold after the first", 15, informational=()),
    # PyTorch has no such calls; the hand-written step in their place is shown but not raced.
    Workload("fit_one_step", "`fit` of one step: a call", 5, KERAS, ("torch",)),
    Workload("predict_one_row", "`predict` of one row: a call", 5, KERAS, ("torch",)),
    Workload("predict_many_rows", "`predict` of 10,000 rows, batch 32: a call", None, KERAS, ()),
    Workload("train_on_batch", "`train_on_batch`: a call", 5, KERAS, ("torch",)),
    Workload("lstm_batch_1", "LSTM(32), 23 sequences of 3 steps, batch 1: an epoch", 5),
    Workload("stacked_lstm", "three stacked LSTM(32), 1000 x 8 x 16, batch 64: an epoch", 1.5),
    Workload("embedding_lstm", "Embedding(1024, 256) + LSTM(128), 80 steps, batch 16: an epoch", 1.0),
    Workload("transformer", "two transformer blocks of width 64, 80 steps, batch 32: an epoch", 1.0),
    Workload("perceptron", "784-512-512-10 with dropout, batch 128: an epoch", 1.0),
    Workload("convolutional", "Conv 32-64, pool, dense 128 on 28x28x1, batch 128: an epoch", 1.1),
    Workload("vgg_like", "VGG-like on 100x100x3, batch 32: an epoch", 1.1),
    Workload("residual", "residual network with batch normalisation, 32x32x3, batch 64: an epoch", 1.0),
    Workload("separable", "MobileNet-like blocks, 32x32x3, batch 64: an epoch", 1.0),
    Workload("autoencoder", "autoencoder with transposed convolutions, 32x32x3, batch 64: an epoch", 1.0),
    Workload("vgg16_four_photographs", "`VGG16().predict` of four photographs: a call", 1.0),
    Workload("making_networks", "ResNet152, EfficientNetB7 and NASNetLarge: making them", 1.0, KERAS, ()),
]


class Runner:
    """Starts one process per measurement and turns whatever happens into a result or a reason."""

    def __init__(self, peers_folder, timeout, caches):
        self.peers_folder = peers_folder
        self.timeout = timeout
        self.caches = caches

    def measure(self, peer, workload):
        """One measurement: {"seconds": ..., ...}, or {"failed": reason}."""
        python = self.interpreter(peer)
        if not python.exists():
            return {"failed": f"no environment `{peer.environment}`: run benchmarks/environments.sh FOLDER"}
        with tempfile.TemporaryDirectory(dir=self.caches) as new:
            home = new if workload.home == "new" else str(self.caches / peer.name)
            environment = self.environment(peer, home)
            if workload.name == "import":
                return self.run([python, "-c", f"import {peer.module}"], environment, outside=True)
            program = workload.name.removesuffix("_again")
            command = [python, HERE / peer.program, program, *peer.arguments]
            return self.run(command, environment, outside=workload.clock == "outside")

    def warm_up(self, peer, workload):
        """A run that is not counted, where a row means the second time: files read once, and caches filled."""
        if workload.clock == "outside" and workload.home == "kept":
            self.measure(peer, workload)

    def run(self, command, environment, outside):
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            cwd=self.caches,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            stop(process)
            return {"failed": f"did not end within {self.timeout:g} s"}
        except BaseException:
            stop(process)
            raise
        seconds = time.perf_counter() - start
        if process.returncode != 0:
            return {"failed": self.reason(process.returncode, out, err)}
        lines = [line for line in out.splitlines() if line.startswith("{")]
        try:
            result = json.loads(lines[-1]) if lines else {}
        except ValueError:
            return {"failed": "its result is not JSON: " + self.without_paths(lines[-1][:200])}
        if outside:
            return result | {"seconds": seconds}
        if not isinstance(result.get("seconds"), float):
            return {"failed": "printed no result"}
        return result

    def reason(self, code, out, err):
        lines = [line.strip() for line in (err.strip() or out.strip()).splitlines() if line.strip()]
        # The line that names the exception says more than hints printed after it.
        named = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt)\b", line)]
        said = (named or lines or ["nothing was said"])[-1]
        ended = f"signal {-code}" if code < 0 else f"exit status {code}"
        return f"{ended}: {self.without_paths(said[:300])}"

    def without_paths(self, text):
        """What is written down names no folders of this machine."""
        for folder in (self.peers_folder, CHECKOUT, self.caches, Path.home()):
            text = text.replace(str(folder), "...")
        return text

    def interpreter(self, peer):
        if peer.environment is None:
            return Path(sys.executable)
        return self.peers_folder / peer.environment / "bin" / "python"

    def environment(self, peer, home):
        """The caller's environment without its settings for any of the libraries, which would favour one of them."""
        private = ("KERAS_", "TF_", "XLA_", "JAX_", "TORCH", "PYTORCH_", "OMP_", "MKL_", "PYTHON")
        settings = {name: value for name, value in os.environ.items() if not name.startswith(private)}
        Path(home).mkdir(parents=True, exist_ok=True)
        settings |= {
            "BENCHMARK_PEER": peer.name,
            "KERAS_MODULE": peer.module,
            "KERAS_HOME": home,
            "TORCHINDUCTOR_CACHE_DIR": str(Path(home) / "inductor"),
            "CUDA_VISIBLE_DEVICES": "",
            "JAX_PLATFORMS": "cpu",
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
        if peer.backend:
            settings["KERAS_BACKEND"] = peer.backend
        if peer is OURS:
            settings["PYTHONPATH"] = str(CHECKOUT / "src")
        return settings


def stop(process):
    """Ends a process and whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def say(line):
    """Progress goes beside the table, not into it."""
    print(line, file=sys.stderr, flush=True)


def run_all(runner, workloads, peers, rounds):
    """{workload: {peer: [measurement of each round]}}, every peer once per workload and round."""
    measured = {w.name: {p.name: [] for p in peers if takes_part(p, w)} for w in workloads}
    for number in range(rounds):
        for workload in workloads:
            # Whoever goes first finds the machine as the previous workload left it: take turns.
            taking_part = [p for p in peers if takes_part(p, workload)]
            turn = number % max(len(taking_part), 1)
            for peer in taking_part[turn:] + taking_part[:turn]:
                so_far = measured[workload.name][peer.name]
                if so_far and all("failed" in result for result in so_far):
                    continue  # it will not do better, and a time-out is expensive
                if number == 0:
                    runner.warm_up(peer, workload)
                result = runner.measure(peer, workload)
                so_far.append(result)
                took = result.get("failed") or show_time(result["seconds"])
                say(f"round {number + 1}  {workload.name:28} {peer.name:18} {took}")
    for workload in workloads:
        if workload.peers_as_in in measured:
            measured[workload.name] = measured[workload.peers_as_in] | measured[workload.name]
    return measured


def takes_part(peer, workload):
    """Whether a workload is run on a peer."""
    if peer is OURS:
        return True
    return workload.peers_as_in is None and peer.name in workload.rivals + workload.informational


def summarise(measured, workloads):
    """Rows for the table and the file: medians, best peer, ratio."""
    rows = []
    for workload in workloads:
        row = {"workload": workload.name, "title": workload.title, "asked": workload.asked, "peers": {}}
        for peer, results in measured[workload.name].items():
            good = [result for result in results if "failed" not in result]
            failures = [result["failed"] for result in results if "failed" in result]
            entry = {}
            if good:
                times = [result["seconds"] for result in good]
                entry = good[0] | {"seconds": statistics.median(times), "rounds": times}
                for known in ("workload", "peer", "times"):
                    entry.pop(known, None)
            if failures:
                entry["failed"] = failures[0]
                entry["failed_rounds"] = len(failures)
            entry["counts"] = peer == OURS.name or peer in workload.rivals
            row["peers"][peer] = entry
        rows.append(row | compare(row["peers"]))
    return rows


def compare(entries):
    ours = entries.get(OURS.name, {}).get("seconds")
    rivals = {
        peer: entry["seconds"]
        for peer, entry in entries.items()
        if peer != OURS.name and entry["counts"] and "seconds" in entry
    }
    best = min(rivals, key=rivals.get, default=None)
    ratio = rivals[best] / ours if ours and best else None
    return {"best": best, "ratio": ratio}


def show_time(seconds):
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def show_entry(entry, best):
    if entry is None:
        return ""
    if "seconds" not in entry:
        return "failed" if "failed" in entry else ""
    shown = show_time(entry["seconds"])
    if not entry["counts"]:
        shown = f"({shown})"
    if "failed" in entry:
        shown += f" ({entry['failed_rounds']} failed)"
    return f"**{shown}**" if best else shown


def table(rows):
    """The result as a Markdown table, which also reads well in a terminal."""
    header = ["workload", *(peer.title for peer in EVERYONE), "best peer / ours", "asked"]
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)]
    for row in rows:
        entries = row["peers"]
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        if row["asked"] and row["ratio"]:
            ratio += " ✓" if row["ratio"] >= row["asked"] else " ✗"
        cells = [show_entry(entries.get(peer.name), best=row["best"] == peer.name) for peer in EVERYONE]
        lines.append([row["title"], *cells, ratio, f"{row['asked']:g}" if row["asked"] else ""])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )


def machine():
    """What the figures were measured on, without naming the machine."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", text)
    flags = set(re.search(r"flags\s*:\s*(.+)", text)[1].split()) if "flags" in text else set()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    vectors = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_tile") if name in flags]
    return {
        "cpu": model[1] if model else platform.processor() or platform.machine(),
        "cores": cores,
        "vectors": vectors,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions_of(rows):
    """The versions each peer reported, gathered from its results."""
    found = {}
    for row in rows:
        for peer, entry in row["peers"].items():
            found.setdefault(peer, {}).update(entry.get("versions", {}))
    return {peer.name: found[peer.name] for peer in EVERYONE if found.get(peer.name)}


def merge(path, report):
    """Keeps the rows of an earlier run on the same machine that this run did not measure."""
    if not path.exists():
        return report
    earlier = json.loads(path.read_text())
    if earlier.get("machine") != report["machine"]:
        return report
    rows = {row["workload"]: row for row in earlier["rows"]} | {row["workload"]: row for row in report["rows"]}
    order = [workload.name for workload in WORKLOADS]
    return report | {"rows": [rows[name] for name in order if name in rows]}


LEGEND = """\
Bold: the best peer, which the ratio is taken to. In brackets: measured for information and not counted, because the
peer has no such call or the row is not about it. Empty: not run on that peer."""


def page(report):
    """`results/cpu.md`: the table and what one has to know to read it."""
    about = report["machine"]
    rows = report["rows"]
    vectors = ", ".join(about["vectors"]) or "no vector extensions known"
    dates = sorted({row["measured"] for row in rows})
    rounds = sorted({str(row["rounds"]) for row in rows})
    place = f"{about['cpu']}, {about['cores']} cores ({vectors}), {about['memory_gib']} GiB, {about['system']}."
    measured = f"Measured {' and '.join(dates)}, medians of {' or '.join(rounds)} rounds."
    lines = ["# Benchmarks on a CPU", "", place, measured, "", table(rows), "", LEGEND, "", "Versions:", ""]
    for peer, found in versions_of(rows).items():
        lines.append(f"- {peer}: " + ", ".join(f"{name} {version}" for name, version in found.items()))
    failed = [
        f"- {row['workload']}, {peer}: {entry['failed']}"
        for row in rows
        for peer, entry in row["peers"].items()
        if "failed" in entry
    ]
    if failed:
        lines += ["", "Failed:", "", *failed]
    return "\n".join(lines) + "\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=CHECKOUT.parent / "peers", metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", metavar="PART", help="workloads whose name contains one of these")
    parser.add_argument("--against", nargs="+", metavar="PEER", help="peers to run, all by default; implies --no-write")
    parser.add_argument("--timeout", type=float, default=600, help="seconds one process may take")
    parser.add_argument("--no-write", action="store_true", help="print only; leave results/ as it is")
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error(f"--rounds must be at least 1. Got {chosen.rounds}.")
    chosen.workloads = [w for w in WORKLOADS if not chosen.only or any(part in w.name for part in chosen.only)]
    if not chosen.workloads:
        parser.error(f"--only matches none of: {', '.join(w.name for w in WORKLOADS)}")
    known = [peer.name for peer in EVERYONE]
    unknown = sorted(set(chosen.against or ()) - set(known))
    if unknown:
        parser.error(f"--against: unknown peers {', '.join(unknown)}. Known: {', '.join(known)}")
    chosen.taking_part = [p for p in EVERYONE if not chosen.against or p.name in chosen.against]
    return chosen


def main():
    chosen = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the measurement in progress is ended too
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"The machine is busy (load {load:.1f}): the figures will say little.", file=sys.stderr)
    caches = Path(tempfile.mkdtemp(prefix="kerata-bench-"))
    try:
        runner = Runner(chosen.peers.resolve(), chosen.timeout, caches)
        measured = run_all(runner, chosen.workloads, chosen.taking_part, chosen.rounds)
    finally:
        shutil.rmtree(caches, ignore_errors=True)
    rows = summarise(measured, chosen.workloads)
    today = datetime.date.today().isoformat()
    rows = [row | {"measured": today, "rounds": chosen.rounds, "load_before": round(load, 2)} for row in rows]
    print(table(rows))
    for row in rows:
        for peer, entry in row["peers"].items():
            if "failed" in entry:
                print(f"{row['workload']}, {peer}: {entry['failed']}")
    if not (chosen.no_write or chosen.against):
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / "cpu.json"
        report = {"machine": machine(), "rows": rows}
        report = merge(path, report) if chosen.only else report
        path.write_text(json.dumps(report, indent=1) + "\n")
        (RESULTS / "cpu.md").write_text(page(report))
    if any("seconds" not in row["peers"].get(OURS.name, {"seconds": 0}) for row in rows):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
