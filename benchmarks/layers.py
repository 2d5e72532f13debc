"""Every layer forward, and forward and backward, on one medium size: Kerata against Keras 3 on JAX.

    python benchmarks/layers.py [--peers FOLDER] [--only PART ...] [--rounds N] [--no-write]

Every library runs the same lines below in a process of its own, `--rounds` times in turns; a figure is the median over
the rounds of the fastest of many calls. Both are compiled by plain `jax.jit`, without the options that Kerata's own
programs are compiled with. Writes `results/layers.md`: milliseconds of both and the ratio peer / ours, marked where it
is below 0.9. Run it on an idle machine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
SEQUENCE, IMAGES, VOLUME, ROWS = (32, 64, 64), (16, 32, 32, 16), (4, 16, 16, 16, 8), (256, 256)
WINDOWS = (4, 8, 16, 16, 4)


def rows():
    """Name -> (function that makes the layer from `layers`, shape or shapes of its inputs)."""
    found = {
        "Dense": (lambda k: k.Dense(256, activation="relu"), ROWS),
        "EinsumDense": (lambda k: k.EinsumDense("abc,cd->abd", (None, 64), bias_axes="d"), SEQUENCE),
        "Activation": (lambda k: k.Activation("gelu"), SEQUENCE),
        "PReLU": (lambda k: k.PReLU(), SEQUENCE),
        "Softmax": (lambda k: k.Softmax(), SEQUENCE),
        "Flatten": (lambda k: k.Flatten(), SEQUENCE),
        "Permute": (lambda k: k.Permute((2, 1)), SEQUENCE),
        "RepeatVector": (lambda k: k.RepeatVector(8), ROWS),
        "BatchNormalization": (lambda k: k.BatchNormalization(), IMAGES),
        "LayerNormalization": (lambda k: k.LayerNormalization(), SEQUENCE),
        "RMSNormalization": (lambda k: k.RMSNormalization(), SEQUENCE),
        "GroupNormalization": (lambda k: k.GroupNormalization(4), IMAGES),
        "UnitNormalization": (lambda k: k.UnitNormalization(), SEQUENCE),
        "SpectralNormalization": (lambda k: k.SpectralNormalization(k.Dense(256)), ROWS),
        "Attention": (lambda k: k.Attention(), [SEQUENCE, SEQUENCE]),
        "AdditiveAttention": (lambda k: k.AdditiveAttention(), [SEQUENCE, SEQUENCE]),
        "MultiHeadAttention": (lambda k: k.MultiHeadAttention(4, 16), (SEQUENCE, SEQUENCE)),
        "GroupQueryAttention": (lambda k: k.GroupQueryAttention(16, 4, 2), (SEQUENCE, SEQUENCE)),
        "Add": (lambda k: k.Add(), [SEQUENCE, SEQUENCE]),
        "Multiply": (lambda k: k.Multiply(), [SEQUENCE, SEQUENCE]),
        "Concatenate": (lambda k: k.Concatenate(), [SEQUENCE, SEQUENCE]),
        "Dot": (lambda k: k.Dot(axes=2), [SEQUENCE, SEQUENCE]),
        "SimpleRNN": (lambda k: k.SimpleRNN(64), SEQUENCE),
        "GRU": (lambda k: k.GRU(64), SEQUENCE),
        "LSTM": (lambda k: k.LSTM(64), SEQUENCE),
        "LSTM-sequences": (lambda k: k.LSTM(64, return_sequences=True), SEQUENCE),
        "Bidirectional": (lambda k: k.Bidirectional(k.LSTM(32)), SEQUENCE),
        "StackedRNNCells": (lambda k: k.RNN([k.GRUCell(32), k.GRUCell(32)]), SEQUENCE),
        "TimeDistributed": (lambda k: k.TimeDistributed(k.Conv2D(8, 3)), WINDOWS),
        "ConvLSTM2D": (lambda k: k.ConvLSTM2D(4, 3), WINDOWS),
        "Dropout": (lambda k: k.Dropout(0.5), SEQUENCE),
        "AlphaDropout": (lambda k: k.AlphaDropout(0.5), SEQUENCE),
        "GaussianNoise": (lambda k: k.GaussianNoise(0.5), SEQUENCE),
        "GaussianDropout": (lambda k: k.GaussianDropout(0.5), SEQUENCE),
        "SpatialDropout2D": (lambda k: k.SpatialDropout2D(0.5), IMAGES),
        "DepthwiseConv2D": (lambda k: k.DepthwiseConv2D(3, padding="same"), IMAGES),
        "SeparableConv2D": (lambda k: k.SeparableConv2D(16, 3, padding="same"), IMAGES),
        "Conv2D-strides": (lambda k: k.Conv2D(16, 3, strides=2), IMAGES),
        "Conv2D-dilation": (lambda k: k.Conv2D(16, 3, dilation_rate=2), IMAGES),
        "Conv2D-groups": (lambda k: k.Conv2D(16, 3, groups=4), IMAGES),
        "RandomFlip": (lambda k: k.RandomFlip(), IMAGES),
        "RandomRotation": (lambda k: k.RandomRotation(0.2), IMAGES),
        "RandomZoom": (lambda k: k.RandomZoom(0.2), IMAGES),
        "RandomContrast": (lambda k: k.RandomContrast(0.2), IMAGES),
        "RandomCrop": (lambda k: k.RandomCrop(24, 24), IMAGES),
        "Resizing": (lambda k: k.Resizing(48, 48), IMAGES),
        "Rescaling": (lambda k: k.Rescaling(1 / 255), IMAGES),
    }
    for rank, shape in ((1, SEQUENCE), (2, IMAGES), (3, VOLUME)):
        for name, arguments in (
            ("Conv{}D", (16, 3)), ("Conv{}DTranspose", (16, 3)), ("MaxPooling{}D", (2,)), ("AveragePooling{}D", (2,)),
            ("GlobalMaxPooling{}D", ()), ("GlobalAveragePooling{}D", ()), ("AdaptiveMaxPooling{}D", (5,)),
            ("AdaptiveAveragePooling{}D", (5,)), ("UpSampling{}D", (2,)), ("ZeroPadding{}D", (2,)),
            ("Cropping{}D", (2,)),
        ):  # fmt: skip
            name = name.format(rank)
            found[name] = (lambda k, name=name, arguments=arguments: getattr(k, name)(*arguments), shape)
    return found


def measure(name):
    """Seconds of a forward call and of one with gradients, both compiled, in this process."""
    import jax
    import numpy as np

    import keras

    make, shapes = rows()[name]
    draw = np.random.default_rng(0)
    several = isinstance(shapes, list) or isinstance(shapes[0], tuple)
    inputs = [draw.normal(size=s).astype("float32") for s in (shapes if several else [shapes])]
    layer = make(keras.layers)
    arguments = (inputs,) if isinstance(shapes, list) else inputs
    layer(*arguments)
    trained, others = ([v.value for v in part] for part in (layer.trainable_variables, layer.non_trainable_variables))
    more = {"training": True} if "training" in layer.call.__code__.co_varnames else {}

    def forward(trained, others, arguments):
        return layer.stateless_call(trained, others, *arguments, **more)

    def total(trained, arguments, others):
        outputs, state = forward(trained, others, arguments)
        return sum((leaf**2).sum() for leaf in jax.tree.leaves(outputs)), state

    backward = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)
    return {
        "forward": fastest(jax.jit(forward), trained, others, arguments),
        "backward": fastest(jax.jit(backward), trained, arguments, others),
    }


def fastest(function, *arguments, budget=0.25):
    """Seconds of the fastest call within `budget` seconds, after two that compile and warm up."""
    import jax

    for _ in range(2):
        jax.block_until_ready(function(*arguments))
    times, began = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - began < budget:
        start = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        times.append(time.perf_counter() - start)
    return min(times)


def ask(python, names):
    """What a library measures, name -> seconds, or -> {'failed': reason}."""
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": os.environ.get("JAX_PLATFORMS", "cpu")}
    command = [python, __file__, "--measure", *names]
    ran = subprocess.run(command, env=environment, cwd=HERE, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    if ran.returncode:
        raise SystemExit(f"{python} failed:\n{ran.stderr[-2000:]}")
    return {line.pop("name"): line for line in lines}


def report(ours, peers):
    """The table, as lines of Markdown; `ours` and `peers` are lists of what `ask` returned, one per round."""
    lines = ["| layer | | ours (ms) | Keras 3 on JAX (ms) | ratio |", "| --- | --- | --- | --- | --- |"]
    for name in ours[0]:
        for way in ("forward", "backward"):
            times = []
            for answers in (ours, peers):
                found = [answer[name].get(way) for answer in answers]
                times.append(None if None in found else statistics.median(found) * 1000)
            if None in times:
                reasons = [a[name].get("failed") for a in (ours[0], peers[0])]
                lines.append(f"| {name} | {way} | {reasons[0] or ''} | {reasons[1] or ''} | failed |")
                continue
            ratio = times[1] / times[0]
            shown = f"**{ratio:.2f}**" if ratio < 0.9 else f"{ratio:.2f}"
            lines.append(f"| {name} | {way} | {times[0]:.3f} | {times[1]:.3f} | {shown} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, default=HERE.parent.parent / "peers")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--measure", nargs="*", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure is not None:
        for name in given.measure:
            try:
                found = measure(name)
            except Exception as error:
                found = {"failed": f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"}
            print(json.dumps({"name": name, **found}), flush=True)
        return
    names = [n for n in rows() if not given.only or any(part in n for part in given.only)]
    ours, peers = [], []
    for _ in range(given.rounds):
        ours.append(ask(sys.executable, names))
        peers.append(ask(str(given.peers / "keras-jax" / "bin" / "python"), names))
    lines = report(ours, peers)
    print("\n".join(lines))
    if not given.no_write and not given.only:
        text = "# Every layer on one medium size\n\nMade by `layers.py`; a ratio is the peer's time over ours.\n\n"
        (HERE / "results" / "layers.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
