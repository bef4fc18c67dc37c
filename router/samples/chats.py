"""What customers of the sample desk write in the shop's chat, on Telegram and through the shop's own app."""

from router.samples.words import Customer, Handling, Said

IVY = Customer("ivy", "Ivy Lambert")
RAHEEL = Customer("raheel", "Raheel Q.")
BRUNO = Customer("bruno", "Bruno Castel")
MIRA = Customer("mira", "Mira Holt")
JAMES = Customer("james", "James Whitlock")
ALINA = Customer("alina", "Alina Roth")
CARLA = Customer("carla", "Carla Wynn")
LEO = Customer("leo", "Leo Tran")
TESS = Customer("tess", "Tess Moran")
KAI = Customer("kai", "Kai Ostrom")
GUEST = Customer("guest", "")
RANIA = Customer("rania", "Rania Aslam")
BILAL = Customer("5550001", "Bilal Khan")
AYESHA = Customer("5550002", "Ayesha Tariq")
COLIN = Customer("5550003", "Colin Drew")
PETRA = Customer("5550004", "Petra Solis")
ANDY = Customer("5550005", "Andy Voss")
LYDIA = Customer("5550006", "Lydia Penn")
VICTOR = Customer("c-1041", "Victor Almeida", {"tier": "gold", "plan": "Hearth Plus"})
HELENE = Customer("c-1077", "Helene Strand", {"tier": "platinum", "plan": "Hearth Family"})
MAGNUS = Customer("c-1103", "Magnus Dahl", {"tier": "silver", "plan": "Hearth"})
SOFIA = Customer("c-1128", "Sofia Reyes", {"plan": "Hearth"})
ADIL = Customer("c-1150", "Adil Rahman", {"tier": "gold", "plan": "Hearth Plus"})
JUNE = Customer("c-1162", "June Abbott", {"plan": "Hearth"})

CHATS = (
    Said("parcel", "webchat", IVY, "Hi! Where is my order 20460? It said it would arrive on Monday."),
    Said(
        "charged-monthly",
        "webchat",
        JAMES,
        "You charged me again after I cancelled in September!! That is the second month. I want my money back today,"
        " this is theft.",
    ),
    Said("app-crash", "webchat", MIRA, "The Hearth app closes as soon as I open a recipe. Error 500 since the update."),
    Said(
        "roman-urdu-order",
        "webchat",
        RAHEEL,
        "Mera order abhi tak nahi aya, do hafte ho gaye hain. Aap log jawab bhi nahi dete. Bohat bura service hai.",
    ),
    Said(
        "shouting",
        "webchat",
        BRUNO,
        "WHY DOES NOBODY ANSWER??? I HAVE BEEN WAITING FOR AN HOUR!!! YOUR SERVICE IS A JOKE, I AM LEAVING FOR GOOD!!!",
    ),
    Said("descale", "webchat", TESS, "How do I descale the Alder kettle? The booklet does not say."),
    Said(
        "wrong-lamp",
        "webchat",
        CARLA,
        "I ordered the Rowan lamp in green and got a white one, with a crack in the foot as well. Here is a picture.",
        files=("lamp.png",),
    ),
    Said(
        "no-hurry",
        "webchat",
        KAI,
        "Hello, whenever you have a minute: could I change the delivery of order 20471 to Saturday? Thank you so much!",
    ),
    Said(
        "login",
        "webchat",
        LEO,
        "I cannot log in to my account, the code never arrives. I tried five times and I am a bit lost.",
    ),
    Said(
        "chat-de",
        "webchat",
        ALINA,
        "Guten Tag, meine Waschmaschine zeigt den Fehler E18 und pumpt nicht mehr ab. Was kann ich tun?",
    ),
    Said("price", "webchat", GUEST, "What does the Hearth Family plan cost per year, and can I try it first?"),
    Said(
        "broken-promise",
        "webchat",
        RANIA,
        "Yesterday your colleague promised to call me back within two hours. Nobody called. I am very disappointed, I"
        " still have no working oven.",
    ),
    Said("tg-urdu", "telegram", AYESHA, "السلام علیکم، میرا ریفنڈ ابھی تک نہیں آیا۔ دس دن ہو گئے ہیں۔ کب تک ملے گا؟"),
    Said(
        "tg-roman",
        "telegram",
        BILAL,
        "Teesri dafa message kar raha hoon, fridge kharab hai aur koi nahi aya. Mujhe paise wapis chahiye warna main"
        " complaint karunga.",
    ),
    Said(
        "tg-address", "telegram", COLIN, "Please send order 20466 to my office instead: 14 Mill Lane. Is that possible?"
    ),
    Said(
        "tg-fraud",
        "telegram",
        PETRA,
        "Somebody has bought three ovens with my card on your site. That was not me! Please block it, urgent.",
    ),
    Said("tg-outage", "telegram", ANDY, "Is the Hearth app down? It shows nothing but a white screen."),
    Said("tg-hello", "telegram", LYDIA, "Hello there"),
    Said(
        "gold-angry",
        "api",
        VICTOR,
        "Third time I ask: where is my refund for the broken lamp? You promised it two weeks ago and lied to me. This"
        " is outrageous. Refund me today or I cancel Hearth Plus and take my whole family with me.",
    ),
    Said(
        "platinum-calm",
        "api",
        HELENE,
        "Good morning, could you add a second home to my Family plan, please? I did not find it in the settings.",
    ),
    Said("payment-failed", "api", MAGNUS, "My payment failed twice although the card is fine. What should I do?"),
    Said("close-account", "api", SOFIA, "Please close my account at the end of the month. I do not cook that often."),
    Said(
        "warranty",
        "api",
        ADIL,
        "The Hazel washing machine makes a grinding noise after eight months. Is that covered by the warranty?",
    ),
    Said("suggestion", "api", JUNE, "Love the new shopping list! A dark theme would make it perfect."),
)

