import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from ion.errors import Misconfigured
from ion.settings import LlmSettings, Settings, load_settings, setting_names

GIVEN = {
    "ION_SERVER__HOST": "localhost",
    "ION_SERVER__PORT": "8123",
    "ION_DATABASE__URL": "postgresql://ion:hunter2@db/ion",
    "ION_LLM__MODEL": "openai:gpt-5-mini",
    "ION_LLM__FALLBACKS": '["google:gemini-3-flash", "anthropic:claude-haiku-4-5"]',
    "ION_LLM__API_KEY": "sk-very-secret",
    "ION_LLM__TOTAL_TIMEOUT": "12.5",
    "ION_LLM__COMPACT": "true",
    "ION_PERSONAS__PATH": "/srv/mentors",
    "ION_SAFETY__CONTACT": "119",
    "ION_LOG__LEVEL": "debug",
    "ION_LOG__FORMAT": "json",
    "HOME": "/somewhere",
    "OTHER_SERVER__PORT": "1",
}


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, _ in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def leaves(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from ((name, *rest) for rest in leaves(field.annotation))
        else:
            yield (name,)


def refusal(environ: Mapping[str, str]) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        load_settings(environ)
    return caught.value


class TestDefaults:
    def test_are_local_quiet_and_without_a_model(self, tmp_path: Path) -> None:
        settings = load_settings({})

        assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
        assert settings.database.url == f"sqlite:///{tmp_path / 'ion' / 'ion.db'}"
        assert (settings.llm.model, settings.llm.fallbacks, settings.llm.api_key) == (None, (), None)
        assert settings.personas.path is None
        assert (settings.safety.contact, settings.safety.country) == (None, None)
        assert (settings.log.level, settings.log.format) == ("info", "console")

    def test_keep_the_database_in_the_home_folder(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("XDG_DATA_HOME")
        monkeypatch.setenv("HOME", str(tmp_path))

        assert load_settings({}).database.url == f"sqlite:///{tmp_path}/.local/share/ion/ion.db"


class TestLoadSettings:
    def test_reads_nested_variables(self) -> None:
        settings = load_settings(GIVEN)

        assert (settings.server.host, settings.server.port) == ("localhost", 8123)
        assert settings.database.url == "postgresql://ion:hunter2@db/ion"
        assert settings.llm.model == "openai:gpt-5-mini"
        assert settings.llm.fallbacks == ("google:gemini-3-flash", "anthropic:claude-haiku-4-5")
        assert settings.llm.api_key is not None
        assert settings.llm.api_key.get_secret_value() == "sk-very-secret"
        assert (settings.llm.total_timeout, settings.llm.compact) == (12.5, True)
        assert settings.personas.path == Path("/srv/mentors")
        assert settings.safety.contact == "119"
        assert (settings.log.level, settings.log.format) == ("debug", "json")

    def test_leaves_the_rest_of_a_section_at_its_defaults(self) -> None:
        assert load_settings({"ION_SERVER__PORT": "1"}).server.host == "127.0.0.1"

    @pytest.mark.parametrize("given", [{}, GIVEN], ids=["nothing", "much"])
    def test_reads_the_environment_as_it_reads_a_mapping(
        self, monkeypatch: pytest.MonkeyPatch, given: Mapping[str, str]
    ) -> None:
        for name, value in given.items():
            monkeypatch.setenv(name, value)

        assert load_settings() == load_settings(given)

    def test_a_mapping_stands_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_SERVER__PORT", "9999")

        assert load_settings({}).server.port == 8000
        assert load_settings().server.port == 9999

    def test_case_does_not_matter(self) -> None:
        assert load_settings({"ion_server__port": "81"}).server.port == 81

    def test_an_empty_variable_is_not_set(self) -> None:
        empty = {name: "" for name, _ in setting_names()}

        assert load_settings(empty) == load_settings({})

    def test_settings_made_by_hand_know_no_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_SERVER__PORT", "9999")

        assert Settings().server.port == 8000


class TestUnknownNames:
    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("ION_LLM_MODEL", "ION_LLM__MODEL"),
            ("ION_LLM__MODLE", "ION_LLM__MODEL"),
            ("ION_LLM", "ION_LLM__MASK"),
            ("ION_PORT", "ION_SERVER__PORT"),
            ("ION_DATABASE_URL", "ION_DATABASE__URL"),
            ("ion_log__levle", "ION_LOG__LEVEL"),
            ("ION_SERVER__PORT__X", "ION_SERVER__PORT"),
        ],
    )
    def test_are_refused_with_the_nearest(self, name: str, near: str) -> None:
        error = refusal({name: "1"})

        assert error.message == f"There is no setting {name!r}. Did you mean {near}?"
        assert error.field == name

    @pytest.mark.parametrize("name", ["ION_", "ION_ZZZ"])
    def test_nothing_near_points_to_the_list(self, name: str) -> None:
        assert refusal({name: "1"}).message == f"There is no setting {name!r}. `ion doctor --settings` lists them all."

    def test_are_refused_in_the_environment_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_SERVER__PROT", "1")

        with pytest.raises(Misconfigured, match="Did you mean ION_SERVER__PORT"):
            load_settings()

    def test_other_programs_variables_are_none_of_ours(self) -> None:
        assert load_settings({"IONIC__PORT": "1", "LLM__MODEL": "x", "PATH": "/bin"}) == load_settings({})


