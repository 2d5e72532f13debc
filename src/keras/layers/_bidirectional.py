"""A recurrent layer in both directions."""

from keras import ops
from keras._core import tree
from keras._core.checks import one_of
from keras._core.serialization import deserialize
from keras._core.signature import bound_arguments, constructor_parameters
from keras.layers._layer import Layer

_MODES = ("sum", "mul", "concat", "ave", None)


class Bidirectional(Layer):
    """Applies a recurrent layer forwards and a copy of it backwards, and merges the outputs.

    The outputs of the backward layer are brought into the order of the inputs. Where a mask is False, outputs of
    sequences are zero, so that they add nothing when they are merged. From Schuster and Paliwal (1997).

    Args:
        layer: the recurrent layer.
        merge_mode: 'concat', 'sum', 'mul', 'ave', or None for both outputs.
        weights: initial weights, those of the forward layer first.
        backward_layer: another layer for going backwards; a copy of `layer` if None.

    Call arguments:
        initial_state: the states of the forward layer, then those of the backward one.
        mask: (batch, time).

    Shapes:
        x: (batch, time, features), y: as `layer`'s, twice as wide where they are concatenated.

    >>> Bidirectional(LSTM(8))(ops.ones((2, 5, 3))).shape
    (2, 16)
    """

    _keras_hidden = frozenset(("_start_weights",))

    def __init__(self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs):
        for name, given in (("layer", layer), ("backward_layer", backward_layer)):
            if (name == "layer" or given is not None) and not _is_recurrent(given):
                raise ValueError(
                    f"Bidirectional: `{name}` must be a recurrent layer, with `go_backwards`, `return_sequences` and "
                    f"`return_state`. Got {given!r}."
                )
        super().__init__(**kwargs)
        self.merge_mode = one_of("merge_mode", merge_mode, _MODES, owner="Bidirectional")
        name = layer.name.removeprefix("forward_")
        self.forward_layer = _copy(layer, f"forward_{name}", layer.go_backwards)
        self.backward_layer = (
            _copy(layer, f"backward_{name}", not layer.go_backwards) if backward_layer is None else backward_layer
        )
        self._check_pair()
        self.return_sequences = self.forward_layer.return_sequences
        self.return_state = self.forward_layer.return_state
        self.stateful = getattr(self.forward_layer, "stateful", False)
        for one in (self.forward_layer, self.backward_layer):
            if hasattr(one, "zero_output_for_mask"):
                one.zero_output_for_mask = self.return_sequences
        self.supports_masking = True
        self._start_weights = weights

    def _check_pair(self):
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "Bidirectional: one of `layer` and `backward_layer` must go backwards, the other not. Got "
                f"go_backwards={forward.go_backwards} and go_backwards={backward.go_backwards}."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            mine, other = getattr(forward, name, False), getattr(backward, name, False)
            if mine != other:
                raise ValueError(f"Bidirectional: both layers need the same `{name}`. Got {mine} and {other}.")

    @property
    def layer(self):
        """The layer as it was given, which goes forwards as a rule."""
        return self.forward_layer

    def build(self, sequences_shape, initial_state_shape=None):
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._start_weights is not None:
            self.set_weights(self._start_weights)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        if initial_state_shape is not None:
            self._check_states(_count_shapes(initial_state_shape))
        one, other = (
            layer.compute_output_shape(sequences_shape) for layer in (self.forward_layer, self.backward_layer)
        )
        (one, *states), (other, *more) = (one, other) if self.return_state else ((one,), (other,))
        if self.merge_mode is None:
            return (one, other, *states, *more)
        if self.merge_mode == "concat":
            one = (*one[:-1], one[-1] + other[-1])
        return (one, *states, *more) if self.return_state else one

    def compute_mask(self, inputs, previous_mask):
        mask = tree.leaves(previous_mask)[0] if self.return_sequences else None
        found = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            found += tree.map_leaves(lambda _: None, [*self.forward_layer.state_size, *self.backward_layer.state_size])
        return found[0] if len(found) == 1 else found

    def call(self, sequences, initial_state=None, mask=None, training=None):
        given = {k: v for k, v in (("mask", mask), ("training", training)) if v is not None}
        ahead, back = (None, None) if initial_state is None else self._halves(initial_state)
        one = self.forward_layer(sequences, **given, **({} if ahead is None else {"initial_state": ahead}))
        other = self.backward_layer(sequences, **given, **({} if back is None else {"initial_state": back}))
        (one, *states), (other, *more) = (one, other) if self.return_state else ((one,), (other,))
        # the layers inside follow policies of their own
        one, other = ops.cast(one, self.compute_dtype), ops.cast(other, self.compute_dtype)
        if self.return_sequences:
            other = ops.flip(other, axis=1)
        if self.merge_mode is None:
            return (one, other, *states, *more)
        merged = _MERGE[self.merge_mode](one, other)
        return (merged, *states, *more) if self.return_state else merged

    def _halves(self, initial_state):
        states, count = tree.leaves(initial_state), len(tree.leaves(self.forward_layer.state_size))
        self._check_states(len(states))
        return states[:count], states[count:]

    def _check_states(self, given):
        count = len(tree.leaves(self.forward_layer.state_size))
        if given != count + len(tree.leaves(self.backward_layer.state_size)):
            raise ValueError(
                f"{self.name}: `initial_state` must hold the states of the forward and then of the backward layer, "
                f"{count} each. Got {given}."
            )

    def reset_state(self):
        """Sets the states of stateful layers back to their start."""
        if self.stateful:
            self.forward_layer.reset_state()
            self.backward_layer.reset_state()

    def reset_states(self):
        """Sets the states of stateful layers back to their start."""
        self.reset_state()

    @property
    def states(self):
        """The states of stateful layers, forward ones first; None if there are none."""
        if not self.stateful or self.forward_layer.states is None:
            return None
        return (*self.forward_layer.states, *self.backward_layer.states)

    @classmethod
    def from_config(cls, config):
        """A layer from what `get_config` returned."""
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if isinstance(config.get(name), dict):
                config[name] = deserialize(config[name], None, "keras.layers")
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = deserialize(config["dtype"])
        return cls(**config)