LATER_CHATS = (
    Said("parcel-2", "webchat", IVY, "Tracking has not moved for four days and nobody tells me anything. Annoying."),
    Said(
        "parcel-3",
        "webchat",
        IVY,
        "It was a birthday present and the birthday is over. This is so disappointing. I want my money back and I will"
        " never order from you again!",
    ),
    Said("app-crash-2", "webchat", MIRA, "Reinstalled it as your help page says. It still does not work."),
    Said(
        "payment-failed-2", "api", MAGNUS, "Third attempt failed and now my plan is switched off! I am really annoyed."
    ),
    Said("login-2", "webchat", LEO, "Ah, the code was in the spam folder. It works now, thank you!"),
    Said("tg-outage-2", "telegram", ANDY, "Still down, since hours. I pay for this every month, fix it please."),
    Said("warranty-2", "api", ADIL, "Could you at least tell me whether somebody has read this? I am still waiting."),
)

CHAT_HANDLING = {
    "parcel": Handling("I am so sorry, Ivy. I am asking the carrier right now and write to you here within the hour."),
    "charged-monthly": Handling(
        "I am sorry, James. The plan was not ended in September as you asked: our fault. I have ended it now and sent"
        " both payments back. Your bank shows them within five working days.",
        note="Cancelled on 12 September by chat, never done. Told the team.",
    ),
    "app-crash": Handling("Thank you, Mira. Could you install it once more and tell me whether it still closes?"),
    "shouting": Handling("You waited far too long, Bruno, and I am sorry. I am here now: what can I do for you?"),
    "descale": Handling(
        "Fill it halfway with one part vinegar and two parts water, boil once, wait 20 minutes and rinse it twice.",
        then="resolve",
    ),
    "wrong-lamp": Handling(
        "That is the wrong one and broken too, I am sorry. A green one leaves today; keep or recycle the white one.",
        then="resolve",
    ),
    "no-hurry": Handling("Done, Kai: it comes on Saturday between 9 and 12.", then="resolve"),
    "login": Handling("Hello Leo, could you look into the spam folder? The sender is hello@lumen.example."),
    "chat-de": Handling(
        "Guten Tag, E18 heißt, dass das Sieb verstopft ist. Es sitzt unten rechts hinter der Klappe. Hilft es, wenn Sie"
        " es ausspülen?",
    ),
    "price": Handling("It is £59 a year, and the first 30 days are free.", then="resolve"),
    "broken-promise": Handling(
        "You are right to be disappointed, Rania. I call you at six this evening, and I do it myself.",
        note="Call at six, oven Birch 60, promised by chat yesterday.",
        then="snooze",
    ),
    "gold-angry": Handling(
        "You have every reason to be angry, Victor. I have just made the refund, £84.00, and stay on this until you see"
        " it.",
        note="Refund was approved two weeks ago and never sent.",
        then="snooze",
    ),
    "platinum-calm": Handling("With pleasure: I have added it. You find it under Homes.", then="resolve"),
    "payment-failed": Handling(
        "Your plan is on again, Magnus, I did it by hand. Your bank asked for a second step our form did not show.",
        note="Form hides the second step of some banks. Told the app team.",
        then="resolve",
    ),
    "close-account": Handling("I have set the end to the last of the month. You can change your mind until then."),
    "suggestion": Handling("Thank you, June! I have passed it on.", then="resolve"),
    "tg-fraud": Handling(note="Orders held, card blocked in the shop. Fraud team told."),
    "tg-hello": Handling(note="Waiting for what they want.", then="snooze"),
    "tg-outage": Handling(note="Known outage since noon, back at six."),
}
