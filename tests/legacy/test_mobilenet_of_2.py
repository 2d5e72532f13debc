"""MobileNet as Keras 2.3.1 and tf.keras of 2.1 made it: programs of that time count its layers."""

import keras

# what 2.3.1 lists at the beginning and the end
FIRST = ["ZeroPadding2D conv1_pad", "Conv2D conv1", "BatchNormalization conv1_bn", "ReLU conv1_relu"]
LAST = [
    "ReLU conv_pw_13_relu", "GlobalAveragePooling2D global_average_pooling2d_1", "Reshape reshape_1", "Dropout dropout",
    "Conv2D conv_preds", "Reshape reshape_2", "Activation act_softmax",
]  # fmt: skip


def test_mobilenet_has_the_layers_of_its_year():
    settings = {"weights": None, "alpha": 0.05, "input_shape": (33, 32, 3), "classes": 5}
    today = keras.applications.MobileNet(**settings)
    before = keras.config.era()
    keras.backend.clear_session()
    keras.config.set_era("2.3")
    try:
        model = keras.applications.MobileNet((33, 32, 3), 0.05, weights=None, classes=5)
        keras.config.set_image_data_format("channels_first")
        first = keras.applications.MobileNet(weights=None, alpha=0.05, include_top=True, input_shape=(3, 33, 32))
    finally:
        keras.config.set_image_data_format("channels_last")
        keras.config.set_era(before)
    found = [f"{type(layer).__name__} {layer.name}" for layer in model.layers]
    assert (len(found), found[1:5], found[-7:]) == (93, FIRST, LAST)
    assert (model.name, model.layers[-6].output.shape) == ("mobilenet_0.05_33", (None, 51))
    assert first.get_layer("reshape_1").output.shape == (None, 51, 1, 1)
    assert [w.shape for w in model.weights] == [w.shape for w in today.weights]
    assert len(today.layers) == 91
