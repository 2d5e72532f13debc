"""The hot loops, tuned per platform, with gradients of their own where that is faster."""
