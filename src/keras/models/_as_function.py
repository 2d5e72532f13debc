"""A model as a tree of weights and a pure function."""

from __future__ import annotations

from collections.abc import Callable

from keras._jax import pure
from keras.models._state_tree import state_tree, variables_of

_FIELDS = ("trainable_variables", "non_trainable_variables")


def as_function(model, training: bool = False) -> tuple[dict, Callable]:
    """The weights of a model and a function of weights and inputs; `Model.as_function` is this function."""
    if not model.built:
        raise ValueError(f"as_function: {model.name} is not built. Call it on data, or build it, before.")
    values = state_tree(model, "backend_tensor")
    weights = {field.removesuffix("_variables"): values[field] for field in _FIELDS}
    places = [
        (v, (field.removesuffix("_variables"), *v.path.split("/")))
        for field, variables in zip(_FIELDS, (variables_of(model)[f] for f in _FIELDS))
        for v in variables
    ]
    if len({place for _, place in places}) < len(places):
        raise ValueError(f"as_function: two variables of {model.name} have the same path. Give its layers other names.")
    variables = [v for v, _ in places]

    def function(weights, *args, **kwargs):
        with pure.Scope(variables, [_at(weights, place) for _, place in places]) as scope:
            outputs = model(*args, training=training, **kwargs)
            if not training:
                return outputs
            changed = {id(v): scope.read(v) for v in variables if not v.trainable}
        updated = _copied(weights["non_trainable"])
        for variable, (_, *path) in places:
            if id(variable) in changed:
                _at(updated, path[:-1])[path[-1]] = changed[id(variable)]
        return outputs, updated

    return weights, function


def _at(weights: dict, place) -> object:
    for step in place:
        weights = weights[step]
    return weights


def _copied(weights: dict) -> dict:
    return {k: _copied(v) if isinstance(v, dict) else v for k, v in weights.items()}
