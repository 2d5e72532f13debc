"""A block of code whose gradients can be asked for afterwards, as programs of 2.x wrote their own loops.

Arrays cannot be watched. So while a tape is open, operations, layers and variables return values that remember how they
were made. For a gradient the calls in question are made once more, as one function.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp

from keras._core import tree
from keras._core.graph import any_symbolic
from keras._core.recording import recording
from keras._jax import pure
from keras._jax.taped import Node, Settled, Taped, ancestors, gradient_function
from keras._jax.variable import Variable

NOT_SEEN = (
    "GradientTape.gradient: the target was not computed from anything that the tape watches.\n"
    "  Compute it inside of `with keras.GradientTape() as tape:`, from variables, models, or `x = tape.watch(x)`."
)
USED = (
    "GradientTape.gradient was called before on this tape.\n"
    "  For several gradients, write keras.GradientTape(persistent=True)."
)


@contextlib.contextmanager
def _by(tape: GradientTape | None, in_call: bool = False) -> Iterator[None]:
    before = recording.tape, recording.in_call
    recording.tape, recording.in_call = tape, in_call
    try:
        yield
    finally:
        recording.tape, recording.in_call = before


class GradientTape:
    """Watches what is computed in a block, for its gradients.

    Everything computed from variables, layers and `keras.ops` is watched, also inside of a `train_step`. Arrays know
    nothing of tapes: for the gradient by an array, use what `watch` returns in its place. Functions of JAX refuse what
    is watched as long as the block lasts.

    Args:
        persistent: whether gradients can be asked for more than once.
        watch_accessed_variables: whether variables are watched that nobody called `watch` for.

    >>> v = keras.Variable(3.0)
    >>> with keras.GradientTape() as tape:
    ...     y = v * v
    >>> float(tape.gradient(y, v))
    6.0
    """

    def __init__(self, persistent=False, watch_accessed_variables=True):
        self._persistent = persistent
        self._watches_all = watch_accessed_variables
        self._outer: GradientTape | None = None
        self._made: list[weakref.ref] = []
        self.reset()

    def __enter__(self) -> GradientTape:
        self._outer, recording.tape = recording.tape, self
        return self

    def __exit__(self, *_):
        recording.tape = self._outer
        if self._outer is not None:
            self._outer._made += self._made
        else:
            for reference in self._made:
                made = reference()
                if made is not None:
                    made.__class__ = Settled
        self._made = []

    def reset(self) -> None:
        """Forgets everything watched."""
        self._made = []
        self._arrays: dict[int, tuple[Any, Taped]] = {}  # id -> (array, what stands for it)
        self._variables: dict[int, Variable] = {}
        self._was_asked = False

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """A block within the block that is not watched."""
        with _by(None):
            yield

    def watch(self, tensor):
        """Watches an array, or several in a nested structure; returns what to compute with in their place."""
        return tree.map_leaves(self._watch, tensor)

    def _watch(self, x: Any) -> Any:
        if isinstance(x, Variable):
            self._variables[id(x)] = x
            return x
        if type(x) is Taped:
            return x
        array = jnp.asarray(x)
        if not _is_float(array):
            raise ValueError(f"GradientTape.watch: gradients are of floats. Got an array of {array.dtype.name}.")
        self._arrays[id(x)] = (x, self._keep(Taped(array)))
        return self._arrays[id(x)][1]

    def watched_variables(self) -> list[Variable]:
        """The variables that were read, and those that `watch` was called for."""
        return list(self._variables.values())

    def gradient(self, target, sources, output_gradients=None, unconnected_gradients="none"):
        """The gradients of a target, in the structure of `sources`.

        Args:
            target: what was computed in the block; if it has several elements, their sum.
            sources: variables, what `watch` was given or returned, or anything computed in the block.
            output_gradients: what the gradient of every target is multiplied by, in the structure of `target`.
            unconnected_gradients: 'none' or 'zero': what a source gets which the target does not depend on.

        Raises:
            RuntimeError: a second call on a tape that is not persistent.
            ValueError: the target has nothing to do with what is watched.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise ValueError(
                "GradientTape.gradient: `unconnected_gradients` must be 'none' or 'zero'. "
                f"Got {unconnected_gradients!r}."
            )
        if self._was_asked and not self._persistent:
            raise RuntimeError(USED)
        scales = tree.leaves(output_gradients) if output_gradients is not None else [None] * len(tree.leaves(target))
        pairs = [(x, s) for x, s in zip(tree.leaves(target), scales) if isinstance(x, Taped)]
        if not pairs:
            raise ValueError(NOT_SEEN)
        self._was_asked = True
        targets = [x for x, _ in pairs]
        order = ancestors(targets)
        by_source = [self._taped_of(source, order) for source in tree.leaves(sources)]
        cut = list({id(x): x for group in by_source for x in group}.values())
        found: dict[int, Any] = {}
        if cut:
            with _by(recording.tape):
                function, edge = gradient_function(targets, [_value_of(s) for _, s in pairs], cut, order)
            outer = recording.tape
            results = function([x.value for x in edge]) if outer is None else outer.call(function, (edge,))
            found = dict(zip(map(id, cut), results))

        def result_for(source: Any, group: list[Taped]) -> Any:
            if group:
                return sum((found[id(x)] for x in group[1:]), found[id(group[0])])
            return jnp.zeros(source.shape, source.dtype) if unconnected_gradients == "zero" else None

        return tree.pack_like(sources, list(map(result_for, tree.leaves(sources), by_source)))

    def _taped_of(self, source: Any, order: list[Taped]) -> list[Taped]:
        """What among the values that a target is made of stands for a source."""
        if isinstance(source, Variable):
            return [x for x in order if x.variable is source]
        if not isinstance(source, Taped):
            source = self._arrays[id(source)][1] if id(source) in self._arrays else None
        return [x for x in order if x is source]

    # --- what operations, layers and variables call while the tape is open

    def value_of(self, x: Any) -> Any:
        """The array behind a value, to be kept somewhere."""
        return _value_of(x)

    def standing_for(self, x: Any) -> Any:
        """What stands for an array or a variable if it is watched, else the array as operations take it."""
        if id(x) in self._arrays:
            return self._arrays[id(x)][1]
        if isinstance(x, Variable):
            return x.value
        return x if x is None or isinstance(x, Taped) else jnp.asarray(x)

    def read(self, variable: Variable, value: Any) -> Any:
        """What reading a variable of that value gives."""
        if not _is_float(value):
            return value
        if self._watches_all and variable.trainable:
            self._variables.setdefault(id(variable), variable)
        if id(variable) not in self._variables:
            return value
        return self._keep(Taped(value, variable=variable))

    def call(self, function: Callable, args: tuple, kwargs: dict | None = None, layer: Any = None) -> Any:
        """Calls `function` and notes the call.

        Args:
            layer: the layer that is called, which gets the losses that the call adds.
        """
        call = _Call(function, args, kwargs or {}, self._arrays, layer is not None)
        if call.is_symbolic:
            with _by(None):
                return function(*args, **(kwargs or {}))
        result, losses, masks, met = call.run()
        read = [self.read(variable, value) for variable, value in met]
        inputs = [*call.taped, *(x for x in read if isinstance(x, Taped))]
        outputs = [*tree.leaves(result), *losses]
        places = [i for i, x in enumerate(outputs) if _is_float(x)] if inputs else []
        if places:
            node = Node(call.again([variable for variable, _ in met], read, places), inputs)
            for index, place in enumerate(places):
                outputs[place] = self._keep(Taped(outputs[place], node, index))
            for x, mask in zip(outputs, masks):
                if isinstance(x, Taped):
                    x._keras_mask = mask
        for loss in outputs[len(masks) :]:
            layer.add_loss(loss)
        return tree.pack_like(result, outputs[: len(masks)])

    def _keep(self, x: Taped) -> Taped:
        self._made.append(weakref.ref(x))
        return x


