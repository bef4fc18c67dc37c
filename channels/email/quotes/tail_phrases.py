"""The words at the end of a mail that nobody writes anew: closings, phone advertisements, disclaimers; lower case."""

# fmt: off
CLOSINGS = frozenset({
    # a line of its own, before a name; without its commas and stops
    "regards", "best regards", "kind regards", "warm regards", "kindest regards", "warmest regards", "with regards",
    "with kind regards", "with best regards", "with warm regards", "best", "all the best", "best wishes",
    "with best wishes", "kind wishes", "warm wishes", "sincerely", "sincerely yours", "yours sincerely",
    "yours truly", "yours faithfully", "very truly yours", "respectfully", "respectfully yours", "cordially",
    "cheers", "take care", "rgds", "kr", "br", "brgds", "bw", "xoxo", "yours", "warmly", "talk soon",
    "have a nice day", "have a great day",
    # German
    "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit freundlichem gruss",
    "mit besten grüßen", "mit besten grüssen", "mit lieben grüßen", "mit herzlichen grüßen", "freundliche grüße",
    "freundliche grüsse", "freundlicher gruß", "freundlichen gruß", "viele grüße", "viele grüsse", "vielen grüße",
    "liebe grüße", "liebe grüsse", "beste grüße", "beste grüsse", "herzliche grüße", "herzliche grüsse",
    "schöne grüße", "schöne grüsse", "sonnige grüße", "grüße", "grüsse", "gruß", "gruss", "lieben gruß",
    "liebe gruß", "besten gruß", "herzlichst", "hochachtungsvoll", "mfg", "lg", "vg", "bg", "hg",
    "mit freundlichen gruessen", "viele gruesse", "servus", "tschüss", "ihr", "ihre",
    # French
    "cordialement", "bien cordialement", "très cordialement", "cordialement vôtre", "sincèrement", "bien à vous",
    "bien à toi", "salutations", "meilleures salutations", "sincères salutations", "salutations distinguées",
    "respectueusement", "amicalement", "amitiés", "cdt", "cdlt", "bonne journée", "bonne soirée", "à bientôt",
    "belle journée", "bien amicalement",
    # Spanish, Portuguese, Catalan, Italian, Romanian
    "saludos", "un saludo", "saludos cordiales", "un cordial saludo", "cordial saludo", "atentamente", "atte",
    "muy atentamente", "cordialmente", "un abrazo", "abrazos", "saludos y gracias", "atenciosamente", "att",
    "cumprimentos", "os melhores cumprimentos", "melhores cumprimentos", "com os melhores cumprimentos", "saudações",
    "abraço", "abraços", "um abraço", "cumprimentos cordiais", "salutacions", "salutacions cordials", "atentament",
    "cordiali saluti", "distinti saluti", "un cordiale saluto", "cordialità", "saluti", "un saluto",
    "un caro saluto", "a presto", "cari saluti", "cu respect", "cu stimă", "toate cele bune", "o zi bună",
    # Dutch and the Nordic languages
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "groet",
    "groeten", "groetjes", "hartelijke groet", "hartelijke groeten", "met hartelijke groet", "mvg", "hoogachtend",
    "med vänlig hälsning", "med vänliga hälsningar", "vänlig hälsning", "vänliga hälsningar", "hälsningar",
    "hälsning", "bästa hälsningar", "mvh", "vh", "med venlig hilsen", "med venlige hilsner", "venlig hilsen",
    "venlige hilsner", "de bedste hilsner", "bedste hilsner", "kærlig hilsen", "kærlige hilsner", "hilsen",
    "hilsner", "kh", "dbh", "med vennlig hilsen", "vennlig hilsen", "med vennlige hilsener", "beste hilsen",
    "mange hilsener", "ystävällisin terveisin", "parhain terveisin", "terveisin", "terveiset", "t", "yt", "kveðja",
    "bestu kveðjur",
    # Slavic languages, Hungarian, Greek, Turkish, Baltic
    "pozdrawiam", "pozdrawiam serdecznie", "serdecznie pozdrawiam", "z poważaniem", "z powazaniem",
    "z wyrazami szacunku", "pozdrowienia", "s pozdravem", "s přátelským pozdravem", "zdravím", "s pozdravom",
    "s úctou", "lijep pozdrav", "srdačan pozdrav", "lp", "lep pozdrav", "s poštovanjem", "pozdrav", "с уважением",
    "с наилучшими пожеланиями", "всего доброго", "с най-добри пожелания", "поздрави", "с уважение", "з повагою",
    "з найкращими побажаннями", "üdvözlettel", "udvozlettel", "tisztelettel", "üdv", "udv", "szívélyes üdvözlettel",
    "baráti üdvözlettel", "με εκτίμηση", "φιλικά", "χαιρετισμούς", "μετά τιμής", "saygılarımla", "saygılarımızla",
    "iyi çalışmalar", "sevgiler", "selamlar", "lugupidamisega", "parimat", "ar cieņu", "pagarbiai", "su pagarba",
    # Arabic, Urdu, Persian, Hebrew, Hindi, East and South-East Asia
    "مع تحياتي", "تحياتي", "مع التحية", "مع أطيب التحيات", "مع خالص التحية", "وتقبلوا تحياتي", "والسلام",
    "والسلام عليكم", "خیر اندیش", "نیک خواہشات", "آپ کا مخلص", "با احترام", "ارادتمند", "בברכה", "בכבוד רב", "सादर",
    "भवदीय", "आपका", "सधन्यवाद", "此致", "敬礼", "此致敬礼", "祝好", "顺祝商祺", "敬上", "敬具", "감사합니다",
    "salam", "hormat saya", "trân trọng", "thân mến", "ขอแสดงความนับถือ",
})

