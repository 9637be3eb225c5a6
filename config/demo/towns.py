"""The demo's three towns. 鹿嶋市 has the parameters it published for 2022; all people and shops are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vouchers.models import Allotment, DrawBy, LotteryRule, ResidenceRule, TicketKind


@dataclass(frozen=True, slots=True)
class DemoFrame:
    slug: str
    name: str
    age_from: int | None = None


@dataclass(frozen=True, slots=True)
class DemoTicket:
    """Yen that every demo resident holds, days from today until it expires, and who pays the premium."""

    slug: str
    name: str
    name_en: str
    kind: TicketKind
    restriction: int
    held_by_everyone: int
    days: int
    funding: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """Yen of the price and of each ticket type's value in it, and how many units there are."""

    slug: str
    name: str
    price: int
    parts: Mapping[str, int]
    stock: int
    frame: DemoFrame | None = None
    limit_per_person: int | None = None


@dataclass(frozen=True, slots=True)
class DemoProgramme:
    """`rules` are the programme's own columns; `budget` is yen of premium and grants."""

    slug: str
    name: str
    description: str
    budget: int
    tickets: tuple[DemoTicket, ...]
    units: tuple[DemoUnit, ...] = ()
    rules: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoTown:
    slug: str
    name: str
    kana: str
    name_en: str
    app_name: str
    phone: str
    districts: tuple[str, ...]
    programmes: tuple[DemoProgramme, ...]


# Shares of the premium: the State's grant for living costs, or 10 per cent of the city's and 5 of the prefecture's.
STATE_MONEY = {"state": 1}
CITY_AND_PREFECTURE = {"city": 10, "prefecture": 5}

KASHIMA = DemoTown(
    "kashima",
    "鹿嶋市",
    "カシマシ",
    "Kashima City",
    "鹿嶋いがっPAY（実演）",
    "0299-00-0000",
    ("宮中", "大船津", "平井", "荒野", "大野", "鉢形", "港ケ丘", "緑ヶ丘"),
    (
        DemoProgramme(
            "premium-2022",
            "鹿嶋市プレミアム付商品券",
            "2022年度に公表された内容（共通券 10％・専用券 40％）による実演用の事業です。利用期間は実演用です。",
            50_000_000,
            (
                DemoTicket("common", "共通券", "Common ticket", TicketKind.COMMON, 0, 5_500, 120, STATE_MONEY),
                DemoTicket("local", "専用券", "Small-shop ticket", TicketKind.LOCAL, 10, 7_000, 120, STATE_MONEY),
            ),
            (
                DemoUnit("common", "共通券", 5_000, {"common": 5_500}, 16_000),
                DemoUnit("local", "専用券", 5_000, {"local": 7_000}, 14_000),
            ),
            {"allotment": Allotment.LOTTERY, "lottery_rule": LotteryRule.WHOLE, "limit_per_person": 20_000},
        ),
        DemoProgramme(
            "kosodate",
            "子育て応援チケット",
            "子育て世帯に支給するチケットです（実演用）。",
            20_000_000,
            (
                DemoTicket(
                    "kosodate",
                    "子育て応援チケット",
                    "Child-support ticket",
                    TicketKind.SUPPORT,
                    5,
                    5_000,
                    60,
                    {"prefecture": 1, "city": 1},
                ),
            ),
        ),
    ),
)

SHIOSAI = DemoTown(
    "shiosai",
    "潮騒市",
    "シオサイシ",
    "Shiosai City",
    "しおさいペイ（実演）",
    "0000-11-0000",
    ("浜町", "灯台前", "汐見台", "磯部", "港北", "松原"),
    (
        DemoProgramme(
            "shoko-oen",
            "潮騒市商工応援券",
            "架空の市の実演用の事業です。",
            30_000_000,
            (
                DemoTicket(
                    "common", "全店共通券", "Common ticket", TicketKind.COMMON, 0, 6_000, 150, CITY_AND_PREFECTURE
                ),
                DemoTicket(
                    "local", "地元専用券", "Small-shop ticket", TicketKind.LOCAL, 10, 6_500, 90, CITY_AND_PREFECTURE
                ),
            ),
            (DemoUnit("set", "応援券セット", 10_000, {"common": 6_000, "local": 6_500}, 8_000),),
            {"allotment": Allotment.FIRST_COME, "limit_units_per_person": 3, "residence_rule": ResidenceRule.ANYBODY},
        ),
    ),
)

