"""Settings, names, and what is left of sessions."""

from __future__ import annotations

import contextlib
import importlib

from keras import config
from keras._core import names
from keras._core.names import forget_names
from keras._jax import graph_program
from keras.legacy import era
from keras.legacy.backend._arguments import order_of
from keras.legacy.backend._graph import operation
from keras.ops import convert_to_tensor


def image_dim_ordering():
    """'tf' for channels last, 'th' for channels first."""
    return "th" if config.image_data_format() == "channels_first" else "tf"


def set_image_dim_ordering(dim_ordering):
    """Sets the order of the axes of images: 'tf' for channels last, 'th' for channels first."""
    if dim_ordering not in ("th", "tf"):
        raise ValueError(f"K.set_image_dim_ordering: `dim_ordering` must be 'th' or 'tf'. Got {dim_ordering!r}.")
    config.set_image_data_format(order_of(dim_ordering))


def normalize_data_format(value):
    """The order of axes that a name or None means."""
    return order_of(value)


class _WeightOrdering:
    older = False


def legacy_weight_ordering():
    """Whether `set_legacy_weight_ordering` asked for the order of weights of the first releases."""
    return _WeightOrdering.older


def set_legacy_weight_ordering(value):
    """Weights stay in today's order; only False is possible.

    Raises:
        ValueError: the older order is asked for. Files in it are read without this.
    """
    if value not in (False, True):
        raise ValueError(f"K.set_legacy_weight_ordering: `value` must be a boolean. Got {value!r}.")
    if value:
        raise ValueError(
            "K.set_legacy_weight_ordering: weights are kept in one order here. Older files are read as they are."
        )


def reset_uids():
    """Starts the numbers of `K.get_uid` and of names again."""
    forget_names()


@contextlib.contextmanager
def name_scope(name):
    """Puts a name in front of the names of variables made inside."""
    with names.name_scope(name):
        yield


@contextlib.contextmanager
def control_dependencies(control_inputs):
    """Nothing: operations run in the order in which they are written, or where their results are needed."""
    yield


def manual_variable_initialization(value):
    """Nothing: variables have their first values as soon as they are made."""
    if value not in (False, True):
        raise ValueError(f"K.manual_variable_initialization: `value` must be a boolean. Got {value!r}.")


def set_session(session):
    """Nothing: there are no sessions here, and how much memory is taken is a setting of JAX."""


def get_session():
    """What `run(tensors, feed_dict)` computes tensors by."""
    return importlib.import_module("keras.legacy.sessions").get_session()


def eager(func):
    """The function itself: what it gets has values where there are any."""
    return func


def symbolic(func):
    """The function itself: on symbolic tensors it adds to the graph."""
    return func


@operation
def print_tensor(x, message="", summarize=3):
    """The tensor itself, printed behind `message` whenever it is computed."""
    x = convert_to_tensor(x)
    graph_program.show(message if era.before("2.3") else f"{message} ", x)
    return x
