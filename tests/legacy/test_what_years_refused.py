"""What was an error in former years, and small things beside it. Values: Keras 1.2.2, 2.3.1, tf_keras 2.21."""

import numpy as np
import pytest

from keras import backend as K
from keras import layers, losses, metrics, models
from keras.legacy.tensors import DType

R = np.random.RandomState(0)


def two_outputs():
    x = layers.Input((4,))
    return models.Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])


def rates(y_true, y_pred):
    return {"x": K.mean(y_true), "y": K.mean(y_pred)}


def test_names_of_metrics_in_a_dict_are_known_before_data_for_every_output(in_era):
    in_era("1.2")
    model = two_outputs()
    model.compile("sgd", "mse", metrics=[rates, "accuracy"])
    known = ["loss", "a_loss", "b_loss", "a_x", "a_y", "a_acc", "b_x", "b_y", "b_acc"]
    assert model.metrics_names == known
    assert len(model.evaluate(R.rand(4, 4), [R.rand(4, 1), R.rand(4, 1)], verbose=0)) == 9
    assert model.metrics_names == known
    model.compile("sgd", "mse", metrics={"b": rates})
    assert model.metrics_names == ["loss", "a_loss", "b_loss", "b_x", "b_y"]


@pytest.mark.parametrize(("year", "arguments", "said"), [("1.2", ("sgd",), "`loss`"), ("2.3", (), "`optimizer`")])
def test_what_compile_had_to_be_given_is_asked_for(in_era, year, arguments, said):
    in_era(year)
    with pytest.raises(TypeError, match=said):
        models.Sequential([layers.Input((2,)), layers.Dense(1)]).compile(*arguments)


def test_cosines_of_matrices_have_an_axis_in_front():
    a, b = layers.Input((5, 3)), layers.Input((5, 3))
    out = layers.merge([a, b], mode="cos", dot_axes=2)
    assert out.shape == (None, 1, 5, 5)
    assert models.Model([a, b], out).predict([R.rand(2, 5, 3)] * 2, verbose=0).shape == (2, 1, 5, 5)


def test_targets_in_a_row_are_stretched_in_tf_keras(in_era):
    in_era("tf2.11")
    model = models.Sequential([layers.Input((3,)), layers.Dense(3, use_bias=False)])
    model.set_weights([np.eye(3)])
    model.compile("sgd", "mse")
    x, y = R.rand(4, 3), R.rand(4)
    np.testing.assert_allclose(model.test_on_batch(x, y), ((x - y[:, None]) ** 2).mean(), rtol=1e-5)


@pytest.mark.parametrize(
    ("year", "error"), [("1.2", AssertionError), ("2.3", AttributeError), ("tf2.11", AttributeError)]
)
def test_states_that_are_not_kept_cannot_be_reset(in_era, year, error):
    in_era(year)
    layer = layers.LSTM(4)
    layer(layers.Input((5, 3)))
    with pytest.raises(error, match="not stateful"):
        layer.reset_states()


def test_metrics_of_a_name_are_functions_before_3(in_era):
    in_era("2.3")
    found = metrics.get("cosine_similarity")
    assert not isinstance(found, metrics.Metric)
    assert found.__name__ == "cosine_proximity"
    assert losses.get("cosine_similarity")


def test_dtypes_equal_those_of_numpy():
    assert DType("float32") == np.float32 == DType("float32") == "float32"
    assert DType("float32") != np.float64
    assert DType("int32") != np.dtype("int64")
    assert DType("int32") != 3


class WithConstants(layers.Layer):
    """A cell that is built for the shapes of its constants too."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, shapes):
        self.kernel = self.add_weight(shape=(shapes[0][-1], self.units), initializer="ones", name="kernel")
        self.of_constants = self.add_weight(shape=(shapes[1][-1], self.units), initializer="ones", name="constants")
        self.built = True

    def call(self, inputs, states, constants):
        out = 0.1 * (K.dot(inputs, self.kernel) + states[0] + K.dot(constants[0], self.of_constants))
        return out, [out]


@pytest.mark.parametrize("around", [lambda rnn: rnn, layers.Bidirectional], ids=["alone", "both ways"])
def test_layers_with_constants_are_made_again_from_configs(in_era, around):
    in_era("2.3")
    x, c = layers.Input((4, 2)), layers.Input((3,))
    model = models.Model([x, c], around(layers.RNN(WithConstants(2)))(x, constants=c))
    data = [np.ones((1, 4, 2)), np.ones((1, 3))]
    again = models.Model.from_config(model.get_config(), custom_objects={"WithConstants": WithConstants})
    np.testing.assert_allclose(again.predict(data), model.predict(data), rtol=1e-6)
    config = model.layers[-1].get_config()
    assert config["num_constants"] == 1
    layer = type(model.layers[-1]).from_config(config, custom_objects={"WithConstants": WithConstants})
    flat = models.Model([x, c], layer([x, c]))  # as configs of 2.x say it
    np.testing.assert_allclose(flat.predict(data), model.predict(data), rtol=1e-6)
