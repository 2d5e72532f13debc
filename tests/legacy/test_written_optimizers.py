"""Optimizers as they were written for tf.keras until 2.10; values of the legacy optimizers of tf_keras 2.16."""

import numpy as np
import pytest

import keras

DRAW = np.random.RandomState(0)
X, Y = DRAW.randn(8, 3).astype("float32"), DRAW.randn(8, 2).astype("float32")


def after(optimizer):
    """The bias after three epochs."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.set_weights([np.full(v.shape, 0.1) for v in model.get_weights()])
    model.compile(optimizer, "mse")
    model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return model, model.get_weights()[1]


@pytest.fixture
def classes(tf, in_era):
    in_era("tf2.0")

    class Steps(keras.optimizers.legacy.Optimizer):
        def __init__(self, learning_rate=0.01, beta_1=0.9, name="Steps", **kwargs):
            super().__init__(name, **kwargs)
            self._set_hyper("learning_rate", learning_rate)
            self._set_hyper("decay", self._initial_decay)
            self._set_hyper("beta_1", beta_1)

        def _create_slots(self, var_list):
            for var in var_list:
                self.add_slot(var, "m")
                self.add_slot(var, "v", initializer="ones")

        def _prepare_local(self, var_device, var_dtype, apply_state):
            super()._prepare_local(var_device, var_dtype, apply_state)
            beta = tf.identity(self._get_hyper("beta_1", var_dtype))
            power = tf.pow(beta, tf.cast(self.iterations + 1, var_dtype))
            apply_state[(var_device, var_dtype)].update(beta=beta, power=power)

        def _resource_apply_dense(self, grad, var, apply_state=None):
            place = var.device, var.dtype.base_dtype
            known = (apply_state or {}).get(place) or self._fallback_apply_state(*place)
            m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
            m_t = m.assign(known["beta"] * m + (1 - known["beta"]) * grad, use_locking=self._use_locking)
            with tf.control_dependencies([m_t]):
                v_t = v.assign_add(tf.square(grad), use_locking=self._use_locking)
            step = known["lr_t"] * m_t / (1 - known["power"]) / (tf.sqrt(v_t) + 1e-7)
            return tf.group(var.assign_sub(step, use_locking=self._use_locking), m_t, v_t)

    class Around(keras.optimizers.legacy.Optimizer):
        def __init__(self, optimizer, name="Around", **kwargs):
            super().__init__(name, **kwargs)
            self._optimizer = optimizer

        def _create_slots(self, var_list):
            self._optimizer._create_slots(var_list=var_list)
            for var in var_list:
                self.add_slot(var, "slow", initializer=var)

        def _prepare(self, var_list):
            return self._optimizer._prepare(var_list=var_list)

        def apply_gradients(self, grads_and_vars, name=None, **kwargs):
            self._optimizer._iterations = self.iterations
            return super().apply_gradients(grads_and_vars, name, **kwargs)

        def _resource_apply_dense(self, grad, var):
            train = self._optimizer._resource_apply_dense(grad, var)
            slow = self.get_slot(var, "slow")
            with tf.control_dependencies([train]):
                back, now = slow + 0.5 * (var - slow), tf.equal((self.iterations + 1) % 2, 0)
                slow.assign(tf.where(now, back, slow), use_locking=self._use_locking)
                return tf.group(train, var.assign(tf.where(now, back, var), use_locking=self._use_locking))

    return Steps, Around


def test_steps_are_prepared_by_device_and_kind_of_number(classes):
    steps, _ = classes
    np.testing.assert_allclose(after(steps(0.1))[1], [0.22002, -0.00747], atol=1e-5)
    np.testing.assert_allclose(after(steps(0.1, decay=0.1))[1], [0.20805, 0.00571], atol=1e-5)
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    np.testing.assert_allclose(after(steps(schedule))[1], [0.18532, 0.03341], atol=1e-5)


def test_settings_by_name_are_attributes(classes):
    steps, _ = classes
    optimizer = steps(0.1, clipnorm=1.0)
    model, bias = after(optimizer)
    np.testing.assert_allclose(bias, [0.22116, -0.01592], atol=1e-5)
    optimizer.beta_1, optimizer.lr = 0.5, 0.2
    assert float(optimizer._get_hyper("beta_1")) == optimizer._serialize_hyperparameter("beta_1") == 0.5
    model.fit(X, Y, verbose=0)
    np.testing.assert_allclose(model.get_weights()[1], [0.22578, -0.01996], atol=1e-5)


def test_one_optimizer_makes_the_steps_of_another(classes):
    steps, around = classes
    np.testing.assert_allclose(after(around(steps(0.1)))[1], [0.16515, 0.03480], atol=1e-5)
    np.testing.assert_allclose(after(around(keras.optimizers.legacy.SGD(0.1)))[1], [0.14898, 0.03874], atol=1e-5)
    np.testing.assert_allclose(after(around(keras.optimizers.legacy.Adam(0.1)))[1], [0.24570, -0.09070], atol=1e-5)
