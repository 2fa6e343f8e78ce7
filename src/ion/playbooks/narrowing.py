"""What to say when no topic fits: one thing that helps whatever the matter is, and one question."""

from collections.abc import Mapping

from ion.language import Language
from ion.resonance import Intent

NARROWING: Mapping[Language, Mapping[Intent, tuple[str, ...]]] = {
    "ko": {
        Intent.SEEK_ADVICE: (
            "지금 놓인 선택지를 두 개로 줄인다면 각각 어떤 이름을 붙이시겠어요?",
            "이 일에서 끝까지 지키고 싶은 것 하나를 꼽는다면 무엇인가요?",
            "아무것도 하지 않고 한 달이 지나면 무엇이 가장 아쉬울 것 같으세요?",
            "가까운 사람이 같은 일로 물어 온다면 무엇부터 되물으시겠어요?",
            "결정을 미루게 만드는 것이 정보인가요, 시간인가요, 사람인가요?",
        ),
        Intent.PROBLEM_SOLVING: (
            "마지막으로 제대로 되던 때와 지금 사이에 바뀐 것 하나를 꼽는다면 무엇인가요?",
            "지금까지 해 본 것 중에 결과가 조금이라도 달라졌던 것은 무엇이었나요?",
            "언제는 괜찮고 언제는 안 되는지, 눈에 띄는 차이가 있나요?",
            "이게 풀렸다는 것을 무엇을 보고 알 수 있을까요?",
            "처음 이상하다고 느낀 순간에 무엇을 하고 계셨나요?",
        ),
        Intent.LEARNING: (
            "이걸 알게 되면 가장 먼저 어디에 써 보고 싶으세요?",
            "설명에서 '여기까지는 알겠다' 싶은 마지막 지점은 어디인가요?",
            "이미 알고 있는 것 중에 이것과 가장 닮은 것은 무엇인가요?",
            "한 줄 뜻이면 될까요, 아니면 손으로 해 볼 예가 필요하신가요?",
            "어디에서 이 말을 처음 만나셨고, 거기서는 무엇을 하려던 참이었나요?",
        ),
        Intent.VALIDATION: (
            "이게 틀렸다면 어디에서 가장 먼저 티가 날까요?",
            "스스로 가장 미심쩍은 한 군데를 고른다면 어디인가요?",
            "확인이 끝났다고 말하려면 무엇이 눈앞에 있어야 할까요?",
            "이 판단을 뒤집을 만한 사실이 하나 있다면 무엇일까요?",
            "누구의 눈으로 볼 때 괜찮아야 하는 일인가요?",
        ),
        Intent.PLANNING: (
            "움직일 수 없는 날짜가 하나 있다면 언제인가요?",
            "다 끝났을 때 손에 남아 있어야 하는 것은 무엇인가요?",
            "한 주에 여기에 쓸 수 있는 시간은 실제로 몇 시간쯤인가요?",
            "이 일에서 혼자서는 못 하는 조각은 어느 것인가요?",
            "가장 먼저 확인하지 않으면 나머지가 흔들리는 것은 무엇인가요?",
        ),
        Intent.REFLECTION: (
            "그 장면에서 가장 오래 남아 있는 한순간은 언제인가요?",
            "그때의 나에게 지금 한마디를 건넨다면 무엇일까요?",
            "이 이야기에서 아직 말로 옮기지 못한 부분은 어디쯤인가요?",
            "여기서 무엇을 가지고 가고 싶으세요, 이해인가요 다음 행동인가요?",
            "같은 일이 다시 온다면 무엇을 그대로 두고 싶으세요?",
        ),
    },
    "en": {
        Intent.SEEK_ADVICE: (
            "If you had to boil it down to two options, what would you call each of them?",
            "What is the one thing in this that you would not give up?",
            "If a month went by and you had done nothing, what would you regret most?",
            "If a friend brought you this, what would you ask first?",
            "What is holding the decision up: information, time or a person?",
        ),
        Intent.PROBLEM_SOLVING: (
            "What is one thing that changed between the last time it worked and now?",
            "Of everything you have tried, what made even a small difference?",
            "When does it happen and when does it not?",
            "What would you see that tells you it is fixed?",
            "What were you doing in the moment it first looked wrong?",
        ),
        Intent.LEARNING: (
            "Once you know this, where would you use it first?",
            "What is the last point in the explanation where you were still on board?",
            "Which thing that you already know does it resemble most?",
            "Would a one-line meaning do, or do you need an example to try by hand?",
            "Where did you come across it, and what were you trying to do there?",
        ),
        Intent.VALIDATION: (
            "If it were wrong, where would that show first?",
            "Which single spot do you trust least yourself?",
            "What would have to lie in front of you before you called it checked?",
            "Is there one fact that could turn this judgement over?",
            "In whose eyes does it have to hold?",
        ),
        Intent.PLANNING: (
            "Which date in this cannot move?",
            "When it is done, what should be in your hands?",
            "How many hours a week can you honestly give it?",
            "Which piece of it can you not do alone?",
            "What has to be settled first, or the rest will wobble?",
        ),
        Intent.REFLECTION: (
            "Which moment of it has stayed with you longest?",
            "What would you say now to yourself back then?",
            "Which part have you not found words for yet?",
            "What would you like to take away from it, an understanding or a next step?",
            "If it came round again, what would you leave exactly as it was?",
        ),
    },
}

