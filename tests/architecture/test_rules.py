"""Rules about who may do what, read off the source."""

import ast

import pytest

from tests.architecture.sources import Module, dotted, modules

MODULES = modules("src/ion")

# Who may do what others may not.
COMMITS = ("src/ion/db/",)
ASKS_THE_DATABASE = (
    "src/ion/db/",
    "src/ion/batches/store.py",
    "src/ion/batches/queue.py",
    "src/ion/idempotency/store.py",
    "src/ion/limits/token_store.py",
    "src/ion/mentoring/store.py",
    "src/ion/mentoring/turn_store.py",
    "src/ion/mentoring/feedback_store.py",
    "src/ion/mentoring/sealing_store.py",
    "src/ion/sealing/key_store.py",
    "src/ion/audit/store.py",
    "src/ion/audit/anchors.py",
    "src/ion/accounts/organisation_store.py",
    "src/ion/accounts/user_store.py",
    "src/ion/accounts/session_store.py",
    "src/ion/accounts/key_store.py",
    "src/ion/accounts/invitation_store.py",
    "src/ion/accounts/failure_store.py",
    "src/ion/accounts/identity_store.py",
    "src/ion/accounts/refresh_store.py",
    "src/ion/accounts/signing_store.py",
    "src/ion/accounts/erasing.py",
    "src/ion/mentoring/erasing.py",
    "src/ion/rights/erasure_store.py",
    "src/ion/rights/export_store.py",
    "src/ion/rights/consent_store.py",
)
ASKS_THE_TIME = ("src/ion/clock.py",)
READS_THE_ENVIRONMENT = (
    "src/ion/settings/reading.py",
    "src/ion/settings/values.py",
    # What the terminal says about itself, its language and its width; none of it is a setting.
    "src/ion/cli/environment.py",
)
# Each HTTP door translates the framework's own refusals, such as an unknown path, beside ION's.
KNOWS_HTTP_EXCEPTION = ("src/ion/api/errors.py", "src/ion/web/errors.py")

STATEMENTS = {"select", "update", "insert", "delete"}
TIMES = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
LOGGERS = {"log", "logger", "_log", "logging"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def outside(places: tuple[str, ...]) -> list[Module]:
    return [module for module in MODULES if not module.lies_in(*places)]


def imported(module: Module, library: str, names: set[str]) -> list[str]:
    return [
        f"{module.at(node)} {name}"
        for node, source, name in module.imports()
        if (source == library or source.startswith(f"{library}.")) and name in names
    ]


def mentioned(module: Module, names: set[str]) -> list[str]:
    return [
        f"{module.at(node)} {dotted(node)}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in names
    ]


def log_calls(module: Module) -> list[ast.Call]:
    return [
        call
        for call in module.calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and dotted(call.func.value).split(".")[-1] in LOGGERS
    ]


def is_put_together(node: ast.expr) -> bool:
    """Tell whether a text is made on the spot: an f-string, `%`, `+` or `.format`."""
    formats = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return formats or isinstance(node, ast.JoinedStr | ast.BinOp)


class TestDatabase:
    def test_only_db_commits(self) -> None:
        commits = [
            module.at(call)
            for module in outside(COMMITS)
            for call in module.calls()
            if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
        ]

        assert commits == []

    def test_only_stores_ask(self) -> None:
        assert [
            place for module in outside(ASKS_THE_DATABASE) for place in imported(module, "sqlalchemy", STATEMENTS)
        ] == []

    def test_nobody_asks_by_the_librarys_name(self) -> None:
        by_name = {f"{library}.{name}" for library in ("sqlalchemy", "sa") for name in STATEMENTS}

        assert [place for module in MODULES for place in mentioned(module, by_name)] == []

    def test_rows_have_no_relationships(self) -> None:
        assert [
            place
            for module in MODULES
            for place in imported(module, "sqlalchemy", {"relationship", "Relationship", "backref", "DynamicMapped"})
        ] == []


class TestTime:
    def test_only_the_clock_asks_for_it(self) -> None:
        assert [place for module in outside(ASKS_THE_TIME) for place in mentioned(module, TIMES)] == []


class TestEnvironment:
    def test_only_settings_read_it(self) -> None:
        assert [place for module in outside(READS_THE_ENVIRONMENT) for place in mentioned(module, ENVIRONMENT)] == []
        assert [
            place
            for module in outside(READS_THE_ENVIRONMENT)
            for place in imported(module, "os", {name.removeprefix("os.") for name in ENVIRONMENT})
        ] == []


class TestHttp:
    def test_only_the_doors_translations_know_its_exceptions(self) -> None:
        assert [
            place
            for module in outside(KNOWS_HTTP_EXCEPTION)
            for library in ("fastapi", "starlette")
            for place in imported(module, library, {"HTTPException"})
        ] == []

    def test_nobody_raises_one(self) -> None:
        assert [
            module.at(node)
            for module in MODULES
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and dotted(node.exc.func).endswith("HTTPException")
        ] == []


class TestLogs:
    def test_are_written_somewhere(self) -> None:
        assert sum(len(log_calls(module)) for module in MODULES) >= 3

    def test_hold_a_plain_event_and_fields(self) -> None:
        calls = [(module, call) for module in MODULES for call in log_calls(module)]

        assert [
            module.at(call)
            for module, call in calls
            if len(call.args) != 1
            or not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
        ] == []

    def test_hold_no_text_put_together_on_the_spot(self) -> None:
        assert [
            module.at(call)
            for module in MODULES
            for call in log_calls(module)
            for given in (*call.args, *(keyword.value for keyword in call.keywords))
            if is_put_together(given)
        ] == []


class TestExceptions:
    @pytest.mark.parametrize(
        "place",
        sorted({*COMMITS, *ASKS_THE_DATABASE, *ASKS_THE_TIME, *READS_THE_ENVIRONMENT, *KNOWS_HTTP_EXCEPTION}),
    )
    def test_exist(self, place: str) -> None:
        assert [module for module in MODULES if module.lies_in(place)]
