"""The client offers what the server offers, in the server's own names."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from ion.app import create_app
from ion.client import (
    Ask,
    FeedbackReason,
    Ion,
    KeyParts,
    Mode,
    Said,
    Thumb,
    batched,
    oneself,
    operating,
    security,
    values,
)
from ion.client.auth import Auth
from ion.client.batches import Batches
from ion.client.call import Call, Pages, Wait, Watch
from ion.client.conversations import Conversations
from ion.client.feedback import FeedbackOnReplies
from ion.client.ion import Operations
from ion.client.me import Me
from ion.client.messages import Messages
from ion.client.personas import Personas
from ion.client.security import Security
from ion.client.verbs import paged, verb, waited, watched
from ion.settings import Settings

DOCUMENT = create_app(Settings()).openapi()
PREFIX = "/api/v2"

# What the server offers and the client does not, and why.
NOT_OFFERED = {
    "POST /v1/chat/completions": "OpenAI's own clients speak to it",
    "GET /v1/models": "OpenAI's own clients speak to it",
    "GET /.well-known/jwks.json": "what verifies tokens without ION reads it",
}

# Headers that the client has no use for, and why.
NOT_SENT = {"If-None-Match": "it keeps no copies of answers"}

SAID = [Said("user", "Hi", datetime(2026, 1, 1, tzinfo=UTC))]

# Each method once, with all that it takes; some twice, where one of two is taken.
ASKED: list[tuple[str, Call[Any] | Pages[Any] | Wait[Any] | Watch]] = [
    (
        "Operations.process",
        Ion.process.describe(
            None,
            "Hello",
            persona="lua",
            resonance_key=KeyParts("calm", "medium", "learning"),
            conversation_id="c",
            goals=["g"],
            language="ko",
            history=SAID,
            user_id="u",
            session_id="s",
            metadata={},
            key="k",
        ),
    ),
    (
        "Operations.bulk_process",
        Ion.bulk_process.describe(
            None,
            [Ask("Hello", "lua", KeyParts("calm", "medium", "learning"), "c", ["g"], "ko", SAID, "u", "s", {})],
            parallel=True,
            key="k",
        ),
    ),
    (
        "Operations.multi_persona",
        Ion.multi_persona.describe(
            None,
            "Hello",
            personas=["lua", "nana"],
            force_multi=True,
            mode="in_turn",
            goals=["g"],
            language="ko",
            history=SAID,
            user_id="u",
            session_id="s",
            metadata={},
        ),
    ),
    (
        "Operations.recommend",
        Ion.recommend.describe(None, "Hello", language="ko", history=SAID, user_id="u", session_id="s", metadata={}),
    ),
    ("Operations.analyze", Ion.analyze.describe(None, "Hello", language="ko")),
    ("Operations.health", Ion.health.describe(None)),
    ("Operations.status", Ion.status.describe(None)),
    ("FeedbackOnReplies.give", FeedbackOnReplies.give.describe(None, "c", "t", "up", reasons=["kind"], text="Thanks")),
    ("FeedbackOnReplies.list", FeedbackOnReplies.list.describe(None, "c")),
    ("Auth.sign_in", Auth.sign_in.describe(None, "mina@example.org", "p", code="123456", scopes=["data.own"])),
    ("Auth.refresh", Auth.refresh.describe(None, "r")),
    ("Auth.revoke", Auth.revoke.describe(None, "r", token_type_hint="refresh_token")),
    ("Me.read", Me.read.describe(None)),
    ("Me.export", Me.export.describe(None)),
    ("Me.erase", Me.erase.describe(None)),
    ("Me.cancel_erasure", Me.cancel_erasure.describe(None)),
    ("Me.consents", Me.consents.describe(None)),
    ("Me.choose", Me.choose.describe(None, "experiments", version=1, given=True, language="ko")),
    ("Me.receipt", Me.receipt.describe(None, "r")),
    (
        "Security.events",
        Security.events.describe(None, limit=5, before=9, since=datetime(2026, 3, 1, tzinfo=UTC)),
    ),
    ("Personas.list", Personas.list.describe(None)),
    ("Personas.read", Personas.read.describe(None, "lua")),
    (
        "Batches.create",
        Batches.create.describe(
            None,
            {"1": Ask("Hello", "lua", KeyParts("calm", "medium", "learning"), "c", ["g"], "ko", SAID, "u", "s", {})},
            key="k",
        ),
    ),
    ("Batches.list", Batches.list.describe(None, limit=5, before="b")),
    ("Batches.each", Batches.each.describe(None, page_size=5)),
    ("Batches.read", Batches.read.describe(None, "b")),
    ("Batches.wait", Batches.wait.describe(None, "b", every=1.0)),
    ("Batches.results", Batches.results.describe(None, "b", after=5)),
    ("Batches.cancel", Batches.cancel.describe(None, "b")),
    ("Batches.delete", Batches.delete.describe(None, "b")),
    ("Conversations.create", Conversations.create.describe(None, persona="lua", goals=["g"], language="ko", key="k")),
    ("Conversations.list", Conversations.list.describe(None, limit=5, before="b")),
    ("Conversations.each", Conversations.each.describe(None, page_size=5)),
    ("Conversations.read", Conversations.read.describe(None, "c", limit=5, before=7)),
    ("Conversations.rename", Conversations.rename.describe(None, "c", "A title")),
    ("Conversations.delete", Conversations.delete.describe(None, "c")),
    ("Conversations.restore", Conversations.restore.describe(None, "c")),
    ("Conversations.search", Conversations.search.describe(None, "words", limit=5)),
    ("Conversations.export", Conversations.export.describe(None, "c")),
    ("Messages.list", Messages.list.describe(None, "c")),
    ("Messages.send", Messages.send.describe(None, "c", "Hello", persona="lua", key="k")),
    ("Messages.begin", Messages.begin.describe(None, "c", "Hello", persona="lua", key="k")),
    ("Messages.stream", Messages.stream.describe(None, "c", "Hello", persona="lua", key="k")),
    ("Messages.follow", Messages.follow.describe(None, "c", "t", after="a-1")),
    ("Messages.redo", Messages.redo.describe(None, "c", "t", content="Hello", key="k")),
    ("Messages.begin_redo", Messages.begin_redo.describe(None, "c", "t", content="Hello", key="k")),
    ("Messages.stream_redo", Messages.stream_redo.describe(None, "c", "t", content="Hello", key="k")),
    ("Messages.again", Messages.again.describe(None, "c", "t", "lua", key="k")),
    ("Messages.begin_again", Messages.begin_again.describe(None, "c", "t", "lua", key="k")),
    ("Messages.stream_again", Messages.stream_again.describe(None, "c", "t", "lua", key="k")),
    ("Messages.stop", Messages.stop.describe(None, "c", "t")),
    (
        "Messages.correct",
        Messages.correct.describe(None, "c", "t", tone="calm", pace="burst", intent="learning", share=True),
    ),
]

RESOURCES = (Operations, Auth, Batches, Personas, Conversations, Messages, FeedbackOnReplies, Me, Security)

# The words that the client's types know, by what the server calls them.
WORDS: Mapping[str, Any] = {"FeedbackReason": FeedbackReason, "Thumb": Thumb}

# The client's values by what the server calls them.
VALUES: Mapping[str, type[values.Value]] = {
    "AnalyzeResponse": values.Analysis,
    "AxisOut": values.Axis,
    "BatchList": batched.BatchPage,
    "BatchOut": batched.Batch,
    "BatchResult": batched.BatchResult,
    "BulkError": values.BulkError,
    "BulkResponse": values.BulkProcessed,
    "BulkResult": values.BulkResult,
    "ConsentOut": oneself.Consent,
    "ConsentsOut": oneself.Consents,
    "ContributionOut": values.Contribution,
    "ConversationList": values.ConversationPage,
    "ConversationOut": values.Conversation,
    "ConversationWithTurns": values.WholeConversation,
    "CorrectedReading": values.CorrectedReading,
    "CorrectionOut": values.Correction,
    "CrisisOut": values.Crisis,
    "DraftOut": values.Draft,
    "EngineOut": values.Engine,
    "EngineStatus": operating.EngineStatus,
    "ErasureOut": oneself.Erasure,
    "ErrorDetail": values.ErrorDetail,
    "ExportOut": oneself.ExportProgress,
    "FeedbackKept": values.KeptFeedback,
    "FeedbackList": values.FeedbackList,
    "FeedbackOfTurn": values.TurnFeedback,
    "FeedbackOut": values.Feedback,
    "FoundList": values.FoundList,
    "FoundOut": values.Found,
    "Health": operating.Health,
    "HelpLineOut": values.HelpLine,
    "MarkedOut": values.Marked,
    "MarkedSpan": values.MarkedSpan,
    "MeOut": oneself.Oneself,
    "ModelOut": operating.ModelStatus,
    "MultiResponse": values.Counsel,
    "Performance": values.Performance,
    "PersonaList": values.PersonaList,
    "PersonaOut": values.Persona,
    "Problem": batched.Problem,
    "ProcessResponse": values.Processed,
    "ReadingOut": values.Reading,
    "ReceiptOut": oneself.ErasureReceipt,
    "RecommendResponse": values.Recommendation,
    "RepliesOut": operating.ReplyRoom,
    "RequestsOut": operating.RecentRequests,
    "RoutingOut": values.Routing,
    "SecurityEventList": security.SecurityEvents,
    "SecurityEventOut": security.SecurityEvent,
    "SpanOut": values.Span,
    "Status": operating.Status,
    "TokensOut": values.Tokens,
    "TurnList": values.TurnList,
    "TurnOut": values.Turn,
}


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each operation of the server as `METHOD /path`."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


OPERATIONS = dict(operations())


def call_of(asked: Call[Any] | Pages[Any] | Wait[Any] | Watch) -> Call[Any]:
    return asked if isinstance(asked, Call) else asked.first


def operation_of(call: Call[Any]) -> str:
    """Return the operation that a call arrives at; a path that is spelt out comes before one with a name in it."""
    matching = [name for name in OPERATIONS if re.fullmatch(_pattern(name), f"{call.method} {PREFIX}{call.path}")]
    assert matching, call.path
    return min(matching, key=lambda name: name.count("{"))


def _pattern(operation: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(operation))


CALLS: Mapping[str, list[Call[Any]]] = {
    name: [call for _, asked in ASKED if operation_of(call := call_of(asked)) == name] for name in OPERATIONS
}
OFFERED = [name for name in OPERATIONS if CALLS[name]]


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema itself: behind its name, and the one with fields where several are possible."""
    if "$ref" in schema:
        return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    options = [resolved(option) for option in schema.get("anyOf", [])]
    return next((option for option in options if "properties" in option or "items" in option), schema)


