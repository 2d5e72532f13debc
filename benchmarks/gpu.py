"""Workloads on a GPU: Kerata beside Keras 3 on JAX, PyTorch, and PyTorch compiled; in float32 and bfloat16.

    pip install "jax[cuda13]"                  # enough for Kerata itself, which runs from the checkout
    benchmarks/environments.sh ../peers        # once; then builds for the GPU into the environments, such as
    ../peers/keras-jax/bin/pip install -U "jax[cuda13]"
    ../peers/keras-torch/bin/pip install -U torch --index-url https://download.pytorch.org/whl/cu130
    python benchmarks/gpu.py                   # half an hour; writes results/gpu.json and results/gpu.md
    python benchmarks/gpu.py --against kerata  # where there are no environments of the others
    python benchmarks/gpu.py --smoke           # tiny sizes on the CPU, to see that all of it runs; writes nothing

The first table is that of run.py as far as it trains; the second has ResNet50, a transformer encoder and LSTMs, with
the share of the chip's peak: three times the operations of the forward pass, per second, over what the maker states for
dense products (TF32 for float32, which JAX computes in by itself and PyTorch is told to).
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"

# name -> title, environment below --peers (None: this one), backend, further arguments
PEERS = {
    "kerata": ("Kerata", None, "", ()),
    "keras-jax": ("Keras 3, JAX", "keras-jax", "jax", ()),
    "torch": ("PyTorch", "keras-torch", "", ()),
    "torch-compile": ("PyTorch, compiled", "keras-torch", "", ("--compile",)),
}
FIRST = (
    "first_network_epoch", "ten_folds", "fit_one_step", "predict_one_row", "train_on_batch", "lstm_batch_1",
    "stacked_lstm", "embedding_lstm", "perceptron", "convolutional", "vgg_like", "residual",
)  # fmt: skip
SMOKED = ("first_network_epoch",)  # of those: the rest take long on a CPU and have no smaller sizes
LARGER = ("resnet50", "transformer", "lstms")
DTYPES = ("float32", "bfloat16")

# TFLOP/s of dense products in TF32 and in bfloat16, from the data sheets
PEAKS = {
    "B200": (1100, 2250),
    "H200": (494.7, 989.4),
    "H100 PCIe": (378, 756),
    "H100": (494.7, 989.4),
    "A100": (156, 312),
    "L40S": (183, 362),
    "L4": (60, 121),
    "RTX 4090": (82.6, 165.2),
}


def gpu_name():
    """What the driver calls the first GPU, None where there is none."""
    if shutil.which("nvidia-smi") is None:
        return None
    done = subprocess.run(
        ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout.strip() else None


def command(peer, name, dtype, peers, smoke):
    """The command line that measures one workload on one peer."""
    _, environment, _, arguments = PEERS[peer]
    python = sys.executable if environment is None else peers / environment / "bin" / "python"
    program = "gpu_keras.py" if name in LARGER else "workloads.py"
    if peer.startswith("torch"):
        program = "gpu_torch.py"
    chosen = [dtype] if name in LARGER or program == "gpu_torch.py" else []
    smoked = ["--smoke"] if smoke and program != "workloads.py" else []
    return [str(python), str(HERE / program), name, *chosen, *arguments, *smoked]


def measure(peer, name, dtype, options):
    """The line that a measurement prints, or the reason why there is none."""
    environment = {**os.environ, "BENCHMARK_PEER": peer}
    environment.pop("PYTHONPATH", None)  # a peer would find Kerata there
    if PEERS[peer][1] is None:
        environment["PYTHONPATH"] = str(HERE.parent / "src")
    if PEERS[peer][2]:
        environment["KERAS_BACKEND"] = PEERS[peer][2]
    if options.smoke:
        environment["JAX_PLATFORMS"] = "cpu"
    try:
        done = subprocess.run(
            command(peer, name, dtype, options.peers, options.smoke), env=environment, capture_output=True, text=True,
            timeout=options.timeout, check=False,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        return {"failed": str(error)}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        return {"failed": (done.stderr.strip().splitlines() or ["nothing was printed"])[-1]}
    return json.loads(lines[-1])


def row(name, dtype, options):
    """One row: what every peer took, the median over the rounds."""
    found = {"name": name, "dtype": dtype, "peers": {}}
    for _ in range(1 if options.smoke else options.rounds):
        for peer in options.against:
            found["peers"].setdefault(peer, []).append(measure(peer, name, dtype, options))
    for peer, runs in found["peers"].items():
        good = [run for run in runs if "failed" not in run]
        median = statistics.median_low([run["seconds"] for run in good]) if good else None
        found["peers"][peer] = next((run for run in good if run["seconds"] == median), runs[0])
    print(sentence(found), flush=True)
    return found


def sentence(found):
    """A row as a line of text."""
    texts = (f"{peer} {shown(run)}" for peer, run in found["peers"].items())
    return f"{found['name']} {found['dtype']}: {', '.join(texts)}"


def shown(run):
    """A time with a unit, or why there is none."""
    if "failed" in run:
        return f"failed ({run['failed'][:100]})"
    seconds = run["seconds"]
    return (
        f"{seconds:.3g} s"
        if seconds >= 1
        else f"{1e3 * seconds:.3g} ms"
        if seconds >= 1e-3
        else f"{1e6 * seconds:.3g} µs"
    )


def peaks_of(chip):
    """TFLOP/s of the chip by dtype; the longest name that is part of the chip's counts."""
    name = max((name for name in PEAKS if name in chip.replace("-", " ")), key=len, default=None)
    return dict(zip(DTYPES, PEAKS[name])) if name else {}


