"""What a lookup keeps in files: a learned vocabulary, a token per line, and the weights of its tokens."""

import os

import numpy as np

from keras.layers._tokens import few, lines_of

VOCABULARY_FILE = "vocabulary.txt"


class LookupFiles:
    """A lookup as what is saved."""

    def save_own_variables(self, store):
        """Puts the weights of 'tf_idf' into `store`."""
        if self._idf is not None:
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store):
        """Takes the weights of 'tf_idf' from `store`."""
        if self.output_mode == "tf_idf" and "idf_weights" in store:
            weights = np.asarray(store["idf_weights"], "float32")
            size = self.vocabulary_size() if self._tokens else len(weights)
            if len(weights) < size:
                raise ValueError(f"{self.name} has {size} tokens, but the file holds {len(weights)} weights for them.")
            self._idf = weights[:size]

    def save_assets(self, dir_path):
        """Writes a learned vocabulary to `vocabulary.txt` in a folder, a token per line, the special ones first.

        Raises:
            ValueError: a token has a line break in it, which such a file cannot hold.
        """
        if self.vocabulary is not None or not self._tokens:
            return
        tokens = [str(t) for t in self.get_vocabulary()]
        broken = [t for t in tokens if "\n" in t or "\r" in t]
        if broken:
            raise ValueError(
                f"{self.name}: the vocabulary cannot be written a token per line: {few(broken)} "
                f"{'has' if len(broken) == 1 else 'have'} line breaks. Remove them from the data before adapt()."
            )
        with open(os.path.join(dir_path, VOCABULARY_FILE), "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join([*tokens, ""] if tokens[-1] == "" else tokens))

    def load_assets(self, dir_path):
        """Takes the vocabulary from `vocabulary.txt` in a folder."""
        if self.vocabulary is not None:
            return
        path = os.path.join(dir_path, VOCABULARY_FILE)
        if not os.path.isfile(path):  # saved before it had learned any
            return
        tokens = [self._token(t) for t in lines_of(path, self.name)]
        special = self._special_tokens()
        if tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
        self._check(tokens, special)
        self._take(tokens, None)
