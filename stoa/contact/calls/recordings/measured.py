"""What the program that measures recordings prints."""

import base64

from pydantic import BaseModel

MOST_PEAKS = 1_200


class Measured(BaseModel):
    duration_ms: int
    waveform_base64: str

    @property
    def waveform(self) -> bytes:
        return base64.b64decode(self.waveform_base64)
