"""Preprocessing as Keras 0.x to 2.x had it: images drawn anew in every epoch, windows, pairs of words, tokens."""
