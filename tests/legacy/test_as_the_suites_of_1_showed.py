"""What programs of 1.x met: metric functions of one number, `merge` by a star, types of errors, Theano's modes."""

import numpy as np
import pytest

import keras
from keras import config, metrics, ops
from keras.layers import Dense, Input
from keras.models import Model, Sequential


@pytest.fixture
def release_1():
    before = config.era()
    config.set_era("1")
    yield
    config.set_era(before)


A, B = np.array([[0.0, 2.0], [1.0, 5.0]], "float32"), np.array([[1.0, 2.0], [1.0, 1.0]], "float32")


@pytest.mark.parametrize("name", ["mean_squared_error", "MSE", "mse", "hinge", "poisson", "binary_accuracy", "cosine",
                                  "top_k_categorical_accuracy", "kullback_leibler_divergence"])  # fmt: skip
def test_metric_functions_of_1_give_one_number(name, release_1):
    assert np.shape(getattr(metrics, name)(A, B)) == ()  # 1.2.2, by K.eval
    config.set_era("2")
    assert np.shape(getattr(metrics, name)(A, B)) == (2,)  # 2.3.1


def test_roots_of_means_and_losses(release_1):
    def rmse(y_true, y_pred):
        return ops.sqrt(metrics.mean_squared_error(y_true, y_pred))

    model = Sequential([Dense(2, input_dim=2, weights=[np.eye(2), np.zeros(2)])])
    model.compile("sgd", "mse", metrics=[rmse, metrics.mean_absolute_error, "mse"])
    found = model.evaluate(A, B, batch_size=2, verbose=0)
    np.testing.assert_allclose(found, [4.25, 4.25**0.5, 1.25, 4.25], rtol=1e-6)
    assert np.shape(keras.losses.mean_squared_error(A, B)) == (2,)


def test_a_model_with_such_a_metric_is_saved(release_1, tmp_path):
    model = Sequential([Dense(2, input_dim=2)])
    model.compile("sgd", "mse", metrics=[metrics.mean_absolute_error])
    model.fit(A, B, epochs=1, verbose=0)
    for name in ("m.h5", "m.keras"):
        model.save(tmp_path / name)
        again = keras.models.load_model(tmp_path / name)
        np.testing.assert_allclose(again.evaluate(A, B, verbose=0), model.evaluate(A, B, verbose=0), rtol=1e-5)


def test_a_star_gives_merge(release_1):
    names: dict = {}
    exec("from keras.layers import *", names)
    assert names["merge"]([Input((2,)), Input((2,))], mode="sum").shape == (None, 2)


def test_errors_have_the_types_of_all_years():
    x, other = Input((2,)), Input((2,))
    y = Dense(1)(x)
    for kind in (TypeError, ValueError):
        with pytest.raises(kind, match="symbolic"):
            Model([x, 0], y)
        with pytest.raises(kind, match="symbolic"):
            Model(x, [y, 0])
        with pytest.raises(kind, match="takes layers"):
            Sequential().add(3)
        with pytest.raises(kind, match="no layer"):
            Sequential().pop()
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match="not connected"):
            Model(other, y)


def test_modes_of_theano_are_hints():
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse", mode="FAST_COMPILE")
    with pytest.raises(TypeError, match="mode"):
        model.compile("sgd", "mse", mode="DebugMode")
