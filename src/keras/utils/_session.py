"""The process as if nothing had been done in it yet."""

import gc

from keras._core.names import forget_names
from keras._jax.allocation import give_back_freed_memory
from keras._jax.random import forget_global_seed
from keras.config import forget_dtype_policy


def clear_session(free_memory=True) -> None:
    """Starts names such as `dense_1` anew; forgets the state of the global seed and the dtype policy.

    Models are freed when the last name of them goes; nothing here keeps one alive.

    Args:
        free_memory: whether Python's garbage collector is run as well, and what is free then goes back to the system.
    """
    forget_names()
    forget_global_seed()
    forget_dtype_policy()
    if free_memory:
        gc.collect()
        give_back_freed_memory()
