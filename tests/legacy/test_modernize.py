"""`python -m keras --modernize`: a program's text in today's spelling."""

import numpy as np
import pytest

import keras
from keras.legacy.modernize import modernized
from keras.legacy.modernize_remarks import remarks

CASES = [
    ("from keras.layers.core import Dense, Dropout", "from keras.layers import Dense, Dropout"),
    ("from keras.layers.convolutional import Convolution2D", "from keras.layers import Conv2D"),
    ("from keras.layers import Convolution2D, Dense", "from keras.layers import Conv2D, Dense"),
    ("Dense(output_dim=64, init='uniform')", "Dense(units=64, kernel_initializer='uniform')"),
    ("Dense(64, 'uniform')", "Dense(units=64, kernel_initializer='uniform')"),
    ("Dense(64, 'relu')", "Dense(64, 'relu')"),
    (
        "layers.Convolution2D(8, 3, 3, border_mode='same')",
        "layers.Conv2D(filters=8, kernel_size=(3, 3), padding='same')",
    ),
    ("MaxPooling2D((2, 2), dim_ordering='th')", "MaxPooling2D((2, 2), data_format='channels_first')"),
    ("LSTM(output_dim=n, consume_less='gpu')", "LSTM(units=n, implementation=2)"),
    ("Dropout(p=rate * 2)", "Dropout(rate=rate * 2)"),
    ("model.fit(x, y, nb_epoch=20)", "model.fit(x, y, epochs=20)"),
    ("model.fit_generator(g, 10, epochs=2)", "model.fit(x=g, steps_per_epoch=10, epochs=2)"),
    ("model.fit_generator(g, 100, nb_epoch=2)", "model.fit_generator(g, 100, nb_epoch=2)"),
    ("BatchNormalization(1e-3)", "BatchNormalization(epsilon=1e-3)"),
    ("model = Model(input=a, output=b)", "model = Model(inputs=a, outputs=b)"),
    ("anything(p=1, init=2)", "anything(p=1, init=2)"),
    ("text = 'é'; Dense(output_dim=2)", "text = 'é'; Dense(units=2)"),
    ("Dense(**settings)", "Dense(**settings)"),
    ("import keras; keras.layers.core.Dense(output_dim=2)", "import keras; keras.layers.Dense(units=2)"),
    (
        "import keras; keras.layers.convolutional.Convolution2D(2, 3, 3)",
        "import keras; keras.layers.Conv2D(filters=2, kernel_size=(3, 3))",
    ),
    ("import keras; keras.constraints.maxnorm(2)", "import keras; keras.constraints.MaxNorm(2)"),
    (
        "from keras.optimizers import SGD; SGD(lr=0.1, decay=0.01)",
        (
            "import keras\nfrom keras.optimizers import SGD; "
            "SGD(learning_rate=keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.01))"
        ),
    ),
    ("import keras; keras.optimizers.SGD(lr=0.1, decay=0.0)", "import keras; keras.optimizers.SGD(learning_rate=0.1)"),
    (
        "import keras; keras.layers.GRU(2); model.fit(x, y, nb_epoch=2)",
        (
            "import keras\n\n\n@keras.saving.register_keras_serializable()\ndef older_hard_sigmoid(x):\n"
            "    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)\n\n\n"
            "import keras; keras.layers.GRU(2, recurrent_activation=older_hard_sigmoid, "
            "reset_after=False, recurrent_initializer=keras.initializers.Orthogonal(1.1)); model.fit(x, y, epochs=2)"
        ),
    ),
    (
        (
            "m.compile(o, l, metrics=['accuracy']); print(h.history['acc'], logs.get('val_acc')); "
            "f = lambda monitor='acc': 1"
        ),
        (
            "m.compile(o, l, metrics=['accuracy']); print(h.history['accuracy'], logs.get('val_accuracy')); "
            "f = lambda monitor='accuracy': 1"
        ),
    ),
    (
        "m.compile(o, l, metrics=['acc']); print(h.history['acc'])",
        "m.compile(o, l, metrics=['acc']); print(h.history['acc'])",
    ),
    (
        "from keras.utils import np_utils; np_utils.to_categorical(y)",
        "from keras import utils as np_utils; np_utils.to_categorical(y)",
    ),
    (
        "from keras.utils import np_utils; np_utils.probas_to_classes(y)",
        "from keras.utils import np_utils; np_utils.probas_to_classes(y)",
    ),
    ("from keras.constraints import maxnorm", "from keras.constraints import MaxNorm as maxnorm"),
    ("Embedding(10, 4, input_length=n)", "Embedding(10, 4, input_shape=(n,))"),
    ("def get_output_shape_for(self, shape): pass", "def compute_output_shape(self, shape): pass"),
    ("p = model.predict_proba(x)", "p = model.predict(x)"),
    (
        "from keras.wrappers import SKLearnClassifier as C; c = C(f); c.predict_proba(x); m.predict_proba(x)",
        "from keras.wrappers import SKLearnClassifier as C; c = C(f); c.predict_proba(x); m.predict(x)",
    ),
    (
        "from keras.layers import merge; merge([a, b], mode='concat', concat_axis=1); merge([a, b], name='s')",
        "from keras.layers import add, concatenate; concatenate([a, b], axis=1); add([a, b], name='s')",
    ),
    (
        "from keras.layers import merge; merge([a, b], mode='dot', dot_axes=(1, 2)); merge([a, b], mode='dot')",
        "from keras.layers import dot, merge; dot([a, b], axes=(1, 2)); merge([a, b], mode='dot')",
    ),
    (
        "from keras import objectives, models; m = models.Sequential(); m.fit(x, y); m.fit(x, y, 32, 3)",
        ("from keras import objectives, models; m = models.Sequential(); m.fit(x, y, epochs=10); m.fit(x, y, 32, 3)"),
    ),
    (
        "from keras.layers import merge; merge([a, b], mode=f); merge([a, b])",
        "from keras.layers import add, merge; merge([a, b], mode=f); add([a, b])",
    ),
    (
        "from keras.layers import Convolution2D; m.fit(x, nb_epoch=1); Convolution2D(n, k[0], k[1], subsample=s)",
        "from keras.layers import Conv2D; m.fit(x, epochs=1); Conv2D(filters=n, kernel_size=(k[0], k[1]), strides=s)",
    ),
    (
        "Model(a, output=Dense((3), 'uniform'))",
        "Model(a, outputs=Dense(units=(3), kernel_initializer='uniform'))",
    ),
    (
        "import keras; keras.optimizers.SGD(lr=1, decay=0.0, # none\n )",
        "import keras; keras.optimizers.SGD(learning_rate=1, # none\n )",
    ),
    (
        "import keras; m.fit(x, nb_epoch=1); keras.optimizers.Adam(lr=1,  # much\n)",
        "import keras; m.fit(x, epochs=1); keras.optimizers.Adam(learning_rate=1,  # much\nepsilon=1e-08)",
    ),
    (
        "from keras.layers import Conv1D, Dense; Conv1D(2, 3, input_dim=4, input_length=n, use_bias=b)",
        "from keras.layers import Conv1D, Dense; Conv1D(2, 3, input_shape=(n, 4), use_bias=b)",
    ),
    (
        "import keras; m.add(keras.layers.Dense(2, batch_input_shape=(3, 4)))",
        "import keras; m.add(keras.Input(batch_shape=(3, 4))); m.add(keras.layers.Dense(2))",
    ),
    (
        "from keras.layers import merge; merge([a, b], mode=lambda x: x[0] - x[1], output_shape=(2,))",
        "from keras.layers import Lambda; Lambda(lambda x: x[0] - x[1], output_shape=(2,))([a, b])",
    ),
    (
        "from keras.layers import AtrousConvolution2D; AtrousConvolution2D(2, 3, 3, atrous_rate=(2, 2))",
        "from keras.layers import Conv2D; Conv2D(filters=2, kernel_size=(3, 3), dilation_rate=(2, 2))",
    ),
    (
        "import tensorflow as tf; from tensorflow.keras import layers; tf.keras.layers.Dense(2)",
        "import keras; from keras import layers; keras.layers.Dense(2)",
    ),
    ("from tensorflow import keras; tf.keras", "import keras; tf.keras"),
    (
        "from keras.layers.core import Merge, Dense; from keras.layers.core import Dense, TimeDistributedDense",
        "from keras.layers import Merge, Dense; from keras.layers import Dense",
    ),
    ("from __future__ import division\nimport keras", "import keras"),
    ("print(m.optimizer.lr, m.lr)", "print(m.optimizer.learning_rate, m.lr)"),
]


