"""OrbaxCheckpoint: what is written while training goes on, and what comes back."""

import sys

import numpy as np
import pytest

import keras


def test_without_orbax_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "orbax.checkpoint", None)
    with pytest.raises(ImportError, match=r"kerata\[checkpoint\]"):
        keras.callbacks.OrbaxCheckpoint(tmp_path)


X = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_of(seed=0):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")], name="m")
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize("in_background", [False, True])
def test_a_checkpoint_comes_back_into_another_model(tmp_path, in_background):
    pytest.importorskip("orbax.checkpoint")
    callback = keras.callbacks.OrbaxCheckpoint(tmp_path, max_to_keep=2, save_on_background=in_background)
    model = model_of()
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[callback])
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.isdigit()) == ["1", "2"]
    other = model_of(1)
    other.optimizer.build(other.trainable_variables)
    assert callback.restore(other) == 2
    for a, b in zip([*model.weights, *model.optimizer.variables], [*other.weights, *other.optimizer.variables]):
        np.testing.assert_array_equal(a, b)
    assert callback.is_primary_host()
    assert not callback.is_multihost_enabled()
    with pytest.raises(ValueError, match="has no checkpoint 7"):
        callback.restore(other, 7)


def test_only_the_best_and_only_weights_after_batches(tmp_path):
    pytest.importorskip("orbax.checkpoint")
    callback = keras.callbacks.OrbaxCheckpoint(tmp_path, save_freq=3, max_to_keep=None, save_weights_only=True)
    model_of().fit(X, Y, batch_size=2, epochs=2, verbose=0, callbacks=[callback])
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.isdigit()) == ["3", "6"]
    other = model_of(1)
    before = [np.array(v) for v in other.optimizer.variables]
    callback.restore(other)
    for a, b in zip(before, other.optimizer.variables):
        np.testing.assert_array_equal(a, b)
    best = keras.callbacks.OrbaxCheckpoint(tmp_path / "best", monitor="loss", save_best_only=True, max_to_keep=None)
    best.set_model(other)
    for epoch, loss in enumerate([3.0, 4.0, 2.0]):
        best.on_epoch_end(epoch, {"loss": loss})
    best.on_train_end()
    assert sorted(p.name for p in (tmp_path / "best").iterdir() if p.name.isdigit()) == ["0", "2"]