class TestWrongValues:
    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("ION_SERVER__PORT", "http", "valid integer"),
            ("ION_SERVER__PORT", "65536", "less than or equal to 65535"),
            ("ION_SERVER__PORT", "-1", "greater than or equal to 0"),
            ("ION_LLM__TOTAL_TIMEOUT", "0", "greater than 0"),
            ("ION_LLM__CONNECT_TIMEOUT", "fast", "valid number"),
            ("ION_LLM__RETRIES", "11", "less than or equal to 10"),
            ("ION_LLM__MAX_OUTPUT_TOKENS", "15", "greater than or equal to 16"),
            ("ION_LLM__COMPACT", "perhaps", "valid boolean"),
            ("ION_LOG__LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
            ("ION_LOG__FORMAT", "JSON", "'console' or 'json'"),
            ("ION_LLM__FALLBACKS", "openai:gpt-5-mini", 'write a JSON list, e.g. ["openai:gpt-5-mini"].'),
            ("ION_LLM__FALLBACKS", '"openai:gpt-5-mini"', "valid tuple"),
            ("ION_LLM__FALLBACKS", '["openai:gpt-5-mini", 3]', "valid string"),
            ("ION_LLM__FALLBACKS", '{"a": 1}', "valid tuple"),
        ],
    )
    def test_name_their_variable_and_the_reason(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
    ) -> None:
        error = refusal({name: value})
        monkeypatch.setenv(name, value)

        assert error.message.startswith(f"{name}: ")
        assert reason in error.message
        assert error.field == name
        assert error.code == "misconfigured"
        with pytest.raises(Misconfigured) as caught:
            load_settings()
        assert caught.value.message == error.message

    def test_are_not_repeated(self) -> None:
        error = refusal({"ION_LLM__API_KEY": "sk-very-secret", "ION_SERVER__PORT": "also-secret"})

        assert "secret" not in error.message


class TestLists:
    @pytest.mark.parametrize(
        ("value", "fallbacks"), [("[]", ()), ('["a:b"]', ("a:b",)), (' [ "a:b" , "c:d" ] ', ("a:b", "c:d"))]
    )
    def test_are_written_as_json(self, value: str, fallbacks: tuple[str, ...]) -> None:
        assert load_settings({"ION_LLM__FALLBACKS": value}).llm.fallbacks == fallbacks

    def test_made_by_hand_are_tuples(self) -> None:
        assert LlmSettings(fallbacks=("a:b",)).fallbacks == ("a:b",)


class TestSecrets:
    @pytest.mark.parametrize("show", [repr, str, lambda settings: settings.model_dump_json(exclude={"database"})])
    def test_are_not_shown(self, show: object) -> None:
        assert callable(show)
        shown = show(load_settings(GIVEN))

        assert "sk-very-secret" not in shown
        assert "hunter2" not in shown
        assert "openai:gpt-5-mini" in shown


class TestPublicUrl:
    @pytest.mark.parametrize(
        "url", ["mentor.example.org", "ftp://a.example", "https://", "https://a.example/ion", "16"]
    )
    def test_is_an_address_without_a_path(self, url: str) -> None:
        with pytest.raises(Misconfigured, match="ION_SERVER__PUBLIC_URL: write an address such as https://"):
            load_settings({"ION_SERVER__PUBLIC_URL": url})

    def test_names_the_host(self) -> None:
        server = load_settings({"ION_SERVER__PUBLIC_URL": "https://Mentor.example.org:8443/"}).server

        assert (server.public_url, server.public_host) == ("https://Mentor.example.org:8443", "mentor.example.org")
        assert server.is_https


