"""Names that were those of other networks in other years."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType

from keras.applications._frame import network
from keras.legacy import era
from keras.legacy.inception_v3 import inception_v3
from keras.legacy.resnet50 import resnet50

# where a name is: the name, until which release it was another's, and what makes that one
_OLDER = {
    "keras.applications.inception_v3": ("InceptionV3", "2.0", inception_v3),
    "keras.applications.resnet50": ("ResNet50", "tf2.0", resnet50),
}


def teach(module: ModuleType) -> None:
    """Lets the network of a module be the one of the year."""
    who, release, build = _OLDER[module.__name__]
    today = getattr(module, who)
    name = inspect.signature(today).parameters["name"].default
    older = network(
        lambda who, sizes, arguments, name: build(arguments, name), module.__name__, who, None, today.__doc__, name
    )

    @functools.wraps(today)
    def chosen(*args, **kwargs):
        return (older if era.before(release) else today)(*args, **kwargs)

    setattr(module, who, chosen)
