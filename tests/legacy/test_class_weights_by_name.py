"""Class weights of several outputs, by the names of the outputs."""

import numpy as np
import pytest

from keras import layers, models

X = np.ones((4, 1), "float32")
Y = np.float32([[0], [1], [1], [1]])


@pytest.fixture
def model():
    """Two outputs that are always 0.5, whose losses are 0.25 a row."""
    inputs = layers.Input((1,))
    outputs = [layers.Dense(1, use_bias=False, kernel_initializer="zeros", name=name)(inputs) for name in "ab"]
    shifted = [layers.Rescaling(1.0, 0.5, name="of_" + name)(x) for name, x in zip("ab", outputs)]
    found = models.Model(inputs, shifted)
    found.compile("sgd", "mse")
    return found


def batches():
    """Endless batches of all rows."""
    while True:
        yield X, (Y, Y)


@pytest.mark.parametrize("of", ["list", "dict", "generator"])
def test_each_output_has_its_own(model, of):
    weights = {"of_a": {0: 2.0, 1: 4.0}, "of_b": {0: 8.0}}
    wanted = 0.25 * (2 + 3 * 4) / 4 + 0.25 * (8 + 3) / 4
    if of == "generator":
        found = model.fit(batches(), steps_per_epoch=1, class_weight=weights, verbose=0).history["loss"][0]
    else:
        y = [Y, Y] if of == "list" else {"of_a": Y, "of_b": Y}
        found = model.train_on_batch(X, y, class_weight=weights, return_dict=True)["loss"]
    assert found == pytest.approx(wanted)


def test_a_name_that_no_output_has_is_an_error(model):
    with pytest.raises(ValueError, match="`class_weight` has weights for 'of_c'"):
        model.train_on_batch(X, [Y, Y], class_weight={"of_c": {0: 2.0}})