class TestFrozen:
    def test_settings_stay_as_they_were_read(self) -> None:
        settings = load_settings(GIVEN)

        with pytest.raises(ValidationError, match="frozen"):
            settings.server = load_settings({}).server  # type: ignore[misc]  # the point of the test
        with pytest.raises(ValidationError, match="frozen"):
            settings.server.port = 1  # type: ignore[misc]  # the point of the test

    def test_unknown_fields_are_refused(self) -> None:
        with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
            Settings.model_validate({"server": {"prot": 1}})


class TestSettingNames:
    def test_cover_every_field_and_nothing_else(self) -> None:
        assert [name for name, _ in setting_names()] == ["ION_" + "__".join(path).upper() for path in leaves(Settings)]

    def test_each_says_what_it_means(self) -> None:
        for name, meaning in setting_names():
            assert meaning.endswith((".", ")")), name

    def test_each_can_be_set(self) -> None:
        values = {
            "PREVIOUS": "[]",
            "PUBLIC_URL": "https://mentor.example.org/",
            "SIGN_IN": "true",
            "PORT": "1",
            "FALLBACKS": json.dumps(["a:b"]),
            "COMPACT": "1",
            "LEVEL": "error",
            "FORMAT": "json",
            "PROXIES": "10.0.0.0/8",
            "MASK": "true",
            "SHARE": "0.5",
            "CORS": "https://app.example.org",
            "ISSUER": "https://login.example.org",
            "DOMAINS": "school.example.org",
        }
        environ = {name: values.get(name.rpartition("__")[2], "16") for name, _ in setting_names()}
        environ |= {"ION_LLM__RETRIES": "3", "ION_RESONANCE__MODEL": "fast", "ION_ACCOUNTS__KEY_ENVIRONMENT": "test"}
        settings = load_settings(environ)

        for section, leaf in leaves(Settings):
            assert leaf in getattr(settings, section).model_fields_set


PROVIDER = {"ION_OIDC__ISSUER": "https://login.example.org/realms/school", "ION_OIDC__CLIENT_ID": "ion"}


class TestOidc:
    def test_names_what_is_missing_beside_the_issuer(self) -> None:
        assert (
            refusal(PROVIDER).message
            == "ION_OIDC__ORGANISATION: ION_OIDC__ISSUER is set and this is not; both are needed."
        )
        assert refusal({"ION_OIDC__ISSUER": "https://login.example.org"}).field == "ION_OIDC__CLIENT_ID"

    def test_says_on_the_button_where_it_leads(self) -> None:
        given = {**PROVIDER, "ION_OIDC__ORGANISATION": "blue-school"}

        assert load_settings(given).oidc.button == "login.example.org"
        assert load_settings({**given, "ION_OIDC__NAME": "School ID"}).oidc.button == "School ID"
        assert load_settings({}).oidc.button == ""

    @pytest.mark.parametrize(
        "issuer",
        [
            "http://login.example.org",
            "login.example.org",
            "https://",
            "https://a.example/?b=c",
            "https://me:hunter2@a.example",
        ],
    )
    def test_takes_an_issuer_by_https_alone(self, issuer: str) -> None:
        error = refusal({**PROVIDER, "ION_OIDC__ISSUER": issuer})

        assert "is no issuer; write its https address" in error.message
        assert "hunter2" not in error.message

    @pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost/a", "http://[::1]:80"])
    def test_takes_http_on_this_machine(self, issuer: str) -> None:
        given = {**PROVIDER, "ION_OIDC__ORGANISATION": "blue-school", "ION_OIDC__ISSUER": issuer}

        assert load_settings(given).oidc.issuer == issuer

    def test_takes_domains_as_they_stand_in_addresses(self) -> None:
        domains = load_settings({"ION_OIDC__DOMAINS": "School.example.org, 학교.example"}).oidc.domains

        assert domains == ("school.example.org", "학교.example")

    @pytest.mark.parametrize("domain", ["@school.example.org", "*.example.org", "school", ".example.org"])
    def test_takes_nothing_else_for_a_domain(self, domain: str) -> None:
        assert "is no domain" in refusal({"ION_OIDC__DOMAINS": domain}).message
