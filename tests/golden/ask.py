"""Puts a recorded question to whatever `keras` is installed and returns its answers as plain arrays.

The programs in tools/golden ask an earlier release and store what it says; the tests ask this library and compare.
Both come through here, so both ask the same thing. A question names things of the public API:
`{"$new": ["layers.Dense", {"units": 3}]}` stands for `keras.layers.Dense(units=3)`, `{"$name": "ops.relu"}` for the
thing of that name, and `{"$function": "double"}` for a function of `golden.builders`.
"""

import functools

import jax
import keras
import numpy as np

from . import builders
from .store import cotangent


def find(path):
    """The public thing with this dotted path below `keras`."""
    return functools.reduce(getattr, path.split("."), keras)


def make(spec):
    """Turns a description into the object it describes."""
    if isinstance(spec, list):
        return [make(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    if "$new" in spec:
        path, arguments = spec["$new"]
        return find(path)(**make(arguments))
    if "$name" in spec:
        return find(spec["$name"])
    if "$function" in spec:
        return getattr(builders, spec["$function"])
    return {key: make(value) for key, value in spec.items()}


def array(value):
    return np.asarray(keras.ops.convert_to_numpy(value))


def arrays(tree):
    """All leaves of a nested result, as NumPy arrays."""
    return [array(leaf) for leaf in jax.tree.leaves(tree)]


def plain(shape):
    """Nested tuples of sizes as nested lists, the way JSON has them."""
    if isinstance(shape, dict):
        return {key: plain(item) for key, item in shape.items()}
    return [plain(item) for item in shape] if isinstance(shape, (list, tuple)) else shape


def is_float(leaf):
    return isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"


def built_layer(question):
    keras.utils.clear_session()
    layer = make(question["layer"])
    layer(question["inputs"], **question["call"])
    return layer


def ask_weights(layer):
    return [
        {"name": weight.name, "shape": list(weight.shape), "trainable": weight.trainable} for weight in layer.weights
    ]


def ask_layer(question):
    """What a layer returns, run at once and traced, with the gradients of `sum(outputs * cotangent)`."""
    layer = built_layer(question)
    inputs, call = question["inputs"], question["call"]
    layer.set_weights(question["weights"])
    outputs = layer(inputs, **call)
    answers = {
        "weights": ask_weights(layer),
        "outputs": arrays(outputs),
        "weights_after": [array(weight) for weight in layer.get_weights()],
        "losses": sorted(float(loss) for loss in layer.losses),
    }

    layer.set_weights(question["weights"])
    leaves, structure = jax.tree.flatten((inputs, call))
    floats = [leaf for leaf in leaves if is_float(leaf)]
    state = [variable.value for variable in layer.non_trainable_variables]

    def total(trainable, floats):
        rest = iter(floats)
        values, keywords = jax.tree.unflatten(structure, [next(rest) if is_float(leaf) else leaf for leaf in leaves])
        traced, after = layer.stateless_call(trainable, state, values, **keywords)
        traced = jax.tree.leaves(traced)
        kept = [value for value, variable in zip(after, layer.non_trainable_variables) if is_weight(layer, variable)]
        summed = sum((value * cotangent(value.shape)).sum() for value in traced if value.dtype.kind == "f")
        return summed, (traced, kept)

    trainable = [variable.value for variable in layer.trainable_variables]
    gradients, (traced, kept) = jax.grad(total, argnums=(0, 1), has_aux=True)(trainable, floats)
    answers["traced_outputs"] = arrays(traced)
    answers["traced_state"] = arrays(kept)
    answers["weight_gradients"], answers["input_gradients"] = (arrays(part) for part in gradients)
    answers.update(ask_shapes(layer, question))
    return answers


def is_weight(layer, variable):
    return any(variable is weight for weight in layer.weights)


def ask_shapes(layer, question):
    """The promised shape and mask for any batch size, and what a symbolic call gives."""
    inputs = question["inputs"]
    free = jax.tree.map(lambda leaf: (None, *leaf.shape[1:]), inputs)
    if isinstance(layer, keras.Sequential):
        answers = {"output_shape": plain(layer.output_shape)}
    else:
        answers = {"output_shape": plain(layer.compute_output_shape(free))}
    symbols = jax.tree.map(lambda leaf: keras.Input(leaf.shape[1:], dtype=leaf.dtype.name), inputs)
    called = layer(symbols, **{key: question["call"][key] for key in ("training",) if key in question["call"]})
    answers["symbolic"] = [[plain(leaf.shape), leaf.dtype] for leaf in jax.tree.leaves(called)]
    if "previous_mask" in question:
        masks = layer.compute_mask(inputs, question["previous_mask"])
        answers["mask"] = [None if leaf is None else array(leaf) for leaf in jax.tree.leaves(masks, is_leaf=is_none)]
    return answers


def is_none(leaf):
    return leaf is None


def ask_stateful(question):
    """Outputs of calls one after the other with a layer that keeps its state, then after `reset_states`."""
    keras.utils.clear_session()
    layer = make(question["layer"])
    layer.build(question["inputs"][0].shape)
    layer.set_weights(question["weights"])
    outputs = [arrays(layer(batch)) for batch in question["inputs"]]
    layer.reset_state()
    return {"outputs": outputs, "after_reset": arrays(layer(question["inputs"][0]))}
