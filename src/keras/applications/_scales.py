"""Layers that some networks need and no other has use for; files of Keras 3 name them by the modules they stood in."""

from keras._core import registry
from keras.initializers import Constant
from keras.layers import Layer


class LayerScale(Layer):
    """Multiplies every channel by a learned factor that is small at first.

    Args:
        init_values: how the factors start.
        projection_dim: the number of channels, which are the last axis.
    """

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape):
        self.gamma = self.add_weight(name="gamma", shape=(self.projection_dim,), initializer=Constant(self.init_values))

    def call(self, x):
        return x * self.gamma


class CustomScaleLayer(Layer):
    """The first input and a share of the second: `y = a + scale * b`.

    Args:
        scale: the share.
    """

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        a, b = inputs
        return a + self.scale * b


# the first module is the one that files get; those of Keras 2 name none
registry.register_built_ins("keras.src.applications.convnext", {"LayerScale": LayerScale})
registry.register_built_ins("keras.src.applications.inception_resnet_v2", {"CustomScaleLayer": CustomScaleLayer})
for _module in ("keras.applications", "keras.layers"):
    registry.register_built_ins(_module, {"LayerScale": LayerScale, "CustomScaleLayer": CustomScaleLayer})
