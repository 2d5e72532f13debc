"""The values of a model's variables as nested dicts, by the parts of their paths."""

import numpy as np

from keras import ops
from keras._core.checks import one_of

FIELDS = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")


def variables_of(model) -> dict[str, list]:
    """All variables of a model by field."""
    optimizer = getattr(model, "optimizer", None)
    found = [
        model.trainable_variables,
        model.non_trainable_variables,
        [] if optimizer is None else optimizer.variables,
        [v for metric in model.metrics for v in metric.variables],
    ]
    return dict(zip(FIELDS, found))


def state_tree(model, value_format: str) -> dict:
    """The values, as arrays of the engine or of NumPy."""
    one_of("value_format", value_format, ("backend_tensor", "numpy_array"), owner="get_state_tree")
    convert = ops.convert_to_numpy if value_format == "numpy_array" else ops.convert_to_tensor
    found: dict = {}
    for field, variables in variables_of(model).items():
        found[field] = {}
        for variable in variables:
            *parts, name = variable.path.split("/")
            here = found[field]
            for part in parts:
                here = here.setdefault(part, {})
            if name in here:
                raise ValueError(
                    f"get_state_tree: {model.name} has two variables of the path {variable.path!r}. "
                    "Give its layers names of their own."
                )
            value = convert(variable)
            here[name] = np.array(value) if value_format == "numpy_array" else value
    return found


def set_state_tree(model, tree: dict) -> None:
    """Assigns the values in a tree to the variables of their paths; nothing is assigned if one does not fit."""
    fields = variables_of(model)
    wanted = []
    for field, entries in tree.items():
        if field not in fields:
            raise ValueError(f"set_state_tree: there is no {field!r}. The parts are: {', '.join(FIELDS)}.")
        known = {v.path: v for v in fields[field]}
        for path, value in _flat(entries):
            if path not in known:
                raise ValueError(f"set_state_tree: {model.name} has no variable {path!r} among its {field}.")
            if tuple(np.shape(value)) != tuple(known[path].shape):
                raise ValueError(
                    f"set_state_tree: {path} has shape {tuple(known[path].shape)}. "
                    f"Got a value of shape {tuple(np.shape(value))}."
                )
            wanted.append((known[path], value))
    for variable, value in wanted:
        variable.assign(value)


def _flat(entries: dict, before: str = ""):
    for key, value in entries.items():
        path = f"{before}/{key}" if before else key
        if isinstance(value, dict):
            yield from _flat(value, path)
        else:
            yield path, value
