"""Batches, by both clients."""

import pytest

from ion.client import Ask, Ion, NotFound
from ion.client.call import Call
from ion.client.outcomes import Answer
from tests.client.both import Asking
from tests.web.conftest import ENGLISH, KOREAN


class TestBatches:
    def test_are_sent_waited_for_and_fetched(self, asked: Asking, ion: Ion) -> None:
        sent = asked.do(ion.batches.create({"first": Ask(KOREAN), "second": Ask("hi", persona="zeus")}))
        ended = asked.do(ion.batches.wait(sent.id, every=0.1))
        first, second = asked.do(ion.batches.results(sent.id))

        assert (sent.status, sent.total, sent.has_ended) == ("queued", 2, False)
        assert (ended.status, ended.done, ended.failed, ended.has_ended) == ("done", 1, 1, True)
        assert (first.line, first.custom_id, first.error) == (1, "first", None)
        assert first.response is not None
        assert first.response.content == asked.do(ion.process(KOREAN)).content
        assert (second.custom_id, second.response) == ("second", None)
        assert second.error is not None
        assert (second.error.status, second.error.error.code) == (404, "persona_not_found")
        assert asked.do(ion.batches.results(sent.id, after=1)) == (second,)

    def test_are_made_once_listed_cancelled_and_deleted(self, asked: Asking, ion: Ion) -> None:
        one, other = (asked.do(ion.batches.create([Ask(ENGLISH)], key=key)) for key in ("one", "other"))
        again = asked.do(ion.batches.create([Ask(ENGLISH)], key="one"))
        listed = asked.do(ion.batches.list(limit=1))
        asked.do(ion.batches.cancel(one.id))
        everyone = [batch.id for batch in asked.all(ion.batches.each(page_size=1))]
        asked.do(ion.batches.delete(other.id))

        assert again.id == one.id
        assert [batch.id for batch in listed.items] == [other.id]
        assert everyone[:2] == [other.id, one.id]
        assert asked.do(ion.batches.read(one.id)).has_ended
        with pytest.raises(NotFound, match="batch"):
            asked.do(ion.batches.read(other.id))
        asked.do(ion.batches.delete(one.id))


def test_a_line_is_ascii_however_it_is_spelt() -> None:
    lines = [{"user_input": "안녕\n\ud800"}, {"user_input": "hi"}]
    call: Call[Answer] = Call("POST", "/batches", lambda answer: answer, lines=lines)

    assert call.content == b'{"user_input": "\\uc548\\ub155\\n\\ud800"}\n{"user_input": "hi"}\n'
