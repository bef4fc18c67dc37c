"""Reading needs no network and little memory: shown in a process of its own, with sockets blocked."""

import json
import subprocess
import sys

PROGRAM = """
import json, socket, sys

def blocked(*_, **__):
    raise OSError("reading wants the network")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = blocked
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = blocked

from router.triage import mood, preload, read

preload()
found = {}
for tag, text in json.load(sys.stdin).items():
    reading = read(text)
    mood([reading], pace="chat")
    found[tag] = [reading.language, reading.read]
loaded = sorted(sys.modules)
import psutil

print(json.dumps({"found": found, "resident": psutil.Process().memory_info().rss / 2**20, "loaded": loaded}))
"""

MESSAGES = {
    "ar": "أين طلبي؟ لقد انتظرت أسبوعين ولم يصل أي شيء حتى الآن.",
    "de": "Wo bleibt meine Bestellung? Ich warte seit zwei Wochen auf das Paket.",
    "en": "Where is my order? I have been waiting for two weeks and nobody answers.",
    "es": "¿Dónde está mi pedido? Llevo dos semanas esperando y nadie me responde.",
    "fr": "Où est ma commande ? J'attends depuis deux semaines et personne ne répond.",
    "hi": "मेरा ऑर्डर कहाँ है? मैं दो हफ़्ते से इंतज़ार कर रहा हूँ।",
    "id": "Di mana pesanan saya? Saya sudah menunggu dua minggu dan belum ada jawaban.",
    "it": "Dov'è il mio ordine? Aspetto da due settimane e nessuno mi risponde.",
    "ja": "注文した商品はどこですか。二週間も待っていますが返事がありません。",
    "ko": "제 주문은 어디에 있나요? 2주째 기다리고 있는데 아무도 답이 없습니다.",
    "nl": "Waar blijft mijn bestelling? Ik wacht al twee weken en niemand antwoordt.",
    "pt": "Onde está o meu pedido? Estou esperando há duas semanas e ninguém responde.",
    "ru": "Где мой заказ? Я жду уже две недели, и никто не отвечает.",
    "tr": "Siparişim nerede? İki haftadır bekliyorum ve kimse cevap vermiyor.",
    "ur": "میرا آرڈر کہاں ہے؟ میں دو ہفتوں سے انتظار کر رہا ہوں اور کوئی جواب نہیں دیتا۔",
    "ur-Latn": "mera order kahan hai? do hafte se intezar kar raha hoon, koi jawab nahi deta",
    "zh": "我的订单在哪里？我已经等了两个星期，没有人回复。",
}
MOST_RESIDENT_MB = 300
NEVER = {"requests", "urllib3", "httpx", "aiohttp", "flask", "rq", "sqlalchemy", "nltk"}  # what reading does not need


def test_every_language_is_read_without_a_network_in_bounded_memory():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(MESSAGES), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {tag: found[0] for tag, found in told["found"].items()} == {tag: tag for tag in MESSAGES}
    assert told["found"]["en"][1] and told["found"]["ur-Latn"][1]
    assert told["resident"] < MOST_RESIDENT_MB
    assert not NEVER & set(told["loaded"])
