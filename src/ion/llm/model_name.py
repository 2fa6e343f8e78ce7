"""How an operator names a model: `provider:model`."""

from dataclasses import dataclass
from enum import StrEnum

from ion.errors import Misconfigured


class Provider(StrEnum):
    """Whose API is spoken; `openai` is also that of vLLM, Ollama and llama.cpp, `google-cloud` is Vertex AI."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    GOOGLE_CLOUD = "google-cloud"


class BadModel(Misconfigured):
    """A model's name, address or key cannot be used."""

    code = "bad_model"


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model of a provider; as text, what the operator wrote."""

    provider: Provider
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"

    @classmethod
    def parse(cls, text: str) -> "ModelName":
        """Read `provider:model`; the model may hold further colons, as in `openai:llama3.2:3b`.

        Raises:
            BadModel: there is no such provider, or no model is named.
        """
        provider, _, model = (part.strip() for part in text.partition(":"))
        if not model:
            raise BadModel(
                f"{text[:60]!r} names no model; write provider:model, e.g. openai:gpt-5-mini.", field="ION_LLM__MODEL"
            )
        if provider not in set(Provider):
            known = ", ".join(Provider)
            raise BadModel(f"There is no model provider {provider[:60]!r}; there are: {known}.", field="ION_LLM__MODEL")
        return cls(Provider(provider), model)
