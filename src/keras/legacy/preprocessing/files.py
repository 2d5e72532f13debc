"""Batches of images in files: in folders, or named by a table."""

from __future__ import annotations

import numbers
import os
import warnings
from collections.abc import Iterable

import numpy as np

from keras import config
from keras._core.checks import one_of
from keras.legacy.preprocessing.iterators import ImageIterator
from keras.utils import img_to_array, load_img

ENDINGS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")


class FileIterator(ImageIterator):
    """What iterators over files share: reading them, and targets by class.

    A subclass has `filepaths`, and `labels` or `classes`.
    """

    def _read(self, row):
        image = load_img(
            self.filepaths[row], color_mode=self.color_mode, target_size=self.target_size,
            interpolation=self.interpolation, keep_aspect_ratio=self.keep_aspect_ratio,
        )  # fmt: skip
        return img_to_array(image, self.data_format, self.dtype)

    def _part(self, items: list) -> list:
        """The items of the subset that is asked for."""
        if self.split is None:
            return items
        return items[int(self.split[0] * len(items)) : int(self.split[1] * len(items))]

    def _one_hot(self, rows: np.ndarray, count: int) -> np.ndarray:
        found = np.zeros((len(rows), count), dtype=self.dtype)
        for target, row in zip(found, rows):
            target[self.classes[row]] = 1
        return found


class DirectoryIterator(FileIterator):
    """Batches `(x, y)` of images in files, in one folder per class.

    Args:
        directory: the folder with a folder per class; files may lie deeper in them.
        image_data_generator: changes the images.
        target_size: (height, width) of the batches.
        color_mode: 'rgb', 'rgba' or 'grayscale'.
        classes: names of the folders, in the order of their numbers; None for all, sorted.
        class_mode: 'categorical' for vectors of 0 and 1, 'binary' and 'sparse' for numbers, 'input' for the images
            themselves, None for no targets.
        data_format: the axis order of the batches; the global setting if None.
        save_to_dir: a folder for pictures of what was made; None for none.
        save_prefix, save_format: of their names.
        follow_links: whether links to folders are followed.
        subset: 'training' or 'validation', by the generator's `validation_split`; None for all.
        interpolation, keep_aspect_ratio: see `keras.utils.load_img`.
        dtype: of the batches; the default float type if None.
        batch_size, shuffle, seed: see `Iterator`.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    def __init__(
        self,
        directory,
        image_data_generator,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        follow_links=False,
        subset=None,
        interpolation="nearest",
        keep_aspect_ratio=False,
        dtype=None,
        **kwargs,
    ):
        self.set_processing_attrs(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, keep_aspect_ratio,
        )  # fmt: skip
        self.dtype = dtype or config.floatx()
        self.directory = os.fspath(directory)
        self.class_mode = one_of("class_mode", class_mode, self.allowed_class_modes, owner="DirectoryIterator")
        if not classes:
            classes = sorted(e.name for e in os.scandir(self.directory) if e.is_dir())
        self.num_classes = len(classes)
        self.class_indices = {name: number for number, name in enumerate(classes)}
        self.filenames, labels = [], []
        for name, number in self.class_indices.items():
            found = self._part(list(_image_files(os.path.join(self.directory, name), follow_links)))
            self.filenames += [os.path.relpath(path, self.directory) for path in found]
            labels += [number] * len(found)
        self.classes = np.array(labels, dtype="int32")
        self.samples = len(self.filenames)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        super().__init__(self.samples, batch_size, shuffle, seed, **kwargs)

    @property
    def filepaths(self):
        """The paths of the files."""
        return self._filepaths

    @property
    def labels(self):
        """The number of each file's class."""
        return self.classes

    @property
    def sample_weight(self):
        """None: folders hold no weights."""
        return None

    def _get_batches_of_transformed_samples(self, index_array):
        x = self._images(index_array)
        if self.class_mode is None:
            return x
        if self.class_mode == "input":
            return x, x.copy()
        if self.class_mode == "categorical":
            return x, self._one_hot(index_array, self.num_classes)
        return x, self.classes[index_array].astype(self.dtype)


