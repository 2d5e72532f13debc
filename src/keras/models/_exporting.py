"""The way to `keras.export`, which stands above this package and is loaded when a model is first exported."""


def export(model, *args, **kwargs) -> None:
    """`keras.export.export_model`."""
    from keras.export import export_model

    export_model(model, *args, **kwargs)
