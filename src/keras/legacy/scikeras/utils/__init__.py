"""Names of losses and metrics, as SciKeras spells them."""

import inspect

from keras import losses, metrics
from keras._core.names import snake_case

__all__ = ["loss_name", "metric_name"]


def loss_name(loss):
    """The name of a loss given as a name, a function, a class or an object: 'mean_squared_error'."""
    return _name(loss, losses)


def metric_name(metric):
    """The name of a metric given as a name, a function, a class or an object: 'binary_accuracy'."""
    return _name(metric, metrics)


def _name(given, home):
    found = home.get(given) if isinstance(given, str) else given
    if inspect.isfunction(found):
        return found.__name__
    kind = found if inspect.isclass(found) else type(found)
    return snake_case(kind.__name__)