HAMANASU = DemoTown(
    "hamanasu",
    "はまなす市",
    "ハマナスシ",
    "Hamanasu City",
    "はまなすPay（実演）",
    "0000-22-0000",
    ("はまなす通", "砂丘", "北浜", "南浜", "花園", "海岸町"),
    (
        DemoProgramme(
            "kurashi",
            "はまなす市くらし応援券",
            "架空の市の実演用の事業です。",
            40_000_000,
            (
                DemoTicket("common", "共通券", "Common ticket", TicketKind.COMMON, 0, 6_500, 170, STATE_MONEY),
                DemoTicket("local", "商店街券", "Small-shop ticket", TicketKind.LOCAL, 10, 7_500, 100, STATE_MONEY),
            ),
            (
                DemoUnit("standard", "一般セット", 5_000, {"common": 2_500, "local": 3_750}, 10_000),
                DemoUnit(
                    "senior",
                    "シニアセット",
                    5_000,
                    {"common": 3_000, "local": 4_500},
                    3_000,
                    DemoFrame("senior", "65歳以上", 65),
                ),
            ),
            {
                "allotment": Allotment.LOTTERY,
                "lottery_rule": LotteryRule.REDUCED,
                "draw_by": DrawBy.HOUSEHOLD,
                "limit_units_per_person": 4,
                "limit_units_per_household": 10,
            },
        ),
    ),
)

TOWNS = (KASHIMA, SHIOSAI, HAMANASU)

FAMILY_NAMES = (
    ("佐藤", "サトウ"), ("鈴木", "スズキ"), ("高橋", "タカハシ"), ("田中", "タナカ"), ("渡辺", "ワタナベ"),
    ("伊藤", "イトウ"), ("山本", "ヤマモト"), ("中村", "ナカムラ"), ("小林", "コバヤシ"), ("加藤", "カトウ"),
    ("吉田", "ヨシダ"), ("山田", "ヤマダ"), ("石川", "イシカワ"), ("大野", "オオノ"), ("宮内", "ミヤウチ"),
    ("根本", "ネモト"), ("額賀", "ヌカガ"), ("野口", "ノグチ"), ("篠塚", "シノヅカ"), ("黒沢", "クロサワ"),
)  # fmt: skip
GIVEN_NAMES = (
    ("一郎", "イチロウ"), ("花子", "ハナコ"), ("健太", "ケンタ"), ("美咲", "ミサキ"), ("和子", "カズコ"),
    ("正雄", "マサオ"), ("さくら", "サクラ"), ("大輔", "ダイスケ"), ("恵子", "ケイコ"), ("翔", "ショウ"),
)  # fmt: skip
# Trade, how its shops are called, their reading, and square metres.
SHOPS = (
    ("鮮魚", "鮮魚店", "センギョテン", 60), ("青果", "青果店", "セイカテン", 70), ("精肉", "精肉店", "セイニクテン", 55),
    ("飲食", "食堂", "ショクドウ", 90), ("喫茶", "珈琲店", "コーヒーテン", 50), ("パン", "ベーカリー", "ベーカリー", 65),
    ("菓子", "菓子舗", "カシホ", 45), ("薬局", "薬局", "ヤッキョク", 120), ("書店", "書店", "ショテン", 140),
    ("理美容", "理容室", "リヨウシツ", 40), ("文具", "文具店", "ブングテン", 80), ("スーパー", "スーパー", "スーパー", 1800),
    ("家電", "電器", "デンキ", 1200), ("燃料", "石油", "セキユ", 300),
)  # fmt: skip
