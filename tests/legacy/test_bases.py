"""Classes derived from base classes of former years."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, optimizers


@pytest.fixture
def era_of_tf_keras():
    keras.config.set_era("tf2")
    yield
    keras.config.set_era("3")


class Descent(optimizers.Optimizer):
    """Written for 2.x: `get_updates(loss, params)`, slots of its own, a rate called `lr`."""

    def __init__(self, lr=0.01, **kwargs):
        super().__init__(**kwargs)
        self.lr = keras.Variable(lr)
        self.iterations = keras.Variable(0, dtype="int32", trainable=False)

    def get_updates(self, loss, params):
        """Pairs of a variable and its next value."""
        gradients = self.get_gradients(loss, params)
        self.updates = [(self.iterations, self.iterations + 1)]
        self.updates += [(p, p - self.lr * g) for p, g in zip(params, gradients)]
        return self.updates

    def get_config(self):
        """What the constructor takes."""
        return {"lr": float(self.lr)}


class OldDescent(optimizers.Optimizer):
    """Written for 0.x and 1.x: `get_updates(params, constraints, loss)`."""

    def __init__(self, lr=0.01, **kwargs):
        super().__init__(**kwargs)
        self.lr = keras.Variable(lr)

    def get_updates(self, params, constraints, loss):
        """Pairs of a variable and its next value."""
        return [(p, p - self.lr * g) for p, g in zip(params, self.get_gradients(loss, params))]


def trained(optimizer, start=None):
    model = keras.Sequential([layers.Dense(1, input_dim=3)])
    if start is not None:
        model.set_weights(start)
    before = model.get_weights()
    model.compile(optimizer, "mse")
    x = np.linspace(0, 1, 24).reshape(8, 3).astype("float32")
    model.fit(x, x.sum(axis=1), epochs=3, batch_size=4, shuffle=False, verbose=0)
    return before, model.get_weights(), model


@pytest.mark.parametrize("cls", [Descent, OldDescent])
def test_an_optimizer_written_with_get_updates_trains_like_the_same_one_of_today(cls):
    start, ours, model = trained(cls(lr=0.125))
    _, theirs, _ = trained(optimizers.SGD(0.125), start)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert float(model.optimizer.lr) == 0.125
    if cls is Descent:
        assert int(model.optimizer.iterations) == 6


def test_what_a_constructor_computed_of_its_variables_has_a_value_in_training():
    class Divided(optimizers.Optimizer):
        def __init__(self, lr, parts, **kwargs):
            super().__init__(**kwargs)
            self.lr, self.parts = K.variable(lr), K.variable(parts, dtype="int64")
            self.divisor = K.cast(self.parts, K.floatx())

        def get_updates(self, loss, params):
            return [(p, p - self.lr * (g / self.divisor)) for p, g in zip(params, self.get_gradients(loss, params))]

    start, ours, _ = trained(Divided(0.5, 4))
    _, theirs, _ = trained(optimizers.SGD(0.125), start)
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_gradients_are_known_within_get_updates_only():
    with pytest.raises(ValueError, match="within get_updates"):
        Descent().get_gradients(None, [])


def test_a_layer_may_list_its_weights_itself():
    class Scale(layers.Layer):
        def build(self, input_shape):
            factor = keras.Variable(np.full((input_shape[-1],), 2.0, "float32"), name="factor")
            offset = keras.Variable(np.ones((input_shape[-1],), "float32"), name="offset")
            self.trainable_weights = [factor]
            self.non_trainable_weights = [offset]

        def call(self, x, mask=None):
            return x * self.trainable_weights[0] + self.non_trainable_weights[0]

        def get_output_shape_for(self, input_shape):
            return input_shape

    layer = Scale()
    assert np.asarray(layer(np.ones((1, 2), "float32"))).tolist() == [[3.0, 3.0]]
    assert [w.name for w in layer.trainable_weights] == ["factor"]
    assert [w.name for w in layer.non_trainable_weights] == ["offset"]
    assert layer.compute_output_shape((None, 2)) == layer.get_output_shape_for((None, 2)) == (None, 2)


def test_layers_answer_to_methods_of_former_years():
    layer = layers.Dense(2, kernel_regularizer="l2")
    layer.set_input_shape((None, 3))
    assert layer.built
    assert len(layer.get_losses_for(None)) == 1
    assert layer.get_updates_for(None) == []
    counter = keras.Variable(1.0, trainable=False)
    layer.add_update([(counter, 5.0)])
    assert float(counter) == 5.0
    weights, penalties, _, updates = layer.get_params()
    assert (len(weights), len(penalties), updates) == (2, 1, [])
    with pytest.raises(ValueError, match="axis -1 has size 3"):
        layer.assert_input_compatibility(keras.Input((4,)))
    metric = keras.metrics.Mean()
    metric.update_state(3.0)
    metric.reset_states()
    assert float(metric.result()) == 0.0
    metric.update_state(1.0)
    other = keras.metrics.Mean()
    other.update_state(3.0)
    metric.merge_state([other])
    assert float(metric.result()) == 2.0


def test_metrics_of_tf_keras_name_their_weights_first_and_may_define_reset_states():
    class Calls(keras.metrics.Metric):
        def __init__(self):
            super().__init__()
            self.seen = self.add_weight("seen", initializer="zeros")
            self.rows = self.add_weight("rows", (2,), initializer="ones")

        def update_state(self, x):
            self.seen.assign_add(1.0)

        def result(self):
            return self.seen

        def reset_states(self):
            self.seen.assign(10.0)

    metric = Calls()
    assert [(v.name, v.shape) for v in metric.variables] == [("seen", ()), ("rows", (2,))]
    metric.reset_state()
    assert float(metric(0)) == 11.0
    assert np.asarray(metric.rows).tolist() == [1, 1]
    with pytest.raises(ValueError, match="`aggregation` cannot be 'mean' here"):
        metric.add_weight("more", (), "mean")


def test_the_result_of_a_layers_own_metric_is_shown_by_that_metric():
    class Watched(layers.Layer):
        def __init__(self):
            super().__init__()
            self.size = keras.metrics.Mean(name="size")

        def call(self, x):
            self.add_metric(self.size(x), name="another")
            self.add_metric(x * 2, name="double")
            return x

    layer = Watched()
    layer(np.full((1, 2), 3.0))
    assert sorted(m.name for m in layer.metrics) == ["double", "size"]
    assert float(layer.size.result()) == 3.0


def test_models_of_tf_keras_may_hand_themselves_to_their_base_and_leave_training_without_a_default(era_of_tf_keras):
    class Half(layers.Layer):
        def call(self, x, training):
            return x * 0.5 if training else x

    class Network(keras.Model):
        def __init__(self):
            super().__init__(self)
            self.half = Half()

        def call(self, x, training):
            return self.half(x, training)

    inputs = keras.Input((2,))
    model = keras.Model(inputs, Half()(inputs))
    x = np.ones((1, 2), "float32")
    for made in (Network(), model):
        np.testing.assert_array_equal(made(x), x)
        np.testing.assert_array_equal(made(x, training=True), x / 2)


def test_initializers_of_tf_keras_knew_nothing_of_equations(era_of_tf_keras):
    layer = keras.layers.EinsumDense("ab,bcd->acd", output_shape=(8, 16), kernel_initializer="lecun_uniform")
    layer.build((None, 32))
    limit = (3 / (32 * 8)) ** 0.5  # as for a convolution: the last axis is the outputs
    assert 0.95 * limit < abs(layer.kernel.numpy()).max() <= limit


def test_a_layer_may_add_to_the_lists_below_its_properties():
    class Scale(layers.Layer):
        def build(self, input_shape):
            factor = keras.Variable(np.full((input_shape[-1],), 2.0, "float32"), name="factor")
            offset = keras.Variable(np.ones((input_shape[-1],), "float32"), name="offset", trainable=False)
            self._trainable_weights.append(factor)
            self._non_trainable_weights += [offset]
            self.factor, self.offset = factor, offset

        @property
        def trainable_weights(self):
            return self._trainable_weights[:]

        def call(self, x):
            return x * self.factor + self.offset

    layer = Scale()
    assert np.asarray(layer(np.ones((1, 2), "float32"))).tolist() == [[3.0, 3.0]]
    assert [w.name for w in layer.trainable_weights] == [w.name for w in layer._trainable_weights] == ["factor"]
    assert [w.name for w in layer._non_trainable_weights] == ["offset"]
    layer.trainable = False
    assert [w.name for w in layer._trainable_weights] == ["factor"]
