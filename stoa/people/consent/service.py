"""Writing about consents: the ledger, what is asked and confirmed, and the links in messages."""

from stoa.people.consent.asking import ask_consent as ask_consent
from stoa.people.consent.asking import confirm_consent as confirm_consent
from stoa.people.consent.asking import decline_consent as decline_consent
from stoa.people.consent.asking import forget_old_requests as forget_old_requests
from stoa.people.consent.ledger import record_consent as record_consent
from stoa.people.consent.ledger import record_point_consent as record_point_consent
from stoa.people.consent.ledger import withdraw_for_point as withdraw_for_point
from stoa.people.consent.links import confirmation_path as confirmation_path
from stoa.people.consent.links import read_confirmation as read_confirmation
from stoa.people.consent.links import read_link as read_link
from stoa.people.consent.links import withdrawal_path as withdrawal_path
from stoa.people.consent.wordings import add_wording as add_wording
