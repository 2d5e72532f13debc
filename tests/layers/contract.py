"""What every layer keeps: a table row makes a case, and each check is a function of a case.

A file of tests writes its rows and hands them with `LAYER_CHECKS` to `pytest.mark.parametrize`, as
`test_every_layer.py` does.
"""

import copy
import inspect
import json
import warnings
from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

import jax
import numpy as np
import pytest

import keras
from keras import layers


class Case(NamedTuple):
    """One layer and what it is called on.

    layer, arguments: the class and what its constructor gets.
    shape: of the input with the batch, or a list of shapes.
    weights: names of the weights, in order.
    dtype: of the inputs; integers are drawn from 0 to `below - 1`.
    call: further arguments of the call.
    random: whether training draws random numbers.
    mixes_samples: whether a sample's result depends on the others in inference.
    slope: whether the gradient is the slope; some layers leave out a part of it on purpose.
    spread: whether the inputs are arguments of their own instead of a list.
    frames: whether a time axis stands before those of `data_format`; masks are (batch, time) then.
    """

    layer: type
    arguments: dict[str, Any]
    shape: Any
    weights: tuple[str, ...] = ()
    dtype: str = "float32"
    below: int = 3
    call: dict[str, Any] = {}  # noqa: RUF012
    random: bool = False
    mixes_samples: bool = False
    slope: bool = True
    spread: bool = False
    frames: bool = False

    def make(self, **more):
        """A new layer; one with random draws has a fixed seed."""
        if self.random:
            more.setdefault("seed", 7)
        return self.layer(**copied(self.arguments), **more)

    def inputs(self, dtype=None):
        """The same numbers at every call."""
        draw = np.random.default_rng(crc32(name_of(self).encode()))

        def one(shape):
            if self.dtype.startswith("float"):
                return draw.normal(size=shape).astype(dtype or self.dtype)
            return draw.integers(0, self.below, size=shape).astype(self.dtype)

        return [one(s) for s in self.shape] if isinstance(self.shape, list) else one(self.shape)

    def symbols(self, batch=None):
        """Symbolic tensors with an open batch."""
        return map_shapes(lambda s: layers.Input(s[1:], batch_size=batch, dtype=self.dtype), self.shape)

    def built(self, **more):
        """A new layer with weights that are neither zero nor one."""
        layer = self.make(**more)
        self.on(layer, self.symbols())
        draw = np.random.default_rng(1)
        layer.set_weights([draw.uniform(0.5, 1.0, size=w.shape).astype(w.dtype) for w in layer.weights])
        return layer

    def on(self, function, inputs, **call):
        """What a layer, or a method of one, returns for inputs."""
        return function(*inputs, **call) if self.spread else function(inputs, **call)

    @property
    def is_float(self):
        return self.dtype.startswith("float")


def copied(arguments):
    """Arguments in which layers are new ones, so that no two tests share one."""

    def new(value):
        if isinstance(value, list):
            return [new(v) for v in value]
        return type(value).from_config(value.get_config()) if isinstance(value, layers.Layer) else value

    return {name: new(value) for name, value in arguments.items()}


def name_of(thing):
    """A test's name from a case or a check."""
    if not isinstance(thing, Case):
        return thing.__name__
    said = ",".join(f"{k}={shown(v)}" for k, v in {**thing.arguments, **thing.call}.items())
    return f"{thing.layer.__name__}({said})-{shown(thing.shape)}"


def shown(value):
    if isinstance(value, (list, tuple)) and any(isinstance(v, layers.Layer) for v in value):
        return f"[{','.join(map(shown, value))}]"
    text = getattr(value, "__name__", None) or (value.name if isinstance(value, layers.Layer) else repr(value))
    return text.replace(" ", "")


def map_shapes(function, shape):
    return [function(s) for s in shape] if isinstance(shape, list) else function(shape)


def leaves(x):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(x)]


def assert_close(got, wanted, **tolerances):
    """Equal arrays or structures of arrays; numbers in lists are one array."""
    if is_numbers(wanted):
        got, wanted = [np.asarray(got)], [np.asarray(wanted)]
    for one, other in zip(leaves(got), leaves(wanted), strict=True):
        np.testing.assert_allclose(one, other, **{"rtol": 1e-5, "atol": 1e-5, **tolerances})


def is_numbers(x):
    return all(is_numbers(i) for i in x) if isinstance(x, list) else isinstance(x, (bool, int, float))


# --- checks


def its_weights_have_these_names_in_this_order(case):
    layer = case.built()
    assert tuple(w.name for w in layer.weights) == case.weights
    assert all(w.path.startswith(layer.name + "/") for w in layer.weights)
    assert layer.count_params() == sum(int(np.prod(w.shape)) for w in layer.weights)


def its_config_makes_an_equal_layer(case):
    layer = case.built()
    other = case.layer.from_config(layer.get_config())
    assert other.name == layer.name
    case.on(other, case.symbols())
    other.set_weights(layer.get_weights())
    assert_close(case.on(other, case.inputs(), **case.call), case.on(layer, case.inputs(), **case.call), rtol=0, atol=0)


