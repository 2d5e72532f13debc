"""Reads words from images without being told where the letters are: convolutions, GRUs and the CTC loss."""

import itertools

import numpy as np
from keras import backend as K
from keras.callbacks import Callback
from keras.layers import Activation, Convolution2D, Dense, Input, Lambda, MaxPooling2D, Reshape, merge
from keras.layers.recurrent import GRU
from keras.models import Model
from keras.optimizers import SGD

np.random.seed(55)
alphabet = "ab "
img_w, img_h, absolute_max_string_len, downsample = 16, 4, 3, 2


def paint(word):
    image = np.random.random((img_w, img_h)) * 0.1
    for i, letter in enumerate(word):
        image[2 + 4 * i : 4 + 4 * i, :2] += letter == "a"
        image[2 + 4 * i : 4 + 4 * i, 2:] += letter == "b"
    return image[:, :, None]


words = ["".join(letters) for n in (2, 3) for letters in itertools.product("ab", repeat=n)]


def batch():
    X_data = np.stack([paint(word) for word in words]).astype("float32")
    labels = np.zeros((len(words), absolute_max_string_len))
    input_length = np.full((len(words), 1), img_w // downsample - 2)
    label_length = np.zeros((len(words), 1))
    for i, word in enumerate(words):
        labels[i, : len(word)] = [alphabet.index(c) for c in word]
        label_length[i] = len(word)
    inputs = {
        "the_input": X_data, "the_labels": labels, "input_length": input_length, "label_length": label_length,
    }  # fmt: skip
    return inputs, {"ctc": np.zeros([len(words)])}


# the first steps of the recurrent layers are of no use
def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    y_pred = y_pred[:, 2:, :]
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


act = "relu"
input_data = Input(name="the_input", shape=(img_w, img_h, 1), dtype="float32")
inner = Convolution2D(4, 3, 3, border_mode="same", activation=act, init="he_normal", name="conv1")(input_data)
inner = MaxPooling2D(pool_size=(downsample, 1), name="max1")(inner)
inner = Reshape(target_shape=(img_w // downsample, img_h * 4), name="reshape")(inner)
inner = Dense(8, activation=act, name="dense1")(inner)
gru_1 = GRU(8, return_sequences=True, init="he_normal", name="gru1")(inner)
gru_1b = GRU(8, return_sequences=True, go_backwards=True, init="he_normal", name="gru1_b")(inner)
gru1_merged = merge([gru_1, gru_1b], mode="sum")
inner = Dense(len(alphabet), init="he_normal", name="dense2")(gru1_merged)
y_pred = Activation("softmax", name="softmax")(inner)

labels = Input(name="the_labels", shape=[absolute_max_string_len], dtype="float32")
input_length = Input(name="input_length", shape=[1], dtype="int64")
label_length = Input(name="label_length", shape=[1], dtype="int64")
loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name="ctc")([y_pred, labels, input_length, label_length])
sgd = SGD(lr=0.02, decay=1e-6, momentum=0.9, nesterov=True, clipnorm=5)
model = Model(input=[input_data, labels, input_length, label_length], output=[loss_out])
model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer=sgd)
test_func = K.function([input_data], [y_pred])


def decode_batch(test_func, word_batch):
    out = test_func([word_batch])[0]
    ret = []
    for j in range(out.shape[0]):
        out_best = list(np.argmax(out[j, 2:], 1))
        out_best = [k for k, g in itertools.groupby(out_best)]
        ret.append("".join(alphabet[c] for c in out_best if c < len(alphabet) - 1))
    return ret


class VizCallback(Callback):
    def __init__(self, test_func):
        self.test_func = test_func
        self.guesses = []

    def on_epoch_end(self, epoch, logs={}):
        self.guesses.append(decode_batch(self.test_func, batch()[0]["the_input"]))


def generator():
    while True:
        yield batch()


viz_cb = VizCallback(test_func)
history = model.fit_generator(generator(), samples_per_epoch=4 * len(words), nb_epoch=3, callbacks=[viz_cb], verbose=0)
assert history.history["loss"][-1] < history.history["loss"][0]
assert len(viz_cb.guesses) == 3 and len(viz_cb.guesses[0]) == len(words)

out = test_func([batch()[0]["the_input"]])[0][:, 2:]
decoded, _ = K.ctc_decode(out, np.full(len(words), out.shape[1]), greedy=True)
greedy = ["".join(alphabet[int(c)] for c in row if c >= 0) for row in K.get_value(decoded[0])]
assert greedy == decode_batch(lambda _: [np.pad(out, ((0, 0), (2, 0), (0, 0)))], None)
