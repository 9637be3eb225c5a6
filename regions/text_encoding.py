"""Which encoding a file of text is in: UTF-8 or CP932, and never a silent mixture of both."""

import codecs
import re

from django.utils.translation import gettext as _

JAPANESE = re.compile("[\u3005-\u30ff\u4e00-\u9fff\uff00-\uff60]")


class TextUnreadable(ValueError):
    """The bytes are no text of one encoding; the message names the line, to a person."""


def decode_text(data: bytes) -> str:
    """The text, without its mark; raise TextUnreadable.

    A file put together from two others can be valid CP932 as a whole and yet have lines of noise, so each line
    is looked at: one that is Japanese in UTF-8 has no place among lines in CP932.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TextUnreadable(_("The file is in UTF-16. Please save it as CSV UTF-8."))
    if b"\0" in data:
        raise TextUnreadable(_("The file is not a text file."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_cp932(data)


def _decode_cp932(data: bytes) -> str:
    marked = data.startswith(codecs.BOM_UTF8)
    for number, line in enumerate(data.splitlines(), start=1):
        if _reads_as_utf8(line) or (marked and number == 1):
            raise TextUnreadable(
                _("The file mixes UTF-8 and Shift JIS (line %(line)s). Please save it again in one of them.")
                % {"line": number}
            )
        try:
            line.decode("cp932")
        except UnicodeDecodeError as problem:
            raise TextUnreadable(
                _("Line %(line)s is neither UTF-8 nor CP932 (Shift JIS).") % {"line": number}
            ) from problem
    return data.decode("cp932")


def _reads_as_utf8(line: bytes) -> bool:
    # Half-width kana in CP932 can pass for UTF-8 by chance, but then they read as foreign letters.
    try:
        return not line.isascii() and bool(JAPANESE.search(line.decode()))
    except UnicodeDecodeError:
        return False
