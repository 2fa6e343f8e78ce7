import re
import unicodedata
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts import UserId, system_randomness
from ion.accounts.second_factor import RECOVERY_CODES, new_enrolment, new_recovery_codes, recovery_digest, step_of

# The secret and the times of RFC 6238, appendix B; its codes have eight digits, of which apps show the last six.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOW = datetime(2026, 3, 1, 9, 30, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
USER = UserId("u1")


def code_at(step: int) -> str:
    return pyotp.TOTP(RFC_SECRET).generate_otp(step)


class TestCodes:
    @pytest.mark.parametrize(
        ("second", "code"),
        [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ],
    )
    def test_are_those_of_the_rfc(self, second: int, code: str) -> None:
        now = datetime.fromtimestamp(second, UTC)

        assert step_of(code, RFC_SECRET, now=now, after=None) == second // 30

    @pytest.mark.parametrize(("off", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_hold_for_their_step_and_one_on_either_side(self, off: int, found: bool) -> None:
        assert (step_of(code_at(STEP + off), RFC_SECRET, now=NOW, after=None) is not None) is found

    @pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}\u3000{1}"])
    def test_may_be_typed_in_groups(self, typed: str) -> None:
        code = code_at(STEP)

        assert step_of(typed.format(code[:3], code[3:]), RFC_SECRET, now=NOW, after=None) == STEP

    def test_full_width_digits_are_digits(self) -> None:
        wide = code_at(STEP).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})

        assert step_of(wide, RFC_SECRET, now=NOW, after=None) == STEP

    def test_are_taken_once_and_none_before_them_either(self) -> None:
        assert step_of(code_at(STEP), RFC_SECRET, now=NOW, after=STEP) is None
        assert step_of(code_at(STEP - 1), RFC_SECRET, now=NOW, after=STEP) is None
        assert step_of(code_at(STEP + 1), RFC_SECRET, now=NOW, after=STEP) == STEP + 1
        assert step_of(code_at(STEP), RFC_SECRET, now=NOW, after=STEP - 1) == STEP

    @given(st.text(max_size=20))
    def test_anything_else_is_none(self, text: str) -> None:
        typed = "".join(unicodedata.normalize("NFKC", text).split())
        near = {code_at(STEP + off) for off in (-1, 0, 1)}

        assert (step_of(text, RFC_SECRET, now=NOW, after=None) is not None) is (typed in near)


class TestEnrolment:
    def test_gives_an_app_a_secret_of_160_bits_and_where_it_belongs(self) -> None:
        enrolment = new_enrolment("mina@example.org", "ION 푸른 학교", system_randomness)

        parsed = pyotp.parse_uri(enrolment.uri)
        assert isinstance(parsed, pyotp.TOTP)
        assert len(enrolment.secret) == 32
        assert (parsed.secret, parsed.name, parsed.issuer) == (enrolment.secret, "mina@example.org", "ION 푸른 학교")
        assert new_enrolment("mina@example.org", "ION", system_randomness).secret != enrolment.secret

    def test_the_picture_is_one_svg_element_that_runs_nothing(self) -> None:
        picture = new_enrolment("mina@example.org", "ION", system_randomness).qr_code()

        root = ElementTree.fromstring(picture)  # noqa: S314 - ION made it
        assert root.tag.endswith("svg")
        assert root.attrib["viewBox"].split()[0] == "0"
        assert re.search(r"<script|style=|\son\w+=|href", picture) is None


class TestRecoveryCodes:
    def test_are_ten_of_eighty_bits_without_letters_that_are_misread(self) -> None:
        codes = new_recovery_codes(system_randomness)

        assert len(set(codes)) == RECOVERY_CODES == 10
        assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)

    def test_are_known_however_they_are_typed(self) -> None:
        code = "0123-4567-89AB-1Z0K"
        digest = recovery_digest(code, USER)

        assert digest is not None
        for typed in (code.lower(), code.replace("-", ""), " O123 4567 89ab IZOK ", "０123-4567-89AB-LZ0K"):
            assert recovery_digest(typed, USER) == digest

    def test_are_one_persons(self) -> None:
        assert recovery_digest("0123-4567-89AB-CDEF", USER) != recovery_digest("0123-4567-89AB-CDEF", UserId("u2"))

    @pytest.mark.parametrize("code", ["", "123456", "0123-4567-89AB-CDE", "0123-4567-89AB-CDEF-0"])
    def test_of_another_length_are_none(self, code: str) -> None:
        assert recovery_digest(code, USER) is None

    @given(st.binary(min_size=10, max_size=10))
    def test_what_is_shown_is_what_is_known(self, drawn: bytes) -> None:
        (code, *_) = new_recovery_codes(lambda _: drawn)
        digest = recovery_digest(code, USER)

        assert digest is not None
        assert code not in digest
        assert digest == recovery_digest(code.lower().replace("-", " "), USER)


class TestTime:
    def test_of_a_code_is_that_of_the_clock_given(self) -> None:
        later = NOW + timedelta(minutes=5)

        assert step_of(code_at(STEP), RFC_SECRET, now=later, after=None) is None
