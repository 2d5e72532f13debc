"""Batches of images from arrays, and what all iterators over images share."""

from __future__ import annotations

import concurrent.futures
import functools
import math
import os
import threading

import numpy as np

from keras import config
from keras._core.checks import one_of
from keras.legacy import era
from keras.legacy.preprocessing.affine import for_picture
from keras.legacy.preprocessing.compiled import augmented
from keras.utils import PyDataset, array_to_img

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class Iterator(PyDataset):
    """Batches of rows: by number, as any `PyDataset` gives them, or one after the other for ever, with `next`.

    Args:
        n: how many rows there are.
        batch_size: rows in a batch; None for all.
        shuffle: whether every pass has an order of its own.
        seed: sets `numpy.random` before each batch, together with the number of batches so far.
        **kwargs: `workers` and others of `PyDataset`.

    A subclass writes `_get_batches_of_transformed_samples(index_array)`, which makes the batch of these rows, or
    `next`, as until 2.0, which takes the rows from `index_generator`.
    """

    def __init__(self, n, batch_size, shuffle, seed, **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.batch_size = n if batch_size is None else batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.RLock()
        self.index_array: np.ndarray | None = None

    def set_processing_attrs(
        self, image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format, subset,
        interpolation, keep_aspect_ratio=False,
    ):  # fmt: skip
        """Sets how images are read, changed and saved from now on; which of them there are stays as it is.

        Args:
            image_data_generator: changes the images; None for none.
            target_size: (height, width) of the batches.
            color_mode: 'rgb', 'rgba' or 'grayscale'.
            data_format: the axis order of the batches; the global setting if None.
            save_to_dir: a folder for pictures of what was made; None for none.
            save_prefix, save_format: of their names.
            subset: 'training' or 'validation', which sets `split` by the generator's `validation_split`; None for all.
            interpolation, keep_aspect_ratio: see `keras.utils.load_img`.
        """
        owner = type(self).__name__
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        self.color_mode = one_of("color_mode", color_mode, tuple(_CHANNELS), owner=owner)
        self.data_format = config.standard_data_format(data_format, owner=owner)
        channels = _CHANNELS[color_mode]
        last = self.data_format == "channels_last"
        self.image_shape = (*self.target_size, channels) if last else (channels, *self.target_size)
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        self.interpolation = interpolation
        self.keep_aspect_ratio = keep_aspect_ratio
        self.subset = subset
        self.split = None
        if subset is not None:
            one_of("subset", subset, ("training", "validation"), owner=owner)
            share = image_data_generator._validation_split if image_data_generator is not None else 0.0
            self.split = (0, share) if subset == "validation" else (share, 1)

    common_init = set_processing_attrs  # its name until 2.2.4

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _seed(self):
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def __len__(self):
        return math.ceil(self.n / max(self.batch_size, 1))

    def __getitem__(self, idx):
        if not 0 <= idx < len(self):
            raise ValueError(f"{type(self).__name__} has {len(self)} batches. Asked for number {idx}.")
        with self.lock:
            self._seed()
            if self.index_array is None:
                self._set_index_array()
            rows = self.index_array[self.batch_size * idx : self.batch_size * (idx + 1)]
            return self._get_batches_of_transformed_samples(rows)

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def next(self):
        """The next batch, without end."""
        with self.lock:
            return self._get_batches_of_transformed_samples(self._next_rows())

    @property
    def index_generator(self):
        """What `next` of a subclass takes rows from: arrays of row numbers, until 2.0 with their place and number."""
        return self._flow_index()

    def _flow_index(self):
        while True:
            rows = self._next_rows()
            first = (self.batch_index or len(self)) * self.batch_size - self.batch_size
            yield (rows, first, len(rows)) if era.before("2.0") else rows

    def _next_rows(self) -> np.ndarray:
        if not self.n:
            raise ValueError(f"{type(self).__name__} has no images.")
        self._seed()
        if self.batch_index == 0 or self.index_array is None:
            self._set_index_array()
        first = self.batch_index * self.batch_size
        last = first + self.batch_size
        self.batch_index = 0 if last >= self.n else self.batch_index + 1
        return self.index_array[first:last]

    def reset(self):
        """Lets `next` begin a new pass."""
        self.batch_index = 0

    def on_epoch_end(self):
        """Draws the order of the next pass."""
        with self.lock:
            self._set_index_array()

    def __getstate__(self):
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state):
        vars(self).update(state, lock=threading.RLock())

    def _get_batches_of_transformed_samples(self, index_array):
        if type(self).next is not Iterator.next:  # which says itself what comes next
            return self.next()
        raise NotImplementedError(
            f"{type(self).__name__} has no `_get_batches_of_transformed_samples(index_array)`, which makes a batch."
        )