def _image_files(folder: str, follow_links: bool) -> Iterable[str]:
    """The images below a folder, folder by folder, sorted."""
    for place, _, names in sorted(os.walk(folder, followlinks=follow_links), key=lambda found: found[0]):
        yield from (os.path.join(place, name) for name in sorted(names) if _is_image(name))


def _is_image(name: str) -> bool:
    return name.lower().rpartition(".")[2] in ENDINGS


class DataFrameIterator(FileIterator):
    """Batches of images whose files a table names, with targets from its columns.

    Args:
        dataframe: a table with columns by name, such as a pandas DataFrame.
        directory: what the names of the files begin in; None if they are whole paths.
        image_data_generator: changes the images; None for none.
        x_col: the column with names of files.
        y_col: the column, or the columns, with targets.
        weight_col: the column with weights; None for none.
        classes: names of the classes, in the order of their numbers; None for all there are, sorted.
        class_mode: 'categorical' for vectors of 0 and 1, where an entry may list several classes; 'binary' and 'sparse'
            for numbers of classes; 'raw' for the values; 'multi_output' for a list with the values of each column;
            'input' for the images themselves; None for no targets.
        validate_filenames: whether entries without a file, or of another kind than images, are left out.
        target_size, color_mode, batch_size, shuffle, seed, data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, keep_aspect_ratio, dtype: see `DirectoryIterator`.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)

    def __init__(
        self,
        dataframe,
        directory=None,
        image_data_generator=None,
        x_col="filename",
        y_col="class",
        weight_col=None,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        data_format="channels_last",
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        interpolation="nearest",
        keep_aspect_ratio=False,
        dtype="float32",
        validate_filenames=True,
        **kwargs,
    ):
        self.set_processing_attrs(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, keep_aspect_ratio,
        )  # fmt: skip
        self.dtype = dtype or config.floatx()
        self.directory = "" if directory is None else os.fspath(directory)
        self.class_mode = one_of("class_mode", class_mode, self.allowed_class_modes, owner="DataFrameIterator")
        names = _column(dataframe, x_col, str)
        weights = None if weight_col is None else _column(dataframe, weight_col, numbers.Number)
        targets = self._checked_targets(dataframe, y_col, classes)
        rows = range(len(names))
        if validate_filenames:
            rows = self._with_files(names, rows)
        by_class = class_mode in ("categorical", "binary", "sparse")
        if by_class:
            known = dict.fromkeys(classes) if classes else _known([targets[row] for row in rows])
            self.class_indices = {name: number for number, name in enumerate(known)}
            if classes:
                rows = [row for row in rows if self._kept_classes(targets[row])]
        rows = self._part(list(rows))
        if by_class:
            self.classes = [self._numbers(targets[row]) for row in rows]
        elif class_mode in ("raw", "multi_output"):
            columns = [np.array([values[row] for row in rows]) for values in targets]
            single = class_mode == "raw" and isinstance(y_col, str)
            self._targets = columns[0] if single else np.stack(columns, 1) if class_mode == "raw" else columns
        self._sample_weight = None if weights is None else np.array([weights[row] for row in rows])
        self.filenames = [names[row] for row in rows]
        self.samples = len(rows)
        told = "validated" if validate_filenames else "non-validated"
        ending = f" belonging to {len(self.class_indices)} classes" if by_class else ""
        print(f"Found {self.samples} {told} image filenames{ending}.")
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        super().__init__(self.samples, batch_size, shuffle, seed, **kwargs)

    def _checked_targets(self, dataframe, y_col, classes):
        mode = self.class_mode
        if mode in ("input", None):
            return None
        if mode == "multi_output" and not isinstance(y_col, (list, tuple)):
            raise TypeError(f"DataFrameIterator: for class_mode='multi_output', `y_col` must be a list. Got {y_col!r}.")
        if mode in ("raw", "multi_output"):
            columns = [y_col] if isinstance(y_col, str) else y_col
            return [_column(dataframe, name, object) for name in columns]
        kinds = (str, list, tuple) if mode == "categorical" else (str,)
        found = _column(dataframe, y_col, kinds)
        count = len(set(classes)) if classes else len(set(found)) if mode == "binary" else None
        if mode == "binary" and count != 2:
            raise ValueError(f"DataFrameIterator: class_mode='binary' needs 2 classes. Got {count}.")
        return found

    def _with_files(self, names: list, rows: Iterable[int]) -> list:
        kept = [r for r in rows if _is_image(names[r]) and os.path.isfile(os.path.join(self.directory, names[r]))]
        missing = len(names) - len(kept)
        if missing:
            warnings.warn(
                f"DataFrameIterator: {missing} file names are left out: there is no such file, or it is no image.",
                stacklevel=4,
            )
        return kept

    def _kept_classes(self, entry) -> list:
        several = entry if isinstance(entry, (list, tuple)) else [entry]
        return [one for one in several if one in self.class_indices]

    def _numbers(self, entry):
        kept = [self.class_indices[one] for one in self._kept_classes(entry)]
        return kept if isinstance(entry, (list, tuple)) else kept[0]

    def get_classes(self, df, y_col):
        """The number of the class, or the numbers of the classes, of each entry in a column of a table.

        Raises:
            KeyError: an entry names a class that is none of `class_indices`.
        """
        entries = _column(df, y_col, (str, list, tuple))
        strange = [name for name in _known(entries) if name not in self.class_indices]
        if strange:
            raise KeyError(f"DataFrameIterator.get_classes: {strange[0]!r} is none of {list(self.class_indices)}.")
        return [self._numbers(entry) for entry in entries]

    @property
    def filepaths(self):
        """The paths of the files."""
        return self._filepaths

    @property
    def labels(self):
        """The number of each file's class, or the values of the columns."""
        return self.classes if self.class_mode in ("categorical", "binary", "sparse") else self._targets

    @property
    def sample_weight(self):
        """The weight of each file, or None."""
        return self._sample_weight

    def _get_batches_of_transformed_samples(self, index_array):
        x = self._images(index_array)
        if self.class_mode is None:
            return x
        batch = (x, self._batch_targets(x, index_array))
        return batch if self._sample_weight is None else (*batch, self._sample_weight[index_array])

    def _batch_targets(self, x, rows: np.ndarray):
        if self.class_mode == "input":
            return x.copy()
        if self.class_mode == "categorical":
            return self._one_hot(rows, len(self.class_indices))
        if self.class_mode == "multi_output":
            return [column[rows] for column in self._targets]
        if self.class_mode == "raw":
            return self._targets[rows]
        return np.array([self.classes[row] for row in rows], dtype=self.dtype)


