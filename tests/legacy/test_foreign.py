"""Functions of TensorFlow and Theano that programs used in layers and losses, under `python -m keras`."""

import importlib.util
import sys

import numpy as np
import pytest

import keras
from keras.legacy import foreign, packages

X = np.array([[-1.0, 0.5, 2.0], [3.0, -4.0, 0.25]], "float32")
ROWS = [(module, entry.partition("=")[0]) for module, names in foreign.OPERATIONS.items() for entry in names.split()]


@pytest.fixture
def answered(monkeypatch):
    """Imports of TensorFlow and Theano are answered as long as the test runs."""
    if any(importlib.util.find_spec(package) for package in packages.LEFTOVERS):
        pytest.skip("the real package is installed")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    packages.answer_missing_packages()
    yield
    for name in [n for n in sys.modules if n.partition(".")[0] in packages.LEFTOVERS]:
        del sys.modules[name]


def test_every_name_of_the_table_is_a_function():
    assert len(ROWS) > 200
    assert [row for row in ROWS if not callable(foreign.name_in(*row))] == []
    assert foreign.name_in("tensorflow", "Sessions") is None


VALUES = [
    ("tf.reshape(x, shape=[-1])[:2]", X.reshape(-1)[:2]),
    ("tf.reduce_mean(x, 1, keep_dims=True)", X.mean(1, keepdims=True)),
    ("tf.reduce_sum(x, reduction_indices=[0])", X.sum(0)),
    ("tf.squared_difference(x, 1.0, name='d')", (X - 1) ** 2),
    ("tf.argmax(x)", X.argmax(0)),
    ("tf.cumsum(x)", X.cumsum(0)),
    ("tf.matmul(x, x, transpose_b=True)", X @ X.T),
    ("tf.concat([x, x], 1)", np.concatenate([X, X], 1)),
    ("tf.concat(axis=0, values=[x, x])", np.concatenate([X, X], 0)),
    ("tf.split(x, [1, 2], 1)[1]", X[:, 1:]),
    ("tf.slice(x, [0, 1], [-1, 2])", X[:, 1:3]),
    ("tf.where(x > 0)", np.argwhere(X > 0)),
    ("tf.where(x > 0, x, tf.zeros_like(x))", np.maximum(X, 0)),
    ("tf.nn.l2_normalize(x, 1)", X / np.linalg.norm(X, axis=1, keepdims=True)),
    ("tf.nn.leaky_relu(x, alpha=0.5)", np.where(X > 0, X, X / 2)),
    ("tf.clip_by_value(x, -1, 1)", X.clip(-1, 1)),
    ("tf.one_hot([0, 2], depth=3)", np.eye(3)[[0, 2]]),
    ("tf.pad(x, [[0, 0], [1, 0]])", np.pad(X, [[0, 0], [1, 0]])),
    ("tf.identity(tf.cast(x, tf.int32))", X.astype("int32")),
    ("tf.shape(x)[1]", 3),
    ("tf.transpose(x, perm=[1, 0])", X.T),
    ("tf.constant(2.5) * tf.math.reduce_std(x)", 2.5 * X.std()),
    ("tf.clip_by_norm(x, 1.0)", X / np.linalg.norm(X)),
    ("tf.clip_by_global_norm([x, None, x], 1.0)[0][2]", X / np.sqrt(2 * (X**2).sum())),
    ("tf.clip_by_global_norm([x], 100.0)[1]", np.linalg.norm(X)),
    ("tf.add_n([x, x, x])", 3 * X),
    ("tf.nn.l2_loss(x)", (X**2).sum() / 2),
    ("tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(x), logits=x)", np.log1p(np.exp(-X))),
    ("tf.nn.softmax_cross_entropy_with_logits(tf.one_hot([1, 1], 3), x)", np.log(np.exp(X).sum(1)) - X[:, 1]),
    ("tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 1], logits=x)", np.log(np.exp(X).sum(1)) - X[:, 1]),
    ("tf.random.categorical(tf.constant([[0.0, 99.0]]), num_samples=2)", [[1, 1]]),
    ("tf.losses.MeanSquaredError()(x, x + 1.0)", 1.0),
    ("x[0, tf.newaxis].numpy()", X[:1]),
    ("T.nnet.relu(x, 0.5)", np.where(X > 0, X, X / 2)),
    ("T.nnet.hard_sigmoid(x)", np.clip(0.2 * X + 0.5, 0, 1)),
    ("T.nnet.binary_crossentropy(T.nnet.sigmoid(x), 1.0 * (x > 0))", np.log1p(np.exp(-np.abs(X)))),
    ("T.nnet.categorical_crossentropy(T.nnet.softmax(x), np.array([2, 0]))",
     np.log(np.exp(X).sum(1)) - X[[0, 1], [2, 0]]),
    ("T.flatten(x, 1)", X.ravel()),
    ("T.switch(T.gt(x, 0), T.sqr(x), T.abs_(x))", np.where(X > 0, X**2, abs(X))),
    ("theano.shared(x, name='w') + 1", X + 1),
]  # fmt: skip


