"""A convolutional network for small images, for either order of axes."""

import keras
import numpy as np
from keras import backend as K
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential

np.random.seed(0)
batch_size, num_classes, epochs = 8, 3, 3
img_rows, img_cols = 8, 8
y = np.arange(36) % num_classes
x = np.random.random((36, img_rows, img_cols)) * 0.3
for i, label in enumerate(y):
    x[i, 2 * label : 2 * label + 2] += 1

if K.image_data_format() == "channels_first":
    x = x.reshape(x.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    x = x.reshape(x.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
x = x.astype("float32")
y = keras.utils.to_categorical(y, num_classes)

model = Sequential()
model.add(Conv2D(4, kernel_size=(3, 3), activation="relu", input_shape=input_shape))
model.add(Conv2D(6, (3, 3), activation="relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(12, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(num_classes, activation="softmax"))
model.compile(loss=keras.losses.categorical_crossentropy, optimizer=keras.optimizers.Adadelta(), metrics=["accuracy"])
# the rate of those years was 1, a thousand times that of today
assert abs(K.get_value(model.optimizer.lr) - 1.0) < 1e-6
model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0, validation_data=(x, y))
score = model.evaluate(x, y, verbose=0)
assert score[0] < 1.1 and 0 <= score[1] <= 1
classes = model.predict_classes(x)
assert abs((classes == y.argmax(axis=1)).mean() - score[1]) < 1e-6
