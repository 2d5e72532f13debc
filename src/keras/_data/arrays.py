"""From what holds numbers to arrays that the engine can take."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras import config
from keras._core import tree
from keras._core.errors import WrongTypeError
from keras._core.graph import is_symbolic

_KEPT = frozenset(
    np.dtype(d)
    for d in ("float16", "float32", "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "complex64")
)
_INT32 = np.iinfo(np.int32)
LARGEST_DENSE = 64 << 20  # bytes; a sparse matrix that takes more when it is dense is made so batch by batch
_SCALARS = (bool, int, float, complex, np.generic)

TEXT = (
    "{where} holds text, and a model computes with numbers.\n"
    "  Words or sentences: turn them into numbers first, with keras.layers.TextVectorization.\n"
    "  Categories: number them, with keras.layers.StringLookup or np.unique(..., return_inverse=True).\n"
    "  Numbers written as text: convert them, with .astype('float32')."
)
DATES = (
    "{where} holds dates or times ({kind}), and a model computes with numbers.\n"
    "  Take parts of them (the hour, the day of the week) or the time since a first one."
)
RAGGED = (
    "{where} has rows of different lengths, and an array needs equal ones.\n  Pad them, with keras.utils.pad_sequences."
)


def to_arrays(x: Any, where: str) -> Any:
    """`x` with every leaf an array; a list of arrays stays a list, a list of numbers becomes one array.

    Args:
        x: an array, a frame, numbers in nested lists, or lists, tuples and dicts of those. None stays None.
        where: what to call it in messages.

    Raises:
        ValueError, TypeError: a leaf holds no numbers.
    """
    if type(x) is np.ndarray and x.dtype in _KEPT:
        return x
    if isinstance(x, Mapping) and not _is_sparse(x):  # one of scipy's sparse matrices is a dict
        return {key: to_arrays(value, f"{where}[{key!r}]") for key, value in x.items()}
    if isinstance(x, (list, tuple)) and not is_numbers(x, where):
        return tree.rebuild(x, [to_arrays(value, f"{where}[{i}]") for i, value in enumerate(x)])
    return to_array(x, where)


def to_array(x: Any, where: str) -> Any:
    """One array from `x`: NumPy's, or `x` itself where it lives on a device or in a file."""
    if x is None or on_device(x):
        return x
    if isinstance(x, (list, tuple)):
        return _from_list(x, where)
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise TypeError(
            f"{where} is an array with masked values, which a model cannot skip. Fill them: x.filled(value)."
        )
    if isinstance(x, (np.memmap, StoredRows)):
        return x if isinstance(x, StoredRows) or x.dtype in _KEPT else StoredRows(x, where)
    if _is_sparse(x) and math.prod(x.shape) * 4 > LARGEST_DENSE:
        return SparseRows(x.tocsr(), where)
    if isinstance(x, np.ndarray):
        return with_our_dtype(np.asarray(x), where)
    if is_symbolic(x):
        raise TypeError(
            f"{where} is a symbolic tensor, which has no values. Pass arrays to fit, evaluate and predict;\n"
            f"  symbolic tensors are for building models: keras.Model(inputs, outputs)."
        )
    if _is_stored(x):
        return StoredRows(x, where)
    return with_our_dtype(_from_foreign(x, where), where)


def on_device(x: Any) -> bool:
    """Whether `x` is an array of the engine's, to be left where it is."""
    return hasattr(x, "addressable_shards")


def rows_of(x: Any) -> int | None:
    """The length of the first axis, None for a single number."""
    return x.shape[0] if len(x.shape) else None