class ImageIterator(Iterator):
    """An iterator that reads images, has a generator change them, and saves them if asked to.

    A subclass has `image_data_generator`, `data_format`, `dtype`, `save_to_dir`, `save_prefix` and `save_format`, and
    writes `_read(row)`, the image of one row before it is changed.
    """

    _names_below = 10_000_000  # of numbers in the names of saved files

    def _read(self, row: int) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} has no `_read(row)`.")

    def _images(self, rows: np.ndarray) -> np.ndarray:
        """The changed images of rows, and files of them if they are to be saved."""
        found = self._changed(rows)
        if self.save_to_dir:
            for row, image in zip(rows, np.asarray(found)):
                number = np.random.randint(self._names_below)
                name = f"{self.save_prefix}_{row}_{number}.{self.save_format}"
                image, scale = for_picture(image, scale=True)
                array_to_img(image, self.data_format, scale=scale).save(os.path.join(self.save_to_dir, name))
        return found

    def _changed(self, rows: np.ndarray) -> np.ndarray:
        generator = self.image_data_generator
        if generator is None:
            return self._stacked(_several_at_once(self._read, rows))
        if generator.preprocessing_function and not generator.compiled:
            return self._one_by_one(_several_at_once(self._read, rows))
        if generator.compiled:
            images = self._stacked(_several_at_once(self._read, rows))
            told = [generator.get_random_transform(image.shape) for image in images]
            return augmented(generator, images, told)
        shape = self._read(rows[0]).shape if len(rows) else ()
        told = [generator.get_random_transform(shape) for _ in rows]

        def change(row_and_told):
            row, told = row_and_told
            return generator.standardize(generator.apply_transform(self._read(row), told))

        return self._stacked(_several_at_once(change, list(zip(rows, told))))

    def _one_by_one(self, images: list) -> np.ndarray:
        """Images changed in turn: a `preprocessing_function` may draw too, and draws have an order."""
        generator = self.image_data_generator
        found = []
        for image in images:
            changed = generator.apply_transform(image, generator.get_random_transform(image.shape))
            found.append(generator.standardize(changed))
        return self._stacked(found)

    def _stacked(self, images: list) -> np.ndarray:
        return np.stack(images).astype(self.dtype, copy=False)


@functools.cache
def _threads() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1, "keras-images")


def _several_at_once(function, items) -> list:
    """`function` of each item, in order, by as many threads as there are cores; Pillow and SciPy let others run."""
    count = min(os.cpu_count() or 1, len(items))
    if count < 2:
        return [function(item) for item in items]
    size = math.ceil(len(items) / count)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    found = _threads().map(lambda part: [function(item) for item in part], parts)
    return [one for part in found for one in part]


class NumpyArrayIterator(ImageIterator):
    """Batches `(x, y)` or `(x, y, sample_weight)`, or `x` alone, of images in an array.

    Args:
        x: images with 4 axes; or a tuple of them and of further arrays of the same length, which stay as they are.
        y: targets; None for none.
        image_data_generator: changes the images.
        sample_weight: a weight per image.
        data_format: the axis order of `x`; the global setting if None.
        save_to_dir: a folder for pictures of what was made; None for none.
        save_prefix, save_format: of their names.
        subset: 'training' or 'validation', by the generator's `validation_split`; None for all.
        ignore_class_split: whether the classes of the two subsets may differ.
        dtype: of the batches; the default float type if None.
        batch_size, shuffle, seed: see `Iterator`.
    """

    _names_below = 10_000

    def __init__(
        self,
        x,
        y,
        image_data_generator,
        batch_size=32,
        shuffle=False,
        sample_weight=None,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        ignore_class_split=False,
        dtype=None,
        **kwargs,
    ):
        self.data_format = config.standard_data_format(data_format, owner="NumpyArrayIterator")
        self.dtype = dtype or config.floatx()
        more = []
        if isinstance(x, (tuple, list)) and np.ndim(x[0]) == 4:
            more = x[1] if isinstance(x[1], (tuple, list)) else [x[1]]
            x = x[0]
        arrays = {"y": y, "sample_weight": sample_weight} | {f"x[1][{i}]": one for i, one in enumerate(more)}
        for name, one in arrays.items():
            if one is not None and len(one) != len(x):
                raise ValueError(
                    f"NumpyArrayIterator: `x` and `{name}` must have the same length. Got {len(x)} and {len(one)}."
                )
        kept = self._part(subset, image_data_generator, len(x))
        if subset and y is not None and not ignore_class_split:
            _check_classes(np.asarray(y), kept)
        self.x = np.asarray(x, dtype=self.dtype)[kept]
        self.x_misc = [np.asarray(one)[kept] for one in more]
        if self.x.ndim != 4:
            raise ValueError(f"NumpyArrayIterator: `x` must be images with 4 axes. Got shape {self.x.shape}.")
        self.y = None if y is None else np.asarray(y)[kept]
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)[kept]
        self.image_data_generator = image_data_generator
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        super().__init__(len(self.x), batch_size, shuffle, seed, **kwargs)

    @staticmethod
    def _part(subset, generator, rows: int) -> slice:
        if subset is None:
            return slice(None)
        one_of("subset", subset, ("training", "validation"), owner="NumpyArrayIterator")
        end = int(rows * generator._validation_split)
        return slice(end) if subset == "validation" else slice(end, None)

    def _read(self, row):
        return self.x[row]

    def _get_batches_of_transformed_samples(self, index_array):
        images = self._images(index_array)
        x = [images, *(one[index_array] for one in self.x_misc)] if self.x_misc else images
        if self.y is None:
            return x
        batch = (x, self.y[index_array])
        return batch if self.sample_weight is None else (*batch, self.sample_weight[index_array])


def _check_classes(y: np.ndarray, kept: slice) -> None:
    rest = slice(kept.stop, None) if kept.start is None else slice(kept.start)
    if not np.array_equal(np.unique(y[kept]), np.unique(y[rest])):
        raise ValueError(
            "NumpyArrayIterator: the classes in the subsets 'training' and 'validation' differ: `y` may be sorted.\n"
            "  Shuffle x and y before, or pass ignore_class_split=True."
        )
