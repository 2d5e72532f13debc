"""Methods of optimizers from 0.x to tf.keras, and classes that were written against their base classes."""

import numpy as np
import pytest

import keras
from keras import backend as K
from keras import layers, optimizers
from keras.legacy import era

START = [np.array([[0.1], [0.2], [-0.3]], "float32"), np.zeros(1, "float32")]
X = np.linspace(0, 1, 24).reshape(8, 3).astype("float32")
Y = X.sum(axis=1)


@pytest.fixture(scope="module")
def model():
    return keras.Sequential([layers.Dense(1, input_dim=3)])


def trained(model, optimizer):
    model.set_weights(START)
    model.compile(optimizer, "mse")
    model.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("order", ["loss, params", "params, constraints, loss"])
def test_updates_of_an_optimizer_train_through_a_function(model, order):
    model.set_weights(START)
    target = K.placeholder((None, 1))
    loss = K.mean(K.square(model.output - target))
    optimizer = optimizers.SGD(lr=0.01, momentum=0.9)
    weights = model.trainable_weights
    updates = optimizer.get_updates(loss, weights) if order.startswith("loss") else optimizer.get_updates(
        weights, {}, loss
    )  # fmt: skip
    function = K.function([model.input, target], [loss], updates=updates)
    losses = [float(function([X, Y[:, None]])[0]) for _ in range(3)]
    # values of Keras 2.3.1
    np.testing.assert_allclose(losses, [3.1063514, 2.8915138, 2.5131679], rtol=1e-6)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), [0.2046003, 0.3117488, -0.1811027], rtol=1e-5)
    assert int(optimizer.iterations) == 3


def test_a_class_may_change_what_the_class_below_would_do(model):
    class Half(optimizers.SGD):
        def get_updates(self, loss, params):
            pairs = super().get_updates(loss, params)
            self.updates = [(v, v + (new - v) * 0.5) for v, new in pairs]
            return self.updates

    for a, b in zip(trained(model, Half(0.1)), trained(model, optimizers.SGD(0.05))):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_gradients_of_a_loss_that_is_no_tensor_are_refused():
    with pytest.raises(ValueError, match="within get_updates"):
        optimizers.SGD().get_gradients(3.0, [])
    v = K.variable([1.0])
    with pytest.raises(ValueError, match="does not depend on"):
        optimizers.SGD().get_gradients(K.placeholder((1,)) * 2, [v])


def test_steps_of_ones_own_and_slots_as_in_tf_keras():
    v = keras.Variable([1.0, 2.0], name="v")
    optimizer = optimizers.legacy.SGD(0.5, momentum=0.9)
    ((gradient, variable),) = optimizer.compute_gradients(lambda: K.sum(v * v), [v])
    np.testing.assert_allclose(gradient, [2, 4])
    assert variable is v
    optimizer.minimize(lambda: K.sum(v * v), lambda: [v])
    np.testing.assert_allclose(v.numpy(), [0, 0])
    np.testing.assert_allclose(optimizer.get_slot(v, "momentum").numpy(), [-1, -2])
    assert optimizer.get_slot_names() == ["momentum"]
    assert optimizer.variables()[1].name == optimizer.variables[1].name == "learning_rate"
    assert len(optimizer.get_state()) == len(optimizer.variables())
    optimizer.set_state(optimizer.get_state())
    optimizer.apply_gradients([(np.array([1.0, 1.0]), v)], name="step", experimental_aggregate_gradients=False)
    assert int(optimizer.iterations) == 2
    assert optimizer.aggregate_gradients([(1, v)]) == [(1, v)]
    v.assign([1.0, 1.0])
    plain = optimizers.SGD(0.5)
    plain.minimize(lambda: v * v, [v], grad_loss=np.array([1.0, 0.0], "float32"))
    np.testing.assert_allclose(v.numpy(), [0, 1])


def test_slots_have_the_names_of_tf_keras():
    v = keras.Variable([1.0, 2.0], name="v")
    for optimizer, names in (
        (optimizers.Adam(amsgrad=True), ["m", "v", "vhat"]), (optimizers.Adamax(), ["m", "v"]),
        (optimizers.RMSprop(momentum=0.5, centered=True), ["rms", "momentum", "mg"]),
        (optimizers.Adadelta(), ["accum_grad", "accum_var"]), (optimizers.Adagrad(), ["accumulator"]),
    ):  # fmt: skip
        optimizer.build([v])
        assert sorted(optimizer.get_slot_names()) == sorted(names)
        assert all(optimizer.get_slot(v, name).shape == (2,) for name in names)
    with pytest.raises(ValueError, match="there is no 'w' of v"):
        optimizer.get_slot(v, "w")


