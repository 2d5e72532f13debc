"""Found as `tf_keras` by processes that a program under `python -m keras` starts, where it is not there."""

from keras.legacy.packages import stand_in

stand_in(__name__)
