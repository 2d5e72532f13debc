"""What lookups of text and of integers share: the vocabulary, and how it is learned."""

import collections
import os

import numpy as np

from keras import config, ops
from keras._core import limits
from keras._core.checks import one_of, positive_integer
from keras._jax.host import integer_name
from keras.layers._encoding import encode, encoded_shape
from keras.layers._hashes import farm_hash, sip_hash
from keras.layers._host_layer import HostLayer
from keras.layers._lookup_files import LookupFiles
from keras.layers._text import batches_of, host_array, yields_batches
from keras.layers._tokens import as_list, checked_salt, few, floats, lines_of, plain_token, refuse_path

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")

NO_VOCABULARY = (
    "{name} ({kind}) has no vocabulary yet.\n  Call {name}.adapt(data), or pass `vocabulary` to the constructor."
)
NOT_IN_VOCABULARY = (
    "{name}: {tokens} not in the vocabulary, and `num_oov_indices` is 0.\n"
    "  Pass num_oov_indices=1 for a place that takes all unknown ones."
)
MISPLACED_MASK = (
    "{owner}: the mask token {mask!r} stands at place {at} of the vocabulary.\n"
    "  Leave mask and unknown tokens out, or let it begin with them in this order: {special}."
)
TOO_MANY = "{owner}: the vocabulary has {size} tokens, the special ones counted, and `max_tokens` is {most}."
WEIGHTS_OF_ANOTHER_MODE = "{owner}: `idf_weights` are for output_mode='tf_idf'. The output mode is {mode!r}."
STATIC = (
    "{name} was given its vocabulary, so adapt() cannot learn another one.\n"
    "  Leave `vocabulary` out of the constructor to learn it from data."
)


