"""How programs introduce what they quote, in the languages customers write in.

Each pattern was made for what a program writes by itself; what a person could write of their own
needs more than one sign before it counts (see `quoting`).
"""

import re

_I = re.IGNORECASE

# ---- "On Monday, Anna wrote:" -------------------------------------------------------------------

_WROTE = (
    r"wrote|writes"
    r"|(?:napisał|pisał)(?:a|\(a\)|/a|\(-a\))?|pisze|napisane|napisana przez"
    r"|έγραψε|εγραψε|έγραψαν|γράφει"
    r"|schrieb|geschrieben|schreibt"
    r"|ha scritto|scrive|ha inviato"
    r"|a écrit|escribió|schreef|escreveu|napsal\(?a?\)?|skrev"
)
WROTE = re.compile(rf"(?<!\w)(?:{_WROTE})(?!\w)", _I)
# A day or a time of day, as any of the programs writes it.
DATED = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b20\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b", _I)
TIMED = re.compile(r"\b\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\b(?![.\d])")
# How it begins, so that no sentence before it is taken with it.
BEGINS = re.compile(
    r"^[\s*_-]*(?:on\b|at\b|w dniu\b|dnia\b|wiadomość napisana\b"
    r"|(?:pon|wt|śr|sr|czw|pt|sob|niedz|nd)\.,?\s"
    r"|(?:poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela)\b"
    r"|στις\b|την\b|τη\b|το\b|am\b|il\b|in data\b|le\b|el\b|op\b|em\b|dne\b|den\b"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,|(?:mo|di|mi|do|fr|sa|so)[a-z]*\.?,"
    r"|(?:lun|mar|mer|gio|ven|sab|dom)[a-zì]*\.?,?\s|(?:δευ|τρί|τετ|πέμ|παρ|σάβ|κυρ)[^\s,]*,?\s"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d{1,2}\.? \w{2,12}\.? 20\d\d)",
    _I,
)
# A name and an address before the verb: `Anna <a@example.org> schrieb am 2.11.2026:`
NAMED = re.compile(r"^[\s*_\"'„“»]*[^:]{0,120}<[^<>\s]+@[^<>\s]+>", _I)
ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+")
ENDS = re.compile(r"[::][\s*_]*$|\b(?:wrote|schrieb|scritto|napisał) ?-{2,8}\s*$", _I)
INTRO_MAX = 400
INTRO_LINES = 4


def is_intro(text: str) -> bool:
    """Whether a line, or some joined, introduces a quote: who wrote, and when."""
    if len(text) > INTRO_MAX or not ENDS.search(text):
        return False
    if not (WROTE.search(text) and DATED.search(text)):
        return False
    return bool(BEGINS.match(text) or NAMED.match(text))


# `Anna Nowak napisał(a):`: a person could say so, too. It counts only before what is marked.
_BARE = re.compile(rf"^[\s*_]*[^\s:][^:]{{1,120}}\s(?:{_WROTE})\s?:\s*$", _I)


# Yahoo's programs for phones let the quote follow on the same line.
_RUNS_ON = re.compile(rf"^(.{{10,300}}>,? ?(?:{_WROTE}):) {{2,}}(?=\S)", _I)


def runs_on(text: str) -> tuple[str, str] | None:
    """An introduction with an address, and what is quoted right behind it."""
    found = _RUNS_ON.match(text)
    if found is None or not (is_intro(found[1].strip()) and ADDRESS.search(found[1])):
        return None
    return found[1], text[found.end() :]


def is_bare_intro(text: str) -> bool:
    return len(text) <= 160 and _BARE.match(text) is not None


# ---- "-----Original Message-----" ---------------------------------------------------------------

ORIGINAL = re.compile(
    r"^[\s>]*[-_*=]{2,}\s*(?:original message|original appointment|reply message"
    r"|ursprüngliche nachricht|originalnachricht|ursprünglicher termin|original-nachricht"
    r"|wiadomość oryginalna|oryginalna wiadomość|wiadomość źródłowa|treść oryginalnej wiadomości"
    r"|messaggio originale|messaggio originario"
    r"|αρχικό μήνυμα|αυθεντικό μήνυμα|πρωτότυπο μήνυμα"
    r"|message d'origine|message original|mensaje original|oorspronkelijk bericht)"
    # Samsung's programs let the first header follow on the same line.
    r"[\s:]*[-_*=]{2,}\s*(?:$|(?=(?:from|von|od|da|από|de|date|data|datum)\s*:))",
    _I,
)
FORWARDED = re.compile(
    r"^[\s>]*(?:[-_*=]{2,}\s*(?:forwarded message|forwarded by\b[^-]{0,80}"
    r"|weitergeleitete nachricht|przekazana wiadomość|treść przekazanej wiadomości"
    r"|przesłana wiadomość|wiadomość przekazana|wiadomość przesłana dalej|messaggio inoltrato"
    r"|προωθημένο μήνυμα|προωθούμενο μήνυμα|message transféré|mensaje reenviado)"
    r"[\s:]*[-_*=]{2,}"
    r"|\**(?:begin forwarded message:|anfang der weitergeleiteten nachricht:"
    r"|początek przekazywanej wiadomości:|początek przekazanej wiadomości:"
    r"|inizio messaggio inoltrato:|inizio del messaggio inoltrato:"
    r"|έναρξη προωθημένου μηνύματος:|έναρξη προωθούμενου μηνύματος:"
    r"|début du message (?:transféré|réexpédié)\s*:|inicio del mensaje reenviado:))[\s*]*$",
    _I,
)
FORWARD_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|pd|i|inoltro|πρθ|προώθ\w*|tr|rv|doorst)\s*:\s", _I
)
REPLY_SUBJECT = re.compile(r"^\s*(?:re|aw|antw|odp|r|ri|απ|σχετ|rép|ynt|sv)\s*:", _I)
_RULE = re.compile(r"^\s*[_\-*=─—]{5,}\s*$")


