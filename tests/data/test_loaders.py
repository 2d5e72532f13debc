"""What other libraries hold data in: each trains a model to the weights that its arrays do, where it is installed."""

import datetime

import numpy as np
import pytest

import keras
from keras._data import arrays
from keras._data.loader import Loader
from keras._data.sources import make_source

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def trained(*data, **settings):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(*data, epochs=2, shuffle=False, verbose=0, **settings)
    return model


def batches():
    return [(X[i : i + 4], Y[i : i + 4]) for i in range(0, 12, 4)]


def pandas_frames():
    pd = pytest.importorskip("pandas")
    return (pd.DataFrame(X, columns=list("abc")), pd.Series(Y[:, 0], name="y")), {"batch_size": 4}


def polars_frames():
    pl = pytest.importorskip("polars")
    return (pl.DataFrame(X, schema=list("abc")), pl.Series("y", Y[:, 0])), {"batch_size": 4}


def arrow_columns():
    pa = pytest.importorskip("pyarrow")
    columns = {name: pa.array(X[:, i]) for i, name in enumerate("abc")}
    return (pa.table(columns), pa.array(Y[:, 0])), {"batch_size": 4}


def arrow_lists():
    pa = pytest.importorskip("pyarrow")
    return (pa.array(X.tolist()), pa.array(Y.tolist())), {"batch_size": 4}


def sparse_matrices():
    return (pytest.importorskip("scipy.sparse").csr_matrix(X), Y), {"batch_size": 4}


def torch_loader():
    data = pytest.importorskip("torch.utils.data")
    torch = pytest.importorskip("torch")
    pairs = data.TensorDataset(torch.from_numpy(X), torch.from_numpy(Y))
    return (data.DataLoader(pairs, batch_size=4),), {}


def tensorflow_dataset():
    tf = pytest.importorskip("tensorflow")
    return (tf.data.Dataset.from_tensor_slices((X, Y)).batch(4),), {}


def grain_dataset():
    grain = pytest.importorskip("grain")
    source = grain.MapDataset.source([(X[i], Y[i]) for i in range(12)])
    return (source.batch(4).to_iter_dataset(),), {}


def grain_map():
    grain = pytest.importorskip("grain")
    return (grain.MapDataset.source([(X[i], Y[i]) for i in range(12)]).batch(4),), {}


def hugging_face_table():
    datasets = pytest.importorskip("datasets.arrow_dataset")  # a folder of tests is called datasets too
    return (datasets.Dataset.from_dict({"x": X.tolist(), "label": Y.tolist()}),), {"batch_size": 4}


def hugging_face_stream():
    table = hugging_face_table()[0][0]
    return (table.to_iterable_dataset(),), {"batch_size": 4}


def hugging_face_batches():
    table = hugging_face_table()[0][0]
    return (table.to_iterable_dataset().batch(4),), {}


def grain_loader():
    grain = pytest.importorskip("grain")
    return (
        grain.DataLoader(
            data_source=[(X[i], Y[i]) for i in range(12)],
            sampler=grain.samplers.SequentialSampler(12),
            operations=[grain.transforms.Batch(4)],
        ),
    ), {"steps_per_epoch": 3}  # fmt: skip


class Restarts:
    """An iterable that begins anew, as loaders of many libraries do."""

    def __iter__(self):
        return iter(batches())


