"""Charts in character cells: what a reader can tell from them."""

from __future__ import annotations

from engagewatch.tui.glyphs import ascii_face
from engagewatch.tui.widgets.chart import chart_legend, chart_lines
from engagewatch.tui.widgets.lines import width_of
from engagewatch.views.chart import Chart, ChartLine, ChartPoint, LineKind, make_chart

MONTHS = ("Jan", "Feb", "Mar", "Apr")


def a_chart(*values: float | None, path: float | None = None) -> Chart:
    points = [ChartPoint(label, value) for label, value in zip(MONTHS, values, strict=False)]
    lines = [] if path is None else [ChartLine(LineKind.PATH, "promised", (path,) * len(points))]
    return make_chart("t", points, lines, lambda value: f"{value:g}")


def drawn(chart: Chart, width: int = 60, height: int = 7) -> list[str]:
    return ["".join(text for text, _ in line.parts) for line in chart_lines(chart, width, height)]


def test_a_higher_value_stands_higher_and_above_its_month() -> None:
    rows = drawn(a_chart(10, 30, 20))
    where = {}
    for y, row in enumerate(rows):
        for x, sign in enumerate(row):
            if sign == "●":
                where[x] = y
    (low, high, middle) = (where[x] for x in sorted(where))
    assert high < middle < low
    for x, label in zip(sorted(where), MONTHS, strict=False):
        assert label[1] == rows[-1][x], "each point stands over the middle of its label"


def test_the_scale_is_written_beside_its_rows() -> None:
    rows = drawn(a_chart(10, 30, 20))
    assert rows[0].startswith("30")
    assert rows[-3].startswith("10")


def test_what_is_not_known_has_no_point() -> None:
    assert "".join(drawn(a_chart(10, None, 20))).count("●") == 2


def test_interval_signal_and_a_month_under_way() -> None:
    points = [
        ChartPoint("Jan", 10, 6, 14),
        ChartPoint("Feb", 30, marked=True),
        ChartPoint("Mar", 12, open=True),
        ChartPoint("Apr", None, shaded=True),
    ]
    chart = make_chart("t", points, [], lambda value: f"{value:g}")
    text = "\n".join(drawn(chart, height=13))
    assert all(sign in text for sign in "●◆○│░")
    legend = "".join(part for line in chart_legend(chart, 200) for part, _ in line.parts)
    for words in ("as measured", "signal", "95% interval", "not over", "change-over"):
        assert words in legend


def test_where_room_is_short_the_latest_months_are_drawn() -> None:
    rows = drawn(a_chart(10, 30, 20, 15), width=12)
    assert "Jan" not in rows[-1]
    assert rows[-1].split()[-1] == "Apr"
    assert all(len(row) <= 12 for row in rows)


def test_lines_fit_the_width_given() -> None:
    for width in (20, 40, 77, 200):
        for line in chart_lines(a_chart(10, 30, 20, 15, path=12), width, 8):
            assert width_of(line.parts) <= width


def test_the_ascii_face_tells_point_from_hollow_from_signal() -> None:
    assert len({ascii_face(sign) for sign in "●○◆│"}) == 4
    chart = a_chart(10, 30, path=20)
    assert all(ascii_face(row).isascii() for row in drawn(chart))


def test_nothing_to_draw_says_so() -> None:
    assert drawn(a_chart(None, None)) == ["nothing to draw yet"]
