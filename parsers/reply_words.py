"""The words by which mail programs set quoted text apart, in the languages that they speak."""

# ruff: noqa: RUF001

from __future__ import annotations

import re


def _phrases(table: str) -> list[str]:
    """The phrases of a table that are parted by "|"."""
    return [phrase.strip() for phrase in table.split("|")]


# ---- "On Monday, Ann wrote:" ----

WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schreef|skrev|skrifaði|kirjoitti|kirjutas|rakstīja|rašė|írta|scris|yazdı"
    r"|escribió|escribio|escreveu|escriure|escribiu|scritto|scrive|écrit|ecrit|napisał|napisała|napisal"
    r"|napísal|napsal|napisao|napisala|написал|написала|написав|написала|пишет|пише|писал|έγραψε|menulis"
    r"|viết|כתב|כתבה|كتب|เขียน)(?:\(a\)|/a|\b)|写道|寫道|のメール|書きました|작성"
)
LEAD = re.compile(
    r"\W*(?:(?:On|Le|Am|Em|El|Il|In data|Il giorno|Op|Den|På|Dnia|W dniu|Dne|Dňa|Vào|Pada|Στις|В|Од|Ha|Pe"
    r"|A|Tir|El día)\s|\d)",
)
WEEKDAY = re.compile(r"\W*\S{1,12}\s?\d")  # and a day; only the next line up may begin better
DATE = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}|\d{1,2}[./-]\d{1,2}|\d年|\d일")
ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
BEGINS_LIKE_DATE = re.compile(r"\W*(?:\w{1,14}[,.]?\s)?\W?\d")
DATE_AND_WRITER = re.compile(r"20\d\d-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:\d\d .{1,100}")  # Gmail, once
LAST_WORDS = frozenset(["wrote", "schrieb", "écrit", "escribió", "escreveu", "scritto", "schreef", "skrev"])

# ---- "From: ... Sent: ... To: ... Subject: ..." ----

_KEYS = {
    "from": "from von de da fra från van od от від kimden gönderen lähettäjä feladó από expéditeur mittente"
    " remitente emisor afsender avsändare avsender 发件人 寄件者 寄件人 差出人 送信者 보낸사람 מאת"
    " من dari từ saatja odesílatel odosielateľ dela",
    "date": "sent date gesendet datum envoyé envoyéle enviado enviadoel enviadaem enviadoem enviada"
    " enviadael fecha data inviato datainvio messagedu verzonden sendt dato skickat wysłano wysłane odesláno"
    " odoslané дата отправлено надіслано gönderilme gönderildi tarih lähetetty päivämäärä päiväys"
    " elküldve küldve dátum trimis ημερομηνία εστάλη 送信日時 日時 日付 日期 发送时间 发送日期"
    " 寄件日期 傳送日期 날짜 보낸날짜 נשלח تاريخ tanggal dikirim ngày saadetud",
    "to": "to an à a para aan til till do komu кому kime vastaanottaja címzett către προς destinataire"
    " destinatario destinatari 收件人 收件者 宛先 받는사람 אל إلى kepada đến za",
    "cc": "cc bcc cci copie copieà kopie kopia kopi копия копія bilgi kopio másolat 抄送 副本 참조 кopia",
    "subject": "subject betreff betr objet sujet asunto oggetto assunto onderwerp emne ämne temat předmět"
    " predmet тема konu aihe tárgy subiect θέμα 主题 主旨 件名 제목 נושא الموضوع perihal subjek"
    " assumpte chủđề teema",
    "reply": "reply-to replyto risposta rispondia répondreà antwortan responder responder_a responderá svartil",
}
KIND_OF_KEY = {key: kind for kind, keys in _KEYS.items() for key in keys.split()}
LONGEST_KEY = 30

# ---- "-----Original Message-----" ----

