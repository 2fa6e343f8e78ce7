"""What ION is asked, as a caller says it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal

from ion.client.call import given

Mode = Literal["side_by_side", "in_turn"]


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message of a conversation that the caller keeps."""

    role: Literal["user", "assistant"]
    content: str
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A resonance key in parts."""

    tone: str
    pace: str
    intent: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A message to answer, with all that `process` takes."""

    user_input: str = field(repr=False)
    persona: str | None = None
    resonance_key: str | KeyParts | None = None
    conversation_id: str | None = None
    goals: Sequence[str] = field(default=(), repr=False)
    language: str | None = None
    history: Sequence[Said] = field(default=(), repr=False)
    user_id: str | None = None
    session_id: str | None = None
    metadata: Mapping[str, object] | None = field(default=None, repr=False)
    include_metadata: bool = True

    def as_json(self) -> Mapping[str, object]:
        """Return the message as ION takes it."""
        key = self.resonance_key
        return given(
            user_input=self.user_input,
            persona=self.persona,
            resonance_key=asdict(key) if isinstance(key, KeyParts) else key,
            conversation_id=self.conversation_id,
            goals=[*self.goals] or None,
            language=self.language,
            context=context_of(self.history, self.user_id, self.session_id, self.metadata),
            include_metadata=self.include_metadata,
        )


def context_of(
    history: Sequence[Said], user_id: str | None, session_id: str | None, metadata: Mapping[str, object] | None
) -> Mapping[str, object] | None:
    """Return what the caller knows of a conversation, as ION takes it; None where that is nothing."""
    context = given(
        user_id=user_id,
        session_id=session_id,
        message_history=[_as_json(said) for said in history] or None,
        metadata=metadata,
    )
    return context or None


def _as_json(said: Said) -> Mapping[str, object]:
    timestamp = None if said.timestamp is None else said.timestamp.isoformat()
    return given(role=said.role, content=said.content, timestamp=timestamp)
