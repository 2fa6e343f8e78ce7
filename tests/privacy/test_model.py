from collections.abc import Sequence

import pytest

from ion.llm import Delta, Message, ModelState, Prompt, StepDown, Usage, states_of
from ion.privacy import MaskingModel
from tests.llm.fakes import Step, collect, collect_failure, failed, scripted, text_of

USAGE = Usage(7, 2, "scripted:model")
VALUES = ("010-2345-6789", "mina@example.com", "홍길동")
PROMPT = Prompt(
    "당신은 멘토입니다. 멘티의 목표: 홍길동 이름으로 책 쓰기",
    (
        Message("user", "제 이름은 홍길동입니다. 번호는 010-2345-6789예요."),
        Message("assistant", "홍길동 님, 010-2345-6789로 받으시는군요."),
        Message("user", "mina@example.com으로 보낼까요, 010-2345-6789로 걸까요?"),
    ),
    max_output_tokens=40,
    temperature=0.0,
)


def pieces(text: str) -> list[Step]:
    return [*map(Delta, text), USAGE]


async def replied(script: Sequence[Step], prompt: Prompt = PROMPT) -> str:
    return text_of(await collect(MaskingModel(scripted(script)), prompt))


class TestMaskingModel:
    async def test_no_text_that_is_asked_holds_a_value(self) -> None:
        inner = scripted(pieces("네."))
        await collect(MaskingModel(inner), PROMPT)
        asked = inner.prompts[0]

        assert not any(value in f"{asked.system}{asked.messages}" for value in VALUES)
        assert [message.content for message in asked.messages] == [
            "제 이름은 [NAME_1]입니다. 번호는 [PHONE_1]예요.",
            "[NAME_1] 님, [PHONE_1]로 받으시는군요.",
            "[EMAIL_1]으로 보낼까요, [PHONE_1]로 걸까요?",
        ]
        assert asked.system.startswith(
            "당신은 멘토입니다. 멘티의 목표: [NAME_1] 이름으로 책 쓰기\n\n글에서 [PHONE_1]처럼"
        )
        assert (asked.max_output_tokens, asked.temperature) == (40, 0.0)

    async def test_the_reply_holds_them_again_letter_by_letter(self) -> None:
        answer = pieces("[NAME_1] 님, [PHONE_1]보다 [EMAIL_1]이 낫겠어요. [PHONE_7]은 몰라요.")

        assert await replied(answer) == (
            "홍길동 님, 010-2345-6789보다 mina@example.com이 낫겠어요. [PHONE_7]은 몰라요."
        )

    async def test_what_was_held_back_comes_before_what_ends_the_reply(self) -> None:
        chunks = await collect(MaskingModel(scripted([Delta("call [PHONE_1"), USAGE])), PROMPT)

        assert chunks == [Delta("call "), Delta("[010-2345-6789"), USAGE]
        assert await replied([Delta("mail [EMAIL_")]) == "mail [EMAIL_"

    async def test_a_reply_that_breaks_off_keeps_what_was_said(self) -> None:
        said, error = await collect_failure(MaskingModel(scripted([Delta("call PHONE_1"), failed("timeout")])), PROMPT)

        assert (said, error.reason) == ([Delta("call "), Delta("010-2345-6789")], "timeout")

    async def test_one_that_never_began_is_only_raised(self) -> None:
        said, error = await collect_failure(MaskingModel(scripted([failed("refused")])), PROMPT)

        assert (said, error.reason) == ([], "refused")

    async def test_without_personal_data_nothing_is_changed(self) -> None:
        prompt = Prompt("You are kind.", (Message("user", "I am stuck at [PHONE_"),), 40)
        script: list[Step] = [StepDown("a", "timeout"), Delta("[PHO"), Delta("NE_1]"), USAGE]
        inner = scripted(script)

        assert await collect(MaskingModel(inner), prompt) == script
        assert inner.prompts == [prompt]

    @pytest.mark.parametrize(
        ("system", "note"), [("You are kind.", "What stands in square"), ("멘토입니다.", "글에서")]
    )
    async def test_the_note_is_in_the_prompts_language(self, system: str, note: str) -> None:
        inner = scripted(pieces("Yes."))
        await collect(MaskingModel(inner), Prompt(system, (Message("user", "call 415-555-0199"),), 40))

        assert inner.prompts[0].system.startswith(f"{system}\n\n{note}")

    def test_is_known_by_what_it_holds(self) -> None:
        model = MaskingModel(scripted(pieces("Yes."), name="a"))

        assert model.name == "a"
        assert states_of(model) == (ModelState("a", "closed"),)
