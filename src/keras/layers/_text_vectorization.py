"""TextVectorization: sentences become rows of numbers."""

import re
import string
from collections.abc import Iterable

import numpy as np

from keras._core import limits
from keras._core.checks import one_of, positive_integer
from keras._jax.host import integer_name
from keras.layers._host_layer import HostLayer
from keras.layers._lookup import OUTPUT_MODES
from keras.layers._string_lookup import NOT_COMPILED, StringLookup, checked_encoding
from keras.layers._text import batches_of, host_array, texts
from keras.layers._tokens import refuse_path

STANDARDIZERS = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLITTERS = ("whitespace", "character")

# as in Keras 2 and 3, only ASCII letters and ASCII punctuation change
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_STRIP = str.maketrans("", "", string.punctuation)

_SPACE = re.compile("[ \t\n\r\x0b\x0c]+")
_OTHER_SPACE = re.compile("[\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")

ONE_SENTENCE = (
    "{name} splits one text per row. Got shape {shape}, with {many} in a row.\n"
    "  Pass one column, or split=None if the rows hold words already."
)


class TextVectorization(HostLayer):
    """Turns sentences into rows of numbers: standardizes, splits, joins to n-grams, and looks up each token.

    In 'int' mode 0 fills short rows, 1 is an unknown token. `adapt` learns the vocabulary: the most frequent tokens
    first.

    Args:
        max_tokens: most numbers there may be, special ones included; None for any.
        standardize: 'lower_and_strip_punctuation', 'lower', 'strip_punctuation' (of ASCII), None, or a function that
            gets a NumPy array of texts and returns one of the same shape.
        split: 'whitespace', 'character', None for rows that hold tokens already, or a function that gets a NumPy array
            of texts and returns a list of tokens for each.
        ngrams: an integer n for all n-grams of up to n tokens, a tuple of lengths, or None.
        output_mode: 'int' for numbers, 'one_hot' for a vector per token, 'multi_hot', 'count' and 'tf_idf' for one per
            text: what is there, how often, and how often times its weight.
        output_sequence_length: to which length rows are cut or filled; that of the longest one in the batch if None.
        pad_to_max_tokens: whether vectors have `max_tokens` places however small the vocabulary is.
        vocabulary: a list of tokens, or the path of a file with one per line.
        idf_weights: with output_mode='tf_idf', a number per token of the vocabulary.
        sparse: must be False: tensors are dense here.
        ragged: whether rows keep their lengths: the result is then a list of arrays, outside of models.
        encoding: how bytes among the inputs are decoded.
        name: its name.
        vocabulary_size: the size of a vocabulary that is loaded later.

    Shapes:
        x: (batch,) or (batch, 1); y: (batch, tokens) for 'int', (batch, tokens, size) for 'one_hot', (batch, size).

    >>> layer = TextVectorization(vocabulary=["the", "cat"])
    >>> layer(["The cat!", "A dog"])
    Array([[2, 3],
           [1, 1]], dtype=int32)
    """

    _not_in_config = frozenset(("vocabulary_size",))  # the method of that name says it

    def __init__(
        self,
        max_tokens=None,
        standardize="lower_and_strip_punctuation",
        split="whitespace",
        ngrams=None,
        output_mode="int",
        output_sequence_length=None,
        pad_to_max_tokens=False,
        vocabulary=None,
        idf_weights=None,
        sparse=False,
        ragged=False,
        encoding="utf-8",
        name=None,
        vocabulary_size=None,
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        if not callable(standardize):
            one_of("standardize", standardize, (*STANDARDIZERS, None), "TextVectorization")
        if not callable(split):
            one_of("split", split, (*SPLITTERS, None), "TextVectorization")
        one_of("output_mode", output_mode, OUTPUT_MODES, "TextVectorization")
        if output_sequence_length is not None:
            positive_integer("output_sequence_length", output_sequence_length, "TextVectorization")
        for argument, value in (("output_sequence_length", output_sequence_length), ("ragged", ragged or None)):
            if value is not None and output_mode != "int":
                raise ValueError(
                    f"TextVectorization: `{argument}` is for output_mode='int'. The output mode is {output_mode!r}."
                )
        self.max_tokens = max_tokens
        self.standardize = standardize
        self.split = split
        self.ngrams = ngrams
        self._lengths = _lengths(ngrams)
        self.output_mode = output_mode
        self.output_sequence_length = output_sequence_length
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        self.ragged = bool(ragged)
        self.encoding = checked_encoding(encoding, "TextVectorization")
        # the name under which files of Keras 3 keep it
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens, vocabulary=vocabulary, idf_weights=idf_weights, pad_to_max_tokens=pad_to_max_tokens,
            mask_token="", output_mode=output_mode, sparse=sparse, encoding=encoding, vocabulary_size=vocabulary_size,
            dtype=self.dtype_policy,
        )  # fmt: skip
        self.sparse = False

    # --- the vocabulary

    @property
    def vocabulary(self):
        """The vocabulary that the constructor was given."""
        return self._lookup_layer.vocabulary

    @property
    def idf_weights(self):
        """The weights that the constructor was given."""
        return self._lookup_layer.input_idf_weights

    def adapt(self, data, batch_size=None, steps=None):
        """Learns the vocabulary.

        Args:
            data: arrays, lists, frames, or what yields batches: a generator, a loader, a dataset.
            batch_size: texts of an array that are looked at together; all if None.
            steps: how many batches to look at; all if None.
        """
        self.reset_state()
        for batch in batches_of(data, f"{self.name}.adapt", batch_size=batch_size, steps=steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        """Counts the tokens of a batch of texts."""
        self._lookup_layer.count_rows(self.tokens_of(host_array(data, self.name)))

    def finalize_state(self):
        """Makes the vocabulary out of what was counted."""
        self._lookup_layer.finalize_state()

    def reset_state(self):
        """Forgets what was counted."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens in the order of their numbers.

        Args:
            include_special_tokens: whether the list begins with the mask token and the unknown one.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self):
        """How many numbers there are, those of special tokens included."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Takes a vocabulary, and with output_mode='tf_idf' the weights of its tokens.

        Args:
            vocabulary: a list of tokens, with or without the special ones at its start, or the path of a file with one
                per line.
            idf_weights: a number per token.
        """
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    # --- from text to numbers

    def tokens_of(self, array):
        """The tokens of every row of an array of texts."""
        rows = self._rows(array)
        if self._lengths is not None:
            rows = [[" ".join(row[i : i + n]) for n in self._lengths for i in range(len(row) - n + 1)] for row in rows]
        return rows

    def _rows(self, array):
        if self.split is None:
            flat = self._standardized(texts(array, self.name, self.encoding))
            size = array.shape[-1] if array.ndim > 1 or (self._lengths is not None and array.ndim) else 1
            return [flat[i : i + size] for i in range(0, len(flat), size)] if size else []
        if array.ndim > 2 or (array.ndim == 2 and array.shape[1] != 1):
            raise ValueError(ONE_SENTENCE.format(name=self.name, shape=array.shape, many=array.shape[-1]))
        sentences = self._standardized(texts(array, self.name, self.encoding))
        if callable(self.split):
            return _as_rows(self.split(np.array(sentences, dtype=str)), len(sentences), self.name)
        if self.split == "character":
            return [list(s) for s in sentences]
        return _words(sentences)

    def _standardized(self, sentences):
        if self.standardize is None:
            return sentences
        if callable(self.standardize):
            found = host_array(self.standardize(np.array(sentences, dtype=str)), self.name)
            if found.size != len(sentences):
                raise ValueError(
                    f"{self.name}: `standardize` must return a text for each one it gets. "
                    f"It got {len(sentences)} and returned {found.size}."
                )
            return texts(found, self.name, self.encoding)
        if "lower" in self.standardize:
            sentences = [s.translate(_LOWER) for s in sentences]
        return sentences if self.standardize == "lower" else [s.translate(_STRIP) for s in sentences]

    def read(self, inputs):
        """Rows of numbers; -1 fills rows where 0 stands for a token."""
        rows = self.tokens_of(inputs)
        found = self._lookup_layer.numbers_of([token for row in rows for token in row])
        ends = np.cumsum([len(row) for row in rows], dtype=int)
        if self.split is None and self._lengths is None:
            return self._cut_or_fill(found.reshape(inputs.shape))
        if self.ragged:
            return np.split(found, ends[:-1])
        length = max((len(row) for row in rows), default=0)
        filled = np.full((len(rows), length), 0 if self.output_mode == "int" else -1, "int64")
        for i, row in enumerate(rows):
            filled[i, : len(row)] = found[ends[i] - len(row) : ends[i]]
        alone = inputs.ndim == 0 or (self.split is None and inputs.ndim == 1)
        return self._cut_or_fill(filled[0] if alone else filled)

    def _cut_or_fill(self, numbers):
        length = self.output_sequence_length
        if length is None or not numbers.ndim:
            return numbers
        numbers = numbers[..., :length]
        return np.pad(numbers, [(0, 0)] * (numbers.ndim - 1) + [(0, length - numbers.shape[-1])])

    def encode(self, numbers):
        """The numbers in the form that `output_mode` says."""
        if isinstance(numbers, list):  # ragged
            length = self.output_sequence_length
            return [row[:length].astype(integer_name()) for row in numbers]
        return self._lookup_layer.encode(numbers)

    def read_traced(self, inputs):
        """Refuses: values in compiled code are numbers."""
        raise TypeError(NOT_COMPILED.format(name=self.name, kind="TextVectorization", what="numbers from texts"))

    def compute_output_shape(self, input_shape):
        """As the constructor's `Shapes` say; the length of rows is known if `output_sequence_length` is given."""
        shape = tuple(input_shape)
        if self.split is not None:
            shape = (*shape[:1], None)
        elif self._lengths is not None:
            shape = (*shape[:-1], None)
        if self.output_sequence_length is not None and shape:
            shape = (*shape[:-1], self.output_sequence_length)
        return self._lookup_layer.compute_output_shape(shape)

    def compute_output_spec(self, inputs):
        """A symbolic tensor of the promised shape."""
        self._lookup_layer._check_symbol(inputs)
        if self.ragged:
            raise ValueError(
                f"{self.name}: `ragged` is True, and tensors of a model have rows of equal length.\n"
                "  Leave it False; 0 fills short rows."
            )
        return super().compute_output_spec(inputs)

    @property
    def output_dtype(self):
        """Integers, but for 'tf_idf'."""
        return self._lookup_layer.output_dtype

    # --- configs and files

    def get_config(self):
        """The constructor's arguments; a vocabulary that was learned is not among them but in the file beside."""
        config = super().get_config()
        config["vocabulary_size"] = self._lookup_layer.get_config()["vocabulary_size"]
        return config

    @classmethod
    def from_config(cls, config):
        """A layer from what `get_config` returned."""
        refuse_path(config, cls.__name__)
        return super().from_config(config)

    def save_own_variables(self, store):
        """Puts the weights of 'tf_idf' into `store`."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store):
        """Takes the weights of 'tf_idf' from `store`."""
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path):
        """Writes a learned vocabulary to `vocabulary.txt` in a folder."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path):
        """Takes the vocabulary from `vocabulary.txt` in a folder."""
        self._lookup_layer.load_assets(dir_path)


def _lengths(ngrams):
    """The lengths of n-grams that `ngrams` asks for."""
    if ngrams is None:
        return None
    if isinstance(ngrams, (int, np.integer)) and not isinstance(ngrams, bool) and ngrams > 0:
        limits.check_repeats("ngrams", ngrams)
        return tuple(range(1, ngrams + 1))
    if isinstance(ngrams, (list, tuple)) and ngrams and all(isinstance(n, (int, np.integer)) and n > 0 for n in ngrams):
        return tuple(ngrams)
    raise ValueError(
        f"TextVectorization: `ngrams` must be a positive integer, a tuple of them, or None. Got {ngrams!r}."
    )


def _words(sentences):
    """Words between ASCII white space, which is what other releases split at; `str.split` knows more of it."""
    if not _OTHER_SPACE.search("".join(sentences)):
        return [s.split() for s in sentences]
    return [[w for w in _SPACE.split(s) if w] for s in sentences]


def _as_rows(found, count, name):
    """What a user's `split` returned, as a list of lists of `str`."""
    found = found.to_list() if hasattr(found, "to_list") else found
    if not isinstance(found, Iterable) or len(rows := list(found)) != count:
        raise ValueError(f"{name}: `split` must return a list of tokens for each of the {count} texts it gets.")
    return [texts(np.array(list(row), object).ravel(), name) for row in rows]
