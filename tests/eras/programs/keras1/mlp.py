"""Three dense layers that tell what digits are, by plain descent, with a share of the samples kept for validation."""

from __future__ import print_function
import numpy as np

from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.optimizers import SGD
from keras.regularizers import l2, activity_l2
from keras.utils import np_utils

batch_size = 8
nb_classes = 3
nb_epoch = 3

rng = np.random.RandomState(5)
labels = np.arange(30) % nb_classes
X = (rng.uniform(size=(30, 6)) + np.eye(3)[labels].repeat(2, axis=1)).astype("float32")
Y = np_utils.to_categorical(labels, nb_classes)

model = Sequential()
model.add(Dense(5, input_shape=(6,), W_regularizer=l2(0.01)))
model.add(Activation("relu"))
model.add(Dropout(0.0))
model.add(Dense(5, activity_regularizer=activity_l2(0.01), init="uniform"))
model.add(Activation("tanh"))
model.add(Dense(nb_classes))
model.add(Activation("softmax"))
model.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
model.summary()

model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=0.002), metrics=["accuracy"])
history = model.fit(X, Y, batch_size=batch_size, nb_epoch=nb_epoch, verbose=0, shuffle=False, validation_split=0.2)
for key in sorted(history.history):
    print(key, " ".join("%.4f" % v for v in history.history[key]))
score = model.evaluate(X, Y, verbose=0)
print("Test score: %.4f" % score[0])
print("Test accuracy: %.4f" % score[1])
weights = np.array([1.0, 2.0, 0.5])[labels]
print("%.4f %.4f" % tuple(model.train_on_batch(X, Y, sample_weight=weights)))
print("%.4f %.4f" % tuple(model.test_on_batch(X, Y)))
