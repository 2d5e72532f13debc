"""`fit(resume=...)`: a run that ended anywhere and is started again ends as one that was never stopped."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import keras
from keras.callbacks import _resume

X = np.random.default_rng(0).normal(size=(22, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Stop(Exception):
    pass


class StopsAt(keras.callbacks.Callback):
    """Ends a run like a kill would, at the beginning of a step."""

    def __init__(self, epoch, batch):
        self.when = (epoch, batch)
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            raise Stop


class Noise(keras.layers.Layer):
    """Draws from the generator that belongs to no layer."""

    def call(self, x, training=False):
        return x + 0.1 * keras.random.normal((3,)) if training else x


class Augmented(keras.utils.PyDataset):
    """Batches that are changed with NumPy's and Python's own generators."""

    def __len__(self):
        return 5

    def __getitem__(self, i):
        part = slice(i * 4, i * 4 + 4)
        return X[part] + np.random.normal(size=(4, 3)) * random.random(), Y[part]


class Reordered(Augmented):
    """Batches in an order of the dataset's own, another in each epoch."""

    def __init__(self):
        super().__init__()
        self.order = np.arange(20)

    def __getitem__(self, i):
        rows = self.order[i * 4 : i * 4 + 4]
        return X[rows], Y[rows]

    def on_epoch_begin(self):
        self.order = np.roll(self.order, 3)

    def on_epoch_end(self):
        np.random.shuffle(self.order)

    def state_dict(self):
        return {"order": self.order}

    def load_state_dict(self, state):
        self.order = np.array(state["order"])


class Loader:
    """An iterable that begins anew, in another order each time."""

    def __len__(self):
        return 5

    def __iter__(self):
        for i in np.random.permutation(5):
            yield X[i * 4 : i * 4 + 4], Y[i * 4 : i * 4 + 4]


def endless():
    rng = np.random.default_rng(1)
    while True:
        rows = rng.integers(0, 22, 4)
        yield X[rows], Y[rows]


def rows_of_four():
    return (X, Y), {"batch_size": 4}


def torch_loader(**settings):
    torch = pytest.importorskip("torch")
    torch.manual_seed(4)
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    if "seed" in settings:
        settings["generator"] = torch.Generator().manual_seed(settings.pop("seed"))
    return torch.utils.data.DataLoader(pairs, batch_size=4, shuffle=True, **settings)


DATA = {
    "arrays": lambda: ((X, Y), {"batch_size": 4}, Noise()),
    "arrays in parts": lambda: ((X[:16], Y[:16]), {"batch_size": 4, "steps_per_epoch": 2}),
    "arrays in uneven parts": lambda: ((X[:20], Y[:20]), {"batch_size": 4, "steps_per_epoch": 2}),
    "batches in any order": lambda: ((X, Y), {"batch_size": 4, "shuffle": "batch"}),
    "as they stand": lambda: ((X, Y), {"batch_size": 4, "shuffle": False}),
    "generator": lambda: ((endless(),), {"steps_per_epoch": 5}),
    "numbered": lambda: ((Augmented(),), {}),
    "numbered, reordered": lambda: ((Reordered(),), {"shuffle": False}),
    "loader": lambda: ((Loader(),), {}),
    "loader in parts": lambda: ((Loader(),), {"steps_per_epoch": 3}),
    "loader of PyTorch": lambda: ((torch_loader(),), {}),
    "loader of PyTorch with a generator": lambda: ((torch_loader(seed=1),), {}),
    "loader of PyTorch in parts": lambda: ((torch_loader(seed=1),), {"steps_per_epoch": 4}),
    "loader in whole passes": lambda: ((Loader(),), {"steps_per_epoch": 5}),
    "validated by a generator": lambda: (
        (X, Y),
        {"batch_size": 4, "validation_data": endless(), "validation_steps": 2},
    ),
}


def train(data, *callbacks, seed=0, epochs=3, **arguments):
    keras.utils.set_random_seed(seed)
    given, more, *first = data()
    model = keras.Sequential([keras.Input((3,)), *first, keras.layers.Dropout(0.3), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1, use_ema=True), "mse", metrics=["mae"])
    history = model.fit(*given, epochs=epochs, verbose=0, callbacks=list(callbacks), **more, **arguments)
    return model, history


