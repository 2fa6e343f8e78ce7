import pytest

from ion.cli.exposure import Unsafe, refuse_unsafe
from ion.settings import AccountsSettings, ServerSettings, Settings, is_loopback
from ion.statuses import exit_code_of

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what has to be refused


def asking(*, sign_in: bool, url: str | None = None) -> Settings:
    return Settings(accounts=AccountsSettings(sign_in=sign_in), server=ServerSettings(public_url=url))


class TestRefuseUnsafe:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "[::1]", "LOCALHOST"])
    @pytest.mark.parametrize("sign_in", [True, False])
    def test_nobody_else_reaches_this_machine(self, host: str, *, sign_in: bool) -> None:
        refuse_unsafe(asking(sign_in=sign_in), host, 8000, "en")

    @pytest.mark.parametrize(
        "host", [EVERYWHERE, "::", "192.168.0.7", "mentor.example.org", "", "127.0.0.1.example.org"]
    )
    def test_others_have_to_sign_in(self, host: str) -> None:
        with pytest.raises(Unsafe, match=r"could read every conversation.*SIGN_IN=true.*ssh -L 8000:127") as caught:
            refuse_unsafe(asking(sign_in=False, url="https://mentor.example.org"), host, 8000, "en")

        assert (exit_code_of(caught.value), caught.value.field) == (78, "ION_ACCOUNTS__SIGN_IN")

    def test_a_public_address_alone_takes_sign_in_too(self) -> None:
        with pytest.raises(Unsafe, match="모든 대화를 볼 수 있어요"):
            refuse_unsafe(asking(sign_in=False, url="https://mentor.example.org"), "127.0.0.1", 8000, "ko")

    @pytest.mark.parametrize(("language", "words"), [("en", "by which address"), ("ko", "어떤 주소로")])
    def test_ion_has_to_know_its_name(self, language: str, words: str) -> None:
        with pytest.raises(Unsafe, match=words) as caught:
            refuse_unsafe(asking(sign_in=True), EVERYWHERE, 8000, "ko" if language == "ko" else "en")

        assert caught.value.field == "ION_SERVER__PUBLIC_URL"

    @pytest.mark.parametrize(("language", "words"), [("en", "could read passwords"), ("ko", "누구나 비밀번호")])
    def test_passwords_never_cross_a_network_readable(self, language: str, words: str) -> None:
        settings = asking(sign_in=True, url="http://mentor.example.org")
        with pytest.raises(Unsafe, match=words):
            refuse_unsafe(settings, EVERYWHERE, 8000, "ko" if language == "ko" else "en")

    @pytest.mark.parametrize("url", ["https://mentor.example.org", "http://127.0.0.1:9000", "http://localhost"])
    def test_behind_https_or_on_this_machine_it_may(self, url: str) -> None:
        refuse_unsafe(asking(sign_in=True, url=url), EVERYWHERE, 8000, "en")


class TestIsLoopback:
    @pytest.mark.parametrize("host", ["", "localhost.example.org", "2130706433", "128.0.0.1", "가"])
    def test_others_are_not(self, host: str) -> None:
        assert not is_loopback(host)
