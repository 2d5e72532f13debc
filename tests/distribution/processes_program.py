"""What each process of `test_processes` runs: arguments are the folder for results and what to do."""

import json
import os
import signal
import sys

import numpy as np

import keras
from keras import distribution

folder, task = sys.argv[1:]
ALONE = task == "alone"
ROWS = np.random.default_rng(0).normal(size=(22, 6)).astype("float32")  # the last batch has 6 rows
TARGETS = (ROWS[:, :1] > 0).astype("float32")
WEIGHTS = np.random.default_rng(1).uniform(size=22)
SEEN: set = set()


class Watched(np.memmap):
    """Rows of a file that know which of them were read."""

    def __getitem__(self, rows):
        if isinstance(rows, np.ndarray):
            SEEN.update(rows.tolist())
        return np.asarray(super().__getitem__(rows))


class Dies(keras.callbacks.Callback):
    """Ends the second process by force in the second epoch."""

    def on_train_batch_begin(self, batch, logs=None):
        """Once."""
        if task == "dies" and number == 1 and self.epoch == 1 and batch == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_epoch_begin(self, epoch, logs=None):
        """Notes it."""
        self.epoch = epoch


def model_of(name):
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization(), keras.layers.Dropout(0.2),
        keras.layers.Dense(1, "sigmoid"),
    ]  # fmt: skip
    model = keras.Sequential(layers, name=name)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def flat(values):
    return [np.ravel(v).astype(float).tolist() for v in values]


def trained():
    """Everything that a run gives, from arrays."""
    model = model_of("net")
    callbacks = [
        keras.callbacks.CSVLogger(os.path.join(folder, "log.csv")),
        keras.callbacks.ModelCheckpoint(os.path.join(folder, "last.keras")),
    ]
    history = model.fit(
        ROWS, TARGETS, batch_size=8, epochs=2, verbose=2, sample_weight=WEIGHTS, validation_data=(ROWS, TARGETS),
        callbacks=callbacks, distribution=None if ALONE else keras.distribution.DataParallel(shard_weights=True),
    ).history  # fmt: skip
    return flat([*(history[k] for k in sorted(history)), *model.get_weights()])


def evaluated():
    """From a generator, and by prediction."""
    model = model_of("other")
    batches = ((ROWS[i : i + 8], TARGETS[i : i + 8]) for i in range(0, 22, 8))
    return flat([model.evaluate(batches, verbose=0), model.predict(ROWS, verbose=0)])


def read_rows():
    """The numbers of the rows of a file that this process reads to train on them."""
    path = os.path.join(folder, f"rows-{number}")
    ROWS[:16].tofile(path)
    rows = Watched(path, "float32", shape=(16, 6))
    model_of("third").fit(rows, TARGETS[:16], batch_size=8, verbose=0)
    return sorted(SEEN)


def resumed():
    """The weights after a run with backups that may be gone on with."""
    model = model_of("net")
    callbacks = [Dies(), keras.callbacks.BackupAndRestore(os.path.join(folder, "backup"), delete_checkpoint=False)]
    model.fit(ROWS, TARGETS, batch_size=8, epochs=3, verbose=0, callbacks=callbacks)
    return flat(model.get_weights())


number = 0
if not ALONE:
    distribution.initialize(patience=200)  # machines under test stand still at times
    distribution.set_distribution(distribution.DataParallel())
    number = keras._core.processes.number()
found = {}
if task in ("alone", "together"):
    found = {"trained": trained(), "evaluated": evaluated(), "drawn": float(np.random.rand())}
    found["read"] = [] if ALONE else read_rows()
if task in ("alone", "dies"):
    found["resumed"] = resumed()
with open(os.path.join(folder, f"{task}-{number}.json"), "w") as file:
    json.dump(found, file)