class StoredRows:
    """An array in a file, read by rows: a `h5py.Dataset`, or a memory map of a dtype that has to be converted.

    `rows[numbers]` and `np.asarray(rows)` read; dtypes come out as `with_our_dtype` gives them. `between` reads none.
    """

    def __init__(self, stored: Any, where: str):
        self.stored, self.where = stored, where
        self.shape = tuple(stored.shape)
        self.ndim = len(self.shape)
        self._first = 0  # the row of `stored` that is number 0 here
        # of objects, which text is in HDF5, one row has to be seen
        sample = np.asarray(stored[:1]) if stored.dtype.kind == "O" and self.ndim else np.empty((0,), stored.dtype)
        self.dtype = with_our_dtype(sample, where).dtype

    @property
    def nbytes(self) -> int:
        """Bytes that all rows would take in memory."""
        return math.prod(self.shape) * self.dtype.itemsize

    def between(self, rows: slice) -> StoredRows:
        """The rows of a slice, which stay where they are."""
        start, stop, _ = rows.indices(len(self))
        found = copy.copy(self)
        found._first = self._first + start
        found.shape = (max(stop - start, 0), *self.shape[1:])
        return found

    def _read(self, rows: Any) -> np.ndarray:
        """Rows of the stored array: a slice, or numbers in rising order."""
        return np.asarray(self.stored[rows])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> np.ndarray:
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            return self._converted(self._read(slice(start + self._first, stop + self._first)))[::step]
        # HDF5 reads rows in rising order, and none twice
        wanted, back = np.unique(np.asarray(rows) + self._first, return_inverse=True)
        return self._converted(self._read(wanted))[back]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        found = self[:]
        return found if dtype is None else found.astype(dtype, copy=False)

    def _converted(self, found: Any) -> np.ndarray:
        found = with_our_dtype(np.asarray(found), self.where)
        if found.dtype != self.dtype:
            raise ValueError(f"{self.where} holds integers of more than 32 bits. Convert them to floats in the file.")
        return found


class SparseRows(StoredRows):
    """A large sparse matrix, which is made dense by rows."""

    def _read(self, rows: Any) -> np.ndarray:
        return self.stored[rows].toarray()


class TableRows(StoredRows):
    """A column of a table that is read by rows, as those of Hugging Face's `datasets`."""

    def __init__(self, table: Any, column: str, where: str):
        self.stored, self.where, self.column = table.select_columns([column]).with_format("numpy"), where, column
        self._first = 0
        sample = with_our_dtype(self._read(slice(0, 1)), where)
        self.shape = (len(table), *sample.shape[1:])
        self.ndim = len(self.shape)
        self.dtype = sample.dtype

    def _read(self, rows: Any) -> np.ndarray:
        found = self.stored[rows][self.column]
        if isinstance(found, np.ndarray) and found.dtype != object:
            return found
        try:
            return np.stack(list(found))
        except ValueError:
            raise ValueError(RAGGED.format(where=f"{self.where} (column {self.column!r})")) from None


def is_table(x: Any) -> bool:
    """Whether `x` is a table of named columns with rows in reach, as Hugging Face's `datasets` has them."""
    return _has_columns(x) and hasattr(x, "__len__")


def is_streamed_table(x: Any) -> bool:
    """Whether `x` is a table whose rows come one after another, as the streamed ones of Hugging Face's `datasets`."""
    return _has_columns(x) and not hasattr(x, "__len__") and hasattr(x, "iter")


def _has_columns(x: Any) -> bool:
    return all(hasattr(x, name) for name in ("column_names", "select_columns", "with_format"))


def columns_of(table: Any, where: str) -> tuple[Any, Any]:
    """`(x, y)` of a table, read by rows; see `with_label_apart`."""
    if isinstance(table.column_names, Mapping):
        names = ", ".join(map(repr, table))
        raise ValueError(f"{where} holds several tables: {names}. Pass one of them: x[{next(iter(table), '')!r}].")
    return with_label_apart({n: TableRows(table, n, f"{where}[{n!r}]") for n in table.column_names})


def with_label_apart(columns: dict[str, Any]) -> tuple[Any, Any]:
    """`(x, y)`: the column called label, labels, target or y is `y`, all others are `x`, by name if several."""
    y_name = next((n for n in ("label", "labels", "target", "y") if n in columns and len(columns) > 1), None)
    y = None if y_name is None else columns[y_name]
    x = {name: column for name, column in columns.items() if name != y_name}
    return (next(iter(x.values())) if len(x) == 1 else x), y


def rows_between(x: Any, rows: slice) -> Any:
    """The leaves of a structure at a slice of rows; what is in a file is not read for it."""

    def part(leaf: Any) -> Any:
        return leaf.between(rows) if isinstance(leaf, StoredRows) else leaf[rows]

    return tree.map_leaves(lambda leaf: None if leaf is None else part(leaf), x)


