"""Images that `ImageDataGenerator` changes at random, per second: this library, its compiled mode, and Keras 2.

    python benchmarks/augmentation.py [--keras2 PYTHON]

PYTHON is an interpreter with Keras 2.3.1; the same draws are timed there. Rounds of all of them alternate, and the best
of each is printed.
"""

import argparse
import json
import os
import subprocess
import sys
import time

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


def rates(modes):
    """One round: mode -> images per second, size by size."""
    import numpy as np

    from keras.preprocessing.image import ImageDataGenerator

    found = {}
    for mode in modes:
        more = {"compiled": True} if mode == "compiled" else {}
        found[mode] = []
        for count, size in SIZES:
            x = np.random.RandomState(0).randint(0, 256, (count, size, size, 3)).astype("float32")
            flow = ImageDataGenerator(**dict(SETTINGS, **more)).flow(x, batch_size=BATCH, seed=1)
            np.asarray(flow[0])  # what is compiled, is compiled here
            best = float("inf")
            for _ in range(3):
                start = time.perf_counter()
                for i in range(len(flow)):
                    np.asarray(flow[i])
                best = min(best, time.perf_counter() - start)
            found[mode].append(count / best)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--keras2", metavar="PYTHON", help="an interpreter with Keras 2.3.1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one-round", metavar="MODE", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one_round:
        print(json.dumps(rates([chosen.one_round])))
        return
    runs = [(sys.executable, "host"), (sys.executable, "compiled")]
    runs += [(chosen.keras2, "keras 2")] if chosen.keras2 else []
    best = {mode: [0.0] * len(SIZES) for _, mode in runs}
    for _ in range(chosen.rounds):
        for python, mode in runs:
            environment = {**os.environ, "KERAS_ERA": "2.3", "KERAS_BACKEND": "theano" if mode == "keras 2" else "jax"}
            done = subprocess.run(
                [python, __file__, "--one-round", mode], capture_output=True, text=True, env=environment, check=True
            )
            found = json.loads(done.stdout.splitlines()[-1])[mode]
            best[mode] = [max(pair) for pair in zip(best[mode], found)]
    print(f"{'images per second':20}" + "".join(f"{size}x{size}".rjust(12) for _, size in SIZES))
    for mode, values in best.items():
        print(f"{mode:20}" + "".join(f"{value:12.0f}" for value in values))
    if chosen.keras2:
        for mode in ("host", "compiled"):
            ratios = [ours / theirs for ours, theirs in zip(best[mode], best["keras 2"])]
            print(f"{mode + ' / keras 2':20}" + "".join(f"{ratio:11.1f}x" for ratio in ratios))


if __name__ == "__main__":
    main()
