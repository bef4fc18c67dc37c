"""The mails of the sample desk."""

from router.samples.words import Customer, Handling, Said

EVELYN = Customer("evelyn.marsh", "Evelyn Marsh")
OSKAR = Customer("oskar.lind", "Oskar Lind")
DELIA = Customer("delia.frost", "Delia Frost")
PETER = Customer("p.hartwell", "Peter Hartwell")
KATRIN = Customer("katrin.brandt", "Katrin Brandt")
FAISAL = Customer("faisal.anwar", "فیصل انور")
GRACE = Customer("grace.otieno", "Grace Otieno")
NINA = Customer("nina.calloway", "Nina Calloway")
HUGO = Customer("hugo.ferrand", "Hugo Ferrand")
MARTHA = Customer("martha.ellison", "Martha Ellison")
ROBOT = Customer("mailer-daemon", "Mail Delivery System")
RANKS = Customer("growth", "Top Rank Growth Team")
ABSENT = Customer("b.lund", "Birgit Lund")
STEFAN = Customer("stefan.huber", "Stefan Huber")
OWEN = Customer("owen.pike", "Owen Pike")

MAILS = (
    Said(
        "oven-third-visit",
        "email",
        EVELYN,
        "This is the third time I write about the same oven. Your engineer did not come on Tuesday, did not come on"
        " Friday, and nobody had the decency to call. I took two days off work for nothing. I am furious. Refund me"
        " or I cancel everything, the app as well.\n\nEvelyn Marsh\n\n"
        "On Mon, 2 Nov 2026 at 09:12, Lumen & Oak <support@lumen.example> wrote:\n"
        "> Dear Evelyn,\n> we are sorry for the trouble. Our engineer will come on Tuesday between 8 and 12.\n"
        "> Kind regards\n> Lumen & Oak",
        subject="Re: Re: Birch oven does not heat",
        ago_min=9,
    ),
    Said(
        "fridge-insulin",
        "email",
        OSKAR,
        "Dear team,\n\nI am sorry to trouble you, I know you are busy. The fridge you delivered last month stopped"
        " cooling this morning, and it is urgent for us: my father's insulin is in it and will not last until"
        " tomorrow. Could somebody please tell me whether it can be mended or replaced today?\n\nThank you for your"
        " kindness\nOskar Lind",
        subject="Fridge stopped cooling, a small request",
        ago_min=6,
    ),
    Said(
        "solicitor",
        "email",
        PETER,
        "I have asked twice for a copy of the warranty terms and had no answer. If they are not with me by Friday my"
        " solicitor will take this to the small claims court and I shall report you to trading standards.",
        subject="Final notice, order 20377",
        ago_min=30,
    ),
    Said(
        "plug-melted",
        "email",
        DELIA,
        "Look at the picture, please. The plug of the kettle got so hot that it melted and it is smoking. It smells"
        " of burning and I am scared to touch it. My children were in the kitchen!\n\n[picture: the plug]\n\nDelia",
        subject="Kettle: plug melted, smoke",
        html=(
            "<p>Look at the picture, please. The plug of the kettle got so hot that it <b>melted and it is"
            " smoking</b>. It smells of burning and I am scared to touch it. My children were in the kitchen!</p>"
            '<p><img src="cid:plug.png" alt="the plug" width="160"></p><p>Delia</p>'
        ),
        cc=("Sam Frost <sam.frost@post.example>",),
        files=("plug.png",),
        ago_min=2,
    ),
    Said(
        "invoice-twice",
        "email",
        GRACE,
        "Hello,\n\nmy card was charged twice for order 20418, £129.00 on the 3rd and £129.00 again on the 4th. The"
        " invoice is attached. Please send back one of the two. My bookkeeper reads along.\n\nGrace Otieno",
        subject="Charged twice for order 20418",
        cc=("books@otieno-studio.example", "Dan Reyes <dan.reyes@otieno-studio.example>"),
        files=("invoice-20418.pdf",),
        ago_min=55,
    ),
    Said(
        "praise",
        "email",
        NINA,
        "I just wanted to say thank you. Jonas on your chat was patient and kind and had my dishwasher running in ten"
        " minutes. Lovely service, I will buy from you again.",
        subject="Thank you!",
        ago_min=80,
    ),
    Said(
        "lamp-late-ur",
        "email",
        FAISAL,
        "السلام علیکم\n\nمیں نے تین ہفتے پہلے لیمپ کا آرڈر دیا تھا، آرڈر نمبر ۲۰۴۵۲۔ ابھی تک نہیں ملا اور کوئی جواب"
        " بھی نہیں دیتا۔ یہ بہت بری سروس ہے۔ میں بہت مایوس اور ناراض ہوں۔ براہ کرم میرے پیسے واپس کریں۔\n\nفیصل انور",
        subject="آرڈر ۲۰۴۵۲ ابھی تک نہیں ملا",
        ago_min=25,
    ),
    Said(
        "rechnung-de",
        "email",
        KATRIN,
        "Sehr geehrte Damen und Herren,\n\ndie Rechnung 20431 stimmt leider nicht: berechnet wurden zwei"
        " Waschmaschinen, geliefert wurde eine. Ich bitte um eine korrigierte Rechnung.\n\nMit freundlichen"
        " Grüßen\nKatrin Brandt",
        subject="Rechnung 20431 ist falsch",
        ago_min=70,
    ),
    Said(
        "herd-de",
        "email",
        STEFAN,
        "Seit zwei Wochen warte ich auf den Techniker, dreimal wurde der Termin abgesagt! Das ist eine Frechheit, so"
        " schlecht wurde ich noch nie behandelt. Ich habe die Nase voll und kündige mein Abo.",
        subject="Techniker kommt nicht",
        ago_min=15,
    ),
    Said(
        "erase-me",
        "email",
        HUGO,
        "Please send me a copy of my data and then delete my data from your systems, as the GDPR allows. My account"
        " runs on this address.",
        subject="Request about my personal data",
        ago_min=120,
    ),
    Said(
        "week-without-stove",
        "email",
        MARTHA,
        "I write for my mother, who is 84 and lives alone. Since the stove broke eight days ago she has had no warm"
        " meal. She is ill and cannot go out. Is there any way to have it looked at sooner than the 24th?",
        subject="Repair appointment for my mother",
        ago_min=45,
    ),
    Said(
        "invoice-please",
        "email",
        OWEN,
        "Hi, could you send me the invoice for order 20388 as a PDF? I need it for my tax return, no hurry.",
        subject="Invoice for order 20388",
        ago_min=100,
    ),
    Said(
        "seo",
        "email",
        RANKS,
        "Dear business owner! We put your website on page one of all search engines, guaranteed. Special offer only"
        " today: 5,000 backlinks for $99. Click here to claim your free audit now.",
        subject="Get 10x more visitors GUARANTEED",
        ago_min=200,
    ),
    Said(
        "bounce",
        "email",
        ROBOT,
        "Your message could not be delivered: there is no such user.",
        subject="Undelivered Mail Returned to Sender",
        automatic=True,
        raw="bounce.eml",
        ago_min=150,
    ),
    Said(
        "out-of-office",
        "email",
        ABSENT,
        "I am travelling this week. Your message has been saved.",
        subject="Automatic reply: Your delivery",
        automatic=True,
        ago_min=90,
    ),
)

