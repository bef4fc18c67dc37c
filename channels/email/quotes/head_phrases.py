"""The words mail programs put around quotes and signatures, in the languages seen so far; lower case."""

# fmt: off
WROTE = (
    # what stands in “On … wrote:”
    "wrote", "schrieb", "geschrieben", "a écrit", "escribió", "ha scritto", "scrisse", "escreveu", "schreef",
    "geschreven", "skrev", "kirjoitti", "napisał", "napsal", "napísal", "a scris", "írta", "έγραψε", "пишет",
    "написал", "написа", "yazdı", "schrieb am", "va escriure", "kirjutas", "rašė", "đã viết", "menulis", "كتب",
    "نے لکھا", "ne likha", "ने लिखा", "כתב", "写道", "寫道", "のメール", "書きました", "작성", "님이",
)

OPENERS = (
    # how such a line begins, where no address stands in it
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "dne ", "w dniu", "pe ", "în ", "la ", "στις", "at ",
    "في ", "بتاريخ", "بروز", "पर", "ב-", "在 ", "于", "tarihinde", "pada ", "vào ", "ons ", "tor ", "fre ", "man ",
)

ORIGINAL = (
    # in “-----Original Message-----”
    "original message", "ursprüngliche nachricht", "original-nachricht", "message d'origine", "message original",
    "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
    "oprindelig meddelelse", "originalmeddelande", "opprinnelig melding", "alkuperäinen viesti",
    "oryginalna wiadomość", "wiadomość oryginalna", "původní zpráva", "исходное сообщение", "orijinal ileti",
    "原始邮件", "原始郵件", "元のメッセージ", "اصل پیغام", "الرسالة الأصلية",
)

REPLY_ABOVE = (
    # help desks ask for it above their quote
    "reply above this line", "type your response above", "bitte oberhalb dieser linie antworten",
    "répondez au-dessus de cette ligne", "antworten sie oberhalb dieser zeile",
)

FORWARDED = (
    # in “---------- Forwarded message ---------”
    "forwarded message", "begin forwarded message", "weitergeleitete nachricht", "message transféré",
    "début du message transféré", "mensaje reenviado", "messaggio inoltrato", "mensagem encaminhada",
    "doorgestuurd bericht", "vidarebefordrat", "videresendt", "przekazana wiadomość", "пересылаемое сообщение",
    "转发的邮件", "آگے بھیجا گیا پیغام",
)

FROM_LABELS = (
    # the first line of Outlook's header block
    "from:", "von:", "de:", "da:", "van:", "från:", "fra:", "lähettäjä:", "od:", "от:", "kimden:", "发件人:", "寄件者:",
    "差出人:", "보낸 사람:", "من:", "از:", "منجانب:", "מאת:", "feladó:", "od :", "de :", "expéditeur :",
)

OTHER_LABELS = (
    # the lines below it
    "sent:", "date:", "to:", "subject:", "cc:", "gesendet:", "datum:", "an:", "betreff:", "envoyé :", "envoyé:",
    "date :", "à :", "à:", "objet :", "objet:", "enviado:", "enviado el:", "fecha:", "para:", "asunto:",
    "assunto:", "data:", "inviato:", "a:", "oggetto:", "verzonden:", "aan:", "onderwerp:", "skickat:", "till:",
    "ämne:", "sendt:", "til:", "emne:", "lähetetty:", "vastaanottaja:", "aihe:", "wysłano:", "do:", "temat:",
    "odesláno:", "komu:", "předmět:", "отправлено:", "кому:", "тема:", "gönderildi:", "kime:", "konu:", "发送时间:",
    "收件人:", "主题:", "送信日時:", "宛先:", "件名:", "تاریخ:", "بنام:", "موضوع:", "عنوان:", "إلى:", "الموضوع:",
    "تم الإرسال:", "التاريخ:",
)

SENT_FROM = (
    # how a mail program's own last line begins; it must name one of DEVICES as well
    "sent from", "sent with", "sent via", "get outlook", "von meinem", "gesendet von", "gesendet mit",
    "diese nachricht wurde von", "outlook für", "envoyé de", "envoyé depuis", "envoyé à partir",
    "obtenir outlook", "télécharger outlook", "enviado desde", "enviado do", "enviado de", "obtener outlook",
    "inviato da", "verzonden vanaf", "verstuurd vanaf", "skickat från", "sendt fra", "lähetetty", "wysłane z",
    "wysłano z", "отправлено с", "отправлено из", "iphone", "从我的", "میرے", "أرسلت من", "تم الإرسال من",
)

DEVICES = (
    # what such a line speaks of
    "iphone", "ipad", "android", "samsung", "galaxy", "huawei", "xiaomi", "outlook", "yahoo", "gmx", "web.de",
    "windows", "blackberry", "smartphone", "proton", "mobile device", "mail.ru", "آئی فون",
)
# fmt: on
