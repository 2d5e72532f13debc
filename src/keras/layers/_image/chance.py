"""Decisions that layers draw."""

from keras import random


def chosen(count, factor, seed):
    """For each of some images whether it is chosen, with a probability that is drawn between two numbers first."""
    probability = random.uniform((count,), *factor, "float32", seed)
    return random.uniform((count,), dtype="float32", seed=seed) < probability
