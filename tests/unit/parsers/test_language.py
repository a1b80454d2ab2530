"""The language of an ordinary request is told; where too little was written, none is."""

# ruff: noqa: RUF001

from __future__ import annotations

import pytest

from parsers.language import language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "All our phones are down since this morning, please help us."),
        ("de", "Guten Tag, seit heute morgen können wir nicht mehr telefonieren, bitte um Hilfe."),
        ("fr", "Bonjour, depuis ce matin nous ne pouvons plus appeler."),
        ("es", "Hola, desde esta mañana no podemos llamar por los teléfonos."),
        ("it", "Buongiorno, da stamattina non possiamo più chiamare."),
        ("pt", "Bom dia, desde esta manhã não conseguimos ligar."),
        ("nl", "Goedemorgen, wij kunnen sinds vanochtend niet meer bellen."),
        ("sv", "Hej, vi kan inte ringa sedan i morse, kan ni hjälpa oss?"),
        ("da", "Hej, vi kan ikke ringe siden i morges, kan I hjælpe os?"),
        ("no", "Hei, vi kan ikke ringe siden i morges, hva kan vi gjøre?"),
        ("fi", "Hei, emme voi soittaa, mutta puhelimet ovat päällä ja se ei auta."),
        ("pl", "Dzień dobry, od rana nie możemy dzwonić, proszę o pomoc."),
        ("cs", "Dobrý den, od rána nám nefungují telefony, prosím o pomoc."),
        ("tr", "Merhaba, bu sabahtan beri telefonlar için bir sorun var."),
        ("ru", "Здравствуйте, с утра не работают телефоны, помогите пожалуйста."),
        ("uk", "Добрий день, з ранку не працюють телефони, допоможіть будь ласка."),
        ("ja", "今朝から電話がつながりません。"),
        ("ko", "오늘 아침부터 전화가 안 됩니다."),
        ("zh", "从今天早上起电话不通。"),
        ("el", "Τα τηλέφωνα δεν λειτουργούν."),
    ],
)
def test_a_request_in(code: str, text: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "ok", "TPBX-1042", "SIP 408 10.0.0.1", "+1 555 0100 x 200", "1\n" * 100_000])
def test_no_language_is_guessed_from(text: str) -> None:
    assert language(text) == ""