def is_rule(text: str) -> bool:
    return _RULE.match(text) is not None


# ---- "From: ... Sent: ... To: ... Subject: ..." -------------------------------------------------

_FIELDS = {
    "from": "from von od nadawca από αποστολέας da mittente de expéditeur van",
    "sent": "sent date gesendet datum wysłano wysłane data στάλθηκε ημερομηνία αποστολή inviato"
    " envoyé enviado fecha verzonden",
    "to": "to an do adresat odbiorca προς a destinatario à para aan",
    "cc": "cc kopie dw kopia κοιν κοινοποίηση copia",
    "subject": "subject betreff temat θέμα oggetto objet asunto onderwerp",
}
FIELD_OF = {word.casefold(): kind for kind, words in _FIELDS.items() for word in words.split()}
_FIELD = re.compile(r"^[\s>*_|]*([^\W\d_]{1,14})\.?[\s*_]*[::][\s*_]*(.*)$")


def field_of(text: str) -> tuple[str, str] | None:
    """Which header a line names, and its value: `Gesendet: Montag` is ("sent", "Montag")."""
    found = _FIELD.match(text[:300])
    kind = FIELD_OF.get(found[1].casefold()) if found else None
    return (kind, found[2].strip()) if found and kind else None


# ---- below what somebody wrote ------------------------------------------------------------------

_DEVICE = (
    r"(?:iphone|ipad|samsung|galaxy|huawei|xiaomi|redmi|motorola|oppo|android|blackberry|windows"
    r"|outlook|yahoo|gmail|gmx|web\.de|libero|onet|wp|o2|interia|proton|aquamail|mymail|nine|spark"
    r"|bluemail|mail|poczt\w*|posta|e-?mail\w*|handy|smartphone|smartfon\w*|mobiltelefon|mobilgerät|mobil\w*"
    r"|telefon\w*|tablet\w*|κινητό|συσκευή|ταχυδρομείο|thunderbird|t-online|apple)"
)
FOOTER = re.compile(
    r"^\s*(?:"
    rf"sent (?:from|with|via) .{{0,40}}{_DEVICE}"
    r"|get (?:outlook|bluemail) for (?:ios|android|mac|desktop)"
    rf"|wysłan[eoay]\w* (?:z|ze|za pomocą|przez|w) .{{0,40}}{_DEVICE}"
    r"|pobierz (?:aplikację )?outlook dla"
    rf"|(?:von|aus) mein\S{{0,12}} .{{0,40}}{_DEVICE}.{{0,40}} ?gesendet"
    r"|von .{0,20}mail auf .{0,30} gesendet"
    rf"|gesendet (?:mit|von|aus|über) .{{0,40}}{_DEVICE}"
    r"|(?:holen sie sich |laden sie )?outlook für (?:ios|android)"
    rf"|diese nachricht wurde von .{{0,60}}{_DEVICE}.{{0,40}} gesendet"
    rf"|inviat[oa] (?:da|dal|dalla|con|tramite) .{{0,40}}{_DEVICE}"
    r"|(?:scarica|ottieni) outlook per"
    rf"|(?:στάλθηκε|εστάλη|αποστολή|απεστάλη) (?:από|με|μέσω) .{{0,40}}{_DEVICE}"
    r"|(?:αποκτήστε|λήψη) .{0,10}outlook για"
    rf"|envoyé (?:de|depuis) .{{0,40}}{_DEVICE}|enviado desde .{{0,40}}{_DEVICE}"
    r"|virus-?free|virenfrei|wolny od wirusów|nie zawiera wirusów|privo di virus|χωρίς ιούς"
    r").{0,60}$",
    _I,
)
# With the space that people do not write (RFC 3676 section 4.3): `--` alone may be theirs.
SIGNATURE = re.compile(r"^-- $")
DASHES = re.compile(r"^\s*-{2,3}\s*$")

# Who writes this answers inside what is quoted below it.
ANSWERS_INSIDE = re.compile(
    r"\b(?:see below|inline|in-line|below in (?:red|blue|green|bold)|between the lines"
    r"|comments below"
    r"|answers? below|my answers|in (?:red|blue|capitals)\b"
    r"|siehe unten|s\. ?u\.|weiter unten|im text|direkt (?:im|in den)|in (?:rot|blau|grün)\b"
    r"|unten stehend"
    r"|poniżej|w treści|na czerwono|na niebiesko|pod pytaniami|między wierszami"
    r"|di seguito|qui sotto|sotto|nel testo|in (?:rosso|blu|verde)\b|in calce|fra le righe"
    r"|παρακάτω|πιο κάτω|ακολουθούν|με κόκκινο|με μπλε|μέσα στο κείμενο|ενδιάμεσα)\b",
    _I,
)
