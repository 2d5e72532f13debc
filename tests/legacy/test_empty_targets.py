"""Models without targets, as programs until 3 trained them."""

import subprocess
import sys

import numpy as np
import pytest

from keras import backend as K
from keras.config import set_era
from keras.layers import Dense, Input, Layer
from keras.models import Model, Sequential, load_model


@pytest.fixture
def in_era():
    yield set_era
    set_era("3")


def with_added_loss():
    inputs = Input((2,))
    outputs = Dense(1, kernel_initializer="ones")(inputs)
    model = Model(inputs, outputs)
    model.add_loss(K.mean(K.square(outputs)))
    return model


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
def test_an_empty_list_stands_for_no_targets():
    inputs = Input((2,))
    outputs = Dense(1)(inputs)
    model = Model(inputs, outputs)
    model.add_loss(K.mean(K.square(outputs)))
    model.compile("sgd", loss=[None])
    x = np.ones((4, 2))

    def batches():
        while True:
            yield [x], []

    before = np.mean(np.square(model.predict(x, verbose=0)))
    np.testing.assert_allclose(model.train_on_batch([x], []), before, rtol=1e-5)
    history = model.fit_generator(batches(), steps_per_epoch=2, epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0] < before


@pytest.mark.parametrize("era", ["2.3", "tf2.15"])
def test_added_tensors_are_among_the_losses(in_era, era):
    in_era(era)
    model = with_added_loss()
    assert len(model.losses) == len(model.get_losses_for(None)) == 1
    [found] = K.function([model.input], model.losses)([np.ones((4, 2))])
    np.testing.assert_allclose(found, 4.0)
    model.add_loss(1)
    model.add_loss(K.mean(model.output))
    assert len(model.losses) == 3
    model.trainable = False
    assert len(model.losses) == 3
    inputs = Input((2,))
    assert len(Model(inputs, with_added_loss()(inputs)).losses) == 1


def test_a_model_without_any_loss_does_not_compile(in_era):
    in_era("2.3")  # 2.3.1: ValueError at compile, and at fit for a model that is not built yet
    plain = Sequential([Dense(1, input_shape=(2,))])
    for loss in (None, [None], [], {}):
        with pytest.raises(ValueError, match="no loss to minimise"):
            plain.compile("sgd", loss=loss)
    Sequential([Dense(1)]).compile("sgd")
    Sequential([Dense(1, input_shape=(2,), kernel_regularizer="l2")]).compile("sgd")
    Sequential([Dense(1, input_shape=(2,), activity_regularizer="l2")]).compile("sgd")
    with_added_loss().compile("sgd")
    in_era("tf2.15")
    plain.compile("sgd")


def test_a_layer_that_adds_a_loss_in_its_call_is_loss_enough(in_era):
    class Penalty(Layer):
        def call(self, x):
            self.add_loss(K.mean(x), inputs=x)
            return x

    in_era("2.3")
    model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,)), Penalty()])
    model.compile("sgd")
    np.testing.assert_allclose(model.train_on_batch(np.ones((4, 2)), None), 2.0)


def test_a_file_without_a_loss_opens(in_era, tmp_path):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile("sgd")
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5")
    in_era("2.3")
    x = np.ones((4, 2))
    for name in ("m.keras", "m.h5"):
        np.testing.assert_array_equal(load_model(tmp_path / name).predict(x), model.predict(x))


def test_layer_test_draws_inputs_of_the_float_type():
    program = (
        "from keras import backend as K; from keras.layers import Dense; from keras.utils import test_utils; "
        "K.set_floatx('float64'); "
        "print(test_utils.layer_test(Dense, {'units': 2}, input_shape=(3, 2)).dtype)"
    )  # in a process of its own: 64 bits stay on
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "float64", done.stderr
