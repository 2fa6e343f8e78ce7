import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.web.texts import load_texts
from ion.web.windows import SHOWN, position_in, window
from tests.web.conftest import ENGLISH, Site
from tests.web.reading import between, text_of
from tests.web.seeds import keep_answered, keep_conversation
from tests.web.visiting import STRANGE_NUMBERS, keep_many, page_of, post, turn_on

TEXTS = load_texts()["en"]
MANY = 2 * SHOWN + 7
TOTALS = st.integers(0, 500)
POSITIONS = st.none() | st.integers(0, 600)


def positions_on(page: str) -> list[int]:
    return [int(position) for position in re.findall(r'<article class="turn" id="turn-(\d+)"', page)]


class TestWindow:
    @given(TOTALS, POSITIONS, POSITIONS)
    def test_is_a_small_part_of_the_conversation_without_gaps(
        self, total: int, at: int | None, before: int | None
    ) -> None:
        shown = window(total, at=at, before=before)

        assert shown.total == total
        assert 1 <= shown.first <= shown.last + 1 <= total + 1
        assert shown.last - shown.first + 1 <= SHOWN
        assert shown.has_earlier == (shown.first > 1)
        assert shown.has_later == (shown.last < total)

    @given(TOTALS)
    def test_walking_back_comes_by_every_turn_once(self, total: int) -> None:
        shown = window(total)
        seen = [*range(shown.first, shown.last + 1)]
        while shown.has_earlier:
            shown = window(total, before=shown.first)
            seen = [*range(shown.first, shown.last + 1), *seen]

        assert seen == [*range(1, total + 1)]

    @given(st.integers(1, 500), st.integers(1, 500))
    def test_around_a_turn_holds_it(self, total: int, at: int) -> None:
        shown = window(total, at=at)

        assert shown.first <= min(at, total) <= shown.last

    @given(st.integers(SHOWN, 500))
    def test_is_full_at_the_end(self, total: int) -> None:
        shown = window(total)

        assert (shown.first, shown.last) == (total - SHOWN + 1, total)


class TestPosition:
    @pytest.mark.parametrize(("text", "position"), [("0", 0), ("1", 1), ("007", 7), ("999999999", 999_999_999)])
    def test_is_a_plain_number(self, text: str, position: int) -> None:
        assert position_in(text) == position

    @pytest.mark.parametrize("text", [None, *STRANGE_NUMBERS])
    def test_anything_else_is_none(self, text: str | None) -> None:
        assert position_in(text) is None


