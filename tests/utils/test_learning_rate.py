"""`find_learning_rate`: which rate is suggested, and what stays as it was."""

import numpy as np
import pytest

import keras


def test_batches_that_differ_do_not_end_the_search():
    x = np.array([[1], [1], [3], [1]], "float32")  # the loss of the third batch is nine times the others'
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(), "mse")
    found = keras.utils.find_learning_rate(model, x, -x, batch_size=1, steps=40)
    assert len(found.rates) > 20
    assert 1e-4 < found.suggestion < 0.2


def test_a_rate_is_suggested_and_the_model_is_as_before():
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    y = x @ np.array([[1.0], [-2.0], [0.5], [3.0]], "float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0123, momentum=0.9), "mse")
    before = model.get_weights()
    found = keras.utils.find_learning_rate(model, x, y, batch_size=16, lowest=1e-4, highest=10.0, steps=40)
    for a, b in zip(before, model.get_weights()):
        np.testing.assert_array_equal(a, b)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0123)
    assert int(model.optimizer.iterations) == 0
    assert all(not np.any(v) for v in model.optimizer.variables[2:])
    # a step of momentum descends for rates below 2 (1 + 0.9) / largest curvature, about 2 here
    assert 1e-3 < found.suggestion < 2.0
    assert len(found.rates) == len(found.losses) < 40
    assert found.rates[0] == pytest.approx(1e-4)
    ax = found.plot()
    assert ax.get_xscale() == "log"
    assert "suggestion" in repr(found)
    with pytest.raises(ValueError, match="at least 3"):
        keras.utils.find_learning_rate(model, x, y, steps=2)
    with pytest.raises(ValueError, match="`lowest` must be"):
        keras.utils.find_learning_rate(model, x, y, lowest=1.0, highest=0.1)
    with pytest.raises(ValueError, match="compiled model"):
        keras.utils.find_learning_rate(keras.Sequential([keras.layers.Dense(1)]), x, y)
