"""Hashing: texts and integers become numbers of bins."""

import numpy as np

from keras._core.checks import one_of, positive_integer
from keras._jax.host import integer_name
from keras.layers._encoding import MODES, encode, encoded_shape
from keras.layers._hashes import farm_hash, sip_hash
from keras.layers._host_layer import HostLayer
from keras.layers._text import encoded, is_text, texts, whole_numbers
from keras.layers._tokens import checked_salt


class Hashing(HostLayer):
    """Puts texts or integers into bins by their hash: FarmHash64, or SipHash-2-4 where there is a salt.

    Integers are hashed as their digits. The bins are those of Keras 2 and 3.

    Args:
        num_bins: how many bins there are, that of `mask_value` included.
        mask_value: a text or integer that gets bin 0 for itself.
        salt: an integer, or two, that change which value goes where.
        output_mode: 'int' for numbers of bins; 'one_hot' for a vector per value; 'multi_hot' and 'count' for one per
            sample, over axis 1.
        sparse: must be False: tensors are dense here.

    >>> Hashing(num_bins=7)(["q", "r", "s"])
    Array([1, 4, 1], dtype=int32)
    """

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", sparse=False, **kwargs):
        one_of("output_mode", output_mode, MODES, "Hashing")
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else None
        super().__init__(**kwargs)
        if output_mode == "int" and not self.compute_dtype.startswith(("int", "uint")):
            raise ValueError(
                f"Hashing: `dtype` must be an integer's with output_mode='int'. Got {self.dtype_policy.name!r}."
            )
        self.num_bins = checked_bins(num_bins, "Hashing")
        if sparse:
            raise ValueError("Hashing: `sparse` must be False: tensors are dense here.")
        self.mask_value = mask_value
        self.salt = checked_salt(salt, "Hashing")
        self.strong_hash = salt is not None
        self.output_mode = output_mode
        self.sparse = False

    def read(self, inputs):
        """Numbers of bins."""
        if is_text(inputs):
            items = texts(inputs, self.name)
            masked = [t == self.mask_value for t in items]
            found = encoded(items)
        else:
            items = whole_numbers(inputs, self.name).ravel()
            masked = np.zeros(items.shape, bool) if self.mask_value is None else items == self.mask_value
            yes_or_no = inputs.dtype.kind == "b"  # TensorFlow spells those out
            found = [(b"true" if n else b"false") if yes_or_no else b"%d" % n for n in items.tolist()]
        hashes = farm_hash(found) if self.salt is None else sip_hash(found, self.salt)
        if self.mask_value is None:
            bins = hashes % np.uint64(self.num_bins)
        elif self.num_bins == 1:
            bins = np.zeros(len(found), np.uint64)
        else:
            bins = np.where(masked, np.uint64(0), hashes % np.uint64(self.num_bins - 1) + np.uint64(1))
        return bins.astype("int64").reshape(inputs.shape)

    def encode(self, numbers):
        """The numbers in the form that `output_mode` says."""
        return encode(numbers, self.output_mode, self.num_bins, self.output_dtype)

    @property
    def output_dtype(self):
        """That of the layer, integers in 32 bits where the process computes in 32."""
        return integer_name() if self.compute_dtype == "int64" else self.compute_dtype

    def compute_output_shape(self, input_shape):
        """The shape of the inputs, or of vectors, as `output_mode` says."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)


def checked_bins(num_bins, owner):
    """`num_bins` as an int that integers of 32 bits can count to."""
    if positive_integer("num_bins", num_bins, owner) >= 2**31:
        raise ValueError(f"{owner}: `num_bins` must be below 2 ** 31. Got {num_bins}.")
    return int(num_bins)
