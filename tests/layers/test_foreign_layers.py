"""Layers made of functions and modules of other libraries."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import keras
from keras import layers

from .contract import assert_close

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def dense(params, inputs):
    return jnp.tanh(inputs @ params["w"] + params["b"])


def start(rng, inputs):
    return {"w": jax.random.normal(rng, (inputs.shape[-1], 3)), "b": jnp.zeros(3)}


def counted(params, state, rng, inputs, training):
    noise = 0 if rng is None else jax.random.normal(rng, inputs.shape)
    return inputs * params[0] + noise, state + 1


def start_counted(rng, inputs, training):
    assert training
    return [jnp.ones(())], jnp.zeros(())


# --- functions of JAX


def test_a_jax_function_makes_a_layer_with_variables_in_the_order_of_their_keys():
    layer = layers.JaxLayer(dense, start)
    assert layer(keras.Input((4,))).shape == (None, 3)
    assert [w.shape for w in layer.trainable_weights] == [(3,), (4, 3)]
    b, w = layer.get_weights()
    assert_close(layer(X), np.tanh(X @ w + b))
    assert layer.compute_output_shape((None, 4)) == (None, 3)


def test_params_that_are_given_are_what_it_starts_with():
    layer = layers.JaxLayer(dense, params={"w": jnp.ones((4, 3)), "b": jnp.zeros(3)})
    assert_close(layer(X), np.tanh(X.sum(axis=1, keepdims=True) * np.ones(3)))


def test_a_jax_function_may_have_a_state_draw_and_know_whether_it_is_training():
    layer = layers.JaxLayer(counted, start_counted, seed=3)
    assert_close(layer(X), X)
    assert (np.asarray(layer(X, training=True)) != X).any()
    (state,) = layer.non_trainable_weights
    assert float(state.value) == 2


@jax.tree_util.register_pytree_node_class
class Scaling:
    """As packages hold their parameters: a class that JAX knows, with settings that are no arrays."""

    def __init__(self, factor, kind):
        self.factor = factor
        self.kind = kind

    def tree_flatten(self):
        return (self.factor,), self.kind

    @classmethod
    def tree_unflatten(cls, kind, children):
        return cls(*children, kind)


def test_params_may_be_of_a_class_that_jax_knows_and_hold_text():
    def scaled(params, inputs):
        assert (params["a"].kind, params["b"]) == ("plain", "text")
        return inputs * params["a"].factor

    model = keras.Sequential([layers.JaxLayer(scaled, params={"a": Scaling(jnp.full(4, 2.0), "plain"), "b": "text"})])
    assert_close(model(X), X * 2)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(X, X, epochs=2, verbose=0)
    (factor,) = model.get_weights()
    assert model.layers[0].params["b"] == "text"
    assert (abs(factor) < 2).all()


def test_a_function_that_makes_params_need_not_draw():
    assert_close(layers.JaxLayer(lambda params, inputs: inputs + params, lambda inputs: jnp.ones(4))(X), X + 1)


@pytest.mark.parametrize("start", [[0.0], {"a": {"b": 0.0}}, {"a": [[0.0]]}, None, {"a": {}}, {"a": [1.0, 2.0]}])
def test_a_state_that_comes_back_in_another_structure_is_an_error(start):
    layer = layers.JaxLayer(lambda params, state, inputs: (inputs, {"a": [jnp.ones([])]}), params={}, state=start)
    with pytest.raises(ValueError, match="`call_fn` must return a state like the one it got"):
        layer(X)


def test_a_jax_function_is_trained():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), layers.JaxLayer(dense, start), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = model.get_weights()
    losses = model.fit(X, Y, epochs=8, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    assert all((a != b).any() for a, b in zip(before, model.get_weights()))


def test_a_jax_function_computes_in_the_dtype_of_its_policy():
    assert layers.JaxLayer(dense, start, dtype="mixed_bfloat16")(X).dtype == "bfloat16"


def test_a_config_of_a_jax_layer_holds_the_names_of_registered_functions():
    with keras.saving.custom_object_scope({"dense": dense, "start": start}):
        layer = layers.deserialize(layers.serialize(layers.JaxLayer(dense, start, name="j")))
    assert layer.call_fn is dense
    assert layer.name == "j"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.JaxLayer(dense), "`init_fn`, `params` or `state` must say"),
        (lambda: layers.JaxLayer(lambda inputs, other: inputs), "`call_fn` may take params, .* Got 'other'"),
        (lambda: layers.JaxLayer(lambda params: params, start), "`call_fn` must take 'inputs'"),
        (lambda: layers.JaxLayer(dense, lambda rng: {}), "`init_fn` must take 'inputs'"),
        (lambda: layers.FlaxLayer("module"), "`module` must be a module of flax.linen"),
    ],
)
def test_what_cannot_be_used_is_said(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_layer_that_needs_tensorflow_says_what_to_do_instead():
    with pytest.raises(NotImplementedError, match=r"needs TensorFlow(.|\n)*load 'folder' and save it as model.keras"):
        layers.TFSMLayer("folder")


# --- modules of Flax


def test_a_flax_module_makes_a_layer_with_statistics_and_dropout():
    linen = pytest.importorskip("flax.linen")

    class Net(linen.Module):
        @linen.compact
        def __call__(self, x, training=False):
            x = linen.BatchNorm(use_running_average=not training)(linen.Dense(3)(x))
            return linen.Dense(1)(linen.Dropout(0.2, deterministic=not training)(linen.tanh(x)))

    keras.utils.set_random_seed(1)
    layer = layers.FlaxLayer(Net())
    model = keras.Sequential([keras.Input((4,)), layer])
    assert model.output_shape == (None, 1)
    assert len(layer.trainable_weights) == 6
    assert [w.shape for w in layer.non_trainable_weights] == [(3,), (3,)]
    model.compile(keras.optimizers.SGD(0.05), "mse")
    before = layer.get_weights()
    losses = model.fit(X, Y, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all((a != b).any() for a, b in zip(before[1:], layer.get_weights()[1:]))
    assert_close(model.predict(X, verbose=0), layer(X))
    variables = Net().init(jax.random.key(0), X)
    assert_close(layers.FlaxLayer(Net(), variables=variables)(X), Net().apply(variables, X))


# --- modules of PyTorch


def test_a_torch_module_computes_and_has_gradients_in_compiled_code():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    wanted = net.eval()(torch.tensor(X)).detach().numpy()
    layer = layers.TorchModuleWrapper(net)
    assert layer(keras.Input((4,))).shape == (None, 1)
    assert_close(layer(X), wanted)
    trained, others = [v.value for v in layer.trainable_variables], [v.value for v in layer.non_trainable_variables]
    gradients = jax.jit(jax.grad(lambda t, x: layer.stateless_call(t, others, x)[0].sum(), argnums=(0, 1)))(trained, X)
    x = torch.tensor(X, requires_grad=True)
    net(x).sum().backward()
    assert_close(gradients, ([p.grad.numpy() for p in net.parameters()], x.grad.numpy()))


def test_a_torch_module_is_trained_here():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.1), torch.nn.Linear(3, 1)
    )
    model = keras.Sequential([keras.Input((4,)), layers.TorchModuleWrapper(net, output_shape=(None, 1))])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = model.get_weights()
    losses = model.fit(X, Y, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    after = model.get_weights()
    assert len(after) == 9
    assert any((a != b).any() for a, b in zip(before[6:8], after[6:8])), "running statistics"
    list(model.layers[0].parameters())  # writes the values back
    assert_close(net.eval()(torch.tensor(X)).detach().numpy(), model.predict(X, verbose=0))
    with pytest.raises(ValueError, match="promises"):
        layers.TorchModuleWrapper(torch.nn.Linear(4, 2), output_shape=(None, 3))(X)


def test_without_torch_the_wrapper_says_how_to_get_it():
    try:
        import torch  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match="pip install torch"):
            layers.TorchModuleWrapper(None)
    else:
        with pytest.raises(ValueError, match=r"must be a torch.nn.Module. Got None"):
            layers.TorchModuleWrapper(None)
