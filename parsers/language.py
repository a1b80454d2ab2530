"""In which language a text is written, by its commonest words; enough to choose a letter's language."""

# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections import Counter

_EXAMINED = 2_000  # characters; more change nothing
_FEWEST = 2  # stop words that must be found
_SHARE = 0.12  # of the words that must be stop words of the language
_AHEAD = 1.25  # times the count of the second best language

_WORD = re.compile(r"[^\W\d_]+")

_STOP_WORDS = {
    "en": "the and to of is in that it for you we are have this not with on be our your can please was i my"
    " but do at from has no when all an or will how any they hello thanks thank there been",
    "de": "der die und das ist nicht ich wir sie es mit ein eine zu auf für den von haben bitte uns im dem"
    " auch sich seit kann werden bei ihr ihre unser mehr keine noch wie aber hallo danke sind oder"
    " wird",
    "fr": "le la les et des est une un nous vous je ne pas pour dans que qui du en sur avec ce votre notre"
    " au plus sont depuis bonjour merci pouvez ont mais il avons mon cette",
    "es": "el la los las y es de que en un una no por para con nuestro se su nos lo está del al como más"
    " hola gracias favor desde tenemos pero puede este cuando muy son hay ha",
    "it": "il lo la gli e è di che non un una per con sono del della nel si ci abbiamo dei nostro vostro"
    " come più ma grazie buongiorno dal alla le questo salve può hanno ho da al",
    "pt": "o os as e é de que não um uma por para com nosso em do da no na se mais como estamos foi obrigado"
    " bom dia mas temos você ao está desde olá são seu minha pode",
    "nl": "de het een en is van niet wij we dat op te voor met zijn ik er kan naar ons onze bij ook aan maar"
    " geen graag hallo wordt dit deze sinds heeft hebben u uw als",
    "sv": "och att det är inte vi som en ett på för med har jag till av den kan de om vår från men hej tack"
    " när eller vårt sedan alla ska var mig oss",
    "da": "og at det er ikke vi som en et på for med har jeg til af den kan de om vores fra men hej tak når"
    " eller siden alle skal var mig os ved kun blev efter",
    "no": "og at det er ikke vi som en et på for med har jeg til av den kan de om vår fra men hei takk når"
    " eller siden alle skal var meg oss hva etter noe bare",
    "fi": "ja on ei se että en me mutta olen kun ovat tai voi sen hän oli minun meidän ole tämä jos kanssa"
    " hei kiitos sekä niin mitä myös nyt kuin",
    "pl": "i w nie na się jest z do że to o jak po ale dla mamy od proszę czy nasz nam mnie przez są być tak"
    " dzień dobry dziękuję już tylko przy może",
    "cs": "a je v na se že to z do o jak ale pro jsme od prosím s nám mi být tak dobrý den děkuji už by jsou"
    " nebo nás který při nefunguje není máme",
    "tr": "ve bir bu için ile de da mı çok ne var yok daha gibi olarak bizim merhaba teşekkürler lütfen ama"
    " kadar değil sonra olan biz ben en",
    "ru": "и в не на что с по мы это как у к из но для от за вы нас я так все есть при пожалуйста"
    " здравствуйте спасибо уже или был нет наш только если",
    "uk": "і в не на що з по ми це як у до та але для від за ви нас я так все є при будь ласка дякую вже або"
    " був немає наш тільки якщо добрий день",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _STOP_WORDS.items():
    for _word in set(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

# Scripts without spaces, or with one language: the first that makes up a fifth of the text decides.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)


def language(text: str) -> str:
    """The ISO 639-1 code of the language, or "" where too little was written, or nothing is ahead."""
    text = text[:_EXAMINED].lower()
    if not text.isascii():
        for code, script in _SCRIPTS:
            if 5 * len(script.findall(text)) > len(text):
                return code
    words = _WORD.findall(text)
    counts = Counter(code for word in words for code in _LANGUAGES_OF.get(word, ()))
    if not counts:
        return ""
    (best, count), (_, second) = [*counts.most_common(2), ("", 0)][:2]
    sure = count >= _FEWEST and count >= _SHARE * len(words) and count >= _AHEAD * second
    return best if sure else ""