KINDS = {
    "pandas": pandas_frames, "polars": polars_frames, "arrow": arrow_columns, "scipy": sparse_matrices,
    "torch": torch_loader, "tensorflow": tensorflow_dataset, "grain": grain_dataset, "grain by number": grain_map,
    "grain loader": grain_loader, "hugging face": hugging_face_table, "hugging face, streamed": hugging_face_stream,
    "hugging face, in batches": hugging_face_batches, "arrow lists": arrow_lists,
    "iterable": lambda: ((Restarts(),), {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_training_on_it_is_training_on_its_rows(kind):
    data, settings = KINDS[kind]()
    found = trained(*data, **settings)
    for a, b in zip(found.get_weights(), trained(X, Y, batch_size=4).get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_large_sparse_matrix_is_never_dense_as_a_whole(monkeypatch):
    sparse = pytest.importorskip("scipy.sparse")
    monkeypatch.setattr(arrays, "LARGEST_DENSE", 0)
    monkeypatch.setattr("keras._data.sources.LARGEST_READ", 0)
    rows = []
    plain = arrays.SparseRows._read

    def counting(self, which):
        found = plain(self, which)
        rows.append(len(found))
        return found

    monkeypatch.setattr(arrays.SparseRows, "_read", counting)
    found = trained(sparse.csr_matrix(X), Y, batch_size=4)
    assert max(rows) == 4
    for a, b in zip(found.get_weights(), trained(X, Y, batch_size=4).get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_what_has_no_rows_says_how_to_get_them():
    pl = pytest.importorskip("polars")
    with pytest.raises(TypeError, match=r"is a plan of a frame.* Pass x.collect\(\)"):
        trained(pl.DataFrame(X).lazy(), Y)
    datasets = pytest.importorskip("datasets.dataset_dict")
    table = hugging_face_table()[0][0]
    with pytest.raises(ValueError, match=r"several tables: 'train'. Pass one of them: x\['train'\]"):
        trained(datasets.DatasetDict({"train": table}))
    with pytest.raises(ValueError, match=r"yields single rows\. Pass batch_size=32"):
        trained(table.map(lambda row: {"label": row["label"][0]}).to_iterable_dataset())


def test_missing_values_and_bits_of_arrow_are_numbers():
    pa = pytest.importorskip("pyarrow")
    np.testing.assert_array_equal(arrays.to_array(pa.array([1, None, 3]), "x"), np.float32([1, np.nan, 3]))
    np.testing.assert_array_equal(arrays.to_array(pa.array([True, False]), "x"), [True, False])
    with pytest.raises(ValueError, match="rows of different lengths"):
        arrays.to_array(pa.array([[1.0], [1.0, 2.0]]), "x")


def frame_of_dates(library):
    names = ["a", "when"]
    if library == "pandas":
        pd = pytest.importorskip("pandas")
        return pd.DataFrame({"a": [1.0, 2.0], "when": pd.to_datetime(["2020-01-01", "2021-01-01"])})
    days = [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)]
    if library == "polars":
        return pytest.importorskip("polars").DataFrame([[1.0, 2.0], days], schema=names)
    return pytest.importorskip("pyarrow").table([[1.0, 2.0], days], names=names)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_columns_of_dates_are_named(library):
    with pytest.raises(TypeError, match=r"x \(column 'when'\) holds dates or times"):
        arrays.to_arrays(frame_of_dates(library), "x")


def test_streamed_tables_are_read_also_where_they_are_datasets_of_torch_too():
    class Table(type("Dataset", (), {"__module__": "torch.utils.data.dataset"})):
        column_names = ("x", "y")

        def with_format(self, name):
            return self

        select_columns = with_format

        def iter(self, batch_size):
            return iter({"x": x, "y": y} for x, y in batches())

        def __iter__(self):
            return iter({"x": x, "y": y} for x, y in zip(X, Y))

    for a, b in zip(trained(Table(), batch_size=4).get_weights(), trained(X, Y, batch_size=4).get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_sparse_tensors_of_tensorflow_are_made_dense():
    class SparseTensor:
        indices, values, dense_shape = np.array([[0, 2], [1, 0]]), np.float32([5, 7]), (2, 3)
        dtype = type("DType", (), {"as_numpy_dtype": np.float32})

    np.testing.assert_array_equal(arrays.to_array(SparseTensor(), "x"), [[0, 0, 5], [7, 0, 0]])


def test_operations_say_that_sparse_matrices_are_for_fit():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(ValueError, match=r"from a sparse matrix \(csr_matrix\)\.\n  Pass x\.toarray\(\)"):
        keras.layers.Dense(1)(sparse.csr_matrix(X))


@pytest.mark.parametrize("batch_size", [2, None], ids=["batches", "rows"])
def test_parts_of_a_loader_of_torch_are_its_batches_in_the_order_it_draws(batch_size):
    torch = pytest.importorskip("torch")
    made = []

    class Numbers(torch.utils.data.Dataset):
        def __len__(self):
            return 11

        def __getitem__(self, row):
            made.append(int(row))
            return row

    def loader(seed):
        torch.manual_seed(3)
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        data = torch.utils.data.DataLoader(Numbers(), batch_size=batch_size, shuffle=True, generator=generator)
        return Loader(data)

    for seed in (None, 5):
        whole = loader(seed)
        expected = [[np.ravel(batch).tolist() for batch in whole.passes(start)] for start in (0, 3)]
        found = []
        for number in range(2):
            made.clear()
            part = loader(seed)
            parts = [[np.ravel(batch).tolist() for batch in part.part(start, number, 2)] for start in (0, 3)]
            assert made == [row for one in parts for batch in one for row in batch]  # no other rows
            found.append(parts)
        assert [whole[number::2] for number in range(2) for whole in expected] == [*found[0], *found[1]]
        assert np.ravel(part.example()).tolist() == expected_first(loader(seed))


def expected_first(loader):
    """The first batch of the second pass."""
    list(loader.passes())
    return np.ravel(next(loader.passes())).tolist()


def test_a_loader_that_gives_each_process_other_rows_is_not_divided_again():
    torch = pytest.importorskip("torch")
    rows = torch.utils.data.TensorDataset(torch.arange(8))
    sampler = torch.utils.data.DistributedSampler(rows, num_replicas=2, rank=0)
    loader = torch.utils.data.DataLoader(rows, batch_size=2, sampler=sampler)
    with pytest.raises(ValueError, match=r"fit: the sampler .*\n.*auto_shard_dataset=False"):
        make_source(loader).share(None)


def test_a_loader_of_torch_without_numbered_rows_has_no_parts():
    torch = pytest.importorskip("torch")

    class Endless(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(4))

    class Own(torch.utils.data.DataLoader):
        def __iter__(self):
            return iter([torch.ones(2, 1)])

    for loader in (torch.utils.data.DataLoader(Endless()), Own(torch.utils.data.TensorDataset(torch.arange(8)))):
        assert not make_source(loader).share(None)
