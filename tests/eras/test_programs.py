"""Whole programs in the spelling of their years, run as `python -m keras` runs them, with small data.

Each program asserts itself what should come out.
"""

import pytest

import keras
from keras.legacy import detect, era

BEGIN = "import numpy as np\nnp.random.seed(7)\n"

# name -> (era that its names tell, program)
PROGRAMS = {
    "mlp in 0.x": ("0", """
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.optimizers import SGD
X = np.random.random((40, 6)); y = (X.sum(axis=1, keepdims=True) > 3).astype('int32')
model = Sequential()
model.add(Dense(6, 12, init='uniform'))
model.add(Activation('tanh'))
model.add(Dropout(0.1))
model.add(Dense(12, 1, init='uniform'))
model.add(Activation('sigmoid'))
model.compile(loss='binary_crossentropy', optimizer=SGD(lr=0.5, decay=1e-6, momentum=0.9, nesterov=True),
              class_mode='binary')
history = model.fit(X, y, nb_epoch=20, batch_size=8, show_accuracy=True, verbose=0)
assert history.history['loss'][-1] < history.history['loss'][0]
assert len(history.history['acc']) == 20
loss, accuracy = model.evaluate(X, y, show_accuracy=True, verbose=0)
assert abs(accuracy - (model.predict_classes(X) == y).mean()) < 1e-6
assert isinstance(model.evaluate(X, y, show_accuracy=False, verbose=0), float)
"""),
    "mlp in 1.x": ("1", """
from keras.models import Sequential
from keras.layers import Dense, Activation
from keras.utils.np_utils import to_categorical
x = np.random.random((60, 8)); labels = x[:, :3].argmax(axis=1); y = to_categorical(labels, nb_classes=3)
model = Sequential()
model.add(Dense(output_dim=16, input_dim=8, init='he_uniform', W_regularizer='l2'))
model.add(Activation('relu'))
model.add(Dense(output_dim=3))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
history = model.fit(x, y, nb_epoch=15, batch_size=10, validation_split=0.2, verbose=0)
assert sorted(history.history) == ['acc', 'loss', 'val_acc', 'val_loss']
assert history.history['loss'][-1] < history.history['loss'][0]
assert [layer.name for layer in model.layers] == ['dense_1', 'activation_1', 'dense_2', 'activation_2']
assert model.predict_classes(x, batch_size=32, verbose=0).shape == (60,)
assert np.allclose(model.predict_proba(x, verbose=0).sum(axis=1), 1, atol=1e-5)
"""),
    "mlp in 2.x": ("2.2", """
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.utils.np_utils import to_categorical
x = np.random.random((60, 8)); y = to_categorical(x[:, :3].argmax(axis=1), num_classes=3)
model = Sequential()
model.add(Dense(16, activation='relu', input_dim=8))
model.add(Dropout(0.2))
model.add(Dense(3, activation='softmax'))
model.compile('rmsprop', 'categorical_crossentropy', ['accuracy'])
history = model.fit(x, y, epochs=10, batch_size=10, validation_data=(x, y), verbose=0)
assert len(history.history['val_acc']) == 10
assert history.history['val_loss'][-1] < history.history['val_loss'][0]
assert model.metrics_names == ['loss', 'acc']
"""),
    "cnn in 1.x": ("1", """
from keras.models import Sequential
from keras.layers import Convolution2D, MaxPooling2D, Flatten, Dense, Dropout
x = np.random.random((24, 1, 8, 8)); y = (x.mean(axis=(1, 2, 3)) > 0.5).astype('int32')
model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', dim_ordering='th', activation='relu', input_shape=(1, 8, 8)))
model.add(Convolution2D(4, 3, 3, activation='relu', dim_ordering='th', subsample=(1, 1)))
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(1, activation='sigmoid'))
assert model.layers[1].output_shape == (None, 4, 6, 6)
assert [w.shape for w in model.layers[0].get_weights()] == [(3, 3, 1, 4), (4,)]
model.compile(loss='binary_crossentropy', optimizer='adadelta', metrics=['accuracy'])
history = model.fit(x, y, batch_size=8, nb_epoch=2, verbose=0)
assert np.isfinite(history.history['loss']).all()
"""),
    "cnn in 2.x": ("2", """
from keras.models import Sequential
from keras.layers.convolutional import Conv2D, MaxPooling2D
from keras.layers.core import Flatten, Dense
x = np.random.random((24, 8, 8, 1)); y = (x.mean(axis=(1, 2, 3)) > 0.5).astype('int32')
model = Sequential([Conv2D(4, (3, 3), activation='relu', input_shape=(8, 8, 1)), MaxPooling2D((2, 2)), Flatten(),
                    Dense(1, activation='sigmoid')])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
def batches():
    while True:
        for i in range(0, 24, 8):
            yield x[i:i + 8], y[i:i + 8]
history = model.fit_generator(batches(), steps_per_epoch=3, epochs=2, verbose=0)
assert len(history.history['loss']) == 2
assert model.predict_generator(batches(), steps=3).shape == (24, 1)
assert abs(model.evaluate_generator(batches(), steps=3)[0] - model.evaluate(x, y, verbose=0)[0]) < 1e-4
"""),
    "lstm of reviews in 1.x": ("1", """
from keras.preprocessing import sequence
from keras.models import Sequential
from keras.layers import Embedding, LSTM, Dense
texts = [list(np.random.randint(1, 20, size=n)) for n in np.random.randint(3, 9, size=32)]
X = sequence.pad_sequences(texts, maxlen=8); y = np.array([t[-1] > 10 for t in texts]).astype('int32')
model = Sequential()
model.add(Embedding(20, 8, input_length=8, dropout=0.2))
model.add(LSTM(6, dropout_W=0.2, dropout_U=0.2))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X, y, batch_size=16, nb_epoch=2, validation_data=(X, y), verbose=0)
score, acc = model.evaluate(X, y, batch_size=16, verbose=0)
assert 0 <= acc <= 1
assert model.layers[1].recurrent_activation(np.float32(1)) == np.float32(0.7)
"""),
    "two branches in 1.x": ("1", """
from keras.models import Sequential
from keras.layers import Merge, Dense
left = Sequential(); left.add(Dense(8, input_shape=(5,)))
right = Sequential(); right.add(Dense(8, input_shape=(4,)))
model = Sequential()
model.add(Merge([left, right], mode='concat', concat_axis=1))
model.add(Dense(1, activation='sigmoid'))
model.compile('rmsprop', 'binary_crossentropy', metrics=['accuracy'])
a, b = np.random.random((20, 5)), np.random.random((20, 4)); y = np.random.randint(2, size=(20, 1))
def batches():
    while True:
        yield [a[:10], b[:10]], y[:10]
history = model.fit_generator(batches(), samples_per_epoch=25, nb_epoch=2, verbose=0)
assert len(history.history['acc']) == 2
assert int(model.optimizer.iterations) == 6  # 25 rows in batches of 10 are 3 batches
assert model.predict([a, b]).shape == (20, 1)
"""),
    "several inputs and outputs in 1.x": ("1", """
from keras.models import Model
from keras.layers import Input, Embedding, LSTM, Dense, merge
headline = Input(shape=(6,), dtype='int32', name='headline')
x = Embedding(output_dim=8, input_dim=30, input_length=6)(headline)
x = LSTM(5)(x)
auxiliary = Dense(1, activation='sigmoid', name='aux_output')(x)
other = Input(shape=(3,), name='other')
x = merge([x, other], mode='concat')
main = Dense(1, activation='sigmoid', name='main_output')(x)
model = Model(input=[headline, other], output=[main, auxiliary])
model.compile(optimizer='rmsprop', loss={'main_output': 'binary_crossentropy', 'aux_output': 'binary_crossentropy'},
              loss_weights={'main_output': 1., 'aux_output': 0.2}, metrics=['accuracy'])
words, more = np.random.randint(30, size=(16, 6)), np.random.random((16, 3)); y = np.random.randint(2, size=(16, 1))
history = model.fit({'headline': words, 'other': more}, {'main_output': y, 'aux_output': y}, nb_epoch=1, batch_size=8,
                    verbose=0)
names = ['loss', 'main_output_loss', 'aux_output_loss', 'main_output_acc', 'aux_output_acc']
assert model.metrics_names == names and set(history.history) == set(names)
found = dict(zip(names, model.evaluate([words, more], [y, y], verbose=0)))
assert abs(found['loss'] - found['main_output_loss'] - 0.2 * found['aux_output_loss']) < 1e-5
"""),
    "addition in 2.x": ("2", """
from keras.models import Sequential
from keras.layers.recurrent import LSTM
from keras.layers.core import RepeatVector, Dense
from keras.layers.wrappers import TimeDistributed
x = np.eye(5)[np.random.randint(5, size=(24, 4))]; y = np.eye(5)[np.random.randint(5, size=(24, 2))]
model = Sequential()
model.add(LSTM(8, input_shape=(4, 5)))
model.add(RepeatVector(2))
model.add(LSTM(8, return_sequences=True))
model.add(TimeDistributed(Dense(5, activation='softmax')))
model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
history = model.fit(x, y, epochs=2, batch_size=8, verbose=0)
assert history.history['loss'][1] < history.history['loss'][0]
assert model.output_shape == (None, 2, 5)
"""),
    "a layer of one's own in 1.x": ("1", """
from keras import backend as K
from keras.engine.topology import Layer
from keras.models import Sequential
from keras.layers import Dense
class Antirectifier(Layer):
    def get_output_shape_for(self, input_shape):
        shape = list(input_shape)
        shape[-1] *= 2
        return tuple(shape)
    def call(self, x, mask=None):
        x = x - K.mean(x, axis=1, keepdims=True)
        return K.concatenate([K.maximum(x, 0.), K.maximum(-x, 0.)], axis=1)
class Linear(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(Linear, self).__init__(**kwargs)
    def build(self, input_shape):
        self.W = self.add_weight(shape=(input_shape[1], self.output_dim), initializer='uniform', name='W')
        super(Linear, self).build(input_shape)
    def call(self, x, mask=None):
        return K.dot(x, self.W)
    def get_output_shape_for(self, input_shape):
        return (input_shape[0], self.output_dim)
model = Sequential()
model.add(Linear(6, input_shape=(4,)))
model.add(Antirectifier())
model.add(Dense(1))
assert model.layers[1].output_shape == (None, 12)
model.compile('sgd', 'mse')
x = np.random.random((20, 4)); y = x.sum(axis=1)
history = model.fit(x, y, nb_epoch=5, verbose=0)
assert history.history['loss'][-1] < history.history['loss'][0]
"""),
    "a layer of one's own in 2.x": ("2", """
from keras import backend as K
from keras.engine.topology import Layer
from keras.models import Sequential
class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        super(MyLayer, self).__init__(**kwargs)
    def build(self, input_shape):
        self.kernel = self.add_weight('kernel', (input_shape[1], self.output_dim), initializer='uniform')
        super(MyLayer, self).build(input_shape)
    def call(self, x):
        return K.dot(x, self.kernel)
    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.output_dim)
model = Sequential([MyLayer(3, input_shape=(4,))])
assert model.output_shape == (None, 3) and model.count_params() == 12
x = np.random.random((8, 4))
assert np.allclose(model.predict(x), x @ model.get_weights()[0], atol=1e-5)
"""),
    "stateful lstm in 1.x": ("1", """
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential()
model.add(LSTM(4, batch_input_shape=(2, 3, 1), stateful=True, consume_less='mem'))
model.add(Dense(output_dim=1))
model.compile('rmsprop', 'mse')
x = np.random.random((2, 3, 1)); y = np.random.random((2, 1))
for i in range(2):
    model.fit(x, y, nb_epoch=1, batch_size=2, verbose=0, shuffle=False)
    model.reset_states()
one = model.predict(x, batch_size=2); two = model.predict(x, batch_size=2)
model.reset_states()
assert np.allclose(model.predict(x, batch_size=2), one, atol=1e-6) and not np.allclose(one, two, atol=1e-6)
"""),
    "a graph in 0.x": ("0", """
from keras.models import Graph
from keras.layers.core import Dense
graph = Graph()
graph.add_input(name='input', input_shape=(6,))
graph.add_node(Dense(8, activation='relu'), name='dense1', input='input')
graph.add_node(Dense(4, activation='relu'), name='dense2', input='input')
graph.add_output(name='output', inputs=['dense1', 'dense2'], merge_mode='concat')
graph.compile('rmsprop', {'output': 'mse'})
x, y = np.random.random((12, 6)), np.random.random((12, 12))
history = graph.fit({'input': x, 'output': y}, nb_epoch=3, verbose=0)
assert history.history['loss'][-1] < history.history['loss'][0]
assert graph.predict({'input': x})['output'].shape == (12, 12)
"""),
    "an autoencoder in 2.x": ("2", """
from keras.layers.core import Dense
from keras.engine.training import Model
from keras.layers import Input
inputs = Input(shape=(6,))
code = Dense(3, activation='relu')(inputs)
outputs = Dense(6, activation='sigmoid')(code)
autoencoder, encoder = Model(inputs, outputs), Model(inputs, code)
autoencoder.compile(optimizer='adadelta', loss='binary_crossentropy')
x = np.random.random((16, 6))
autoencoder.fit(x, x, epochs=2, batch_size=8, shuffle=True, verbose=0)
assert float(autoencoder.optimizer.lr) == 1.0
assert encoder.predict(x).shape == (16, 3)
"""),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_of_its_year_runs_as_it_stands(name):
    wanted, program = PROGRAMS[name]
    found = detect.detect(program).era
    assert found == wanted
    keras.utils.clear_session()
    era.set_era(found)
    try:
        exec(compile(BEGIN + program, name, "exec"), {"__name__": "program"})
    finally:
        era.set_era(era.TODAY)
