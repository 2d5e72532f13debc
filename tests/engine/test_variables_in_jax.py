"""Variables handed to JAX's own functions, as training loops of one's own do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import layers, ops


@pytest.mark.parametrize("name", ["constraint", "regularizer"])
def test_what_a_variable_is_kept_by_is_a_function_or_nothing(name):
    variable = keras.Variable([1.0, 2.0])
    halved = lambda w: w / 2
    setattr(variable, name, halved)
    assert getattr(variable, name) is halved
    with pytest.raises(ValueError, match="must be a function of the value"):
        setattr(variable, name, "maxnorm")
    setattr(variable, name, None)
    assert getattr(variable, name) is None


def test_a_variable_says_what_it_cannot_be():
    variable = keras.Variable([1.0, 2.0])
    with pytest.raises(TypeError, match="must be True or False"):
        variable.overwrite_with_gradient = "true"
    with pytest.raises(TypeError, match="no one truth value"):
        bool(variable)
    assert bool(keras.Variable(1.0))
    assert [float(x) for x in variable] == [1.0, 2.0]  # it went on with the last element for ever
    with pytest.raises(TypeError, match="0-d array"):
        iter(keras.Variable(1.0))
    assert not keras.Variable([0.0])


def small_model():
    layer = layers.Dense(1, kernel_initializer="ones")
    return keras.Sequential([keras.Input((2,)), layer]), layer


def test_a_training_loop_may_begin_with_the_lists_of_variables():
    model, layer = small_model()
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build(model.trainable_variables)

    def loss_of(trainable, others, x):
        y, others = model.stateless_call(trainable, others, x, training=True)
        return ops.sum(y), others

    @jax.jit
    def step(state, x):
        trainable, others, optimizer_state = state
        (loss, others), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, others, x)
        trainable, optimizer_state = optimizer.stateless_apply(optimizer_state, gradients, trainable)
        return loss, (trainable, others, optimizer_state)

    state = model.trainable_variables, model.non_trainable_variables, optimizer.variables
    losses = []
    for _ in range(2):
        loss, state = step(state, np.array([[1.0, 3.0]], "float32"))
        losses.append(float(loss))
    # kernel (1, 1) and bias 0 go down by half of (1, 3) and 1
    assert losses == [4.0, 4.0 - 0.5 * (1 + 9 + 1)]
    assert layer.kernel.numpy().tolist() == [[1.0], [1.0]]


def test_functions_of_jax_take_a_variable_as_the_array_it_holds():
    kernel = small_model()[1].kernel
    assert float(jnp.sum(kernel)) == 2
    assert jax.vmap(lambda row: row * 2)(kernel).shape == (2, 1)
    assert jax.grad(lambda k: (k**2).sum())(kernel).tolist() == [[2.0], [2.0]]
    with keras.StatelessScope(state_mapping=[(kernel, jnp.full((2, 1), 5.0))]):
        assert float(jax.jit(jnp.sum)(kernel)) == 10


def test_an_open_tape_loses_no_gradient_to_them_unnoticed():
    kernel = small_model()[1].kernel
    with keras.GradientTape(), pytest.raises(TypeError, match="interpreting argument"):
        jnp.sum(kernel)


def test_a_variable_begins_as_a_named_initializer_says():
    assert keras.Variable("ones", shape=(2,), dtype="float32").numpy().tolist() == [1.0, 1.0]
    assert keras.Variable("zeros", (2,)).shape == (2,)


@pytest.mark.parametrize("name", [3, "a/b"])
def test_the_name_of_a_variable_is_a_string_without_slashes(name):
    with pytest.raises(ValueError, match="`name` must be a string without '/'"):
        keras.Variable([0.0], name=name)


def test_small_first_values_wait_on_the_host_until_somebody_reads_them():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    kernel, bias = model.weights
    assert isinstance(kernel.host_or_device_value(), np.ndarray)
    x = np.ones((4, 3), "float32")
    first = np.array(kernel.host_or_device_value())
    np.testing.assert_allclose(model(x), x @ first, rtol=1e-6)
    assert isinstance(kernel.host_or_device_value(), jax.Array)
    bias.assign([1.0, 2.0])
    bias.clear()
    np.testing.assert_array_equal(bias, [0.0, 0.0])
    with keras.device("cpu:0"):  # what says where it lives is obeyed at once
        assert isinstance(keras.Variable([1.0]).host_or_device_value(), jax.Array)


def test_a_value_that_waits_is_not_the_array_it_was_made_from():
    given = np.zeros((2,), "float32")
    variable = keras.Variable(given)
    given += 1
    np.testing.assert_array_equal(variable, [0.0, 0.0])
    copied = variable.numpy()
    copied += 1
    np.testing.assert_array_equal(variable, [0.0, 0.0])
    assert jnp.sum(variable.value) == 0.0
