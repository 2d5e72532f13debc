"""A tagger whose last layer scores sequences of tags: K.rnn for the partition function, a mask, its own loss."""

from __future__ import print_function
import numpy as np
from keras import backend as K
from keras.layers import Layer, Input, Embedding, Bidirectional, LSTM, TimeDistributed, Dense
from keras.models import Model


class CRF(Layer):
    def __init__(self, ignore_last_label=False, **kwargs):
        self.ignore_last_label = 1 if ignore_last_label else 0
        super(CRF, self).__init__(**kwargs)

    def build(self, input_shape):
        self.num_labels = input_shape[-1] - self.ignore_last_label
        self.trans = self.add_weight(
            name="crf_trans", shape=(self.num_labels, self.num_labels), initializer="glorot_uniform", trainable=True
        )

    def log_norm_step(self, inputs, states):
        inputs, mask = inputs[:, :-1], inputs[:, -1:]
        states = K.expand_dims(states[0], 2)
        trans = K.expand_dims(self.trans, 0)
        outputs = K.logsumexp(states + trans, 1)
        outputs = outputs + inputs
        outputs = mask * outputs + (1 - mask) * states[:, :, 0]
        return outputs, [outputs]

    def path_score(self, inputs, labels):
        point_score = K.sum(K.sum(inputs * labels, 2), 1, keepdims=True)
        labels1 = K.expand_dims(labels[:, :-1], 3)
        labels2 = K.expand_dims(labels[:, 1:], 2)
        labels = labels1 * labels2
        trans = K.expand_dims(K.expand_dims(self.trans, 0), 0)
        trans_score = K.sum(K.sum(trans * labels, [2, 3]), 1, keepdims=True)
        return point_score + trans_score

    def call(self, inputs):
        return inputs

    def loss(self, y_true, y_pred):
        if self.ignore_last_label:
            mask = 1 - y_true[:, :, -1:]
        else:
            mask = K.ones_like(y_pred[:, :, :1])
        y_true, y_pred = y_true[:, :, : self.num_labels], y_pred[:, :, : self.num_labels]
        path_score = self.path_score(y_pred, y_true)
        init_states = [y_pred[:, 0]]
        y_pred = K.concatenate([y_pred, mask])
        log_norm, _, _ = K.rnn(self.log_norm_step, y_pred[:, 1:], init_states)
        log_norm = K.logsumexp(log_norm, 1, keepdims=True)
        return log_norm - path_score

    def accuracy(self, y_true, y_pred):
        mask = 1 - y_true[:, :, -1] if self.ignore_last_label else None
        y_true, y_pred = y_true[:, :, : self.num_labels], y_pred[:, :, : self.num_labels]
        isequal = K.equal(K.argmax(y_true, 2), K.argmax(y_pred, 2))
        isequal = K.cast(isequal, "float32")
        if mask is None:
            return K.mean(isequal)
        return K.sum(isequal * mask) / K.sum(mask)


x = Input(shape=(5,), dtype="int32")
embedding = Embedding(12, 4)(x)
lstm = Bidirectional(LSTM(3, return_sequences=True))(embedding)
tag_score = TimeDistributed(Dense(4))(lstm)
crf = CRF(True, name="crf")
tag_score = crf(tag_score)
model = Model(inputs=x, outputs=tag_score)
rng = np.random.RandomState(0)
print([w.shape for w in model.get_weights()], model.output_shape)
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
model.compile(loss=crf.loss, optimizer="rmsprop", metrics=[crf.accuracy])
words = rng.randint(12, size=(8, 5))
tags = np.eye(4)[rng.randint(3, size=(8, 5))]
tags[:, 4] = np.eye(4)[3]
history = model.fit(words, tags, batch_size=4, epochs=3, shuffle=False, verbose=0)
for name in sorted(history.history):
    print(name, ["%.4f" % v for v in history.history[name]])


def viterbi(scores, trans):
    best, back = scores[0], []
    for s in scores[1:]:
        m = best[:, None] + trans
        back.append(m.argmax(0))
        best = m.max(0) + s
    path = [int(best.argmax())]
    for b in reversed(back):
        path.append(int(b[path[-1]]))
    return path[::-1]


trans = K.eval(crf.trans)
print([viterbi(s[:4, :3], trans) for s in model.predict(words, verbose=0)[:3]], "%.4f" % trans.sum())