@pytest.mark.usefixtures("answered")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_values_are_those_of_the_package_by_its_own_arguments():
    import tensorflow as tf
    import theano
    import theano.tensor as T

    names = {"tf": tf, "theano": theano, "T": T, "np": np, "x": keras.ops.array(X)}
    for text, wanted in VALUES:
        np.testing.assert_allclose(np.asarray(eval(text, names)), wanted, rtol=2e-6, atol=1e-6, err_msg=text)
    assert theano.config.floatX == "float32"
    assert tf.random.normal((2, 3)).shape == (2, 3)


@pytest.mark.usefixtures("answered")
def test_layers_and_losses_may_be_written_with_them():
    import tensorflow as tf
    from theano.tensor import nnet

    model = keras.Sequential(
        [
            keras.layers.Lambda(lambda x: tf.concat([tf.nn.relu(x), tf.square(x)], axis=-1), input_shape=(3,)),
            keras.layers.Activation(nnet.softplus),
        ]
    )
    model.compile("sgd", lambda y_true, y_pred: tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1))
    wanted = np.log1p(np.exp(np.concatenate([np.maximum(X, 0), X**2], 1)))
    np.testing.assert_allclose(model.predict(X, verbose=0), wanted, rtol=1e-5)
    assert model.evaluate(X, np.zeros((2, 6)), verbose=0) == pytest.approx(wanted.mean(), rel=1e-5)


@pytest.mark.usefixtures("answered")
def test_the_scope_of_a_strategy_is_one_over_all_devices(monkeypatch):
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy()
    with strategy.scope():
        assert keras.layers.Dense(2)(X).shape == (2, 2)
    assert strategy.num_replicas_in_sync == 1
    assert keras.distribution.distribution() is None  # there is one
    assert tf.distribute.get_strategy() is strategy
    assert tf.distribute.MirroredStrategy(["/job:localhost/device:CPU:0"]).num_replicas_in_sync == 1
    with pytest.raises(ValueError, match="no device 'gpu:0'"):
        tf.distribute.MirroredStrategy(["/gpu:0", "/gpu:1"])
    with pytest.raises(AttributeError, match="no `extended` here"):
        strategy.extended  # noqa: B018
    with pytest.raises(NotImplementedError, match="sharded"):
        tf.distribute.experimental.ParameterServerStrategy(None)
    with pytest.raises(NotImplementedError, match="TPUs are devices that JAX finds by itself"):
        tf.distribute.TPUStrategy(None)
    joined = []
    monkeypatch.setattr(keras.distribution, "initialize", lambda *about: joined.append(about))
    cluster = '"cluster": {"chief": ["a:1"], "worker": ["b:1", "c:1"]}'
    monkeypatch.setenv("TF_CONFIG", f'{{{cluster}, "task": {{"type": "worker", "index": 1}}}}')
    tf.distribute.MultiWorkerMirroredStrategy()
    assert joined == [("a:1", 3, 2)]
    cluster = '"cluster": {"ps": ["a:1"], "worker": ["b:1"]}'
    monkeypatch.setenv("TF_CONFIG", f'{{{cluster}, "task": {{"type": "ps", "index": 0}}}}')
    with pytest.raises(ValueError, match="'chief' and 'worker'"):
        tf.distribute.MultiWorkerMirroredStrategy()


