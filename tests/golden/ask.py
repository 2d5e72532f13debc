"""Puts a recorded question to whatever `keras` is installed and returns its answers as plain arrays.

The programs in tools/golden ask an earlier release and store what it says; the tests ask this library and compare.
Both come through here, so both ask the same thing. A question names things of the public API:
`{"$new": ["layers.Dense", {"units": 3}]}` stands for `keras.layers.Dense(units=3)`, `{"$name": "ops.relu"}` for the
thing of that name, `{"$function": "double"}` for a function of `golden.builders`, `{"$pairs": [[0, 0.5]]}` for a
dictionary whose keys are not strings, and `{"$generate": [...]}` for a generator of batches.
"""

import functools

import jax
import numpy as np

import keras

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
    if "$pairs" in spec:
        return dict(spec["$pairs"])
    if "$generate" in spec:
        return (tuple(batch) for batch in spec["$generate"])
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


def called_on_symbols(question):
    """A fresh layer, built by a symbolic call, with what that call returned."""
    keras.utils.clear_session()
    layer = make(question["layer"])
    symbols = jax.tree.map(lambda leaf: keras.Input(leaf.shape[1:], dtype=leaf.dtype.name), question["inputs"])
    fixed = {key: value for key, value in question["call"].items() if key == "training" or isinstance(value, bool)}
    return layer, on(question, layer, symbols, **fixed)


def on(question, function, inputs, **call):
    """What a layer, or a method of one, returns for inputs, which may be arguments of their own instead of a list."""
    return function(*inputs, **call) if question.get("spread") else function(inputs, **call)


def ask_weights(layer):
    return [
        {"name": weight.name, "shape": list(weight.shape), "trainable": weight.trainable} for weight in layer.weights
    ]


def ask_layer(question):
    """What a layer returns, run at once and traced, with the gradients of `sum(outputs * cotangent)`."""
    layer, symbolic = called_on_symbols(question)
    inputs, call = question["inputs"], question["call"]
    layer.set_weights(question["weights"])
    outputs = on(question, layer, inputs, **call)
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
        traced, after = on(question, functools.partial(layer.stateless_call, trainable, state), values, **keywords)
        traced = jax.tree.leaves(traced)
        kept = [value for value, variable in zip(after, layer.non_trainable_variables) if is_weight(layer, variable)]
        summed = sum((value * cotangent(value.shape)).sum() for value in traced if value.dtype.kind == "f")
        return summed, (traced, kept)

    trainable = [variable.value for variable in layer.trainable_variables]
    gradients, (traced, kept) = jax.jit(jax.grad(total, argnums=(0, 1), has_aux=True))(trainable, floats)
    answers["traced_outputs"] = arrays(traced)
    answers["traced_state"] = arrays(kept)
    answers["weight_gradients"], answers["input_gradients"] = (arrays(part) for part in gradients)
    answers["symbolic"] = [[plain(leaf.shape), leaf.dtype] for leaf in jax.tree.leaves(symbolic)]
    answers.update(ask_shapes(layer, question))
    return answers


def is_weight(layer, variable):
    return any(variable is weight for weight in layer.weights)


def ask_shapes(layer, question):
    """The promised shape for any batch size, and the promised mask."""
    inputs = question["inputs"]
    if isinstance(layer, keras.Sequential):
        answers = {"output_shape": plain(layer.output_shape)}
    else:
        free = jax.tree.map(lambda leaf: (None, *leaf.shape[1:]), inputs)
        answers = {"output_shape": plain(on(question, layer.compute_output_shape, free))}
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


def ask_training(question):
    """Answers of the methods of a compiled model, called one after the other, and the weights in the end."""
    keras.utils.clear_session()
    model = getattr(builders, question["model"])()
    if not model.built:
        model(np.zeros((1, *question["input_shape"]), "float32"))
    model.set_weights(question["weights"])
    model.compile(**make(question["compile"]))
    said = [call(model, method, make(arguments)) for method, arguments in question["do"]]
    return {
        "said": said,
        "weights": [array(weight) for weight in model.get_weights()],
        "iterations": int(model.optimizer.iterations),
        "metrics_names": list(model.metrics_names),
    }


def call(model, method, arguments):
    quiet = {} if method.endswith("on_batch") else {"verbose": 0}
    if method == "compile":
        return model.compile(**arguments)
    if "validation_data" in arguments and isinstance(arguments["validation_data"], list):
        arguments["validation_data"] = tuple(arguments["validation_data"])
    return told(getattr(model, method)(**arguments, **quiet))


