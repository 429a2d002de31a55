"""What customers and the shop say in the corpus, and how programs say who wrote."""

from dataclasses import dataclass

SHOP = "Stoa"
SHOP_ADDRESS = "shop@stoa.example"


@dataclass(frozen=True)
class Words:
    name: str
    address: str
    subject: str
    answer: tuple[str, ...]  # paragraphs
    ours: tuple[str, ...]
    fields: tuple[str, str, str, str]  # From, Sent, To, Subject as Outlook has them
    day: str
    gmail: str
    apple: str
    thunderbird: str
    yahoo: str
    iphone: str
    outlook_mobile: str
    original: str
    forwarded_gmail: str
    forwarded_apple: str
    reply_prefix: str
    forward_prefix: str


def _from(name: str) -> str:
    return f"{name} <{SHOP_ADDRESS}>"


WORDS = {
    "en": Words(
        name="Grace Customer",
        address="grace@customer.example",
        subject="Your order 1042",
        answer=("Hello,", "the blue one, please. When does it leave?", "Best, Grace"),
        ours=(
            "Hello Grace,",
            "we have the kettle in blue and in red. Which one may we send you?",
            "Kind regards, Anna at Stoa",
        ),
        fields=("From", "Sent", "To", "Subject"),
        day="Monday, November 2, 2026 10:11 AM",
        gmail=f"On Mon, Nov 2, 2026 at 10:11\u202fAM {_from(SHOP)} wrote:",
        apple=f"On 2 Nov 2026, at 10:11, {_from(SHOP)} wrote:",
        thunderbird=f"On 02/11/2026 10:11, {SHOP} wrote:",
        yahoo=f"On Monday, November 2, 2026 at 10:11:00 AM GMT+1, {_from(SHOP)} wrote:",
        iphone="Sent from my iPhone",
        outlook_mobile="Get Outlook for iOS",
        original="-----Original Message-----",
        forwarded_gmail="---------- Forwarded message ---------",
        forwarded_apple="Begin forwarded message:",
        reply_prefix="Re",
        forward_prefix="Fwd",
    ),
    "pl": Words(
        name="Żaneta Kliencka",
        address="zaneta@klient.example",
        subject="Twoje zamówienie 1042",
        answer=("Dzień dobry,", "poproszę niebieski. Kiedy zostanie wysłany?", "Żaneta"),
        ours=(
            "Dzień dobry, pani Żaneto,",
            "mamy czajnik w kolorze niebieskim i czerwonym. Który mamy wysłać?",
            "Pozdrawiam, Anna ze Stoi",
        ),
        fields=("Od", "Wysłano", "Do", "Temat"),
        day="poniedziałek, 2 listopada 2026 10:11",
        gmail=f"pon., 2 lis 2026 o 10:11 {_from(SHOP)} napisał(a):",
        apple=f"Wiadomość napisana przez {_from(SHOP)} w dniu 2 lis 2026, o godz. 10:11:",
        thunderbird=f"W dniu 2.11.2026 o 10:11, {SHOP} pisze:",
        yahoo=f"W dniu poniedziałek, 2 listopada 2026 10:11:00 CET użytkownik {_from(SHOP)}"
        " napisał:",
        iphone="Wysłane z iPhone'a",
        outlook_mobile="Pobierz aplikację Outlook dla systemu iOS",
        original="-----Wiadomość oryginalna-----",
        forwarded_gmail="---------- Forwarded message ---------",
        forwarded_apple="Początek przekazywanej wiadomości:",
        reply_prefix="Odp",
        forward_prefix="PD",
    ),
    "de": Words(
        name="Jörg Kunde",
        address="joerg@kunde.example",
        subject="Ihre Bestellung 1042",
        answer=("Guten Tag,", "bitte den blauen. Wann geht er heraus?", "Viele Grüße\nJörg"),
        ours=(
            "Guten Tag Herr Kunde,",
            "den Wasserkessel gibt es in Blau und in Rot. Welchen dürfen wir schicken?",
            "Freundliche Grüße, Anna von Stoa",
        ),
        fields=("Von", "Gesendet", "An", "Betreff"),
        day="Montag, 2. November 2026 10:11",
        gmail=f"Am Mo., 2. Nov. 2026 um 10:11\u202fUhr schrieb {_from(SHOP)}:",
        apple=f"Am 02.11.2026 um 10:11 schrieb {_from(SHOP)}:",
        thunderbird=f"Am 02.11.26 um 10:11 schrieb {SHOP}:",
        yahoo=f"Am Montag, 2. November 2026 um 10:11:00 MEZ hat {_from(SHOP)} Folgendes"
        " geschrieben:",
        iphone="Von meinem iPhone gesendet",
        outlook_mobile="Outlook für iOS",
        original="-----Ursprüngliche Nachricht-----",
        forwarded_gmail="---------- Forwarded message ---------",
        forwarded_apple="Anfang der weitergeleiteten Nachricht:",
        reply_prefix="AW",
        forward_prefix="WG",
    ),
    "it": Words(
        name="Niccolò Cliente",
        address="niccolo@cliente.example",
        subject="Il tuo ordine 1042",
        answer=("Buongiorno,", "quello blu, grazie. Quando parte?", "Niccolò"),
        ours=(
            "Buongiorno Niccolò,",
            "il bollitore c'è in blu e in rosso. Quale possiamo spedire?",
            "Cordiali saluti, Anna di Stoa",
        ),
        fields=("Da", "Inviato", "A", "Oggetto"),
        day="lunedì 2 novembre 2026 10:11",
        gmail=f"Il giorno lun 2 nov 2026 alle ore 10:11 {_from(SHOP)} ha scritto:",
        apple=f"Il giorno 2 nov 2026, alle ore 10:11, {_from(SHOP)} ha scritto:",
        thunderbird=f"Il 02/11/26 10:11, {SHOP} ha scritto:",
        yahoo=f"Il lunedì 2 novembre 2026 alle ore 10:11:00 CET, {_from(SHOP)} ha scritto:",
        iphone="Inviato da iPhone",
        outlook_mobile="Scarica Outlook per iOS",
        original="-----Messaggio originale-----",
        forwarded_gmail="---------- Forwarded message ---------",
        forwarded_apple="Inizio messaggio inoltrato:",
        reply_prefix="R",
        forward_prefix="I",
    ),
    "el": Words(
        name="Δήμητρα Πελάτη",
        address="dimitra@pelatis.example",
        subject="Η παραγγελία σας 1042",
        answer=("Καλημέρα,", "το μπλε, παρακαλώ. Πότε φεύγει;", "Δήμητρα"),
        ours=(
            "Καλημέρα κυρία Δήμητρα,",
            "ο βραστήρας υπάρχει σε μπλε και σε κόκκινο. Ποιον να σας στείλουμε;",
            "Με εκτίμηση, Άννα από τη Στοά",
        ),
        fields=("Από", "Στάλθηκε", "Προς", "Θέμα"),
        day="Δευτέρα, 2 Νοεμβρίου 2026 10:11 πμ",
        gmail=f"Στις Δευ 2 Νοε 2026 στις 10:11\u202fπ.μ., ο χρήστης {_from(SHOP)} έγραψε:",
        apple=f"Στις 2 Νοε 2026, 10:11 π.μ., ο χρήστης {_from(SHOP)} έγραψε:",
        thunderbird=f"Στις 2/11/26 10:11, ο/η {SHOP} έγραψε:",
        yahoo=f"Στις Δευτέρα 2 Νοεμβρίου 2026 στις 10:11:00 π.μ. EET, ο χρήστης {_from(SHOP)}"
        " έγραψε:",
        iphone="Στάλθηκε από το iPhone μου",
        outlook_mobile="Αποκτήστε το Outlook για iOS",
        original="-----Αρχικό μήνυμα-----",
        forwarded_gmail="---------- Forwarded message ---------",
        forwarded_apple="Έναρξη προωθημένου μηνύματος:",
        reply_prefix="Απ",
        forward_prefix="ΠΡΘ",
    ),
}
