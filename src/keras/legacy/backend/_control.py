"""Loops over steps and entries, and labels without positions."""

from __future__ import annotations

import numpy as np

from keras import config, ops
from keras.legacy.backend._graph import operation


@operation
def rnn(
    step_function,
    inputs,
    initial_states,
    go_backwards=False,
    mask=None,
    constants=None,
    unroll=False,
    input_length=None,
    time_major=False,
    zero_output_for_mask=False,
    return_all_outputs=True,
):
    """Calls a function for the steps of a sequence in turn.

    Args:
        step_function: a function of one step and of a list of states and constants; returns an output and new states.
        inputs: (samples, steps, ...).
        initial_states: what the first step gets.
        go_backwards: whether to begin with the last step.
        mask: (samples, steps): where it is False, states stay and the output is that of the step before.
        constants: what all steps get.
        unroll: whether to write all steps out.
        input_length: how many steps there are; must be that of `inputs`.
        time_major: whether the steps are the first axis.
        zero_output_for_mask: whether outputs of steps that are left out are 0.
        return_all_outputs: whether the second result has all outputs, or the last one alone.

    Returns:
        The last output, the outputs (samples, steps, ...), and the last states.
    """
    inputs = ops.convert_to_tensor(inputs)
    if input_length is not None and isinstance(input_length, int) and input_length != inputs.shape[not time_major]:
        raise ValueError(f"K.rnn: `input_length` is {input_length}, but `inputs` has shape {inputs.shape}.")
    if not time_major:
        inputs = ops.swapaxes(inputs, 0, 1)  # (samples, steps, ...) -> (steps, samples, ...)
    constants = list(constants or [])
    states = [ops.convert_to_tensor(s) for s in initial_states]
    if mask is None:
        steps = inputs
    else:
        mask = ops.cast(mask, "bool")
        mask = mask if time_major or mask.ndim < 2 else ops.swapaxes(mask, 0, 1)
        if mask.ndim == 3:
            mask = mask[..., 0]
        steps = (inputs, mask)
    first = step_function(inputs[0], [*states, *constants])[0]
    before = ops.zeros_like(first)

    def keep(flags, new, old):
        flags = ops.reshape(flags, (*flags.shape, *(1,) * (new.ndim - flags.ndim)))
        return ops.where(flags, new, old)

    def step(carry, now):
        last, old = carry
        x, flags = (now, None) if mask is None else now
        output, new = step_function(x, [*old, *constants])
        output, new = ops.convert_to_tensor(output), [ops.convert_to_tensor(s) for s in new]
        shown = output
        if flags is not None:
            shown = keep(flags, output, ops.zeros_like(output) if zero_output_for_mask else last)
            output = keep(flags, output, last)
            new = [keep(flags, n, o) for n, o in zip(new, old)]
        new = [ops.cast(n, o.dtype) for n, o in zip(new, old)]
        return (output, new), shown

    (last, states), outputs = ops.scan(step, (before, states), steps, reverse=go_backwards, unroll=bool(unroll) or 1)
    if go_backwards:
        outputs = ops.flip(outputs, 0)  # outputs stand in the order in which they were made
    if zero_output_for_mask:
        last = outputs[-1]
    if not return_all_outputs:
        outputs = outputs[-1:]
    return last, outputs if time_major else ops.swapaxes(outputs, 0, 1), list(states)


@operation
def map_fn(fn, elems, name=None, dtype=None):
    """A function of every entry along the first axis."""
    found = ops.map(fn, ops.convert_to_tensor(elems))
    return found if dtype is None else ops.cast(found, dtype)


@operation
def foldl(fn, elems, initializer=None, name=None):
    """`fn(result so far, entry)` for every entry; begins with the first entry if there is no `initializer`."""
    return _fold(fn, ops.convert_to_tensor(elems), initializer)


@operation
def foldr(fn, elems, initializer=None, name=None):
    """`K.foldl` beginning with the last entry."""
    return _fold(fn, ops.flip(ops.convert_to_tensor(elems), 0), initializer)


def _fold(fn, elems, initializer):
    start, rest = (elems[0], elems[1:]) if initializer is None else (ops.convert_to_tensor(initializer), elems)

    def step(so_far, entry):
        return ops.cast(fn(so_far, entry), start.dtype), 0

    return ops.scan(step, start, rest)[0]


# --- connectionist temporal classification


@operation
def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """The loss of every sample, (samples, 1); the last class of `y_pred`, which are probabilities, is the blank."""
    lengths = [ops.reshape(ops.cast(n, "int32"), (-1,)) for n in (input_length, label_length)]
    found = ops.ctc_loss(
        ops.cast(y_true, "int32"), ops.log(y_pred + config.epsilon()), lengths[1], lengths[0],
        mask_index=y_pred.shape[-1] - 1,
    )  # fmt: skip
    return ops.expand_dims(found, 1)


@operation
def ctc_decode(
    y_pred,
    input_length,
    greedy=True,
    beam_width=100,
    top_paths=1,
    merge_repeated=False,
    dict_seq_lens=None,
    dict_values=None,
):
    """The most probable labels, filled up with -1, and the logarithms of how probable they are.

    Args:
        greedy: whether to take the best class at every step; else `beam_width` prefixes are followed, and the best
            `top_paths` are returned.
        dict_seq_lens, dict_values: must be None: the beam follows every sequence of labels, not words of a list.
        merge_repeated: whether repeated labels of a path of the beam are one; a blank between them is forgotten then.
    """
    if dict_seq_lens is not None or dict_values is not None:
        raise ValueError(
            "K.ctc_decode: `dict_seq_lens` and `dict_values` need an extension of TensorFlow.\n"
            "  Decode without them, and look the results up in the list of words."
        )
    if merge_repeated and not greedy:
        raise ValueError("K.ctc_decode: `merge_repeated` must be False: labels that a blank parts are two.")
    lengths = ops.reshape(ops.cast(input_length, "int32"), (-1,))
    logits = ops.log(ops.convert_to_tensor(y_pred) + config.epsilon())
    blank = logits.shape[-1] - 1
    if greedy:
        labels, _ = ops.ctc_decode(logits, lengths, strategy="greedy", mask_index=blank)
        counts = ops.arange(logits.shape[1])[None] < lengths[:, None]
        # genuine: minus the sum of the largest logarithms
        scores = -ops.sum(ops.where(counts, ops.max(logits, axis=-1), 0.0), axis=1, keepdims=True)
    else:
        labels, scores = ops.ctc_decode(
            logits, lengths, strategy="beam_search", beam_width=beam_width, top_paths=top_paths, mask_index=blank
        )
    found = [_trimmed(labels[i]) for i in range(labels.shape[0])]
    return found, scores


def _trimmed(labels):
    try:
        width = int(np.max(np.sum(np.asarray(labels) >= 0, axis=1)))
    except Exception:  # while a graph is traced the width is not known: all steps are kept
        return labels
    return labels[:, :width]


def ctc_label_dense_to_sparse(labels, label_lengths):
    """Not possible: there are no sparse tensors here.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "K.ctc_label_dense_to_sparse: tensors are dense here. K.ctc_batch_cost takes dense labels and their lengths."
    )