THANKS = frozenset({
    # the same, but often the message itself: cut only with a name below
    "thanks", "thank you", "many thanks", "thanks a lot", "thank you very much", "thank you so much",
    "thanks so much", "thanks again", "thanks in advance", "thank you in advance", "thx", "tx", "ty", "danke",
    "vielen dank", "besten dank", "danke schön", "dankeschön", "danke im voraus", "vielen dank im voraus", "merci",
    "merci beaucoup", "merci d'avance", "gracias", "muchas gracias", "gracias de antemano", "grazie", "grazie mille",
    "obrigado", "obrigada", "muito obrigado", "bedankt", "alvast bedankt", "dank je wel", "dank u wel", "tack",
    "tack på förhand", "tak", "på forhånd tak", "takk", "kiitos", "dziękuję", "dzięki", "děkuji", "díky", "ďakujem",
    "köszönöm", "спасибо", "заранее спасибо", "дякую", "teşekkürler", "ευχαριστώ", "شكرا", "شكراً", "شکریہ", "धन्यवाद",
    "谢谢", "謝謝", "ありがとうございます", "terima kasih", "cảm ơn", "תודה",
})

JOINTS = ("/", "&", "+", " and ", " und ", " et ", " y ", " e ", " en ", " og ", " och ", " i ", " и ", ",")

