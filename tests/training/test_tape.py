"""`keras.GradientTape` and the training steps that programs of 2.x wrote with it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import layers, ops

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def test_gradients_by_variables_arrays_and_what_lies_between():
    v, w = keras.Variable(3.0), keras.Variable([1.0, 2.0])
    still = keras.Variable(5.0, trainable=False)
    x = np.array([1.0, 4.0], "float32")
    with keras.GradientTape(persistent=True) as tape:
        watched = tape.watch(x)
        between = v * watched  # [3, 12]
        y = ops.sum(between**2) + still * w[1]
        late = 2.0 - v
    assert float(y) == 9 + 144 + 10
    found = tape.gradient(y, {"v": v, "x": x, "between": between, "w": [w], "watched": watched, "still": still})
    np.testing.assert_allclose(found["v"], 2 * 3 * (1 + 16))
    np.testing.assert_allclose(found["x"], [18.0, 72.0])
    np.testing.assert_allclose(found["watched"], found["x"])
    np.testing.assert_allclose(found["between"], [6.0, 24.0])
    np.testing.assert_allclose(found["w"][0], [0.0, 5.0])
    assert found["still"] is None  # not trainable, and nobody asked to watch it
    assert tape.gradient(late, w) is None
    np.testing.assert_array_equal(tape.gradient(late, w, unconnected_gradients="zero"), [0.0, 0.0])


def test_several_targets_are_weighed_and_summed():
    v = keras.Variable(3.0)
    with keras.GradientTape() as tape:
        targets = [2.0 * v, v * np.array([1.0, 4.0], "float32")]
    np.testing.assert_allclose(tape.gradient(targets, v, output_gradients=[10.0, np.array([1.0, 2.0])]), 20 + 1 + 8)


def test_a_gradient_has_a_gradient():
    v, x = keras.Variable(3.0), np.array([1.0, 2.0], "float32")
    with keras.GradientTape() as outer:
        with keras.GradientTape() as inner:
            watched = inner.watch(v * x)  # made from a variable itself
            y = ops.sum(v * watched**2)
        slope = inner.gradient(y, watched)  # 2 v (v x)
        loss = ops.sum(slope)  # 2 v^2 (1 + 2)
    np.testing.assert_allclose(slope, [18.0, 36.0])
    np.testing.assert_allclose(outer.gradient(loss, v), 36.0)


def test_what_a_tape_cannot_do_is_said():
    v = keras.Variable(2.0)
    with keras.GradientTape() as tape:
        y = v * v
        with tape.stop_recording():
            assert float(y) == 4.0
        with pytest.raises(TypeError):  # JAX would lose the gradient
            jnp.sin(y)
        with pytest.raises(TypeError, match="uses a value from outside"):
            layers.Lambda(lambda x: x * y)(np.ones((1, 1), "float32"))
        with pytest.raises(ValueError, match="gradients are of floats"):
            tape.watch(np.array([1]))
    with pytest.raises(ValueError, match="not computed from anything"):
        tape.gradient(jnp.ones(()), v)
    with pytest.raises(ValueError, match="must be 'none' or 'zero'"):
        tape.gradient(y, v, unconnected_gradients="None")
    assert float(tape.gradient(y, v)) == 4.0
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, v)
    assert tape.watched_variables() == [v]


def test_variables_may_be_chosen():
    v, w = keras.Variable(2.0), keras.Variable(3.0)
    with keras.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        y = v * w
    assert tape.gradient(y, [v, w]) == [None, 2.0]


def test_values_can_be_used_like_arrays_during_and_after_the_block():
    v = keras.Variable([1.0, -2.0])
    metric = keras.metrics.Mean()
    with keras.GradientTape():
        y = abs(v) * 2.0
        metric.update_state(y)
        flags = y == np.array([2.0, 1.0], "float32")
        assert [float(one) for one in y] == [2.0, 4.0]
        assert bool(y[0] > 1)
        assert len(y) == 2
        assert f"{y[1]:.1f}" == "4.0"
    assert float(metric.result()) == 3.0
    np.testing.assert_array_equal(flags, [True, False])
    np.testing.assert_array_equal(y + jnp.ones(2), [3.0, 5.0])
    np.testing.assert_array_equal(ops.square(y), y.numpy() ** 2)
    v.assign(y)
    np.testing.assert_array_equal(v, [2.0, 4.0])


def network(**compiled):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, "tanh", kernel_regularizer="l2", activity_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(1),
        ]
    )
    if compiled:
        model.compile(**compiled)
    return model


def test_a_loop_of_2_x_trains_as_fit_does():
    expected = network(optimizer=keras.optimizers.SGD(0.05), loss="mse")
    logs = expected.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0).history["loss"]
    model, optimizer, loss_of = network(), keras.optimizers.SGD(0.05), keras.losses.MeanSquaredError()
    for step in range(3):
        with keras.GradientTape() as tape:
            outputs = model(X, training=True)
            loss = loss_of(Y, outputs)
            loss += sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights))
        assert len(model.losses) == 2
        np.testing.assert_allclose(float(loss), logs[step], rtol=1e-5)
    for a, b in zip(model.get_weights()[:-1], expected.get_weights()[:-1]):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


class ByTape(keras.Model):
    """A step as the guides of 2.x wrote it."""

    way = "compiled_loss"

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x, training=False):
        return self.inner(x, training=training)

    def train_step(self, data):
        x, y = data
        with keras.GradientTape() as tape:
            y_pred = self(x, training=True)
            if self.way == "compiled_loss":
                loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
            else:
                loss = self.compute_loss(x, y, y_pred)
        if self.way == "minimize":
            self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        elif self.way == "apply":
            self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        else:
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        if self.way == "compiled_loss":
            self.compiled_metrics.update_state(y, y_pred)
        else:
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


@pytest.mark.parametrize("way", ["compiled_loss", "minimize", "apply"])
def test_a_train_step_of_2_x_trains_as_fit_does(way):
    settings = {"optimizer": keras.optimizers.SGD(0.05), "loss": "mse", "metrics": ["mae"]}
    expected = network(**settings)
    logs = expected.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    model = ByTape(network())
    model.way = way
    model.compile(**{**settings, "optimizer": keras.optimizers.SGD(0.05)})
    found = model.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    for name in ("loss", "mae"):
        np.testing.assert_allclose(found[name], logs[name], rtol=1e-4)


class Adversary(keras.Model):
    """Two networks that learn from each other, with a penalty on a gradient: it has no `call`."""

    def __init__(self):
        super().__init__()
        self.generator = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
        self.critic = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])

    def compile(self, critic_optimizer, generator_optimizer):
        super().compile()
        self.critic_optimizer, self.generator_optimizer = critic_optimizer, generator_optimizer

    def train_step(self, real):
        noise = keras.random.normal((ops.shape(real)[0], 2))
        with keras.GradientTape() as tape:
            false = self.generator(noise, training=True)
            with keras.GradientTape() as inner:
                middle = inner.watch((real + false) / 2)
                judged = self.critic(middle, training=True)
            slope = inner.gradient(judged, [middle])[0]
            penalty = ops.mean((ops.norm(slope, axis=1) - 1.0) ** 2)
            loss = ops.mean(self.critic(false)) - ops.mean(self.critic(real)) + 10.0 * penalty
        gradients = tape.gradient(loss, self.critic.trainable_variables)
        self.critic_optimizer.apply_gradients(zip(gradients, self.critic.trainable_variables))
        with keras.GradientTape() as tape:
            made = -ops.mean(self.critic(self.generator(noise, training=True)))
        gradients = tape.gradient(made, self.generator.trainable_variables)
        self.generator_optimizer.apply_gradients(zip(gradients, self.generator.trainable_variables))
        return {"d_loss": loss, "g_loss": made, "penalty": penalty}


def test_an_adversarial_network_with_a_gradient_penalty_trains():
    keras.utils.set_random_seed(0)
    model = Adversary()
    model.compile(keras.optimizers.Adam(0.05), keras.optimizers.Adam(0.01))
    before = model.generator.get_weights()
    logs = model.fit(X, batch_size=4, epochs=6, verbose=0).history
    assert set(logs) == {"d_loss", "g_loss", "penalty"}
    assert logs["penalty"][-1] < logs["penalty"][0]
    assert any((a != b).any() for a, b in zip(before, model.generator.get_weights()))


def test_the_penalty_has_the_gradient_that_jax_finds():
    critic = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    with keras.GradientTape() as tape:
        with keras.GradientTape() as inner:
            x = inner.watch(X)
            y = critic(x)
        loss = ops.mean(ops.norm(inner.gradient(y, x), axis=1) ** 2)
    found = tape.gradient(loss, critic.trainable_variables)

    def by_jax(values):
        def total(x):
            return critic.stateless_call(values, [], x)[0].sum()

        return jnp.mean(jnp.sum(jax.grad(total)(jnp.asarray(X)) ** 2, axis=1))

    wanted = jax.grad(by_jax)([v.value for v in critic.trainable_variables])
    for a, b in zip(found, wanted):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_one_output_of_a_functional_model_is_a_source_for_another():
    inputs = keras.Input((3,))
    middle = layers.Dense(4, "tanh")(inputs)
    model = keras.Model(inputs, [middle, layers.Dense(2)(middle)])
    last = model.layers[-1]
    with keras.GradientTape(persistent=True) as tape:
        x = tape.watch(X)
        inside, outside = model(x, training=True)
        chosen = outside[:, 1]
    by_hand = np.repeat(np.asarray(last.kernel)[None, :, 1], len(X), 0)
    np.testing.assert_allclose(tape.gradient(chosen, inside), by_hand, rtol=1e-6)
    assert tape.gradient(chosen, x).shape == X.shape
    for gradient, weight in zip(tape.gradient(chosen, model.trainable_variables), model.trainable_variables):
        assert gradient.shape == weight.shape


def test_a_variable_is_the_input_of_a_model_with_several_outputs():
    """As in neural style transfer, where the picture is what is trained."""
    inputs = keras.Input((3,))
    middle = layers.Dense(4, "tanh")(inputs)
    model = keras.Model(inputs, {"middle": middle, "last": layers.Dense(2)(middle)})
    picture = keras.Variable(X)
    with keras.GradientTape(persistent=True) as tape:
        loss = ops.sum(model(picture)["last"])
        x = tape.watch(X)
        same = ops.sum(model(x)["last"])
    np.testing.assert_allclose(tape.gradient(loss, picture), tape.gradient(same, x), rtol=1e-6)
    assert np.abs(tape.gradient(loss, picture)).max() > 0


def test_a_step_without_call_has_the_metrics_of_compile():
    """As in the example of knowledge distillation: two networks are parts of a model that computes nothing itself."""

    class Distiller(keras.Model):
        def __init__(self, student):
            super().__init__()
            self.student = student

        def train_step(self, data):
            x, y = data
            with keras.GradientTape() as tape:
                y_pred = self.student(x, training=True)
                loss = ops.mean((y - y_pred) ** 2)
            weights = self.student.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
            return {"student_loss": loss, **self.compute_metrics(x, y, y_pred)}

    model = Distiller(keras.Sequential([keras.Input((3,)), layers.Dense(1, kernel_initializer="zeros")]))
    model.compile(keras.optimizers.SGD(0.0), metrics=["mae"])
    logs = model.fit(X, Y, epochs=2, batch_size=4, verbose=0).history
    np.testing.assert_allclose(logs["mae"], [np.abs(Y).mean()] * 2, rtol=1e-5)
    assert [m.name for m in model.metrics] == ["loss", "compile_metrics"]
