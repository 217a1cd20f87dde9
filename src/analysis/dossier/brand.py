"""Whose dossier it is: colours, logo and contact line, ours or an organisation's own.

A brand file (YAML) replaces ours::

    name: {nl: Voorbeeldkoepel, fr: Fédération exemple, en: Example federation}
    accent: "#1f5fa8"      # what a headline speaks of; links and marks
    ink: "#14141a"         # text; may be left out
    logo: logo.png         # PNG beside the brand file; may be left out
    contact: {nl: "info@voorbeeld.be", fr: "info@exemple.be", en: "info@example.be"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.charts import style
from analysis.errors import Fault, InputError
from analysis.language import LANGUAGES, Language, texts

# WCAG 2.2: 4.5 for text (1.4.3), 7 for running text at its stricter level (1.4.6).
LEAST_ACCENT, LEAST_INK = 4.5, 7.0
# The accent must not be taken for the quiet solid or the ink beside it (CIE 1976 ΔE*ab).
LEAST_DISTANCE = 12.0
_KEYS = {"name", "accent", "ink", "logo", "contact"}
_MOST_LOGO_BYTES = 2_000_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Brand:
    """Colours, logo and lines of who hands the dossier out.

    Attributes:
        name: By language.
        contact: One line by language.
        accent: ``#rrggbb`` of what a headline speaks of.
        ink: ``#rrggbb`` of text.
        logo: Content of a PNG; empty for none.
    """

    name: Mapping[Language, str]
    contact: Mapping[Language, str]
    accent: str = style.ACCENT
    ink: str = style.INK
    logo: bytes = b""

    @property
    def is_ours(self) -> bool:
        """Whether charts can be taken as they are in ``reports``."""
        return self.accent == style.ACCENT


def our_brand() -> Brand:
    """Return the project's own brand."""
    words = texts("dossier")
    return Brand(name=words["brand.name"], contact=words["brand.contact"])


def read_brand(path: Path) -> Brand:
    """Read a brand file and check that what it asks for can be read by everybody.

    Raises:
        InputError: The file is missing or no brand, the logo is no PNG, or a colour lacks contrast;
            names what to change.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: name a brand file (YAML).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is no YAML text: {str(error).splitlines()[0]}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path.name} must hold name, accent and contact.")
    found = [
        Fault(path.name, "is no key of a brand file", row=str(key))
        for key in content
        if key not in _KEYS
    ]
    found += [
        Fault(path.name, "must be a text in each of nl, fr and en", row=key)
        for key in ("name", "contact")
        if not _in_all(content.get(key))
    ]
    accent, ink = content.get("accent"), content.get("ink", style.INK)
    found += _colour_faults(path.name, accent, ink)
    logo, fault = _logo(path, content.get("logo"))
    if found or fault:
        raise InputError(f"{path.name} cannot be used:", [*found, *([fault] if fault else [])])
    return Brand(content["name"], content["contact"], str(accent), str(ink), logo)


def _in_all(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == set(LANGUAGES)
        and all(isinstance(one, str) and one.strip() for one in value.values())
    )


def _is_colour(value: object) -> bool:
    text = str(value)
    return (
        len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])
    )


def _colour_faults(file: str, accent: object, ink: object) -> list[Fault]:
    found = [
        Fault(file, "must be a colour as #rrggbb", row=key, value=str(value))
        for key, value in (("accent", accent), ("ink", ink))
        if not _is_colour(value)
    ]
    if found:
        return found
    for key, value, least in (("accent", accent, LEAST_ACCENT), ("ink", ink, LEAST_INK)):
        ratio = style.contrast(str(value), style.PAPER)
        if ratio < least:
            rule = (
                f"has a contrast of {ratio:.1f} on white, {least:.1f} is the least that can be "
                "read; take a darker one"
            )
            found.append(Fault(file, rule, row=key, value=str(value)))
    for other, name in ((str(ink), "ink"), (style.SLATE, "the quiet solid of charts")):
        if style.distance(str(accent), other) < LEAST_DISTANCE:
            rule = f"cannot be told from {name} ({other}); take another hue or a lighter one"
            found.append(Fault(file, rule, row="accent", value=str(accent)))
    return found


def _logo(path: Path, name: object) -> tuple[bytes, Fault | None]:
    if name is None:
        return b"", None
    place = path.parent / str(name)
    try:
        if place.stat().st_size > _MOST_LOGO_BYTES:
            return b"", Fault(
                path.name, "is over 2 MB; make it smaller", row="logo", value=str(name)
            )
        content = place.read_bytes()
    except OSError:
        return b"", Fault(path.name, "is not beside the brand file", row="logo", value=str(name))
    if not content.startswith(_PNG):
        return b"", Fault(path.name, "must be a PNG picture", row="logo", value=str(name))
    return content, None
