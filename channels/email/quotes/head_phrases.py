"""The words mail programs put above quotes, in the languages seen so far; lower case."""

# fmt: off
WROTE = (
    # what stands in “On … wrote:”
    "wrote", "writes", " sent:", "schrieb", "geschrieben", "écrit", "escribió", "ha scritto", "scrisse", "escreveu",
    "schreef", "geschreven", "skrev", "kirjoitti", "napisał", "napisana przez", "pisze", "napsal", "napísal",
    "napisao", "napisala", "napisal", "pisal", "a scris", "írta", "έγραψε", "пишет", "написал", "написа", "пише",
    "писал", "yazdı", "va escriure", "missatge de", "kirjutas", "rakstīja", "rašė", "skrifaði", "đã viết", "menulis",
    "geskryf", "idatzi", "كتب", "نوشت", "نے لکھا", "ne likha", "ने लिखा", "লিখেছেন", "כתב", "写道", "寫道", "写了",
    "のメッセージ", "のメール", "書きました", "작성", "님이", "เขียน", "scríobh", "ha escrit",
    "escribiu", "het volgende",
)

FIRST_PERSON = (
    # who writes so tells a story: no program does
    " i wrote", " i have written", " i've written", " i already wrote", " we wrote", " we have written", "habe ich ",
    " ich schrieb", "haben wir ", "j'ai écrit", "nous avons écrit", "he escrito", "ho scritto", "eu escrevi",
    " ik schreef", "heb ik ", " jag skrev", " jeg skrev", " napisałem", " napisałam", " я написал", " я писал",
    " yazdım", "میں نے لکھا", "मैंने लिखा", "我写", "كتبت لكم",
)

OPENERS = (
    # how such a line begins
    "on ", "at ", "in message", "in reply to", "in article", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "på ",
    "dne ", "dňa ", "dnia ", "w dniu", "pe ", "în ", "la ", "στις", "dana ", "quoting ", "zitat von", "citando ",
    "missatge de", "wiadomość napisana", "kuupäev", "no dia ", "pada ", "vào ", "lúc ", "tarihinde", "в ", "на ",
    "у ", "في ", "بتاريخ", "در ", "بروز", "पर", "ב-", "בתאריך", "ביום", "在", "于", "ในวันที่", "เมื่อ",
)

ORIGINAL = (
    # in “-----Original Message-----”
    "original message", "original email", "original appointment", "reply message", "reply separator",
    "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "original nachricht",
    "originale nachricht", "antwort nachricht", "ursprüngliche e-mail", "originaltermin", "message d'origine",
    "message d’origine", "message original", "message initial", "mensaje original", "correo original",
    "messaggio originale", "messaggio original", "mensagem original", "oorspronkelijk bericht", "origineel bericht",
    "oprindelig meddelelse", "oprindelig besked", "originalmeddelande", "ursprungligt meddelande",
    "originalt meddelande", "opprinnelig melding", "alkuperäinen viesti", "oryginalna wiadomość",
    "wiadomość oryginalna", "wiadomość pierwotna", "původní zpráva", "původní e-mail", "pôvodná správa",
    "eredeti üzenet", "mesaj original", "mesajul original", "originalna poruka", "izvorna poruka",
    "izvirno sporočilo", "αρχικό μήνυμα", "исходное сообщение", "пересланное сообщение от", "оригинальное сообщение",
    "вихідне повідомлення", "оригинално съобщение", "orijinal ileti", "orijinal mesaj", "özgün ileti",
    "missatge original", "pesan asli", "mesej asal", "thư gốc", "原始邮件", "原始郵件", "原始信件", "原邮件",
    "元のメッセージ", "original mail", "원본 메시지", "원본 이메일", "원본 메일", "اصل پیغام", "الرسالة الأصلية",
    "پیام اصلی", "मूल संदेश", "ההודעה המקורית", "הודעה מקורית", "ข้อความต้นฉบับ",
)

REPLY_ABOVE = (
    # help desks ask for it above their quote
    "reply above this line", "type your response above", "write above this line",
    "please do not type below this line", "bitte oberhalb dieser linie antworten", "antworten sie oberhalb dieser",
    "antworten sie über dieser", "répondez au-dessus de cette ligne", "répondre au-dessus de cette ligne",
    "responda por encima de esta línea", "escriba su respuesta por encima", "responda acima desta linha",
    "rispondi sopra questa riga", "antwoord boven deze lijn", "svar over denne linje", "svara ovanför den här raden",
    "odpowiedz powyżej tej linii",
)