class Lookup(LookupFiles, HostLayer):
    """Gives every token of a vocabulary a number; the base of StringLookup and IntegerLookup."""

    _not_in_config = frozenset(("vocabulary_size",))  # the method of that name says it
    _keras_hidden = frozenset(
        (
            "_tokens", "_places", "_idf", "_counts", "_document_counts", "num_documents", "vocabulary",
            "idf_weights_given",
        )
    )  # fmt: skip

    def __init__(
        self, max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
        sparse, pad_to_max_tokens, oov_method, salt, vocabulary_size=None, **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        owner = type(self).__name__
        if max_tokens is not None and positive_integer("max_tokens", max_tokens, owner) < 2:
            raise ValueError(f"{owner}: `max_tokens` must be at least 2. Got {max_tokens}.")
        if not isinstance(num_oov_indices, (int, np.integer)) or num_oov_indices < 0:
            raise ValueError(f"{owner}: `num_oov_indices` must be an integer of at least 0. Got {num_oov_indices!r}.")
        one_of("output_mode", output_mode, OUTPUT_MODES, owner)
        one_of("oov_method", oov_method, ("floormod", "farmhash"), owner)
        if invert and output_mode != "int":
            raise ValueError(f"{owner}: `output_mode` must be 'int' if `invert` is True. Got {output_mode!r}.")
        if sparse:
            raise ValueError(f"{owner}: `sparse` must be False: tensors are dense here.")
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"{owner}: `pad_to_max_tokens` needs `max_tokens`, which is None.")
        if idf_weights is not None and output_mode != "tf_idf":
            raise ValueError(WEIGHTS_OF_ANOTHER_MODE.format(owner=owner, mode=output_mode))
        self.max_tokens = max_tokens
        self.num_oov_indices = int(num_oov_indices)
        limits.take("num_oov_indices", (self.num_oov_indices,), 4 * 8)  # each is an entry of several lists
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = bool(invert)
        self.output_mode = output_mode
        self.sparse = False
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        self.oov_method = oov_method
        self.salt = checked_salt(salt, owner)
        self.vocabulary = None  # as given to the constructor
        self.idf_weights_given = None if idf_weights is None else floats(idf_weights)
        self._tokens = []  # without the special ones
        self._places = {}  # token -> its number, the mask's included
        self._idf = None  # a weight per place, the unknown ones included
        self.num_documents = 0
        self._start_counting()
        if vocabulary is not None:
            if isinstance(vocabulary, (str, os.PathLike)):
                self.set_vocabulary(lines_of(vocabulary, owner), idf_weights)
            else:
                self.set_vocabulary(vocabulary, idf_weights)
                self.vocabulary = [plain_token(t) for t in as_list(vocabulary, owner)]
        self._static = vocabulary is not None
        self._note_size(vocabulary_size)

    def _note_size(self, vocabulary_size):
        # a config says how large the vocabulary in the file beside it is
        if vocabulary_size is not None and not self._tokens:
            self._promised_size = positive_integer("vocabulary_size", vocabulary_size, type(self).__name__)

    _promised_size = None

    # --- the vocabulary

    def _special_tokens(self):
        """What stands before the vocabulary in 'int' mode, or in the other modes, which have no place for a mask."""
        mask = [self.mask_token] if self.mask_token is not None and self.output_mode == "int" else []
        return [*mask, *[self.oov_token] * self.num_oov_indices]

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens in the order of their numbers.

        Args:
            include_special_tokens: whether the list begins with the mask token and the unknown ones.
        """
        return [*(self._special_tokens() if include_special_tokens else ()), *self._tokens]

    def vocabulary_size(self):
        """How many numbers there are, those of special tokens included."""
        if not self._tokens and self._promised_size is not None:
            return self._promised_size
        return len(self._special_tokens()) + len(self._tokens)

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Takes a vocabulary, and with output_mode='tf_idf' the weights of its tokens.

        Args:
            vocabulary: a list of tokens, with or without the special ones at its start, or the path of a file with one
                per line.
            idf_weights: a number per token. Unknown ones weigh the mean, unless the vocabulary lists them.

        Raises:
            ValueError: a token is there twice, a special one stands elsewhere, or there are more than `max_tokens`.
        """
        owner = type(self).__name__
        if isinstance(vocabulary, (str, os.PathLike)):
            vocabulary = lines_of(vocabulary, owner)
        tokens = [self._token(t) for t in as_list(vocabulary, owner)]
        if not tokens:
            raise ValueError(f"{owner}: `vocabulary` is empty.")
        if self.output_mode == "tf_idf" and idf_weights is None:
            raise ValueError(f"{owner}: with output_mode='tf_idf' a vocabulary needs `idf_weights`, one per token.")
        if self.output_mode != "tf_idf" and idf_weights is not None:
            raise ValueError(WEIGHTS_OF_ANOTHER_MODE.format(owner=owner, mode=self.output_mode))
        weights = None if idf_weights is None else floats(idf_weights)
        if weights is not None and len(weights) != len(tokens):
            raise ValueError(f"{owner}: {len(tokens)} tokens need as many `idf_weights`. Got {len(weights)}.")
        special = self._special_tokens()
        unknown_weight = None
        if special and tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
            if weights is not None:
                unknown_weight, weights = weights[: len(special)], weights[len(special) :]
        self._check(tokens, special)
        self._take(tokens, weights, unknown_weight)

    def _check(self, tokens, special):
        owner = type(self).__name__
        repeated = [t for t, count in collections.Counter(tokens).items() if count > 1]
        if repeated:
            raise ValueError(f"{owner}: the vocabulary has tokens that come twice: {few(repeated)}.")
        if self.mask_token is not None and self.mask_token in tokens:
            at = tokens.index(self.mask_token)
            raise ValueError(MISPLACED_MASK.format(owner=owner, mask=self.mask_token, at=at, special=special))
        if self.invert and self.oov_token in tokens:
            raise ValueError(
                f"{owner}: the vocabulary holds {self.oov_token!r}, which stands for unknown ones. "
                "Pass another `oov_token`."
            )
        if self.max_tokens is not None and len(tokens) + len(special) > self.max_tokens:
            raise ValueError(TOO_MANY.format(owner=owner, size=len(tokens) + len(special), most=self.max_tokens))

    def _take(self, tokens, weights, unknown_weight=None):
        first = len(self._special_tokens())
        self._tokens = tokens
        self._places = {token: first + i for i, token in enumerate(tokens)}
        if self.mask_token is not None:
            self._places[self.mask_token] = 0 if self.output_mode == "int" else -1
        if weights is not None:
            mean = float(np.mean(weights)) if len(weights) else 0.0
            unknown = [mean] * first if unknown_weight is None else list(unknown_weight)
            self._idf = np.array([*unknown, *weights], "float32")
        self._vocabulary_mark = hash(tuple(tokens))  # tells programs of one vocabulary from those of another

    _vocabulary_mark = None

    # --- learning it

    def adapt(self, data, steps=None):
        """Learns the vocabulary: the most frequent tokens first, among equally frequent ones the largest.

        Args:
            data: arrays, lists, frames, or what yields batches: a generator, a loader, a dataset.
            steps: how many batches to look at; all if None.
        """
        self.reset_state()
        rows = not yields_batches(data)  # of a column each row is a document, of a batch of tokens the whole
        for batch in batches_of(data, f"{self.name}.adapt", steps=steps):
            self.update_state(batch[:, None] if rows and batch.ndim == 1 else batch)
        self.finalize_state()

    def update_state(self, data):
        """Counts the tokens of a batch. With output_mode='tf_idf' each row of it is a document."""
        if self._static:
            raise ValueError(STATIC.format(name=self.name))
        data = host_array(data, self.name)
        tokens = self._read_tokens(data)
        self._counts.update(tokens)
        if self.output_mode == "tf_idf":
            size = data.shape[-1] if data.ndim else 1
            self._count_documents(tokens[i : i + size] for i in range(0, len(tokens), size))

    def count_rows(self, rows):
        """Counts the tokens of documents of different lengths."""
        if self._static:
            raise ValueError(STATIC.format(name=self.name))
        for row in rows:
            self._counts.update(row)
        if self.output_mode == "tf_idf":
            self._count_documents(rows)

    def _count_documents(self, rows):
        for row in rows:
            self._document_counts.update(set(row))
            self.num_documents += 1

    def finalize_state(self):
        """Makes the vocabulary out of what was counted."""
        if self._static or not self._counts:
            return
        special = self._special_tokens()
        counts = {t: n for t, n in self._counts.items() if t not in (self.mask_token, self.oov_token)}
        tokens = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        if self.max_tokens is not None:
            tokens = tokens[: max(self.max_tokens - len(special), 0)]
        weights = None
        if self.output_mode == "tf_idf":
            # as in Keras 2 and 3: log(1 + documents / (1 + documents with the token))
            held = np.array([self._document_counts[t] for t in tokens], "float64")
            weights = np.log1p(self.num_documents / (1 + held)).astype("float32")
        self._take(tokens, weights)
        self._start_counting()

    def reset_state(self):
        """Forgets what was counted; the vocabulary stays until a new one is made."""
        if self._static:
            return
        self._start_counting()

    def _start_counting(self):
        self._counts = collections.Counter()
        self._document_counts = collections.Counter()
        self.num_documents = 0

    @property
    def token_counts(self):
        """Token -> how often it came since the last `reset_state` or `finalize_state`."""
        return self._counts

    @property
    def token_document_counts(self):
        """Token -> how many documents had it; for output_mode='tf_idf'."""
        return self._document_counts

    @property
    def input_vocabulary(self):
        """The vocabulary that the constructor was given."""
        return self.vocabulary

    @property
    def input_idf_weights(self):
        """The weights that the constructor was given."""
        return self.idf_weights_given

    @property
    def idf_weights(self):
        """With output_mode='tf_idf', a weight per number; padded with zeros if `pad_to_max_tokens`."""
        if self._idf is None or not self.pad_to_max_tokens:
            return self._idf
        return np.pad(self._idf, (0, self.max_tokens - len(self._idf)))

    # --- looking tokens up

    def _check_ready(self):
        if not self._tokens:
            raise ValueError(NO_VOCABULARY.format(name=self.name, kind=type(self).__name__))

    def numbers_of(self, tokens):
        """The number of every token of a flat list; -1 for the mask where the output has no place for it."""
        self._check_ready()
        places, many = self._places, self.num_oov_indices
        found = list(map(places.get, tokens))
        if None in found:
            missing = [i for i, n in enumerate(found) if n is None]
            if not many:
                unknown = list(dict.fromkeys(tokens[i] for i in missing))
                said = f"{few(unknown)} {'is' if len(unknown) == 1 else 'are'}"
                raise ValueError(NOT_IN_VOCABULARY.format(name=self.name, tokens=said))
            first = len(self._special_tokens()) - many
            bins = [0] * len(missing) if many == 1 else self._bins([tokens[i] for i in missing])
            for i, n in zip(missing, bins, strict=True):
                found[i] = first + int(n)
        return np.array(found, "int64")

    def _hashed(self, items):
        """Bins of texts as bytes."""
        hashes = farm_hash(items) if self.salt is None else sip_hash(items, self.salt)
        return hashes % np.uint64(self.num_oov_indices)

    def tokens_of(self, numbers):
        """The token of every number, the unknown one where there is none."""
        self._check_ready()
        vocabulary = self.get_vocabulary()
        size = len(vocabulary)
        return [vocabulary[n] if 0 <= n < size else self.oov_token for n in numbers]

    def read(self, inputs):
        """Numbers from tokens, or tokens from numbers if `invert`."""
        if self.invert:
            return self._as_array(self.tokens_of(self._read_numbers(inputs)), inputs.shape)
        return self.numbers_of(self._read_tokens(inputs)).reshape(inputs.shape)

    def encode(self, numbers):
        """The numbers in the form that `output_mode` says."""
        if self.invert:
            return numbers
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        found = encode(numbers, mode, self._depth(), self.output_dtype)
        if self.output_mode != "tf_idf":
            return found
        weights = self.idf_weights
        if isinstance(numbers, np.ndarray):  # a call on values compiles nothing
            return ops.convert_to_tensor(np.asarray(found) * weights.astype(found.dtype))
        return found * ops.convert_to_tensor(weights, found.dtype)

    def _depth(self):
        if self.pad_to_max_tokens:
            return self.max_tokens
        if not self._tokens and self._promised_size is None:
            raise ValueError(NO_VOCABULARY.format(name=self.name, kind=type(self).__name__))
        return self.vocabulary_size()

    def compute_output_shape(self, input_shape):
        """The shape of the inputs, or of vectors, as `output_mode` says."""
        depth = None if self.output_mode == "int" else self._depth()
        return encoded_shape(input_shape, "count" if self.output_mode == "tf_idf" else self.output_mode, depth)

    def compute_output_spec(self, inputs):
        """A symbolic tensor of the promised shape."""
        self._check_symbol(inputs)
        return super().compute_output_spec(inputs)

    def _check_symbol(self, x):
        """Refuses a symbolic tensor of the wrong kind."""

    @property
    def output_dtype(self):
        """Integers, but for 'tf_idf'."""
        if self.output_mode != "tf_idf":
            return integer_name()
        # tf.keras says what goes in
        return config.floatx() if self.compute_dtype == "string" else self.compute_dtype

    # --- configs and files

    def get_config(self):
        """The constructor's arguments; a vocabulary that was learned is not among them but in the file beside."""
        config = super().get_config()
        config["idf_weights"] = self.idf_weights_given
        config["vocabulary_size"] = self.vocabulary_size() if self._tokens else self._promised_size
        return config

    @classmethod
    def from_config(cls, config):
        """A layer from what `get_config` returned."""
        refuse_path(config, cls.__name__)
        return super().from_config(config)

    def __fingerprint__(self, of):
        settings = super().__fingerprint__(of)
        return (settings, None if self._idf is None else self._idf.tobytes())

    # --- what kinds of tokens there are

    def _token(self, token):
        raise NotImplementedError

    def _read_tokens(self, array):
        raise NotImplementedError

    def _read_numbers(self, array):
        return [int(n) for n in ops.convert_to_numpy(array).ravel()]

    def _as_array(self, tokens, shape):
        raise NotImplementedError

    def _bins(self, tokens):
        raise NotImplementedError
