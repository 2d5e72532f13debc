"""Rows in memory: how many, in which order, and what does not fit together."""

import numpy as np
import pytest

import keras
from keras._data import ArraySource, BatchSource, make_source


def numbers(count):
    return np.arange(count, dtype="float32")[:, None]


def epochs(source, count=1):
    """The numbers of the rows in each batch of some epochs."""
    return [[x.ravel().astype(int).tolist() for x, _, _ in source.batches()] for _ in range(count)]


def test_the_last_batch_holds_what_is_left():
    source = make_source(numbers(10), batch_size=4)
    assert (source.rows, source.batch_size, source.steps()) == (10, 4, 3)
    assert source.order() is None
    assert source.in_memory
    assert epochs(source) == [[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]]


def test_a_batch_has_32_rows_unless_told_otherwise():
    assert make_source(numbers(100)).steps() == 4


def test_the_three_parts_stay_in_their_places():
    x, y, w = numbers(3), np.arange(3, dtype="int32"), np.ones(3, "float32")
    found = make_source(x, y, w).data
    assert found[0] is x
    assert found[1] is y
    assert found[2] is w
    assert make_source(x).data == (x, None, None)


def test_shuffled_rows_are_each_used_once_in_another_order_every_epoch():
    source = make_source(numbers(50), shuffle=True)
    np.random.seed(1)
    first, second = source.order(), source.order()
    assert first.dtype == "int32"
    assert sorted(first) == sorted(second) == list(range(50))
    assert first.tolist() != second.tolist()
    np.random.seed(1)
    assert source.order().tolist() == first.tolist()


def test_batches_can_be_shuffled_as_wholes():
    np.random.seed(0)
    first, second = epochs(make_source(numbers(10), batch_size=3, shuffle="batch"), 2)
    assert sorted(first) == sorted(second) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert first[-1] == [9]
    assert first != second


def test_the_last_rows_are_split_off_before_any_shuffle():
    source = make_source(numbers(10), numbers(10), batch_size=4, shuffle=True)
    train, held_out = source.split(0.25)
    assert train.data[0].ravel().tolist() == list(range(7))
    assert held_out.data[0].ravel().tolist() == [7, 8, 9]
    assert (train.steps(), held_out.steps(), held_out.batch_size) == (2, 1, 4)
    assert sorted(train.order()) == list(range(7))
    assert held_out.order() is None
    assert source.split(0.5, batch_size=2)[1].steps() == 3


@pytest.mark.parametrize(("rows", "fraction", "trained"), [(10, 0.25, 7), (10, 0.01, 9), (3, 0.5, 1), (768, 0.33, 514)])
def test_the_share_to_train_on_is_rounded_down(rows, fraction, trained):
    train, held_out = make_source(numbers(rows)).split(fraction)
    assert (train.rows, held_out.rows) == (trained, rows - trained)


def test_a_split_takes_every_part_of_a_structure():
    x, y, w = {"a": numbers(4), "b": numbers(4)}, [numbers(4), None], np.ones(4, "float32")
    train, held_out = make_source(x, y, w).split(0.5)
    assert [held_out.data[0][k].ravel().tolist() for k in "ab"] == [[2, 3], [2, 3]]
    assert held_out.data[1][0].ravel().tolist() == [2, 3]
    assert held_out.data[1][1] is None
    assert train.data[2].shape == (2,)


@pytest.mark.parametrize("fraction", [0.99, 1.5, -0.5, "half"])
def test_a_split_that_leaves_nothing_is_an_error(fraction):
    with pytest.raises(ValueError, match="fit: `validation_split`"):
        make_source(numbers(10)).split(fraction)


# --- a number of steps


def test_steps_without_a_batch_size_share_the_rows_evenly():
    assert make_source(numbers(100), steps=5).batch_size == 20
    assert make_source(numbers(10), steps=3).batch_size == 4


def test_an_epoch_goes_on_where_the_last_one_stopped():
    source = make_source(numbers(8), batch_size=2, steps=2)
    assert isinstance(source, ArraySource)
    assert source.steps() == 2
    assert epochs(source, 3) == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[0, 1], [2, 3]]]


