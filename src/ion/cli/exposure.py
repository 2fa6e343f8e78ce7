"""Whether ION may listen where others can reach it."""

from ion.cli.speech import said
from ion.errors import Misconfigured
from ion.language import Language
from ion.settings import Settings, is_loopback


class Unsafe(Misconfigured):
    """ION was told to listen where others could read conversations, or passwords on their way."""


def refuse_unsafe(settings: Settings, host: str, port: int, language: Language) -> None:
    """Let pass what nobody else can reach, or what asks everybody who they are over an encrypted connection.

    Raises:
        Unsafe: others could reach it, and it does not.
    """
    if is_loopback(host) and settings.server.public_url is None:
        return
    if not settings.accounts.sign_in:
        raise Unsafe(_nobody_is_asked(host, port, language), field="ION_ACCOUNTS__SIGN_IN")
    if settings.server.public_url is None:
        raise Unsafe(_no_name(host, language), field="ION_SERVER__PUBLIC_URL")
    if not settings.server.is_https and not is_loopback(settings.server.public_host or ""):
        raise Unsafe(_readable(settings.server.public_url, language), field="ION_SERVER__PUBLIC_URL")


def _nobody_is_asked(host: str, port: int, language: Language) -> str:
    tunnel = f"ssh -L {port}:127.0.0.1:{port} USER@HOST"
    return said(
        language,
        en=f"ION asks nobody who they are, so whoever reached it at {host[:60]!r} could read every conversation. "
        "Set ION_ACCOUNTS__SIGN_IN=true and make accounts (`ion user add`), or keep to 127.0.0.1 and use a tunnel: "
        f"{tunnel}",
        ko=f"지금은 누구인지 묻지 않아서, {host[:60]!r}(으)로 접속한 누구나 모든 대화를 볼 수 있어요. "
        "ION_ACCOUNTS__SIGN_IN=true 로 바꾸고 계정을 만들거나(`ion user add`), 127.0.0.1에 두고 "
        f"터널을 쓰세요: {tunnel}",
    )


def _no_name(host: str, language: Language) -> str:
    return said(
        language,
        en=f"ION would listen on {host[:60]!r}, but does not know by which address people open it. Set "
        "ION_SERVER__PUBLIC_URL, e.g. https://mentor.example.org: other names are refused, as other sites could take "
        "them.",
        ko=f"{host[:60]!r}에서 열려고 하는데, 사람들이 어떤 주소로 들어오는지 알 수 없어요. ION_SERVER__PUBLIC_URL 을 "
        "정해 주세요 (예: https://mentor.example.org). 다른 사이트가 흉내 낼 수 있어서 다른 이름은 받지 않아요.",
    )


def _readable(url: str, language: Language) -> str:
    return said(
        language,
        en=f"ION_SERVER__PUBLIC_URL is {url[:60]!r}: over http everybody on the way could read passwords and "
        "conversations. Put a proxy with a certificate in front, and write https://.",
        ko=f"ION_SERVER__PUBLIC_URL 이 {url[:60]!r} 이에요. http로는 중간에서 누구나 비밀번호와 대화를 읽을 수 있어요. "
        "인증서가 있는 프록시를 앞에 두고 https:// 로 적어 주세요.",
    )
