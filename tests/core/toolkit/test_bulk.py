"""Many items in one command: whole or not at all, resumed, and a broken line costs that line only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bedside.core.errors import OutputError, UsageError
from bedside.core.toolkit import bulk
from bedside.core.toolkit.bulk import BulkResult, Row, check_bulk_target, json_line, part_of, worked
from bedside.core.toolkit.json_lines import BrokenLine, BrokenLines, count, digest, halved, is_id, numbered, parsed


def squares(asked: list[int], stop_at: int | None = None):
    """An answer for `worked` that notes what it was asked for, and is interrupted at `stop_at`."""

    def answer(items):
        for item in items:
            if item == stop_at:
                raise KeyboardInterrupt
            asked.append(item)
            yield Row((json.dumps({"n": item * item}),), error="odd" if item == 3 else "", counts={"done": 1}, notes=("x",))

    return answer


def read(path: Path) -> list[int]:
    return [json.loads(line)["n"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("at_once", [1, 2, 16])
def test_a_run_that_was_cut_off_goes_on(tmp_path, at_once):
    target, asked = tmp_path / "out.jsonl", []
    target.write_text("yesterday")
    with pytest.raises(KeyboardInterrupt), BulkResult(target, {"of": 1}) as out:
        list(worked(range(1, 6), out, squares(asked, stop_at=5), at_once=at_once))
    assert target.read_text() == "yesterday"
    with part_of(target).open("ab") as cut:
        cut.write(b'{"lines": ["{\\"n\\"')  # as a killed process leaves it
    with BulkResult(target, {"of": 1}) as out:
        assert out.done == 4
        rows = list(worked(range(1, 6), out, squares(asked), at_once=at_once))
    assert asked == [1, 2, 3, 4, 5]
    assert [item for item, _ in rows] == [1, 2, 3, 4, 5]
    assert [row.error for _, row in rows] == ["", "", "odd", "", ""]
    assert sum(row.counts["done"] for _, row in rows) == 5 and rows[0][1].notes == ("x",)
    assert read(target) == [1, 4, 9, 16, 25]
    assert list(tmp_path.iterdir()) == [target]


def test_another_question_begins_anew(tmp_path):
    target = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt), BulkResult(target, {"of": 1}) as out:
        list(worked([1, 2], out, squares([], stop_at=2)))
    with BulkResult(target, {"of": 2}) as out:
        assert out.done == 0
        list(worked([7], out, squares([])))
    assert read(target) == [49]


def test_a_finished_run_with_nothing_left_to_do_is_whole(tmp_path, monkeypatch):
    target, asked = tmp_path / "out.jsonl", []
    with monkeypatch.context() as full:
        full.setattr(bulk, "replacing", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OutputError, match="No space left") as told, BulkResult(target, {}) as out:
            list(worked([1, 2], out, squares(asked)))
    assert "run the same command again" in told.value.hint
    with BulkResult(target, {}) as out:
        list(worked([1, 2], out, squares(asked)))
    assert (asked, read(target)) == ([1, 2], [1, 4])


def test_a_row_may_give_no_line_or_several(tmp_path):
    target = tmp_path / "o"
    rows = [Row(), Row(('{"n": 1}', '{"n": 2}')), Row(error="broken")]
    with BulkResult(target, {}) as out:
        list(worked(rows, out, lambda some: some))
    assert read(target) == [1, 2]


def test_a_part_that_no_batch_began_is_left_alone(tmp_path):
    part = part_of(tmp_path / "o")
    for content in ("theirs", ""):
        part.write_text(content)
        with pytest.raises(UsageError, match="no batch has begun it"), BulkResult(tmp_path / "o", {}):
            pytest.fail("was opened")
        assert part.read_text() == content
    part.unlink()
    part.symlink_to("elsewhere")
    with pytest.raises(UsageError, match="no batch has begun it"), BulkResult(tmp_path / "o", {}):
        pytest.fail("was opened")
    assert not (tmp_path / "elsewhere").exists()


def test_a_write_that_takes_a_part_of_a_row_is_completed(tmp_path, monkeypatch):
    target = tmp_path / "o"
    with BulkResult(target, {}) as out:
        real = out._file

        class Half:
            def write(self, data: bytes) -> int:
                return real.write(data[:7])

            def close(self) -> None:
                real.close()

        out._file = Half()
        list(worked([1, 2], out, squares([])))
    assert read(target) == [1, 4]


def test_a_device_is_written_into_as_the_rows_come():
    check_bulk_target("--out", Path("/dev/null"), [], stream=True)
    with BulkResult(Path("/dev/null"), {}) as out:
        assert [row.error for _, row in worked([1, 3], out, squares([]))] == ["", "odd"]
    with (
        pytest.raises(OutputError, match="can't be written any further: No space left"),
        BulkResult(Path("/dev/full"), {}) as out,
    ):
        list(worked([1], out, squares([])))


def test_what_can_not_be_written_is_known_before_anything_slow(tmp_path):
    source = tmp_path / "in"
    source.write_text("{}")
    with pytest.raises(OutputError, match="there is no folder"):
        check_bulk_target("--out", tmp_path / "none" / "o", [source])
    with pytest.raises(UsageError, match="is one of the files that are read"):
        check_bulk_target("--out", tmp_path / "o", [part_of(tmp_path / "o")])
    with pytest.raises(OutputError, match="can't be written"), BulkResult(tmp_path / "none" / "o", {}):
        pytest.fail("was opened")


def test_text_is_readable_and_half_a_character_is_escaped():
    assert json_line({"a": "ü"}) == '{"a": "ü"}'
    assert json_line({"a": "ü\ud800"}) == '{"a": "\\u00fc\\ud800"}'


def test_lines_are_counted_and_numbered_without_the_blank_ones(tmp_path):
    source = tmp_path / "in"
    source.write_bytes(b'{"a": 1}\n\n  \nx')
    assert count(source, option="--cases", holds="cases", form="{}") == 2
    assert list(numbered(source)) == [(1, b'{"a": 1}\n'), (4, b"x")]
    before = digest(source)
    source.write_bytes(b" \n")
    assert digest(source) != before
    for path, told in ((source, "holds no cases"), (tmp_path, "is a folder"), (tmp_path / "no", "does not exist")):
        with pytest.raises(UsageError, match=told):
            count(path, option="--cases", holds="cases", form="{}")


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"\xff", "is not UTF-8"), (b"{", "is not valid JSON"), (b"[" * 100_000, "is not valid JSON"), (b"[1]", "no object")],
)
def test_a_line_that_is_no_object_says_why(raw, why):
    with pytest.raises(BrokenLine) as told:
        parsed(raw, fields='"id"')
    assert why.replace("no object", 'is not an object with "id"') in str(told.value)


def test_ids_and_characters():
    assert parsed(b'\xef\xbb\xbf{"id": 1}', fields="") == {"id": 1}
    assert [is_id(v) for v in ("a", 1, True, None, 1.5)] == [True, True, False, False, False]
    assert [halved(v) for v in ("\ud800", "𝄞", 1)] == [True, False, False]


def test_a_broken_line_is_reported_safely(capsys):
    broken = BrokenLines(Path("in\x1b[31m.jsonl"))
    broken.report(3, "is not UTF-8")
    assert broken == [{"line": 3, "error": "is not UTF-8"}]
    assert capsys.readouterr().err == "error: in�[31m.jsonl, line 3: is not UTF-8\n"