def differences(schema: Mapping[str, Any], sent: Any, at: str = "") -> Iterator[str]:
    """Yield each field that only the schema has or only what is sent."""
    schema = resolved(schema)
    if "items" in schema and isinstance(sent, list):
        yield from differences(schema["items"], sent[0], f"{at}[]")
    elif "properties" in schema and isinstance(sent, Mapping):
        yield from (f"{at}.{name}" for name in schema["properties"].keys() ^ sent.keys())
        for name in schema["properties"].keys() & sent.keys():
            yield from differences(schema["properties"][name], sent[name], f"{at}.{name}")


def parameters(operation: str, place: str) -> set[str]:
    return {each["name"] for each in OPERATIONS[operation].get("parameters", []) if each["in"] == place}


class TestEveryOperation:
    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_is_offered_or_there_is_a_reason(self, operation: str) -> None:
        assert bool(CALLS[operation]) is (operation not in NOT_OFFERED)

    def test_that_is_not_offered_is_still_there(self) -> None:
        assert NOT_OFFERED.keys() <= OPERATIONS.keys()

    @pytest.mark.parametrize("operation", OFFERED)
    def test_is_given_all_fields_it_takes(self, operation: str) -> None:
        body = OPERATIONS[operation].get("requestBody")
        for call in CALLS[operation]:
            if body is None:
                assert call.content is None
            else:
                (sent,) = [call.body] if call.lines is None else call.lines
                assert list(differences(body["content"][call.media_type]["schema"], sent)) == []

    @pytest.mark.parametrize("operation", OFFERED)
    def test_is_asked_all_it_can_be_asked(self, operation: str) -> None:
        assert {name for call in CALLS[operation] for name in call.query} == parameters(operation, "query")

    @pytest.mark.parametrize("operation", OFFERED)
    def test_is_told_what_it_listens_to(self, operation: str) -> None:
        sent = {name for call in CALLS[operation] for name in call.ready(lambda: "k").headers} - {"Accept"}

        assert sent == parameters(operation, "header") - NOT_SENT.keys()

    @pytest.mark.parametrize("operation", OFFERED)
    def test_that_is_done_once_under_a_key_always_has_one(self, operation: str) -> None:
        has_key = "Idempotency-Key" in parameters(operation, "header")

        assert [call.keyed for call in CALLS[operation]] == [has_key] * len(CALLS[operation])

    @pytest.mark.parametrize("operation", OFFERED)
    def test_answers_what_the_client_knows(self, operation: str) -> None:
        answers = [
            content["schema"]["$ref"].rpartition("/")[2]
            for status, answer in OPERATIONS[operation]["responses"].items()
            if status < "300"
            for content in answer.get("content", {}).values()
            if "$ref" in content["schema"]
        ]

        assert [name for name in answers if name not in VALUES] == []


