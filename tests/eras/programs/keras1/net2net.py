"""A wider and a deeper network that begin with what a small one has learned."""

import numpy as np
from keras.layers import Dense, Flatten, Convolution2D, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD

np.random.seed(33)


def wider(teacher_w1, teacher_b1, teacher_w2, new_width):
    index = np.random.randint(teacher_w1.shape[1], size=new_width - teacher_w1.shape[1])
    factors = np.bincount(index, minlength=teacher_w1.shape[1])[index] + 1.0
    student_w1 = np.concatenate((teacher_w1, teacher_w1[:, index]), axis=1)
    student_b1 = np.concatenate((teacher_b1, teacher_b1[index]), axis=0)
    new_w2 = teacher_w2[index, :] / factors[:, np.newaxis]
    student_w2 = np.concatenate((teacher_w2, new_w2), axis=0)
    student_w2[index, :] = new_w2
    return student_w1, student_b1, student_w2


def make(width, name=None, deeper=False):
    model = Sequential()
    model.add(Convolution2D(2, 3, 3, input_shape=(6, 6, 1), border_mode="same", name="conv1"))
    model.add(MaxPooling2D(name="pool1"))
    model.add(Flatten(name="flatten"))
    model.add(Dense(width, activation="relu", name="fc1"))
    if deeper:
        model.add(Dense(width, init="identity", activation="relu", name="fc1-deeper"))
    model.add(Dense(2, activation="softmax", name="fc2"))
    model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=0.01, momentum=0.9), metrics=["accuracy"])
    return model


labels = np.arange(24) % 2
x = np.random.random((24, 6, 6, 1)) + labels[:, None, None, None]
y = np.eye(2)[labels]
teacher = make(4)
teacher.fit(x, y, nb_epoch=2, batch_size=8, verbose=0)
expected = teacher.predict(x)

w1, b1 = teacher.get_layer("fc1").get_weights()
w2, b2 = teacher.get_layer("fc2").get_weights()
new_w1, new_b1, new_w2 = wider(w1, b1, w2, 7)
student = make(7)
student.get_layer("conv1").set_weights(teacher.get_layer("conv1").get_weights())
student.get_layer("fc1").set_weights([new_w1, new_b1])
student.get_layer("fc2").set_weights([new_w2, b2])
assert np.allclose(student.predict(x), expected, atol=1e-5)

deeper = make(4, deeper=True)
for name in ["conv1", "fc1", "fc2"]:
    deeper.get_layer(name).set_weights(teacher.get_layer(name).get_weights())
assert np.allclose(deeper.predict(x), expected, atol=1e-5)
deeper.fit(x, y, nb_epoch=1, batch_size=8, verbose=0)