def test_what_there_is_none_of_is_refused():
    v, optimizer = keras.Variable([1.0]), optimizers.SGD()
    with pytest.raises(ValueError, match="`grad_loss` needs a function"):
        optimizer.minimize(v, [v], tape=keras.GradientTape(), grad_loss=1.0)
    with pytest.raises(ValueError, match="function without arguments"):
        optimizer.minimize(v, [v])
    with pytest.raises(ValueError, match="are not trained"):
        optimizer.add_weight("w", (1,), trainable=True)
    with pytest.raises(ValueError, match="unknown `synchronization`"):
        optimizer.add_weight("w", (1,), synchronization="now and then")
    with pytest.raises(ValueError, match="`jit_compile` must be one of"):
        optimizers.SGD(jit_compile="fast")
    made = optimizer.add_weight("w", (2,), initializer="ones", aggregation="VariableAggregation.MEAN")
    np.testing.assert_array_equal(made.numpy(), [1, 1])
    other = optimizer.add_variable_from_reference(model_variable=v, variable_name="w", shape=(3,), initial_value=None)
    assert other.shape == (3,)
    for method in ("get_weights", "get_config"):
        with pytest.raises(ImportError, match="TensorFlow's variables"):
            getattr(object.__new__(optimizers.TFOptimizer), method)()


def test_gradients_pass_the_functions_that_were_given_for_them():
    v = keras.Variable([1.0, 2.0])
    optimizer = optimizers.legacy.SGD(
        1.0, gradient_aggregator=lambda pairs: [g * 2 for g, _ in pairs],
        gradient_transformers=[lambda pairs: [(g + 1, w) for g, w in pairs]],
    )  # fmt: skip
    optimizer.apply_gradients([(np.array([0.0, 1.0], "float32"), v)])
    np.testing.assert_allclose(v.numpy(), [0, -1])


def test_a_class_with_slots_of_tf_keras_trains(model):
    class Momentum(optimizers.legacy.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.5, name="Momentum", **kwargs):
            super().__init__(name, **kwargs)
            self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
            self._set_hyper("momentum", momentum)

        def _create_slots(self, var_list):
            for v in var_list:
                self.add_slot(v, "momentum")

        def _resource_apply_dense(self, grad, var, apply_state=None):
            m = self.get_slot(var, "momentum")
            m.assign(m * self._get_hyper("momentum", var.dtype) - self._decayed_lr(var.dtype) * grad)
            var.assign_add(m.value)

        def get_config(self):
            return {**super().get_config(), "momentum": self._get_hyper("momentum")}

    for a, b in zip(trained(model, Momentum(0.05)), trained(model, optimizers.SGD(0.05, momentum=0.5))):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_a_class_of_tf_keras_2_11_trains(model):
    class Descent(optimizers.experimental.Optimizer):
        def __init__(self, learning_rate=0.1, name="Descent"):
            super().__init__(name)
            self._learning_rate = self._build_learning_rate(learning_rate)

        def update_step(self, gradient, variable):
            variable.assign_sub(K.cast(self.learning_rate, variable.dtype) * gradient)

    for a, b in zip(trained(model, Descent(0.05)), trained(model, optimizers.SGD(0.05))):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_a_class_of_2x_lists_its_weights(model):
    class Signs(optimizers.Optimizer):
        def __init__(self, lr=0.01, **kwargs):
            super().__init__(**kwargs)
            self.lr = K.variable(lr)
            self.iterations = K.variable(0, dtype="int64", name="iterations")

        def get_updates(self, loss, params):
            seen = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
            self.weights = [self.iterations, *seen]
            grads = self.get_gradients(loss, params)
            self.updates = [K.update_add(self.iterations, 1)]
            self.updates += [K.update(s, s + K.abs(K.sign(g))) for s, g in zip(seen, grads)]
            self.updates += [(p, p - self.lr * K.sign(g)) for p, g in zip(params, grads)]
            return self.updates

    optimizer = Signs(0.01)
    np.testing.assert_allclose(trained(model, optimizer)[0], START[0] + 0.04, rtol=1e-5)
    iterations, kernel, bias = optimizer.get_weights()
    assert (int(iterations), float(bias[0])) == (4, 4)
    np.testing.assert_array_equal(kernel, [[4], [4], [4]])
    optimizer.set_weights([7, kernel, bias])
    assert int(optimizer.iterations) == 7
    with pytest.raises(ValueError, match="there are 3 variables"):
        optimizer.set_weights([7])


