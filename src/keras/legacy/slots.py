"""What optimizers of older releases remembered, in the order in which today's remember it."""

from __future__ import annotations

import re

import numpy as np

from keras.legacy.arrays import weights

_KIND = re.compile(r"_(momentum|velocity|velocity_hat|average_gradient)$")
_PRODUCTS = ("/m_schedule:0", "/momentum_cache:0")  # of Nadam, in Keras 2 and in tf.keras
_NOT_TRAINED = re.compile(r"_running_(mean|std)(:0)?$")


def kinds_of(variables: list, count: int) -> list[int]:
    """For each slot of today's optimizer the number of its kind: 0, 1, 0, 1 where two kinds stand weight by weight.

    Args:
        variables: the slots.
        count: how many weights are trained.
    """
    found = [_KIND.search(v.own_name) for v in variables]
    if not all(found):
        kinds = len(variables) // count
        return [i % kinds for i in range(kinds * count)]
    names = [match[1] for match in found if match]
    order = list(dict.fromkeys(names))
    return [order.index(name) for name in names]


def slots(arrays: list, names: list[str], variables: list, count: int) -> list:
    """The arrays of an optimizer as today's keeps them: the slots of one weight after the other.

    Until Keras 3 all first slots stood together, then all second ones.
    """
    of_tf_keras = names[:1] == ["iteration:0"]  # its optimizers since 2.11, whose variables stand as they do today
    if [a.shape for a in arrays] == [tuple(v.shape) for v in variables] and (of_tf_keras or not _grouped(names)):
        return arrays
    if len(arrays) == len(variables) and names[1:2] and names[1].endswith(_PRODUCTS):
        # a product that stands last today
        others = slots([arrays[0], *arrays[2:]], [names[0], *names[2:]], variables[:-1], count)
        return [*others, arrays[1]]
    product = len(variables) > 2 and variables[-1].shape == () and not _KIND.search(variables[-1].own_name)
    if product and len(arrays) == len(variables) - 1 and not of_tf_keras:
        # 1.x did not keep the product of Nadam, and began it anew when it read a file
        return [*slots(arrays, names, variables[:-1], count), np.ones(())]
    scalars = [a for a in arrays[:1] if a.shape == ()]
    rest = arrays[len(scalars) :]
    own = len(variables) - 1
    if not count or own < 0:
        return arrays
    order = kinds_of(variables[1:], count)
    kinds = max(order, default=-1) + 1
    groups_ = [rest[i * count : (i + 1) * count] for i in range(len(rest) // count)]
    if len(groups_) < kinds:
        return arrays
    if kinds == 0:
        return scalars
    if len(order) != kinds * count:
        return arrays
    following = [iter(group) for group in groups_]
    ordered = [next(following[kind]) for kind in order]
    return [*(scalars or [np.zeros((), "int64")]), *ordered]


def _grouped(names: list[str]) -> bool:
    """Whether names are those of a release that kept slots of one kind together."""
    return any(re.search(r"(:0$|^param_|^Variable)", name) for name in names)


def slots_by_name(pairs: list[tuple], arrays: list, origin: dict, variables: list) -> list:
    """The arrays of an optimizer of 1.x, where slots stood in the order of the names of their weights.

    A slot has the gates and axes of its weight, and is turned into today's as its weight is.

    Args:
        pairs: layer and `(name, names of its arrays, arrays)` of all layers with weights in the file.
        arrays: what the file has for the optimizer.
        origin: which release and engine wrote the file.
        variables: today's weights that are trained, in the optimizer's order.
    """
    release = re.match(r"\d+", str(origin.get("keras_version") or ""))
    names = sorted(name for _, (_, own, _) in pairs for name in own if not _NOT_TRAINED.search(name))
    scalars = [a for a in arrays[:1] if a.shape == ()]
    rest = arrays[len(scalars) :]
    if release is None or int(release[0]) > 1 or not names or len(rest) % len(names):
        return arrays
    found = list(scalars)
    for start in range(0, len(rest), len(names)):
        slot = dict(zip(names, rest[start : start + len(names)]))
        values = {}
        for layer, (_, own, store) in pairs:
            given = [slot.get(name, store[name]) for name in own]
            for variable, value in weights(layer, own, given, origin) or zip(layer.weights, given):
                values[id(variable)] = value
        if not all(id(v) in values for v in variables):
            return arrays
        found += [values[id(v)] for v in variables]
    return found
