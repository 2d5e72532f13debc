"""Images that `ImageDataGenerator` changes at random, per second: this library, its compiled mode, and Keras 2.

    python benchmarks/augmentation.py [--keras2 PYTHON] [--no-write]

PYTHON is an interpreter with Keras 2.3.1; the same draws are timed there. Batches are asked for one by one, and
then by `fit_generator` with two workers, which trains a model that costs next to nothing. Rounds of all of them
alternate, and the best of each is printed, and written to results/augmentation.md if Keras 2 was asked too.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
SETTINGS = {
    "rotation_range": 20,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "shear_range": 10,
    "zoom_range": 0.2,
    "horizontal_flip": True,
    "rescale": 1 / 255.0,
}
SIZES = [(512, 32), (128, 128), (64, 224)]  # images, height and width
BATCH = 32
IN_FIT = " in `fit`"


def rates(mode):
    """One round: "mode" and "mode in `fit`" -> images per second, size by size."""
    import numpy as np

    from keras.layers import Dense, GlobalAveragePooling2D
    from keras.models import Sequential
    from keras.preprocessing.image import ImageDataGenerator

    more = {"compiled": True} if mode == "compiled" else {}
    found = {mode: [], mode + IN_FIT: []}
    for count, size in SIZES:
        x = np.random.RandomState(0).randint(0, 256, (count, size, size, 3)).astype("float32")
        flow = ImageDataGenerator(**dict(SETTINGS, **more)).flow(x, np.zeros((count, 1)), batch_size=BATCH, seed=1)
        model = Sequential([GlobalAveragePooling2D(input_shape=(size, size, 3)), Dense(1)])
        model.compile("sgd", "mse")

        def one_by_one(flow=flow):
            for i in range(len(flow)):
                np.asarray(flow[i][0])

        def by_fit(flow=flow, model=model):
            model.fit_generator(flow, epochs=1, verbose=0, workers=2)

        for name, work in ((mode, one_by_one), (mode + IN_FIT, by_fit)):
            work()  # what is compiled, is compiled here
            found[name].append(count / min(seconds(work) for _ in range(3)))
    return found


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keras2", metavar="PYTHON", help="an interpreter with Keras 2.3.1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--one-round", metavar="MODE", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one_round:
        print(json.dumps(rates(chosen.one_round)))
        return
    runs = [(sys.executable, "host"), (sys.executable, "compiled")]
    runs += [(chosen.keras2, "Keras 2")] if chosen.keras2 else []
    best = {}
    for _ in range(chosen.rounds):
        for python, mode in runs:
            environment = {**os.environ, "KERAS_ERA": "2.3", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}
            environment["KERAS_BACKEND"] = "tensorflow" if mode == "Keras 2" else "jax"
            done = subprocess.run(
                [python, __file__, "--one-round", mode], stdout=subprocess.PIPE, text=True, env=environment, check=True
            )
            for name, values in json.loads(done.stdout.splitlines()[-1]).items():
                best[name] = [max(pair) for pair in zip(best.get(name, values), values)]
    lines = table(best)
    print("\n".join(lines))
    if chosen.keras2 and not chosen.no_write:
        machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
        head = ["# Images changed at random, per second", "", f"{machine}. Measured {datetime.date.today()}, best of"]
        head[-1] += f" {chosen.rounds} rounds. The settings are in benchmarks/augmentation.py."
        (RESULTS / "augmentation.md").write_text("\n".join([*head, "", *lines, ""]), encoding="utf-8")


def table(best):
    """The lines of the table: images per second, and how many times as many as in Keras 2 in the same way."""
    lines = ["| images per second | " + " | ".join(f"{size}x{size}" for _, size in SIZES) + " |"]
    lines.append("| --- |" + " ---: |" * len(SIZES))
    for name, values in best.items():
        theirs = best.get(name.replace("host", "Keras 2").replace("compiled", "Keras 2"))
        cells = [f"{a:,.0f}" if not theirs or name.startswith("K") else f"{a:,.0f} ({a / b:.1f}x)"
                 for a, b in zip(values, theirs or values)]  # fmt: skip
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    main()
