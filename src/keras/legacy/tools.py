"""Utilities that today's Keras has no more."""

from __future__ import annotations

import functools
import importlib
import inspect

import numpy as np

from keras.config import image_data_format
from keras.legacy.queues import GeneratorEnqueuer, OrderedEnqueuer, SequenceEnqueuer
from keras.utils import clear_session

__all__ = [
    "GeneratorEnqueuer",
    "HDF5Matrix",
    "OrderedEnqueuer",
    "SequenceEnqueuer",
    "accuracy",
    "binary_logloss",
    "categorical_probas_to_classes",
    "conv_input_length",
    "conv_output_length",
    "convert_all_kernels_in_model",
    "convert_kernel",
    "count_params",
    "deconv_length",
    "get_test_data",
    "has_arg",
    "multiclass_logloss",
    "normalize_padding",
    "normalize_tuple",
    "print_summary",
    "probas_to_classes",
    "slice_arrays",
    "to_list",
    "to_ordinal",
    "unpack_singleton",
]


def to_ordinal(y, num_classes=None, dtype="float64"):
    """Ordered classes as rows of ones and zeros: class k has k ones.

    >>> to_ordinal([0, 2], 3)
    array([[0., 0.],
           [1., 1.]])
    """
    y = np.asarray(y, dtype="int64")
    count = int(y.max()) + 1 if num_classes is None else num_classes
    return (np.arange(count - 1) < y[..., None]).astype(dtype)


def categorical_probas_to_classes(p):
    """The place of the largest number in each row."""
    return np.argmax(p, axis=1)


def probas_to_classes(y_pred):
    """The class of each row: the largest output, or whether the only one is above 0.5."""
    if y_pred.ndim > 1 and y_pred.shape[1] > 1:
        return categorical_probas_to_classes(y_pred)
    return np.array([1 if p > 0.5 else 0 for p in np.ravel(y_pred)])


def binary_logloss(p, y):
    """The mean binary crossentropy of probabilities `p` and labels `y`."""
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def multiclass_logloss(p=None, y=None, P=None, Y=None):
    """The mean crossentropy of rows of probabilities and class numbers; in 0.x they were called `P` and `Y`."""
    p, y = (P if p is None else p), (Y if y is None else y)
    rows = np.asarray(p, dtype="float64")
    chosen = rows[np.arange(len(rows)), np.asarray(y, dtype="int64")]
    return float(-np.mean(np.log(np.clip(chosen / rows.sum(axis=1), 1e-15, None))))


def accuracy(p, y):
    """The share of equal entries."""
    return float(np.mean(np.asarray(p) == np.asarray(y)))


def normalize_tuple(value, n, name):
    """A tuple of `n` integers from one integer or from several."""
    found = (value,) * n if isinstance(value, (int, np.integer)) else tuple(value) if np.iterable(value) else ()
    if len(found) != n or not all(isinstance(v, (int, np.integer)) for v in found):
        raise ValueError(f"`{name}` must be an integer, or {n} of them. Got {value!r}.")
    return found


def normalize_padding(value):
    """'valid', 'same' or 'causal', in small letters."""
    padding = value.lower()
    if padding not in ("valid", "same", "causal"):
        raise ValueError(f"`padding` must be 'valid', 'same' or 'causal'. Got {value!r}.")
    return padding


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """How long the result of a convolution is; None if the input's length is not known."""
    if input_length is None:
        return None
    window = filter_size + (filter_size - 1) * (dilation - 1)
    long = {"same": input_length, "causal": input_length, "valid": input_length - window + 1,
            "full": input_length + window - 1}  # fmt: skip
    if padding not in long:
        raise ValueError(f"`padding` must be one of {', '.join(map(repr, long))}. Got {padding!r}.")
    return (long[padding] + stride - 1) // stride


def conv_input_length(output_length, filter_size, padding, stride):
    """How long the shortest input of a convolution with a result of that length is."""
    if output_length is None:
        return None
    pads = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}
    if padding not in pads:
        raise ValueError(f"`padding` must be one of {', '.join(map(repr, pads))}. Got {padding!r}.")
    return (output_length - 1) * stride - 2 * pads[padding] + filter_size


