"""What the tests of tf.keras 2.x show of it; values of tf_keras 2.21."""

import numpy as np
import pytest

import keras
from keras import backend, layers, ops, optimizers
from keras.legacy import era

X = np.linspace(-1, 1, 24).reshape(8, 3).astype("float32")
Y = X[:, :1] * 2 - X[:, 1:2]


@pytest.fixture(autouse=True)
def of_tf_keras():
    era.set_era("tf2")
    yield
    era.set_era("3")


def test_functions_given_to_add_loss_count_in_every_step():
    layer = layers.Dense(1, kernel_initializer="ones")
    layer.add_loss(lambda: ops.sum(layer.kernel) * 0.01)
    model = keras.Sequential([layer])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, batch_size=4, shuffle=False, epochs=2, verbose=0).history
    assert history["loss"] == pytest.approx([1.4803, 1.3574], abs=1e-4)
    assert len(model.losses) == 1
    plain = keras.Sequential([layers.Dense(1, kernel_initializer="ones")])  # a program of its own
    plain.compile("sgd", "mse")
    assert plain.evaluate(X, Y, verbose=0) == pytest.approx(float(np.mean((X.sum(1) - Y[:, 0]) ** 2)), rel=1e-5)


def test_dynamic_layers_and_models_run_eagerly():
    class Chosen(keras.Model):
        def __init__(self):
            super().__init__(dynamic=True)
            self.one = layers.Dense(3)

        def call(self, x):
            return self.one(x) if ops.sum(x) > 0 else 2 * self.one(x)

    model = Chosen()
    model.compile("rmsprop", "mse")
    assert (model.dynamic, model.run_eagerly) == (True, True)
    for x in (X + 2, X - 2):
        model.train_on_batch(x, x)
    assert not layers.Dense(2).dynamic
    with pytest.raises(TypeError, match="`dynamic` cannot be 3"):
        layers.Dense(2, dynamic=3)


def test_models_that_hang_on_values_are_built_by_the_batch_where_they_run_eagerly():
    class Chosen(keras.Model):
        def __init__(self):
            super().__init__()
            self.one = layers.Dense(3)

        def call(self, x):
            return self.one(x) if ops.sum(x) > 100 else x

    model = Chosen()
    model.compile("sgd", "mse", run_eagerly=True)
    assert float(model.train_on_batch(X, X)) == 0.0


def test_names_of_variables_begin_with_those_of_layers():
    built = keras.Sequential([layers.Dense(2, name="abc"), layers.BatchNormalization(name="bn")])
    built.build((None, 3))
    assert [w.name for w in built.weights][:3] == ["abc/kernel:0", "abc/bias:0", "bn/gamma:0"]
    called = keras.Sequential([layers.Dense(2, name="abc")], name="s")
    called(X)
    assert called.weights[0].name == "s/abc/kernel:0"

    class Outer(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = layers.Dense(2, name="d")

        def call(self, x):
            return self.inner(x)

    outer = Outer(name="outer")
    outer(X)
    assert [w.name for w in outer.weights] == ["outer/d/kernel:0", "outer/d/bias:0"]
    era.set_era("3")
    assert [w.name for w in outer.weights] == ["kernel", "bias"]


def test_dtypes_of_variables_are_names_with_the_attributes_of_tensorflow():
    layer = layers.Dense(1)
    layer.build((None, 2))
    dtype = layer.kernel.dtype
    assert (dtype.name, dtype == "float32", dtype.is_floating, dtype.base_dtype, dtype.size) == (
        "float32", True, True, "float32", 4,
    )  # fmt: skip
    assert dtype.as_numpy_dtype is np.float32
    assert keras.Input((2,)).dtype.name == "float32"
    assert type(backend.dtype(layer.kernel)) is str
    era.set_era("3")
    assert type(layer.kernel.dtype) is str


def test_ends_of_a_layer_called_twice_are_those_of_its_first_call():
    layer = layers.Dense(2)
    first = layer(keras.Input((3,)))
    layer(keras.Input((3,)))
    assert layer.output is first
    era.set_era("2")
    with pytest.raises(AttributeError, match=r"is shared(?s:.*)not unique(?s:.*)get_output_at"):
        _ = layer.output


# --- optimizers


def _trained(callbacks):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizers.SGD(lr=0.1, decay=0.5, momentum=0.5), "mse")
    history = model.fit(X, X[:, :1], epochs=4, batch_size=4, shuffle=False, verbose=0, callbacks=callbacks).history
    return history["loss"], backend.get_value(model.optimizer.lr), model.optimizer.decay


