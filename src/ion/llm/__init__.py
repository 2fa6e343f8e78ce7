"""Language models: ask one, and stand it failing; nobody else talks to a provider."""

from ion.llm.breaker import BreakerModel, BreakerState
from ion.llm.budget import BudgetedModel, Purse
from ion.llm.fallback import FallbackModel
from ion.llm.model_name import BadModel, ModelName, Provider
from ion.llm.opening import open_model
from ion.llm.port import Chunk, Delta, Message, Model, ModelError, Prompt, Reason, StepDown, Usage
from ion.llm.retrying import RetryingModel
from ion.llm.states import ModelState, states_of
from ion.llm.timeouts import TimedModel

__all__ = [
    "BadModel",
    "BreakerModel",
    "BreakerState",
    "BudgetedModel",
    "Chunk",
    "Delta",
    "FallbackModel",
    "Message",
    "Model",
    "ModelError",
    "ModelName",
    "ModelState",
    "Prompt",
    "Provider",
    "Purse",
    "Reason",
    "RetryingModel",
    "StepDown",
    "TimedModel",
    "Usage",
    "open_model",
    "states_of",
]
