"""How training scales over devices: measured on virtual devices and on real processes, projected to many machines.

    python benchmarks/scaling.py                # two to three minutes on two idle cores; writes what is named below
    python benchmarks/scaling.py --smoke        # tiny sizes; writes to a temporary folder

It writes results/scaling.json, and docs/scaling.md with its two drawings. What is measured and what is projected stays
apart in all three.
"""

import argparse
import glob
import json
import math
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
MARK = "MEASURED "
COLLECTIVES = ("all-reduce", "all-gather", "reduce-scatter", "collective-permute", "all-to-all")
WIDTHS = {"pred": 1, "s8": 1, "u8": 1, "bf16": 2, "f16": 2, "s32": 4, "u32": 4, "f32": 4, "s64": 8, "f64": 8}

FEATURES, CLASSES = 256, 10
PATIENT = "--xla_cpu_collective_call_terminate_timeout_seconds=600"  # devices wait for a core on a busy machine
SIZES = {  # rows per device (weak) or in all (strong) of a step, steps per run, units of the two hidden layers
    False: {"rows": 256, "steps": 8, "units": 512},
    True: {"rows": 16, "steps": 2, "units": 16},
}


# --- one measurement, in a process of its own


def worker(settings):
    """Measures one way to spread one batch and prints a line of JSON."""
    import jax
    import numpy as np

    import keras
    from keras._jax import compile as engine
    from keras._training.plan import Program

    if settings["processes"] > 1:
        keras.distribution.initialize(settings["address"], settings["processes"], settings["number"], patience=600)
    if settings["spread"]:
        keras.distribution.set_distribution(keras.distribution.DataParallel())
    compiled = watch_compiler(engine)
    in_programs = watch_programs(Program, engine)

    units, rows, steps = settings["units"], settings["batch"], settings["steps"]
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(units, "relu") for _ in range(2)]
    model = keras.Sequential([keras.Input((FEATURES,)), *layers, keras.layers.Dense(CLASSES)])
    model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    random = np.random.default_rng(0)
    x = random.normal(size=(rows * steps, FEATURES)).astype("float32")
    y = random.integers(CLASSES, size=rows * steps)

    def run():
        in_programs.clear()
        began = time.perf_counter()
        model.fit(x, y, batch_size=rows, verbose=0, shuffle=False)
        wall = time.perf_counter() - began
        return wall / steps, sum(in_programs) / steps

    run()  # compiles
    wall, program = min(run() for _ in range(settings["repeats"]))
    devices = jax.local_device_count() if settings["spread"] else 1
    with tempfile.TemporaryDirectory() as folder:
        jax.profiler.start_trace(folder)
        profiled_program = run()[1]
        jax.profiler.stop_trace()
        waiting = in_collectives(jax, folder) / devices / steps
    share = min(waiting / profiled_program, 1.0)  # the profile itself takes time, its shares hold
    text, cost = compiled[-1].as_text(), compiled[-1].cost_analysis()
    found = {
        "step": wall,
        "compute": program * (1 - share),
        "communication": program * share,
        "input": wall - program,
        "flops": cost.get("flops"),  # of one device; the body of a loop counts once
        "bytes_reduced": bytes_in_collectives(text),
        "parameters": model.count_params(),
        "jax": jax.__version__,
    }
    if settings["processes"] > 1:
        found["links"] = time_all_reduces(jax, settings["repeats"])
    print(MARK + json.dumps(found), flush=True)


def watch_compiler(engine):
    """A list in which the programs that training compiles appear."""
    made, real = [], engine.compile_program

    def compile_program(name, *args, **kwargs):
        program = real(name, *args, **kwargs)
        if name.startswith("train"):
            made.append(program)
        return program

    engine.compile_program = compile_program
    return made


