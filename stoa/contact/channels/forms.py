"""A channel's settings as they are kept and shown: the secrets apart, and never given out."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import to_jsonable_python

from stoa.contact.channels.protocol import ChannelSettings
from stoa.platform.errors import FieldProblem, InvalidInput

Plain = dict[str, Any]


def split(settings: ChannelSettings) -> tuple[Plain, dict[str, str]]:
    """(settings with null for every secret, the secrets by their path: `imap.password`)."""
    values = settings.model_dump(mode="python")
    secrets: dict[str, str] = {}
    for holder, name, path in _leaves(values, ""):
        if isinstance(holder[name], SecretStr):
            if secret := holder[name].get_secret_value():
                secrets[path] = secret
            holder[name] = None
    plain: Plain = to_jsonable_python(values)
    return plain, secrets


def join(kind: type[ChannelSettings], *, plain: Plain, secrets: Mapping[str, str]) -> Any:
    """The settings as the channel knows them, an instance of `kind`.

    Raises:
        InvalidInput: they do not fit; each field is named by its path.
    """
    values = copy.deepcopy(plain)
    for path, secret in secrets.items():
        *folders, name = path.split(".")
        holder: Any = values
        for folder in folders:
            holder = holder.get(folder) if isinstance(holder, dict) else None
        # What the path led through may be another provider's now; its secret goes.
        if isinstance(holder, dict) and not holder.get(name):
            holder[name] = secret
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldProblem(
                    "settings." + ".".join(str(part) for part in detail["loc"]),
                    "field.required" if detail["type"] == "missing" else "field.invalid",
                )
                for detail in error.errors(include_url=False, include_input=False)
            ]
        ) from error


def kept(
    kind: type[ChannelSettings], *, secrets: Mapping[str, str], before: Plain, after: Plain
) -> dict[str, str]:
    """Those of the secrets that still belong to something: where another variant of a choice was
    chosen, what was entered for the one before is given to nobody."""
    changed = [
        name
        for name, field in kind.model_fields.items()
        if isinstance(field.discriminator, str)
        and _word(before, name, field.discriminator) != _word(after, name, field.discriminator)
    ]
    return {
        path: secret
        for path, secret in secrets.items()
        if not any(path.startswith(f"{name}.") for name in changed)
    }


def _word(values: Plain, name: str, discriminator: str) -> object:
    chosen = values.get(name)
    return chosen.get(discriminator) if isinstance(chosen, dict) else None


def _leaves(values: Plain, path: str) -> Iterator[tuple[Plain, str, str]]:
    for name, value in list(values.items()):
        below = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from _leaves(value, below)
        else:
            yield values, name, below


def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema (2020-12) that the desk draws the form from; secrets are `writeOnly`."""
    return kind.model_json_schema(mode="validation")
