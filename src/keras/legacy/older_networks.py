"""Names that were those of other networks in other years."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType

from keras.legacy import era, utilities
from keras.legacy.inception_v3 import inception_v3
from keras.legacy.mobilenet import mobilenet
from keras.legacy.resnet50 import resnet50

# where a name is: the name, until which release it was another's, and what makes that one
_OLDER = {
    "keras.applications.inception_v3": ("InceptionV3", "2.0", inception_v3),
    "keras.applications.mobilenet": ("MobileNet", "tf2.11", mobilenet),
    "keras.applications.resnet50": ("ResNet50", "tf2.0", resnet50),
}


def teach(module: ModuleType) -> None:
    """Lets the network of a module be the one of the year."""
    who, release, build = _OLDER[module.__name__]
    today = getattr(module, who)
    signature = inspect.signature(today)

    @functools.wraps(today)
    def chosen(*args, **kwargs):
        if not era.before(release):
            return today(*args, **kwargs)
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        *arguments, name = given.arguments.values()
        return build(arguments, name)

    setattr(module, who, chosen)


def teach_with_mode(module: ModuleType) -> None:
    """`teach`, for a module whose `preprocess_input` took a mode."""
    teach(module)
    utilities.teach_network(module)
