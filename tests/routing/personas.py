from collections.abc import Mapping

from ion.personas import Persona


def make_persona(like: Persona, *, slug: str, rank: int, tone: float | None = None) -> Persona:
    """Like another one, with a slug and a rank of its own, and if wanted one and the same affinity for every tone."""
    profile = like.profile.model_copy(update={"name": slug.title(), "rank": rank})
    if tone is not None:
        tones: Mapping[str, float] = dict.fromkeys(profile.affinity.tone, tone)
        profile = profile.model_copy(update={"affinity": profile.affinity.model_copy(update={"tone": tones})})
    return like.model_copy(update={"slug": slug, "profile": profile})
