"""FeatureSpace: the columns of a table, each in the form that it needs."""

from collections.abc import Mapping

import numpy as np

from keras import layers
from keras._core import registry
from keras._core.checks import one_of, positive_integer
from keras._core.graph import KerasTensor, any_symbolic
from keras._core.names import nearest, unique_name
from keras._core.serialization import deserialize, serialize
from keras.layers._text import host_array, passes, yields_batches
from keras.saving import save_model
from keras.utils._features import Cross, Feature

NOT_ADAPTED = "{name} has features that learn from data ({features}).\n  Call {name}.adapt(data) before using it."
NOT_ENCODED = (
    "{name}: feature {feature!r} stays an integer (its `output_mode` is 'int'), which cannot be joined with vectors.\n"
    "  Give it output_mode='one_hot', or pass output_mode='dict' to the FeatureSpace."
)


class FeatureSpace(layers.Layer):
    """Turns the columns of a table into one vector per row, or into a dict of tensors.

    Args:
        features: name of a column -> what it is: 'float', 'float_rescaled', 'float_normalized', 'float_discretized',
            'integer_categorical', 'string_categorical', 'integer_hashed', 'string_hashed', or what the methods of
            these names return.
        output_mode: 'concat' for one vector, the features in the order of their names and then the crosses in that
            of theirs; 'dict' for a tensor per feature.
        crosses: a list of tuples of names, or of what `cross` returns: combinations of columns as further features.
        crossing_dim, hashing_dim, num_discretization_bins: how many bins crosses, hashed columns and discretized
            columns have that are given by name alone.
        name: its name.

    `adapt` lets features learn from data. It can then be called on a dict of columns or of the values of one row, or
    become the beginning of a model.

    >>> space = keras.utils.FeatureSpace({"age": "float_normalized", "job": "string_categorical"})
    >>> space.adapt({"age": [30.0, 50.0], "job": ["cook", "smith"]})
    >>> space({"age": [50.0], "job": ["cook"]})
    Array([[1., 0., 0., 1.]], dtype=float32)
    >>> inputs, encoded = space.get_inputs(), space.get_encoded_features()
    >>> model = keras.Model(inputs, keras.layers.Dense(1)(encoded))
    """

    def __init__(
        self,
        features,
        output_mode="concat",
        crosses=None,
        crossing_dim=32,
        hashing_dim=32,
        num_discretization_bins=32,
        name=None,
    ):
        super().__init__(name=name)
        if not isinstance(features, Mapping) or not features:
            raise ValueError(f"FeatureSpace: `features` must be a dict of columns that is not empty. Got {features!r}.")
        self.crossing_dim = positive_integer("crossing_dim", crossing_dim, "FeatureSpace")
        self.hashing_dim = positive_integer("hashing_dim", hashing_dim, "FeatureSpace")
        self.num_discretization_bins = positive_integer(
            "num_discretization_bins", num_discretization_bins, "FeatureSpace"
        )
        self.output_mode = one_of("output_mode", output_mode, ("concat", "dict"), "FeatureSpace")
        self.features = {name: self._feature_from(name, value) for name, value in features.items()}
        self.crosses = [self._cross_from(value) for value in crosses or ()]
        self.crosses_by_name = {cross.name: cross for cross in self.crosses}
        self.preprocessors = {name: feature.preprocessor for name, feature in self.features.items()}
        self.crossers = {
            cross.name: layers.HashedCrossing(num_bins=cross.crossing_dim, name=cross.name) for cross in self.crosses
        }
        self.one_hot_encoders = {}
        self.concat = None
        self.inputs = None
        self.encoded_features = None
        self._is_adapted = False

    def _feature_from(self, name, value):
        if isinstance(value, Feature):
            return value
        if isinstance(value, dict):
            return deserialize(value)
        if not isinstance(value, str) or value not in _BY_NAME:
            known = ", ".join(map(repr, _BY_NAME))
            raise ValueError(
                f"FeatureSpace: {name!r} must be one of {known}, or what the methods of these names return. "
                f"Got {value!r}.{nearest(str(value), _BY_NAME)}"
            )
        more = {}
        if value.endswith("_hashed"):
            more["num_bins"] = self.hashing_dim
        elif value == "float_discretized":
            more["num_bins"] = self.num_discretization_bins
        return getattr(self, value)(name=name, **more)

    def _cross_from(self, value):
        if isinstance(value, dict):
            value = deserialize(value)
        cross = value if isinstance(value, Cross) else Cross(value, crossing_dim=self.crossing_dim)
        unknown = [name for name in cross.feature_names if name not in self.features]
        if unknown:
            raise ValueError(
                f"FeatureSpace: `crosses` names {', '.join(map(repr, unknown))}, which `features` does not have. "
                f"Features: {', '.join(map(repr, self.features))}."
            )
        floats = [name for name in cross.feature_names if self.features[name].output_mode == "float"]
        if floats:
            raise ValueError(
                f"FeatureSpace: `crosses` are of categories. {', '.join(map(repr, floats))} "
                f"{'is a float' if len(floats) == 1 else 'are floats'}."
            )
        return cross

    # --- kinds of features

    @classmethod
    def cross(cls, feature_names, crossing_dim, output_mode="one_hot"):
        """A combination of columns of categories, put into `crossing_dim` bins."""
        return Cross(feature_names, crossing_dim, output_mode=output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """A column of a dtype that a layer of your own prepares; `output_mode` is 'float', 'int' or 'one_hot'."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """A number, as it is."""
        return Feature("float32", layers.Identity(name=_layer_name(name, "float")), "float")

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """A number times `scale`, plus `offset`."""
        layer = layers.Rescaling(scale=scale, offset=offset, name=_layer_name(name, "float_rescaled"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_normalized(cls, name=None):
        """A number with mean 0 and variance 1; learns them."""
        return Feature("float32", layers.Normalization(axis=-1, name=_layer_name(name, "float_normalized")), "float")

    @classmethod
    def float_discretized(cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None):
        """The interval that a number falls into; learns `num_bins` of them, or `bin_boundaries` says where they are."""
        layer = layers.Discretization(
            num_bins=num_bins, bin_boundaries=bin_boundaries, name=_layer_name(name, "float_discretized")
        )
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None):
        """An integer that stands for a category; learns which there are."""
        layer = layers.IntegerLookup(
            max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=_layer_name(name, "integer_categorical")
        )
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None):
        """A text that stands for a category; learns which there are."""
        layer = layers.StringLookup(
            max_tokens=max_tokens, num_oov_indices=num_oov_indices, name=_layer_name(name, "string_categorical")
        )
        return Feature("string", layer, output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """A text, put into a bin by its hash."""
        return Feature(
            "string", layers.Hashing(num_bins=num_bins, name=_layer_name(name, "string_hashed")), output_mode
        )

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """An integer, put into a bin by its hash."""
        return Feature(
            "int32", layers.Hashing(num_bins=num_bins, name=_layer_name(name, "integer_hashed")), output_mode
        )

    # --- learning

    def _adaptable(self):
        """The layers that learn from data: those that were not given what they would learn."""
        return {name: layer for name, layer in self.preprocessors.items() if _learns(layer)}

    def adapt(self, dataset):
        """Lets features learn from data.

        Args:
            dataset: a dict of columns, a frame, or what yields batches or rows of them: a generator, a loader, ... Of
                batches `(x, y)` only x counts.
        """
        learning = self._adaptable()
        for layer in learning.values():
            layer.reset_state()
        for batch in passes(dataset) if yields_batches(dataset) else [dataset]:
            columns = self._columns(batch[0] if isinstance(batch, tuple) else batch, learning)
            for name, layer in learning.items():
                layer.update_state(_as_column(columns[name]))
        for layer in learning.values():
            layer.finalize_state()
        self._is_adapted = True
        self._begin_anew()
        self._build()

    def _columns(self, data, names):
        if hasattr(data, "columns") and hasattr(data, "to_numpy"):
            data = {name: data[name] for name in data.columns}
        if not isinstance(data, Mapping):
            raise ValueError(f"{self.name} takes a dict of columns. Got a {type(data).__name__}.")
        missing = [name for name in names if name not in data]
        if missing:
            raise ValueError(f"{self.name}: the data misses {', '.join(map(repr, missing))}. Got {sorted(data)}.")
        return {name: host_array(data[name], name) for name in names}

    def _check_adapted(self):
        learning = self._adaptable()
        if learning and not self._is_adapted:
            raise ValueError(NOT_ADAPTED.format(name=self.name, features=", ".join(map(repr, learning))))

    # --- encoding

    def get_inputs(self):
        """Symbolic inputs by the names of the columns, to begin a model with."""
        self._build()
        return self.inputs

    def get_encoded_features(self):
        """What becomes of `get_inputs()`: a symbolic vector, or a dict of tensors."""
        self._build()
        return self.encoded_features

    def _begin_anew(self):
        self.inputs = self.encoded_features = None
        self.one_hot_encoders = {}

    def _build(self):
        self._check_adapted()
        if self.inputs is not None:
            return
        self.inputs = {
            name: layers.Input((1,), dtype=feature.dtype, name=name) for name, feature in self.features.items()
        }
        self.encoded_features = self._encoded(self.inputs)
        self.built = True

    def build(self, input_shape=None):
        """Makes the inputs and what becomes of them."""
        self._build()

    def __call__(self, data):
        """What becomes of a dict of columns, of the values of one row, or of symbolic inputs."""
        self._build()
        if any_symbolic(data):
            return self._encoded(data)
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.features]
            if unknown:
                raise ValueError(
                    f"{self.name} has no features {', '.join(map(repr, unknown))}. "
                    f"Features: {', '.join(map(repr, self.features))}."
                )
        columns = self._columns(data, self.features)
        one_row = all(column.ndim == 0 for column in columns.values())
        inputs = {name: self._as_input(_as_column(column), name) for name, column in columns.items()}
        encoded = self._encoded(inputs)
        if not one_row:
            return encoded
        return {name: x[0] for name, x in encoded.items()} if isinstance(encoded, dict) else encoded[0]

    def call(self, data):
        """See `__call__`."""
        return self._encoded(data)

    def _as_input(self, column, name):
        dtype = self.features[name].dtype
        if dtype == "string":
            return column
        try:
            return column.astype(dtype)
        except (TypeError, ValueError):
            raise ValueError(f"{self.name}: column {name!r} must hold {dtype}. Got {column.dtype}.") from None

    def _encoded(self, inputs):
        prepared = {name: layer(inputs[name]) for name, layer in self.preprocessors.items()}
        found = {name: self._in_its_form(name, prepared[name]) for name in sorted(prepared)}
        for name, cross in sorted(self.crosses_by_name.items()):
            crossed = self.crossers[name]([prepared[n] for n in cross.feature_names])
            found[name] = self._in_its_form(name, crossed)
        if self.output_mode == "dict":
            return found
        for name, x in found.items():
            if not _dtype_of(x).startswith(("float", "bfloat")):
                raise ValueError(NOT_ENCODED.format(name=self.name, feature=name))
        if self.concat is None:
            self.concat = layers.Concatenate(axis=-1)
        return self.concat(list(found.values())) if len(found) > 1 else next(iter(found.values()))

    def _in_its_form(self, name, x):
        feature = self.features.get(name) or self.crosses_by_name[name]
        if feature.output_mode != "one_hot":
            return x
        if _dtype_of(x).startswith(("float", "bfloat")):
            raise ValueError(
                f"{self.name}: feature {name!r} has output_mode='one_hot', but its layer makes floats, not integers.\n"
                "  Give it output_mode='float'."
            )
        if name not in self.one_hot_encoders:
            size = feature.crossing_dim if isinstance(feature, Cross) else self._cardinality(name, feature.preprocessor)
            self.one_hot_encoders = {
                **self.one_hot_encoders, name: layers.CategoryEncoding(num_tokens=size, output_mode="multi_hot")
            }  # fmt: skip
        return self.one_hot_encoders[name](x)

    def _cardinality(self, name, layer):
        if hasattr(layer, "vocabulary_size"):
            return layer.vocabulary_size()
        if isinstance(layer, layers.Discretization):
            return layer.num_bins or len(layer.bin_boundaries) + 1
        for attribute in ("num_bins", "cardinality"):
            if getattr(layer, attribute, None):
                return getattr(layer, attribute)
        raise ValueError(
            f"{self.name}: nobody knows how many values feature {name!r} has, so it cannot be one-hot.\n"
            f"  Give {type(layer).__name__} an attribute `cardinality`, or let it make vectors: output_mode='float'."
        )

    # --- configs and files

    def save(self, filepath):
        """Writes it to a `.keras` file, from which `keras.models.load_model` makes it again."""
        save_model(self, filepath)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "features": {name: serialize(feature) for name, feature in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [serialize(cross) for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    @classmethod
    def from_config(cls, config):
        """A feature space from what `get_config` returned."""
        return cls(**config)

    def get_build_config(self):
        """What the layers of the columns were built for; None before `adapt`."""
        if self.inputs is None and not self._is_adapted:
            return None
        return {name: layer.get_build_config() or {} for name, layer in self.preprocessors.items()}

    def build_from_config(self, config):
        """Marks it as adapted; what the features learned comes from the file beside."""
        for name, layer in self.preprocessors.items():
            layer.build_from_config(config.get(name) or {})
        self._is_adapted = True


def _layer_name(name, kind):
    return f"{name or unique_name(kind)}_preprocessor"


def _learns(layer):
    if isinstance(layer, layers.Discretization):
        return layer.num_bins is not None
    if isinstance(layer, layers.Normalization):
        return layer.input_mean is None
    if isinstance(layer, layers.TextVectorization):
        layer = layer._lookup_layer
    static = getattr(layer, "input_vocabulary", None) is not None
    return hasattr(layer, "adapt") and hasattr(layer, "update_state") and not static


def _as_column(x):
    """Values as a column: (), (rows,) -> (1, 1), (rows, 1); more axes stay."""
    return x.reshape(1, 1) if x.ndim == 0 else x[:, None] if x.ndim == 1 else x


def _dtype_of(x):
    return x.dtype if isinstance(x, KerasTensor) else str(np.dtype(x.dtype))


_BY_NAME = (
    "float", "float_rescaled", "float_normalized", "float_discretized", "integer_categorical", "string_categorical",
    "integer_hashed", "string_hashed",
)  # fmt: skip

registry.register_built_ins("keras.utils", {"FeatureSpace": FeatureSpace})
# Keras 3 has no public name for the parts of one: it writes where they are, and they are looked up among the layers
_PARTS = {"Cross": Cross, "Feature": Feature, "TFDIdentity": layers.Identity}
registry.register_built_ins("keras.src.layers.preprocessing.feature_space", _PARTS)
registry.register_built_ins("keras.layers", _PARTS)