SENT_FROM = (
    # (how a program's own line begins, how it ends or what it must name)
    ("sent from ", ()), ("sent via ", ()), ("sent with ", ()), ("sent by ", ()), ("sent using ", ()),
    ("sent on ", ("phone", "device")), ("sent mobile", ()), ("get outlook for ", ()),
    ("from my ", ("iphone", "iphone 6", "ipad", "phone", "android", "mobile", "blackberry")), ("composed on ", ()),
    ("typed on ", ()), ("written on my ", ()), ("this message was sent from my", ()),
    ("this email was sent from my", ()), ("download yahoo mail", ()), ("yahoo mail for ", ()), ("yahoo mail: ", ()),
    ("mailed from ", ()), ("von meinem ", ("gesendet", "geschrieben")), ("von meiner ", ("gesendet",)),
    ("von unterwegs gesendet", ()), ("gesendet von ", ()), ("gesendet mit ", ()), ("gesendet über ", ()),
    ("gesendet aus ", ()), ("gesendet via ", ()), ("diese nachricht wurde ", ("gesendet", "gesendet.")),
    ("outlook für ", ("herunterladen", "beziehen", "abrufen")), ("holen sie sich outlook", ()),
    ("envoyé depuis ", ()), ("envoyé de mon", ()), ("envoyé de ma", ()), ("envoyé à partir d", ()),
    ("envoyé avec ", ()), ("envoyé par ", ()), ("provenance : ", ()), ("obtenir outlook pour", ()),
    ("obtenez outlook pour", ()), ("télécharger outlook pour", ()), ("téléchargez outlook pour", ()),
    ("enviado desde ", ()), ("enviado con ", ()), ("enviado do ", ()), ("enviado de ", ()),
    ("enviado a partir d", ()), ("enviado via ", ()), ("obtener outlook para", ()), ("obter o outlook para", ()),
    ("obtenha o outlook para", ()), ("enviat des d", ()), ("inviato da ", ()), ("inviato con ", ()),
    ("inviato dal ", ()), ("scarica outlook per", ()), ("ottieni outlook per", ()), ("verzonden met ", ()),
    ("verzonden vanaf ", ()), ("verzonden via ", ()), ("verstuurd vanaf ", ()), ("outlook voor ", ("downloaden",)),
    ("download outlook voor", ()), ("skickat från ", ()), ("skickat med ", ()), ("skickades från ", ()),
    ("från min ", ()), ("hämta outlook för", ()), ("sendt fra ", ()), ("sendt med ", ()), ("sendt via ", ()),
    ("hent outlook", ()), ("få outlook for", ()), ("lähetetty ", ()), ("hanki outlook", ()), ("wysłane z ", ()),
    ("wysłano z ", ()), ("wysłane za pomocą", ()), ("pobierz outlook", ()), ("odesláno z ", ()), ("odoslané z ", ()),
    ("získejte outlook", ()), ("elküldve: ", ()), ("az én ", ("küldve",)), ("trimis de pe ", ()),
    ("trimis din ", ()), ("poslano s ", ()), ("poslano iz ", ()), ("στάλθηκε από ", ()), ("εστάλη από ", ()),
    ("отправлено с ", ()), ("отправлено из ", ()), ("отправлено через ", ()), ("скачать outlook", ()),
    ("надіслано з ", ()), ("изпратено от ", ()), ("iphone'umdan", ()), ("iphone’umdan", ()),
    ("outlook uygulamasını edinin", ()), ("dikirim dari ", ()), ("được gửi từ ", ()), ("đã gửi từ ", ()),
    ("أرسلت من ", ()), ("تم الإرسال من ", ()), ("مُرسل من ", ()), ("میرے ", ("بھیجا گیا",)), ("ارسال شده از ", ()),
    ("נשלח מה", ()), ("मेरे ", ("भेजा गया",)), ("从我的", ()), ("從我的", ()), ("發自我的", ()), ("发自我的", ()),
    ("发送自", ()), ("iphoneから送信", ()), ("androidから送信", ()), ("私の", ("から送信",)),
    ("나의 ", ("에서 보냄",)), ("내 ", ("에서 보냄",)), ("ส่งจาก ", ()),
)

DEVICES = (
    # what such a line may speak of at length
    "iphone", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "pixel", "nokia", "htc",
    "sony", "lg ", "outlook", "yahoo", "gmx", "web.de", "gmail", "windows", "blackberry", "smartphone", "phone",
    "handy", "mobil", "móvil", "proton", "mailbox", "airmail", "mail", "tablet", "cell", "wireless", "device",
    "telefon", "téléphone", "آئی فون", "fairemail", "k-9", "spark", "sparrow", "airmail", "typeapp", "bluemail",
    "aquamail", "libero", "orange", "appareil", "dispositivo", "dispozitiv", "enhet", "apparaat", "gerät",
    "устройств", "почт", "мобильн", "телефон", "جهاز", "هاتف", "फ़ोन", "फोन", "手机", "手機",
)

