"""Answers as fifteen mail programs write them in twelve languages, each with the words that are new in it.

The forms of the lines above a quote are those of the programs; all words and people are invented for this project.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One text of a mail and what is new in it."""

    name: str
    text: str
    new: str


@dataclass(frozen=True, slots=True)
class Language:
    """What one language writes: an answer, a farewell, our words before, and the lines of programs set to it."""

    code: str
    answer: str
    farewell: str
    ours: str
    gmail: str
    apple: str
    thunderbird: str
    yahoo: str
    k9: str
    labels: tuple[str, str, str, str]  # from, sent, to, subject, with their colons
    original: str
    phone: str
    android: str
    outlook: str


SHOP = "Lamp Shop <support@shop.example>"
ENGLISH_YAHOO = f"On Thursday, November 19, 2026 at 04:02:11 PM GMT+1, {SHOP} wrote:"
LANGUAGES = (
    Language(
        "en",
        "The second lamp flickers too.\n\nShould I send both back? The box is gone.",
        "Kind regards,\nAna Kovac",
        "Dear Ana,\n\nis the first lamp working now?\n\nYour Lamp Shop",
        f"On Thu, Nov 19, 2026 at 4:02 PM {SHOP} wrote:",
        f"On 19 Nov 2026, at 16:02, {SHOP} wrote:",
        "On 11/19/26 16:02, Lamp Shop wrote:",
        ENGLISH_YAHOO,
        f"On November 19, 2026 4:02:11 PM GMT+01:00, {SHOP} wrote:",
        ("From:", "Sent:", "To:", "Subject:"),
        "Original Message",
        "Sent from my iPhone",
        "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
        "Get Outlook for Android<https://aka.ms/example>",
    ),
    Language(
        "de",
        "Auch die zweite Lampe flackert.\n\nSoll ich beide zurückschicken? Der Karton ist weg.",
        "Viele Grüße\nAnton Maurer",
        "Hallo Anton,\n\ngeht die erste Lampe jetzt?\n\nIhr Lampenladen",
        f"Am Do., 19. Nov. 2026 um 16:02 Uhr schrieb {SHOP}:",
        f"Am 19.11.2026 um 16:02 schrieb {SHOP}:",
        "Am 19.11.26 um 16:02 schrieb Lamp Shop:",
        f"Am Donnerstag, 19. November 2026 um 16:02:11 MEZ hat {SHOP} Folgendes geschrieben:",
        f"Am 19. November 2026 16:02:11 MEZ schrieb {SHOP}:",
        ("Von:", "Gesendet:", "An:", "Betreff:"),
        "Ursprüngliche Nachricht",
        "Von meinem iPhone gesendet",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Outlook für Android beziehen<https://aka.ms/example>",
    ),
    Language(
        "fr",
        "La deuxième lampe clignote aussi.\n\nDois-je renvoyer les deux ? Je n'ai plus le carton.",
        "Bien cordialement,\nRose Petit",
        "Bonjour Rose,\n\nla première lampe marche-t-elle ?\n\nVotre boutique",
        f"Le jeu. 19 nov. 2026 à 16:02, {SHOP} a écrit :",
        f"Le 19 nov. 2026 à 16:02, {SHOP} a écrit :",
        "Le 19/11/2026 à 16:02, Lamp Shop a écrit :",
        f"Le jeudi 19 novembre 2026 à 16:02:11 UTC+1, {SHOP} a écrit :",
        f"Le 19 novembre 2026 16:02:11 GMT+01:00, {SHOP} a écrit :",
        ("De :", "Envoyé :", "À :", "Objet :"),
        "Message d'origine",
        "Envoyé de mon iPhone",
        "Envoyé de mon appareil Android avec Courriel K-9 Mail. Veuillez excuser ma brièveté.",
        "Obtenir Outlook pour Android<https://aka.ms/example>",
    ),
    Language(
        "es",
        "La segunda lámpara también parpadea.\n\n¿Devuelvo las dos? Ya no tengo la caja.",
        "Un saludo,\nInés Vidal",
        "Hola, Inés:\n\n¿funciona ya la primera?\n\nLa tienda",
        "El jue, 19 nov 2026 a las 16:02, Lamp Shop (<support@shop.example>) escribió:",
        f"El 19 nov 2026, a las 16:02, {SHOP} escribió:",
        "El 19/11/26 a las 16:02, Lamp Shop escribió:",
        f"El jueves, 19 de noviembre de 2026, 16:02:11 CET, {SHOP} escribió:",
        f"El 19 de noviembre de 2026 16:02:11 CET, {SHOP} escribió:",
        ("De:", "Enviado:", "Para:", "Asunto:"),
        "Mensaje original",
        "Enviado desde mi iPhone",
        "Enviado desde mi dispositivo Android con K-9 Mail.",
        "Obtener Outlook para Android<https://aka.ms/example>",
    ),
    Language(
        "it",
        "Anche la seconda lampada lampeggia.\n\nLe rimando tutte e due? Non ho più la scatola.",
        "Cordiali saluti,\nGino Riva",
        "Buongiorno Gino,\n\nla prima funziona?\n\nIl negozio",
        f"Il giorno gio 19 nov 2026 alle ore 16:02 {SHOP} ha scritto:",
        f"Il giorno 19 nov 2026, alle ore 16:02, {SHOP} ha scritto:",
        "Il 19/11/26 16:02, Lamp Shop ha scritto:",
        f"Il giovedì 19 novembre 2026 alle ore 16:02:11 CET, {SHOP} ha scritto:",
        f"Il 19 novembre 2026 16:02:11 CET, {SHOP} ha scritto:",
        ("Da:", "Inviato:", "A:", "Oggetto:"),
        "Messaggio originale",
        "Inviato da iPhone",
        "Inviato dal mio dispositivo Android con K-9 Mail.",
        "Ottieni Outlook per Android<https://aka.ms/example>",
    ),
    Language(
        "pt",
        "A segunda lâmpada também pisca.\n\nDevolvo as duas? Já não tenho a caixa.",
        "Atenciosamente,\nRui Prado",
        "Olá, Rui,\n\na primeira já funciona?\n\nA loja",
        f"Em qui., 19 de nov. de 2026 às 16:02, {SHOP} escreveu:",
        f"No dia 19/11/2026, às 16:02, {SHOP} escreveu:",
        "Em 19/11/2026 16:02, Lamp Shop escreveu:",
        f"Em quinta-feira, 19 de novembro de 2026 16:02:11 BRT, {SHOP} escreveu:",
        f"Em 19 de novembro de 2026 16:02:11 BRT, {SHOP} escreveu:",
        ("De:", "Enviado:", "Para:", "Assunto:"),
        "Mensagem original",
        "Enviado do meu iPhone",
        "Enviado do meu dispositivo Android com K-9 Mail.",
        "Obter o Outlook para Android<https://aka.ms/example>",
    ),
    Language(
        "nl",
        "De tweede lamp knippert ook.\n\nMoet ik ze allebei terugsturen? De doos is weg.",
        "Met vriendelijke groet,\nDaan Mulder",
        "Beste Daan,\n\ndoet de eerste lamp het nu?\n\nDe lampenwinkel",
        f"Op do 19 nov 2026 om 16:02 schreef {SHOP}:",
        f"Op 19 nov 2026, om 16:02 heeft {SHOP} het volgende geschreven:",
        "Op 19-11-2026 om 16:02 schreef Lamp Shop:",
        f"Op donderdag 19 november 2026 om 16:02:11 CET schreef {SHOP}:",
        f"Op 19 november 2026 16:02:11 CET schreef {SHOP}:",
        ("Van:", "Verzonden:", "Aan:", "Onderwerp:"),
        "Oorspronkelijk bericht",
        "Verstuurd vanaf mijn iPhone",
        "Verzonden vanaf mijn Android-apparaat met K-9 Mail.",
        "Outlook voor Android downloaden<https://aka.ms/example>",
    ),
    Language(
        "sv",
        "Den andra lampan blinkar också.\n\nSka jag skicka tillbaka båda? Kartongen är borta.",
        "Med vänliga hälsningar\nTova Lind",
        "Hej Tova,\n\nfungerar den första lampan nu?\n\nLampbutiken",
        f"Den tors 19 nov. 2026 kl 16:02 skrev {SHOP}:",
        f"19 nov. 2026 kl. 16:02 skrev {SHOP}:",
        "Den 2026-11-19 kl. 16:02, skrev Lamp Shop:",
        f"Den torsdag 19 november 2026 16:02:11 CET skrev {SHOP}:",
        f"Den 19 november 2026 16:02:11 CET, skrev {SHOP}:",
        ("Från:", "Skickat:", "Till:", "Ämne:"),
        "Originalmeddelande",
        "Skickat från min iPhone",
        "Skickat från min Android-enhet med K-9 Mail.",
        "Hämta Outlook för Android<https://aka.ms/example>",
    ),
    Language(
        "pl",
        "Druga lampa też migocze.\n\nMam odesłać obie? Kartonu już nie mam.",
        "Pozdrawiam,\nEwa Nowik",
        "Dzień dobry,\n\nczy pierwsza lampa już działa?\n\nSklep",
        f"czw., 19 lis 2026 o 16:02 {SHOP} napisał(a):",
        f"Wiadomość napisana przez {SHOP} w dniu 19 lis 2026, o godz. 16:02:",
        "W dniu 19.11.2026 o 16:02, Lamp Shop pisze:",
        ENGLISH_YAHOO,
        f"Dnia 19 listopada 2026 16:02:11 CET, {SHOP} napisał/a:",
        ("Od:", "Wysłano:", "Do:", "Temat:"),
        "Wiadomość oryginalna",
        "Wysłane z iPhone'a",
        "Wysłane z mojego urządzenia Android za pomocą K-9 Mail.",
        "Pobierz Outlook dla Android<https://aka.ms/example>",
    ),
    Language(
        "ru",
        "Вторая лампа тоже мигает.\n\nВернуть обе? Коробки уже нет.",
        "С уважением,\nОльга Рябова",
        "Здравствуйте, Ольга!\n\nПервая лампа работает?\n\nМагазин",
        f"чт, 19 нояб. 2026 г. в 16:02, {SHOP}:",
        f"19 нояб. 2026 г., в 16:02, {SHOP} написал(а):",
        "19.11.2026 16:02, Lamp Shop пишет:",
        ENGLISH_YAHOO,
        f"19 ноября 2026 г. 16:02:11 GMT+03:00, {SHOP} пишет:",
        ("От:", "Отправлено:", "Кому:", "Тема:"),
        "Исходное сообщение",
        "Отправлено с iPhone",
        "Отправлено с моего Android-устройства с помощью K-9 Mail.",
        "Отправлено из Outlook для Android<https://aka.ms/example>",
    ),
    Language(
        "tr",
        "İkinci lamba da titriyor.\n\nİkisini de geri göndereyim mi? Kutusu yok.",
        "Saygılarımla,\nDeniz Aydın",
        "Merhaba Deniz,\n\nilk lamba çalışıyor mu?\n\nMağaza",
        f"{SHOP}, 19 Kas 2026 Per, 16:02 tarihinde şunu yazdı:",
        f"{SHOP} şunları yazdı (19 Kas 2026 16:02):",
        "19.11.2026 16:02 tarihinde Lamp Shop yazdı:",
        ENGLISH_YAHOO,
        f"19 Kasım 2026 16:02:11 GMT+03:00 tarihinde {SHOP} yazdı:",
        ("Kimden:", "Gönderildi:", "Kime:", "Konu:"),
        "Orijinal İleti",
        "iPhone'umdan gönderildi",
        "Sent from my Android device with K-9 Mail.",
        "Get Outlook for Android<https://aka.ms/example>",
    ),
    Language(
        "ur",
        "دوسرا لیمپ بھی جھلملا رہا ہے۔\n\nکیا دونوں واپس بھیجوں؟ ڈبہ نہیں رہا۔",
        "خیر اندیش\nعائشہ",
        "محترمہ عائشہ،\n\nکیا پہلا لیمپ اب چل رہا ہے؟\n\nدکان",
        f"بروز جمعرات، 19 نومبر 2026 کو 4:02 PM بجے {SHOP} نے لکھا:",
        f"19 نومبر 2026 کو 16:02 پر {SHOP} نے لکھا:",
        "On 19/11/2026 16:02, Lamp Shop wrote:",
        ENGLISH_YAHOO,
        f"On 19 November 2026 16:02:11 GMT+05:00, {SHOP} wrote:",
        ("منجانب:", "تاریخ:", "بنام:", "موضوع:"),
        "اصل پیغام",
        "میرے آئی فون سے بھیجا گیا",
        "Sent from my Android device with K-9 Mail.",
        "Get Outlook for Android<https://aka.ms/example>",
    ),
)