# True of any matter of its kind, so that an honest "I don't know" still leaves something to do.
MEANWHILE: Mapping[Language, Mapping[Intent, tuple[str, ...]]] = {
    "ko": {
        Intent.SEEK_ADVICE: (
            "그사이에 선택지마다 되돌리는 데 드는 값을 한 줄씩 적어 두시면 이야기가 빨라져요.",
            "이런 고민은 언제까지 정할지부터 적으면 절반쯤 가벼워지기도 해요.",
            "비슷한 길을 먼저 지나온 분이 한 명 떠오른다면, 그분께 무엇을 물을지도 적어 두세요.",
            "마음이 기우는 쪽을 먼저 한 줄 적어 두면, 나중에 이유를 지어내지 않게 돼요.",
            "둘 다 아닌 세 번째 길이 정말 없는지는 잠깐 따로 볼 만해요.",
        ),
        Intent.PROBLEM_SOLVING: (
            "기다리는 동안 지금 상태를 그대로 사진이나 복사본으로 남겨 두면 되돌아갈 자리가 생겨요.",
            "한 번에 하나만 바꾸고 무엇이 달라졌는지 적어 두면 길을 잃지 않아요.",
            "화면이나 종이에 나온 말은 줄이지 말고 그대로 옮겨 두는 편이 도움이 돼요.",
            "되는 경우와 안 되는 경우를 하나씩 나란히 놓으면 원인이 그 사이에 있어요.",
            "삼십 분 동안 새로 알게 된 것이 없다면 사람에게 보여 줄 때예요.",
        ),
        Intent.LEARNING: (
            "그동안 그 말을 안 보고 자기 말로 두 문장 적어 보면 빈 곳이 어디인지 드러나요.",
            "가장 작은 예 하나를 골라 결과를 먼저 맞혀 보는 것만으로도 꽤 가까워져요.",
            "닮았지만 다른 것 하나와 나란히 놓으면 윤곽이 또렷해져요.",
            "처음 막힌 낱말 하나에만 표시해 두면 물을 것이 분명해져요.",
            "누군가에게 설명해 주다가 말이 막히는 자리가 바로 배울 자리예요.",
        ),
        Intent.VALIDATION: (
            "그사이에 '이러면 틀린 것'이라는 조건을 하나 적어 두시면 확인이 쉬워져요.",
            "소리 내어 한 번 읽어 보면 눈으로 지나친 곳이 걸리곤 해요.",
            "하루 묵혀 두고 다시 보는 것이 가장 값싼 점검이에요.",
            "반대편에서 볼 사람이 던질 질문 하나를 미리 적어 보세요.",
            "확신이 몇 퍼센트인지 숫자로 적어 두면 나중에 배울 것이 남아요.",
        ),
        Intent.PLANNING: (
            "그사이에 끝나는 날에서 거꾸로 날짜 세 개만 적어 두셔도 뼈대가 생겨요.",
            "할 일마다 '누구를 기다려야 하나'만 표시해도 순서가 꽤 정해져요.",
            "가장 작은 조각 하나의 실제 걸린 시간을 재 보면 나머지를 가늠할 수 있어요.",
            "계획의 칸을 다 채우지 말고 다섯에 하나는 비워 두는 편이 오래가요.",
            "못 하게 되면 무엇부터 뺄지를 미리 적어 두면 덜 흔들려요.",
        ),
        Intent.REFLECTION: (
            "서두르지 않으셔도 돼요. 떠오르는 장면 하나만 날짜와 함께 적어 두세요.",
            "잘했는지 못했는지보다 그때 무엇을 알고 있었는지를 먼저 적으면 덜 아파요.",
            "같은 이야기를 곁에 있던 사람의 자리에서 한 번 써 보는 것도 방법이에요.",
            "결론이 없어도 괜찮은 글이라면, 첫 문장만 적어 두는 것으로도 충분해요.",
            "되풀이되는 낱말이 있다면 거기에 동그라미를 쳐 두세요.",
        ),
    },
    "en": {
        Intent.SEEK_ADVICE: (
            "Meanwhile, a line for each option on what it would cost to undo makes the next step quicker.",
            "With choices like this, settling when you will decide often lifts half the weight.",
            "If someone who has walked this road comes to mind, note what you would ask them.",
            "Write down which way you lean before you collect reasons, so that none get invented.",
            "It is worth a minute to see whether a third way exists that is neither of the two.",
        ),
        Intent.PROBLEM_SOLVING: (
            "While you look, keep a copy or a photo of how things stand, so there is a place to go back to.",
            "Change one thing at a time and note what it did; that keeps the trail.",
            "Copy whatever it says word for word instead of from memory.",
            "Put one case that works next to one that doesn't; the cause lies in between.",
            "Half an hour without learning anything new is the time to show it to a person.",
        ),
        Intent.LEARNING: (
            "In the meantime, two sentences in your own words, without looking, show where the gap is.",
            "Take the smallest example you can and guess its outcome before you check.",
            "Set beside something similar that is not quite it, the outline sharpens.",
            "Mark just the first word that stopped you; that makes the question a small one.",
            "The spot where you falter while telling someone else is the spot to learn.",
        ),
        Intent.VALIDATION: (
            "It helps to write down beforehand what would make you call it wrong.",
            "Read aloud once, it tends to trip you where the eye slid over.",
            "Leaving it a day and looking again is the cheapest check there is.",
            "Note the one question somebody on the other side would ask.",
            "Put a number on how sure you are; it gives you something to learn from later.",
        ),
        Intent.PLANNING: (
            "Three dates counted back from the end are already a frame.",
            "Marking for each task whom you have to wait for settles much of the order.",
            "Time one small piece for real, and the rest can be guessed from it.",
            "Leave one slot in five empty; full plans break first.",
            "Decide now what would be dropped first, and a bad week hurts less.",
        ),
        Intent.REFLECTION: (
            "There is no hurry. One scene with its date is enough for now.",
            "What you knew at the time, written down first, makes the rest easier to look at.",
            "Telling it once from where somebody else stood can shift it.",
            "If it needs no conclusion, the first sentence alone will do.",
            "If a word keeps coming back, circle it.",
        ),
    },
}