def test_a_pass_that_ends_within_an_epoch_ends_the_epoch_with_a_warning():
    # as Keras 3.15 does: the batches and the short second epoch are its
    source = make_source(numbers(10), batch_size=4, steps=2)
    assert source.steps_per_epoch == 2
    with pytest.warns(UserWarning, match="ran out of data after 1 of 2 steps"):
        assert epochs(source, 3) == [[[0, 1, 2, 3], [4, 5, 6, 7]], [[8, 9]], [[0, 1, 2, 3], [4, 5, 6, 7]]]


def test_every_row_is_used_once_in_each_pass_of_shuffled_epochs():
    for rows in (8, 10):
        source = make_source(numbers(rows), batch_size=2, steps=rows // 4, shuffle=True)
        used = epochs(source, 2)
        if rows == 10:
            with pytest.warns(UserWarning, match="ran out"):
                used += epochs(source)
        assert sorted(row for epoch in used for batch in epoch for row in batch) == list(range(rows))


def test_more_steps_than_there_are_is_a_warning_and_all_rows():
    with pytest.warns(UserWarning, match="ran out of data after 3 of 7 steps"):
        source = make_source(numbers(10), batch_size=4, steps=7)
    assert source.steps() == 3


@pytest.mark.parametrize("phase", ["evaluate", "predict", "validation"])
def test_outside_fit_steps_take_the_first_rows_every_time(phase):
    source = make_source(numbers(10), numbers(10), batch_size=3, steps=2, phase=phase)
    assert (source.rows, source.steps()) == (6, 2)
    assert epochs(source, 2) == [[[0, 1, 2], [3, 4, 5]]] * 2
    assert source.data[1].shape == (6, 1)


def test_a_split_goes_before_the_number_of_steps():
    source = make_source(numbers(12), batch_size=2, steps=2)
    train, held_out = source.split(0.25)
    assert isinstance(train, BatchSource)  # nine rows do not fill epochs of two steps of two rows
    assert epochs(train) == [[[0, 1], [2, 3]]]
    assert held_out.rows == 3
    again = make_source(numbers(10), batch_size=4, steps=2).split(0.2)
    assert epochs(again[0], 2) == [[[0, 1, 2, 3], [4, 5, 6, 7]]] * 2
    assert again[1].rows == 2


# --- class weights


@pytest.mark.parametrize(
    ("y", "weights"),
    [
        ([0, 1, 2], [0.5, 2, 1]),
        ([[0], [1], [2]], [0.5, 2, 1]),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0.5, 2, 1]),
        ([0.0, 1.0, 2.0], [0.5, 2, 1]),
        ([-1, 70000, 1], [1, 1, 2]),
        ([True, True, False], [2, 2, 0.5]),
        # a label for every position: as numbers, with an axis of one, one-hot
        ([[0, 1, 2], [1, 1, 3], [0, 0, 1]], [[0.5, 2, 1], [2, 2, 1], [0.5, 0.5, 2]]),
        ([[[0], [1]], [[1], [0]], [[2], [2]]], [[0.5, 2], [2, 0.5], [1, 1]]),
        (np.eye(3, dtype="float32")[[[0, 1], [1, 0], [2, 2]]], [[0.5, 2], [2, 0.5], [1, 1]]),
    ],
)
def test_class_weights_become_weights_of_rows_and_one_where_a_class_is_not_named(y, weights):
    # the first four are what Keras 3.15 gives
    found = make_source(numbers(3), y, class_weight={0: 0.5, 1: 2}).data[2]
    assert found.dtype == "float32"
    assert found.tolist() == weights


def test_class_weights_multiply_the_weights_given():
    def weights(given):
        return make_source(numbers(2), [0, 1], given, class_weight={1: 3}).data[2].tolist()

    assert weights([0.5, 2]) == [0.5, 6]
    assert weights([[1.0, 2.0], [1.0, 2.0]]) == [[1, 2], [3, 6]]


def test_class_weights_of_several_outputs_have_the_structure_of_the_targets():
    def weights(y, class_weight, sample_weight=None):
        found = make_source(numbers(2), y, sample_weight, class_weight=class_weight).data[2]
        return {
            k: None if v is None else v.tolist()
            for k, v in (found if isinstance(found, dict) else dict(enumerate(found))).items()
        }

    a, b = np.array([0, 1]), np.array([[0, 1], [2, 3]])
    assert weights([a, b], [{1: 3}, {3: 5}]) == {0: [1, 3], 1: [[1, 1], [1, 5]]}
    assert weights([a, b], [None, {3: 5}], np.array([2.0, 2.0])) == {0: [2, 2], 1: [[2, 2], [2, 10]]}
    assert weights({"a": a, "b": b}, {"a": {1: 3}}) == {"a": [1, 3], "b": None}
    assert weights({"a": a, "b": b}, {"a": {1: 3}}, {"a": np.array([2.0, 4.0])}) == {"a": [2, 12], "b": None}