def it_goes_through_json_and_back(case):
    layer = case.built()
    config = json.loads(json.dumps(layers.serialize(layer)))
    other = layers.deserialize(config)
    assert type(other) is case.layer
    assert json.loads(json.dumps(layers.serialize(other))) == config
    assert [w.shape for w in other.weights] == [w.shape for w in layer.weights]  # built for the same shapes


def what_its_constructor_was_given_is_in_its_config(case):
    config = case.make().get_config()
    for name, value in case.arguments.items():
        assert name in config
        if isinstance(value, (int, float, str)) and isinstance(config[name], (int, float, str)):
            assert config[name] == value


def its_outputs_have_the_promised_shape_and_dtype(case):
    layer = case.make()
    symbols = case.on(layer, case.symbols())
    called = case.on(layer, case.inputs(), **case.call)
    promised = case.on(layer.compute_output_shape, map_shapes(lambda s: (None, *s[1:]), case.shape))
    sizes = [x.shape for x in jax.tree.leaves(symbols)]
    assert sizes == shapes_in(promised)
    for symbol, array in zip(jax.tree.leaves(symbols), jax.tree.leaves(called), strict=True):
        assert symbol.dtype == array.dtype.name
        assert len(symbol.shape) == array.ndim
        assert all(a in (None, b) for a, b in zip(symbol.shape, array.shape))
        assert all(size is not None for size in symbol.shape[1:])


def shapes_in(promised):
    """All shapes in a structure of them."""
    return [tuple(promised)] if is_one_shape(promised) else [s for part in promised for s in shapes_in(part)]


def is_one_shape(shape):
    return all(size is None or isinstance(size, int) for size in shape)


def it_is_traced_as_it_runs(case):
    layer = case.built()
    x = case.inputs()
    trained, others = ([v.value for v in part] for part in (layer.trainable_variables, layer.non_trainable_variables))
    for training in (False, True) if takes_training(layer) else (None,):
        call = case.call if training is None else {**case.call, "training": training}
        run = jax.jit(lambda t, n, x, call=call: case.on(partial(layer.stateless_call, t, n), x, **call))
        outputs, state = run(trained, others, x)
        wanted = case.on(layer, x, **call)
        tolerance = 1e-4 if training else 1e-5
        assert_close(outputs, wanted, rtol=tolerance, atol=tolerance)
        assert_close(state, [v.value for v in layer.non_trainable_variables], rtol=tolerance, atol=tolerance)
        for variable, value in zip(layer.non_trainable_variables, others, strict=True):
            variable.assign(value)


def takes_training(layer):
    return "training" in inspect.signature(layer.call).parameters


def its_gradient_is_the_slope(case):
    with jax.enable_x64(True):
        layer = case.built(dtype="float64")
        x = jax.tree.map(np.asarray, case.inputs("float64"))
        trained = [np.asarray(v.value) for v in layer.trainable_variables]
        others = [v.value for v in layer.non_trainable_variables]
        call = {**case.call, **({"training": True} if takes_training(layer) else {})}
        draw = np.random.default_rng(0)
        point = (trained, x) if case.is_float else (trained, [])

        def total(point):
            values, inputs = point[0], point[1] if case.is_float else x
            outputs, _ = case.on(partial(layer.stateless_call, values, others), inputs, **call)
            return sum((leaf * cotangent(leaf.shape)).sum() for leaf in jax.tree.leaves(outputs))

        if not jax.tree.leaves(point):
            return
        direction = jax.tree.map(lambda a: draw.normal(size=a.shape), point)
        gradient = jax.jit(jax.grad(total))(point)
        assert all(np.isfinite(leaf).all() for leaf in leaves(gradient))
        if not case.slope:
            return
        slope = sum(float((g * d).sum()) for g, d in zip(leaves(gradient), leaves(direction), strict=True))
        step = 1e-6
        above, below = (
            float(total(jax.tree.map(lambda a, d, s=sign: a + s * step * d, point, direction))) for sign in (1, -1)
        )
        np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-5, atol=1e-6)


def cotangent(shape):
    return np.cos(np.arange(int(np.prod(shape)))).reshape(shape)


def it_computes_in_the_dtype_of_its_policy(case):
    wanted = case.on(case.built(), case.inputs(), **case.call)
    for policy, computes, keeps in (
        ("mixed_bfloat16", "bfloat16", "float32"),
        ("float16", "float16", "float16"),
    ):
        layer = case.built(dtype=policy)
        assert {w.dtype for w in layer.weights} <= {keeps}
        outputs = case.on(layer, case.inputs(), **case.call)
        symbols = jax.tree.leaves(case.on(layer, case.symbols()))
        for symbol, output, full in zip(symbols, leaves(outputs), leaves(wanted)):
            assert output.dtype.name == (computes if full.dtype.kind == "f" else full.dtype.name)
            assert symbol.dtype == output.dtype.name
            if full.dtype.kind == "f":
                np.testing.assert_allclose(output.astype("float32"), full, rtol=0.1, atol=0.1)