def test_loss_scales_as_tf_keras_set_them():
    from keras.mixed_precision import experimental

    v = keras.Variable([1.0])
    optimizer = experimental.LossScaleOptimizer(optimizers.SGD(1.0), loss_scale=4.0)
    assert float(optimizer.scale_loss(2.0)) == 8
    optimizer.apply([np.array([4.0])], [v])
    np.testing.assert_allclose(v.numpy(), [0])
    dynamic = experimental.LossScaleOptimizer(optimizers.SGD(1.0), "dynamic")
    dynamic.build([v])
    assert float(dynamic.get_scaled_loss(1.0)) == float(dynamic.loss_scale) == 32768
    np.testing.assert_allclose(dynamic.get_unscaled_gradients([np.array([32768.0]), None])[0], [1])
    assert int(dynamic.dynamic_counter) == 0
    assert dynamic.dynamic
    policy = experimental.Policy("mixed_float16")
    assert policy.loss_scale == "dynamic"
    assert experimental.Policy("mixed_float16", loss_scale=None).loss_scale is None
    assert keras.mixed_precision.Policy.from_config({"name": "float16"}, custom_objects={}).name == "float16"
    with pytest.raises(ValueError, match="needs no loss scale"):
        experimental.Policy("float32", "dynamic")
    with pytest.raises(ValueError, match="set `loss_scale_factor`"):
        experimental.Policy("mixed_float16", 128)
    assert experimental.get_layer_policy(layers.Dense(1)) == experimental.global_policy()


@pytest.mark.parametrize(("scale", "kind"), [("auto", "LossScaleOptimizer"), (None, "SGD")])
def test_a_policy_without_a_loss_scale_leaves_the_loss_alone(scale, kind):
    policy = keras.mixed_precision.experimental.Policy("mixed_float16", scale)
    made = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    made.dtype_policy = policy
    made.compile("sgd", "mse")
    assert type(made.optimizer).__name__ == kind


# after ten batches of Keras 2.3.1 on TensorFlow 1.15, lr=0.01 and epsilon=0.01
STEPS_OF_2_3 = {
    "RMSprop": [0.28919991850852966, -0.20206449925899506, 0.01265796273946762],
    "Adagrad": [0.28622007369995117, -0.20785009860992432, 0.05728688836097717],
}


@pytest.mark.parametrize("name", STEPS_OF_2_3)
def test_epsilon_was_added_to_the_root_until_tf_keras(name):
    x = np.array([[1, 2], [3, -1], [0.5, 0.25], [-2, 1]], "float32") * 0.02
    y = np.array([[1], [0], [2], [-1]], "float32") * 0.02
    with era.during("2.3"):
        old = getattr(optimizers, name)(lr=0.01, epsilon=0.01)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[0.3], [-0.2]]), np.array([0.1])])
    model.compile(old, "mse")
    for _ in range(10):
        model.train_on_batch(x, y)
    np.testing.assert_allclose(np.concatenate([w.ravel() for w in model.get_weights()]), STEPS_OF_2_3[name], rtol=1e-5)

    today = getattr(optimizers, name)(learning_rate=0.01, epsilon=5.0, **_without_past(name))
    variable = keras.Variable([1.0])
    today.apply([[2.0]], [variable])
    assert variable.numpy()[0] == pytest.approx(1 - 0.01 * 2 / 3)


def _without_past(name):
    return {"rho": 0.0} if name == "RMSprop" else {"initial_accumulator_value": 0.0}


def test_arguments_of_steps_by_the_names_of_tf_keras():
    variable = keras.Variable([1.0, 1.0])
    rate = keras.optimizers.SGD()
    rate.build(var_list=[variable])
    assert rate.built
    optimizer = keras.optimizers.Adagrad(0.1, initial_accumulator_value=0.0, epsilon=0.0)
    optimizer.build([variable])
    optimizer.update_step(grad=keras.ops.array([2.0, -2.0]), variable=variable, learning_rate=0.1)
    np.testing.assert_allclose(variable.numpy(), [0.9, 1.1], rtol=1e-6)


def test_a_rate_that_decays_is_saved_and_read_back_with_all_the_state(model, tmp_path):
    optimizer = optimizers.SGD(lr=0.05, decay=0.25, momentum=0.9)
    trained(model, optimizer)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")  # warns where states differ
    for m in (model, again):
        m.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0)
    assert int(again.optimizer.iterations) == int(optimizer.iterations) == 8
    for found, expected in zip(again.get_weights(), model.get_weights()):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
