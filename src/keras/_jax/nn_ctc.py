"""Connectionist temporal classification: labels without positions along a sequence (Graves et al., 2006).

A path gives every frame a class or the blank; merging repeated classes and then dropping blanks turns it into labels.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from keras._core.checks import one_of, positive_integer
from keras._core.types import Tensor
from keras._jax.dtypes import floats
from keras._jax.op import op

# the logarithm that stands for a probability of 0; finite, so that gradients are
_IMPOSSIBLE = -1e5


@op
def ctc_loss(target: Tensor, output: Tensor, target_length: Tensor, output_length: Tensor, mask_index=0) -> Tensor:
    """`-log` of the probability of all paths that become the target.

    Args:
        target: class numbers, (samples, labels).
        output: logits, (samples, frames, classes).
        target_length: how many labels of each row count.
        output_length: how many frames of each row count.
        mask_index: the class number of the blank.

    Returns:
        One number per sample; about 100000 where no path fits into the frames.
    """
    target, output = jnp.asarray(target, "int32"), floats(output)
    if target.ndim != 2 or output.ndim != 3 or target.shape[0] != output.shape[0]:
        raise ValueError(
            "ctc_loss: `target` must have shape (samples, labels) and `output` (samples, frames, classes). "
            f"Got {target.shape} and {output.shape}."
        )
    target_length, output_length = jnp.asarray(target_length, "int32"), jnp.asarray(output_length, "int32")
    samples, labels = target.shape
    log_p = jax.nn.log_softmax(output.astype(jnp.promote_types(output.dtype, jnp.float32)), axis=-1)
    # states: blank, first label, blank, second label, ..., blank
    states = jnp.full((samples, 2 * labels + 1), mask_index, "int32").at[:, 1::2].set(target)
    log_p = jnp.take_along_axis(log_p, jnp.broadcast_to(states[:, None], (*log_p.shape[:2], states.shape[1])), axis=-1)
    # a path may leave out the blank between two different labels
    skips = jnp.zeros(states.shape, bool).at[:, 3::2].set(target[:, 1:] != target[:, :-1])
    start = jnp.full(states.shape, _IMPOSSIBLE, log_p.dtype)
    start = start.at[:, :2].set(log_p[:, 0, :2]) if labels else log_p[:, 0]

    def advance(alpha, frame):
        number, now = frame
        one = jnp.pad(alpha, ((0, 0), (1, 0)), constant_values=_IMPOSSIBLE)[:, :-1]
        two = jnp.pad(alpha, ((0, 0), (2, 0)), constant_values=_IMPOSSIBLE)[:, : alpha.shape[1]]
        both = jnp.logaddexp(alpha, one)
        reached = jnp.where(skips, jnp.logaddexp(both, two), both) + now
        return jnp.where((number < output_length)[:, None], reached, alpha), None

    frames = (jnp.arange(1, output.shape[1]), jnp.moveaxis(log_p, 1, 0)[1:])
    alpha, _ = lax.scan(advance, start, frames)
    # a path ends in the last label or in the blank after it
    ends = jnp.take_along_axis(alpha, 2 * target_length[:, None], axis=1)[:, 0]
    before = jnp.take_along_axis(alpha, jnp.maximum(2 * target_length - 1, 0)[:, None], axis=1)[:, 0]
    total = jnp.logaddexp(ends, jnp.where(target_length > 0, before, 2 * _IMPOSSIBLE))
    return -total  # in 32 bits at least


@op
def ctc_decode(
    inputs: Tensor, sequence_lengths: Tensor, strategy="greedy", beam_width=100, top_paths=1, merge_repeated=True,
    mask_index=0,
) -> tuple:  # fmt: skip
    """Likely labels for the classes of frames.

    Args:
        inputs: logits, (samples, frames, classes).
        sequence_lengths: how many frames of each row count.
        strategy: 'greedy' takes the best class of every frame; 'beam_search' sums over the paths of the labels it
            keeps.
        beam_width: how many sequences of labels a beam search keeps.
        top_paths: how many of them it returns.
        merge_repeated: whether 'greedy' merges repeated classes. A beam search always does.
        mask_index: the class number of the blank.

    Returns:
        Labels of shape (paths, samples, frames), filled up with -1, and scores of shape (samples, paths): logarithms of
        probabilities from a beam search, and from 'greedy' minus the sum of the best logits.
    """
    one_of("strategy", strategy, ("greedy", "beam_search"), owner="ctc_decode")
    inputs, lengths = floats(inputs), jnp.asarray(sequence_lengths, "int32")
    if inputs.ndim != 3:
        raise ValueError(f"ctc_decode: `inputs` must have shape (samples, frames, classes). Got {inputs.shape}.")
    if strategy == "greedy":
        return _best_classes(inputs, lengths, merge_repeated, mask_index)
    width = positive_integer("beam_width", beam_width, "ctc_decode")
    if positive_integer("top_paths", top_paths, "ctc_decode") > width:
        raise ValueError(f"ctc_decode: `top_paths` must be at most `beam_width`. Got {top_paths} and {width}.")
    log_p = jax.nn.log_softmax(inputs.astype(jnp.promote_types(inputs.dtype, jnp.float32)), axis=-1)
    labels, scores = jax.vmap(lambda p, n: _beam_search(p, n, width, top_paths, mask_index))(log_p, lengths)
    return jnp.moveaxis(labels, 1, 0), scores


def _best_classes(inputs, lengths, merge_repeated: bool, blank: int) -> tuple[jax.Array, jax.Array]:
    best = jnp.argmax(inputs, axis=-1).astype("int32")
    counts = jnp.arange(inputs.shape[1]) < lengths[:, None]
    kept = counts & (best != blank)
    if merge_repeated:
        kept &= jnp.pad(best[:, 1:] != best[:, :-1], ((0, 0), (1, 0)), constant_values=True)
    # kept labels move to the front
    order = jnp.argsort(~kept, axis=1, stable=True)
    labels = jnp.take_along_axis(jnp.where(kept, best, -1), order, axis=1)
    best_values = jnp.max(inputs, axis=-1).astype(jnp.promote_types(inputs.dtype, jnp.float32))
    scores = -jnp.sum(jnp.where(counts, best_values, 0), axis=1)
    return labels[None], scores[:, None]


class _Beams(NamedTuple):
    """Sequences of labels, the best first; `hashes` and `parents` tell them and their beginnings apart."""

    labels: jax.Array  # (beams, frames), filled up with -1
    lengths: jax.Array
    hashes: jax.Array  # (beams, 2)
    parents: jax.Array  # (beams, 2): hashes without the last label
    blank: jax.Array  # log-probability of the paths that end in a blank
    label: jax.Array  # and of those that end in the last label


def _beam_search(log_p: jax.Array, length: jax.Array, width: int, top: int, blank: int) -> tuple[jax.Array, jax.Array]:
    """The most likely label sequences of one sample, and the logarithms of their probabilities."""
    frames, classes = log_p.shape
    nothing = jnp.full(width, -jnp.inf, log_p.dtype)
    start = _Beams(
        jnp.full((width, frames), -1, "int32"), jnp.zeros(width, "int32"), jnp.zeros((width, 2), "uint32"),
        jnp.full((width, 2), 1, "uint32"), nothing.at[0].set(0), nothing,
    )  # fmt: skip
    rows = jnp.arange(width)

    def advance(beams: _Beams, frame):
        number, now = frame
        total = jnp.logaddexp(beams.blank, beams.label)
        last = jnp.where(beams.lengths > 0, beams.labels[rows, beams.lengths - 1], -1)
        stays_label = jnp.where(last >= 0, beams.label + now[last], -jnp.inf)
        # one more label: after the same label only paths that end in a blank count
        same = jnp.arange(classes) == last[:, None]
        longer = jnp.where(same, beams.blank[:, None], total[:, None]) + now
        longer = longer.at[:, blank].set(-jnp.inf)
        # beam i and one more label may be beam j, which is kept already
        alive = total > -jnp.inf
        child = jnp.all(beams.hashes[:, None] == beams.parents[None], axis=-1) & alive[:, None] & alive[None]
        child &= beams.lengths[:, None] + 1 == beams.lengths[None]
        gained = jnp.where(child, longer[:, last], -jnp.inf)
        stays_label = jnp.logaddexp(stays_label, jnp.max(gained, axis=0))
        known = jnp.zeros(longer.shape, bool).at[rows[:, None], last[None]].max(child)
        longer = jnp.where(known, -jnp.inf, longer)
        stays_blank = total + now[blank]
        candidates = jnp.concatenate([jnp.logaddexp(stays_blank, stays_label), longer.ravel()])
        _, chosen = lax.top_k(candidates, width)
        grows = chosen >= width
        source = jnp.where(grows, (chosen - width) // classes, chosen)
        added = jnp.where(grows, (chosen - width) % classes, -1)
        labels, lengths, hashes = beams.labels[source], beams.lengths[source], beams.hashes[source]
        labels = labels.at[rows, lengths].set(jnp.where(grows, added, labels[rows, lengths]), mode="drop")
        found = _Beams(
            labels,
            lengths + grows,
            jnp.where(grows[:, None], _extended(hashes, added), hashes),
            jnp.where(grows[:, None], hashes, beams.parents[source]),
            jnp.where(grows, -jnp.inf, stays_blank[source]),
            jnp.where(grows, candidates[chosen], stays_label[source]),
        )
        return jax.tree.map(lambda new, old: jnp.where(number < length, new, old), found, beams), None

    beams, _ = lax.scan(advance, start, (jnp.arange(frames), log_p))
    return beams.labels[:top], jnp.logaddexp(beams.blank, beams.label)[:top]


def _extended(hashes: jax.Array, label: jax.Array) -> jax.Array:
    """64 bits, in two halves, that tell a sequence with one more label from all others."""
    x = hashes ^ (label[:, None].astype("uint32") + jnp.asarray([0x9E3779B9, 0x7F4A7C15], "uint32"))
    x = (x ^ (x >> 16)) * jnp.asarray([0x21F0AAAD, 0x85EBCA6B], "uint32")
    x = (x ^ (x >> 15)) * jnp.asarray([0x735A2D97, 0xC2B2AE35], "uint32")
    return x ^ (x >> 15)