def it_lets_a_mask_through_or_says_that_it_does_not(case):
    if isinstance(case.shape, list) or len(case.shape) < 3 or not case.is_float:
        return
    x = case.inputs()
    x[:, 0] = 0
    masked = layers.Masking()(x)
    if case.frames:
        masked._keras_mask = masked._keras_mask.all(axis=tuple(range(2, x.ndim - 1)))
    layer = case.built()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outputs = case.on(layer, masked, **case.call)
    said = any("does not support masking" in str(w.message) for w in caught)
    assert said != layer.supports_masking
    if layer.supports_masking and type(layer).compute_mask is layers.Layer.compute_mask:
        for output in jax.tree.leaves(outputs):
            np.testing.assert_array_equal(output._keras_mask, masked._keras_mask)


def it_draws_the_same_with_the_same_seed(case):
    if not case.random:
        return
    x = case.inputs()
    first, second = case.built(), case.built()
    one, other = case.on(first, x, training=True), case.on(second, x, training=True)
    assert_close(one, other, rtol=0, atol=0)
    assert any((a != b).any() for a, b in zip(leaves(one), leaves(case.on(first, x, training=True)))), (
        "the second draw differs"
    )
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(5)
        found.append(case.on(case.built(seed=None), x, training=True))
    assert_close(*found, rtol=0, atol=0)
    if inspect.signature(first.call).parameters["training"].default is not True:
        assert_close(case.on(first, x), case.on(first, x, training=False), rtol=0, atol=0)


def each_sample_stands_for_itself(case):
    if case.mixes_samples:
        return
    layer = case.built()
    x = case.inputs()
    first = jax.tree.map(lambda a: a if isinstance(a, bool) else a[:1], (x, case.call))
    whole = case.on(layer, x, **case.call)
    assert_close(case.on(layer, first[0], **first[1]), jax.tree.map(lambda a: a[:1], whole))


def it_computes_the_same_in_both_axis_orders(case):
    if "data_format" not in inspect.signature(case.layer.__init__).parameters or "data_format" in case.arguments:
        return
    last, first = case.built(), case.built(data_format="channels_last")
    x = case.inputs()
    answer = case.on(last, x)
    assert_close(case.on(first, x), answer, rtol=0, atol=0)
    moved = case.layer(**case.arguments, data_format="channels_first", **({"seed": 7} if case.random else {}))
    channels = 2 if case.frames else 1
    flipped = np.moveaxis(x, -1, channels)
    moved.build(flipped.shape)
    moved.set_weights(last.get_weights())
    outputs, wanted = jax.tree.leaves(case.on(moved, flipped)), jax.tree.leaves(answer)
    for output, one in zip(outputs, wanted, strict=True):
        if case.frames or output.ndim == x.ndim:
            output = np.moveaxis(output, channels - (output.ndim < x.ndim), -1)
        assert_close(output, one)
    promised = moved.compute_output_shape(flipped.shape)
    assert shapes_in(promised) == [y.shape for y in outputs]


def it_can_be_frozen_and_thawed(case):
    layer = case.built()
    trained = [w.name for w in layer.trainable_weights]
    layer.trainable = False
    assert layer.trainable_weights == []
    assert [w.name for w in layer.weights] == list(case.weights)
    config = layer.get_config()
    assert case.layer.from_config(config).trainable is ("trainable" not in config)  # not in that of SpatialDropout
    layer.trainable = True
    assert [w.name for w in layer.trainable_weights] == trained


def its_copy_has_weights_of_its_own(case):
    layer = case.built()
    other = copy.deepcopy(layer)
    assert_close(case.on(other, case.inputs(), **case.call), case.on(layer, case.inputs(), **case.call), rtol=0, atol=0)
    if layer.weights:
        other.weights[0].assign(other.weights[0].numpy() + 1)
        assert (other.weights[0].numpy() != layer.weights[0].numpy()).all()


def it_refuses_an_unknown_argument(case):
    with pytest.raises(TypeError, match="unknown argument"):
        case.make(no_such_argument=1)


LAYER_CHECKS = [
    its_weights_have_these_names_in_this_order,
    its_config_makes_an_equal_layer,
    it_goes_through_json_and_back,
    what_its_constructor_was_given_is_in_its_config,
    its_outputs_have_the_promised_shape_and_dtype,
    it_is_traced_as_it_runs,
    its_gradient_is_the_slope,
    it_computes_in_the_dtype_of_its_policy,
    it_lets_a_mask_through_or_says_that_it_does_not,
    it_draws_the_same_with_the_same_seed,
    each_sample_stands_for_itself,
    it_computes_the_same_in_both_axis_orders,
    it_can_be_frozen_and_thawed,
    its_copy_has_weights_of_its_own,
    it_refuses_an_unknown_argument,
]