def bytes_outside(x: Any) -> int:
    """Bytes that those leaves would take in memory which are in files, or not dense."""
    return sum(leaf.nbytes for leaf in tree.leaves(x) if isinstance(leaf, (StoredRows, np.memmap)))


def take_rows(x: Any, rows: Any) -> Any:
    """The leaves of a structure at `rows`, row numbers or a slice; None stays None."""
    return tree.map_leaves(lambda leaf: None if leaf is None else leaf[rows], x)


def with_our_dtype(x: np.ndarray, where: str) -> np.ndarray:
    """float64 becomes `floatx()`, int64 becomes int32 where the values fit; small integers and bools stay."""
    dtype = x.dtype
    if dtype in _KEPT:
        return x
    if not dtype.isnative and dtype.kind in "fiuc":
        return with_our_dtype(x.astype(dtype.newbyteorder("=")), where)
    if dtype.kind == "f":
        return x.astype(_floatx(), copy=False)
    if dtype.kind in "iu":
        return _smaller_integers(x)
    if dtype.kind == "c":
        return x if config.floatx() == "float64" else x.astype("complex64")
    if dtype.kind == "O":
        return _from_objects(x, where)
    if dtype.kind in "UST":
        raise WrongTypeError(TEXT.format(where=where))
    if dtype.kind in "mM":
        raise TypeError(DATES.format(where=where, kind=dtype))
    if dtype.names is not None:
        raise TypeError(
            f"{where} is an array of records with the fields {', '.join(dtype.names)}. Pass a dict of arrays."
        )
    return x  # bfloat16 and other dtypes that NumPy does not know itself


def _floatx() -> np.dtype:
    name = config.floatx()
    return np.dtype(np.float32 if name == "bfloat16" else name)  # layers compute in bfloat16 by themselves


def _smaller_integers(x: np.ndarray) -> np.ndarray:
    if config.floatx() == "float64":  # the engine computes with 64 bits then
        return x
    if x.size == 0 or (x.max() <= _INT32.max and x.min() >= _INT32.min):
        return x.astype(np.int32)
    return x.astype(_floatx())


def is_numbers(x: Any, where: str) -> bool:
    """Whether a list or tuple is one array of numbers, not several inputs or outputs."""
    if len(x) == 0:
        raise ValueError(f"{where} is empty.")
    if any(getattr(item, "shape", ()) or hasattr(item, "to_numpy") for item in x):
        return False
    first = x[0]
    if isinstance(first, (list, tuple)) and len(first):
        return is_numbers(first, f"{where}[0]")
    return not isinstance(first, Mapping) and not any(isinstance(item, Mapping) for item in x) and _no_gap(x)


def _no_gap(x: Any) -> bool:
    """False for [None, [1, 2, 3]]: an output without targets, then one with."""
    return not (any(item is None for item in x) and any(isinstance(item, (list, tuple)) for item in x))


def _from_list(x: Any, where: str) -> np.ndarray:
    try:
        made = np.asarray(x)
    except ValueError:
        raise ValueError(RAGGED.format(where=where)) from None
    except TypeError as error:
        raise TypeError(f"{where} cannot become an array: {error}") from None
    return with_our_dtype(made, where)


def _from_objects(x: np.ndarray, where: str) -> np.ndarray:
    """Numbers of several kinds, as a frame with mixed columns gives them; anything else is an error."""
    for item in x.flat:
        if isinstance(item, (str, bytes)):
            raise WrongTypeError(TEXT.format(where=where))
        if isinstance(item, (np.ndarray, list, tuple)) and np.ndim(item):
            raise WrongTypeError(
                f"{where} is an array of objects that are arrays themselves, shape {x.shape}.\n"
                f"  Rows of equal length: np.stack(list(x)). Of different lengths: keras.utils.pad_sequences."
            )
        if not isinstance(item, _SCALARS):
            raise WrongTypeError(f"{where} holds {_named(item)}, which is not a number.")
    return x.astype(_floatx())


def _named(item: Any) -> str:
    if item is None:
        return "None"
    kind = type(item).__name__
    return f"a missing value ({kind})" if kind in ("NAType", "NaTType") else f"an object of type {kind}"


def _is_sparse(x: Any) -> bool:
    return hasattr(x, "tocsr") and hasattr(x, "toarray")  # scipy.sparse


