"""Who can answer."""

from ion.client.call import Call, part
from ion.client.outcomes import as_a
from ion.client.values import Persona, PersonaList
from ion.client.verbs import L, Resource, verb


class Personas(Resource[L]):
    """The mentors."""

    @verb
    def list(self) -> Call[tuple[Persona, ...]]:
        """Return every mentor, in catalogue order."""
        return Call("GET", "/personas", lambda answer: as_a(PersonaList)(answer).personas, repeatable=True)

    @verb
    def read(self, name: str) -> Call[Persona]:
        """Return the mentor with this name, in any case."""
        return Call("GET", f"/personas/{part(name)}", as_a(Persona), repeatable=True)
