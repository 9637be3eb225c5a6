"""Names as the banks' data writes them: half-width kana, capitals, digits and a few signs (JIS X 0201).

The rules are those of 全銀協規定形式: small kana become large, a long vowel becomes a hyphen, and the
legal form of a company is abbreviated, with a bracket that tells where it stands.
"""

import re
import unicodedata

import jaconv

from merchants.banking.errors import CharacterNotAllowed, NameEmpty, NameTooLong

HOLDER_LONGEST = 30
KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
ALLOWED = frozenset(KANA + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 (),-./")

# The longest first: 医療法人社団 is one form, not 医療法人 before a name that begins with 社団.
COMPANIES = {
    "地方独立行政法人": "チドク",
    "特定非営利活動法人": "トクヒ",
    "独立行政法人": "ドク",
    "国立大学法人": "ダイ",
    "公立大学法人": "ダイ",
    "農事組合法人": "ノウ",
    "社会医療法人": "イ",
    "社会福祉法人": "フク",
    "医療法人社団": "イ",
    "医療法人財団": "イ",
    "一般社団法人": "シヤ",
    "公益社団法人": "シヤ",
    "一般財団法人": "ザイ",
    "公益財団法人": "ザイ",
    "司法書士法人": "シホウ",
    "行政書士法人": "ギヨ",
    "税理士法人": "ゼイ",
    "弁護士法人": "ベン",
    "管理組合法人": "カンリ",
    "更生保護法人": "ホゴ",
    "NPO法人": "トクヒ",
    "医療法人": "イ",
    "財団法人": "ザイ",
    "社団法人": "シヤ",
    "宗教法人": "シユウ",
    "学校法人": "ガク",
    "株式会社": "カ",
    "有限会社": "ユ",
    "合名会社": "メ",
    "合資会社": "シ",
    "合同会社": "ド",
    "相互会社": "ソ",
    "(株)": "カ",
    "(有)": "ユ",
    "(名)": "メ",
    "(資)": "シ",
    "(同)": "ド",
    "(医)": "イ",
    "(福)": "フク",
    "(学)": "ガク",
    "(宗)": "シユウ",
    "カブシキガイシヤ": "カ",
    "カブシキカイシヤ": "カ",
    "ユウゲンガイシヤ": "ユ",
    "ユウゲンカイシヤ": "ユ",
    "ゴウメイガイシヤ": "メ",
    "ゴウシガイシヤ": "シ",
    "ゴウドウガイシヤ": "ド",
}
_COMPANY = re.compile(r"\s*(" + "|".join(re.escape(name) for name in COMPANIES) + r")\s*")
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶヲ", "アイウエオツヤユヨワカケオ")
# What people type for a hyphen or a long vowel, and for the dot between names.
_SIGNS = str.maketrans(dict.fromkeys("ー‐‑‒–—―−─﹣", "-") | {"・": ".", "､": ",", "、": ",", "｡": ".", "。": "."})


def zengin_kana(text: str) -> str:
    """The text in the banks' characters. Idempotent; `株式会社カシマ` becomes `ｶ)ｶｼﾏ`.

    Hiragana and full-width letters are understood; chinese characters other than the legal form of a
    company are not, since nobody can tell how they are read. ヲ becomes ｵ, which every bank takes.
    Raise CharacterNotAllowed with the first character that has no place, or NameEmpty.
    """
    spelt = " ".join(unicodedata.normalize("NFKC", text).split())
    spelt = jaconv.hira2kata(spelt).translate(_SIGNS).translate(_LARGE).upper()
    for position, character in enumerate(_abbreviated(spelt), start=1):
        if not ALLOWED.issuperset(_halved(character)):
            raise CharacterNotAllowed(character, position)
    name = _halved(_abbreviated(spelt)).strip()
    if not name:
        raise NameEmpty
    return name


def check_holder(text: str) -> str:
    """An account holder's name in the banks' characters; raise as `zengin_kana`, or NameTooLong."""
    name = zengin_kana(text)
    if len(name) > HOLDER_LONGEST:
        raise NameTooLong(len(name), HOLDER_LONGEST)
    return name


def _abbreviated(spelt: str) -> str:
    """Legal forms in the text: `カ)` before the name, `(カ` behind it, `(カ)` within."""
    while found := _COMPANY.search(spelt):
        before, after = spelt[: found.start()], spelt[found.end() :]
        opening, closing = "(" if before else "", ")" if after or not before else ""
        spelt = f"{before}{opening}{COMPANIES[found.group(1)]}{closing}{after}"
    return spelt


def _halved(spelt: str) -> str:
    return str(jaconv.z2h(spelt, kana=True, ascii=True, digit=True)).replace("゛", "ﾞ").replace("゜", "ﾟ")
