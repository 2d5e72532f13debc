"""IntegerLookup: integers become numbers from 0 on."""

import numpy as np

from keras import ops
from keras._core.checks import one_of
from keras._core.errors import WrongTypeError
from keras._jax.host import integer_name
from keras.layers._lookup import Lookup
from keras.layers._text import whole_numbers


class IntegerLookup(Lookup):
    """Gives every integer of a vocabulary a number, or the other way round.

    Numbers begin with the mask (if there is one), then come the unknown ones, then the vocabulary. A layer without a
    vocabulary learns it with `adapt`: the most frequent integers first, among equally frequent ones the largest.

    Args:
        max_tokens: most numbers there may be, special ones included; None for any.
        num_oov_indices: how many numbers unknown integers share. With 0 an unknown integer is an error.
        mask_token: an integer that stands for "nothing here": 0 in 'int' mode, nothing at all in the others.
        oov_token: what unknown numbers become if `invert`.
        vocabulary: a list of integers, or the path of a file with one per line.
        vocabulary_dtype: 'int64'.
        idf_weights: with output_mode='tf_idf', a number per integer of the vocabulary.
        invert: whether numbers become integers of the vocabulary instead.
        output_mode: 'int' for numbers; 'one_hot' for a vector per integer; 'multi_hot', 'count' and 'tf_idf' for one
            per sample, over axis 1: what is there, how often, and how often times its weight.
        sparse: must be False: tensors are dense here.
        pad_to_max_tokens: whether vectors have `max_tokens` places however small the vocabulary is.
        oov_method: which number an unknown x gets: 'floormod' for x modulo `num_oov_indices`, 'farmhash' for a hash of
            its digits.
        salt: an integer, or two, that change what 'farmhash' gives.
        name: its name.
        vocabulary_size: the size of a vocabulary that is loaded later.

    >>> IntegerLookup(vocabulary=[10, 20])([20, 7, 10])
    Array([2, 0, 1], dtype=int32)
    """

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token=-1,
        vocabulary=None,
        vocabulary_dtype="int64",
        idf_weights=None,
        invert=False,
        output_mode="int",
        sparse=False,
        pad_to_max_tokens=False,
        oov_method="floormod",
        salt=None,
        name=None,
        vocabulary_size=None,
        **kwargs,
    ):
        self.vocabulary_dtype = one_of("vocabulary_dtype", vocabulary_dtype, ("int64",), "IntegerLookup")
        if salt is not None and oov_method != "farmhash":
            raise ValueError("IntegerLookup: `salt` is for oov_method='farmhash'; 'floormod' has none.")
        super().__init__(
            max_tokens=max_tokens, num_oov_indices=num_oov_indices,
            mask_token=None if mask_token is None else self._token(mask_token), oov_token=self._token(oov_token),
            vocabulary=vocabulary, idf_weights=idf_weights, invert=invert, output_mode=output_mode, sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens, oov_method=oov_method, salt=salt, vocabulary_size=vocabulary_size,
            name=name, **kwargs,
        )  # fmt: skip

    @property
    def needs_host(self):
        """Whether unknown integers are an error or hashed; a search alone can be done on the device."""
        return not self.invert and (
            self.num_oov_indices == 0 or (self.num_oov_indices > 1 and self.oov_method == "farmhash")
        )

    def read_traced(self, inputs):
        """Searches on the device, where that is possible."""
        self._check_ready()
        if self.invert:
            vocabulary = self._on_device(self.get_vocabulary())
            inside = (inputs >= 0) & (inputs < vocabulary.shape[0])
            return ops.where(inside, ops.take(vocabulary, ops.where(inside, inputs, 0)), self.oov_token)
        if self.needs_host:
            return super().read_traced(inputs)
        inputs = ops.cast(inputs, integer_name())
        keys, places = self._sorted_keys()
        at = ops.minimum(ops.searchsorted(keys, ops.reshape(inputs, (-1,))), len(keys) - 1)
        at = ops.reshape(at, inputs.shape)
        first = len(self._special_tokens()) - self.num_oov_indices
        unknown = first + ops.mod(inputs, self.num_oov_indices)
        return ops.where(ops.take(keys, at) == inputs, ops.take(places, at), unknown)

    def _sorted_keys(self):
        """What can be found, in order, and its numbers."""
        places = self._places
        limits = np.iinfo(integer_name())
        keys = sorted(k for k in places if limits.min <= k <= limits.max)  # inputs of 32 bits are never beyond
        keys = keys or [limits.min]
        return self._on_device(keys), self._on_device([places.get(k, 0) for k in keys])

    def _on_device(self, values):
        return ops.convert_to_tensor(np.array(values, integer_name()))

    def __fingerprint__(self, of):
        # compiled code holds the vocabulary
        return (super().__fingerprint__(of), np.array(self._tokens, "int64").tobytes())

    def _check_symbol(self, x):
        if not x.dtype.startswith(("int", "uint")):
            raise WrongTypeError(
                f"{self.name} (IntegerLookup) takes integers. Got {x!r}; write Input(..., dtype='int32')."
            )

    def _token(self, token):
        if isinstance(token, str):
            try:
                return int(token)
            except ValueError:
                pass
        elif not isinstance(token, bool) and isinstance(token, (int, np.integer)):
            return int(token)
        raise WrongTypeError(f"IntegerLookup: tokens are integers. Got {token!r}.")

    def _read_tokens(self, array):
        owner = f"{self.name} (IntegerLookup)"
        found = whole_numbers(array, owner)
        if array.dtype.kind == "f" and (found != array).any():
            raise WrongTypeError(
                f"{owner} takes integers. Got values of dtype {array.dtype} that are no whole numbers."
            )
        return found.ravel().tolist()

    def _as_array(self, tokens, shape):
        found = np.array(tokens, "int64").reshape(shape)
        fits = not found.size or np.iinfo("int32").min <= found.min() <= found.max() <= np.iinfo("int32").max
        return ops.convert_to_tensor(found) if fits else found

    def _bins(self, tokens):
        if self.oov_method == "floormod":
            return [t % self.num_oov_indices for t in tokens]
        return self._hashed([str(t).encode() for t in tokens])
