import json
import logging
import uuid
from collections.abc import Iterator

import pytest
import structlog

from ion.monitoring import MaskingFormatter, configure_logs, log
from ion.privacy import mask

PHONE = "010-2345-6789"


class Told:
    def __repr__(self) -> str:
        return f"Told({PHONE})"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def logged(capfd: pytest.CaptureFixture[str], event: str, **fields: object) -> dict[str, object]:
    configure_logs("debug", "json", mask)
    log.info(event, **fields)
    line: dict[str, object] = json.loads(capfd.readouterr().err)
    assert line.pop("timestamp")
    assert line.pop("level") == "info"
    return line


class TestLogs:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (f"call {PHONE}", "call [phone number]"),
            ([f"전화 {PHONE}", 3], ["전화 [전화번호]", 3]),
            ({"to": ("mina@example.com", None)}, {"to": ["[e-mail]", None]}),
            (Told(), "Told([phone number])"),
        ],
    )
    def test_no_field_holds_personal_data(
        self, capfd: pytest.CaptureFixture[str], value: object, shown: object
    ) -> None:
        assert logged(capfd, "heard", value=value) == {"event": "heard", "value": shown}

    def test_the_name_of_a_field_tells_what_is_secret(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert logged(capfd, "heard", password="hunter2!", data={"token": "a8Kd02mzQ7vRt4Wz"}) == {
            "event": "heard",
            "password": "[password]",
            "data": {"token": "[API key]"},
        }

    def test_the_event_is_masked_too(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert logged(capfd, f"lost {PHONE}") == {"event": "lost [phone number]"}

    def test_what_ion_says_itself_stays(self, capfd: pytest.CaptureFixture[str]) -> None:
        fields = {"persona": "lua", "id": str(uuid.uuid4()), "rows": 3, "degraded": False, "reason": None, "cost": 0.5}

        assert logged(capfd, "turn.answered", **fields) == {"event": "turn.answered", **fields}

    def test_lines_for_people_are_masked_as_well(self, capfd: pytest.CaptureFixture[str]) -> None:
        configure_logs("info", "console", mask)
        log.info("heard", value=PHONE)

        assert PHONE not in capfd.readouterr().err


class TestTracebacks:
    def test_of_other_peoples_code_are_masked(self) -> None:
        try:
            raise ValueError(f"no such number: {PHONE}")
        except ValueError as error:
            record = logging.LogRecord("x", logging.ERROR, "", 0, "for %s", ("mina@example.com",), None)
            record.exc_info = (type(error), error, error.__traceback__)

        line = MaskingFormatter(mask).format(record)

        assert line.startswith("for [e-mail]\nTraceback")
        assert line.endswith("ValueError: no such number: [phone number]")
