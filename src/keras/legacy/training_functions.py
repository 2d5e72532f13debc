"""`train_function` and its kin of 1.x and 2.x: they took the arrays of a batch in one list, and gave a list.

Programs called them, handed their arrays to `K.function`, and put functions of their own in their place. tf.keras did
so until 2.1; those of later releases take an iterator.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from keras._core import tree
from keras._training.own_functions import OwnRun
from keras._training.program import PUBLIC_STATE
from keras.layers._base.parts import Told
from keras.legacy import era, loss_graph
from keras.legacy.wrapping import wrap

_NEEDED = "{name}: {needed} arrays are needed: {what}{further}. Got {came}."
_OTHER_PHASE = "{name}: the learning phase of this function is {own}. Got {came}."


def teach(model: type) -> None:
    """Gives models these functions and what programs took to make their own."""
    for name, part in _OF_MODELS.items():
        setattr(model, name, part)
    wrap(OwnRun, "_call_function", _called_with_lists)


def _maker(phase: str) -> Callable:
    name = f"{phase}_function"

    def make(self) -> None:
        """Makes the function unless there is one; what an optimizer remembers is there from then on."""
        if phase == "train":
            if self.optimizer is None:
                raise RuntimeError(f"{self.name}: call compile() before the function for training is made.")
            if not self.optimizer.built:
                self.optimizer.build(self.trainable_variables)
        object.__setattr__(self, "_functions_take_lists", True)
        if getattr(self, name) is None:
            object.__setattr__(self, name, _step_of_lists(self, phase))

    return make


def _step_of_lists(model: Any, phase: str) -> Callable:
    name = f"{phase}_function"

    def step(inputs):
        x, y, weights, learning = _divided(model, list(inputs), phase)
        if phase == "predict":
            training = learning is not None and bool(learning)
            outputs = model(x, training=True) if training else model.outputs_by_program(x)
            return [np.asarray(one) for one in tree.leaves(outputs)]
        if learning is not None and bool(learning) is not (phase == "train"):
            raise ValueError(_OTHER_PHASE.format(name=name, own=int(phase == "train"), came=learning))
        logs = model.step_by_program(phase, (x, y, weights), resets=True)
        found = model._as_asked(logs, return_dict=False)
        return list(found) if isinstance(found, list) else [found]

    return step


def _divided(model: Any, arrays: list, phase: str) -> tuple:
    """Inputs, targets, weights and the learning phase, if one is there, from one list."""
    counts = [len(model._feed_inputs)]
    if phase != "predict":
        counts += [len(model._feed_targets), len(model._feed_sample_weights)]
    needed = sum(counts)
    if len(arrays) not in (needed, needed + 1):
        what = "inputs" if phase == "predict" else "inputs, targets, sample weights"
        raise ValueError(
            _NEEDED.format(
                name=f"{phase}_function", needed=needed, what=what, further=" and a phase at will", came=len(arrays)
            )
        )
    learning = arrays.pop() if len(arrays) > needed else None
    parts = []
    for count in counts:
        part, arrays = arrays[:count], arrays[count:]
        parts.append(part[0] if count == 1 else part)
    return (*parts, None, None)[:3] + (learning,)


def _called_with_lists(call: Callable, self, batches: Any) -> Any:
    """One step of a run by the user's function."""
    model, phase = self.model, self.planner.phase
    if not (era.before("tf2.0") or vars(model).get("_functions_take_lists")):
        return call(self, batches)
    given = next(batches)
    x, y, weights = (*(given if isinstance(given, tuple) else (given,)), None, None)[:3]
    arrays = _lists_of(model, x, y, weights)
    rows = len(arrays[0][0])
    phases = [float(phase == "train")] if model._uses_dynamic_learning_phase() else []
    with model.metrics_by_hand():
        found = self.function([*(a for part in arrays for a in part), *phases])
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    if phase == "predict":
        return found[0] if len(found) == 1 else found
    # each call gives the values of its batch; logs are the means of what an epoch has seen
    seen, total = getattr(batches, "so_far", (0, 0.0))
    seen, total = seen + rows, total + rows * np.array([np.mean(v) for v in found], dtype="float64")
    batches.so_far = seen, total
    return dict(zip(model.metrics_names, total / seen))


def _lists_of(model: Any, x: Any, y: Any, weights: Any) -> tuple[list, list, list]:
    """Inputs, targets and sample weights as the symbolic tensors of a model take them."""
    inputs = [np.asarray(one) for one in tree.leaves(x)]
    if y is None:
        return inputs, [], []
    targets = [np.asarray(one) for one in tree.leaves(y)]
    targets = [one[:, None] if one.ndim == 1 else one for one in targets]
    given = weights if isinstance(weights, (list, tuple)) else [weights] * len(targets)
    ones = [np.ones(len(t), "float32") if w is None else np.asarray(w) for w, t in zip(given, targets)]
    return inputs, targets, ones


def _standardize_user_data(self, x, y=None, sample_weight=None, class_weight=None, check_lengths=True, batch_size=None):
    """Lists of the inputs, targets and sample weights, as `train_function` takes them one after the other.

    Raises:
        ValueError: the numbers of rows differ, or the model is stateful and they are no multiple of `batch_size`.
    """
    rows = len(tree.leaves(x)[0])
    if batch_size and self.stateful and rows % batch_size:
        raise ValueError(f"{self.name} is stateful: {rows} rows are no multiple of batch_size={batch_size}.")
    source = self._source(x, y, sample_weight, rows, None, False, class_weight, "_standardize_user_data")
    return _lists_of(self, *(*source.data, None, None)[:3])


def _check_consistency(self) -> None:
    collected = vars(self).get("_captured")
    if collected is not None and len(collected[0]) != len(self.trainable_weights):
        warnings.warn(
            f"{self.name}: its weights to train are others than when it was compiled. Call compile() after `trainable` "
            "has changed.",
            stacklevel=2,
        )


def _collected(self) -> list:
    """The weights that `compile` found to be trained."""
    if not self.compiled:
        raise AttributeError(f"{self.name}: weights are collected by compile().")
    return list(self.trainable_weights if self._captured is None else self._captured[0])


def _uses_dynamic_phase(self) -> bool:
    learning_phase = loss_graph.backend().learning_phase
    return bool(self.uses_learning_phase) and not isinstance(learning_phase(), int)


def _told(name: str, told: Callable) -> Told:
    """A value that an attribute of a user's class or model takes the place of."""
    return Told(name, property(told, doc=told.__doc__))


def _of_compile(name: str) -> Told:
    return _told(name, lambda self: self._compile_arguments[name] if self.compiled else None)


_OF_MODELS: dict[str, Any] = {
    **{f"_make_{phase}_function": _maker(phase) for phase in PUBLIC_STATE},
    "_standardize_user_data": _standardize_user_data,
    "_check_trainable_weights_consistency": _check_consistency,
    "_collected_trainable_weights": property(_collected, doc=_collected.__doc__),
    "_uses_dynamic_learning_phase": _uses_dynamic_phase,
    "_function_kwargs": property(lambda self: {}, doc="Further arguments of `K.function`: none."),
    "metrics_updates": _told("metrics_updates", lambda self: []),  # metrics of functions keep nothing between batches
    "loss_weights": _of_compile("loss_weights"),
    "weighted_metrics": _of_compile("weighted_metrics"),
}
