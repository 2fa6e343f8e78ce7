import pytest

from ion.language import Language
from ion.playbooks.deadlines import deadline_of

KOREAN = [
    ("배포가 내일인데 테스트가 깨져요.", "내일까지"),
    ("발표가 다음 주 월요일이에요.", "다음 주 월요일까지"),
    ("제출 마감이 오늘 자정인데 파일이 안 열려요.", "오늘 자정까지"),
    ("오늘 17시까지 회신해야 합니다.", "오늘 17시까지"),
    ("심사 마감이 오늘 밤 11시고 지금 7시예요.", "오늘 밤 11시까지"),
    ("오늘 안에 배포할 거냐고 물어봐요.", "오늘까지"),
    ("두 시간 안에 끝내야 해요.", "두 시간 안에"),
    ("제출까지 한 시간 남았는데 첫 문장도 못 썼어요.", "한 시간 안에"),
    ("35분 남았습니다.", "35분 안에"),
    ("시험까지 3주인데 아직 기출을 못 봤어요.", "3주 안에"),
    ("본식이 15분 뒤인데 마이크가 안 나와요.", "15분 안에"),
    ("30분 뒤에 고객 통화인데 하나도 몰라요.", "30분 안에"),
    ("네 시까지 대답을 주기로 했는데 어쩌죠.", "네 시까지"),
    ("내일 아침 아홉 시에 실기를 봐요.", "내일 아침 아홉 시까지"),
    ("다음 달까지 서버를 옮기려고요.", "다음 달까지"),
    ("내일 시연인데 서버가 내려가요.", "내일까지"),
    ("3월 5일까지 초안을 내야 해요.", "3월 5일까지"),
    ("10분 안에 정해 달래요.", "10분 안에"),
    ("코테 D-9인데 점화식이 안 떠올라요.", "9일 안에"),
    ("발표가 내일인데 아직 준비를 못 했어요.", "내일까지"),
    ("컷오버까지 25분 남았는데 작년에 데인 게 생각나요.", "25분 안에"),
    # Past, habitual, quoted or conditional times bind nobody.
    ("어제까지 보고서를 썼어요.", None),
    ("세 시간 안에 다 끝냈어요.", None),
    ("한 시간 뒤에 퇴근했습니다.", None),
    ("두 시간 뒤에 뜨거운 바람을 쬐며 감격했던 기억이 나요.", None),
    ("지난 금요일이 마감이었어요.", None),
    ("그때 한 달 안에 그만두려고 생각했어요.", None),
    ("매주 금요일까지 계획을 내요.", None),
    ("저는 목요일까지 한 일을 다시 버려요.", None),
    ("작년에는 두 달 안에 되던 일이에요.", None),
    ("지도 앱이 '10분 뒤 도착'이라고 말해요.", None),
    ("'1분 뒤에 다시 시도하세요'가 나와요.", None),
    ("한 시간 뒤에 누르면 또 오류가 나요.", None),
    ("요즘 잠이 안 와요.", None),
    ("3년 차인데 이직을 할까요?", None),
]
ENGLISH = [
    ("We have a release tomorrow and the tests fail.", "by tomorrow"),
    ("I start a new job on Monday.", "by Monday"),
    ("Launch day is Friday and the payment page times out.", "by Friday"),
    ("The demo is in two hours and the build is broken.", "within two hours"),
    ("I have an exam on thursday.", "by Thursday"),
    ("Movers come at eight tomorrow and not one box is packed.", "by tomorrow"),
    ("The portal shuts at midnight.", "by midnight"),
    ("The report is due 17:30 and I'm lost.", "by 17:30"),
    ("3pm TODAY. login broken.", "by 3pm today"),
    ("Please have it ready by next Tuesday.", "by next Tuesday"),
    ("I need to decide before noon.", "by noon"),
    ("I have 5 minutes left.", "within 5 minutes"),
    ("The talk is tomorrow and I'm lost.", "by tomorrow"),
    ("My first budget meeting is next week.", "by next week"),
    ("We launch in a month.", "within a month"),
    ("The wedding's Sunday.", "by Sunday"),
    # Past, habitual and unbound times.
    ("I sent the draft on Friday and she hasn't replied.", None),
    ("We sold the company on Friday.", None),
    ("Our shift lost two patients on Sunday.", None),
    ("They said yes in four minutes flat.", None),
    ("I read it in 20 minutes yesterday.", None),
    ("By Wednesday last time it was dead.", None),
    ("We plan every second Monday and by Wednesday it is gone.", None),
    ("I finished it in two weeks, which surprised me, and then I got ill.", None),
    ("We cleared Dad's shed on Saturday.", None),
    ("Is switching editors at 43 a midlife crisis?", None),
    ("Sales move 18% at 4 a.m. on average.", None),
    ("Today is Friday!", None),
    ("I can't sleep these days.", None),
]


class TestDeadlineOf:
    @pytest.mark.parametrize(
        ("language", "message", "phrase"),
        [("ko", *pair) for pair in KOREAN] + [("en", *pair) for pair in ENGLISH],
        ids=lambda value: value,
    )
    def test_only_times_ahead_count(self, language: Language, message: str, phrase: str | None) -> None:
        deadline = deadline_of(message, language)

        assert (deadline and deadline.phrase) == phrase

    def test_a_story_in_one_sentence_does_not_hide_the_clock_in_the_next(self) -> None:
        deadline = deadline_of("어제 두 시간 안에 끝냈어요. 그런데 내일까지 또 내야 해요.", "ko")

        assert deadline is not None
        assert deadline.phrase == "내일까지"

    @pytest.mark.parametrize(
        ("language", "message", "part"),
        [("ko", "음. 두 시간 안에 내야 해요.", "두 시간"), ("en", "Well. It is due by next friday.", "next friday")],
    )
    def test_knows_its_place_in_the_message(self, language: Language, message: str, part: str) -> None:
        deadline = deadline_of(message, language)

        assert deadline is not None
        assert message[deadline.start : deadline.end] == part