def test_class_weights_do_not_count_in_validation():
    source = make_source(numbers(4), [0, 1, 0, 1], np.full(4, 2.0), class_weight={1: 3})
    train, held_out = source.split(0.5)
    assert train.data[2].tolist() == [2, 6]
    assert held_out.data[2].tolist() == [2, 2]
    assert make_source(numbers(4), [0, 1, 0, 1], class_weight={1: 3}).split(0.5)[1].data[2] is None


def test_class_weights_of_a_named_output_keep_its_name():
    found = make_source(numbers(2), {"out": [0, 1]}, class_weight={1: 3}).data[2]
    assert found["out"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("y", "class_weight", "message"),
    [
        ([np.ones(2), np.ones(2)], {0: 1}, r"model with one output and its `y`. Got 2 of them: \[shape \(2,\), shape"),
        (None, {0: 1}, "Got no `y`"),
        (np.full((2, 3, 4), 0.5), {0: 1}, r"needs labels: class numbers, .* Got fractions of shape \(2, 3, 4\)"),
        ([np.ones(2), np.ones(2)], {"a": {0: 1}}, r"has weights for 'a', and `y` is"),
        ([0, 1], "balanced", "must be a dict from class numbers to weights, .* Got 'balanced'"),
        ([0, 1], [1.0, 2.0], r"Write: class_weight=dict\(enumerate\(weights\)\)"),
        ([0, 1], {"a": 1}, "Got 'a': 1"),
        ([0, 1], {0: -1}, "Got 0: -1"),
        ([0, 1], {0: float("nan")}, "Got 0: nan"),
    ],
)
def test_class_weights_that_cannot_be_used_are_errors(y, class_weight, message):
    with pytest.raises(ValueError, match=message):
        make_source(numbers(2), y, class_weight=class_weight)


# --- what does not fit


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": None}, "fit: `x` is missing"),
        ({"x": numbers(3), "y": np.ones(2)}, r"same number of rows. Got x: \(3, 1\), y: \(2,\)"),
        ({"x": numbers(3), "sample_weight": np.ones(2)}, r"Got x: \(3, 1\), sample_weight: \(2,\)"),
        ({"x": {"a": numbers(3), "b": numbers(2)}}, r"Got x\['a'\]: \(3, 1\), x\['b'\]: \(2, 1\)"),
        ({"x": [np.ones(2), np.ones(3)]}, r"For one input, join them: np.stack\(x\)"),
        ({"x": np.ones((0, 4))}, r"the arrays have no rows: x: \(0, 4\)"),
        ({"x": []}, "`x` is empty"),
        ({"x": np.float32(3)}, r"got a single number. For one row, pass x\[None\]"),
        ({"x": 3}, "got a single number"),
        ({"x": [None]}, "holds None|holds no array"),
        ({"x": {}}, "`x` holds no array"),
        ({"x": numbers(3), "batch_size": 0}, "fit: `batch_size` must be a positive integer. Got 0"),
        ({"x": numbers(3), "batch_size": 2.5}, "Got 2.5"),
        ({"x": numbers(3), "steps": 0}, "fit: `steps_per_epoch` must be a positive integer. Got 0"),
        ({"x": numbers(3), "steps": -1, "phase": "predict"}, "predict: `steps` must be a positive integer. Got -1"),
        ({"x": numbers(3), "shuffle": "rows"}, "`shuffle` must be True, False or 'batch'. Got 'rows'"),
        ({"x": numbers(3), "needs_y": True}, r"`y` is missing, and the loss needs it. Pass the targets: fit\(x, y\)"),
    ],
)
def test_what_does_not_fit_is_an_error_before_anything_runs(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make_source(**arguments)


def test_symbolic_tensors_are_not_data():
    with pytest.raises(TypeError, match="`x` is a symbolic tensor, which has no values"):
        make_source(keras._core.graph.KerasTensor((None, 3)))
