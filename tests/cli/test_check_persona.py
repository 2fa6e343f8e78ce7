from pathlib import Path

from ion.cli.check_persona import check_folders
from ion.personas import load_catalogue
from ion.playbooks import Playbooks, TopicFinder, load_topics
from tests.cli.running import ion


class TestReplies:
    def test_that_do_not_end_in_a_question_are_a_problem(self, tmp_path: Path) -> None:
        assert ion("persona", "new", "mori", "--into", str(tmp_path)).exit_code == 0
        statements = dict.fromkeys(("goal", "reality", "options", "will"), ("Tell me more.",))
        library = {
            language: {slug: topic.model_copy(update={"questions": statements}) for slug, topic in topics.items()}
            for language, topics in load_topics().items()
        }

        (report,) = check_folders([tmp_path / "mori"], load_catalogue(), Playbooks(library, TopicFinder.load()))

        assert report.problems
        assert report.problems == [
            f"{report.folder}: example {number}: the reply ({language}) does not end in a question."
            for number, run in enumerate(report.examples, start=1)
            for language, reply in run.replies.items()
            if not reply.endswith("?")
        ]