EXCUSES = ("excuse", "typo", "brevity", "forgive", "autocorrect", "tippfehler", "entschuldigen", "kürze",
"errores", "fautes")

DISCLAIMERS = (
    # how legal notes and what servers add begin, within the first lines of their paragraph
    "disclaimer", "confidentiality notice", "confidentiality note", "confidential:", "privileged and confidential",
    "this e-mail and any", "this email and any", "this e-mail (including", "this email (including",
    "this e-mail, including", "this email, including", "this message and any", "this message, together with",
    "this message (including", "this message contains confidential", "this e-mail contains", "this email contains",
    "this email is confidential", "this e-mail is confidential", "this email may contain", "this e-mail may contain",
    "this message may contain", "this message is intended", "this email is intended", "this e-mail is intended",
    "this communication is", "this transmission", "the information contained in this", "the information in this e",
    "the contents of this e", "the content of this e", "if you are not the intended recipient",
    "if you have received this", "please consider the environment", "think before you print", "before printing",
    "please don't print this", "this email has been checked for viruses", "this email has been scanned",
    "virus-free.", "scanned by", "registered in england", "registered office:", "diese e-mail enthält",
    "diese e-mail kann", "diese e-mail ist vertraulich", "diese nachricht ist vertraulich",
    "diese nachricht enthält", "diese e-mail und", "der inhalt dieser e-mail", "vertraulichkeitshinweis",
    "haftungsausschluss", "virenfrei.", "geschäftsführer:", "ce message et", "ce message est", "ce message contient",
    "ce courriel", "cet e-mail et", "cet email et", "avis de confidentialité", "pensez à l'environnement",
    "sans virus.", "este mensaje y", "este mensaje va dirigido", "este correo electrónico", "este mensaje contiene",
    "aviso legal", "aviso de confidencialidad", "libre de virus.", "antes de imprimir", "questo messaggio",
    "questa e-mail", "le informazioni contenute", "avviso di riservatezza", "ai sensi del", "esta mensagem",
    "este e-mail", "este email", "aviso de confidencialidade", "livre de vírus.", "dit bericht is",
    "dit bericht kan", "de informatie in dit", "deze e-mail", "detta meddelande", "detta e-postmeddelande",
    "denne e-mail", "denne mail", "denne e-posten", "tämä viesti", "niniejsza wiadomość", "wiadomość ta",
    "ta wiadomość", "treść tej wiadomości", "tento e-mail", "táto správa", "tato zpráva", "ez az üzenet",
    "az üzenet", "данное сообщение", "это сообщение", "настоящее сообщение", "bu e-posta", "bu mesaj", "هذه الرسالة",
    "هذا البريد", "本邮件", "本郵件", "このメール", "본 메일", "이 메일은", "to unsubscribe from this group",
    "you received this message because you are subscribed",
)

SECRETS = (
    # what such a paragraph must speak of, unless its first words say it all
    "confidential", "privileged", "intended", "recipient", "virus", "environment", "before you print",
    "before printing", "print this", "registered in", "registered office", "disclos", "unsubscribe", "subscribed",
    "scanned", "vertraulich", "empfänger", "geschäftsführer", "haftung", "confidentiel", "destinataire",
    "environnement", "confidencial", "destinatario", "destinatário", "antes de imprimir", "vírus", "riservat",
    "destinatari", "privacy", "vertrouwelijk", "geadresseerde", "konfidentiel", "fortrolig", "konfidentiell",
    "sekretess", "luottamuksellin", "poufn", "důvěrn", "dôvern", "bizalmas", "конфиденциальн", "gizli", "سرية",
    "سري", "机密", "機密", "保密", "기밀",
)
# fmt: on
