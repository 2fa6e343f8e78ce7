from contextlib import aclosing

import pytest

from ion.llm import Delta, FallbackModel, StepDown, Usage
from tests.llm.fakes import HELLO, PROMPT, collect, collect_failure, failed, scripted

DOWN = [failed("provider_error")]


class TestFirstModel:
    async def test_answers_alone(self) -> None:
        second = scripted(HELLO, name="b:2")

        assert await collect(FallbackModel((scripted(HELLO, name="a:1"), second))) == list(HELLO)
        assert second.prompts == []

    async def test_may_be_the_only_one(self) -> None:
        only = FallbackModel((scripted(DOWN, HELLO, name="a:1"),))

        assert only.name == "a:1"
        assert (await collect_failure(only))[1].reason == "provider_error"
        assert await collect(only) == list(HELLO)


class TestStepDown:
    async def test_says_who_failed_and_why_before_the_next_answers(self) -> None:
        models = (
            scripted(DOWN, name="a:1"),
            scripted([failed("refused", transient=False)], name="b:2"),
            scripted(HELLO, name="c:3"),
        )

        assert await collect(FallbackModel(models)) == [
            StepDown("a:1", "provider_error"),
            StepDown("b:2", "refused"),
            *HELLO,
        ]
        assert [model.prompts for model in models] == [[PROMPT]] * 3

    async def test_when_none_answers_the_last_error_is_raised(self) -> None:
        model = FallbackModel((scripted(DOWN, name="a:1"), scripted([failed("timeout")], name="b:2")))

        said, error = await collect_failure(model)

        assert (said, error.reason) == ([StepDown("a:1", "provider_error")], "timeout")

    async def test_names_all_in_order(self) -> None:
        assert FallbackModel((scripted(HELLO, name="a:1"), scripted(HELLO, name="b:2"))).name == "a:1 > b:2"


class TestHalfAnAnswer:
    @pytest.mark.parametrize("chunk", [Delta("Hel"), Usage(1, 1, "a:1")])
    async def test_is_not_continued_by_another_model(self, chunk: Delta | Usage) -> None:
        second = scripted(HELLO)

        said, error = await collect_failure(FallbackModel((scripted([chunk, *DOWN]), second)))

        assert (said, error.reason, second.prompts) == ([chunk], "provider_error", [])

    async def test_of_the_last_model_is_raised_too(self) -> None:
        model = FallbackModel((scripted(DOWN, name="a:1"), scripted([Delta("Hel"), failed("unreachable")])))

        said, error = await collect_failure(model)

        assert (said, error.reason) == ([StepDown("a:1", "provider_error"), Delta("Hel")], "unreachable")


class TestLeaving:
    async def test_closing_closes_the_model_that_speaks(self) -> None:
        first, second = scripted(HELLO), scripted(HELLO)
        async with aclosing(FallbackModel((first, second)).stream(PROMPT)) as answer:
            await anext(answer)

        assert (first.endings, second.endings) == (["GeneratorExit"], [])

    async def test_closing_closes_the_last_model(self) -> None:
        last = scripted(HELLO)
        async with aclosing(FallbackModel((scripted(DOWN), last)).stream(PROMPT)) as answer:
            await anext(answer)
            await anext(answer)

        assert last.endings == ["GeneratorExit"]

    async def test_our_own_faults_are_not_stepped_over(self) -> None:
        second = scripted(HELLO)

        with pytest.raises(ValueError, match="a bug"):
            await collect(FallbackModel((scripted([ValueError("a bug")]), second)))

        assert second.prompts == []