@pytest.mark.parametrize(("old", "today"), CASES, ids=[old for old, _ in CASES])
def test_a_line_is_rewritten(old, today):
    assert modernized(old + "\n") == today + "\n"


def test_what_is_modern_stays_and_what_was_rewritten_is_rewritten_no_more():
    for _, today in CASES:
        assert modernized(today) == today


PROGRAM = """
import numpy as np
from keras.layers import Dense, Input, LSTM, merge
from keras.models import Model, Sequential

np.random.seed(3)
x = np.random.rand(12, 4)
y = np.eye(3)[np.arange(12) % 3]
a = Input(shape=(4,))
left, right = Dense(2, activation='tanh')(a), Dense(output_dim=2, init='uniform')(a)
together = merge([merge([left, right], mode='dot', dot_axes=1), merge([left, right], mode='mul')], mode='concat')
net = Model(input=a, output=Dense(3, activation='softmax')(together))
net.compile(loss='categorical_crossentropy', optimizer='sgd')
net.fit(x, y, batch_size=6, shuffle=False, verbose=0)
steps = Sequential()
steps.add(LSTM(output_dim=2, input_shape=(2, 2)))
steps.add(Dense(3, activation='softmax'))
steps.set_weights([np.full(w.shape, 0.3) for w in steps.get_weights()])  # LSTM has 12 arrays then and 3 today
values = net.predict(x, verbose=0), steps.predict(x.reshape(12, 2, 2), verbose=0)
classes = steps.predict_classes(x.reshape(12, 2, 2), verbose=0)
"""


