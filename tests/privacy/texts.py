"""Texts with personal data in them, for properties."""

from hypothesis import strategies as st

VALUES = (
    "010-2345-6789",
    "공일공 이삼사오 육칠팔구",
    "(628) 555-0142",
    "+44 20 7946 0018",
    "mina@example.com",
    "900315-1234567",
    "4012 8888 8888 1881",
    "국민은행 123456-04-789012",
    "DE75512108001245126199",
    "서울특별시 강남구 테헤란로 152, 1203호",
    "42 Maple Street, Springfield, IL 62704",
    "제 이름은 홍길동입니다",
    "My name is Mina Park.",
    "비밀번호는 hunter2!예요",
    "ghp_1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX",
    "203.0.113.42",
    "카톡 아이디는 mina_92",
    "https://example.org/reset?token=a81bc81bdead4e5d",
)
# What lies between them: everyday text, and what placeholders look like.
BETWEEN = (
    "[PHONE_1]", "phone_2", "[name 1]", "(EMAIL_1)", "\\[PHONE\\_1\\]", "[", "]", "\\", "_1", "1", "NAME_", "이고 ",
    ", ", "\n", "홍길동", "Mina Park",
)  # fmt: skip


def personal_texts() -> st.SearchStrategy[str]:
    """Return texts that put values, placeholders and anything else next to each other."""
    piece = st.one_of(st.sampled_from(VALUES), st.sampled_from(BETWEEN), st.text(max_size=8))
    return st.lists(st.one_of(piece, st.just(" ")), max_size=12).map("".join)