def deconv_length(dim_size, stride_size, kernel_size, padding, output_padding, dilation=1):
    """How long the result of a transposed convolution is."""
    if dim_size is None:
        return None
    kernel = kernel_size + (kernel_size - 1) * (dilation - 1)
    if output_padding is None:
        if padding == "valid":
            return dim_size * stride_size + max(kernel - stride_size, 0)
        return dim_size * stride_size - (stride_size + kernel - 2 if padding == "full" else 0)
    pad = {"same": kernel // 2, "valid": 0, "full": kernel - 1}[padding]
    return (dim_size - 1) * stride_size + kernel - 2 * pad + output_padding


def convert_kernel(kernel, dim_ordering=None):
    """A convolution kernel with its spatial axes turned round: Theano's as TensorFlow's, and back.

    Args:
        kernel: the array.
        dim_ordering: 'th' for (filters, channels, rows, columns) of 1.x; 'tf' or None for (rows, columns, ...).
    """
    if dim_ordering not in ("th", "tf", "default", None):
        raise ValueError(f"convert_kernel: `dim_ordering` must be 'th' or 'tf'. Got {dim_ordering!r}.")
    first = dim_ordering == "th" or (dim_ordering == "default" and image_data_format() == "channels_first")
    if first:
        return np.moveaxis(convert_kernel(np.moveaxis(np.asarray(kernel), (0, 1), (-2, -1))), (-2, -1), (0, 1))
    kernel = np.asarray(kernel)
    if not 3 <= kernel.ndim <= 5:
        raise ValueError(f"convert_kernel takes kernels of 3 to 5 axes. Got shape {kernel.shape}.")
    return np.flip(kernel, axis=tuple(range(kernel.ndim - 2))).copy()


_TURNED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose")


def convert_all_kernels_in_model(model):
    """Turns the kernels of all convolutions round, for weights that were trained with Theano."""
    for layer in model.layers:
        if any(c.__name__ in _TURNED for c in type(layer).__mro__):
            layer.kernel.assign(convert_kernel(layer.kernel.numpy()))


def count_params(weights):
    """How many numbers there are in variables."""
    return int(sum(v.size for v in {id(w): w for w in weights}.values()))


def to_list(x, allow_tuple=False):
    """A list from a list or from one thing."""
    if isinstance(x, list) or (allow_tuple and isinstance(x, tuple)):
        return list(x)
    return [x]


def unpack_singleton(x):
    """The only entry of a list of one, or the list."""
    return x[0] if len(x) == 1 else x


def slice_arrays(arrays, start=None, stop=None):
    """Rows of an array, or of each array of a list; None stays None."""
    if arrays is None:
        return [None]
    rows = list(start) if hasattr(start, "__len__") else slice(start, stop)
    if isinstance(arrays, list):
        return [None if x is None else x[rows] for x in arrays]
    return arrays[rows]


def has_arg(fn, name, accept_all=False):
    """Whether a function takes an argument by name."""
    parameters = inspect.signature(fn).parameters.values()
    return any(p.name == name and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters) or (
        accept_all and any(p.kind is p.VAR_KEYWORD for p in parameters)
    )


def print_summary(model=None, line_length=None, positions=None, print_fn=None, layers=None, relevant_nodes=None):
    """`model.summary(...)` as a function.

    Args:
        model: the model.
        line_length, positions, print_fn: as for `Model.summary`.
        layers: the layers of a model, in 1.x; they are summed up as a sequence.
        relevant_nodes: must be None: which calls belong to a model is known from it.
    """
    if relevant_nodes is not None:
        raise ValueError("print_summary: `relevant_nodes` must be None. Pass the model instead of its layers.")
    if layers is not None or isinstance(model, (list, tuple)):
        model = importlib.import_module("keras.models").Sequential(list(model if layers is None else layers))
    model.summary(line_length=line_length, positions=positions, print_fn=print_fn)


def get_test_data(
    num_train=1000, num_test=500, input_shape=(10,), output_shape=(2,), classification=True, num_classes=2
):
    """Random inputs and targets that can be learned: `(x_train, y_train), (x_test, y_test)`."""
    count = num_train + num_test
    if classification:
        y = np.random.randint(0, num_classes, size=(count,))
        x = np.stack([np.random.normal(loc=label, scale=0.7, size=input_shape) for label in y])
    else:
        base = np.random.normal(size=(count,))
        x = np.stack([np.random.normal(loc=b, scale=0.7, size=input_shape) for b in base])
        y = np.stack([np.full(output_shape, b) for b in base])
    return (x[:num_train].astype("float32"), y[:num_train]), (x[num_train:].astype("float32"), y[num_train:])


class HDF5Matrix:
    """Rows of a dataset in an HDF5 file, read when they are needed.

    Args:
        datapath: the file.
        dataset: the path of the dataset in it.
        start, end: the first row, and the row behind the last.
        normalizer: a function applied to what is read.

    >>> x = HDF5Matrix("data.h5", "features", start=0, end=1000)
    """

    def __init__(self, datapath, dataset, start=0, end=None, normalizer=None):
        file = importlib.import_module("h5py").File(datapath, "r")
        self.data = file[dataset]
        self.start = start
        self.end = len(self.data) if end is None else end
        self.normalizer = normalizer

    def __len__(self):
        return self.end - self.start

    def __getitem__(self, key):
        if isinstance(key, slice):
            first, last, step = key.indices(len(self))
            found = self.data[self.start + first : self.start + last : step]
        elif isinstance(key, (int, np.integer)):
            if not -len(self) <= key < len(self):
                raise IndexError(f"HDF5Matrix has {len(self)} rows. Asked for row {key}.")
            found = self.data[self.start + key % len(self)]
        else:
            rows = np.asarray(key)
            rows = np.flatnonzero(rows) if rows.dtype == bool else rows
            if rows.size and (rows.max() >= len(self) or rows.min() < 0):
                raise IndexError(f"HDF5Matrix has {len(self)} rows. Asked for row {rows.max()}.")
            # HDF5 reads each row once and in order
            unique, back = np.unique(rows, return_inverse=True)
            found = self.data[self.start + unique][back]
        return found if self.normalizer is None else self.normalizer(found)

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype=dtype)

    @property
    def shape(self):
        """The shape of the rows together."""
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self):
        """The dtype of the dataset."""
        return self.data.dtype

    @property
    def ndim(self):
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self):
        """How many numbers there are."""
        return int(np.prod(self.shape))


