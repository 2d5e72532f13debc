"""A recurrent layer in both directions."""

from keras import ops
from keras._core import tree
from keras._core.checks import one_of
from keras._core.serialization import deserialize, serialize
from keras.layers._layer import Layer
from keras.layers._rnn import RNN

_MODES = ("sum", "mul", "concat", "ave", None)


class Bidirectional(Layer):
    """Applies a recurrent layer forwards and a copy of it backwards, and merges the outputs.

    Args:
        layer: the recurrent layer.
        merge_mode: 'concat', 'sum', 'mul', 'ave', or None for both outputs.
        weights: initial weights, those of the forward layer first.
        backward_layer: another layer for going backwards; a copy of `layer` if None.

    Shapes:
        x: (batch, time, features), y: as `layer`'s, twice as wide where they are concatenated.
    """

    def __init__(self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError(f"Bidirectional: `layer` must be a recurrent layer. Got {layer!r}.")
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(f"Bidirectional: `backward_layer` must be a recurrent layer. Got {backward_layer!r}.")
        super().__init__(**kwargs)
        self.merge_mode = one_of("merge_mode", merge_mode, _MODES, owner="Bidirectional")
        self._given_backward = backward_layer is not None
        self.forward_layer = _copy(layer, f"forward_{layer.name}", backwards=layer.go_backwards)
        if backward_layer is None:
            backward_layer = _copy(layer, f"backward_{layer.name}", backwards=not layer.go_backwards)
        self.backward_layer = backward_layer
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ValueError("Bidirectional: the two layers must go in opposite directions. Set `go_backwards` on one.")
        for name in ("stateful", "return_sequences", "return_state"):
            mine, other = getattr(self.forward_layer, name, False), getattr(self.backward_layer, name, False)
            if mine != other:
                raise ValueError(f"Bidirectional: both layers need the same `{name}`. Got {mine} and {other}.")
        self.return_sequences = self.forward_layer.return_sequences
        self.return_state = self.forward_layer.return_state
        self.stateful = getattr(self.forward_layer, "stateful", False)
        self.supports_masking = True
        self._start_weights = weights

    _keras_hidden = frozenset(("_start_weights",))

    @property
    def layer(self):
        """The layer that goes forwards."""
        return self.forward_layer

    def build(self, sequences_shape, initial_state_shape=None):
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._start_weights is not None:
            self.set_weights(self._start_weights)

    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        shapes = self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (shapes[0], shapes[1:]) if self.return_state else (shapes, [])
        output = tuple(output)
        if self.merge_mode == "concat":
            merged = [(*output[:-1], None if output[-1] is None else 2 * output[-1])]
        else:
            merged = [output, output] if self.merge_mode is None else [output]
        found = [*merged, *states, *states]
        return found[0] if len(found) == 1 else found

    def compute_mask(self, inputs, previous_mask):
        mask = previous_mask[0] if isinstance(previous_mask, (list, tuple)) else previous_mask
        mask = mask if self.return_sequences else None
        merged = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            merged += [None] * (2 * len(tree.leaves(self.forward_layer.cell.state_size)))
        return merged[0] if len(merged) == 1 else merged

    def call(self, sequences, initial_state=None, mask=None, training=None):
        kwargs = {} if training is None else {"training": training}
        if mask is not None:
            kwargs["mask"] = mask
        if initial_state is not None:
            states = tree.leaves(initial_state)
            half = len(states) // 2
            y = self.forward_layer(sequences, initial_state=states[:half], **kwargs)
            back = self.backward_layer(sequences, initial_state=states[half:], **kwargs)
        else:
            y, back = self.forward_layer(sequences, **kwargs), self.backward_layer(sequences, **kwargs)
        states = []
        if self.return_state:
            states = [*y[1:], *back[1:]]
            y, back = y[0], back[0]
        if self.return_sequences:
            back = ops.flip(back, axis=1)  # into the order of the inputs
        merged = {
            "concat": lambda: [ops.concatenate([y, back], axis=-1)],
            "sum": lambda: [y + back],
            "ave": lambda: [(y + back) / 2],
            "mul": lambda: [y * back],
            None: lambda: [y, back],
        }[self.merge_mode]()
        found = (*merged, *states)
        return found[0] if len(found) == 1 else found

    def reset_state(self):
        """Sets the states of stateful layers back."""
        self.reset_states()

    def reset_states(self):
        """Sets the states of stateful layers back."""
        if not self.stateful:
            raise AttributeError(f"{self.name} is not stateful, so it has no states to reset.")
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    @property
    def states(self):
        """The states of stateful layers, forward ones first; None if they are not stateful."""
        if not self.stateful or self.forward_layer.states is None:
            return None
        return [*self.forward_layer.states, *self.backward_layer.states]

    def get_config(self):
        """The constructor's arguments, the layers as configs."""
        config = super().get_config()
        config.pop("weights", None)
        layer = serialize(self.forward_layer)
        layer["config"]["name"] = self.forward_layer.name.removeprefix("forward_")
        config["layer"] = layer
        config["backward_layer"] = serialize(self.backward_layer) if self._given_backward else None
        return config

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


def _copy(layer, name, backwards):
    config = {**layer.get_config(), "name": name}
    if isinstance(layer, RNN) or "go_backwards" in config:
        config["go_backwards"] = backwards
    return type(layer).from_config(config)
