"""Batches that come one by one: generators, loaders, objects asked for batch after batch."""

import itertools
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from keras._data import BatchSource, make_source, pack_x_y_sample_weight, unpack_x_y_sample_weight


def batch(i, rows=2):
    return np.full((rows, 1), i, "float32"), np.full((rows,), i, "int32")


def generator(count=None):
    for i in itertools.count() if count is None else range(count):
        yield batch(i)


def epochs(source, count=1):
    """The numbers of the batches in some epochs."""
    return [[int(x[0, 0]) for x, _, _ in source.batches()] for _ in range(count)]


class Dataset:
    """Batch number i on request."""

    def __init__(self, length=4):
        self.length = length
        self.calls = []

    def __len__(self):
        return self.length

    def __getitem__(self, i):
        return batch(i)

    def on_epoch_begin(self):
        self.calls.append("begin")

    def on_epoch_end(self):
        self.calls.append("end")


class Loader:
    """Goes through its batches again and again, as a torch DataLoader does."""

    def __init__(self, length=4, known=True):
        self.length, self.known = length, known

    def __iter__(self):
        return generator(self.length)

    def __len__(self):
        if not self.known:
            raise TypeError("nobody knows")
        return self.length


def test_an_epoch_of_a_generator_is_as_long_as_told_and_the_next_goes_on():
    source = make_source(generator(), steps=3)
    assert isinstance(source, BatchSource)
    assert source.steps_per_epoch == 3
    assert epochs(source, 2) == [[0, 1, 2], [3, 4, 5]]
    assert not source.exhausted


def test_batches_are_triples_of_arrays():
    source = make_source(iter([([[1.0]], [0], [0.5])]))
    ((x, y, weight),) = source.batches()
    assert (x.dtype, y.dtype, weight.dtype) == ("float32", "int32", "float32")
    assert (x.tolist(), y.tolist(), weight.tolist()) == ([[1.0]], [0], [0.5])


@pytest.mark.parametrize("given", [np.ones((2, 1)), (np.ones((2, 1)),), [np.ones((2, 1))], {"a": np.ones((2, 1))}])
def test_batches_may_be_inputs_alone(given):
    x, y, weight = make_source(iter([given]), phase="predict").peek()
    assert (y, weight) == (None, None)
    assert (x["a"] if isinstance(given, dict) else x).shape == (2, 1)


def test_looking_at_the_first_batch_does_not_use_it_up():
    for made in (generator(3), Dataset(3), Loader(3)):
        source = make_source(made)
        assert source.peek()[0][0, 0] == source.peek()[0][0, 0] == 0
        assert epochs(source) == [[0, 1, 2]]


def test_a_generator_that_ends_within_an_epoch_ends_it_with_a_warning():
    source = make_source(generator(5), steps=3)
    with pytest.warns(UserWarning, match="fit: the input ran out of data after 2 of 3 steps"):
        assert epochs(source, 2) == [[0, 1, 2], [3, 4]]
    assert source.exhausted
    with pytest.warns(UserWarning, match="the generator has ended and yields no more batches"):
        assert epochs(source) == [[]]


def test_without_a_number_of_steps_a_generator_is_one_epoch_and_then_it_has_ended():
    source = make_source(generator(4))
    assert source.steps_per_epoch is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert epochs(source) == [[0, 1, 2, 3]]
    assert source.exhausted
    with pytest.warns(UserWarning, match="the generator has ended"):
        assert epochs(source) == [[]]


def test_a_generator_that_ends_with_an_epoch_ends_the_next_one_before_its_first_batch():
    source = make_source(generator(2), steps=2)
    assert epochs(source) == [[0, 1]]
    with pytest.warns(UserWarning, match="the generator has ended"):
        assert epochs(source) == [[]]
    assert source.exhausted


def test_a_run_that_stops_early_does_not_close_the_users_generator():
    made = generator()
    source = make_source(made, steps=5)
    for x, _, _ in source.batches():
        if x[0, 0] == 1:
            break
    del source
    assert next(made)[0][0, 0] == 2


def test_nothing_is_taken_from_a_generator_before_it_is_needed():
    taken = []

    def watched():
        for i in range(10):
            taken.append(i)
            yield batch(i)

    source = make_source(watched(), steps=2)
    assert taken == []
    assert epochs(source) == [[0, 1]]
    assert taken == [0, 1]


