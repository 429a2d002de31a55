"""What the channels do by the clock."""

from stoa.contact.channels.keeping import forget_what_is_over as forget_what_is_over
from stoa.contact.channels.receive import read_left_behind as read_left_behind
from stoa.contact.channels.reports import drop_old_receipts as drop_old_receipts
