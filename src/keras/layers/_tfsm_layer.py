"""TFSMLayer, which this engine does not have."""

from keras.layers._layer import Layer

_MESSAGE = """\
TFSMLayer runs a TensorFlow SavedModel inside a model, which needs TensorFlow; this package computes on JAX alone.
  In a program with TensorFlow, load {filepath!r} and save it as model.keras or model.h5; then here:
  model = keras.models.load_model("model.keras")"""


class TFSMLayer(Layer):
    """Not available: a TensorFlow SavedModel as a layer would need TensorFlow.

    Args:
        filepath, call_endpoint, call_training_endpoint, trainable, name, dtype: as Keras 3 takes them.

    Raises:
        NotImplementedError: always; says what to do instead.
    """

    def __init__(
        self,
        filepath,
        call_endpoint="serve",
        call_training_endpoint=None,
        trainable=True,
        name=None,
        dtype=None,
    ):
        raise NotImplementedError(_MESSAGE.format(filepath=str(filepath)))