def test_a_rewritten_program_computes_today_what_it_computed_in_its_year():
    found = []
    for text, year in ((PROGRAM, "1"), (modernized(PROGRAM), "3")):
        keras.config.set_era(year)
        keras.utils.clear_session()
        names = {}
        try:
            exec(text, names)
        finally:
            keras.config.set_era("3")
        found.append([*names["values"], names["classes"]])
    for then, now in zip(*found):
        np.testing.assert_allclose(now, then, rtol=1e-5)


def test_names_that_are_gone_are_told_with_what_to_write():
    text = "from keras.layers import MaxoutDense\nimport keras\nprint(2)\nMaxoutDense(3)\nkeras.layers.Highway()\n"
    told = remarks(text)
    assert [line.partition(" is gone")[0] for line in told] == ["line 4: MaxoutDense", "line 5: Highway"]
    assert "Reshape" in told[0]


def test_what_is_only_known_when_a_program_runs_is_told_too():
    text = (
        "from keras import backend as K, layers\nm.fit_generator(g, samples_per_epoch=9)\nprint(m.metrics_names[0])\n"
        "y = K.mean(K.square(K.placeholder(ndim=2)))\nlayers.Dense(2, weights=w)\n"
        "class Heavy:\n    def get_updates(self, loss, params): pass\n"
    )
    told = remarks(text)
    assert [line.partition(": ")[0] for line in told] == [f"line {n}" for n in (2, 3, 4, 4, 5, 7)]
    assert "keras.ops.mean, keras.ops.square" in told[2]
    assert "placeholder" in told[3]
    assert remarks("import keras\nkeras.ops.mean(x)\nkeras.backend.floatx()\n") == []


def test_other_packages_that_computed_on_tensors_are_told():
    told = remarks("import numpy as np\nimport tensorflow as tf\nfrom theano import tensor as T\ny = tf.tanh(x)\n")
    assert [line.partition(" ")[2].split()[1] for line in told] == ["tensorflow", "theano"]
    assert all("keras.ops" in line for line in told)


def test_a_rewritten_hard_sigmoid_is_saved_and_loaded(tmp_path):
    text = modernized(
        "from keras.layers import GRU\nfrom keras.models import Sequential\n"
        "net = Sequential([GRU(2, inner_activation='hard_sigmoid', batch_input_shape=(4, 3, 2))])\n"
    )
    names = {}
    exec(text, names)
    net = names["net"]
    assert net.input_shape == (4, 3, 2)
    net.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras")
    x = np.linspace(-3, 3, 24, dtype="float32").reshape(4, 3, 2)
    np.testing.assert_allclose(again.predict(x, verbose=0), net.predict(x, verbose=0))
