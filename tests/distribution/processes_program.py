"""What each process of `test_processes` runs: arguments are the folder for results and what to do."""

import importlib.util
import json
import math
import os
import signal
import sys

import numpy as np

import keras
from keras import distribution
from keras._data import sources
from keras._jax import compile as engine
from keras._training import across

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


class Numbered(keras.utils.PyDataset):
    """Batches that know which of them were made; the last is smaller, and the rows change places between epochs."""

    def __init__(self, rows):
        super().__init__()
        self.order, self.made, self.noise = np.arange(rows), [], []

    def __len__(self):
        return math.ceil(len(self.order) / 4)

    def __getitem__(self, number):
        self.made.append(number)
        state = np.random.get_state()
        self.noise.append(float(np.random.rand()))
        np.random.set_state(state)  # a program alone makes other batches in between
        rows = self.order[number * 4 : number * 4 + 4]
        return {"in": ROWS[rows]}, TARGETS[rows], WEIGHTS[rows]

    def on_epoch_end(self):
        """Another order."""
        np.random.shuffle(self.order)


def model_of(name):
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((6,), name="in"), keras.layers.Dense(8, "relu"), keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.2), keras.layers.Dense(1, "sigmoid"),
    ]  # fmt: skip
    model = keras.Sequential(layers, name=name)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def flat(values):
    return [np.ravel(v).astype(float).tolist() for v in values]


def trained():
    """Everything that a run gives, from arrays, and how many programs it took."""
    model = model_of("net")
    callbacks = [
        keras.callbacks.CSVLogger(os.path.join(folder, "log.csv")),
        keras.callbacks.ModelCheckpoint(os.path.join(folder, "last.keras")),
    ]
    across._LARGEST = 200  # bytes: three of the five full batches at once
    with engine.counting() as counted:
        history = model.fit(
            ROWS, TARGETS, batch_size=4, epochs=2, verbose=2, sample_weight=WEIGHTS, validation_data=(ROWS, TARGETS),
            callbacks=callbacks, distribution=None if ALONE else keras.distribution.DataParallel(shard_weights=True),
        ).history  # fmt: skip
    return flat([*(history[k] for k in sorted(history)), *model.get_weights()]), counted.compiles


def evaluated():
    """From a generator, and by prediction."""
    model = model_of("other")
    batches = ((ROWS[i : i + 8], TARGETS[i : i + 8]) for i in range(0, 22, 8))
    return flat([model.evaluate(batches, verbose=0), model.predict(ROWS, verbose=0)])


def numbered():
    """What a run over numbered batches gives, and which of them this process made; one batch is too few for two."""
    model = model_of("net")
    data, few = Numbered(22), Numbered(3)
    history = model.fit(data, epochs=2, verbose=0, validation_data=few, class_weight={0: 1.0, 1: 2.0}).history
    trained = [history["loss"], history["val_loss"], model.predict(few, verbose=0)]
    part = model.fit(data, epochs=2, steps_per_epoch=4, shuffle=False, verbose=0).history["loss"]
    return {"trained": flat([*trained, part]), "made": data.made, "few": few.made, "noise": data.noise}


def mapped():
    """What a data set of our own gives, and for which rows this process called a function of it."""
    made = []

    def noted(x, y):
        made.append(float(x[0]))
        return x * 2, y

    rows, _ = keras.utils.split_dataset((ROWS, TARGETS), 21)
    data = rows.shuffle(10).map(noted).batch(4).prefetch(2)
    model = model_of("net")
    history = model.fit(data, epochs=2, verbose=0, validation_data=rows.batch(8)).history
    return {"trained": flat([history["loss"], history["val_loss"], *model.get_weights()]), "made": made}


def masked():
    """What a recurrent network over words gives, some of which are masked, with weights for classes and rows."""
    keras.utils.set_random_seed(2)
    words = np.random.default_rng(2).integers(1, 9, size=(22, 5))
    words[np.arange(22) % 3 == 0, 2:] = 0
    layers = [
        keras.Input((5,), name="words"), keras.layers.Embedding(9, 4, mask_zero=True),
        keras.layers.LSTM(4, return_sequences=True), keras.layers.Dense(1, "sigmoid"),
    ]  # fmt: skip
    model = keras.Sequential(layers, name="words")
    optimizer = keras.optimizers.Adam(0.01, gradient_accumulation_steps=2)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["mse"])
    targets = np.repeat(TARGETS[:, None], 5, 1)
    history = model.fit(words, targets, batch_size=8, epochs=2, verbose=0, sample_weight=WEIGHTS).history
    return flat([*(history[k] for k in sorted(history)), *model.get_weights()])


class Pairs:
    """A data set that knows which of its rows were made, and what was drawn meanwhile."""

    def __init__(self):
        self.made, self.noise = [], []

    def __len__(self):
        return 22

    def __getitem__(self, row):
        import torch

        self.made.append(int(row))
        state = torch.get_rng_state()
        self.noise.append(float(torch.rand(())))
        torch.set_rng_state(state)
        return ROWS[row], TARGETS[row]


def loaded():
    """What loaders of PyTorch give that shuffle, drawing from the common generator and from their own."""
    import torch

    torch.manual_seed(3 + 10 * number)  # the processes agree all the same
    from torch.utils.data import DataLoader

    model, data = model_of("net"), Pairs()
    losses = []
    for generator in (None, torch.Generator().manual_seed(1)):
        batches = DataLoader(data, batch_size=4, shuffle=True, generator=generator)
        losses.append(model.fit(batches, epochs=2, verbose=0).history["loss"])
    few = DataLoader(torch.utils.data.Subset(data, range(3)), batch_size=4)
    predicted = model.predict(few, verbose=0)
    return {"trained": flat([*losses, predicted, *model.get_weights()]), "made": data.made, "noise": data.noise}


def read_rows():
    """The numbers of the rows of a file, too large to be read as a whole, that this process reads to train on them."""
    sources.LARGEST_READ = 0
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
    values, programs = trained()
    found = {"trained": values, "programs": programs}
    found |= {"evaluated": evaluated(), "drawn": float(np.random.rand())}
    found["read"] = [] if ALONE else read_rows()
    found["numbered"] = numbered()
    found["masked"] = masked()
    found["mapped"] = mapped()
    found["drawn after"] = float(np.random.rand())
    if importlib.util.find_spec("torch") is not None:
        found["loaded"] = loaded()
if task in ("alone", "dies"):
    found["resumed"] = resumed()
with open(os.path.join(folder, f"{task}-{number}.json"), "w") as file:
    json.dump(found, file)