def told(result):
    """Logs as pairs of name and numbers, in their order; outputs as arrays."""
    if isinstance(result, keras.callbacks.History):
        return [[key, [numbers(value) for value in values]] for key, values in result.history.items()]
    if isinstance(result, dict) and all(is_number(value) for value in result.values()):
        return [[key, numbers(value)] for key, value in result.items()]
    if isinstance(result, list) and all(is_number(value) for value in result):
        return [numbers(value) for value in result]
    if not isinstance(result, (list, dict)) and np.ndim(result) == 0:
        return float(result)
    return arrays(result)


def is_number(value):
    """Whether this is a log and not an output: a number, or some numbers for a metric that gives several."""
    return np.ndim(value) <= 1


def numbers(value):
    return np.asarray(value, "float64").tolist()


def differentiated(function, point):
    """The value of a function of one array, and the gradient of `sum(value * cotangent)`."""

    def total(x):
        value = keras.ops.convert_to_tensor(function(x))
        return (value * cotangent(value.shape)).sum(), value

    gradient, value = jax.grad(total, has_aux=True)(point)
    return {"value": array(value), "gradient": array(gradient)}


def ask_loss(question):
    """The value of a loss object or function and its gradient with respect to `y_pred`."""
    loss = make(question["loss"])
    call = question["call"]
    answers = differentiated(lambda y_pred: loss(question["y_true"], y_pred, **call), question["y_pred"])
    answers["eager"] = array(loss(question["y_true"], question["y_pred"], **call))
    return answers


def ask_function(question):
    """The value of a function of one array and its gradient."""
    function = make(question["function"])
    return differentiated(lambda x: function(x, **question["call"]), question["x"])


def ask_value(question):
    """What an object returns when it is called with some arguments."""
    return {"value": array(make(question["make"])(*question["call"], **question.get("options", {})))}


def ask_optimizer(question):
    """The variables after each step with given gradients, what the optimizer remembers, and the finalized values."""
    keras.utils.clear_session()
    optimizer = make(question["optimizer"])
    variables = [
        keras.Variable(value, name=name, trainable=True)
        for name, value in zip(question["names"], question["values"], strict=True)
    ]
    for variable, constraint in zip(variables, question.get("constraints", []), strict=False):
        variable.constraint = keras.constraints.get(constraint)
    if "without_decay" in question:
        optimizer.exclude_from_weight_decay(var_names=question["without_decay"])
    optimizer.build(variables)
    step = step_without_variables if question.get("stateless") else step_of_variables
    steps = []
    for gradients in question["gradients"]:
        step(optimizer, variables, [keras.ops.convert_to_tensor(gradient) for gradient in gradients])
        steps.append([array(variable.value) for variable in variables])
    slots = [array(variable.value) for variable in optimizer.variables]
    names = [variable.name for variable in optimizer.variables]
    optimizer.finalize_variable_values(variables)
    finalized = [array(variable.value) for variable in variables]
    return {"steps": steps, "slots": slots, "slot_names": names, "finalized": finalized}


def step_of_variables(optimizer, variables, gradients):
    optimizer.apply(gradients)


def step_without_variables(optimizer, variables, gradients):
    """The same step through `stateless_apply`: the only way that a `LossScaleOptimizer` has in Keras 3 on JAX."""
    everything = [*variables, *optimizer.variables]
    trained, slots = optimizer.stateless_apply(
        [variable.value for variable in optimizer.variables], gradients, [variable.value for variable in variables]
    )
    for variable, value in zip(everything, [*trained, *slots], strict=True):
        variable.assign(value)


def ask_schedule(question):
    """The learning rate at each of some steps."""
    schedule = make(question["schedule"])
    return {"rates": np.stack([array(schedule(step)) for step in question["steps"]])}


def ask_metric(question):
    """The result after each update, and after a reset and the last update alone."""
    keras.utils.clear_session()
    metric = make(question["metric"])
    results = []
    for update in question["updates"]:
        metric.update_state(*update)
        results.append(arrays(metric.result()))
    variables = [[variable.name, list(variable.shape)] for variable in metric.variables]
    metric.reset_state()
    metric.update_state(*question["updates"][-1])
    return {"name": metric.name, "results": results, "variables": variables, "after_reset": arrays(metric.result())}


def ask_random(question):
    """Facts about many draws of a random initializer."""
    values = array(make(question["initializer"])(question["shape"])).astype("float64")
    return {
        "mean": float(values.mean()),
        "deviation": float(values.std()),
        "smallest": float(values.min()),
        "largest": float(values.max()),
    }
