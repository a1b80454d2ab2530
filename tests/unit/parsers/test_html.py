"""HTML reads as a person sees it, quotes stand out, and what is shown again is harmless."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.html import clean, to_text
from parsers.reply_text import split

REPLIES = sorted((Path(__file__).parents[2] / "mails" / "html" / "replies").glob("*.html"))


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_a_reply_is_split_from_what_it_quotes(path: Path) -> None:
    new = split(to_text(path.read_text("utf-8"))).new
    assert " ".join(new.split()) == "Hi. I am fine. Thanks, Alex"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a\tb\nc\td"),
        ("<ul><li>one<li>two</ul>", "  • one\n  • two"),
        ("<pre>  a\n    b</pre>", "  a\n    b"),
        ("<b>bo</b>ld &amp; <i>it</i>alic", "bold & italic"),
        ("see <a href='https://x.example/a?b=1&amp;c=2'>this</a>", "see this <https://x.example/a?b=1&c=2>"),
        ("<a href='https://x.example/'>https://x.example</a>", "https://x.example"),
        ("<a href='mailto:ann@x.example'>ann@x.example</a>", "ann@x.example"),
        ("<a href='mailto:ann@x.example'>Ann</a>", "Ann <ann@x.example>"),
        ("<a href='javascript:alert(1)'>click</a>", "click"),
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n> b\n>> c\nd"),
        ("<blockquote style='margin: 0 0 0 40px; border: none'>indented</blockquote>", "indented"),
        ("5 < 6 and \ue000 <3", "5 < 6 and <3"),
        ("<p title='a > b'>x</p>", "x"),
    ],
)
def test_what_a_person_sees(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<span style='display : NONE'>secret</span>",
        "<font style='display:none'>secret</font>",
        "<div style='visibility:hidden'><p>secret</p></div>",
        "<span style='font-size:0px'>secret</span>",
        "<span style='mso-hide:all'>secret</span>",
        "<p hidden>secret</p>",
        "<p dir=ltr hidden=''>secret</p>",
        "<b style='opacity:0'>secret</b>",
        "<!-- secret -->",
        "<!--[if mso]>secret<![endif]-->",
        "<style>secret</style>",
        "<script>if (1 < 2) secret</script>",
        "<title>secret</title>",
        "<template>secret</template>",
        "<noscript>secret</noscript>",
    ],
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    assert to_text(f"<p>before</p>{hidden}<p>after</p>").split() == ["before", "after"]


def test_small_print_is_read() -> None:
    html = "<span style='font-size:0.8em; opacity:0.5' title='a hidden thing'>small</span>"
    assert to_text(html) == "small"


def test_outlooks_reply_block_begins_the_quote_in_any_language() -> None:
    html = "<div>Danke!</div><hr><div id='divRplyFwdMsg'><b>Xyz:</b> Desk<br><b>Abc:</b> 23</div><div>Alt</div>"
    assert split(to_text(html)).new == "Danke!"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src='x' onerror='alert(1)'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' JaVaScRiPt:alert(1)'>x</a>",
        "<svg onload='alert(1)'></svg>",
        "<img src='https://tracker.example/1.gif'>",
        "<img src='//tracker.example/1.gif'>",
        "<img src='data:image/svg+xml;base64,AAAA'>",
        "<p style='background:url(https://tracker.example)'>x</p>",
        "<table background='https://tracker.example'><tr><td>x</table>",
        "<iframe src='https://tracker.example'></iframe>",
        "<link rel=stylesheet href='https://tracker.example'>",
        "<form action='https://tracker.example'><input name=a></form>",
        "<meta http-equiv=refresh content='0;url=https://tracker.example'>",
    ],
)
def test_cleaned_html_runs_and_fetches_nothing(html: str) -> None:
    cleaned = clean(html).lower()
    for harm in ("alert", "tracker.example", "<script", "<svg", "<form", "<iframe", "data:", "style="):
        assert harm not in cleaned


def test_cleaned_html_keeps_pictures_of_the_mail_and_links() -> None:
    cleaned = clean("<img src='cid:a@b'><a href='https://x.example'>x</a><b>bold</b>")
    assert 'src="cid:a@b"' in cleaned
    assert 'href="https://x.example"' in cleaned
    assert "<b>bold</b>" in cleaned


@given(st.text(alphabet="<>/!-=\"' abpdivquoterh\ue000\ue001\ue002\ue003\ue004&;"))
def test_any_text_is_read(html: str) -> None:
    text = to_text(html)
    assert not set(text) & set("\ue000\ue001\ue002\ue003\ue004")
    clean(html)


HOSTILE = {
    "deep": "<div>" * 100_000,
    "deep quotes": "<blockquote>" * 80_000,
    "deep tables": "<table><tr><td>" * 50_000,
    "deep lists": "<ul><li>" * 100_000,
    "formatting": "".join(f"<p><b x={number}>" for number in range(25_000)),
    "attributes": "<a " + " ".join(f"x{number}=1" for number in range(25_000)) + ">",
    "open tags": "<a " * 300_000,
    "open quotes": '<a "' * 200_000,
    "less than": "<" * 1_000_000,
    "ampersands": "&" * 1_000_000,
    "comments": "<!--" * 200_000,
    "paragraphs": "<p>x" * 250_000,
    "hidden": "<span style='display:none'>" * 40_000,
    "links": "<a href=http://x>" * 60_000,
    "long": "x" * 25_000_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_takes_less_than_a_second(html: str) -> None:
    for read in (to_text, clean):
        started = time.process_time()
        read(html)
        assert time.process_time() - started < 1.0