def same(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def at_every_step(monkeypatch):
    monkeypatch.setattr(_resume, "SECONDS", 0.0)


@pytest.mark.filterwarnings("ignore:fit. the input ran out")
@pytest.mark.parametrize("name", DATA)
def test_a_run_goes_on_in_the_middle_of_an_epoch_whatever_the_data(name, tmp_path, at_every_step):
    whole, expected = train(DATA[name])
    # in the first epoch, then in the second, then at the start of the third; another seed each time, as all comes from
    # the run that began
    for seed, when in enumerate(((0, 1), (1, 1), (2, 0))):
        with pytest.raises(Stop):
            train(DATA[name], StopsAt(*when), resume=tmp_path, seed=seed)
    model, history = train(DATA[name], resume=tmp_path, seed=99)
    same(model, whole)
    assert history.history == expected.history
    assert history.epoch == [0, 1, 2]
    assert os.listdir(tmp_path) == ["backup.npz"]


def test_a_dataset_that_changes_without_telling_how_is_a_warning(tmp_path):
    class Silent(Augmented):
        def on_epoch_end(self):
            pass

    train(lambda: ((Silent(),), {}), resume=tmp_path, epochs=1)
    with pytest.warns(UserWarning, match="Silent may change at the end .* Give it state_dict"):
        train(lambda: ((Silent(),), {}), resume=tmp_path, epochs=2)


def test_more_epochs_continue_a_run_that_has_ended(tmp_path):
    train(rows_of_four, resume=tmp_path, epochs=2)
    model, history = train(rows_of_four, resume=tmp_path, seed=3, epochs=3)
    whole, expected = train(rows_of_four)
    same(model, whole)
    assert history.history == expected.history
    again, history = train(rows_of_four, resume=tmp_path, seed=4)
    same(again, whole)  # nothing was left to do
    assert history.history == expected.history


def test_callbacks_go_on_as_well(tmp_path, at_every_step):
    def callbacks(folder):
        folder.mkdir(exist_ok=True)
        return [
            keras.callbacks.EarlyStopping("loss", mode="max", patience=3, restore_best_weights=True),
            keras.callbacks.ReduceLROnPlateau("loss", mode="max", factor=0.5, patience=1),
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
            keras.callbacks.ModelCheckpoint(
                folder / "m.weights.h5", "loss", save_best_only=True, save_weights_only=True
            ),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            keras.callbacks.CSVLogger(folder / "log.csv"),
        ]

    def settled(callbacks):
        return [c.resume_state() for c in callbacks if not isinstance(c, keras.callbacks.EarlyStopping)]

    expected = callbacks(tmp_path / "a")
    whole, record = train(rows_of_four, *expected, epochs=8)
    assert len(record.epoch) < 8  # stopped early
    last = len(record.epoch) - 1
    for when in ((1, 2), (2, 3), (last, 0), (last, 2)):
        with pytest.raises(Stop):
            train(rows_of_four, *callbacks(tmp_path / "b"), StopsAt(*when), epochs=8, resume=tmp_path / "r")
    found = callbacks(tmp_path / "b")
    model, history = train(rows_of_four, *found, epochs=8, resume=tmp_path / "r")
    same(model, whole)
    assert history.history == record.history
    np.testing.assert_equal(settled(found), settled(expected))
    assert found[0].best_epoch == expected[0].best_epoch
    assert (tmp_path / "a" / "log.csv").read_text() == (tmp_path / "b" / "log.csv").read_text()
    # what has ended early does not go on
    assert train(rows_of_four, *callbacks(tmp_path / "b"), epochs=8, resume=tmp_path / "r")[1].epoch == history.epoch


def test_a_state_that_no_file_can_hold_is_named(tmp_path):
    class Keeps(keras.callbacks.Callback):
        def resume_state(self):
            return {"lock": object()}

    with pytest.raises(TypeError, match=r"\['lock'\] must be made of numbers, text, arrays.* Got object"):
        train(rows_of_four, Keeps(), resume=tmp_path)


LIMITED = """
import resource, sys, numpy as np, keras
x = np.random.default_rng(0).normal(size=(8, 40)).astype("float32")
model = keras.Sequential([keras.Input((40,)), keras.layers.Dense(50)])
model.compile("sgd", "mse")
y = np.zeros((8, 50), "float32")
model.fit(x, y, epochs=1, verbose=0, resume=sys.argv[1])
before = open(sys.argv[1] + "/backup.npz", "rb").read()
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    model.fit(x, y, epochs=2, verbose=0, resume=sys.argv[1])
except OSError as error:
    print("refused", error.errno, model.get_weights()[0].shape)
import os
assert open(sys.argv[1] + "/backup.npz", "rb").read() == before
print(os.listdir(sys.argv[1]))
"""


def run_program(text, *arguments, **settings):
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)], capture_output=True, text=True, timeout=120, **settings
    )


@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes")
def test_a_full_disk_leaves_the_backup_that_is_there(tmp_path):
    done = run_program(LIMITED, tmp_path)
    assert done.stdout.split("\n")[:2] == ["refused 27 (40, 50)", "['backup.npz']"], done.stderr


PROGRAM = """
import sys
import numpy as np
import keras
from keras.callbacks import _resume

_resume.SECONDS = 0.0
keras.utils.set_random_seed(3)
x = np.random.default_rng(0).normal(size=(32, 3)).astype("float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dropout(0.2), keras.layers.Dense(1)])
model.compile("adam", "mse")
print("begins", flush=True)
stopping = keras.callbacks.EarlyStopping("loss", patience=100, restore_best_weights=True)
class Tells(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(batch, flush=True)
model.fit(x, x[:, :1], batch_size=4, epochs=6, verbose=0, callbacks=[stopping, Tells()], resume=sys.argv[1])
np.savez(sys.argv[2], *model.get_weights())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_process_that_is_killed_at_any_moment_ends_with_the_same_bits(tmp_path, request):
    kills = 20 if request.config.getoption("--all") else 2
    done = run_program(PROGRAM, tmp_path / "whole", tmp_path / "whole.npz")
    assert done.returncode == 0, done.stderr
    steps = 6 * 8
    for i in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, tmp_path / "killed", tmp_path / "killed.npz"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "begins\n"
        for _ in range(random.Random(i).randrange(1, max(2 * steps // kills, 4))):
            if not process.stdout.readline():
                break
        time.sleep(random.Random(i).random() * 0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = run_program(PROGRAM, tmp_path / "killed", tmp_path / "killed.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "whole.npz") as whole, np.load(tmp_path / "killed.npz") as killed:
        for name in whole.files:
            np.testing.assert_array_equal(whole[name], killed[name])