def watch_programs(kind, engine):
    """A list in which the seconds appear that each call of a program took, until its results were there."""
    seconds, real = [], kind.run

    def run(self, state, *args):
        began = time.perf_counter()
        result = real(self, state, *args)
        engine.wait_for((state.values, result))
        seconds.append(time.perf_counter() - began)
        return result

    kind.run = run
    return seconds


def in_collectives(jax, folder):
    """Seconds in a profile that this process's devices spent in collective operations, waiting for others included."""
    newest = max(glob.glob(f"{folder}/**/*.xplane.pb", recursive=True), key=os.path.getmtime)
    seconds = 0.0
    for plane in jax.profiler.ProfileData.from_file(newest).planes:
        for line in plane.lines:
            found = sorted((e.start_ns, e.end_ns) for e in line.events if e.name.startswith(COLLECTIVES))
            until = 0.0
            for start, end in found:  # one may lie within another
                seconds += max(end - max(start, until), 0.0) / 1e9
                until = max(until, end)
    return seconds


def bytes_in_collectives(text):
    """Bytes that the collective operations of a program return on each device."""
    total = 0
    for shapes in re.findall(rf"= (.*?) (?:{'|'.join(COLLECTIVES)})(?:-start)?\(", text):
        for kind, sizes in re.findall(r"(\w+)\[([\d,]*)\]", shapes):
            total += WIDTHS.get(kind, 4) * math.prod(int(n) for n in sizes.split(",") if n)
    return total


def time_all_reduces(jax, repeats):
    """Seconds by bytes for the sum of one array over all processes."""
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    mesh = Mesh(np.array(jax.devices()), ("all",))
    divided, whole = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in (("all",), ()))
    total = jax.jit(lambda x: x.sum(0), out_shardings=whole)
    found = {}
    for size in (256, 1 << 16, 1 << 18, 1 << 20):
        x = jax.make_array_from_callback(
            (jax.device_count(), size), divided, lambda part, size=size: np.ones((1, size), "float32")
        )
        total(x).block_until_ready()
        times = []
        for _ in range(5 * repeats):
            began = time.perf_counter()
            total(x).block_until_ready()
            times.append(time.perf_counter() - began)
        found[4 * size] = statistics.median(times)
    return found


# --- all measurements


def measure(sizes, repeats, **how):
    """What the first process of one measurement prints."""
    settings = {**sizes, "repeats": repeats, "processes": 1, "devices": 1, "spread": False, **how}
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        settings["address"] = f"127.0.0.1:{s.getsockname()[1]}"
    flags = f"--xla_force_host_platform_device_count={settings['devices']} {PATIENT} {os.environ.get('XLA_FLAGS', '')}"
    environment = {**os.environ, "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--worker", json.dumps({**settings, "number": number})],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(settings["processes"])
    ]
    outputs = [process.communicate(timeout=600) for process in running]
    for process, (_, errors) in zip(running, outputs):
        if process.returncode:
            raise SystemExit(f"a measurement failed: {settings}\n{errors[-3000:]}")
    line = next(line for line in outputs[0][0].splitlines() if line.startswith(MARK))
    print(f"{how}: {json.loads(line.removeprefix(MARK))['step'] * 1e3:.1f} ms a step", flush=True)
    return json.loads(line.removeprefix(MARK))


def measure_all(sizes, repeats, counts, process_counts):
    """Rows of measurements: weak and strong scaling, on virtual devices and on processes."""
    alone = {}
    for batch in sorted({sizes["rows"] * n for n in (1, *counts, *process_counts)}):
        alone[batch] = measure(sizes, repeats, batch=batch)
    rows = []
    for place, numbers in (("devices", counts), ("processes", process_counts)):
        for n in numbers:
            for kind, batch in (("weak", sizes["rows"] * n), ("strong", sizes["rows"])):
                found = measure(sizes, repeats, batch=batch, spread=True, **{place: n})
                row = {"place": place, "n": n, "kind": kind, "batch": batch, "alone": alone[batch]["step"], **found}
                rows.append(row)
    return rows, alone[sizes["rows"]]


