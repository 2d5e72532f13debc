"""What every callback keeps to: a class without a row in the table fails."""

import contextlib
import importlib.util
import inspect
import sys
import types

import numpy as np
import pytest

import keras
from keras import callbacks
from keras.callbacks import Callback
from keras.callbacks._callback import HOOKS

X = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Trial:
    """A trial of Optuna that is never ended."""

    def report(self, value, step):
        assert value >= 0.0

    def should_prune(self):
        return False


# class -> how to make one in a folder
CASES = {
    "BackupAndRestore": lambda folder: callbacks.BackupAndRestore(folder / "backup"),
    "CSVLogger": lambda folder: callbacks.CSVLogger(folder / "log.csv"),
    "Callback": lambda folder: callbacks.Callback(),
    "CallbackList": lambda folder: callbacks.CallbackList([callbacks.History()]),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping(patience=5, restore_best_weights=True),
    "History": lambda folder: callbacks.History(),
    "LambdaCallback": lambda folder: callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
    "LearningRateScheduler": lambda folder: callbacks.LearningRateScheduler(lambda epoch: 0.01),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(folder / "x.weights.h5", save_weights_only=True),
    "OptunaPruning": lambda folder: callbacks.OptunaPruning(Trial(), "loss"),
    "OrbaxCheckpoint": lambda folder: callbacks.OrbaxCheckpoint(folder / "orbax"),
    "ProgbarLogger": lambda folder: callbacks.ProgbarLogger(),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau(),
    "RemoteMonitor": lambda folder: callbacks.RemoteMonitor("http://127.0.0.1:9"),
    "SwapEMAWeights": lambda folder: callbacks.SwapEMAWeights(),
    "TensorBoard": lambda folder: callbacks.TensorBoard(folder / "tb"),
    "TerminateOnNaN": lambda folder: callbacks.TerminateOnNaN(),
}


def made(name, folder):
    if name == "OrbaxCheckpoint":
        pytest.importorskip("orbax.checkpoint")
    return CASES[name](folder)


@pytest.fixture(scope="module")
def model():
    found = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    found.compile(keras.optimizers.SGD(0.01, use_ema=True), "mse")
    return found


def test_every_callback_has_a_row():
    classes = {name for name in callbacks.__all__ if inspect.isclass(getattr(callbacks, name))}
    assert classes == set(CASES)


@pytest.mark.parametrize("name", [name for name in CASES if name != "CallbackList"])
@pytest.mark.filterwarnings("ignore:RemoteMonitor")
def test_a_callback_goes_through_two_runs_an_evaluation_and_a_prediction(name, model, tmp_path):
    callback = made(name, tmp_path)
    for _ in range(2):  # it can be used again
        history = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[callback])
        assert np.isfinite(history.history["val_loss"]).all()
        assert callback.model is model
        assert callback.params["epochs"] == 2
    before = model.get_weights()
    model.evaluate(X, Y, verbose=0, callbacks=[callback])
    model.predict(X, verbose=0, callbacks=[callback])
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", CASES)
def test_hooks_take_what_keras_3_passes(name):
    cls = getattr(callbacks, name)
    for hook in HOOKS:
        found = list(inspect.signature(getattr(cls, hook)).parameters)[1:]
        wanted = list(inspect.signature(getattr(Callback, hook)).parameters)[1:]
        assert found == wanted, hook
        assert getattr(cls, hook).__doc__


@pytest.mark.parametrize("name", [name for name in CASES if name != "CallbackList"])
def test_a_subclass_may_be_passed_in_its_place(name, model, tmp_path, monkeypatch):
    callback = made(name, tmp_path)
    seen = []

    class Derived(type(callback)):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append(epoch)
            super().on_epoch_begin(epoch, logs)

    callback.__class__ = Derived
    monkeypatch.setattr("urllib.request.urlopen", lambda *a, **k: contextlib.nullcontext())
    model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[callback])
    assert seen == [0, 1]


# --- callbacks that others publish; each runs where its package is installed


@pytest.fixture
def tensorflow_keras(monkeypatch):
    """`tensorflow.keras` for packages that import it at their top; the real one stays where it is installed."""
    if importlib.util.find_spec("tensorflow") is not None:
        return
    stands_in = types.ModuleType("tensorflow")
    stands_in.keras, stands_in.__version__, stands_in.__path__ = keras, "2.19.0", []
    stands_in.Variable, stands_in.Tensor = keras.Variable, type(keras.ops.zeros(()))
    monkeypatch.setitem(sys.modules, "tensorflow", stands_in)
    monkeypatch.setitem(sys.modules, "tensorflow.keras", keras)
    for name in ("backend", "callbacks", "layers", "models", "utils"):
        monkeypatch.setitem(sys.modules, f"tensorflow.keras.{name}", importlib.import_module(f"keras.{name}"))


def published(name):
    if name == "tqdm":
        return pytest.importorskip("tqdm.keras").TqdmCallback(verbose=2)
    if name == "optuna":
        optuna = pytest.importorskip("optuna")
        pruning = pytest.importorskip("optuna_integration.keras").KerasPruningCallback
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        return pruning(optuna.create_study().ask(), "val_loss")
    if name == "mlflow":
        return pytest.importorskip("mlflow.keras.callback").MlflowCallback
    return pytest.importorskip("wandb.integration.keras").WandbMetricsLogger


@pytest.mark.parametrize("name", ["tqdm", "optuna"])
def test_callbacks_of_other_packages_run(name, model):
    callback = published(name)
    history = model.fit(X, Y, epochs=2, batch_size=4, verbose=0, validation_data=(X, Y), callbacks=[callback])
    assert len(history.epoch) == 2


@pytest.mark.usefixtures("tensorflow_keras")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:Error .* persistent compilation cache:UserWarning")  # asks the stand-in for a file
def test_wandb_logs_a_run(model, tmp_path, monkeypatch):
    logger = published("wandb")
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    with wandb.init(project="kerata") as run:
        model.fit(X, Y, epochs=2, verbose=0, callbacks=[logger(log_freq="batch")])
        assert run.summary["epoch/loss"] > 0


@pytest.mark.usefixtures("tensorflow_keras")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_mlflow_logs_a_run(model, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    callback = published("mlflow")
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri(tmp_path.as_uri())
    mlflow.set_experiment("kerata")
    with mlflow.start_run() as run:
        model.fit(X, Y, epochs=2, verbose=0, callbacks=[callback(run)])
    assert mlflow.get_run(run.info.run_id).data.metrics["loss"] > 0
