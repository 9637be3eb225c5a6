"""A shop's name in Latin letters, as a payment code has to carry it beside the one that people know."""

import unicodedata

import jaconv

# What dictionaries of trades call a shop → the international code of its trade (ISO 18245).
TRADES = {
    "飲食": "5812", "レストラン": "5812", "食堂": "5812", "喫茶": "5814", "カフェ": "5814", "居酒屋": "5813",
    "スーパー": "5411", "食料品": "5411", "コンビニ": "5499", "菓子": "5441", "パン": "5462", "酒": "5921",
    "薬": "5912", "ドラッグ": "5912", "衣料": "5651", "靴": "5661", "書": "5942", "家電": "5732", "家具": "5712",
    "美容": "7230", "理容": "7230", "宿泊": "7011", "ホテル": "7011", "旅館": "7011", "ガソリン": "5541",
    "燃料": "5541", "タクシー": "4121", "花": "5992", "ホームセンター": "5200", "クリーニング": "7216",
}  # fmt: skip
OTHER_TRADE = "5999"


def latin(text: str, *, instead: str) -> str:
    """The text in capital Latin letters, read from kana where it is written in them; `instead` if nothing is left."""
    romaji: str = jaconv.kana2alphabet(jaconv.kata2hira(jaconv.normalize(text)))
    plain = unicodedata.normalize("NFKD", romaji).replace("・", " ")
    letters = "".join(character for character in plain if " " <= character <= "~")
    # Of a name in Chinese characters only its punctuation would be left.
    return " ".join(letters.upper().split()) if any(map(str.isalnum, letters)) else instead


def trade_code(category: str) -> str:
    """The four digits of the trade, 5999 (other shops) for what we have no word for."""
    return next((code for word, code in TRADES.items() if word in category), OTHER_TRADE)