def _is_stored(x: Any) -> bool:
    return type(x).__module__.partition(".")[0] == "h5py" and hasattr(x, "shape") and hasattr(x, "dtype")


def _from_foreign(x: Any, where: str) -> np.ndarray:
    """Frames, columns, sparse matrices, tensors of other libraries, by what they can do."""
    if hasattr(x, "detach") and hasattr(x, "cpu"):  # torch
        x = x.detach().cpu()
        if "bfloat16" in str(getattr(x, "dtype", "")):  # which NumPy has not
            x = x.float()
        return x.numpy()
    if _is_sparse(x):
        return x.toarray()
    if hasattr(x, "to_numpy"):  # pandas, polars, pyarrow, narwhals
        return _from_frame(x, where)
    if hasattr(x, "numpy") and callable(x.numpy):  # TensorFlow
        return np.asarray(x.numpy())
    if hasattr(x, "dense_shape") and hasattr(x, "indices"):  # TensorFlow's sparse tensors
        made = np.zeros(tuple(x.dense_shape), x.dtype.as_numpy_dtype)
        made[tuple(np.asarray(x.indices).T)] = np.asarray(x.values)
        return made
    if isinstance(x, _SCALARS) or hasattr(x, "__array__"):
        _refuse_dates(x, where)
        return np.asarray(x)
    if isinstance(x, (str, bytes)):
        raise WrongTypeError(TEXT.format(where=where))
    if isinstance(x, Sequence):  # a range, a deque
        return np.asarray(list(x))
    if hasattr(x, "collect") and hasattr(x, "collect_schema"):  # polars
        raise TypeError(f"{where} is a plan of a frame, without values. Pass x.collect().")
    raise TypeError(
        f"{where} must be an array, a list of numbers, a frame, or a list or dict of those. "
        f"Got an object of type {type(x).__name__}."
    )


def _from_frame(x: Any, where: str) -> np.ndarray:
    if hasattr(x, "to_pylist"):
        return _from_arrow(x, where)
    _refuse_dates(x, where)
    made = x.to_numpy()
    if made.dtype.kind in "OUST":
        columns = getattr(x, "columns", None)
        if columns is not None:
            text = [str(name) for i, name in enumerate(columns) if any(isinstance(v, str) for v in made[:, i])]
            if text:
                names = f"column{'s' if len(text) > 1 else ''} {', '.join(map(repr, text))}"
                raise WrongTypeError(TEXT.format(where=f"{where} ({names})"))
        made = _without_missing(made)
    return made


def _refuse_dates(x: Any, where: str) -> None:
    """Names a column of dates, which some frames turn into huge numbers and others into objects."""
    if hasattr(x, "schema") and hasattr(x, "column_names"):  # of Arrow
        kinds = dict(zip(x.column_names, x.schema.types))
    else:
        names, types = getattr(x, "columns", None), getattr(x, "dtypes", None)
        kinds = {} if names is None or types is None else dict(zip(names, types))
    for name, kind in kinds.items():
        if _is_date(kind):
            raise TypeError(DATES.format(where=f"{where} (column {str(name)!r})", kind=kind))


def _is_date(kind: Any) -> bool:
    """Whether a type of NumPy, pandas, polars or Arrow is one of dates, times or durations."""
    if hasattr(kind, "is_temporal"):  # polars
        return kind.is_temporal()
    return getattr(kind, "kind", None) in ("M", "m") or str(kind).startswith(("date", "time", "duration"))


def _from_arrow(x: Any, where: str) -> np.ndarray:
    """A column of Arrow's, missing numbers as NaN; one of lists has a further axis."""
    made = x.to_numpy(zero_copy_only=False)  # bits, missing values and lists have no other form there
    if not len(made) or not all(isinstance(item, np.ndarray) for item in made):
        return made
    try:
        return np.stack(list(made))
    except ValueError:
        raise ValueError(RAGGED.format(where=where)) from None


def _without_missing(made: np.ndarray) -> np.ndarray:
    """Missing values as NaN, which is what frames of plain floats have for them."""
    if not any(type(item).__name__ == "NAType" for item in made.flat):
        return made
    return np.array([np.nan if type(i).__name__ == "NAType" else i for i in made.flat], dtype=object).reshape(
        made.shape
    )
