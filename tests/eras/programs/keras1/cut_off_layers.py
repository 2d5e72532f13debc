"""Fine-tuning as it was done before applications had include_top: layers are popped off and a new head is put on."""

import numpy as np

np.random.seed(2)

from keras.models import Sequential, Model
from keras.layers import Dense, Activation, Dropout, Flatten, Convolution2D, MaxPooling2D
from keras.optimizers import SGD

base = Sequential()
base.add(Convolution2D(3, 3, 3, activation="relu", input_shape=(6, 6, 1), name="conv1"))
base.add(MaxPooling2D())
base.add(Flatten(name="flatten"))
base.add(Dense(6, activation="relu", name="dense_1"))
base.add(Dropout(0.0))
base.add(Dense(5, activation="softmax", name="dense_2"))
rng = np.random.RandomState(1)
base.set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in base.get_weights()])
base.save_weights("base.h5")
x = rng.rand(10, 6, 6, 1)
y = rng.randint(2, size=(10, 1))

# 1: Sequential.pop
model = base
model.pop()
model.pop()
print(model.output_shape, len(model.layers))
for layer in model.layers[:2]:
    layer.trainable = False
model.add(Dense(1, activation="sigmoid", name="head"))
model.layers[-1].set_weights([rng.uniform(-0.5, 0.5, w.shape) for w in model.layers[-1].get_weights()])
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=1e-1, momentum=0.9), metrics=["accuracy"])
before = model.get_layer("conv1").get_weights()[0].copy()
history = model.fit(x, y, nb_epoch=2, batch_size=5, verbose=0, shuffle=False)
print(["%.4f" % v for v in history.history["loss"]], np.allclose(before, model.get_layer("conv1").get_weights()[0]))
print(len(model.trainable_weights), len(model.non_trainable_weights))

# 2: layers.pop() with the outputs set by hand
other = Sequential()
other.add(Convolution2D(3, 3, 3, activation="relu", input_shape=(6, 6, 1), name="conv1"))
other.add(MaxPooling2D())
other.add(Flatten(name="flatten"))
other.add(Dense(6, activation="relu", name="dense_1"))
other.add(Dropout(0.5))
other.add(Dense(5, activation="softmax", name="dense_2"))
other.load_weights("base.h5")
other.layers.pop()
other.layers.pop()
other.outputs = [other.layers[-1].output]
other.layers[-1].outbound_nodes = []
features = Model(input=other.input, output=other.layers[-1].output)
print(features.output_shape, "%.4f" % features.predict(x).mean())
extra = Dense(2, name="extra")(other.layers[-1].output)
tuned = Model(other.input, extra)
tuned.load_weights("base.h5", by_name=True)
print([layer.name for layer in tuned.layers][1:], tuned.count_params())

# 3: weights read by hand, layer by layer
import h5py

f = h5py.File("base.h5", "r")
print([n.decode("utf8") for n in f.attrs["layer_names"]])
for name in f.attrs["layer_names"]:
    g = f[name]
    weight_names = [n.decode("utf8") for n in g.attrs["weight_names"]]
    print(name.decode("utf8"), [g[n].shape for n in weight_names])
f.close()
