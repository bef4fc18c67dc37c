"""Who works at Lumen & Oak, in which queues, with which skills, and the texts they use."""

from dataclasses import dataclass

COMPANY = "Lumen & Oak"
ZONE = "Europe/Berlin"

QUEUES = (
    # name, the skill that suits it best, answer within seconds
    ("Billing", "billing", None),
    ("Technical", "technical", None),
    ("Orders", "orders", None),
)
SKILLS = ("Billing", "Technical", "Orders", "De-escalation", "en", "ur", "de")


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of the sample desk; they sign in by a link that Settings, People makes."""

    name: str
    email: str
    levels: dict[str, int]  # skill key to 1 … 5
    role: str = "agent"
    channels: tuple[str, ...] = ()  # none: every channel
    takes: int = 0  # how many tickets they have taken when the sample is loaded
    presence: str = "offline"
    reason: str = ""


COLLEAGUES = (
    Colleague(
        "Ruth Okafor",
        "ruth@lumen.example",
        {"en": 5, "de-escalation": 4, "billing": 3, "orders": 3},
        role="supervisor",
        presence="online",
    ),
    Colleague(
        "Marcus Hale",
        "marcus@lumen.example",
        {"en": 5, "de-escalation": 5, "technical": 3},
        takes=3,
        presence="online",
    ),
    Colleague(
        "Priya Nair",
        "priya@lumen.example",
        {"en": 5, "billing": 5, "de-escalation": 3},
        takes=3,
        presence="online",
    ),
    Colleague(
        "Sana Mirza",
        "sana@lumen.example",
        {"en": 4, "ur": 5, "billing": 3, "orders": 4},
        takes=2,
        presence="online",
    ),
    Colleague(
        "Jonas Weber",
        "jonas@lumen.example",
        {"en": 4, "de": 5, "technical": 5},
        takes=2,
        presence="online",
    ),
    Colleague(
        "Lena Vogt",
        "lena@lumen.example",
        {"en": 4, "de": 5, "billing": 3, "orders": 3},
        channels=("email",),
        takes=1,
        presence="online",
    ),
    Colleague(
        "Hira Baig",
        "hira@lumen.example",
        {"en": 3, "ur": 5, "technical": 3, "orders": 2},
        presence="away",
        reason="Lunch",
    ),
    Colleague(
        "Tom Ashford",
        "tom@lumen.example",
        {"en": 5, "orders": 5, "technical": 2},
        channels=("webchat", "telegram", "api"),
    ),
    Colleague("Noor Siddiqui", "noor@lumen.example", {"en": 4, "ur": 4, "orders": 1}),
)
ADMIN_LEVELS = {"en": 5, "billing": 3, "technical": 3, "orders": 3, "de-escalation": 3}  # who loads it takes part

TEMPLATES = (
    # kind, name, language, text; {name}, {number} and {brand} are filled
    (
        "acknowledge",
        "We have it",
        "en",
        "Hello {name},\n\nthank you for writing to {brand}. Your request has the number {number}. A person reads it and"
        " answers you here.",
    ),
    (
        "acknowledge",
        "We have it",
        "ur",
        "السلام علیکم {name}،\n\n{brand} سے رابطہ کرنے کا شکریہ۔ آپ کی درخواست کا نمبر {number} ہے۔ ہمارا ایک ساتھی اسے"
        " پڑھ کر آپ کو یہیں جواب دے گا۔",
    ),
    (
        "saved",
        "Ask for the order number",
        "en",
        "Could you tell us the order number? It stands at the top of your bill.",
    ),
    ("saved", "Ask for the order number", "ur", "براہ کرم اپنا آرڈر نمبر بتا دیں۔ یہ آپ کے بل کے اوپر لکھا ہوتا ہے۔"),
    (
        "saved",
        "Unplug it first",
        "en",
        "Please pull the plug before anything else and do not use it again. We send you a replacement and collect the"
        " old one.",
    ),
    (
        "saved",
        "Unplug it first",
        "ur",
        "سب سے پہلے براہ کرم پلگ نکال دیں اور اسے دوبارہ استعمال نہ کریں۔ ہم آپ کو متبادل بھیج کر"
        " پرانا واپس لے لیں گے۔",
    ),
    (
        "saved",
        "Refund is on its way",
        "en",
        "The refund is made today. Your bank shows it within five working days.",
    ),
)

CONNECTIONS: tuple[tuple[str, str, dict[str, str]], ...] = (
    # channel, name, settings; {site} is where this desk answers, so that nothing leaves the machine
    ("email", "support@lumen.example", {"address": "support@lumen.example", "from_name": COMPANY}),
    ("webchat", "Shop chat", {"title": "Chat with Lumen & Oak", "greeting": "Hello! How can we help?"}),
    ("telegram", "Lumen bot", {"bot_token": "700000001:AAsampleSampleSampleSampleSampleSample0", "base_url": "{site}"}),
    ("api", "Shop app", {}),
)
