import pytest

from ion.mentoring import recommend
from ion.resonance import EmptyMessage
from ion.services import Services
from tests.mentoring.speaking import ENGLISH, KOREAN


class TestRecommend:
    @pytest.mark.parametrize(("text", "language"), [(KOREAN, "ko"), (ENGLISH, "en")])
    async def test_is_the_choice_that_the_reading_leads_to(self, services: Services, text: str, language: str) -> None:
        mind = services.mind
        found = recommend(text, "en", reader=mind.reader, router=mind.router)

        assert found.language == language
        assert found.reading == mind.reader.read(text)
        assert found.choice == mind.router.route(found.reading.key)
        assert found.choice.primary == "nana"

    async def test_tells_in_the_given_language_where_the_text_has_none(self, services: Services) -> None:
        mind = services.mind

        assert recommend("🙃🙃", "ko", reader=mind.reader, router=mind.router).language == "ko"

    async def test_of_nothing_is_refused(self, services: Services) -> None:
        with pytest.raises(EmptyMessage):
            recommend(" ", "en", reader=services.mind.reader, router=services.mind.router)
