"""The words of bounces that follow no standard."""

from __future__ import annotations

import re

_EXAMINED = 40_000  # characters of the report's text
_RECIPIENTS = 100

_SENDER = re.compile(
    r"mailer[-_. ]?daemon|postmaster|mail[-. ]delivery|mail[-. ]?administrator|mail system"
    r"|system administrator|delivery subsystem|mdaemon|bounce|mailsystem|^\s*(?:<>)?\s*$|<>",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(r"no[-_.]?reply@", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|deliver\w* (?:status|fail|problem|notification|report|error|has failed|incomplete)"
    r"|fail\w* (?:notice|delivery)|failure notice|returned (?:e?-?mail|message|to sender)|return(?:ed"
    r"|ing) mail|mail (?:system )?(?:error|failure|delivery)|(?:message"
    r"|mail) (?:could )?not (?:be )?(?:sent|delivered)|non[- ]?deliver|nondeliverable|could not (?:send"
    r"|deliver)|unable to deliver|delayed|can'?t deliver|bounced|are not member|unzustellbar"
    r"|nicht zugestellt|zustellung|non remis|échec de|no se pudo entregar|no entregado|mancato recapito"
    r"|não entregue|onbestelbaar|niet bezorgd|не доставлено|недоставлен|невозможно доставить"
    r"|ваше сообщение|配信不能|配信できません|エラー|送信できません|退信|无法投递|반송"
    r"|notification message$|^e$",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"could(?:n'?t| not) be (?:delivered|sent|found|reached)|(?:un|not )able to deliver|undeliver(?:able"
    r"|ed)|not (?:been )?delivered|deliver\w* (?:to the following|failed|failure|error|has been delayed"
    r"|status|attempt)|fail\w* (?:to deliver|address|recipient)|(?:user|mailbox|recipient|address|host"
    r"|domain|account|mail ?box|member)s? (?:\S{1,60} )?(?:is |was |are |name )?(?:unknown|not found"
    r"|not known|unavailable|full|disabled|rejected|does ?n[o']t exist|not exist|inactive"
    r"|not recogni[sz]ed|not member)|unknown (?:user|recipient|address|host|local)|no such (?:user"
    r"|recipient|address|mailbox|host)|invalid (?:final delivery )?(?:user|recipient|mailbox|address)"
    r"|permanent(?:ly)? (?:error|fail|fatal)|fatal errors?|transient|(?:over|exceed\w*) (?:the |its "
    r"|\w+ )?(?:quota|limit|storage)|quota exceeded|exceed\w* the|mailbox (?:is )?full|returned (?:mail"
    r"|message|to sender)|(?:message|mail|it) (?:was|has been|is being) (?:returned|rejected|refused"
    r"|bounced)|giving up|gave up|retr(?:y|ied|ies)|timed? ?out|rejected|refused|bounced|did not reach"
    r"|can ?not be (?:delivered|sent)|unreachable|remote host said|reason for (?:the )?(?:failure|return)"
    r"|transcript of session|reporting-mta|final-recipient|action: failed"
    r"|notificationtype\\?\"\s*:\s*\\?\"(?:bounce|complaint)|permission denied|not accept|spam|blocked"
    r"|unroutable|relaying denied|malformed|unresolvable|\b[45]\d\d[ -#]?[45]\.\d{1,3}\.\d{1,3}\b"
    r"|\b5[0-7]\d[ -]|not a member|are not member|nicht zugestellt|unzustellbar|n'a pas pu être"
    r"|no se ha podido entregar|не (?:может быть|было|удалось) достав|配信|エラー|送信できません|届け",
    re.IGNORECASE,
)
_COMPLAINT = re.compile(
    r"complaint about message|(?:e-?mail )?feedback report|(?:spam|abuse) (?:report|complaint)"
    r"|complaint (?:from|for)"
)
_COMPLAINED = re.compile(r"notificationType\\?\"\s{0,20}:\s{0,20}\\?\"Complaint")
_COMPLAINT_SENDER = re.compile(r"staff@|feedback|\bfbl|scomp@|abuse|complain")
_DELAYED_SUBJECT = re.compile(r"delay|still being retried|verzögert|warning|retard|задерж", re.IGNORECASE)
_DELAYED = re.compile(
    r"(?:delivery|message|mail) (?:\S{1,30} )?(?:has been |is |was )?(?:temporarily )?delayed"
    r"|will (?:be retried|keep trying|continue to)|still being retried|do not need to (?:resend|re-send)"
    r"|don't need to resend|warning message only|no action is required",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"quota|mailbox (?:is )?full|timed? ?out|too (?:long|many)|temporar|expired|could not (?:connect"
    r"|be reached)|unreachable|greylist|try again|deferred|connection refused",
    re.IGNORECASE,
)
# The mail that came back follows; its words are not the report's.
_COPY = re.compile(
    r"^.{0,30}(?:below this line is a copy|this is a copy of|(?:original|returned|unsent|your"
    r"|sent) (?:message|mail|header)\w* (?:follows|below|is|attached)|-{3,} ?(?:original|returned|unsent"
    r"|undelivered|message header|copy of)|return-path:|received:)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[\w.+=!#$%&'*/?^`{|}~-]{1,80}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_JSON_RECIPIENT = re.compile(r"emailAddress\\?\"\s{0,20}:\s{0,20}\\?\"([^\"\\\s]{3,320})")  # Amazon SES
_MACHINES = ("mailer-daemon@", "postmaster@", "mail-daemon@", "no-reply@")


def looks_like_bounce(sender: str, subject: str, return_path: str, returned: bool) -> bool:
    """Whether sender and subject are such that the text is worth a look; a person's address is not enough.

    An address that only takes no replies needs a mail that it returns (`returned`) beside the subject.
    """
    about = _SUBJECT.search(subject[:500]) is not None
    if _SENDER.search(sender[:500]) or return_path.strip() in ("<>", "<MAILER-DAEMON>"):
        return about or "daemon" in sender.lower()
    if returned and about and _NO_REPLY.search(sender[:500]):
        return True
    return subject.startswith("AWS Notification") or "are not member" in subject


def is_complaint(sender: str, subject: str, words: str) -> bool:
    """Whether a reader called a mail of ours spam, as providers report it without following RFC 5965."""
    if _COMPLAINED.search(words[:_EXAMINED]):
        return subject.startswith("AWS Notification")
    about = _COMPLAINT.search(subject[:500].lower()) is not None
    return about and _COMPLAINT_SENDER.search(sender[:500].lower()) is not None


def failed_recipients(words: str, returned: bool) -> tuple[str, ...] | None:
    """The addresses that the report names, at most 100; None where it tells of no failure.

    A report in a language that is not known here tells of one by the mail that it returns (`returned`:
    as a part of its own).
    """
    words = words[:_EXAMINED]
    copy = _COPY.search(words)
    report = words[: copy.start()] if copy and copy.start() > 40 else words
    if not (returned or copy or _FAILED.search(report)):
        return None
    found = _JSON_RECIPIENT.findall(report) or _ADDRESS.findall(report[:10_000])
    found = [address.lower() for address in found]
    return tuple(dict.fromkeys(a for a in found if not a.startswith(_MACHINES)))[:_RECIPIENTS]


def says_delayed(subject: str, words: str) -> bool:
    """Whether the server still tries."""
    return _DELAYED_SUBJECT.search(subject[:500]) is not None and _DELAYED.search(words[:_EXAMINED]) is not None


def says_temporary(words: str) -> bool:
    """Whether the failure may pass, in the words of a report that gives no code."""
    return _TEMPORARY.search(words[:4000]) is not None
