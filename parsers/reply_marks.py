"""The lines by which mail programs set quoted text apart, in the languages that they speak.

Nothing here looks further than a few lines of a few hundred characters, so a text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WINDOW = 4  # lines over which "On ..., ... wrote:" may be wrapped
_LONGEST = 400  # characters of such a window
_BLOCK = 14  # lines in which a header block shows what it is


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a quoted mail begins: the marking lines are `start` to `end` (excluded)."""

    start: int
    end: int
    kind: str  # attribution, headers, forward


# ---- "On Monday, Ann wrote:" ----

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreef|skrev|skrifaði|kirjoitti|kirjutas|rakstīja|rašė|írta|scris|yazdı|escribió"
    r"|escribio|escreveu|escriure|escribiu|scritto|scrive|écrit|ecrit|napisał|napisała|napisal|napísal|napsal"
    r"|napisao|napisala|написал|написала|написав|написала|пишет|пише|писал|έγραψε|menulis|viết|כתב|כתבה|كتب|เขียน)"
    r"(?:\(a\)|/a|\b)|写道|寫道|のメール|書きました|작성"
)
_LEAD = re.compile(
    r"\W*(?:(?:On|Le|Am|Em|El|Il|In data|Il giorno|Op|Den|På|Dnia|W dniu|Dne|Dňa|Vào|Pada|Στις|В|Од|Ha|Pe|A|Tir|El día)"
    r"\s|\S{0,12}\s?\d|\d)",
)
_DATE = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}|\d{1,2}[./-]\d{1,2}|\d年|\d일")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_BEGINS_LIKE_DATE = re.compile(r"\W*(?:\w{1,10}[,.]?\s)?\W?\d")
_LAST_WORDS = frozenset(["wrote", "schrieb", "écrit", "escribió", "escreveu", "scritto", "schreef", "skrev"])

# ---- "From: ... Sent: ... To: ... Subject: ..." ----

_KEYS = {
    "from": "from von de da fra från van od от від kimden gönderen lähettäjä feladó από expéditeur mittente"
    " remitente emisor afsender avsändare avsender 发件人 寄件者 寄件人 差出人 送信者 보낸사람 מאת من dari từ saatja"
    " odesílatel odosielateľ dela",
    "date": "sent date gesendet datum envoyé envoyéle enviado enviadoel enviadaem enviadoem enviada enviadael"
    " fecha data inviato datainvio verzonden sendt dato skickat wysłano wysłane odesláno odoslané дата"
    " отправлено надіслано gönderilme gönderildi tarih lähetetty päivämäärä päiväys elküldve küldve dátum"
    " trimis ημερομηνία εστάλη 送信日時 日時 日付 日期 发送时间 发送日期 寄件日期 傳送日期 날짜 보낸날짜 נשלח تاريخ"
    " tanggal dikirim ngày saadetud",
    "to": "to an à a para aan til till do komu кому kime kime: vastaanottaja címzett către προς destinataire"
    " destinatario destinatari 收件人 收件者 宛先 받는사람 אל إلى kepada đến za",
    "cc": "cc bcc cci copie kopie kopia kopi копия копія bilgi kopio másolat 抄送 副本 참조 кopia",
    "subject": "subject betreff betr objet asunto oggetto assunto onderwerp emne ämne temat předmět predmet тема"
    " konu aihe tárgy subiect θέμα 主题 主旨 件名 제목 נושא الموضوع perihal subjek assumpte chủđề teema",
    "reply": "reply-to replyto risposta rispondia répondreà antwortan responder responder_a responderá svartil",
}
_KIND_OF_KEY = {key: kind for kind, keys in _KEYS.items() for key in keys.split()}
_LONGEST_KEY = 30

# ---- "-----Original Message-----" ----