# --- the model


LINKS = {  # bytes per second of one machine and seconds per message: what such links are sold as
    "10 Gbit/s Ethernet": (1.25e9, 50e-6),
    "100 Gbit/s RoCE": (12.5e9, 5e-6),
    "400 Gbit/s InfiniBand": (50e9, 2e-6),
}
HOSTS = (8, 64, 1024)
ASSUMED = {  # seconds of one machine for its part of a step and bytes of gradients: assumptions, not measurements
    "ResNet50, 0.10 s per step and machine": (0.10, 4 * 25.6e6),
    "transformer of 1e9 weights in bfloat16, 1.0 s": (1.0, 2 * 1e9),
}


def exchange(size, n, bandwidth, latency):
    """Seconds to sum `size` bytes over n machines: in a ring each sends 2 (n - 1) / n of them, messages in a tree."""
    return 0.0 if n == 1 else 2 * (n - 1) / n * size / bandwidth + 2 * math.ceil(math.log2(n)) * latency


def fitted(links, n):
    """Bandwidth and latency with which `exchange` comes closest to measured sums (least squares of relative errors)."""
    import numpy as np

    sizes, times = np.array([float(size) for size in links]), np.array(list(links.values()))
    columns = np.stack([2 * (n - 1) / n * sizes, np.full(len(sizes), 2.0 * math.ceil(math.log2(n)))], 1)
    per_byte, latency = np.linalg.lstsq(columns / times[:, None], np.ones(len(times)), rcond=None)[0]
    return 1 / max(per_byte, 1e-12), max(latency, 0.0)


def projections(one):
    """Rows of projected weak scaling: nothing of a step's exchange is hidden behind its computation."""
    here = {"this network on this machine": (one["compute"] + one["input"], 4 * one["parameters"])}
    rows = []
    for work, (seconds, size) in {**here, **ASSUMED}.items():
        for link, (bandwidth, latency) in LINKS.items():
            for n in HOSTS:
                talk = exchange(size, n, bandwidth, latency)
                rows.append(
                    {
                        "work": work,
                        "link": link,
                        "hosts": n,
                        "step": seconds + talk,
                        "efficiency": seconds / (seconds + talk),
                    }
                )
    return rows


def check(rows):
    """The model against measurements: fitted to two processes, what it says of the sums over more of them."""
    measured = {row["n"]: row["links"] for row in rows if row["place"] == "processes" and row["kind"] == "weak"}
    if 2 not in measured:
        return None
    bandwidth, latency = fitted(measured[2], 2)
    others = [
        {"n": n, "bytes": int(size), "measured": seconds, "model": exchange(float(size), n, bandwidth, latency)}
        for n, links in measured.items()
        if n != 2
        for size, seconds in links.items()
    ]
    return {"bandwidth": bandwidth, "latency": latency, "points": others}


def main():
    """Measures, projects, and writes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="tiny sizes; writes nothing")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        worker(json.loads(chosen.worker))
        return
    counts, process_counts = ((2,), (2,)) if chosen.smoke else ((2, 4, 8), (2, 4))
    rows, one = measure_all(SIZES[chosen.smoke], 1 if chosen.smoke else chosen.repeats, counts, process_counts)
    found = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, jax {one['jax']}",
        "load": os.getloadavg()[0],
        "sizes": SIZES[chosen.smoke],
        "one": one,
        "measured": rows,
        "check": check(rows),
        "projected": projections(one),
    }
    from scaling_report import draw, page

    if chosen.smoke:
        folder = Path(tempfile.mkdtemp())
        draw(found, folder)
        print(page(found), f"The drawings are in {folder}", sep="\n")
        return
    (HERE / "results" / "scaling.json").write_text(json.dumps(found, indent=1) + "\n")
    (DOCS / "scaling.md").write_text(page(found))
    draw(found, DOCS)


if __name__ == "__main__":
    main()