def _column(dataframe, name: str, kinds) -> list:
    """A column of a table, whose entries must be of some kinds."""
    values = dataframe[name]
    values = values.to_list() if hasattr(values, "to_list") else list(values)
    wrong = next((v for v in values if not isinstance(v, kinds)), None)
    if wrong is not None:
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        words = " or ".join({"str": "text", "Number": "a number"}.get(kind.__name__, kind.__name__) for kind in kinds)
        raise TypeError(f"DataFrameIterator: the entries of column {name!r} must be {words}. Got {wrong!r}.")
    return values


def _known(targets: list) -> list:
    """The classes in a column, sorted."""
    return sorted({one for entry in targets for one in (entry if isinstance(entry, (list, tuple)) else [entry])})


def with_endings(dataframe, directory, x_col: str):
    """A table whose names of files have the endings that the files have.

    Raises:
        ValueError: there is no image of one of the names.
    """
    found = []
    for name in _column(dataframe, x_col, str):
        path = os.path.join("" if directory is None else os.fspath(directory), name)
        ending = next((ending for ending in ENDINGS if os.path.isfile(f"{path}.{ending}")), None)
        if ending is None:
            raise ValueError(f"flow_from_dataframe: there is no image {path} with one of the endings {ENDINGS}.")
        found.append(f"{name}.{ending}")
    if hasattr(dataframe, "assign"):
        return dataframe.assign(**{x_col: found})
    return {**dataframe, x_col: found}
