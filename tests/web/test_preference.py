import pytest
from starlette.requests import Request
from starlette.responses import Response

from ion.web.preference import preferred_language, preferred_theme, remember_choices


def asked(query: str = "", *, cookie: str = "", accept: str = "", scheme: str = "http") -> Request:
    headers = [(b"cookie", cookie.encode()), (b"accept-language", accept.encode())]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "scheme": scheme,
            "query_string": query.encode(),
            "server": ("127.0.0.1", 80),
            "headers": headers,
        }
    )


class TestPreferredLanguage:
    @pytest.mark.parametrize(
        ("accept", "language"),
        [
            ("", "en"),
            ("ko", "ko"),
            ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
            ("en-US,en;q=0.9,ko;q=0.8", "en"),
            ("fr-FR, ko;q=0.5, en;q=0.4", "ko"),
            ("fr, de;q=0.9", "en"),
            ("en;q=0.2, ko;q=0.3", "ko"),
            ("ko;q=0, en;q=0.1", "en"),
            ("ko;q=high", "en"),
            ("KO-kr", "ko"),
            ("*", "en"),
        ],
    )
    def test_is_what_the_browser_says_where_nothing_was_chosen(self, accept: str, language: str) -> None:
        assert preferred_language(asked(accept=accept)) == language

    def test_is_what_was_chosen_before_rather_than_what_the_browser_says(self) -> None:
        assert preferred_language(asked(cookie="ion_language=ko", accept="en")) == "ko"

    def test_is_what_is_chosen_now_rather_than_before(self) -> None:
        assert preferred_language(asked("lang=en", cookie="ion_language=ko", accept="ko")) == "en"

    @pytest.mark.parametrize("query", ["lang=fr", "lang=", "lang=KO%22%3E"])
    def test_a_language_that_there_is_not_is_no_choice(self, query: str) -> None:
        assert preferred_language(asked(query, cookie="ion_language=zz", accept="ko")) == "ko"


class TestPreferredTheme:
    @pytest.mark.parametrize(
        ("query", "cookie", "theme"),
        [
            ("", "", "auto"),
            ("", "ion_theme=dark", "dark"),
            ("theme=light", "ion_theme=dark", "light"),
            ("theme=auto", "ion_theme=dark", "auto"),
            ("theme=sepia", "ion_theme=dark", "dark"),
            ("theme=", "ion_theme=zz", "auto"),
            ("theme=dark%22%3E", "", "auto"),
        ],
    )
    def test_is_what_is_chosen_now_then_before_then_the_systems(self, query: str, cookie: str, theme: str) -> None:
        assert preferred_theme(asked(query, cookie=cookie)) == theme


class TestRememberChoices:
    def test_keeps_a_choice_from_scripts_and_other_sites(self) -> None:
        response = Response()
        remember_choices(asked("lang=ko"), response)

        cookie = response.headers["set-cookie"]
        assert cookie.startswith("ion_language=ko; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax")
        assert "Secure" not in cookie

    def test_keeps_it_to_encrypted_connections_where_there_is_one(self) -> None:
        response = Response()
        remember_choices(asked("lang=ko", scheme="https"), response)

        assert response.headers["set-cookie"].endswith("Secure")

    def test_keeps_language_and_theme_apart(self) -> None:
        response = Response()
        remember_choices(asked("lang=ko&theme=dark"), response)

        kept = [cookie.partition(";")[0] for cookie in response.headers.getlist("set-cookie")]
        assert kept == ["ion_language=ko", "ion_theme=dark"]

    @pytest.mark.parametrize("query", ["", "lang=fr", "theme=sepia"])
    def test_sets_nothing_where_nothing_was_chosen(self, query: str) -> None:
        response = Response()
        remember_choices(asked(query), response)

        assert "set-cookie" not in response.headers
