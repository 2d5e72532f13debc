"""What other libraries hold data in: each trains a model to the weights that its arrays do, where it is installed."""

import numpy as np
import pytest

import keras
from keras._data import arrays

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
    return (np.stack([c.to_numpy() for c in columns.values()], 1), pa.array(Y[:, 0])), {"batch_size": 4}


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


class Restarts:
    """An iterable that begins anew, as loaders of many libraries do."""

    def __iter__(self):
        return iter(batches())


KINDS = {
    "pandas": pandas_frames, "polars": polars_frames, "arrow": arrow_columns, "scipy": sparse_matrices,
    "torch": torch_loader, "tensorflow": tensorflow_dataset, "grain": grain_dataset, "grain by number": grain_map,
    "hugging face": hugging_face_table, "iterable": lambda: ((Restarts(),), {}),
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
