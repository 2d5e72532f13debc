"""Lambda: any function as a layer."""

from keras._core import registry
from keras._core.graph import KerasTensor
from keras._core.serialization import FunctionConfig, deserialize
from keras._core.signature import takes
from keras.layers._base.shapes import is_shape
from keras.layers._layer import Layer


class Lambda(Layer):
    """Calls a function on its inputs.

    Args:
        function: a function of the inputs; it may take `mask` and `training` as well.
        output_shape: the shape of the outputs without the batch, or a function of the input shape; found by tracing
            if None.
        mask: the mask of the outputs, or a function `(inputs, mask)` that returns it.
        arguments: a dict of further arguments of the function.

    Variables that the function uses are not weights of the layer; write a layer of your own for that. A config that
    `get_config` returned remembers the function; one from a file or from JSON holds its name, never its code: pass the
    function in `custom_objects`, under its own name or, if it is a lambda, under that of the layer.

    >>> Lambda(lambda x: x ** 2)([1.0, 2.0])
    Array([1., 4.], dtype=float32)
    """

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        if not callable(function):
            raise ValueError(f"Lambda: `function` must be a function. Got {function!r}.")
        if not (output_shape is None or callable(output_shape) or is_shape(output_shape)):
            raise ValueError(f"Lambda: `output_shape` must be a shape, a function or None. Got {output_shape!r}.")
        self.function = function
        self._output_shape = output_shape
        self.mask = mask
        self.arguments = dict(arguments or {})
        self.supports_masking = mask is not None

    def call(self, inputs, mask=None, training=None):
        arguments = dict(self.arguments)
        for name, value in (("mask", mask), ("training", training)):
            if takes(self.function, name):
                arguments[name] = value
        return self.function(inputs, **arguments)

    def compute_mask(self, inputs, mask=None):
        """What `mask` says."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape):
        """What `output_shape` says, or what tracing the function finds."""
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        batch = input_shape[0] if is_shape(input_shape) else input_shape[0][0]
        return (batch, *self._output_shape)

    def compute_output_spec(self, inputs, mask=None, training=None):
        """A symbolic tensor of the shape that `output_shape` says, or what tracing the function finds."""
        if self._output_shape is None:
            return self._traced_outputs((inputs,), {"mask": mask, "training": training})
        shape = inputs.shape if isinstance(inputs, KerasTensor) else [x.shape for x in inputs]
        return KerasTensor(self.compute_output_shape(shape), self.compute_dtype)

    def get_config(self):
        """The constructor's arguments; a function stays what it is until the config is serialized."""
        config = super().get_config()
        config["function"] = self.function
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            config.pop(name, None)
            if value is not None:
                config[name] = value
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        """A layer from what `get_config` returned.

        Raises:
            ValueError: the config holds code, or a function that is not among the known ones.
        """
        with registry.object_scope(custom_objects or {}):
            config = {name: _function_from(value, config.get("name")) for name, value in config.items()}
        return super().from_config(config)


def _function_from(value, layer_name):
    """The function that part of a config describes; anything else as it is."""
    if not isinstance(value, dict) or value.get("class_name") not in ("__lambda__", "function"):
        return value
    if value["class_name"] == "function":
        return deserialize(value)
    found = registry.registered_object(layer_name)
    if found is None and isinstance(value, FunctionConfig):
        return value.function
    if found is None:
        raise ValueError(
            f"Lambda {layer_name!r}: its function is a lambda, and configs hold no code.\n"
            f"  Pass it: custom_objects={{{layer_name!r}: your_function}}."
        )
    return found
