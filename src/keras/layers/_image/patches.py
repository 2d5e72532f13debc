"""Rectangles at random places."""

from keras import ops, random


def patch_masks(height, width, tall, wide, seed):
    """Masks of shape (images, height, width, 1), True in one rectangle each, anywhere within the image.

    Args:
        height, width: of the images.
        tall, wide: height and width of each rectangle as shares of these, (images,).
        seed: a SeedGenerator.
    """
    rows = _within(height, tall, random.uniform(tall.shape, dtype="float32", seed=seed))
    columns = _within(width, wide, random.uniform(wide.shape, dtype="float32", seed=seed))
    return (rows[:, :, None] & columns[:, None, :])[..., None]


def _within(size, share, place):
    """For each image which of `size` places lie in a stretch of a length that is a share of them."""
    length = ops.round(size * share)
    start = ops.round(place * (size - length))
    places = ops.arange(size, dtype="float32")[None]
    return (places >= start[:, None]) & (places < (start + length)[:, None])