@pytest.mark.parametrize("endless", [itertools.count(), itertools.cycle([1]), itertools.repeat(1)])
def test_what_is_known_never_to_end_needs_a_number_of_steps(endless):
    with pytest.raises(
        ValueError, match=r"never ends, so the number of steps has to be given.\n  Pass steps_per_epoch=..."
    ):
        make_source(endless)
    assert isinstance(make_source(endless, steps=1, phase="evaluate"), BatchSource)
    assert isinstance(make_source(itertools.repeat(batch(0), 3)), BatchSource)


def test_a_data_set_of_unlimited_length_needs_a_number_of_steps():
    class Unlimited(Dataset):
        num_batches = None

    with pytest.raises(ValueError, match=r"evaluate: `x` \(Unlimited\) never ends(?s:.*)Pass steps=..."):
        make_source(Unlimited(), phase="evaluate")
    assert epochs(make_source(Unlimited(), steps=3), 2) == [[0, 1, 2], [3, 4, 5]]

    with pytest.raises(ValueError, match="never ends"):  # as grain's do that repeat for ever
        make_source(Dataset(sys.maxsize))

    class LikeTensorFlow(Loader):
        def cardinality(self):
            return np.int64(-1)

    with pytest.raises(ValueError, match="never ends"):
        make_source(LikeTensorFlow())


def test_a_data_set_is_asked_batch_by_batch_and_told_of_epochs():
    dataset = Dataset()
    source = make_source(dataset)
    assert source.steps_per_epoch == 4
    assert epochs(source) == [[0, 1, 2, 3]]
    source.on_epoch_end()
    assert epochs(source) == [[0, 1, 2, 3]]
    assert dataset.calls == ["begin", "end", "begin"]


def test_the_batches_of_a_data_set_can_be_shuffled():
    np.random.seed(0)
    first, second = epochs(make_source(Dataset(20), shuffle=True), 2)
    assert sorted(first) == sorted(second) == list(range(20))
    assert first != second


def test_the_length_of_a_data_set_may_change_between_epochs():
    dataset = Dataset(2)
    source = make_source(dataset)
    assert epochs(source) == [[0, 1]]
    dataset.length = 3
    assert source.steps_per_epoch == 3
    assert epochs(source) == [[0, 1, 2]]


@pytest.mark.parametrize("kind", [Dataset, Loader])
def test_a_number_of_steps_makes_epochs_go_on_and_passes_begin_again(kind):
    # the epochs are those of Keras 3.15
    source = make_source(kind(4), steps=3)
    with pytest.warns(UserWarning, match="ran out of data after 1 of 3 steps"):
        assert epochs(source, 3) == [[0, 1, 2], [3], [0, 1, 2]]


@pytest.mark.parametrize("kind", [Dataset, Loader])
@pytest.mark.parametrize("steps", [2, 4])
def test_epochs_that_use_a_pass_up_are_followed_by_others(kind, steps):
    source = make_source(kind(4), steps=steps)
    assert list(itertools.chain(*epochs(source, 5))) == [i % 4 for i in range(5 * steps)]


@pytest.mark.parametrize("known", [True, False])
def test_a_loader_is_gone_through_anew_every_epoch(known):
    source = make_source(Loader(3, known))
    assert source.steps_per_epoch == (3 if known else None)
    assert epochs(source, 2) == [[0, 1, 2]] * 2
    assert not source.exhausted


def test_an_epoch_that_was_left_early_does_not_shift_the_next():
    source = make_source(Loader(3))
    next(iter(source.batches()))
    assert epochs(source) == [[0, 1, 2]]


def test_a_torch_loader_and_its_data_set():
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.arange(6.0)[:, None], torch.arange(6))
    source = make_source(torch.utils.data.DataLoader(data, batch_size=4))
    assert [(x.shape, y.dtype) for x, y, _ in source.batches()] == [((4, 1), "int32"), ((2, 1), "int32")]
    with pytest.raises(TypeError, match=r"torch.utils.data.DataLoader\(dataset, batch_size=32\)"):
        make_source(data)


