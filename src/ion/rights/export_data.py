"""What an export says of somebody's account and conversations, as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

from ion.accounts import ApiKey, Link, Organisation, Session, User
from ion.batches import Batch
from ion.mentoring import Conversation, Draft, EngineUsed, Feedback, Turn
from ion.personas import Catalogue
from ion.rights.consent import Consent

# How what a machine wrote is marked for machines: IPTC's digital source types.
_SOURCES: Mapping[str, str] = {
    "model": "trainedAlgorithmicMedia",
    "playbooks": "algorithmicMedia",
    "help_lines": "algorithmicMedia",
}


def person(
    user: User,
    organisation: Organisation,
    sessions: Sequence[Session],
    keys: Sequence[ApiKey],
    identities: Sequence[Link],
    consents: Sequence[Consent],
) -> dict[str, Any]:
    """Return what is kept of an account; secrets are kept as digests, which say nothing."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "role": user.role,
        "organisation": organisation.name,
        "has_password": user.has_password,
        "has_second_factor": user.has_second_factor,
        "created_at": user.created_at.isoformat(),
        "last_seen_at": None if user.last_seen_at is None else user.last_seen_at.isoformat(),
        "sessions": [_session(each) for each in sessions],
        "identities": [_identity(each) for each in identities],
        "api_keys": [_key(each) for each in keys],
        "consents": [_consent(each) for each in consents],
    }


def _identity(link: Link) -> dict[str, Any]:
    return {
        "issuer": link.issuer,
        "subject": link.subject,
        "created_at": link.created_at.isoformat(),
        "last_used_at": link.last_used_at.isoformat(),
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "created_at": session.created_at.isoformat(),
        "last_used_at": session.last_used_at.isoformat(),
        "browser": session.user_agent,
        "network": session.network,
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "version": consent.version,
        "language": consent.language,
        "network": consent.network,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": None if consent.withdrawn_at is None else consent.withdrawn_at.isoformat(),
    }


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(),
    }


def conversation_head(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation without its turns."""
    return {
        "id": conversation.id,
        "created_at": conversation.created_at.isoformat(),
        "updated_at": conversation.updated_at.isoformat(),
        "language": conversation.language,
        "title": conversation.title,
        "persona": conversation.persona,
        "goals": list(conversation.goals),
    }


def batch_head(batch: Batch) -> dict[str, Any]:
    """Return a batch without what came of it."""
    return {
        "id": batch.id,
        "status": batch.status,
        "created_at": batch.created_at.isoformat(),
        "ended_at": None if batch.ended_at is None else batch.ended_at.isoformat(),
        "total": batch.total,
        "done": batch.done,
        "failed": batch.failed,
    }


def turn_data(turn: Turn, feedback: Feedback | None, catalogue: Catalogue) -> dict[str, Any]:
    """Return a turn with everything that is kept of it."""
    mentor = None if turn.choice is None else catalogue.name_of(turn.choice.primary)
    return {
        "id": turn.id,
        "position": turn.position,
        "created_at": turn.created_at.isoformat(),
        "message": turn.message,
        "language": turn.language,
        "resonance_key": None if turn.key is None else str(turn.key),
        "crisis": turn.crisis,
        "again_of": turn.again_of,
        "reply": _reply(turn.reply, mentor, turn.engine) if turn.finished_at is not None else None,
        "earlier": [_draft(draft, catalogue) for draft in turn.earlier],
        "correction": None if turn.correction is None else _correction(turn),
        "feedback": None
        if feedback is None
        else {
            "thumb": feedback.thumb,
            "reasons": list(feedback.reasons),
            "text": feedback.text,
            "given_at": feedback.given_at.isoformat(),
        },
    }


def _reply(text: str, mentor: str | None, engine: EngineUsed | None) -> dict[str, Any]:
    return {
        "text": text,
        "ai_generated": True,
        "digital_source_type": _SOURCES["model" if engine is None else engine.name],
        "mentor": mentor,
        "engine": None if engine is None else engine.name,
        "model": None if engine is None else engine.model,
    }


def _draft(draft: Draft, catalogue: Catalogue) -> dict[str, Any]:
    mentor = None if draft.persona is None else catalogue.name_of(draft.persona)
    return {"at": draft.at.isoformat(), "message": draft.message, "reply": _reply(draft.reply, mentor, None)}


def _correction(turn: Turn) -> dict[str, Any]:
    assert turn.correction is not None
    said = turn.correction
    return {
        "tone": said.tone,
        "pace": said.pace,
        "intent": said.intent,
        "share": said.share,
        "created_at": said.created_at.isoformat(),
    }