@pytest.mark.usefixtures("answered")
def test_variables_are_told_how_replicas_combine_them_and_what_holds_for_them():
    import tensorflow as tf

    v = tf.Variable(
        [2.0], constraint=tf.keras.constraints.NonNeg(), synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
    )  # fmt: skip
    assert (v.synchronization, v.aggregation) == ("on_read", "only_first_replica")
    tf.keras.optimizers.SGD(1.0).apply_gradients([(tf.constant([5.0]), v)])
    assert v.numpy().tolist() == [0.0]
    with pytest.raises(ValueError, match="`aggregation` must be"):
        tf.Variable(1.0, aggregation="all")


@pytest.mark.usefixtures("answered")
def test_a_loop_over_replicas_runs_once_with_the_rows_of_all():
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(cross_device_ops=tf.distribute.NcclAllReduce(num_packs=1))
    with strategy.scope():
        weight = tf.Variable(1.0)
        optimizer = tf.keras.optimizers.SGD(0.5)
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    whole = tf.data.Dataset.from_tensor_slices(np.float32([1, 2, 3])).batch(2).with_options(options)
    with pytest.raises(TypeError, match=r"a tf.data.Dataset is needed here. Got list"):
        strategy.experimental_distribute_dataset([1.0])
    batches = strategy.experimental_distribute_dataset(whole)

    def step(x):
        assert not tf.distribute.in_cross_replica_context()
        context = tf.distribute.get_replica_context()
        assert (context.num_replicas_in_sync, context.strategy) == (1, strategy)
        with tf.GradientTape() as tape:
            each = weight * x
            loss = tf.nn.compute_average_loss(each, global_batch_size=2) + tf.nn.scale_regularization_loss(weight)
        optimizer.apply_gradients([(tape.gradient(loss, weight), weight)])
        return loss, context.all_reduce(tf.distribute.ReduceOp.SUM, each)

    found = [strategy.run(step, args=(x,)) for x in batches]
    losses = [float(strategy.reduce(tf.distribute.ReduceOp.SUM, loss, axis=None)) for loss, _ in found]
    assert losses == [2.5, -0.625]  # the weight is 1, then 1 - 0.5 (1.5 + 1), then -0.25 - 0.5 (1.5 + 1)
    assert float(weight) == -1.5
    assert float(strategy.reduce("MEAN", found[0][1], axis=0)) == 1.5
    assert strategy.experimental_local_results(found[1][1])[0].numpy() == [-0.75]
    with pytest.raises(ValueError, match=r"must be ReduceOp.SUM or ReduceOp.MEAN. Got 'MAX'"):
        strategy.reduce("MAX", 1.0, axis=None)
    assert tf.distribute.in_cross_replica_context()
    assert tf.distribute.get_replica_context() is None

    def made(context):
        rows = tf.data.Dataset.range(8).shard(context.num_input_pipelines, context.input_pipeline_id)
        return rows.batch(context.get_per_replica_batch_size(4))

    rows = [x.numpy().tolist() for x in strategy.distribute_datasets_from_function(made)]
    assert rows == [[0, 1, 2, 3], [4, 5, 6, 7]]
    third = tf.data.Dataset.range(8).shard(3, 2)
    assert (len(third), list(third.as_numpy_iterator())) == (2, [2, 5])
    assert tf.distribute.InputContext(2, 1, 2).get_per_replica_batch_size(6) == 3


@pytest.mark.usefixtures("answered")
def test_a_tape_knows_the_arrays_that_it_watches_wherever_they_are_used():
    import tensorflow as tf

    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**3 + 2 * x - x / 4
        slope = tape.gradient(y, x)
    assert float(slope) == 28.75
    assert outer.gradient(slope, x).numpy() == 18.0
    assert (x * x).numpy() == 9.0