def test_a_table_read_in_chunks_gives_inputs(tmp_path):
    pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [4, 5, 6]}).to_csv(tmp_path / "t.csv", index=False)
    with pd.read_csv(tmp_path / "t.csv", chunksize=2) as chunks:
        found = [x.tolist() for x, _, _ in make_source(chunks, phase="predict").batches()]
    assert found == [[[1, 4], [2, 5]], [[3, 6]]]


def test_class_weights_reach_every_batch():
    source = make_source(generator(3), class_weight={1: 5})
    assert [weight.tolist() for _, _, weight in source.batches()] == [[1, 1], [5, 5], [1, 1]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((1, 2, 3, 4), r"batch 0 of `x` \(list_iterator\): A batch is x, .* Got 4 things"),
        ((np.ones((2, 1)), np.ones(3)), r"batch 0: all arrays must have .* Got x: \(2, 1\), y: \(3,\)"),
        ((np.ones((0, 1)), np.ones(0)), "batch 0: the arrays have no rows"),
        ((None, np.ones(2)), "batch 0: `x` is None"),
        ((np.array(["a"]), np.ones(1)), "batch 0, `x` holds text"),
        (5, "got a single number"),
    ],
)
def test_a_batch_that_cannot_be_used_is_named(given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        list(make_source(iter([given])).batches())


def test_the_number_of_the_bad_batch_is_told():
    with pytest.raises(ValueError, match="fit: batch 2: "):
        list(make_source(iter([batch(0), batch(1), (np.ones(2), np.ones(3))])).batches())


def test_targets_that_a_loss_needs_have_to_come_with_every_batch():
    with pytest.raises(
        ValueError, match=r"batch 0 has no `y`, and the loss needs one. `x` \(list_iterator\) must yield"
    ):
        make_source(iter([np.ones((2, 1))]), needs_y=True).peek()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"y": np.ones(2)},
            r"fit: `y` must be left out when `x` yields batches \(generator\).\n  Let it yield \(x, y\)",
        ),
        ({"sample_weight": np.ones(2)}, r"Let it yield \(x, y, sample_weight\)"),
    ],
)
def test_arguments_that_a_generator_makes_meaningless_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_source(generator(), **arguments)


def test_a_batch_size_beside_batches_is_told_not_to_count():
    with pytest.warns(UserWarning, match=r"fit: `batch_size` 4 is not used: `x` \(list_iterator\) makes the batches"):
        source = make_source(iter([batch(0), batch(1)]), batch_size=4)
    assert [x.shape for x, _, _ in source.batches()] == [batch(0)[0].shape, batch(1)[0].shape]


def test_there_is_nothing_to_split_off_a_generator():
    with pytest.raises(
        ValueError, match=r"`validation_split` needs arrays, .* \(generator\).\n  Pass validation_data=... instead"
    ):
        make_source(generator()).split(0.2)


@pytest.mark.parametrize("empty", [lambda: Dataset(0), lambda: Loader(0), lambda: iter([])])
def test_no_batches_at_all_is_an_error(empty):
    with pytest.raises(ValueError, match="yields no batches"):
        make_source(empty()).peek()
    with pytest.raises(ValueError, match="yields no batches"):
        list(make_source(empty()).batches())


def test_an_error_inside_a_generator_is_the_users_own():
    def broken():
        yield batch(0)
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        list(make_source(broken()).batches())


def test_tuples_that_stand_for_the_three_parts():
    assert pack_x_y_sample_weight("x") == "x"
    assert pack_x_y_sample_weight(["x1", "x2"]) == (["x1", "x2"],)
    assert pack_x_y_sample_weight("x", "y") == ("x", "y")
    assert pack_x_y_sample_weight("x", "y", "w") == ("x", "y", "w")
    assert unpack_x_y_sample_weight("x") == ("x", None, None)
    assert unpack_x_y_sample_weight(["x", "y"]) == ("x", "y", None)
    assert unpack_x_y_sample_weight(("x", "y", "w")) == ("x", "y", "w")
    with pytest.raises(ValueError, match="Got 4 things"):
        unpack_x_y_sample_weight((1, 2, 3, 4))
    with pytest.raises(ValueError, match="Got 0 things"):
        unpack_x_y_sample_weight(())
