"""Datasets of which a process makes its own elements alone."""

import itertools
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

import keras
from keras._data.sources import make_source
from keras._data.streams import Pieces, Stream
from keras.legacy import foreign_data
from keras.preprocessing.image import save_img

ROWS = np.arange(12)


class Noted:
    """A function for `map` that knows what it was called with."""

    def __init__(self):
        self.seen = []

    def __call__(self, x):
        self.seen.append(int(np.min(x)))
        return x + 100


def rows(noted):
    return keras.utils.split_dataset(ROWS, 11)[0].map(noted)


def rows_of_tensorflow(noted):
    return foreign_data.Dataset.from_tensor_slices(ROWS).map(noted)


PIPELINES = {
    "batches": lambda noted: rows(noted).batch(2),
    "shuffled before": lambda noted: keras.utils.split_dataset(ROWS, 11)[0].shuffle(5, seed=1).map(noted).batch(2),
    "shuffled after": lambda noted: rows(noted).batch(2).shuffle(3, seed=1),
    "repeated": lambda noted: rows(noted).batch(2, drop_remainder=True).repeat(3).take(11).skip(1),
    "kept": lambda noted: rows(noted).cache().batch(2).prefetch(2),
    "filled up": lambda noted: rows_of_tensorflow(noted).padded_batch(2),
    "side by side": lambda noted: foreign_data.Dataset.zip(rows_of_tensorflow(noted).shuffle(3, 1), rows(noted)),
    "numbered": lambda noted: rows_of_tensorflow(noted).enumerate(),
    "joined": lambda noted: foreign_data.Dataset.range(3).concatenate(rows_of_tensorflow(noted)).shard(2, 1),
    "windows": lambda noted: keras.utils.timeseries_dataset_from_array(ROWS, None, 3, batch_size=2, shuffle=True)
    .map(noted),
}  # fmt: skip


def flat(elements):
    return [[np.ravel(leaf).tolist() for leaf in keras.tree.flatten(element)] for element in elements]


@pytest.mark.parametrize("kind", PIPELINES)
def test_the_parts_of_a_pass_are_the_pass_and_no_element_is_made_twice(kind):
    noted, made = [Noted() for _ in range(4)], []
    for one in noted:
        np.random.seed(1)
        made.append(PIPELINES[kind](one))
    *parts, whole = made
    for _ in range(2):  # passes, of which each may have another order
        expected = flat(whole)
        found = [flat(Pieces(one).part(0, i, 3)) for i, one in enumerate(parts)]
        together = [x for x in itertools.chain(*itertools.zip_longest(*found)) if x is not None]
        assert together == expected
    # fewer calls where elements are left out
    assert Counter(seen for one in noted[:3] for seen in one.seen) <= Counter(noted[3].seen)


def test_pictures_of_a_folder_are_read_by_the_process_that_computes_them(tmp_path, monkeypatch):
    for i in range(7):
        (tmp_path / "class").mkdir(exist_ok=True)
        save_img(tmp_path / "class" / f"{i}.png", np.full((2, 2, 3), i), scale=False)

    def dataset():
        return keras.utils.image_dataset_from_directory(
            tmp_path, batch_size=2, image_size=(2, 2), seed=1, verbose=False
        ).map(lambda x, y: (x[:, 0, 0, 0], y))

    opened, image = [], keras.utils._folders.pillow()
    real = image.open
    monkeypatch.setattr(image, "open", lambda path: opened.append(path) or real(path))
    expected = flat(dataset())
    opened.clear()
    assert flat(Pieces(dataset()).part(0, 1, 2)) == expected[1::2]
    assert len(opened) == 3  # two pictures of the second batch, one of the fourth
    assert flat(Pieces(dataset()).part(1, 1, 2)) == expected[2::2]


@pytest.mark.parametrize("change", [lambda d: d.filter(bool), lambda d: d.batch(2).unbatch()])
def test_what_has_to_be_made_to_be_counted_has_no_parts(change):
    assert not Pieces(change(rows(Noted()))).may_part("fit")
    assert not Pieces(foreign_data.Dataset.from_generator(lambda: iter(ROWS))).may_part("fit")


def test_orders_of_passes_go_on_where_a_run_goes_on():
    def source():
        np.random.seed(1)
        return make_source(keras.utils.split_dataset(ROWS, 11)[0].shuffle(11).batch(3).shuffle(2))

    first, second = source(), source()
    passes = [flat(batch[0] for batch in first.batches()) for _ in range(2)]
    assert passes[0] != passes[1]
    first.on_epoch_end()
    second.go_to(first.place())
    following = flat(batch[0] for batch in first.batches())
    assert following not in passes
    assert flat(batch[0] for batch in second.batches()) == following


class OfHuggingFace:
    """What `split_dataset_by_node` leaves at an iterable dataset."""

    _distributed = SimpleNamespace(rank=0, world_size=2)

    def __iter__(self):
        return iter([])


class OfGrain:
    """What a sampler of grain with ShardOptions leaves at its DataLoader."""

    _shard_options = SimpleNamespace(shard_index=0, shard_count=2)


@pytest.mark.parametrize("kind", [OfHuggingFace, OfGrain])
def test_data_that_are_divided_already_are_not_divided_again(kind):
    with pytest.raises(ValueError, match=f"fit: the {kind.__name__} gives each process rows of its own already"):
        Stream(kind()).may_part("fit")
    assert not Stream(iter([])).may_part("fit")