def share_of_peak(found, run, peaks):
    """The share of the chip's peak, as text; empty where operations or peak are not known."""
    operations = found["peers"].get("kerata", {}).get("operations")
    if "failed" in run or not operations or found["dtype"] not in peaks:
        return ""
    return f" ({operations / run['seconds'] / 1e12 / peaks[found['dtype']]:.0%})"


def page(report):
    """results/gpu.md."""
    peers = list(report["rows"][0]["peers"])
    titles = [PEERS[peer][0] for peer in peers]
    lines = [f"# On {report['chip']}", "", f"{report['date']}; {report['versions']}", ""]
    lines += ["In brackets: the share of the chip's peak. `best / ours`: the best peer's time over Kerata's.", ""]
    lines += [f"| workload | {' | '.join(titles)} | best / ours |", f"| --- |{' ---: |' * (len(peers) + 1)}"]
    for found in report["rows"]:
        cells = [shown(run) + share_of_peak(found, run, report["peaks"]) for run in found["peers"].values()]
        times = {peer: run["seconds"] for peer, run in found["peers"].items() if "failed" not in run}
        ours = times.pop("kerata", None)
        ratio = f"{min(times.values()) / ours:.2f}" if ours and times else ""
        lines.append(f"| {found['name']} {found['dtype']} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(lines) + "\n"


def main():
    """Measures every row on every peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", type=Path, default=HERE.parent.parent / "peers", help="what environments.sh filled")
    parser.add_argument("--against", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--only", nargs="+", default=[""], help="parts of names of workloads; writes nothing")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    chip = gpu_name()
    if chip is None and not options.smoke:
        raise SystemExit("There is no NVIDIA GPU here, so nothing was measured. `--smoke` runs tiny sizes on the CPU.")
    first = SMOKED if options.smoke else FIRST
    wanted = [(name, "float32") for name in first] + [(name, dtype) for name in LARGER for dtype in DTYPES]
    rows = [row(name, dtype, options) for name, dtype in wanted if any(part in name for part in options.only)]
    versions = {}
    for run in (run for found in rows for run in found["peers"].values()):
        versions.update(run.get("versions", {}))
    report = {
        "chip": "the CPU, tiny sizes" if options.smoke else chip,
        "peaks": {} if options.smoke else peaks_of(chip),
        "date": datetime.date.today().isoformat(),
        "versions": ", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
        "system": platform.platform(),
        "rows": rows,
    }
    if options.smoke or options.only != [""]:
        print(page(report))
        return
    (RESULTS / "gpu.json").write_text(json.dumps(report, indent=1) + "\n")
    (RESULTS / "gpu.md").write_text(page(report))


if __name__ == "__main__":
    main()