class _Call:
    """A call on values some of which are taped."""

    def __init__(self, function: Callable, args: tuple, kwargs: dict, arrays: dict, wants_losses: bool):
        self.function = function
        self.structure = (args, kwargs)
        self.is_symbolic = any_symbolic(args) or any_symbolic(kwargs)
        self.leaves = [arrays[id(x)][1] if id(x) in arrays else x for x in tree.leaves(self.structure)]
        self.taped = list({id(x): x for x in self.leaves if isinstance(x, Taped)}.values())
        self.wants_losses = wants_losses

    def run(self) -> tuple[Any, list, list, list[tuple[Variable, Any]]]:
        """The result, losses added, masks of the results, and pairs of variables met and their values before."""
        with _by(None, in_call=True):
            with pure.Scope(closed=True) as scope:
                result, losses = self._in_scope(scope, [x.value for x in self.taped])
                masks = [pure.find_mask(x) for x in tree.leaves(result)]
            outside = pure.current_scope()
            met = [(v, v.own_value() if outside is None else outside.read(v)) for v in scope.foreign.values()]
            for variable in scope.written.values():
                variable.assign(scope.values[id(variable)])
        return result, losses, masks, met

    def again(self, variables: list[Variable], read: list, places: list[int]) -> Callable[[list], list]:
        """The call as a function from the values of what is taped, and of the variables read, to those at `places`."""

        def function(values: list) -> list:
            own = iter(values[len(self.taped) :])
            found = [next(own) if isinstance(x, Taped) else x for x in read]
            with _by(None, in_call=True), pure.Scope(variables, found) as scope:
                result, losses = self._in_scope(scope, values[: len(self.taped)])
            flat = [*tree.leaves(result), *losses]
            return [flat[i] for i in places]

        return function

    def _in_scope(self, scope: pure.Scope, values: list) -> tuple[Any, list]:
        scope.losses = [] if self.wants_losses else None
        known = {}
        for taped, value in zip(self.taped, values):
            known[id(taped)] = value
            if taped._keras_mask is not None:
                pure.put_mask(value, taped._keras_mask)
        args, kwargs = tree.pack_like(
            self.structure, [known[id(x)] if isinstance(x, Taped) else x for x in self.leaves]
        )
        return self.function(*args, **kwargs), scope.losses or []


def _is_float(x: Any) -> bool:
    return hasattr(x, "aval") and jnp.issubdtype(x.dtype, jnp.inexact)


def _value_of(x: Any) -> Any:
    return x.value if isinstance(x, Taped) else x
