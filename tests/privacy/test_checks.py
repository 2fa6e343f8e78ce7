import pytest

from ion.privacy.checks import CHECKS

ACCEPTED = [
    ("resident_number", "900315-1234567"),
    ("resident_number", "031104-4123456"),
    ("resident_number", "880229-5123456"),
    ("birth_date", "980305"),
    ("birth_date", "19980305"),
    ("birth_date", "1998-03-05"),
    ("birth_date", "98.3.5"),
    ("birth_date", "05/03/1998"),
    ("birth_date", "March 5, 1998"),
    ("card", "4012 8888 8888 1881"),
    ("iban", "DE75512108001245126199"),
    ("iban", "nl91abna0417164300"),
    ("business_number", "220-81-62517"),
    ("ssn", "219-09-9999"),
    ("phone", "010-2345-6789"),
    ("phone_or_local", "555-0199"),
    ("account", "110-234-567890"),
    ("ip_v4", "203.0.113.42"),
    ("ip_v6", "2001:db8::8a2e:370:7334"),
    ("random_key", "a8Kd02mzQ7vR"),
    ("secret_url", "https://example.com/a?X-Amz-Signature=a81bc81b"),
    ("secret_url", "https://example.com/ical/private-8f3a91c7d2e6/basic.ics"),
    ("secret_url", "https://mina:s3cret@example.com/"),
    ("secret_url", "https://example.com/reset?key=VdwrxPKsbtAtUBaexWjp"),
    ("password", "hunter2"),
    ("five_digits", "A-20391"),
]
REFUSED = [
    ("resident_number", "901301-1234567"),
    ("resident_number", "900315-9234567"),
    ("resident_number", "900229-1234567"),
    ("birth_date", "991399"),
    ("birth_date", "1879-03-14"),
    ("birth_date", "March 5, 1879"),
    ("birth_date", "42 March 1998"),
    ("card", "4012 8888 8888 1882"),
    ("card", "0000 0000 0000 0000"),
    ("card", "42"),
    ("iban", "DE75512108001245126198"),
    ("iban", "ZZ75512108001245126199"),
    ("iban", "DE7551210800"),
    ("business_number", "220-81-62518"),
    ("business_number", "000-00-00000"),
    ("ssn", "000-12-3456"),
    ("ssn", "666-12-3456"),
    ("ssn", "900-12-3456"),
    ("ssn", "219-00-9999"),
    ("ssn", "219-09-0000"),
    ("phone", "010-0000-0000"),
    ("phone", "1234567"),
    ("phone_or_local", "555-019"),
    ("account", "123-456"),
    ("account", "000-000-000000"),
    ("ip_v4", "256.1.1.1"),
    ("ip_v4", "127.0.0.1"),
    ("ip_v4", "0.0.0.5"),
    ("ip_v4", "255.255.255.192"),
    ("ip_v4", "8.8.8.8"),
    ("ip_v4", "192.168.0.1"),
    ("ip_v6", "::1"),
    ("ip_v6", "dead::beef"),
    ("ip_v6", "12:30:45"),
    ("random_key", "tokenization"),
    ("random_key", "123456789012"),
    ("random_key", "aaaaaaaaaaa1"),
    ("random_key", "YOUR_API_KEY_1"),
    ("secret_url", "https://example.com/a?key=banana"),
    ("secret_url", "https://example.com/a?code=123456"),
    ("secret_url", "https://example.com/share/2024-report-final"),
    ("secret_url", "https://example.com/a?key=MyFavouriteThingsList"),
    ("password", "required"),
    ("password", "a1"),
    ("five_digits", "2019"),
]


class TestChecks:
    @pytest.mark.parametrize(("check", "value"), ACCEPTED)
    def test_accept_the_whole_of_a_good_value(self, check: str, value: str) -> None:
        assert CHECKS[check](value) == len(value)

    @pytest.mark.parametrize(("check", "value"), REFUSED)
    def test_refuse_others(self, check: str, value: str) -> None:
        assert CHECKS[check](value) == 0

    def test_an_iban_ends_where_its_country_says(self) -> None:
        account = "DE75 5121 0800 1245 1261 99"

        assert CHECKS["iban"](f"{account} AND MORE") == len(account)

    def test_a_key_ends_before_the_full_stop_of_its_sentence(self) -> None:
        assert CHECKS["random_key"]("a8Kd02mzQ7vR.") == len("a8Kd02mzQ7vR")