_MERGE = {
    "concat": lambda one, other: ops.concatenate([one, other], axis=-1),
    "sum": lambda one, other: one + other,
    "ave": lambda one, other: (one + other) / 2,
    "mul": lambda one, other: one * other,
}


def _count_shapes(shapes) -> int:
    """How many shapes a nested list of shapes holds."""
    whole = all(n is None or isinstance(n, int) for n in shapes)
    return 1 if whole else sum(_count_shapes(shape) for shape in shapes)


def _is_recurrent(layer) -> bool:
    wanted = ("go_backwards", "return_sequences", "return_state")
    return isinstance(layer, Layer) and all(hasattr(layer, name) for name in wanted)


def _copy(value, name=None, backwards=None):
    """A new layer from the arguments that `value` was made from, and so are the layers among them."""
    if isinstance(value, (list, tuple)):
        return [_copy(v) for v in value]
    if not isinstance(value, Layer):
        return value
    cls, (args, kwargs) = type(value), value._arguments
    arguments = {k: _copy(v) for k, v in bound_arguments(cls, args, kwargs).items()}
    changes = {"name": name or value.name, "dtype": value.dtype_policy}
    if backwards is not None:
        changes["go_backwards"] = backwards
    accepted = constructor_parameters(cls)
    copied = cls(**{**arguments, **{k: v for k, v in changes.items() if k in accepted}})
    if copied.trainable != value.trainable:
        copied.trainable = value.trainable
    for key in set(changes) - set(accepted) - {"dtype"}:
        setattr(copied, key, changes[key])
    return copied
