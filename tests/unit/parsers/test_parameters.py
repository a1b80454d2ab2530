"""Parameters of Content-Type and Content-Disposition as mail programs write them."""

from __future__ import annotations

import pytest

from parsers.parameters import parameters


@pytest.mark.parametrize(
    ("value", "head", "expected"),
    [
        ("Text/Plain", "text/plain", {}),
        ("text/plain; charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('a/b; Name="x;y.pdf"; z=1', "a/b", {"name": "x;y.pdf", "z": "1"}),
        ('a/b; name="say \\"hi\\".pdf"', "a/b", {"name": 'say "hi".pdf'}),
        ('a/b; name="C:\\docs\\a.pdf"', "a/b", {"name": "C:\\docs\\a.pdf"}),
        ("attachment; filename=my report.pdf", "attachment", {"filename": "my report.pdf"}),
        ('a/b; name="never closed', "a/b", {"name": "never closed"}),
        ("a/b; x=1; x=2", "a/b", {"x": "1"}),
        ("a/b; f*=utf-8''na%C3%AFve.txt", "a/b", {"f": "naïve.txt"}),
        ("a/b; f=plain; f*=utf-8''better", "a/b", {"f": "better"}),
        ("a/b; f*1=two; f*0=one", "a/b", {"f": "onetwo"}),
        ("a/b; f*0*=iso-8859-1''%E9; f*1=x%20y", "a/b", {"f": "éx%20y"}),
        ("", "", {}),
        (";;;=;", "", {}),
    ],
)
def test_parameters(value: str, head: str, expected: dict[str, str]) -> None:
    assert parameters(value) == (head, expected)
