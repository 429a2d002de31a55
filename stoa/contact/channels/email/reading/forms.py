"""Mails that a page of the shop's own writes for whoever filled in its form."""

import re
from collections.abc import Collection

from stoa.contact.channels.email.reading.addresses import Sender, is_same_house

_WRITES_FOR_FORMS = re.compile(
    r"(?:no-?_?reply|do-?_?not-?_?reply|wordpress|woocommerce|prestashop|joomla|typo3|www|www-data"
    r"|web|webmaster|website|apache|nginx|nobody|php|cgi|mailer|form\w*|kontakt\w*|contact\w*"
    r"|contatt\w*|epikoinonia|sklep|shop|system)",
    re.IGNORECASE,
)
# Where everybody may have an address, one beside the shop's is no page of the shop's.
_EVERYBODYS = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|aol|gmx|web|t-online|freenet|icloud"
    r"|me|mac|proton|protonmail|wp|onet|op|o2|interia|tlen|vp|poczta|gazeta|libero|virgilio|tiscali"
    r"|alice|tim|otenet|forthnet|hol|mail)\.(?:com|net|de|at|ch|pl|eu|it|gr|me|fr|es|co\.uk)"
)


def is_form(sender: Sender, *, own: Collection[str], is_ours: bool) -> bool:
    """Whether it comes from the shop's own address, or from nobody's at its domain."""
    if is_ours:
        return True
    if not _WRITES_FOR_FORMS.fullmatch(sender.address.partition("@")[0]):
        return False
    domains = {address.rpartition("@")[2] for address in own}
    return any(
        is_same_house(sender.domain, domain)
        for domain in domains
        if not _EVERYBODYS.fullmatch(domain)
    )