_ORIGINAL = frozenset(
    """original message|original appointment|original e-mail|reply message|ursprüngliche nachricht|originalnachricht
    |original-nachricht|ursprüngliche mitteilung|message d'origine|message d’origine|message original
    |message initial|mensaje original|messaggio originale|messaggio originario|mensagem original
    |oorspronkelijk bericht|origineel bericht|oprindelig meddelelse|original meddelelse|oprindelig besked
    |ursprungligt meddelande|originalmeddelande|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna
    |oryginalna wiadomość|původní zpráva|původní e-mail|pôvodná správa|eredeti üzenet|mesaj original|mesajul original
    |исходное сообщение|оригинальное сообщение|первоначальное сообщение|вихідне повідомлення|оригінальне повідомлення
    |orijinal mesaj|özgün ileti|原始邮件|原始郵件|原始信件|元のメッセージ|オリジナルメッセージ|원본 메시지|원본 메일
    |izvorna poruka|αρχικό μήνυμα|הודעה מקורית|pesan asli|thư gốc|originele bericht""".replace(
        "\n    ", ""
    ).split("|")
)
_FORWARDED = frozenset(
    """forwarded message|begin forwarded message|forwarded mail|forwarded email|weitergeleitete nachricht
    |anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|message transféré|message réexpédié
    |début du message réexpédié|début du message transféré|mensaje reenviado|inicio del mensaje reenviado
    |messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada
    |início da mensagem reencaminhada|início da mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht
    |videresendt meddelelse|videresendt besked|videresendt melding|start på videresendt besked
    |vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mejl|välitetty viesti|edelleenlähetetty viesti
    |välitetty viesti alkaa|wiadomość przekazana|przekazana wiadomość|początek przekazywanej wiadomości
    |přeposlaná zpráva|předaná zpráva|preposlaná správa|továbbított üzenet|mesaj redirecționat
    |пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения|переслане повідомлення
    |переадресоване повідомлення|iletilmiş mesaj|iletilen mesaj|yönlendirilen mesaj|转发的邮件|转发邮件|轉寄郵件
    |轉寄的郵件|転送メッセージ|転送されたメッセージ|전달된 메시지|proslijeđena poruka|προωθημένο μήνυμα|הודעה שהועברה
    |pesan terusan""".replace("\n    ", "").split("|")
)

# ---- "Sent from my phone" ----

_SENT_FROM = tuple(
    """sent from my |sent from mail for|sent from outlook|sent from yahoo|sent from proton|sent from windows|get outlook for
    |sent from aol|sent from samsung|sent from gmail|sent from the |sent via |sent using |sent with |von meinem |von mein
    |gesendet von |gesendet mit |gesendet über |diese nachricht wurde von mein|holen sie sich outlook|outlook für
    |envoyé de mon |envoyé depuis |envoyé à partir d|télécharger outlook|obtenir outlook|obtenez outlook|enviado desde
    |enviado do |enviado de |enviado a partir |obter o outlook|obtener outlook|descargar outlook|inviato da |inviato dal
    |scarica outlook|ottieni outlook|verzonden vanaf |verstuurd vanaf |verzonden met |download outlook|skickat från
    |hämta outlook|sendt fra |hent outlook|få outlook|lähetetty |hanki outlook|wysłane z |wysłano z |pobierz outlook
    |odesláno z |odoslané z |отправлено с |отправлено из |надіслано з |iphone'umdan gönderildi|iphone'dan gönderildi
    |iphone’umdan gönderildi|iphoneから送信|ipadから送信|从我的|发自我的|傳送自|從我的|내 |나의 |εστάλη από|στάλθηκε από
    |trimis de pe |küldve |elküldve |nosūtīts no|išsiųsta iš|saadetud minu""".replace("\n    ", "").split("|")
)
_DEVICE = re.compile(
    r"i-?phone|i-?pad|android|samsung|galaxy|mobi|phone|telefon|teléfono|telefone|téléphone|cellulare|celular"
    r"|tablet|blackberry|huawei|xiaomi|outlook|mail\b|yahoo|gmail|handy|handheld|windows|proton|nokia|pixel|móvil"
    r"|puhelim|телефон|аппарат|айфон|手机|手機|sparrow|mailspring|superhuman|dispositiv|device|gerät",
    re.IGNORECASE,
)


def find_cut(lines: Sequence[str], start: int, end: int) -> Cut | None:
    """The first marking line in `lines[start:end]`, whole as far as it is wrapped. Lines that begin with ">" are none."""
    for index in range(start, end):
        line = lines[index].strip()
        if line and (cut := _cut_at(lines, index, line, start, end)):
            return cut
    return None


def is_quote(line: str) -> bool:
    """Whether the line is quoted by ">"; the lonely tail of a wrapped "<address>:" is not."""
    stripped = line.lstrip()
    return stripped.startswith(">") and not _is_tail(stripped)


def is_phone_signature(line: str) -> bool:
    """Whether the line is what a phone or a mail program puts below each mail."""
    line = line.strip().strip("*_-[]()").lstrip().lower()
    if not line or len(line) > 150 or not line.startswith(_SENT_FROM):
        return False
    return line.startswith("sent from my ") or bool(_DEVICE.search(line))