@pytest.mark.asyncio(loop_scope="module")
class TestPage:
    async def test_shows_the_newest_turns_and_leads_to_the_others(self, site: Site) -> None:
        conversation = await keep_many(site, MANY)
        page = await page_of(site, conversation)
        first = MANY - SHOWN + 1

        assert positions_on(page) == [*range(first, MANY + 1)]
        assert "Reply number 67." in turn_on(page, MANY)
        earlier = between(page, '<p class="more" data-earlier>', "</p>")
        assert f'href="/c/{conversation}?before={first}"' in earlier
        assert f'data-fragment="/c/{conversation}/turns?before={first}"' in earlier
        assert text_of(earlier) == TEXTS.count("turn.earlier", first - 1)
        assert "data-later" not in page

    async def test_every_turn_is_found_by_following_its_links(self, site: Site) -> None:
        conversation = await keep_many(site, MANY)
        address: str | None = f"/c/{conversation}"
        seen: list[int] = []
        while address:
            page = (await site.client.get(address)).text
            seen = positions_on(page) + seen
            found = re.search(r'data-earlier><a class="button" href="([^"]+)"', page)
            address = found and found[1]

        assert seen == [*range(1, MANY + 1)]

    async def test_the_fragment_holds_the_turns_before_and_nothing_around_them(self, site: Site) -> None:
        conversation = await keep_many(site, MANY)
        part = (await site.client.get(f"/c/{conversation}/turns", params={"before": str(SHOWN + 8)})).text

        assert positions_on(part) == [*range(8, SHOWN + 8)]
        assert f'data-fragment="/c/{conversation}/turns?before=8"' in part
        assert "<html" not in part
        assert "composer" not in part
        assert "data-last" not in part

    async def test_the_oldest_turns_have_nothing_before_them(self, site: Site) -> None:
        conversation = await keep_many(site, SHOWN + 2)
        part = (await site.client.get(f"/c/{conversation}/turns", params={"before": "3"})).text

        assert positions_on(part) == [1, 2]
        assert "data-earlier" not in part
        assert f'<p class="more" data-later><a class="button" href="/c/{conversation}">' in part

    @pytest.mark.parametrize("name", ["at", "read"])
    async def test_a_turn_far_back_is_shown_with_those_around_it(self, site: Site, name: str) -> None:
        conversation = await keep_many(site, MANY)
        page = await page_of(site, conversation, **{name: "20"})

        shown = positions_on(page)
        assert shown == [*range(shown[0], shown[0] + SHOWN)]
        assert shown[0] < 20 < shown[-1]
        assert "data-earlier" in page
        assert "data-later" in page
        assert ('<details class="why" open>' in turn_on(page, 20)) == (name == "read")
        assert page.count('<details class="why" open>') == (name == "read")

    async def test_only_the_very_last_turn_can_be_edited_and_tried_again(self, site: Site) -> None:
        conversation = await keep_many(site, MANY)
        newest, older = await page_of(site, conversation), await page_of(site, conversation, at="20")

        assert newest.count("data-last") == newest.count('data-act="redo"') == newest.count("data-edit") == 1
        assert "data-last" in turn_on(newest, MANY)
        assert "data-last" not in older
        assert 'data-act="redo"' not in older

    @pytest.mark.parametrize("name", ["at", "before", "read"])
    @pytest.mark.parametrize("number", STRANGE_NUMBERS)
    async def test_an_address_that_names_no_turn_shows_the_newest(self, site: Site, name: str, number: str) -> None:
        conversation, _ = await keep_answered(site.services, ENGLISH)
        page = await page_of(site, conversation, **{name: number})

        assert positions_on(page) == [1]
        assert '<details class="why">' in page

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ({"at": "0"}, [1, 2, 3]),
            ({"at": "999999999"}, [1, 2, 3]),
            ({"before": "999999999"}, [1, 2, 3]),
            ({"before": "3"}, [1, 2]),
            ({"before": "1"}, []),
            ({"before": "0"}, []),
            ({"before": "2", "at": "3"}, [1]),
        ],
        ids=str,
    )
    async def test_numbers_beyond_the_ends_stay_within(
        self, site: Site, query: dict[str, str], shown: list[int]
    ) -> None:
        conversation = await keep_many(site, 3)
        page = await page_of(site, conversation, **query)

        assert positions_on(page) == shown
        assert ("data-later" in page) == (shown[-1:] != [3])

    async def test_a_conversation_without_turns_is_an_empty_page(self, site: Site) -> None:
        page = await page_of(site, await keep_conversation(site.services))

        assert positions_on(page) == []
        assert "data-earlier" not in page
        assert "data-later" not in page


@pytest.mark.asyncio(loop_scope="module")
class TestEdit:
    async def test_puts_the_last_message_into_the_form(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, "<b>first</b>\nsecond line")
        page = await page_of(site, conversation, edit="1")

        field = between(page, '<textarea id="message"', "</textarea>")
        assert field.partition(">\n")[2] == "&lt;b&gt;first&lt;/b&gt;\nsecond line"
        assert "autofocus" in field
        assert f'name="turn" id="replaced" value="{turn.id}"' in page
        assert '<p class="editing" id="editing">' in page

    async def test_is_of_the_last_message_wherever_the_reader_is(self, site: Site) -> None:
        conversation = await keep_many(site, SHOWN + 5)
        last = (await site.services.turns.of(conversation, limit=1))[0]
        page = await page_of(site, conversation, edit="", at="1")

        assert f'id="replaced" value="{last.id}"' in page
        assert positions_on(page)[0] == 1

    async def test_without_a_message_is_an_empty_form(self, site: Site) -> None:
        page = await page_of(site, await keep_conversation(site.services), edit="1")

        assert 'name="turn" id="replaced" value=""' in page
        assert '<p class="editing" id="editing" hidden>' in page

    async def test_sent_puts_the_answer_in_the_same_place(self, site: Site) -> None:
        conversation, turn = await keep_answered(site.services, ENGLISH)
        sent = await post(site, f"/c/{conversation}", message="How do I learn Go?", turn=turn.id)
        page = await page_of(site, conversation)

        assert sent.headers["location"] == f"/c/{conversation}#turn-1"
        assert positions_on(page) == [1]
        drafts = between(turn_on(page), '<details class="drafts">', "</details>")
        assert ENGLISH in text_of(drafts)
        assert "How do I learn Go?" not in text_of(drafts)
