"""`keras.backend.experimental` of tf.keras: random numbers come from one kind of generator here."""

__all__ = ["disable_tf_random_generator", "enable_tf_random_generator", "is_tf_random_generator_enabled"]


def enable_tf_random_generator():
    """Nothing: random numbers depend on seeds alone already."""


def disable_tf_random_generator():
    """Not possible.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("Random numbers come from generators with a seed here; there is no other kind.")


def is_tf_random_generator_enabled():
    """True."""
    return True
