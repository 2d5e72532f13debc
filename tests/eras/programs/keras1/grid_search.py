"""The best number of units and epochs, sought with scikit-learn."""

import numpy as np
from keras.layers import Activation, Dense
from keras.models import Sequential
from keras.utils import np_utils
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import GridSearchCV

np.random.seed(35)
nb_classes = 2
X = np.random.normal(size=(36, 4)).astype("float32")
labels = (X[:, 0] + X[:, 1] > 0).astype(int)
y = np_utils.to_categorical(labels, nb_classes=nb_classes)


def make_model(dense_layer_sizes, nb_filters=1):
    model = Sequential()
    for n, layer_size in enumerate(dense_layer_sizes):
        model.add(Dense(layer_size, input_shape=(4,)) if n == 0 else Dense(layer_size))
        model.add(Activation("relu"))
    model.add(Dense(nb_classes))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


my_classifier = KerasClassifier(make_model, batch_size=6, verbose=0)
validator = GridSearchCV(my_classifier, cv=2, n_jobs=1,
                         param_grid={"dense_layer_sizes": [[4], [4, 4]], "nb_epoch": [1, 6]})  # fmt: skip
validator.fit(X, y)
assert set(validator.best_params_) == {"dense_layer_sizes", "nb_epoch"}
best_model = validator.best_estimator_.model
metric_names = best_model.metrics_names
metric_values = best_model.evaluate(X, y, verbose=0)
assert metric_names == ["loss", "acc"] and 0 <= metric_values[1] <= 1
assert best_model.layers[0].output_shape == (None, 4)
