"""Everything older than today's API, and only here: the rest of the package knows of no other."""

from keras.legacy import modules

__all__ = ["install"]


def install() -> None:
    """Makes older spellings work; called once, when everything else is there."""
    modules.install()
