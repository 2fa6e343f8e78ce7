"""What reads, decides and composes, loaded once."""

from dataclasses import dataclass
from functools import cache

from ion.personas import Catalogue, load_catalogue
from ion.playbooks import Playbooks, TopicFinder, load_topics
from ion.resonance import Embedder, LinearModel, Loading, Reader
from ion.routing import ResonanceRouter
from ion.safety import Screener, load_screener
from ion.settings import ResonanceSettings, Settings


@dataclass(frozen=True, slots=True)
class Mind:
    """Everything that reads, decides and composes without touching the outside world."""

    catalogue: Catalogue
    router: ResonanceRouter
    reader: Reader
    screener: Screener
    playbooks: Playbooks


def load_mind(settings: Settings) -> Mind:
    """Load personas, playbooks, rules and weights.

    Raises:
        BadPersona: a persona's folder cannot be used.
    """
    catalogue = load_catalogue(settings.personas.path)
    return Mind(
        catalogue=catalogue,
        router=ResonanceRouter(catalogue),
        reader=load_reader(settings.resonance),
        screener=_screener(),
        playbooks=_playbooks(settings.resonance.model),
    )


def load_reader(settings: ResonanceSettings) -> Reader:
    """Load what reads messages; sentence embeddings begin to load when they are first asked for."""
    return Reader(_linear_model(), embedding_of(settings), patience=settings.patience)


def embedding_of(settings: ResonanceSettings) -> Loading[Embedder] | None:
    """Return what embeds sentences; None where messages are read without."""
    return _embedding() if settings.model == "full" else None


# What comes with the package does not change while a process lives, however often services are opened in it.
_linear_model = cache(LinearModel.load)
_embedding = cache(lambda: Loading(Embedder))
_screener = cache(load_screener)
_playbooks = cache(lambda kind: Playbooks(load_topics(), TopicFinder.load(_embedding() if kind == "full" else None)))
