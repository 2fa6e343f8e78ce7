"""Every topic in every language, read when it is first asked for: most processes never need most of them."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from ion.language import LANGUAGES, Language
from ion.playbooks.topic import BadTopic, Topic
from ion.toml import read_toml


class Shelf(Mapping[str, Topic]):
    """The topics in one language by slug, in the order of their slugs.

    Looking one up raises BadTopic where its file cannot be used; the message holds file, line and reason.
    """

    def __init__(self, folders: Mapping[str, Traversable], language: Language) -> None:
        self._folders = folders
        self._language = language
        self._read: dict[str, Topic] = {}

    def __getitem__(self, slug: str) -> Topic:
        """Return a topic, reading its file the first time."""
        if slug not in self._read:
            topic = read_toml(self._folders[slug] / f"{self._language}.toml", Topic, error=BadTopic)
            self._read[slug] = topic.model_copy(update={"slug": slug})
        return self._read[slug]

    def __iter__(self) -> Iterator[str]:
        """Yield the slugs; nothing is read."""
        return iter(self._folders)

    def __len__(self) -> int:
        """Return how many topics there are; nothing is read."""
        return len(self._folders)

    def __contains__(self, slug: object) -> bool:
        """Tell whether there is such a topic; nothing is read."""
        return slug in self._folders


Library = Mapping[Language, Mapping[str, Topic]]


def load_topics(folder: Traversable | None = None) -> Library:
    """Return the topics of the package, or of another folder; folders that start with _ or . are put aside."""
    root = files("ion.playbooks") / "topics" if folder is None else folder
    found = sorted((entry for entry in root.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    folders = {entry.name: entry for entry in found if not entry.name.startswith(("_", "."))}
    return {language: Shelf(folders, language) for language in LANGUAGES}
