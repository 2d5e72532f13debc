"""The data sets that this package makes itself."""

import threading

import numpy as np
import pytest

import keras


def numbers(count):
    return keras.utils.split_dataset(np.arange(count + 1), left_size=count)[0]


def of(dataset):
    return [np.asarray(element).tolist() for element in dataset]


def test_elements_are_changed_chosen_and_joined():
    data = numbers(6)
    assert of(data) == of(data) == [0, 1, 2, 3, 4, 5]
    assert of(data.map(lambda x: x * 2)) == [0, 2, 4, 6, 8, 10]
    assert of(data.filter(lambda x: x % 2 == 0)) == [0, 2, 4]
    assert of(data.take(2)) == [0, 1]
    assert of(data.take(-1)) == of(data)
    assert of(data.skip(4)) == [4, 5]
    assert of(data.repeat(2).skip(5)) == [5, 0, 1, 2, 3, 4, 5]
    assert of(data.batch(4)) == [[0, 1, 2, 3], [4, 5]]
    assert of(data.batch(4, drop_remainder=True)) == [[0, 1, 2, 3]]
    assert of(data.batch(4).unbatch()) == of(data)
    assert of(data.prefetch(2)) == of(data.prefetch(-1)) == of(data)
    assert of(data.repeat().take(8)) == [0, 1, 2, 3, 4, 5, 0, 1]
    assert all(isinstance(x, np.ndarray) for x in data.as_numpy_iterator())


def test_lengths_are_known_where_they_can_be():
    data = numbers(6)
    assert [len(d) for d in (data, data.take(2), data.skip(4), data.repeat(3), data.batch(4))] == [6, 2, 2, 18, 2]
    assert len(data.batch(4, drop_remainder=True)) == 1
    assert data.repeat().cardinality() == -1
    assert data.filter(bool).cardinality() == -2
    with pytest.raises(TypeError, match="never ends"):
        len(data.repeat())
    with pytest.raises(TypeError, match="not known"):
        len(data.filter(bool))


def test_shuffling_draws_from_the_next_elements_and_anew_in_every_pass():
    data = numbers(50).shuffle(10, seed=1)
    first, second = of(data), of(data)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert all(value < place + 10 for place, value in enumerate(first))
    assert of(numbers(50).shuffle(10, seed=1)) == first
    same = numbers(50).shuffle(10, seed=1, reshuffle_each_iteration=False)
    assert of(same) == of(same)


def test_a_cache_asks_once():
    calls = []
    data = numbers(3).map(lambda x: calls.append(int(x)) or x).cache()
    assert of(data) == of(data) == [0, 1, 2]
    assert calls == [0, 1, 2]


def test_reading_ahead_ends_with_its_reader_and_passes_errors_on():
    stream = iter(numbers(100).prefetch(2))
    next(stream)
    stream.close()

    def fails(x):
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        list(numbers(3).map(fails).prefetch(2))
    for thread in threading.enumerate():
        if thread.name.startswith("keras-read"):
            thread.join(5)
            assert not thread.is_alive()


def test_a_model_trains_on_them():
    data = keras.utils.split_dataset((np.ones((9, 2)), np.ones((9, 1))), left_size=8)[0].batch(4)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.fit(data.shuffle(2), epochs=2, validation_data=data, verbose=0).history["val_loss"]) == 2
    assert model.predict(data.map(lambda x, y: x), verbose=0).shape == (8, 1)
    with pytest.raises(ValueError, match="never ends"):
        model.fit(data.repeat(), verbose=0)


def test_windows_over_a_series_are_those_of_keras_3():
    def windows(*args, **kwargs):
        return [
            tuple(p.tolist() for p in e) if isinstance(e, tuple) else e.tolist()
            for e in keras.utils.timeseries_dataset_from_array(*args, **kwargs)
        ]

    series = np.arange(20)
    assert windows(series, series * 10, 5, sequence_stride=2, sampling_rate=2, batch_size=3) == [
        ([[0, 2, 4, 6, 8], [2, 4, 6, 8, 10], [4, 6, 8, 10, 12]], [0, 20, 40]),
        ([[6, 8, 10, 12, 14], [8, 10, 12, 14, 16], [10, 12, 14, 16, 18]], [60, 80, 100]),
    ]
    assert windows(np.arange(5), None, 3, batch_size=None) == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert windows(np.arange(10), None, 3, start_index=2, end_index=7) == [[[2, 3, 4], [3, 4, 5], [4, 5, 6]]]
    shuffled = keras.utils.timeseries_dataset_from_array(np.arange(30), None, 3, shuffle=True, seed=5)
    first, second = (next(iter(shuffled))[:, 0].tolist() for _ in range(2))
    assert sorted(first) == list(range(28))
    assert first != second


