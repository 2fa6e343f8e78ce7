"""Who is speaking: mentors as folders of plain files."""

from ion.personas.catalogue import BadPersona, Catalogue, PersonaNotFound, load_catalogue, read_persona
from ion.personas.company import Said, company_of, merging_prompt
from ion.personas.persona import Body, Example, Hook, Persona, Phrases, Stage, Voice
from ion.personas.prompt import PromptAsk, build_prompt, fenced, tokens_in

__all__ = [
    "BadPersona",
    "Body",
    "Catalogue",
    "Example",
    "Hook",
    "Persona",
    "PersonaNotFound",
    "Phrases",
    "PromptAsk",
    "Said",
    "Stage",
    "Voice",
    "build_prompt",
    "company_of",
    "fenced",
    "load_catalogue",
    "merging_prompt",
    "read_persona",
    "tokens_in",
]
