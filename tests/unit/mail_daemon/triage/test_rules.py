"""The engine alone, on small tables of its own."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_daemon.domain.lexicon import Rule
from mail_daemon.domain.matcher import Matcher
from mail_daemon.domain.phrases import Grammar, forms
from mail_daemon.domain.rules import RuleTable
from mail_daemon.domain.scope import WIDTHS

WORDS = {"thing": ("phone~", "desk phone"), "dead": ("dead", "down")}


def everywhere(level: int) -> dict[str, int]:
    return dict.fromkeys(WIDTHS, level)


def found(phrase: str, text: str, lists: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    matcher = Matcher(barriers=["not"])
    for pattern in Grammar(lists or {}).patterns(phrase):
        matcher.add(pattern, 1)
    matcher.ready()
    words = text.split()
    sentences = matcher.find(matcher.symbols(words))
    return [" ".join(words[start:end]) for _, _, hits, _ in sentences for start, end, _ in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("dial tone", "no dial tone here", ["dial tone"]),
        ("dial tone", "dial tones", []),
        ("make|place calls", "we place calls", ["place calls"]),
        ("call|dial_out now", "dial out now", ["dial out now"]),
        ("the [whole] floor", "the floor , the whole floor", ["the floor", "the whole floor"]),
        ("drop~", "dropped drops droplet", ["dropped", "drops"]),
        ("regist*", "registering registry region", ["registering", "registry"]),
        ("all .. phones", "all phones , all of our phones", ["all phones", "all of our phones"]),
        ("all .. phones", "all of the very many phones", []),
        ("all .. phones", "all ? phones", []),
        ("# phones", "40 phones , 2nd phones , forty phones", ["40 phones", "2nd phones"]),
        ("do|does phones ?", "do phones ?", ["do phones ?"]),
        ("all .. phones", "all , phones", []),
        ("all .. phones", "all not phones", []),
        ("every <thing>", "every desk phone", ["every desk phone"]),
    ],
)
def test_the_grammar_of_phrases(phrase: str, text: str, words: list[str]) -> None:
    assert found(phrase, text, WORDS) == words


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ("Dial tone", "write lower-case words"),
        ("(a+)+$", "write lower-case words"),
        (".. phones", "write a word before and after .."),
        ("[the]", "write a word before and after .."),
        ("all <things>", "write one of dead, thing"),
        ("[a] [b] [c] [d] [e] f", "write two phrases"),
    ],
)
def test_a_wrong_phrase_says_what_to_write(phrase: str, told: str) -> None:
    with pytest.raises(ValueError, match="write") as error:
        Grammar(WORDS).patterns(phrase)
    assert told in str(error.value)


def test_a_list_inside_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="inside itself"):
        Grammar({"loop": ("a <loop>",)}).patterns("<loop>")


def test_the_forms_of_a_word() -> None:
    assert [forms(word) for word in ("drop", "lose", "try", "crash")] == [
        ["drop", "drops", "dropped", "dropping"],
        ["lose", "loses", "losed", "losing"],
        ["try", "tries", "tried", "trying"],
        ["crash", "crashes", "crashed", "crashing"],
    ]


def table(*rules: Rule, **lists: tuple[str, ...]) -> RuleTable:
    return RuleTable(rules, {**WORDS, **lists})


def test_the_most_urgent_rule_wins_and_of_equals_the_first() -> None:
    rules = table(
        Rule("first", "trouble", everywhere(3), phrases=("dead",)),
        Rule("second", "account", everywhere(3), phrases=("phone",)),
        Rule("urgent", "outage", everywhere(2), phrases=("fire",)),
    )
    assert rules.rank("", "phone dead").category == "trouble"
    assert rules.rank("", "phone dead fire").category == "outage"
    assert rules.rank("", "nothing of all that").category == "other"


def test_lists_in_any_order_and_in_order() -> None:
    any_order = table(Rule("any", "trouble", everywhere(3), when=(("thing", "dead"),)))
    ordered = table(Rule("order", "trouble", everywhere(3), ordered=(("thing", "dead"),)))
    assert [any_order.rank("", text).level for text in ("dead phone", "phone dead")] == [3, 3]
    assert [ordered.rank("", text).level for text in ("dead phone", "phone dead")] == [4, 3]


def test_lists_far_apart_or_in_other_sentences_do_not_meet() -> None:
    rules = table(Rule("any", "trouble", everywhere(3), when=(("thing", "dead"),)))
    assert rules.rank("", "The phone is here. Dead.").level == 4
    assert rules.rank("", "phone " + "word " * 9 + "dead").level == 4


def test_unless_bars_a_rule_in_its_clause() -> None:
    rules = table(Rule("any", "trouble", everywhere(3), phrases=("dead",), unless=("thing",)))
    assert rules.rank("", "phone dead").level == 4
    assert rules.rank("", "phone, dead").level == 3


def test_a_rule_may_look_at_some_places_only() -> None:
    rules = table(Rule("subject", "trouble", everywhere(3), phrases=("dead",), where=frozenset({"subject"})))
    assert (rules.rank("dead", "").level, rules.rank("", "dead").level) == (3, 4)


def test_an_overruling_rule_wins_over_urgency() -> None:
    rules = table(
        Rule("outage", "outage", everywhere(1), phrases=("dead",)),
        Rule("drill", "other", everywhere(4), phrases=("only a drill",), overrules=True),
    )
    assert rules.rank("", "All dead. Only a drill.").level == 4


@given(st.lists(st.sampled_from(["phone", "dead", "all", "not", "the", ",", "?"]), max_size=40))
def test_what_is_found_is_what_a_search_at_every_place_finds(tokens: list[str]) -> None:
    slow = []
    reached = 0
    for start in range(len(tokens)):
        for end in range(min(len(tokens), start + 5), start, -1):
            words = tokens[start:end]
            inside = words[1:-1]
            hit = len(words) > 1 and words[0] == "all" and words[-1] == "dead"
            # A gap is three words at most, leaves neither clause nor sentence and jumps over no barrier.
            if hit and len(inside) <= 3 and not {",", "?", "not"} & set(inside) and end > reached:
                slow.append(" ".join(words))
                reached = end
                break
    assert found("all .. dead", " ".join(tokens)) == slow


def test_a_weak_rule_counts_only_where_no_other_does_and_then_in_the_order_of_the_table() -> None:
    rules = table(
        Rule("strong", "request", everywhere(4), phrases=("please",)),
        Rule("weak", "trouble", everywhere(3), phrases=("odd",), weak=True),
        Rule("weaker", "outage", everywhere(1), phrases=("thing",), weak=True),
    )
    assert rules.rank("", "An odd thing. Please.").category == "request"
    assert rules.rank("", "An odd thing.").category == "trouble"


@given(st.text(max_size=300), st.text(max_size=2000))
def test_no_mail_makes_it_raise(subject: str, text: str) -> None:
    ranking = table(Rule("any", "trouble", everywhere(3), when=(("thing", "dead"),))).rank(subject, text)
    assert ranking.level in (3, 4)


def test_threads_share_a_table() -> None:
    rules = table(Rule("any", "trouble", everywhere(3), when=(("thing", "dead"),)))
    texts = [f"w{at} phone w{at % 7} dead" for at in range(500)]
    with ThreadPoolExecutor(8) as pool:
        levels = list(pool.map(lambda text: rules.rank("", text).level, texts))
    assert set(levels) == {3}


def test_the_texts_of_strangers_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail_daemon.domain.matcher._MOST_STEPS", 100)
    matcher = Matcher()
    for number in range(50):
        for pattern in Grammar({}).patterns(f"word{number} other"):
            matcher.add(pattern, 1)
    matcher.ready()
    tokens = [f"word{number}" for first in range(50) for number in (first, (first * 7) % 50)]
    [(_, _, hits, _)] = matcher.find(matcher.symbols([*tokens, "word3", "other"]))
    assert [end - start for start, end, _ in hits] == [2]
    assert sum(map(len, set(map(matcher._symbols.__getitem__, tokens)))) <= 101


def test_the_words_of_strangers_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail_daemon.domain.nodes._REMEMBERED", 10)
    matcher = Matcher()
    matcher.symbols([*(f"word{number}" for number in range(50)), "w" * 41])
    assert len(matcher._symbols) == 10
    assert "w" * 41 not in matcher._symbols


def test_a_sentence_without_end_is_several() -> None:
    rules = table(Rule("any", "trouble", everywhere(3), when=(("thing", "dead"),)))
    assert rules.rank("", "word " * 100 + "phone dead").level == 3


def test_where_a_forwarded_mail_begins_is_said_by_a_plain_word() -> None:
    with pytest.raises(ValueError, match="begin it with a word"):
        table(resumed=("forward* message",))
