"""What the customers of the generated corpus write, by language: plain data."""

# ruff: noqa: RUF001

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """One language: `charsets` are those that its mail programs really use, the first most often."""

    language: str
    charsets: tuple[str, ...]
    names: tuple[str, ...]
    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


VOICES = (
    Voice(
        "en",
        ("utf-8", "us-ascii", "utf-8", "windows-1252"),
        (
            "Maria Jensen",
            "Tom O'Brien",
            "Priya Nair",
            "Dave Kowalski",
            "Susan Lee",
            "Ahmed Khan",
            "Kate Moss-Hill",
        ),
        ("Hi,", "Hello support,", "Good morning,", "Team,", "Hi there,", ""),
        ("Thanks,", "Best regards,", "Cheers", "Regards,", "Thank you in advance,", "Sent from my iPhone"),
        (
            "All phones down",
            "One-way audio on outbound calls",
            "Password reset for extension {n}",
            "New phone for reception, ext. {n}",
            "Question about our last invoice",
            "Voicemail not working",
            "Calls drop after 15 minutes",
            "Phone {n} shows Registration failed",
            "Fax line out of order",
            "how do i forward my calls",
            "URGENT no dial tone in the whole office",
            "Please add a user",
        ),
        (
            "Since about nine this morning nobody in the office can make or take calls.",
            "The display of extension {n} says Registration failed (408) and then goes dark.",
            "Customers can hear us, but we do not hear them; it happens on every other call to mobiles.",
            "Could you please reset the portal password of our receptionist?",
            "We have already restarted the router and two of the phones, without any luck.",
            "Our internet connection is fine, browsing and mail work as usual.",
            "It worked until Friday evening; as far as we know nothing was changed here.",
            "Please call me on +1 212 555 01{m} if you need anything else, I am at my desk until five.",
            "This is not an outage, only a question, so take your time.",
            "Could somebody explain how the charges for the {m} minutes to Germany come about?",
            "We would like three new phones for the second floor by the end of next month.",
            "I have attached what I could find in the log of the phone.",
            "The number concerned is 877-555-01{m}, and the trouble began at about 10:{m}.",
            "When I dial 9 for an outside line I get a fast busy signal.",
            "Two of my colleagues have the same problem, everyone else seems to be fine.",
        ),
    ),
    Voice(
        "de",
        ("utf-8", "iso-8859-1", "iso-8859-15"),
        ("Jürgen Müller", "Anna Schäfer", "Björn Weiß", "Claudia Groß"),
        ("Sehr geehrte Damen und Herren,", "Guten Tag,", "Hallo zusammen,"),
        ("Mit freundlichen Grüßen", "Viele Grüße", "Danke und Gruß"),
        ("Telefone tot", "Störung bei Durchwahl {n}", "Rückfrage zur Rechnung", "Passwort zurücksetzen"),
        (
            "Seit heute früh können wir weder telefonieren noch angerufen werden.",
            "Die Durchwahl {n} meldet sich ständig ab; das Gerät wurde schon neu gestartet.",
            "Können Sie bitte prüfen, ob die Rufumleitung für unsere Zentrale richtig eingestellt ist?",
            "Die Gesprächspartner hören uns nicht, wir hören sie aber einwandfrei.",
            "Für Rückfragen erreichen Sie mich unter +49 30 5550{n}.",
        ),
    ),
    Voice(
        "es",
        ("utf-8", "iso-8859-1"),
        ("José Núñez", "María Peña", "Íñigo Ibáñez"),
        ("Buenos días:", "Hola:", "Estimados señores:"),
        ("Un saludo,", "Muchas gracias,", "Atentamente,"),
        ("No funcionan los teléfonos", "Contraseña de la extensión {n}", "Pregunta sobre la factura"),
        (
            "Desde esta mañana no podemos llamar ni recibir llamadas en toda la oficina.",
            "La extensión {n} aparece como no registrada y no da señal.",
            "¿Podrían enviarnos una contraseña nueva para el portal?",
            "Ya hemos reiniciado el teléfono y el encaminador, pero todo sigue igual.",
        ),
    ),
    Voice(
        "fr",
        ("utf-8", "iso-8859-1", "windows-1252"),
        ("François Lefèvre", "Hélène Dupré", "Noël Garçon"),
        ("Bonjour,", "Madame, Monsieur,"),
        ("Cordialement,", "Merci d'avance,"),
        ("Panne téléphonique", "Mot de passe oublié", "Poste {n} : plus de tonalité"),
        (
            "Depuis ce matin, plus aucun appel ne passe dans nos bureaux.",
            "Le poste {n} affiche une erreur d’enregistrement à chaque démarrage.",
            "Pourriez-vous réinitialiser le mot de passe de notre collègue ?",
            "Nous avons déjà redémarré le téléphone, sans succès.",
        ),
    ),
    Voice(
        "pl",
        ("utf-8", "iso-8859-2"),
        ("Łukasz Wiśniewski", "Małgorzata Dąbrowska"),
        ("Dzień dobry,", "Szanowni Państwo,"),
        ("Pozdrawiam", "Z poważaniem"),
        ("Telefony nie działają", "Hasło do numeru {n}"),
        (
            "Od rana nie możemy nigdzie zadzwonić, a klienci słyszą tylko ciszę.",
            "Numer wewnętrzny {n} nie rejestruje się w centrali.",
            "Proszę o ustawienie nowego hasła.",
        ),
    ),
    Voice(
        "ru",
        ("utf-8", "koi8-r", "windows-1251"),
        ("Ольга Смирнова", "Иван Петров"),
        ("Добрый день!", "Здравствуйте,"),
        ("С уважением,", "Спасибо,"),
        ("Не работают телефоны", "Вопрос по счёту"),
        (
            "С утра во всём офисе нет связи, звонки не проходят.",
            "Телефон {n} не регистрируется, на экране ошибка.",
            "Пожалуйста, проверьте настройки переадресации.",
        ),
    ),
    Voice(
        "ja",
        ("iso-2022-jp", "utf-8"),
        ("山田 太郎", "佐藤 花子"),
        ("お世話になっております。",),
        ("よろしくお願いいたします。",),
        ("電話がつながりません", "内線{n}の件"),
        (
            "今朝から社内のすべての電話が使えません。",
            "内線{n}の登録エラーが続いています。",
            "パスワードの再設定をお願いできますでしょうか。",
        ),
    ),
    Voice(
        "tr",
        ("utf-8", "iso-8859-9"),
        ("Ayşe Yılmaz", "Çağrı Öztürk"),
        ("Merhaba,",),
        ("Saygılarımla,", "Teşekkürler"),
        ("Telefonlar çalışmıyor", "Dahili {n} şifresi"),
        (
            "Sabahtan beri hiçbir telefonumuz çalışmıyor, aramalar düşüyor.",
            "Dahili {n} kayıt hatası veriyor.",
            "Şifreyi sıfırlayabilir misiniz?",
        ),
    ),
)
WEIGHTS = (70, 8, 6, 5, 3, 3, 3, 2)  # per cent of the mails, as VOICES

DISCLAIMER = (
    "This e-mail and any files transmitted with it are confidential and intended solely for the use of the "
    "individual or entity to whom they are addressed. If you have received this e-mail in error please "
    "notify the sender immediately and delete it. In an emergency do not rely on e-mail."
)
MAILERS = (
    "Microsoft Outlook 16.0", "Apple Mail (2.3826.200.121)", "Mozilla Thunderbird", "Roundcube Webmail/1.6.9",
    "iPhone Mail (22B91)", "Zimbra 9.0.0_GA_4583", "YahooMailAndroidMobile", "",
)  # fmt: skip
COMPANIES = (
    "northwind", "acme", "globex", "initech", "umbra", "stark-law", "bluebird-dental", "harbor-hotel",
    "citycab", "greenfield-school", "lakeside-clinic", "oldtown-books", "summit-realty", "riverside-auto",
    "metro-print",
)  # fmt: skip