def test_windows_are_read_from_files_by_parts():
    class Stored:
        shape = (10,)

        def __len__(self):
            return 10

        def __getitem__(self, rows):
            assert isinstance(rows, slice)
            return np.arange(10)[rows]

    found = next(iter(keras.utils.timeseries_dataset_from_array(Stored(), Stored(), 3, sampling_rate=2, batch_size=2)))
    assert found[0].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert found[1].tolist() == [0, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence_length": 0},
        {"sequence_stride": 0},
        {"sampling_rate": 0},
        {"batch_size": 0},
        {"start_index": -1},
        {"start_index": 20},
        {"end_index": -1},
        {"start_index": 5, "end_index": 4},
        {"sequence_length": 11},
        {"format": "grain"},
    ],
    ids=str,
)
def test_wrong_windows_are_refused(wrong):
    with pytest.raises(ValueError, match="timeseries_dataset_from_array: "):
        keras.utils.timeseries_dataset_from_array(np.arange(10), None, **{"sequence_length": 3, **wrong})


def test_a_data_set_in_two_parts_as_keras_3_makes_them():
    def parts(*args, **kwargs):
        return [of(p) for p in keras.utils.split_dataset(*args, **kwargs)]

    assert parts(np.arange(10), right_size=3) == [[0, 1, 2, 3, 4, 5, 6], [7, 8, 9]]
    assert [len(p) for p in keras.utils.split_dataset(np.arange(7), left_size=0.5)] == [4, 3]
    assert [len(p) for p in keras.utils.split_dataset(np.arange(7), left_size=0.3, right_size=0.3)] == [2, 2]
    left, right = keras.utils.split_dataset((np.arange(6), np.arange(6) * 2), left_size=0.5)
    assert [tuple(map(int, e)) for e in right] == [(3, 6), (4, 8), (5, 10)]
    shuffled = parts(np.arange(10), left_size=0.5, shuffle=True, seed=3)
    assert sorted(shuffled[0] + shuffled[1]) == list(range(10))
    assert shuffled == parts(np.arange(10), left_size=0.5, shuffle=True, seed=3)
    assert parts(np.arange(10), left_size=0.5, shuffle=True, seed=1) == [[6, 8, 9, 7, 5], [3, 0, 4, 1, 2]]
    assert next(iter(keras.utils.split_dataset([np.arange(3), np.arange(3)], left_size=1)[1])) == (1, 1)
    assert len(left) == 3


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, ValueError, "pass `left_size`"),
        ({"left_size": 1.5}, ValueError, "`left_size` must be"),
        ({"left_size": 7}, ValueError, "`left_size` must be"),
        ({"left_size": 4, "right_size": 4}, ValueError, "4 and 4 of 6"),
        ({"left_size": 0.05}, ValueError, "of 6 elements, 0 and 6 would be in the two parts"),
        ({"left_size": "a"}, TypeError, "`left_size` must be"),
        ({"left_size": 2, "preferred_backend": "torch"}, ValueError, "preferred_backend"),
    ],
    ids=str,
)
def test_wrong_parts_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        keras.utils.split_dataset(np.arange(6), **arguments)


def test_sequences_of_about_equal_length_share_a_batch():
    sequences = [[1] * n for n in (1, 2, 3, 5, 8, 9, 2, 4)]
    targets = np.arange(8)
    batches = keras.utils.LengthBuckets(sequences, targets, batch_size=2, boundaries=[2, 4, 8], seed=0)
    seen = []
    for i in range(len(batches)):
        x, y = batches[i]
        assert x.shape[1] in (2, 4, 8)
        for row, target in zip(x, y):
            assert row.sum() == min(len(sequences[target]), 8)
        seen += y.tolist()
    assert sorted(seen) == list(range(8))
    order = [batches[i][1].tolist() for i in range(len(batches))]
    batches.on_epoch_end()
    assert order != [batches[i][1].tolist() for i in range(len(batches))]
    assert keras.utils.LengthBuckets(sequences).boundaries == [1, 2, 4, 8, 16]
    with pytest.raises(ValueError, match="one entry per sequence"):
        keras.utils.LengthBuckets(sequences, [1, 2])