def test_rates_that_decay_can_be_set_and_lr_is_the_rate_without_the_decay():
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", min_delta=100.0, patience=1, factor=0.5)
    by_epoch = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    for callbacks, losses, rate in (
        ([], [1.358, 0.3484, 0.08798, 0.03127], 0.1),
        ([plateau], [1.358, 0.3484, 0.08891, 0.04164], 0.0125),
        ([by_epoch], [1.358, 0.3538, 0.1408, 0.09003], 0.025),
    ):
        found, last, decay = _trained(callbacks)
        assert found == pytest.approx(losses, rel=1e-3)
        assert last == pytest.approx(rate)
        assert isinstance(last, np.floating)  # a number, which `round` takes
        assert decay == 0.5


def test_files_keep_the_decay_of_rates(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(optimizers.SGD(lr=0.1, decay=0.5), "mse")
    model.save(tmp_path / "m.h5", era="2")
    read = keras.models.load_model(tmp_path / "m.h5").optimizer
    assert (backend.get_value(read.lr), read.decay) == (np.float32(0.1), 0.5)
    with pytest.raises(ValueError, match="`decay` must not be negative"):
        optimizers.SGD(0.1, decay=-1.0)


def test_gradients_of_get_unscaled_gradients_are_applied_as_they_are():
    optimizer = keras.mixed_precision.LossScaleOptimizer(optimizers.SGD(0.1))
    v = keras.Variable([1.0])
    with keras.GradientTape() as tape:
        loss = optimizer.get_scaled_loss(v * 2.0)
    gradients = optimizer.get_unscaled_gradients(tape.gradient(loss, [v]))
    optimizer.apply_gradients(zip(gradients, [v]))
    assert v.numpy()[0] == pytest.approx(0.8)
    optimizer.minimize(lambda: ops.sum(v * 2.0), [v])
    assert v.numpy()[0] == pytest.approx(0.6)


def test_factors_of_the_loss_may_stay():
    make = keras.mixed_precision.LossScaleOptimizer
    optimizer = make(optimizers.SGD(0.1), dynamic=False, initial_scale=8)
    v = keras.Variable([1.0])
    optimizer.apply([np.array([np.inf], "float32")], [v])
    assert (float(optimizer.loss_scale), optimizer.dynamic, optimizer.dynamic_growth_steps) == (8.0, False, None)
    assert not make.from_config(optimizer.get_config()).dynamic
    with pytest.raises(ValueError, match="For a fixed one"):
        make(optimizers.SGD(0.1), dynamic=False)


def test_optimizers_are_called_like_their_classes():
    assert [optimizers.Adam().name, optimizers.Adam().get_config()["name"]] == ["Adam", "Adam"]
    era.set_era("3")
    assert optimizers.Adam(name=None).name.startswith("adam")


def test_classes_of_their_own_for_both_kinds_of_optimizers():
    class Older(optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, name="Older", **kwargs):
            super().__init__(name, **kwargs)
            self._set_hyper("learning_rate", learning_rate)
            self._set_hyper("decay", self._initial_decay)

        def _create_slots(self, var_list):
            for v in var_list:
                self.add_slot(v, "m")

        def _resource_apply_dense(self, grad, var, apply_state=None):
            m = self.get_slot(var, "m")
            m.assign(0.5 * m + grad)
            var.assign_sub(self._decayed_lr(var.dtype.base_dtype) * m)

        def get_config(self):
            rate = self._serialize_hyperparameter("learning_rate")
            return {**super().get_config(), "learning_rate": rate, "decay": self._serialize_hyperparameter("decay")}

    class Newer(optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, name="Newer", **kwargs):
            super().__init__(name, **kwargs)
            self._learning_rate = self._build_learning_rate(learning_rate)

        def build(self, var_list):
            super().build(var_list)
            if not hasattr(self, "m"):
                self.m = [self.add_variable_from_reference(model_variable=v, variable_name="m") for v in var_list]

        def update_step(self, gradient, variable):
            m = self.m[self._index_dict[self._var_key(variable)]]
            m.assign(0.5 * m + gradient)
            variable.assign_add(-self.learning_rate * m)

        def get_config(self):
            return {**super().get_config(), "learning_rate": self._serialize_hyperparameter(self._learning_rate)}

    for optimizer in (Older(), Newer()):
        v = keras.Variable([1.0, 2.0, -3.0])
        for i in range(3):
            optimizer.apply_gradients([(np.array([0.1, -0.2, 0.3], "float32") * (i + 1), v)])
        np.testing.assert_allclose(v.numpy(), [0.9225, 2.155, -3.2325], rtol=1e-5)
        assert optimizer.get_config()["learning_rate"] == 0.1
    assert Older(0.1, decay=0.5).get_config()["decay"] == 0.5