@pytest.mark.usefixtures("answered")
def test_tensors_and_variables_are_told_apart_by_their_classes():
    import tensorflow as tf

    variable, tensor = tf.Variable(3.0, name="of/mine"), tf.ones((2,))
    kinds = [(isinstance(x, tf.Variable), isinstance(x, tf.Tensor)) for x in (variable, tensor, 3.0, np.ones(2))]
    assert kinds == [(True, False), (False, True), (False, False), (False, False)]
    with pytest.raises(TypeError, match=r"call `tf.constant`"):
        tf.Tensor(3.0)


@pytest.mark.usefixtures("answered")
def test_a_decorated_function_is_traced_once_for_each_kind_of_arguments():
    import tensorflow as tf

    total, calls = tf.Variable(0.0), []

    @tf.function(jit_compile=True)
    def add(x, twice=False):
        calls.append(twice)
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(x * total) * (2 if twice else 1)
        total.assign(total + tf.reduce_sum(x))
        return {"y": y, "slope": tape.gradient(y, total)}

    found = [add(tf.ones((2,))) for _ in range(5)]
    assert [float(f["y"]) for f in found] == [0.0, 4.0, 8.0, 12.0, 16.0]
    assert {float(f["slope"]) for f in found} == {2.0}
    assert calls == [False] * 3  # as it stands, to find its variables, compiled
    assert float(add(tf.ones((2,)), twice=True)["slope"]) == 4.0
    assert float(total.numpy()) == 12.0


@pytest.mark.usefixtures("answered")
def test_a_decorated_function_that_decides_by_values_runs_as_it_stands():
    import tensorflow as tf

    @tf.function
    def size(x):
        return "large" if x > 2 else "small"

    assert [size(tf.constant(v)) for v in (1.0, 3.0, 2.0)] == ["small", "large", "small"]


@pytest.mark.usefixtures("answered")
def test_datasets_of_tensorflow_are_made_of_arrays_and_generators():
    import tensorflow as tf

    numbers = tf.data.Dataset.range(5)
    rows = tf.data.Dataset.from_tensor_slices([[1.0], [2], [3], [4], [5]])
    both = tf.data.Dataset.zip((numbers, rows)).map(lambda a, b: (a, b * 2), num_parallel_calls=tf.data.AUTOTUNE)
    batches = both.filter(lambda a, b: a != 1).batch(2).prefetch(tf.data.experimental.AUTOTUNE)
    assert [a.numpy().tolist() for a, _ in batches] == [[0, 2], [3, 4]]
    assert [b.numpy().ravel().tolist() for _, b in batches] == [[2, 6], [8, 10]]
    assert len(both.batch(2).repeat(2)) == 6
    made = tf.data.Dataset.from_generator(lambda: iter([1, 2]), output_types=tf.float32)
    assert [(float(x), x.dtype.name) for x in made] == [(1.0, "float32"), (2.0, "float32")]
    assert [x.numpy().shape for x in tf.data.Dataset.from_tensors({"a": np.ones((2, 3))}).map(lambda e: e["a"])] == [
        (2, 3)
    ]
    with pytest.raises(ValueError, match="as many rows"):
        tf.data.Dataset.from_tensor_slices(([1, 2], [1]))


@pytest.mark.usefixtures("answered")
def test_functions_of_numpy_give_arrays_of_numpy_for_tensors():
    import tensorflow as tf

    probabilities = tf.constant([[0.1, 0.7, 0.2]])
    assert ["no", "yes", "maybe"][np.argmax(probabilities[0])] == {1: "yes"}[np.argmax(probabilities[0])]
    with tf.GradientTape():  # as actors draw what they do
        watched = tf.Variable([0.3]) * probabilities / 0.3
        assert type(np.squeeze(watched)) is np.ndarray
        assert np.random.choice(3, p=np.squeeze(watched)) in (0, 1, 2)
    assert type(np.concatenate([probabilities, np.zeros((1, 3))])) is np.ndarray
    assert np.shape(probabilities) == (1, 3)
