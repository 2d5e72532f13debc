"""Input: where a model begins."""

from keras import config
from keras._core.checks import positive_integer
from keras._core.graph import KerasTensor
from keras.layers._layer import Layer


class InputLayer(Layer):
    """The layer behind `keras.Input`: it holds the symbolic tensor that stands for a model's input.

    Args:
        shape: sizes without the batch, one number for vectors; None is any size.
        batch_size: size of the batch; None is any.
        dtype: the dtype's name; the default float type if None.
        sparse: says that rows come as sparse matrices. They are made dense batch by batch, as all sparse data is.
        ragged: must not be True: rows have equal lengths here.
        batch_shape: all sizes, instead of `shape` and `batch_size`.
        input_tensor: a symbolic tensor to start from, instead of a new one.
        optional: whether the model may get None for it.
        name: its name.
    """

    def __init__(
        self,
        shape=None,
        batch_size=None,
        dtype=None,
        sparse=None,
        ragged=None,
        batch_shape=None,
        input_tensor=None,
        optional=False,
        name=None,
        **kwargs,
    ):
        if ragged:
            raise ValueError("Input: `ragged` must not be True: tensors are dense here. Pass padded arrays.")
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(f"Input: `tensor` must be a symbolic tensor. Got a {type(input_tensor).__name__}.")
            found = input_tensor.shape
            _check_like("shape", shape, found[1:])
            _check_like("batch_size", batch_size, found[:1])
            _check_like("batch_shape", batch_shape, found)
            if sparse:
                raise ValueError("Input: `sparse` is True, but `tensor` stands for dense data.")
            if dtype is not None and dtype != input_tensor.dtype:
                raise ValueError(f"Input: `dtype` is {dtype!r}, but `tensor` has dtype {input_tensor.dtype!r}.")
            batch_shape, dtype = found, input_tensor.dtype
        elif batch_shape is None:
            if shape is None:
                raise ValueError("Input: `shape` is missing. For vectors of 8 features write Input(shape=(8,)).")
            batch_shape = (batch_size, *_sizes("shape", shape))
            if batch_size is not None:
                positive_integer("batch_size", batch_size, "Input")
        elif shape is not None:
            raise ValueError("Input: give `shape` or `batch_shape`, not both.")
        elif batch_size is not None:
            raise ValueError("Input: give `batch_size` or `batch_shape`, not both.")
        super().__init__(name=name, dtype=dtype or config.floatx(), **kwargs)
        self.batch_shape = _sizes("batch_shape", batch_shape)
        self.sparse = bool(sparse)
        self.ragged = False
        self.optional = optional
        self.supports_masking = True
        self.built = True
        if input_tensor is None:
            input_tensor = KerasTensor(self.batch_shape, self.dtype, name=self.name)
        computed_by = input_tensor._keras_history
        self.add_node((), {}, input_tensor)
        if computed_by is not None:
            input_tensor._keras_history = computed_by  # a tensor that is computed stays so

    def call(self, *inputs):
        if inputs:
            raise TypeError(f"{self.name} stands for a model's input and cannot be called. Use its `output`.")

    def get_config(self):
        """The constructor's arguments."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": False,
            "name": self.name,
            "optional": self.optional,
        }


def Input(
    shape=None,
    batch_size=None,
    dtype=None,
    sparse=None,
    ragged=None,
    batch_shape=None,
    name=None,
    tensor=None,
    optional=False,
):
    """A symbolic tensor that stands for a model's input.

    Args:
        shape: sizes without the batch, one number for vectors; None is any size.
        batch_size: size of the batch; None is any.
        dtype: the dtype's name; the default float type if None.
        sparse: says that rows come as sparse matrices. They are made dense batch by batch, as all sparse data is.
        ragged: must not be True: rows have equal lengths here.
        batch_shape: all sizes, instead of `shape` and `batch_size`.
        name: the input's name.
        tensor: a symbolic tensor to start from, instead of a new one.
        optional: whether the model may get None for it.

    >>> x = Input(shape=(8,))
    >>> model = keras.Model(x, Dense(1)(x))
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        name=name,
        input_tensor=tensor,
        optional=optional,
    )
    return layer.output


def _check_like(name, shape, found):
    sizes = found if shape is None else _sizes(name, shape)
    if len(sizes) != len(found) or any(n is not None and n != m for n, m in zip(sizes, found)):
        raise ValueError(f"Input: `{name}` is {shape!r}, but the sizes of `tensor` there are {found}.")


def _sizes(name, shape):
    try:
        shape = (shape,) if isinstance(shape, int) and name != "batch_shape" else shape
        sizes = tuple(None if n is None else n.__index__() for n in shape)
    except (TypeError, AttributeError):
        raise ValueError(f"Input: `{name}` must be a tuple of integers and None. Got {shape!r}.") from None
    if any(n is not None and n < 0 for n in sizes):
        raise ValueError(f"Input: `{name}` must not hold negative sizes; write None for any size. Got {sizes}.")
    return sizes