ORIGINAL = frozenset(
    _phrases(
        """
        original message|original appointment|original e-mail|reply message|ursprüngliche nachricht
        |originalnachricht|original-nachricht|ursprüngliche mitteilung|message d'origine|message d’origine
        |message original|message initial|mensaje original|messaggio originale|messaggio originario
        |mensagem original|oorspronkelijk bericht|origineel bericht|oprindelig meddelelse
        |original meddelelse|oprindelig besked|ursprungligt meddelande|originalmeddelande
        |opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość|původní zpráva
        |původní e-mail|pôvodná správa|eredeti üzenet|mesaj original|mesajul original|исходное сообщение
        |оригинальное сообщение|первоначальное сообщение|вихідне повідомлення|оригінальне повідомлення
        |orijinal mesaj|özgün ileti|原始邮件|原始郵件|原始信件|元のメッセージ|オリジナルメッセージ
        |원본 메시지|원본 메일|izvorna poruka|αρχικό μήνυμα|הודעה מקורית|pesan asli|thư gốc
        |originele bericht"""
    )
)
FORWARDED = frozenset(
    _phrases(
        """
        forwarded message|begin forwarded message|forwarded mail|forwarded email|weitergeleitete nachricht
        |anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|message transféré
        |message réexpédié|début du message réexpédié|début du message transféré|mensaje reenviado
        |inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada
        |mensagem reencaminhada|início da mensagem reencaminhada|início da mensagem encaminhada
        |doorgestuurd bericht|begin doorgestuurd bericht|videresendt meddelelse|videresendt besked
        |videresendt melding|start på videresendt besked|vidarebefordrat meddelande|vidarebefordrat brev
        |vidarebefordrat mejl|välitetty viesti|edelleenlähetetty viesti|välitetty viesti alkaa
        |wiadomość przekazana|przekazana wiadomość|początek przekazywanej wiadomości|přeposlaná zpráva
        |předaná zpráva|preposlaná správa|továbbított üzenet|mesaj redirecționat|пересылаемое сообщение
        |пересланное сообщение|начало переадресованного сообщения|переслане повідомлення
        |переадресоване повідомлення|iletilmiş mesaj|iletilen mesaj|yönlendirilen mesaj|转发的邮件|转发邮件
        |轉寄郵件|轉寄的郵件|転送メッセージ|転送されたメッセージ|전달된 메시지|proslijeđena poruka
        |προωθημένο μήνυμα|הודעה שהועברה|pesan terusan"""
    )
)

# ---- "Sent from my phone" ----

SENT_FROM = tuple(
    _phrases(
        """
        sent from my|sent from mail for|sent from outlook|sent from yahoo|sent from proton|sent from windows
        |get outlook for|sent from aol|sent from samsung|sent from gmail|sent from the|sent via|sent using
        |sent with|von meinem|gesendet von|gesendet mit|gesendet über|diese nachricht wurde von mein
        |holen sie sich outlook|outlook für|envoyé de mon|envoyé depuis|envoyé à partir d
        |télécharger outlook|obtenir outlook|obtenez outlook|enviado desde|enviado do|enviado de
        |enviado a partir|obter o outlook|obtener outlook|descargar outlook|inviato da|inviato dal
        |scarica outlook|ottieni outlook|verzonden vanaf|verstuurd vanaf|verzonden met|download outlook
        |skickat från|hämta outlook|sendt fra|hent outlook|få outlook|lähetetty|hanki outlook|wysłane z
        |wysłano z|pobierz outlook|odesláno z|odoslané z|отправлено с|отправлено из|надіслано з
        |iphone'umdan gönderildi|iphone'dan gönderildi|iphone’umdan gönderildi|iphoneから送信|ipadから送信
        |从我的|发自我的|傳送自|從我的|내|나의|εστάλη από|στάλθηκε από|trimis de pe|küldve|elküldve
        |nosūtīts no|išsiųsta iš|saadetud minu"""
    )
)
DEVICE = re.compile(
    r"i-?phone|i-?pad|android|samsung|galaxy|mobi|phone|telefon|teléfono|telefone|téléphone|cellulare"
    r"|celular|tablet|blackberry|huawei|xiaomi|outlook|mail\b|yahoo|gmail|handy|handheld|windows|proton"
    r"|nokia|pixel|móvil|móvel|puhelim|телефон|аппарат|айфон|手机|手機|sparrow|mailspring|superhuman"
    r"|dispositiv|device|gerät",
    re.IGNORECASE,
)