def batch_shuffle(index_array, batch_size):
    """Row numbers with whole batches in another order; what makes no whole batch stays at the end."""
    whole = len(index_array) // batch_size * batch_size
    batches = np.asarray(index_array[:whole]).reshape(-1, batch_size)
    np.random.shuffle(batches)
    return np.append(batches.ravel(), index_array[whole:])


def collect_trainable_weights(layer):
    """The weights of a layer that training changes, sorted by name."""
    return sorted(layer.trainable_weights, key=lambda w: w.name)


def count_total_params(layers, layer_set=None):
    """How many numbers training changes, and how many it does not, in layers and models, each once."""
    seen = set() if layer_set is None else layer_set
    trained = fixed = 0
    for layer in layers:
        if layer not in seen:
            seen.add(layer)
            trained += count_params(layer.trainable_weights)
            fixed += count_params(layer.non_trainable_weights)
    return trained, fixed


def model_summary(model):
    """`model.summary()` as a function."""
    model.summary()


def convert_dense_weights_data_format(dense, previous_feature_map_shape, target_data_format="channels_first"):
    """Reorders the rows of a dense layer behind a `Flatten`, for inputs of the other axis order.

    Args:
        dense: the layer.
        previous_feature_map_shape: the shape of one image before the `Flatten`, in the order it will have.
        target_data_format: the order it will have.
    """
    if target_data_format not in ("channels_first", "channels_last"):
        raise ValueError(
            f"`target_data_format` must be 'channels_first' or 'channels_last'. Got {target_data_format!r}."
        )
    kernel = dense.kernel.numpy()
    a, b, c = previous_feature_map_shape
    if target_data_format == "channels_first":
        maps = kernel.reshape((b, c, a, -1)).transpose((2, 0, 1, 3))
    else:
        maps = kernel.reshape((c, a, b, -1)).transpose((1, 2, 0, 3))
    dense.kernel.assign(maps.reshape(kernel.shape))


def transpose_shape(shape, target_format, spatial_axes):
    """A shape with channels last, in another axis order."""
    if target_format not in ("channels_first", "channels_last"):
        raise ValueError(f"`target_format` must be 'channels_first' or 'channels_last'. Got {target_format!r}.")
    if target_format == "channels_last":
        return shape
    moved = (*shape[: spatial_axes[0]], shape[-1], *(shape[i] for i in spatial_axes))
    return type(shape)(moved) if isinstance(shape, list) else tuple(moved)


def ask_to_proceed_with_overwrite(filepath):
    """Asks on the terminal whether a file may be overwritten."""
    answer = input(f"{filepath} exists. Overwrite it? [y/n] ").strip().lower()
    while answer not in ("y", "n"):
        answer = input("y or n: ").strip().lower()
    return answer == "y"


def save_array(array, name):
    """Writes an array to a file, as NumPy does."""
    with open(name, "wb") as file:
        np.save(file, array, allow_pickle=False)


def load_array(name):
    """Reads an array from a file that `save_array` wrote."""
    with open(name, "rb") as file:
        return np.load(file, allow_pickle=False)


_CODE = (
    "{name}: {what} the code of a function{where}. Nothing is run from data here.\n"
    "  Pass the function itself, in `custom_objects` if a config names it."
)


def func_dump(func):
    """Would write the code of a function down.

    Raises:
        ValueError: always.
    """
    raise ValueError(_CODE.format(name="func_dump", what="wrote", where=" into a config"))


def func_load(code, defaults=None, closure=None, globs=None):
    """Would make a function from code in a config.

    Raises:
        ValueError: always.
    """
    raise ValueError(_CODE.format(name="func_load", what="ran", where=" from a config"))


def get_from_module(identifier, module_params, module_name, instantiate=False, kwargs=None):
    """The thing called `identifier` in a dict of names.

    Args:
        identifier: a name, or the thing itself.
        module_params: name -> thing.
        module_name: the word for messages.
        instantiate: whether a class is called, with `kwargs` if there are any.
    """
    if not isinstance(identifier, str):
        return identifier
    if identifier not in module_params:
        raise ValueError(f"Unknown {module_name}: {identifier!r}.")
    found = module_params[identifier]
    if not instantiate:
        return found
    return found(**kwargs) if kwargs else found()


def keras_test(func):
    """A decorator that starts names and models anew after a test."""

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        try:
            return func(*args, **kwargs)
        finally:
            clear_session()

    return wrapper
