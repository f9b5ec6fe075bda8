from neurosim.network.tables import Markup, columns, heading, plural, table


def test_columns_are_aligned_with_numbers_to_the_right():
    assert columns([("a", 5, "x"), ("long", 100, "y")]) == ["  a       5  x", "  long  100  y"]


def test_lines_have_no_trailing_spaces():
    assert columns([("a", ""), ("b", "c")], indent="") == ["a", "b  c"]


def test_html_is_escaped_except_markup():
    page = table(("<h>",), [("<&>",), (Markup("<i>x</i>"),), (3,)])
    assert "&lt;h&gt;" in page
    assert "&lt;&amp;&gt;" in page
    assert "<i>x</i>" in page
    assert '<td style="text-align: right">3</td>' in page
    assert heading("<a>", "b&c") == "<div><b>&lt;a&gt;</b> b&amp;c</div>"


def test_plurals():
    assert [plural(n, "unit") for n in (0, 1, 2)] == ["0 units", "1 unit", "2 units"]
