"""`python -m keras bench`: how fast this machine trains and predicts."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from keras import layers
from keras.models import Sequential

EXAMPLES = """examples:
  python -m keras bench
  python -m keras bench --json > this-machine.json

Each figure is the best of several runs, after what is compiled was compiled."""


def main(arguments: list[str]) -> int:
    """Prints how long a few small works take; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m keras bench", description="Tells how fast this machine trains and predicts.", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each work; 5 if left out")
    parser.add_argument("--json", action="store_true", help="one JSON object: work -> milliseconds")
    chosen = parser.parse_args(arguments)
    if chosen.runs < 1:
        parser.error(f"--runs must be at least 1. Got {chosen.runs}.")
    found = {}
    for name, work in _works().items():
        found[name] = round(_best(work, chosen.runs) * 1e3, 3)
        if not chosen.json:
            print(f"{found[name]:12.2f} ms  {name}", flush=True)
    if chosen.json:
        print(json.dumps(found))
    return 0


def _best(work: Callable[[], Any], runs: int) -> float:
    work()
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def _works() -> dict[str, Callable[[], Any]]:
    generator = np.random.default_rng(0)

    def data(*shape: int) -> np.ndarray:
        return generator.random(shape, dtype="float32")

    def compiled(*parts: layers.Layer) -> Sequential:
        model = Sequential(list(parts))
        model.compile("adam", "mse")
        return model

    table = compiled(layers.Input((8,)), layers.Dense(12, "relu"), layers.Dense(8, "relu"), layers.Dense(1))
    images = compiled(
        layers.Input((28, 28, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(10),
    )  # fmt: skip
    series = compiled(layers.Input((20, 8)), layers.LSTM(32), layers.Dense(1))
    x, y = data(768, 8), data(768, 1)
    pictures, classes = data(512, 28, 28, 1), data(512, 10)
    sequences, ends = data(512, 20, 8), data(512, 1)
    return {
        "an epoch of dense layers 8-12-8-1, 768 rows, batches of 10": lambda: table.fit(x, y, 10, verbose=0),
        "an epoch of a convolution, 512 images of 28x28": lambda: images.fit(pictures, classes, verbose=0),
        "an epoch of an LSTM of 32, 512 sequences of 20": lambda: series.fit(sequences, ends, verbose=0),
        "predict one row": lambda: table.predict(x[:1], verbose=0),
        "predict 512 images": lambda: images.predict(pictures, verbose=0),
    }
