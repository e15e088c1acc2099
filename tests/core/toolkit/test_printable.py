"""A source's text may not move, colour, hide or turn around what is on the terminal."""

from bedside.core.toolkit.printable import one_line, printable


def test_control_and_direction_characters_are_shown_as_such():
    assert printable("a\x1b[31mb\u202ec\x9bd\u200be") == "a�[31mb�c�d�e"


def test_ordinary_text_is_left_alone():
    text = "Ménière’s disease: 5 µg/mL, “quote”,\n日本語 *1/*2 ≤"
    assert printable(text) == text


def test_one_line_looks_like_no_other():
    assert one_line(" a\n! b\t\x1b[2Jc  ") == "a ! b �[2Jc"
