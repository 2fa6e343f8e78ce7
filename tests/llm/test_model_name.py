import pytest

from ion.errors import Misconfigured
from ion.llm import BadModel, ModelName, Provider


class TestParse:
    @pytest.mark.parametrize(
        ("text", "provider", "model"),
        [
            ("openai:gpt-5-mini", Provider.OPENAI, "gpt-5-mini"),
            ("openai:llama3.2:3b", Provider.OPENAI, "llama3.2:3b"),
            ("anthropic:claude-haiku-4-5", Provider.ANTHROPIC, "claude-haiku-4-5"),
            ("google:gemini-3-flash", Provider.GOOGLE, "gemini-3-flash"),
            (" google-cloud : gemini-3-flash ", Provider.GOOGLE_CLOUD, "gemini-3-flash"),
        ],
    )
    def test_splits_at_the_first_colon(self, text: str, provider: Provider, model: str) -> None:
        assert ModelName.parse(text) == ModelName(provider, model)

    def test_reads_back_as_written(self) -> None:
        assert str(ModelName.parse("openai:llama3.2:3b")) == "openai:llama3.2:3b"

    @pytest.mark.parametrize("text", ["", "gpt-5-mini", "openai:", "openai: "])
    def test_without_a_model_says_how_to_write_one(self, text: str) -> None:
        with pytest.raises(BadModel, match=r"write provider:model, e\.g\. openai:gpt-5-mini"):
            ModelName.parse(text)

    @pytest.mark.parametrize("text", ["gogle:gemini", ":gemini", "OpenAI:gpt-5-mini"])
    def test_unknown_provider_lists_those_there_are(self, text: str) -> None:
        with pytest.raises(BadModel, match="there are: openai, anthropic, google, google-cloud") as caught:
            ModelName.parse(text)

        assert isinstance(caught.value, Misconfigured)
        assert (caught.value.code, caught.value.field) == ("bad_model", "ION_LLM__MODEL")
