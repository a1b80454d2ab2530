"""An agent's answer on its whole way: from the stored bytes of the mail to the customer's mail server."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.desk import AGENT, Desk
from tests.servers.sink import Sink

CUSTOMER = "cy@acme.example"
REPORT = f"""From: Cy Carter <{CUSTOMER}>
To: support@desk.example
Cc: dee@acme.example
Subject: No dial tone
Date: Wed, 25 Nov 2026 09:00:00 -0500
Message-ID: <report@acme.example>

The phone in room 4 is dead.
"""
ANSWER = """From: Ann <{agent}>
To: support@desk.example
Subject: Re: P3 No dial tone
Date: Wed, 25 Nov 2026 10:00:00 -0500
Message-ID: <answer@agents.example>
In-Reply-To: {notice}
References: {notice}
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

#priority 2

Please follow the steps.

--b
Content-Type: application/pdf; name="steps.pdf"
Content-Disposition: attachment; filename="steps.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQKJSBub3RoaW5nIGJ1dCBhIGhlYWRlcgo=

--b--
"""


def test_an_answer_reaches_the_customer_with_its_file(tmp_path: Path, sink: Sink) -> None:
    accounts = [{"name": "Acme", "domains": ["acme.example"]}]
    desk = Desk(tmp_path, sink=sink, accounts=accounts)
    desk.ingest(REPORT.encode())
    desk.run_once()
    (notice,) = desk.letters(AGENT)
    desk.ingest(ANSWER.format(agent=AGENT, notice=notice.message_id).encode())
    desk.run_once()
    letter = desk.letters(CUSTOMER)[-1]
    assert letter.subject == "Re: No dial tone [TPBX-1001]"
    assert letter.answers == "<report@acme.example>"
    assert set(letter.recipients) == {CUSTOMER, "dee@acme.example"}
    assert "Please follow the steps." in letter.words
    assert AGENT not in letter.words
    (file,) = letter.message.iter_attachments()
    assert (file.get_filename(), file.get_content()[:5]) == ("steps.pdf", b"%PDF-")
    ticket = desk.ticket(1001)
    assert (ticket["status"], ticket["priority"]) == ("open", 2)