FORWARDED = (
    # in “---------- Forwarded message ---------”
    "forwarded message", "forwarded by", "weitergeleitete nachricht", "weitergeleitete e-mail", "message transféré",
    "mensaje reenviado", "mensaje de reenvío", "messaggio inoltrato", "mensagem encaminhada",
    "mensagem reencaminhada", "doorgestuurd bericht", "vidarebefordrat", "videresendt", "välitetty viesti",
    "przekazana wiadomość", "wiadomość przekazana", "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet",
    "mesaj redirecționat", "mesaj transmis", "пересылаемое сообщение", "пересланное сообщение",
    "переслане повідомлення", "iletilen mesaj", "yönlendirilmiş", "προωθημένο μήνυμα", "missatge reenviat",
    "转发的邮件", "转发邮件", "轉寄郵件", "轉寄的郵件", "転送メッセージ", "전달된 메시지", "전달된 메일",
    "آگے بھیجا گیا پیغام", "رسالة محوّلة", "رسالة معاد توجيهها", "הודעה שהועברה", "फ़ॉरवर्ड किया गया",
)

FORWARD_LINES = (
    # Apple Mail writes it without dashes
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message transféré",
    "début du message réexpédié", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
    "início da mensagem reencaminhada", "início da mensagem encaminhada", "begin doorgestuurd bericht",
    "vidarebefordrat brev", "videresendt besked", "start på videresendt melding",
    "początek przekazywanej wiadomości", "začátek přeposílané zprávy", "начало переадресованного сообщения",
    "iletilen iletinin başlangıcı", "以下是转发的邮件", "開始轉寄郵件", "転送されたメッセージ",
)

FROM, DATE, TO, SUBJECT, COPY = "from", "date", "to", "subject", "copy"
_LABELS = {
    # what stands before the colon in the header block of a quoted mail
    FROM: (
        "from", "von", "absender", "de", "expéditeur", "da", "mittente", "van", "afzender", "från", "avsändare",
        "fra", "afsender", "lähettäjä", "od", "nadawca", "odesílatel", "odosielateľ", "feladó", "expeditor", "de la",
        "pošiljatelj", "από", "от", "отправитель", "від", "kimden", "gönderen", "remitente", "remetente", "remitent",
        "dari", "từ", "من", "از", "منجانب", "פרום", "מאת", "प्रेषक", "发件人", "寄件者", "寄件人", "差出人", "送信者",
        "보낸 사람", "보낸사람", "จาก", "message de",
    ),
    DATE: (
        "sent", "date", "gesendet", "gesendet am", "datum", "verschickt", "envoyé", "envoyé le", "date d'envoi",
        "enviado", "enviado el", "enviado em", "enviada em", "enviada", "fecha", "data", "inviato", "data invio",
        "verzonden", "verzonden op", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "päiväys", "wysłano",
        "wysłane", "data wysłania", "odesláno", "odoslané", "dátum", "elküldve", "trimis", "poslano", "datum slanja",
        "στάλθηκε", "ημερομηνία", "отправлено", "дата", "надіслано", "изпратено", "gönderildi", "gönderilme tarihi",
        "tarih", "enviat", "dikirim", "tanggal", "đã gửi", "ngày", "تم الإرسال", "التاريخ", "تاريخ الإرسال", "تاریخ",
        "ارسال شده", "نשלח", "נשלח", "תאריך", "भेजा गया", "दिनांक", "तारीख", "发送时间", "日期", "寄件日期",
        "傳送時間", "送信日時", "日付", "보낸 날짜", "날짜", "보낸날짜", "ส่ง", "วันที่", "sent at", "sent on",
        "message du",
    ),
    TO: (
        "to", "an", "empfänger", "à", "a", "pour", "destinataire", "para", "destinatario", "aan", "till", "til",
        "vastaanottaja", "do", "adresat", "komu", "pre", "címzett", "către", "catre", "pentru", "za", "prima",
        "προς", "кому", "до", "kime", "alıcı", "per a", "kepada", "ke", "đến", "tới", "إلى", "الى", "به", "بنام",
        "אל", "प्रति", "收件人", "收件者", "宛先", "받는 사람", "받는사람", "ถึง",
    ),
    SUBJECT: (
        "subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "aihe",
        "temat", "předmět", "predmet", "tárgy", "subiect", "subiectul", "naslov", "zadeva", "θέμα", "тема",
        "относно", "konu", "assumpte", "subjek", "perihal", "chủ đề", "tiêu đề", "الموضوع", "موضوع", "عنوان", "נושא",
        "विषय", "主题", "主題", "主旨", "件名", "제목", "เรื่อง",
    ),
    COPY: (
        "cc", "bcc", "kopie", "copie", "copie à", "cópia", "kopia", "kopi", "kopio", "dw", "másolat", "κοιν",
        "копия", "bilgi", "抄送", "副本", "참조", "نسخة", "on behalf of", "reply-to", "reply to", "antwort an",
        "répondre à", "responder a", "beantwoorden - aan", "importance", "priority", "wichtigkeit", "attachments",
        "anlagen", "pièces jointes", "organization",
    ),
}  # fmt: skip
# fmt: on
LABELS = {label: kind for kind, labels in _LABELS.items() for label in labels}
