"""The turns of a conversation."""

from ion.client.call import Call, Watch, at_once, conversation_at, events_of, given, streamed, turn_at
from ion.client.outcomes import as_a
from ion.client.values import CorrectedReading, Turn, TurnList
from ion.client.verbs import L, Resource, verb, watched


class Messages(Resource[L]):
    """The turns of a conversation: a message and its reply each.

    What is sent carries an `Idempotency-Key`, so that it is kept and answered once, however often it has to be sent;
    give `key` where another process may send it too.
    """

    @verb
    def list(self, conversation_id: str) -> Call[tuple[Turn, ...]]:
        """Return the turns of a conversation, oldest first."""
        path = f"{conversation_at(conversation_id)}/messages"
        return Call("GET", path, lambda answer: as_a(TurnList)(answer).items, repeatable=True)

    @verb
    def send(
        self, conversation_id: str, content: str, *, persona: str | None = None, key: str | None = None
    ) -> Call[Turn]:
        """Send a message and return the turn with its reply; `persona` is the mentor for this message alone."""
        return _sent(conversation_id, content, persona, key)

    @verb
    def begin(
        self, conversation_id: str, content: str, *, persona: str | None = None, key: str | None = None
    ) -> Call[Turn]:
        """Send a message and return its turn at once, while the reply is being written; `follow` follows it."""
        return at_once(_sent(conversation_id, content, persona, key))

    @watched
    def stream(
        self, conversation_id: str, content: str, *, persona: str | None = None, key: str | None = None
    ) -> Watch:
        """Send a message and follow its reply."""
        return Watch(streamed(_sent(conversation_id, content, persona, key)), conversation_id)

    @watched
    def follow(self, conversation_id: str, turn_id: str, *, after: str | None = None) -> Watch:
        """Follow the reply of a turn, from its beginning or from after the event with the id `after`.

        A reply that came to its end in the meantime is told from its beginning, as one that was begun anew.
        """
        return Watch(events_of(conversation_id, turn_id, after), conversation_id, turn_id, after)

    @verb
    def redo(
        self, conversation_id: str, turn_id: str, *, content: str | None = None, key: str | None = None
    ) -> Call[Turn]:
        """Answer a turn anew in its place, with `content` as its message or as it was."""
        return _redone(conversation_id, turn_id, content, key)

    @verb
    def begin_redo(
        self, conversation_id: str, turn_id: str, *, content: str | None = None, key: str | None = None
    ) -> Call[Turn]:
        """Begin to answer a turn anew, and return it at once."""
        return at_once(_redone(conversation_id, turn_id, content, key))

    @watched
    def stream_redo(
        self, conversation_id: str, turn_id: str, *, content: str | None = None, key: str | None = None
    ) -> Watch:
        """Answer a turn anew in its place, and follow the reply."""
        return Watch(streamed(_redone(conversation_id, turn_id, content, key)), conversation_id)

    @verb
    def again(self, conversation_id: str, turn_id: str, persona: str, *, key: str | None = None) -> Call[Turn]:
        """Have a message answered by another mentor too, as a further turn."""
        return _asked_again(conversation_id, turn_id, persona, key)

    @verb
    def begin_again(self, conversation_id: str, turn_id: str, persona: str, *, key: str | None = None) -> Call[Turn]:
        """Have a message answered by another mentor too, and return the further turn at once."""
        return at_once(_asked_again(conversation_id, turn_id, persona, key))

    @watched
    def stream_again(self, conversation_id: str, turn_id: str, persona: str, *, key: str | None = None) -> Watch:
        """Have a message answered by another mentor too, and follow the reply."""
        return Watch(streamed(_asked_again(conversation_id, turn_id, persona, key)), conversation_id)

    @verb
    def stop(self, conversation_id: str, turn_id: str) -> Call[Turn]:
        """Write no more of a reply and return what there is of it; one that is complete stays as it is."""
        return Call("POST", f"{turn_at(conversation_id, turn_id)}/stop", as_a(Turn), repeatable=True)

    @verb
    def correct(
        self,
        conversation_id: str,
        turn_id: str,
        *,
        tone: str | None = None,
        pace: str | None = None,
        intent: str | None = None,
        share: bool = False,
    ) -> Call[CorrectedReading]:
        """Say how a message should have been read, in place of what was said of it before.

        `share` is the mentee's consent that it may train ION on its server, masked.
        """
        body = given(tone=tone, pace=pace, intent=intent, share=share)
        path = f"{turn_at(conversation_id, turn_id)}/reading"
        return Call("POST", path, as_a(CorrectedReading), body=body, repeatable=True)


def _sent(conversation_id: str, content: str, persona: str | None, key: str | None) -> Call[Turn]:
    body = given(content=content, persona=persona)
    return Call("POST", f"{conversation_at(conversation_id)}/messages", as_a(Turn), body=body, keyed=True, key=key)


def _redone(conversation_id: str, turn_id: str, content: str | None, key: str | None) -> Call[Turn]:
    path, body = f"{turn_at(conversation_id, turn_id)}/redo", given(content=content)
    return Call("POST", path, as_a(Turn), body=body, keyed=True, key=key)


def _asked_again(conversation_id: str, turn_id: str, persona: str, key: str | None) -> Call[Turn]:
    return Call(
        "POST", f"{turn_at(conversation_id, turn_id)}/again", as_a(Turn), body={"persona": persona}, keyed=True, key=key
    )
