"""What a network looks at, and images changed a little so that it is wrong."""

import numpy as np
from keras import backend as K
from keras import losses
from keras.layers import Conv2D, Dense, Flatten
from keras.models import Sequential

np.random.seed(8)
labels = np.arange(40) % 2
x = np.random.random((40, 6, 6, 1)) * 0.2 + 0.4
x[labels == 1, :3] += 0.2
y = np.eye(2)[labels]
model = Sequential()
model.add(Conv2D(3, (3, 3), activation="tanh", input_shape=(6, 6, 1)))
model.add(Flatten())
model.add(Dense(2, activation="softmax"))
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=30, batch_size=10, verbose=0)

target = K.placeholder(shape=(None, 2))
loss = losses.categorical_crossentropy(target, model.output)
gradients = K.gradients(loss, model.input)[0]
attack = K.function([model.input, target, K.learning_phase()], [K.sign(gradients), K.mean(loss)])
signs, before = attack([x, y, 0])
assert set(np.unique(signs)) <= {-1.0, 0.0, 1.0}
assert abs(before - model.evaluate(x, y, verbose=0)[0]) < 1e-5
fooled = np.clip(x + 0.1 * signs, 0, 1)
after = attack([fooled, y, 0])[1]
assert after > before
assert model.evaluate(fooled, y, verbose=0)[1] <= model.evaluate(x, y, verbose=0)[1]

saliency = K.function([model.input], [K.max(K.abs(K.gradients(model.output[:, 1], model.input)[0]), axis=-1)])
seen = saliency([x[:4]])[0]
assert seen.shape == (4, 6, 6) and (seen >= 0).all() and seen.max() > 0
