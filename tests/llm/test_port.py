from typing import get_args

import pytest

from ion.errors import Unavailable
from ion.llm import ModelError, Reason


class TestModelError:
    @pytest.mark.parametrize("reason", get_args(Reason))
    def test_says_the_reason_and_nothing_else(self, reason: Reason) -> None:
        error = ModelError(reason, transient=True, retry_after=2.5)

        assert str(error) == error.message == f"The language model did not answer ({reason})."
        assert (error.code, error.reason, error.transient, error.retry_after) == (
            "model_unavailable",
            reason,
            True,
            2.5,
        )
        assert isinstance(error, Unavailable)
