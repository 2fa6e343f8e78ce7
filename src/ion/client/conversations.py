"""Conversations that ION keeps."""

from collections.abc import Sequence

from ion.client.call import Call, Pages, conversation_at, given
from ion.client.outcomes import as_a, as_markdown
from ion.client.values import Conversation, ConversationPage, Found, FoundList, WholeConversation
from ion.client.verbs import L, Resource, paged, verb


class Conversations(Resource[L]):
    """Conversations that ION keeps."""

    @verb
    def create(
        self,
        *,
        persona: str | None = None,
        goals: Sequence[str] = (),
        language: str | None = None,
        key: str | None = None,
    ) -> Call[Conversation]:
        """Start a conversation; called again with the same `key`, it is the one made first."""
        body = given(persona=persona, goals=[*goals] or None, language=language)
        return Call("POST", "/conversations", as_a(Conversation), body=body, keyed=True, key=key)

    @verb
    def list(self, *, limit: int = 50, before: str | None = None) -> Call[ConversationPage]:
        """Return the conversations that were added to last, or those that follow."""
        return _page(limit, before)

    @paged
    def each(self, *, page_size: int = 50) -> Pages[Conversation]:
        """Go through all conversations, the one added to last first."""
        return Pages(_page(page_size, None))

    @verb
    def read(self, conversation_id: str, *, limit: int = 100, before: int | None = None) -> Call[WholeConversation]:
        """Return a conversation with its last turns, or with those before `before`, the `next` of an answer."""
        query: dict[str, str | int] = {"limit": limit} if before is None else {"limit": limit, "before": before}
        return Call("GET", conversation_at(conversation_id), as_a(WholeConversation), query=query, repeatable=True)

    @verb
    def rename(self, conversation_id: str, title: str) -> Call[Conversation]:
        """Give a conversation a title that no message changes: 1 to 80 characters on one line."""
        path = conversation_at(conversation_id)
        return Call("PATCH", path, as_a(Conversation), body={"title": title}, repeatable=True)

    @verb
    def delete(self, conversation_id: str) -> Call[None]:
        """Hide a conversation at once; for ten minutes it can be restored, then it is erased for good."""
        return Call("DELETE", conversation_at(conversation_id), lambda _: None, repeatable=True)

    @verb
    def restore(self, conversation_id: str) -> Call[Conversation]:
        """Bring back a conversation that was deleted less than ten minutes ago."""
        path = f"{conversation_at(conversation_id)}/restore"
        return Call("POST", path, as_a(Conversation), repeatable=True)

    @verb
    def search(self, words: str, *, limit: int = 50) -> Call[tuple[Found, ...]]:
        """Return where all of these words are, the newest first."""
        query: dict[str, str | int] = {"q": words, "limit": limit}
        path = "/conversations/search"
        return Call("GET", path, lambda answer: as_a(FoundList)(answer).items, query=query, repeatable=True)

    @verb
    def export(self, conversation_id: str) -> Call[str]:
        """Return a conversation as a Markdown document."""
        path = f"{conversation_at(conversation_id)}/export"
        markdown = {"Accept": "text/markdown, application/problem+json"}
        return Call("GET", path, as_markdown, headers=markdown, repeatable=True)


def _page(limit: int, before: str | None) -> Call[ConversationPage]:
    query: dict[str, str | int] = {"limit": limit} if before is None else {"limit": limit, "before": before}
    return Call("GET", "/conversations", as_a(ConversationPage), query=query, repeatable=True)
