"""StringLookup: texts become numbers."""

import codecs

import numpy as np

from keras._core.errors import WrongTypeError
from keras.layers._lookup import Lookup
from keras.layers._text import encoded, texts

NOT_COMPILED = (
    "{name} ({kind}) makes {what}, which compiled code cannot do.\n"
    "  Call it before the compiled part, or put it at the beginning of a model."
)


class StringLookup(Lookup):
    """Gives every text of a vocabulary a number, or the other way round.

    Numbers begin with the mask (if there is one), then come the unknown ones, then the vocabulary. A layer without a
    vocabulary learns it with `adapt`: the most frequent texts first, among equally frequent ones the last in the order
    of their characters.

    Args:
        max_tokens: most numbers there may be, special ones included; None for any.
        num_oov_indices: how many numbers unknown texts share; which one a text gets is decided by its hash. With 0 an
            unknown text is an error.
        mask_token: a text that stands for "nothing here": 0 in 'int' mode, nothing at all in the others.
        oov_token: what unknown numbers become if `invert`.
        vocabulary: a list of texts, or the path of a file with one per line.
        idf_weights: with output_mode='tf_idf', a number per text of the vocabulary.
        invert: whether numbers become texts instead: NumPy arrays, as tensors hold no text.
        output_mode: 'int' for numbers; 'one_hot' for a vector per text; 'multi_hot', 'count' and 'tf_idf' for one per
            sample, over axis 1: what is there, how often, and how often times its weight.
        pad_to_max_tokens: whether vectors have `max_tokens` places however small the vocabulary is.
        sparse: must be False: tensors are dense here.
        encoding: how bytes among the inputs are decoded.
        name: its name.
        salt: an integer, or two, that change which number an unknown text gets.
        oov_method: 'floormod' or 'farmhash', which are the same for texts.
        vocabulary_size: the size of a vocabulary that is loaded later.

    The weights are `log(1 + documents / (1 + documents with the text))`, where each row of the data is a document.

    >>> StringLookup(vocabulary=["a", "b"])(["b", "z", "a"])
    Array([2, 0, 1], dtype=int32)
    """

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token="[UNK]",
        vocabulary=None,
        idf_weights=None,
        invert=False,
        output_mode="int",
        pad_to_max_tokens=False,
        sparse=False,
        encoding="utf-8",
        name=None,
        salt=None,
        oov_method="floormod",
        vocabulary_size=None,
        **kwargs,
    ):
        self.encoding = checked_encoding(encoding, "StringLookup")
        super().__init__(
            max_tokens=max_tokens, num_oov_indices=num_oov_indices, mask_token=mask_token, oov_token=oov_token,
            vocabulary=vocabulary, idf_weights=idf_weights, invert=invert, output_mode=output_mode, sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens, oov_method=oov_method, salt=salt, vocabulary_size=vocabulary_size,
            name=name, **kwargs,
        )  # fmt: skip

    vocabulary_dtype = "string"

    @property
    def output_dtype(self):
        """Text if `invert`; integers otherwise, but for 'tf_idf'."""
        return "string" if self.invert else super().output_dtype

    def read_traced(self, inputs):
        """Refuses: values in compiled code are numbers."""
        what = "texts from numbers" if self.invert else "numbers from texts"
        raise TypeError(NOT_COMPILED.format(name=self.name, kind="StringLookup", what=what))

    def _check_symbol(self, x):
        if not self.invert and x.dtype != "string":
            raise WrongTypeError(f"{self.name} (StringLookup) takes text. Got {x!r}; write Input(..., dtype='string').")

    def _token(self, token):
        if isinstance(token, bytes):
            return token.decode(self.encoding, "surrogateescape")
        if not isinstance(token, str):
            raise WrongTypeError(f"StringLookup: a vocabulary is a list of texts. Got {token!r} among them.")
        return str(token)

    def _read_tokens(self, array):
        return texts(array, self.name, self.encoding)

    def _as_array(self, tokens, shape):
        return np.array(tokens, dtype=str).reshape(shape)

    def _bins(self, tokens):
        return self._hashed(encoded(tokens))


def checked_encoding(encoding, owner):
    """The name of a text encoding that Python knows."""
    try:
        codecs.lookup(encoding)
    except (LookupError, TypeError):
        raise ValueError(f"{owner}: `encoding` must name a text encoding such as 'utf-8'. Got {encoding!r}.") from None
    return encoding
