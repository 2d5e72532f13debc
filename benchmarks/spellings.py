"""Runs the workloads of the table in today's spelling, in that of 2.x and in that of 1.x, and compares their times.

    python benchmarks/spellings.py [--rounds N] [--only PART ...]

Every measurement is a process of its own; within a round each workload runs once in each spelling, in turns. A figure
is the median over the rounds. The older spellings build the same networks, are trained by the same losses, and should
take the same time within 3 %: the exit status is 1 if one takes longer.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SPELLINGS = ("today", "2.x", "1.x")
ALLOWED = 1.03


# --- the workloads, in a process of their own


def run_one(spelling, name):
    """Times one workload in one spelling, and prints the result as `workloads.py` does."""
    import workloads

    if spelling != "today":
        import keras

        keras.config.set_era("1" if spelling == "1.x" else "2.3")
        models = OnePointX(keras.layers) if spelling == "1.x" else TwoPointX(keras.layers)
        workloads.first_network_model = models.first_network
        if name in MODELS:
            return time_epochs(name, getattr(models, name)(), spelling)
    return getattr(workloads, name)(name)


# row -> data, size of a batch, epochs in a run: those that `workloads.py` has
MODELS = {
    "lstm_batch_1": (lambda samples: samples.alphabet(), 1, 20),
    "stacked_lstm": (lambda samples: samples.sequences(), 64, 10),
    "embedding_lstm": (lambda samples: samples.tokens(), 16, 2),
    "perceptron": (lambda samples: samples.flat_images(), 128, 3),
    "convolutional": (lambda samples: samples.images(2560, 28, 1), 128, 1),
}
SHARED = ("first_network_epoch", "ten_folds", "fit_one_step", "predict_one_row", "train_on_batch")


def time_epochs(name, model, spelling):
    """Times `fit`, whose epochs are counted by another argument in each spelling."""
    import samples
    import timing

    data, batch_size, per_run = MODELS[name]
    x, y = data(samples)
    argument = "nb_epoch" if spelling == "1.x" else "epochs"

    def train(epochs):
        return model.fit(x, y, batch_size=batch_size, verbose=0, **{argument: epochs}).history["loss"]

    timing.epochs(name, train, per_run)


def sequential(loss, optimizer, layers):
    """Layers one after the other, compiled as all years did it."""
    from keras.models import Sequential

    model = Sequential()
    for layer in layers:
        model.add(layer)
    model.compile(loss=loss, optimizer=optimizer, metrics=["accuracy"])
    return model


class TwoPointX:
    """The networks as they were written for 2.x; gates of an LSTM are those of 2.3, the same as today."""

    def __init__(self, layers):
        self.l = layers

    def first_network(self):
        dense = self.l.Dense
        return sequential("binary_crossentropy", "adam", [
            dense(12, input_dim=8, activation="relu"), dense(8, activation="relu"), dense(1, activation="sigmoid"),
        ])  # fmt: skip

    def lstm_batch_1(self):
        return sequential("categorical_crossentropy", "adam", [
            self.l.LSTM(32, input_shape=(3, 1)), self.l.Dense(26, activation="softmax"),
        ])  # fmt: skip

    def stacked_lstm(self):
        return sequential("categorical_crossentropy", "rmsprop", [
            self.l.LSTM(32, return_sequences=True, input_shape=(8, 16)), self.l.LSTM(32, return_sequences=True),
            self.l.LSTM(32), self.l.Dense(10, activation="softmax"),
        ])  # fmt: skip

    def embedding_lstm(self):
        return sequential("binary_crossentropy", "rmsprop", [
            self.l.Embedding(1024, 256, input_length=80), self.l.LSTM(128), self.l.Dropout(0.5),
            self.l.Dense(1, activation="sigmoid"),
        ])  # fmt: skip

    def perceptron(self):
        return sequential("sparse_categorical_crossentropy", "rmsprop", [
            self.l.Dense(512, activation="relu", input_shape=(784,)), self.l.Dropout(0.2),
            self.l.Dense(512, activation="relu"), self.l.Dropout(0.2), self.l.Dense(10, activation="softmax"),
        ])  # fmt: skip

    def convolutional(self):
        return sequential("sparse_categorical_crossentropy", "adam", [
            self.l.Conv2D(32, (3, 3), activation="relu", input_shape=(28, 28, 1)),
            self.l.Conv2D(64, (3, 3), activation="relu"), self.l.MaxPooling2D(pool_size=(2, 2)), self.l.Dropout(0.25),
            self.l.Flatten(), self.l.Dense(128, activation="relu"), self.l.Dropout(0.5),
            self.l.Dense(10, activation="softmax"),
        ])  # fmt: skip


class OnePointX:
    """The networks as they were written for 1.x, but for the gates, which had another shape then."""

    def __init__(self, layers):
        self.l = layers

    def lstm(self, units, **kwargs):
        return self.l.LSTM(output_dim=units, inner_activation="sigmoid", **kwargs)

    def first_network(self):
        dense = self.l.Dense
        return sequential("binary_crossentropy", "adam", [
            dense(12, input_dim=8, init="glorot_uniform", activation="relu"),
            dense(output_dim=8, activation="relu"), dense(output_dim=1, activation="sigmoid"),
        ])  # fmt: skip

    def lstm_batch_1(self):
        return sequential("categorical_crossentropy", "adam", [
            self.lstm(32, input_shape=(3, 1)), self.l.Dense(output_dim=26, activation="softmax"),
        ])  # fmt: skip

    def stacked_lstm(self):
        return sequential("categorical_crossentropy", "rmsprop", [
            self.lstm(32, return_sequences=True, input_shape=(8, 16)), self.lstm(32, return_sequences=True),
            self.lstm(32), self.l.Dense(output_dim=10, activation="softmax"),
        ])  # fmt: skip

    def embedding_lstm(self):
        return sequential("binary_crossentropy", "rmsprop", [
            self.l.Embedding(1024, 256, init="uniform", input_length=80), self.lstm(128), self.l.Dropout(p=0.5),
            self.l.Dense(output_dim=1, activation="sigmoid"),
        ])  # fmt: skip

    def perceptron(self):
        return sequential("sparse_categorical_crossentropy", "rmsprop", [
            self.l.Dense(output_dim=512, activation="relu", input_shape=(784,)), self.l.Dropout(p=0.2),
            self.l.Dense(output_dim=512, activation="relu"), self.l.Dropout(p=0.2),
            self.l.Dense(output_dim=10, activation="softmax"),
        ])  # fmt: skip

    def convolutional(self):
        return sequential("sparse_categorical_crossentropy", "adam", [
            self.l.Convolution2D(32, 3, 3, border_mode="valid", activation="relu", input_shape=(28, 28, 1)),
            self.l.Convolution2D(64, 3, 3, border_mode="valid", activation="relu"),
            self.l.MaxPooling2D(pool_size=(2, 2)), self.l.Dropout(p=0.25), self.l.Flatten(),
            self.l.Dense(output_dim=128, activation="relu"), self.l.Dropout(p=0.5),
            self.l.Dense(output_dim=10, activation="softmax"),
        ])  # fmt: skip


# --- all of them


def measure(spelling, name, home):
    """Seconds for a workload in a process of its own."""
    private = ("KERAS_", "XLA_", "JAX_", "OMP_", "MKL_", "PYTHON")
    settings = {k: v for k, v in os.environ.items() if not k.startswith(private)}
    settings |= {"KERAS_HOME": home, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(HERE.parent / "src")}
    command = [sys.executable, str(HERE / "spellings.py"), "--one", spelling, name]
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise SystemExit(f"{name} in {spelling} failed:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", metavar="PART", help="workloads whose name contains one of these")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        run_one(*chosen.one)
        return 0
    names = [n for n in (*SHARED, *MODELS) if not chosen.only or any(part in n for part in chosen.only)]
    times = {(name, spelling): [] for name in names for spelling in SPELLINGS}
    with tempfile.TemporaryDirectory() as home:
        for turn in range(chosen.rounds):
            for name in names:
                # whoever goes first finds the machine as the workload before left it: take turns
                for i in range(len(SPELLINGS)):
                    spelling = SPELLINGS[(i + turn) % len(SPELLINGS)]
                    times[name, spelling].append(measure(spelling, name, home))
                found = ", ".join(f"{s} {times[name, s][-1] * 1e3:.3f} ms" for s in SPELLINGS)
                print(f"round {turn + 1}: {name}: {found}", file=sys.stderr, flush=True)
    slower = False
    print(f"{'workload':22}{'today':>12}" + "".join(f"{s + ' / today':>16}" for s in SPELLINGS[1:]))
    for name in names:
        found = {s: statistics.median(times[name, s]) for s in SPELLINGS}
        ratios = [found[s] / found["today"] for s in SPELLINGS[1:]]
        slower = slower or any(ratio > ALLOWED for ratio in ratios)
        print(f"{name:22}{found['today'] * 1e3:>9.3f} ms" + "".join(f"{ratio:>16.3f}" for ratio in ratios))
    return int(slower)


if __name__ == "__main__":
    sys.exit(main())
