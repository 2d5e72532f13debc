"""Text as numbers: `keras.preprocessing.text` of Keras 0.x to 2.x."""

from __future__ import annotations

import collections
import hashlib
import json

import numpy as np

from keras._core.checks import one_of

__all__ = ["Tokenizer", "base_filter", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_MODES = ("binary", "count", "tfidf", "freq")


def base_filter():
    """The signs that 0.x and 1.x took out of text: punctuation but the apostrophe, tabs and ends of lines."""
    return FILTERS


def text_to_word_sequence(input_text, filters=FILTERS, lower=True, split=" "):
    """The words of a text.

    Args:
        input_text: the text.
        filters: signs that are read as gaps.
        lower: whether the text is put into lower case first.
        split: what stands between words.

    >>> text_to_word_sequence("Don't stop, now!")
    ["don't", 'stop', 'now']
    """
    text = input_text.lower() if lower else input_text
    gaps = str.maketrans(dict.fromkeys(filters, split))
    return [word for word in text.translate(gaps).split(split) if word]


def one_hot(input_text, n, filters=FILTERS, lower=True, split=" ", analyzer=None):
    """The words of a text as numbers from 1 to n - 1, by Python's own hash, which differs from run to run.

    Args:
        n: one more than the largest number.
        input_text, filters, lower, split: see `text_to_word_sequence`.
        analyzer: a function that makes words of a text, instead of these.
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def hashing_trick(text, n, hash_function=None, filters=FILTERS, lower=True, split=" ", analyzer=None):
    """The words of a text as numbers from 1 to n - 1, by a hash: different words can get the same number.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: None for Python's own, which differs from run to run; 'md5', which does not; or a function.
        filters, lower, split: see `text_to_word_sequence`.
        analyzer: a function that makes words of a text, instead of these.

    >>> hashing_trick("a b a c", 10, "md5")
    [2, 5, 2, 8]
    """
    if hash_function is None:
        hash_function = hash
    elif hash_function == "md5":
        hash_function = _md5
    elif not callable(hash_function):
        raise ValueError(f"hashing_trick: `hash_function` must be None, 'md5' or a function. Got {hash_function!r}.")
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [int(hash_function(word) % (n - 1)) + 1 for word in words]


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Numbers the words of texts, the most frequent one 1; 0 is left free for padding.

    Args:
        num_words: only words with numbers below it are kept in results; None keeps all.
        filters, lower, split: see `text_to_word_sequence`.
        char_level: whether every sign is a word.
        oov_token: a word that stands for all that are not known or not kept; it gets number 1, or the
            number of that word if texts have it.
        analyzer: a function that makes words of a text, instead of `filters` and `split`.
        document_count: how many texts were seen before.

    >>> words = Tokenizer()
    >>> words.fit_on_texts(["the cat", "the dog"])
    >>> words.texts_to_sequences(["the dog barks"])
    [[1, 3]]
    """

    def __init__(
        self,
        num_words=None,
        filters=FILTERS,
        lower=True,
        split=" ",
        char_level=False,
        oov_token=None,
        analyzer=None,
        *,
        document_count=0,
    ):
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.document_count = document_count
        self.word_counts: dict = collections.OrderedDict()  # word -> how often
        self.word_docs: dict = collections.defaultdict(int)  # word -> in how many texts
        self.index_docs: dict = collections.defaultdict(int)  # number -> in how many texts
        self.word_index: dict = {}
        self.index_word: dict = {}

    def _words(self, text) -> list:
        if self.char_level or isinstance(text, (list, tuple)):
            if not self.lower:
                return list(text)
            return [word.lower() for word in text]
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts):
        """Counts the words of texts, or of lists of words, and numbers all words seen so far."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in dict.fromkeys(words):
                self.word_docs[word] += 1
        ordered = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)  # stable: first seen first
        if self.oov_token is not None:
            ordered = [self.oov_token, *ordered]  # which has the later of two numbers if the texts have it, too
        self.word_index = {word: number for number, word in enumerate(ordered, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences):
        """Counts in how many sequences of numbers each number is: what 'tfidf' needs where there are no texts."""
        for sequence in sequences:
            self.document_count += 1
            for number in set(sequence):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts):
        """The numbers of the words of each text."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """`texts_to_sequences`, one text at a time."""
        unknown = self.word_index.get(self.oov_token)
        for text in texts:
            numbers = [self.word_index.get(word) for word in self._words(text)]
            kept = (n if n is not None and self._is_kept(n) else unknown for n in numbers)
            yield [n for n in kept if n is not None]

    def sequences_to_texts(self, sequences):
        """The words that numbers stand for, as one text per sequence."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """`sequences_to_texts`, one sequence at a time."""
        unknown = self.index_word.get(self.word_index.get(self.oov_token))
        for sequence in sequences:
            words = [self.index_word.get(n) if self._is_kept(n) else None for n in sequence]
            words = [unknown if word is None else word for word in words]
            yield " ".join(word for word in words if word is not None)

    def _is_kept(self, number: int) -> bool:
        return not self.num_words or number < self.num_words

    def texts_to_matrix(self, texts, mode="binary"):
        """One row per text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        """One row per sequence with a column per number.

        Args:
            sequences: lists of numbers.
            mode: 'binary': whether the number is there; 'count': how often; 'freq': its share of the sequence;
                'tfidf': `(1 + ln count) * ln(1 + texts / (1 + texts with it))`.

        Raises:
            ValueError: the number of columns is not known, or 'tfidf' is asked for before any text was counted.
        """
        one_of("mode", mode, _MODES, owner="Tokenizer")
        if not self.num_words and not self.word_index:
            raise ValueError("Tokenizer: the number of columns is not known. Give `num_words`, or call fit_on_texts.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Tokenizer: mode 'tfidf' needs texts that were counted. Call fit_on_texts before.")
        columns = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), columns))
        for row, sequence in zip(matrix, sequences):
            for number, count in collections.Counter(n for n in sequence if n < columns).items():
                row[number] = self._weight(number, count, len(sequence), mode)
        return matrix

    def _weight(self, number: int, count: int, length: int, mode: str) -> float:
        if mode == "count":
            return count
        if mode == "freq":
            return count / length
        if mode == "binary":
            return 1.0
        rarity = np.log(1 + self.document_count / (1 + self.index_docs.get(number, 0)))
        return (1 + np.log(count)) * rarity

    def get_config(self):
        """Settings and counts; the counts are JSON, as 2.x wrote them."""
        plain = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        tables = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        return {name: getattr(self, name) for name in plain} | {
            name: json.dumps(dict(getattr(self, name))) for name in tables
        }

    def to_json(self, **kwargs):
        """Everything the tokenizer knows as JSON; `tokenizer_from_json` reads it.

        Args:
            kwargs: passed to `json.dumps`.

        Raises:
            ValueError: there is an `analyzer`: a function cannot be written down.
        """
        if self.analyzer is not None:
            raise ValueError(
                "Tokenizer: `analyzer` is a function, which JSON cannot hold. Keep `get_config()` instead."
            )
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string):
    """A tokenizer from what `to_json` wrote, in this or an older release.

    Raises:
        ValueError: the text is no such JSON.
    """
    try:
        config = dict(json.loads(json_string)["config"])
        tables = {
            name: json.loads(config.pop(name))
            for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        }
        found = Tokenizer(**config)
        found.word_counts.update(tables["word_counts"])
        found.word_docs.update(tables["word_docs"])
        found.index_docs.update({int(k): v for k, v in tables["index_docs"].items()})
        found.index_word = {int(k): v for k, v in tables["index_word"].items()}
        found.word_index = tables["word_index"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"tokenizer_from_json: the text is not what Tokenizer.to_json() writes ({error}).") from None
    return found
