import sys

from ion.cli.later import documents, line_editing


class TestLater:
    def test_lines_can_be_edited_where_python_can(self) -> None:
        line_editing()

        assert "readline" in sys.modules

    def test_documents_are_the_ones_of_the_api(self) -> None:
        assert documents().__name__ == "ion.cli.documents"