class TestEveryMethod:
    def test_is_among_those_asked(self) -> None:
        methods = {
            f"{resource.__name__}.{name}"
            for resource in RESOURCES
            for name, member in vars(resource).items()
            if isinstance(member, verb | paged | waited | watched)
        }

        assert methods == {name for name, _ in ASKED}

    @pytest.mark.parametrize("resource", RESOURCES)
    def test_says_what_it_does(self, resource: type) -> None:
        members = [member for member in vars(resource).values() if isinstance(member, verb | paged | waited | watched)]

        assert members
        assert all((member.__doc__ or "").strip() for member in members)


class TestEveryWord:
    @pytest.mark.parametrize("name", WORDS)
    def test_is_one_of_the_servers(self, name: str) -> None:
        assert list(get_args(WORDS[name])) == DOCUMENT["components"]["schemas"][name]["enum"]

    def test_for_how_mentors_answer_is_one_of_the_servers(self) -> None:
        assert list(get_args(Mode)) == DOCUMENT["components"]["schemas"]["MultiRequest"]["properties"]["mode"]["enum"]


class TestEveryValue:
    @pytest.mark.parametrize("name", VALUES)
    def test_has_the_fields_of_the_server(self, name: str) -> None:
        theirs = DOCUMENT["components"]["schemas"][name]["properties"]

        assert VALUES[name].model_json_schema()["properties"].keys() == theirs.keys()

    @pytest.mark.parametrize("name", VALUES)
    def test_may_be_none_where_the_server_says_null(self, name: str) -> None:
        theirs = DOCUMENT["components"]["schemas"][name]["properties"]
        ours = VALUES[name].model_json_schema()["properties"]

        assert {field for field in ours if _may_be_null(ours[field])} == {
            field for field in theirs if _may_be_null(theirs[field])
        }

    def test_is_among_those_compared(self) -> None:
        ours = {
            value
            for module in (values, operating, oneself, batched, security)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, values.Value) and value is not values.Value
        }

        assert set(VALUES.values()) == ours


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", [])
