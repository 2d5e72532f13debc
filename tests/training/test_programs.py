"""How often training traces, compiles and transfers, and what the shared programs keep alive."""

import gc
import weakref

import jax
import numpy as np
import pytest

import keras
from keras import layers
from keras._jax.compile import counting, programs


def small_model(units=5, rate=0.01, **options):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.9), loss="mse", metrics=["mae"], **options)
    return model


def some_data(rows=50):
    generator = np.random.default_rng(0)
    return generator.normal(size=(rows, 4)).astype("float32"), generator.normal(size=(rows, 1)).astype("float32")


def test_three_epochs_are_one_program_and_one_for_the_tail_where_rows_meet():
    programs.clear()
    model = keras.Sequential([keras.Input((4,)), layers.BatchNormalization(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with counting() as count:
        model.fit(*some_data(50), epochs=3, batch_size=8, verbose=0)
    assert count.traces == {"train_step": 2}
    assert count.compiles == {"train_chunk": 1, "train_step": 1}


def test_three_epochs_and_a_tail_are_one_program_where_rows_are_computed_apart():
    programs.clear()
    with counting() as count:
        small_model().fit(*some_data(50), epochs=3, batch_size=8, verbose=0)
    assert count.traces == {"train_step": 1}
    assert count.compiles == {"train_chunk": 1}


def test_without_a_tail_there_is_one_program():
    programs.clear()
    with counting() as count:
        small_model().fit(*some_data(48), epochs=3, batch_size=8, verbose=0)
    assert count.compiles == {"train_chunk": 1}


def test_an_epoch_fetches_its_logs_once():
    model = small_model()
    model.fit(*some_data(), epochs=1, batch_size=8, verbose=0)
    with counting() as count:
        model.fit(*some_data(), epochs=4, batch_size=8, verbose=0)
    assert count.transfers["to host"] == 4


def test_an_identical_model_traces_and_compiles_nothing():
    small_model(rate=0.01).fit(*some_data(), epochs=2, batch_size=8, verbose=0)
    with counting() as count:
        model = small_model(rate=0.5)
        model.fit(*some_data(), epochs=2, batch_size=8, verbose=0)
    assert not count.traces
    assert not count.compiles


def test_folds_of_nearby_sizes_share_their_programs():
    x, y = some_data(96)
    small_model().fit(x, y, batch_size=6, verbose=0)
    with counting() as count:
        small_model().fit(x[:90], y[:90], batch_size=6, verbose=0)
    assert not count.compiles


def test_another_structure_compiles_anew():
    small_model(units=5).fit(*some_data(48), batch_size=8, verbose=0)
    with counting() as count:
        small_model(units=6).fit(*some_data(48), batch_size=8, verbose=0)
    assert count.compiles == {"train_chunk": 1}


def test_another_activation_set_after_the_first_fit_takes_effect():
    model = small_model()
    x, _ = some_data()
    before = model.predict(x, verbose=0)
    model.layers[-1].activation = keras.activations.relu
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(before, 0), rtol=1e-6)


def test_a_global_number_in_a_loss_is_part_of_the_program():
    scale = 1.0

    def loss(y_true, y_pred):
        return scale * keras.ops.mean(keras.ops.square(y_true - y_pred), axis=-1)

    def run():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        model.compile("sgd", loss)
        return model.evaluate(*some_data(), verbose=0)

    one = run()
    scale = 3.0
    np.testing.assert_allclose(run(), 3 * one, rtol=1e-5)


def test_a_new_learning_rate_takes_effect_without_compiling():
    model = small_model(rate=0.1)
    x, y = some_data(48)
    model.fit(x, y, batch_size=8, verbose=0)
    model.optimizer.learning_rate = 0.0
    model.optimizer.momentum = 0.0
    before = model.get_weights()
    with counting() as count:
        model.fit(x, y, batch_size=8, verbose=0)
    assert count.compiles.total() <= 1  # momentum that became zero may change the structure
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_programs_keep_no_model_alive():
    model = small_model(units=7)
    model.fit(*some_data(), batch_size=8, verbose=0)
    model.predict(some_data()[0], verbose=0)
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None


def test_memory_stays_flat_over_many_models():
    def round_trip():
        model = small_model(units=9)
        model.fit(*some_data(), batch_size=8, verbose=0)
        model.predict(some_data()[0], verbose=0)

    for _ in range(3):
        round_trip()
    gc.collect()
    arrays, kept = len(jax.live_arrays()), len(programs)
    for _ in range(300):
        round_trip()
    gc.collect()
    assert len(jax.live_arrays()) <= arrays
    assert len(programs) == kept


def test_predict_traces_once_per_shape():
    programs.clear()
    model = small_model(units=3)
    with counting() as count:
        for rows in (1, 5, 1, 5, 1):
            model.predict(np.zeros((rows, 4), "float32"), verbose=0)
    assert count.traces == {"predict_step": 2}


def test_hyperparameter_changes_between_epochs_compile_nothing():
    model = small_model()
    model.fit(*some_data(48), batch_size=8, verbose=0)
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    with counting() as count:
        model.fit(*some_data(48), batch_size=8, epochs=5, verbose=0, callbacks=[schedule])
    assert not count.compiles
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_a_batch_is_trained_without_a_trace_of_the_loss_or_a_walk_through_the_layers(monkeypatch):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    own = [model.has_own_step(name) for name in ("train_step", "test_step", "predict_step", "compute_loss")]
    assert not any(own)
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    first = model.train_on_batch(x, y)
    walks = []
    monkeypatch.setattr(type(model), "_flatten_layers", lambda *_, **__: walks.append(1))
    assert len(model.train_on_batch(x, y)) == len(first) == 2
    assert not walks
