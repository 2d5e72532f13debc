"""What oneDNN gains: workloads with convolutions, with the library and without it, and PyTorch beside them.

    python benchmarks/convolutions.py [--peers FOLDER] [--rounds N] [--only NAME ...]

Every measurement is a process of its own and all take turns within a round; the figures are medians over the rounds,
in seconds per epoch. The result is written to `results/convolutions.md`.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from run import CHECKOUT, HERE, RESULTS, machine

WORKLOADS = {
    "residual": "residual network, 32x32x3, batch 64",
    "autoencoder": "autoencoder with transposed convolutions, 32x32x3, batch 64",
    "convolutional": "Conv 32-64, dense 128 on 28x28x1, batch 128",
    "vgg_like": "VGG-like on 100x100x3, batch 32",
    "separable": "MobileNet-like blocks, 32x32x3, batch 64",
}
WITHOUT = """
import sys
sys.path.insert(0, {here!r})
sys.argv = ["workloads.py", {name!r}]
import workloads
from keras._jax.kernels import onednn
with onednn.avoided():
    getattr(workloads, {name!r})({name!r})
"""


def seconds(command, environment):
    """What the last line of a process reports."""
    done = subprocess.run(
        command, cwd=HERE, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=CHECKOUT.parent / "peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=WORKLOADS, default=list(WORKLOADS))
    options = parser.parse_args()
    ours = {"PYTHONPATH": str(CHECKOUT / "src")}
    torch = options.peers / "keras-torch" / "bin" / "python"
    lines = []
    for name in options.only:
        ways = {
            "with": ([sys.executable, "workloads.py", name], ours),
            "without": ([sys.executable, "-c", WITHOUT.format(here=str(HERE), name=name)], ours),
        }
        if torch.exists():
            ways["torch"] = ([str(torch), "plain_torch.py", name], {})
        times = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way, (command, environment) in ways.items():
                times[way].append(seconds(command, environment))
        middle = {way: statistics.median(found) for way, found in times.items()}
        peer = f"{middle['torch']:.2f} | {middle['torch'] / middle['with']:.2f}" if "torch" in middle else "|"
        cells = f"{middle['with']:.2f} | {middle['without']:.2f} | {middle['without'] / middle['with']:.2f} | {peer}"
        lines.append(f"| {WORKLOADS[name]} | {cells} |")
        print(lines[-1], flush=True)
    here = machine()
    text = (
        "# Convolutions with oneDNN and without\n\n"
        f"{here['cpu']}, {os.cpu_count()} cores. Measured {datetime.date.today()}, medians of {options.rounds} rounds; "
        "seconds per epoch.\n\n"
        "| workload | with | without | without / with | PyTorch | PyTorch / with |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n" + "\n".join(lines) + "\n"
    )
    (RESULTS / "convolutions.md").write_text(text)


if __name__ == "__main__":
    main()
