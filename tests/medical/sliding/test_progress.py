import pytest

from leyden.medical.sliding.progress import progress_line


def test_the_last_line_ends_and_earlier_ones_are_written_over() -> None:
    text: list[str] = []
    line = progress_line(text.append)
    line(1, 2)
    line(2, 2)
    assert text[0].startswith("1 of 2 windows, ")
    assert text[1].startswith("2 of 2 windows, 0 s left ")
    assert len(text[0]) == len(text[1])
    assert [each[-1] for each in text] == ["\r", "\n"]


def test_it_goes_to_standard_error_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    progress_line()(3, 3)
    assert capsys.readouterr().err.strip() == "3 of 3 windows, 0 s left"
