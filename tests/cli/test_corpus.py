import asyncio
import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from ion.db import open_database
from ion.evaluation import read_messages
from ion.mentoring import TurnId, correction_of
from ion.resonance import LinearModel, Reader
from ion.services import open_kept
from ion.settings import DatabaseSettings, Settings
from tests.cli.running import database_in, document, ion
from tests.mentoring.test_store import make_conversation, make_turn

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KOREAN = "제 이름은 한소율이에요. 010-2345-6789나 soyul@example.com으로 연락 주세요. 이 계획이 맞을까요?"
ENGLISH = "My name is Ada Fenwick, call +1 202-555-0143 or mail ada@example.org. Is this plan right?"
PERSONAL = ("소율", "2345", "soyul", "Ada", "Fenwick", "0143", "ada@", "example.org")


async def keep(url: str, **messages: bool | None) -> None:
    """Keep a turn for each message; its correction is shared or not, or there is none."""
    reader = Reader(LinearModel.load())
    async with open_kept(Settings(database=DatabaseSettings(url=url))) as opened:
        store = opened.turns
        await opened.conversations.add(make_conversation())
        for number, (message, share) in enumerate(messages.items()):
            reading = reader.read(message)
            turn = replace(make_turn(f"turn-{number}"), message=message, reading=reading, key=reading.key)
            kept = await store.append(turn, title="A private title")
            if share is not None:
                correction = correction_of(tone="anxious", pace=None, intent="validation", share=share, at=NOW)
                await store.correct(make_conversation().id, TurnId(kept.id), correction)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = database_in(tmp_path)
    asyncio.run(
        keep(url, **{KOREAN: True, ENGLISH: True, "Keep this one to yourself.": False, "Nobody corrected me.": None})
    )
    return url


def rows_in(lines: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.usefixtures("url")
class TestExport:
    def test_writes_the_shared_corrections_alone_and_counts_the_others(self) -> None:
        result = ion("corpus", "export")

        rows = rows_in(result.stdout)
        assert result.exit_code == 0
        assert [list(row) for row in rows] == [["id", "text", "tone", "intent", "pace", "register"]] * 2
        assert [row["text"].partition(" ")[0] for row in rows] == ["제", "My"]
        assert result.stderr == "Exported: 2. Corrections not shared, and left out: 1.\n"

    def test_holds_no_name_number_or_address(self) -> None:
        exported = "\n".join(row["text"] for row in rows_in(ion("corpus", "export").stdout))

        assert [value for value in PERSONAL if value in exported] == []
        assert "[전화번호]" in exported
        assert "[e-mail]" in exported

    def test_holds_nothing_else_of_the_conversation(self) -> None:
        rows = rows_in(ion("corpus", "export").stdout)

        # A random id may hold any few letters and digits.
        said = json.dumps([{**row, "id": ""} for row in rows], ensure_ascii=False)
        assert [word for word in ("A private title", "turn-", "c1", "2026", "이직") if word in said] == []
        assert not {row["id"] for row in rows} & {"turn-0", "turn-1"}

    def test_has_the_corrected_labels_and_the_readings_own_for_the_rest(self) -> None:
        for row, message in zip(rows_in(ion("corpus", "export").stdout), (KOREAN, ENGLISH), strict=True):
            read = Reader(LinearModel.load()).read(message).key
            assert (row["tone"], row["intent"], row["pace"]) == ("anxious", "validation", str(read.pace))
            assert row["register"] == "correction"

    def test_has_new_ids_and_the_same_order_every_time(self) -> None:
        first, second = (rows_in(ion("corpus", "export").stdout) for _ in range(2))

        assert [row["text"] for row in first] == [row["text"] for row in second]
        assert {UUID(row["id"]).version for row in (*first, *second)} == {4}
        assert len({row["id"] for row in (*first, *second)}) == 4

    def test_can_be_read_as_a_part_of_the_corpus(self) -> None:
        sheet = read_messages("export.jsonl", ion("corpus", "export").stdout)

        assert sheet.defects == ()
        assert [row.register for row in sheet.rows] == ["correction"] * 2

    def test_into_a_file(self, tmp_path: Path) -> None:
        result = ion("corpus", "export", "--output", "rows.jsonl", "--lang", "ko")

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "내보낸 글: 2개. 학습에 쓰도록 허락하지 않아 뺀 것: 1개.\n"
        assert len(rows_in((tmp_path / "rows.jsonl").read_text(encoding="utf-8"))) == 2

    def test_as_a_document(self, tmp_path: Path) -> None:
        whole = document("corpus", "export")
        beside = document("corpus", "export", "--output", "rows.jsonl")

        assert (whole["exported"], whole["not_shared"], len(whole["items"])) == (2, 1, 2)
        assert beside == {"exported": 2, "not_shared": 1, "output": "rows.jsonl"}
        assert len(rows_in((tmp_path / "rows.jsonl").read_text(encoding="utf-8"))) == 2

    def test_leaves_out_the_crisis_path_whatever_the_table_says(self, url: str) -> None:
        asyncio.run(mark(url))

        assert ion("corpus", "export").stdout == ""

    @pytest.mark.parametrize(("language", "told"), [("en", "No such file or directory"), ("ko", "파일을 열 수 없어요")])
    def test_a_file_that_cannot_be_written_is_2(self, language: str, told: str) -> None:
        result = ion("corpus", "export", "--output", "no/where.jsonl", "--lang", language)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr

    def test_shows_how_far_it_is_on_a_terminal(self) -> None:
        ours, theirs = pty.openpty()
        words = [sys.executable, "-m", "ion", "corpus", "export"]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=True)
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
        os.close(ours)

        assert "masking" in shown
        assert len(rows_in(done.stdout.decode())) == 2


class TestWhatWasNeitherReadNorCorrected:
    @pytest.fixture
    def row(self, tmp_path: Path) -> dict[str, str]:
        """The one row of a message without words, of which the mentee said tone and intent."""
        asyncio.run(keep(database_in(tmp_path), **{"😀😀": True}))
        (row,) = rows_in(ion("corpus", "export").stdout)
        return row

    def test_is_left_out(self, row: dict[str, str]) -> None:
        assert list(row) == ["id", "text", "tone", "intent", "register"]
        assert (row["tone"], row["intent"]) == ("anxious", "validation")

    def test_has_to_be_labelled_before_the_row_is_part_of_the_corpus(self, row: dict[str, str]) -> None:
        (defect,) = read_messages("export.jsonl", json.dumps(row)).defects

        assert str(defect) == "export.jsonl:1: missing: pace is missing"


class TestNothingToExport:
    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", "Exported: 0. Corrections not shared, and left out: 0.\n"),
            ("ko", "내보낸 글: 0개. 학습에 쓰도록 허락하지 않아 뺀 것: 0개.\n"),
        ],
    )
    def test_is_said(self, language: str, told: str) -> None:
        result = ion("corpus", "export", "--lang", language)

        assert (result.exit_code, result.stdout, result.stderr) == (0, "", told)


async def mark(url: str) -> None:
    async with open_database(url) as database, database.transaction() as session:
        await session.execute(text("UPDATE turn SET crisis = 'suicide'"))
