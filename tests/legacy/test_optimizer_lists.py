"""What optimizers said about themselves in earlier years: as Keras 1.2.2, 2.3.1 and tf_keras list it."""

import subprocess
import sys

import numpy as np
import pytest

import keras
from keras import layers

KERNEL, BIAS = (3, 2), (2,)
# of a `Dense(2)` on 3 inputs after a step: year, optimizer, arguments, shapes
LISTS = [
    ("1", "SGD", {"momentum": 0.9}, [(), KERNEL, BIAS]),
    ("1", "RMSprop", {}, [KERNEL, BIAS]),
    ("1", "Adagrad", {}, [KERNEL, BIAS]),
    ("1", "Adadelta", {}, [KERNEL, BIAS, KERNEL, BIAS]),
    ("1", "Adam", {}, [(), KERNEL, BIAS, KERNEL, BIAS]),
    ("1", "Nadam", {}, [(), KERNEL, BIAS, KERNEL, BIAS]),
    ("2.3", "SGD", {}, [(), KERNEL, BIAS]),
    ("2.3", "RMSprop", {}, [(), KERNEL, BIAS]),
    ("2.3", "Adam", {}, [(), KERNEL, BIAS, KERNEL, BIAS, (1,), (1,)]),
    ("2.3", "Adam", {"amsgrad": True}, [(), KERNEL, BIAS, KERNEL, BIAS, KERNEL, BIAS]),
    ("2.3", "Adamax", {}, [(), KERNEL, BIAS, KERNEL, BIAS]),
    ("2.3", "Nadam", {}, [(), (), KERNEL, BIAS, KERNEL, BIAS]),
    ("tf2.0", "SGD", {}, [()]),
    ("tf2.0", "Adam", {}, [(), KERNEL, BIAS, KERNEL, BIAS]),
    ("tf2.0", "Ftrl", {}, [(), KERNEL, KERNEL, BIAS, BIAS]),
]
X, Y = np.linspace(0, 1, 12).reshape(4, 3), np.linspace(1, 2, 8).reshape(4, 2)


def trained(name, **kwargs):
    model = keras.Sequential([layers.Dense(2, input_dim=3, weights=[np.ones(KERNEL), np.zeros(BIAS)])])
    model.compile(getattr(keras.optimizers, name)(**kwargs), "mse")
    model.train_on_batch(X, Y)
    return model


@pytest.fixture(autouse=True)
def the_era_afterwards_is_that_before():
    before = keras.config.era()
    yield
    keras.config.set_era(before)


@pytest.mark.parametrize(("year", "name", "kwargs", "shapes"), LISTS)
def test_weights_of_optimizers_are_listed_as_the_year_had_them(year, name, kwargs, shapes):
    keras.config.set_era(year)
    assert getattr(keras.optimizers, name)(**kwargs).get_weights() == []
    assert [w.shape for w in trained(name, **kwargs).optimizer.get_weights()] == shapes


@pytest.mark.parametrize(("year", "name"), [("1", "Adam"), ("2.3", "Adam"), ("2.3", "Nadam"), ("tf2.0", "Adam")])
def test_a_list_of_the_year_goes_on_where_it_was_taken(year, name):
    keras.config.set_era(year)
    model, other = trained(name), trained(name)
    other.train_on_batch(X, Y)
    other.set_weights(model.get_weights())
    other.optimizer.set_weights(model.optimizer.get_weights())
    model.train_on_batch(X, Y)
    other.train_on_batch(X, Y)
    np.testing.assert_array_equal(model.get_weights()[0], other.get_weights()[0])


def test_values_of_what_an_optimizer_lists_go_back_too():
    keras.config.set_era("2.3")
    optimizer = trained("Adam").optimizer
    values = keras.backend.batch_get_value(optimizer.weights)
    assert len(values) == 5
    optimizer.set_weights([v + 1 for v in values])
    np.testing.assert_array_equal(optimizer.get_weights()[1], values[1] + 1)
    with pytest.raises(ValueError, match="Got 1 values"):
        optimizer.set_weights([0])


def test_a_config_tells_rate_and_decay_by_their_older_names():
    keras.config.set_era("2.3")
    config = keras.optimizers.SGD(lr=0.5, decay=0.25).get_config()
    assert (config["lr"], config["decay"]) == (0.5, 0.25)
    config = keras.optimizers.Adam().get_config()
    assert (config["lr"], config["decay"], config.get("rho")) == (0.001, 0.0, None)
    assert float(keras.optimizers.Adam.from_config(config).learning_rate) == pytest.approx(0.001)


def test_today_the_rate_is_one_of_the_variables():
    optimizer = trained("Adam").optimizer
    assert len(optimizer.get_weights()) == len(optimizer.variables) == 6


def test_updates_of_a_class_are_asked_for_by_place_where_its_names_are_its_own():
    keras.config.set_era("1")

    class Plain(keras.optimizers.Optimizer):
        def get_updates(self, ps, cs, cost):
            return [(p, p - 0.5 * g) for p, g in zip(ps, self.get_gradients(cost, ps))]

    model = keras.Sequential([layers.Dense(1, input_dim=1, bias=False, weights=[np.ones((1, 1))])])
    model.compile(Plain(), "mse")
    model.train_on_batch(np.ones((1, 1)), np.zeros((1, 1)))
    assert model.get_weights()[0] == 0


def test_optimizers_can_be_what_a_program_imports_first():
    subprocess.run([sys.executable, "-c", "import keras.optimizers"], check=True)
