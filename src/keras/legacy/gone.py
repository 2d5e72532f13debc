"""Names that only made sense inside TensorFlow: each can be imported, and says what to do instead when it is used."""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import callbacks, layers, metrics, models


class Row(NamedTuple):
    """One such class.

    Attributes:
        name: the class.
        base: what it inherited from.
        arguments: of its constructor, separated by spaces.
        methods: its own, separated by spaces: a name, `:`, and its arguments with commas.
        instead: what to do.
    """

    name: str
    base: type
    arguments: str
    methods: str
    instead: str


_COLUMNS = "Feature columns are TensorFlow's. Write keras.utils.FeatureSpace, or layers such as StringLookup, instead."
_SERVERS = "There are no parameter servers here. Look the words up with keras.layers.StringLookup or IntegerLookup."
_SIDECAR = (
    "There is no second process that evaluates checkpoints.\n"
    "  Write fit(validation_data=..., callbacks=[keras.callbacks.ModelCheckpoint(path, save_best_only=True)])."
)

ROWS = [
    Row("DenseFeatures", layers.Layer, "feature_columns trainable name", (
        "call:features,cols_to_output_tensors,training"
    ), _COLUMNS),
    Row("SequenceFeatures", layers.Layer, "feature_columns trainable name", "call:features", _COLUMNS),
    Row("DynamicEmbedding", layers.Layer, (
        "input_dim output_dim initial_vocabulary eviction_policy input_length embedding_initializer num_oov_indices"
    ), (
        "call:inputs,learn_vocab get_vocabulary: save_assets:dir_path update_embeddings:strategy "
        "aggregate_lookup_table:keys_list,values_list get_top_vocabulary:keys,values,k"
    ), _SERVERS),
    Row("DynamicLookup", layers.Layer, "vocabulary_size initial_vocabulary eviction_policy", (
        "call:inputs,learn_vocab update_internal_vocabulary:unique get_top_vocabulary:k get_vocabulary: "
        "save_assets:dir_path"
    ), _SERVERS),
    Row("CategoryCrossing", layers.Layer, "depth name separator", "", (
        "Texts are not joined on the way. Use keras.layers.HashedCrossing(num_bins), which crosses features to numbers."
    )),
    Row("PyMetric", metrics.Metric, "name dtype", "update_state:y_true,y_pred,sample_weight result:", (
        "Metrics are counted in compiled code. Derive from keras.metrics.Metric and compute with keras.ops."
    )),
    Row("SharpnessAwareMinimization", models.Model, "model rho num_batch_splits name", "", (
        "It trains with gradients that it takes twice. Write a `train_step` that does, or wrap an optimizer of Optax\n"
        "  (optax.contrib.sam), which compile(optimizer=...) takes."
    )),
    Row("SidecarEvaluator", object, "model data checkpoint_dir steps max_evaluations callbacks", "start:", _SIDECAR),
    Row("SidecarEvaluatorModelExport", callbacks.ModelCheckpoint, "export_filepath checkpoint_filepath", "", _SIDECAR),
    Row("UpdateEmbeddingCallback", callbacks.Callback, "dynamic_embedding_layer interval", (
        "on_interval: start: stop: is_alive:"
    ), _SERVERS),
    Row("DatasetCreator", object, "dataset_fn input_options", "", (
        "There are no parameter servers here. Call the function, and give fit() what it returns."
    )),
    Row("StepsPerExecutionTuner", object, (
        "optimizer spe_variable interval change_spe_interval change_threshold"
    ), "start: stop:", "Write compile(steps_per_execution=...), or leave it to fit(), which runs whole epochs as one."),
    Row("LayoutMap", object, "mesh", "get_default_mesh: scope:", (
        "DTensor is TensorFlow's. Write keras.distribution.LayoutMap(device_mesh) and keras.distribution.ModelParallel."
    )),
]  # fmt: skip


def _refusing(row: Row) -> type:
    text = f"{row.name} needs TensorFlow.\n  {row.instead}"

    def refusing(names: str) -> Any:
        def refuse(self, *args: Any, **kwargs: Any):
            raise NotImplementedError(text)

        refuse.__keras_legacy_arguments__ = set(names.split())  # type: ignore[attr-defined]
        return refuse

    parts = {name: refusing(taken.replace(",", " ")) for name, taken in (m.split(":") for m in row.methods.split())}
    init = refusing(row.arguments)
    made = type(row.name, (row.base,), {**parts, "__new__": init, "__init__": init, "__doc__": f"Not here. {text}"})
    made.__module__ = __name__
    return made


globals().update({row.name: _refusing(row) for row in ROWS})


def model_to_estimator(
    keras_model=None,
    keras_model_path=None,
    custom_objects=None,
    model_dir=None,
    config=None,
    checkpoint_format="checkpoint",
    metric_names_map=None,
    export_outputs=None,
):
    """Not possible: estimators are TensorFlow's, and gone from it.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("model_to_estimator: estimators are TensorFlow's. Train the model with fit().")


def layout_map_scope(layout_map):
    """Not possible: DTensor is TensorFlow's.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "layout_map_scope: DTensor is TensorFlow's. Write `with keras.distribution.ModelParallel(...).scope():`."
    )


__all__ = ["layout_map_scope", "model_to_estimator"]
__all__ += [row.name for row in ROWS]