LATER_MAILS = (
    Said(
        "fridge-insulin-2",
        "email",
        OSKAR,
        "Sorry, me again. The fridge is at 19 degrees now and the pharmacy is closed. Nobody has answered me yet and I"
        " am getting really worried about my father. Please, is anybody there?",
        subject="Re: Fridge stopped cooling, a small request",
        follows="fridge-insulin",
    ),
    Said(
        "invoice-please-2",
        "email",
        OWEN,
        "Still no invoice, and now the tax office has set me a deadline. I asked politely, this is getting"
        " ridiculous. How long can it take to send one PDF?",
        subject="Re: Invoice for order 20388",
        follows="invoice-please",
    ),
)

MAIL_HANDLING = {
    "praise": Handling(note="Passed on to Jonas, he will be glad.", then="resolve"),
    "oven-third-visit": Handling(note="Two visits missed, both ours. The engineer's office calls back by noon."),
    "invoice-twice": Handling(note="Both charges are in the books. Refund needs a second pair of eyes."),
    "rechnung-de": Handling(note="Lager bestätigt: nur eine Maschine verschickt.", then="snooze"),
    "herd-de": Handling(note="Drei Absagen, alle von uns. Teamleitung ruft heute an."),
    "plug-melted": Handling(note="Safety: asked the warehouse to hold this batch of kettles."),
}
