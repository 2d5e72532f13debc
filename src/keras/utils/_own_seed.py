"""A piece of a program with random numbers of its own."""

import contextlib
import threading

from keras._core import random_state
from keras._jax import random

# the generators belong to the whole process, so threads that seed them take turns
_turn = threading.RLock()


@contextlib.contextmanager
def own_seed(seed):
    """Inside, everything draws as after `set_random_seed(seed)`; afterwards, as if that had not been there."""
    with _turn:
        before, generator = random_state.take(), random.swap_global_seed(None)
        random.set_random_seed(seed)
        try:
            yield
        finally:
            random_state.put(before)
            random.swap_global_seed(generator)