def _marked(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


def _wrapped(line: str, width: int = 76) -> str:
    """Break an attribution before its address, as programs do where it is too long for a line of mail."""
    at = line.rfind(" ", 0, width)
    return line if len(line) <= width else f"{line[:at]}\n{line[at + 1 :]}"


def _block(labels: tuple[str, str, str, str], when: str) -> str:
    values = (SHOP, when, "a.customer@customer.example", "Re: Lamp")
    return "\n".join(f"{label} {value}" for label, value in zip(labels, values, strict=True))


ENGLISH = LANGUAGES[0].labels
RULE = "_" * 32
HIDDEN = "> \ufeff"  # a phone writes a byte order mark into its quotes
PROGRAMS: dict[str, Callable[[Language], str]] = {
    "gmail": lambda it: f"{it.answer}\n\n{_wrapped(it.gmail)}\n\n{_marked(it.ours)}\n",
    "gmail with farewell": lambda it: f"{it.answer}\n\n{it.farewell}\n\n{it.gmail}\n\n{_marked(it.ours)}\n>\n",
    "apple mail": lambda it: f"{it.answer}\n\n{it.farewell}\n\n> {it.apple}\n> \n{_marked(it.ours)}\n",
    "iphone": lambda it: f"{it.answer}\n\n{it.phone}\n\n{_wrapped(it.apple)}\n\n{_marked(it.ours, HIDDEN)}\n",
    "thunderbird": lambda it: (
        f"{it.answer}\n\n{it.thunderbird}\n{_marked(it.ours)}\n\n-- \nLamp user\nPhone +1 555 0100\n"
    ),
    "outlook": lambda it: (
        f"{it.answer}\n\n{it.farewell}\n\n{_block(it.labels, 'Thu 19 Nov 2026 16:02')}\n\n{it.ours}\n"
    ),
    "outlook web": lambda it: f"{it.answer}\n\n{RULE}\n{_block(it.labels, '19.11.2026 16:02')}\n\n{it.ours}\n",
    "outlook mobile": lambda it: f"{it.answer}\n\n{it.outlook}\n{RULE}\n{_block(ENGLISH, '16:02')}\n\n{it.ours}\n",
    "outlook express": lambda it: (
        f"{it.answer}\n\n{it.farewell}\n\n-----{it.original}-----\n{_block(it.labels, '19/11/2026')}\n\n{it.ours}\n"
    ),
    "samsung": lambda it: (
        f"{it.answer}\n\n\n-------- {it.original} --------\n{_block(it.labels, '16:02')}\n{it.ours}\n"
    ),
    "yahoo": lambda it: f" {it.answer}\n\n    {it.yahoo}  \n \n {it.ours}\n",
    "proton": lambda it: (
        f"{it.answer}\n\n{it.farewell}\n\nSent with [Proton Mail](https://proton.example/) secure email.\n\n"
        f"On Thursday, November 19th, 2026 at 4:02 PM, {SHOP} wrote:\n\n{_marked(it.ours)}\n"
    ),
    "k-9": lambda it: f"{it.answer}\n\n{it.k9}\n{_marked(it.ours, '>')}\n-- \n{it.android}\n",
    "zoho": lambda it: f"{it.answer}\n\n\n---- On Thu, 19 Nov 2026 16:02:11 +0100 {SHOP} wrote ---\n\n{it.ours}",
    "yandex": lambda it: f'{it.answer}\n\n19.11.2026, 16:02, "Lamp Shop" <support@shop.example>:\n\n{it.ours}\n',
}


def _cases() -> Iterator[Case]:
    """Yield every program in every language."""
    for name, write in PROGRAMS.items():
        for language in LANGUAGES:
            yield Case(f"{name}, {language.code}", write(language), language.answer)


PROGRAMMED = tuple(_cases())
