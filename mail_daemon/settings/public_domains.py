"""Webmail providers: millions share such a domain, so it never says whose account a mail belongs to."""

from __future__ import annotations

_PROVIDERS = """
    gmail.com googlemail.com
    outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com
    live.co.uk msn.com
    yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.co.in yahoo.com.br yahoo.co.jp
    ymail.com rocketmail.com aol.com aim.com
    icloud.com me.com mac.com
    proton.me protonmail.com pm.me tutanota.com tuta.io hushmail.com fastmail.com zoho.com mail.com
    gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it terra.com.br uol.com.br bol.com.br
    comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com
    btinternet.com sky.com rogers.com shaw.ca
    mail.ru yandex.ru yandex.com ukr.net wp.pl o2.pl onet.pl interia.pl seznam.cz
    qq.com 163.com 126.com sina.com naver.com daum.net rediffmail.com
"""

PUBLIC_DOMAINS = tuple(_PROVIDERS.split())