def _cut_at(lines: Sequence[str], index: int, line: str, start: int, end: int) -> Cut | None:
    if line[0] in "-_*=" or line[-1] in ":：-":
        kind = _delimiter(line)
        if kind:
            return Cut(_with_rule(lines, index, start), index + 1, kind)
    if ":" in line[:_LONGEST_KEY] or "：" in line[:_LONGEST_KEY]:
        if line[0] != ">" and _key(line) and (block_end := _header_block(lines, index, end)):
            return Cut(_with_rule(lines, index, start), block_end, "headers")
    if _may_end_attribution(line) and (line[0] != ">" or _is_tail(line)):
        begin = _attribution(lines, index, start, end)
        if begin is not None:
            return Cut(_with_rule(lines, begin, start), index + 1, "attribution")
    return None


def _is_tail(line: str) -> bool:
    return (
        len(line) < 40
        and line[-1:] in ":："
        and (line[1:].strip(" :：") == "" or bool(_WROTE.match(line[1:].lstrip())))
    )


def _delimiter(line: str) -> str | None:
    if len(line) > 200:
        return None
    words = line.strip("-_=*#>~ :：\t\u2014\u2013\u00a0").lower()
    if words in _FORWARDED or (words.startswith("forwarded by ") and line[0] == "-"):
        return "forward"
    if words in _ORIGINAL and (line[0] in "-_=*#~" or line[-1] in "-:："):
        return "headers"
    return None


def _with_rule(lines: Sequence[str], index: int, start: int) -> int:
    """Takes in the rule that Outlook and others draw above the block, with the blank lines between."""
    for above in range(index - 1, max(start, index - 3) - 1, -1):
        line = lines[above].strip()
        if len(line) >= 5 and not line.strip("_-=*\u2014\u2013 "):
            return above
        if line:
            break
    return index


def _key(line: str) -> str | None:
    head = line[:_LONGEST_KEY].replace("：", ":")
    key, colon, _ = head.partition(":")
    return _KIND_OF_KEY.get(key.replace("*", "").replace("\u00a0", "").replace(" ", "").strip("_|[").lower())


def _header_block(lines: Sequence[str], index: int, end: int) -> int | None:
    """The line after a block of at least three different headers, From among them, or None."""
    kinds = set()
    last = index
    other = 0
    for number in range(index, min(index + _BLOCK, end)):
        line = lines[number].strip()
        if not line:
            continue
        kind = _key(line) if line[0] != ">" else None
        if kind:
            kinds.add(kind)
            last, other = number, 0
        elif other := other + 1:
            if other > 2:
                break
    return last + 1 if "from" in kinds and len(kinds) >= 3 else None


def _may_end_attribution(line: str) -> bool:
    tail = line[-1]
    if tail in ":：":
        return True
    if tail == ">":
        return "@" in line and _begins_with_date(line)
    if tail == "-":
        return line.endswith("--") and line.startswith("--") and _WROTE.search(line[:_LONGEST]) is not None
    return line[-12:].rpartition(" ")[2] in _LAST_WORDS


def _attribution(lines: Sequence[str], index: int, start: int, end: int) -> int | None:
    """The first line of the attribution that ends in line `index`, or None if it is none."""
    fallback = None
    for begin in range(index, max(start, index - _WINDOW + 1) - 1, -1):
        first = lines[begin].strip()
        if not first or (begin < index and is_quote(first)):
            break
        window = " ".join(line.strip() for line in lines[begin : index + 1])
        if len(window) > _LONGEST:
            break
        verdict = _attributes(window)
        if verdict and _LEAD.match(window):
            fallback = begin
            if _LEAD.match(first) and (_DATE.search(first) or first.startswith("On ")):
                return begin
        elif verdict and fallback is None and window.count(">") <= window.count("<"):
            fallback = begin
    if fallback is None and len(lines[index]) <= 80 and _WROTE.search(lines[index]):
        below = next((line for line in lines[index + 1 : min(index + 4, end)] if line.strip()), "")
        if is_quote(below):
            return index
    return fallback


def _attributes(window: str) -> bool:
    """Whether the words name a writer and a time or an address, as "On 3 May 2026, Ann wrote:" does."""
    address = _ADDRESS.search(window) is not None
    if _WROTE.search(window):
        return address or _DATE.search(window) is not None
    return address and "<" in window and _begins_with_date(window)


def _begins_with_date(words: str) -> bool:
    return _BEGINS_LIKE_DATE.match(words) is not None and _DATE.search(words[:32]) is not None
