"""Errors to the command line, once: one line on standard error, and an exit code."""

import importlib
import sys
import traceback
from collections.abc import Mapping

from typer import TyperException

from ion.cli.environment import is_debugging
from ion.cli.speech import said
from ion.errors import (
    Conflict,
    Forbidden,
    Invalid,
    IonError,
    Misconfigured,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from ion.language import Language
from ion.statuses import UNEXPECTED, USAGE, exit_code_of

# typer ends with 1 where whoever read the output has gone.
INTERRUPTED, BROKEN_PIPE = 130, 1

# What went wrong, to Korean readers; the particulars follow in brackets, as they came.
_KOREAN = {
    "empty_message": "메시지가 비어 있어요.",
    "broken_text": "메시지에 깨진 글자가 있어요.",
    "message_too_long": "메시지가 한 번에 읽기에는 너무 길어요.",
    "bad_resonance_key": "파동키를 읽을 수 없어요.",
    "persona_not_found": "그런 이름의 멘토가 없어요.",
    "conversation_not_found": "그런 대화가 없어요.",
    "batch_not_found": "그런 일괄 작업이 없어요.",
    "batch_unreadable": "읽을 수 있는 줄이 하나도 없어요.",
    "batch_too_long": "한 번에 보내기에는 너무 많아요.",
    "too_many_batches": "아직 끝나지 않은 일괄 작업이 너무 많아요.",
    "bad_persona": "멘토 폴더를 이대로는 쓸 수 없어요.",
    "bad_topic": "안내집 파일을 이대로는 쓸 수 없어요.",
    "bad_database_url": "데이터베이스 주소를 쓸 수 없어요.",
    "database_behind": "데이터베이스의 표가 이 ION보다 오래됐어요.",
    "database_unavailable": "데이터베이스가 응답하지 않아요.",
    "no_master_key": "마스터 키가 없거나, 대화를 잠근 키가 아니에요.",
    "bad_master_key": "마스터 키를 쓸 수 없어요.",
    "data_keys_missing": "대화를 여는 데이터 키가 없어요.",
    "no_data_key": "이 글을 여는 데이터 키가 없어요.",
    "broken_seal": "잠근 뒤에 바뀐 내용이라 열 수 없어요.",
    "audit_broken": "감사 기록의 끝을 적은 행이 없어서 더 기록할 수 없어요.",
    "bad_audit_head": "감사 기록의 끝 값이 아니에요.",
    "bad_model": "언어 모델 설정을 쓸 수 없어요.",
    "bad_email": "이메일 주소를 쓸 수 없어요.",
    "bad_name": "이름을 쓸 수 없어요.",
    "bad_retention": "대화를 보관할 기간을 쓸 수 없어요.",
    "bad_slug": "기관의 짧은 이름을 쓸 수 없어요.",
    "bad_scope": "키에 줄 수 없는 권한이에요.",
    "bad_key_life": "키의 유효 기간을 쓸 수 없어요.",
    "weak_password": "비밀번호를 쓸 수 없어요.",
    "email_taken": "이미 쓰고 있는 이메일 주소예요.",
    "slug_taken": "이미 쓰고 있는 기관의 짧은 이름이에요.",
    "user_not_found": "그런 사용자가 없어요.",
    "organisation_not_found": "그런 기관이 없어요.",
    "api_key_not_found": "그런 API 키가 없어요.",
    "bad_breach_list": "유출된 비밀번호 파일을 쓸 수 없어요.",
    "oidc_unavailable": "기관의 로그인 서버가 응답하지 않아요.",
    "oidc_misconfigured": "기관의 로그인 서버를 이 설정으로는 쓸 수 없어요.",
    "model_unavailable": "언어 모델이 응답하지 않아요.",
}
# Of a password, which it is worth saying exactly.
_KOREAN_WEAKNESSES = {
    "too_short": "비밀번호는 10자 이상이어야 해요.",
    "too_long": "비밀번호가 너무 길어요.",
    "personal": "이름, 이메일, 기관 이름으로 된 비밀번호는 쓸 수 없어요.",
    "common": "많은 사람이 쓰는 낱말로 된 비밀번호예요. 남이 떠올리지 못할 낱말을 더해 주세요.",
    "pattern": "반복, 숫자, 나란한 자판처럼 규칙이 보이는 비밀번호예요.",
    "breached": "유출된 적이 있는 비밀번호예요. 다른 것으로 정해 주세요.",
}
_KOREAN_KINDS: Mapping[type[IonError], str] = {
    Invalid: "주어진 값을 쓸 수 없어요.",
    TooLarge: "한 번에 다루기에는 너무 커요.",
    NotFound: "찾으시는 것이 없어요.",
    Conflict: "이미 있는 것과 부딪혀요.",
    Unauthenticated: "먼저 로그인해 주세요.",
    Forbidden: "허용되지 않는 일이에요.",
    TooMany: "지금은 더 할 수 없어요. 잠시 뒤에 다시 해 주세요.",
    Unavailable: "필요한 것이 응답하지 않아요.",
    Misconfigured: "설정을 이대로는 쓸 수 없어요.",
    IonError: "ION 안에서 문제가 생겼어요.",
}
# The command that helps.
_HELP = {
    "persona_not_found": "ion persona list",
    "bad_resonance_key": "ion route --all",
    "conversation_not_found": "ion chat --resume",
    "bad_persona": "ion persona check",
    "bad_database_url": "ion doctor",
    "database_unavailable": "ion doctor",
    "database_behind": "ion db upgrade",
    "user_not_found": "ion user list",
    "organisation_not_found": "ion org list",
    "api_key_not_found": "ion key list",
    "bad_model": "ion doctor",
    "misconfigured": "ion doctor --settings",
}


def sentence_of(error: IonError, language: Language) -> str:
    """Return what went wrong and the command that helps, in one line."""
    message = " ".join(error.message.split())
    if type(error).__module__.startswith("ion.cli."):
        # The command line's own errors are in the reader's language, and name the way out.
        return message
    if language == "ko":
        message = f"{_korean(error)} ({message})"
    command = _HELP.get(error.code, "")
    if not command or f"`{command}" in message:
        return message
    return f"{message} {said(language, en='Try', ko='도움이 될 명령')}: {command}"


def tell(line: str) -> None:
    """Print one line to standard error."""
    sys.stderr.write(f"ion: {line}\n")
    sys.stderr.flush()


def tell_error(error: IonError, language: Language) -> int:
    """Print what went wrong, and return the exit code."""
    tell(sentence_of(error, language))
    return exit_code_of(error)


def tell_usage(error: TyperException, language: Language) -> int:
    """Print what of the command line cannot be understood, and return the exit code."""
    context = getattr(error, "ctx", None)
    command = f"{'ion' if context is None else context.command_path} --help"
    reason = " ".join(error.format_message().split()).rstrip(".")
    tell(said(language, en=f"{reason}. See: {command}", ko=f"이렇게는 쓸 수 없어요 ({reason}). 사용법: {command}"))
    return USAGE


def tell_unexpected(error: Exception, language: Language) -> int:
    """Print that ION is at fault and how to report it, and return the exit code."""
    kind = type(error).__name__
    if is_debugging():
        # It may be sent on to whoever mends it. Imported here, or every command would wait for it.
        privacy = importlib.import_module("ion.privacy")
        sys.stderr.write(privacy.mask("".join(traceback.format_exception(error))))
    tell(
        said(
            language,
            en=f"Something went wrong inside ION ({kind}). Please report it, with the command you gave and what it "
            "prints with ION_LOG__LEVEL=debug before it; leave out anything personal.",
            ko=f"ION 안에서 문제가 생겼어요 ({kind}). 쓰신 명령과, 그 앞에 ION_LOG__LEVEL=debug 를 붙였을 때 나오는 "
            "내용을 함께 알려 주세요. 개인적인 내용은 빼 주세요.",
        )
    )
    return UNEXPECTED


def _korean(error: IonError) -> str:
    kind = next(kind for kind in type(error).__mro__ if kind in _KOREAN_KINDS)
    return _KOREAN_WEAKNESSES.get(str(error.details.get("weakness"))) or _KOREAN.get(error.code, _KOREAN_KINDS[kind])
