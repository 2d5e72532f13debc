"""Pipeline: layers one after the other."""

from keras._core.serialization import deserialize, serialize
from keras.layers._call import signature_of
from keras.layers._layer import Layer


class Pipeline(Layer):
    """Calls layers one after the other, each with what the one before returned: images, or dicts of them.

    Args:
        layers: the layers.
        name: its name.

    Call arguments:
        training: given to the layers that take it. True if left out.
        mask: given to the layers that take it.
    """

    def __init__(self, layers, name=None):
        super().__init__(name=name)
        self._pipeline_layers = list(layers)
        for layer in self._pipeline_layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"Pipeline: `layers` must hold layers. Got a {type(layer).__name__}.")

    @property
    def layers(self):
        """The layers, in order."""
        return list(self._pipeline_layers)

    def call(self, inputs, training=True, mask=None):
        for layer in self._pipeline_layers:
            takes = signature_of(type(layer)).names
            options = {k: v for k, v in (("training", training), ("mask", mask)) if k in takes and v is not None}
            inputs = layer(inputs, **options)
        return inputs

    def get_config(self):
        """Its layers and its name."""
        return {"name": self.name, "layers": [serialize(layer) for layer in self._pipeline_layers]}

    @classmethod
    def from_config(cls, config):
        """A pipeline from what `get_config` returned."""
        if not isinstance(config.get("layers"), (list, tuple)):
            raise ValueError(f"Pipeline: a config must have a list of `layers`. Got {config.get('layers')!r}.")
        return cls(**{**config, "layers": [deserialize(layer) for layer in config["layers"]]})
