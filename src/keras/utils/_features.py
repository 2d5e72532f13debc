"""What a FeatureSpace is made of: columns, and combinations of columns."""

from keras._core.checks import one_of, positive_integer
from keras._core.serialization import deserialize, serialize


class Feature:
    """What becomes of a column: its dtype, the layer that prepares it, and the form it comes out in.

    Args:
        dtype: 'float32', 'int32', 'string' or another dtype.
        preprocessor: a layer, or the config of one.
        output_mode: 'float', 'int' or 'one_hot'.
    """

    def __init__(self, dtype, preprocessor, output_mode):
        self.dtype = dtype
        self.preprocessor = deserialize(preprocessor) if isinstance(preprocessor, dict) else preprocessor
        if not callable(self.preprocessor):
            raise ValueError(f"FeatureSpace.feature: `preprocessor` must be a layer. Got {preprocessor!r}.")
        self.output_mode = one_of("output_mode", output_mode, ("int", "one_hot", "float"), "FeatureSpace.feature")

    def get_config(self):
        """The constructor's arguments."""
        return {
            "dtype": self.dtype,
            "preprocessor": serialize(self.preprocessor),
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config):
        """A feature from what `get_config` returned."""
        return cls(**config)


class Cross:
    """A combination of columns, put into bins.

    Args:
        feature_names: the columns.
        crossing_dim: how many bins there are.
        output_mode: 'int' or 'one_hot'.
    """

    def __init__(self, feature_names, crossing_dim, output_mode="one_hot"):
        if isinstance(feature_names, str) or len(feature_names) < 2:
            raise ValueError(f"FeatureSpace.cross: `feature_names` must be two or more names. Got {feature_names!r}.")
        self.feature_names = tuple(feature_names)
        self.crossing_dim = positive_integer("crossing_dim", crossing_dim, "FeatureSpace.cross")
        self.output_mode = one_of("output_mode", output_mode, ("int", "one_hot"), "FeatureSpace.cross")

    @property
    def name(self):
        """The names of the columns, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "feature_names": list(self.feature_names),
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config):
        """A cross from what `get_config` returned."""
        return cls(**config)
