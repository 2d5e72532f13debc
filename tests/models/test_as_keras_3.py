"""What models of Keras 3 tell and refuse (values of Keras 3.15)."""

import numpy as np
import pytest

import keras
from keras import config, layers, ops
from keras.models import Functional


def test_model_of_any_class_made_from_tensors_is_functional():
    class Own(keras.Model):
        pass

    x = keras.Input((3,))
    assert not issubclass(Own, Functional)
    assert isinstance(Own(x, layers.Dense(2)(x)), Functional)
    assert issubclass(Own, Functional)
    assert not issubclass(keras.Sequential, Functional)
    assert not isinstance(Own(), Functional)
    assert not isinstance(keras.Sequential([keras.Input((3,)), layers.Dense(2)]), Functional)


def test_model_from_the_middle_of_another_begins_with_an_input_layer():
    x = keras.Input((3,))
    middle = layers.Dense(4)(x)
    last = layers.Dense(2)
    part = keras.Model(middle, last(middle))
    assert isinstance(part.layers[0], layers.InputLayer)
    assert part.layers[1:] == [last]
    again = keras.Model.from_config(part.get_config())
    assert [type(layer) for layer in again.layers] == [layers.InputLayer, layers.Dense]
    again.set_weights(part.get_weights())
    values = np.ones((2, 4), "float32")
    np.testing.assert_allclose(again(values), part(values), rtol=1e-6)


def test_sequential_without_layers_cannot_be_called_today():
    for use in (lambda model, x: model(x), lambda model, x: model.build(x.shape)):
        with pytest.raises(ValueError, match="has no layers"):
            use(keras.Sequential(), np.ones((2, 3)))


def test_sequential_without_layers_returns_its_inputs_in_tf_keras():
    config.set_era("tf2")
    try:
        np.testing.assert_array_equal(keras.Sequential()(np.ones((2, 3))), np.ones((2, 3)))
        assert keras.Sequential().inputs is None
    finally:
        config.set_era("3")


@pytest.mark.parametrize("model", [keras.Sequential, keras.Model])
def test_model_without_graph_has_no_inputs_and_outputs(model):
    assert not hasattr(model(), "inputs")
    assert not hasattr(model(), "outputs")


@pytest.mark.parametrize("base", [keras.layers.Layer, keras.Model, keras.layers.Dense])
def test_classes_of_ones_own_may_have_input_and_output_shapes_of_their_own(base):
    class Own(base):
        def __init__(self, size):
            super().__init__(size) if base is layers.Dense else super().__init__()
            self.input_shape, self.output_shape = (size,), size

    assert (Own(5).input_shape, Own(6).output_shape) == ((5,), 6)


def test_names_of_graphs_are_free_in_models_without_one():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inputs = [layers.Dense(2)]
            self.outputs, self.targets, self.operations = 1, 2, 3

        def call(self, x):
            return self.inputs[0](x)

    model = Own()
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 3)), np.ones((2, 2)), verbose=0)
    assert len(model.trainable_weights) == 2
    assert (model.outputs, model.targets, model.operations) == (1, 2, 3)


def test_property_without_setter_of_ones_own_stays_one():
    class Own(layers.Layer):
        @property
        def input_shape(self):
            return 7

    with pytest.raises(AttributeError):
        Own().input_shape = 3


def test_function_takes_inputs_of_the_declared_sizes_only():
    x = keras.Input((None, 4))
    square = keras.Function(x, keras.ops.square(x))
    assert square(np.ones((2, 5, 4))).shape == (2, 5, 4)
    for wrong in ((2, 5, 3), (2, 5), (2, 5, 4, 1)):
        with pytest.raises(ValueError, match="has shape"):
            square(np.ones(wrong))


def test_state_tree_refuses_two_variables_of_one_path():
    x = keras.Input((3,))
    inner = [keras.Sequential([layers.Dense(2, name="d")], name=name) for name in ("a", "b")]
    model = keras.Model(x, layers.Add()([part(x) for part in inner]))
    assert set(model.get_state_tree()["trainable_variables"]) == {"a", "b"}

    class Twice(keras.Model):
        def __init__(self):
            super().__init__()
            self.one, self.two = layers.Dense(2, name="d"), layers.Dense(2, name="d")

        def call(self, x):
            return self.one(x) + self.two(x)

    twice = Twice()
    twice(np.ones((1, 3)))
    with pytest.raises(ValueError, match="two variables of the path"):
        twice.get_state_tree()


def test_metric_of_ones_own_may_call_a_variable_weights():
    class Own(keras.metrics.Metric):
        def __init__(self):
            super().__init__()
            self.weights = self.add_variable((), "zeros")

    metric = Own()
    assert metric.variables == [metric.weights]


def test_model_called_on_another_size_refuses_it_and_predict_leaves_it_to_the_layers():
    x = keras.Input((3,))
    square = keras.Model(x, x * x)
    for wrong in (np.ones((2, 5)), keras.Input((5,))):
        with pytest.raises(ValueError, match=r"has shape \(None, 3\)\. Got shape"):
            square(wrong)
    assert square(np.ones((2, 3, 1))).shape == (2, 3)
    assert square.predict(np.ones((2, 5)), verbose=0).shape == (2, 5)
    with pytest.raises(ValueError, match="has shape"):  # a model inside is called, by whatever
        keras.Sequential([square]).predict(np.ones((2, 5)), verbose=0)
    config.set_era("2.3")
    try:
        assert square(np.ones((2, 5))).shape == (2, 5)
    finally:
        config.set_era("3")


def test_function_has_the_batch_size_it_was_declared_with():
    x = keras.KerasTensor((2, 3))
    double = keras.Function(x, x * 2)
    for other in (np.ones((4, 3)), keras.KerasTensor((4, 3))):
        with pytest.raises(ValueError, match="has shape"):
            double(other)


@pytest.mark.parametrize(
    ("thing", "advice"), [(ops.relu, "Lambda(relu)"), (layers.Flatten, "Flatten()"), (keras.Model, "Model()"), (3, "")]
)
def test_sequential_takes_layers_alone(thing, advice):
    with pytest.raises(ValueError, match="Sequential takes layers") as caught:
        keras.Sequential([layers.Dense(2), thing])
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("given", "eagerly", "told"),
    [("auto", False, True), ("auto", True, False), (True, False, True), (True, True, False), (False, False, False)],
)
def test_a_model_tells_whether_it_is_compiled(given, eagerly, told):
    model = keras.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=given, run_eagerly=eagerly)
    assert model.jit_compile is told


def test_popping_an_empty_sequential_is_an_index_error():
    with pytest.raises(IndexError, match="no layer to take off"):
        keras.Sequential().pop()


def test_sequential_refuses_layers_that_need_more_than_one_tensor():
    class Two(layers.Layer):
        def call(self, inputs, training):
            return inputs

    model = keras.Sequential([Two()])
    with pytest.raises(ValueError, match="needs inputs, training"):
        model.build((None, 2))
