"""The word of the minute: what a screenshot cannot know and a clerk can check across the counter.

Every till has its own word for every minute. The customer's screen shows it beside a payment that has
just been made, the shop's portal shows it beside the till; a picture of an older payment, or a page that
only looks like ours, has another word or none.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from merchants.models import Till
from payments.models import Payment

SALT = "hansatsu.word-of-the-minute"
# After this a payment's page is a record, and nothing on it moves any more.
SHOWN_FOR = timedelta(minutes=10)

# In kana, because it is read aloud; none of them is easily heard as another.
WORDS = """
    あさがお あじさい あひる あぶら あまど あられ いか いちご いちょう いと
    いなほ いのしし いるか いわし うぐいす うさぎ うどん うちわ うめぼし うみべ
    えだまめ えのぐ えび えんがわ えんぴつ おかゆ おけ おにぎり おばけ おみこし
    おりがみ おんがく かえで かかし かき かさ かたつむり かつお かなづち かぶと
    かぼちゃ かまくら かみなり かめ からす かわら きつね きのこ きゃべつ きゅうり
    きんぎょ くし くじゃく くじら くま くも くり くるま くわがた けしごむ
    けむし けやき げた こあら こいのぼり こおろぎ こけし こたつ こむぎ こんぶ
    さくら さつまいも さといも さざえ さば さる さんま しいたけ しか しじみ
    しばいぬ しまうま しゃぼんだま しょうゆ しろくま すいか すいせん すずむし すずめ すだれ
    すみれ せみ せんす せんべい ぜんまい そうめん そば そらまめ そろばん たいこ
    たいやき たけのこ たこ たぬき たまご だいこん だるま たんぽぽ ちくわ ちゃわん
    ちょうちん ちりとり つくし つくえ つばき つばめ つり てぬぐい てぶくろ てまり
    でんしゃ てんとうむし とうふ とうもろこし とけい とまと とんかつ とんぼ どんぐり なし
    なす なっとう なのはな なべ なまず にじ にわとり にんじん ぬいぐるみ ねぎ
    ねこ ねんど のこぎり のり のれん はさみ はし はちみつ はと はまぐり
    はなび ばった ばなな ひこうき ひつじ ひまわり ひょうたん ひよこ ぴあの ふうりん
    ふうせん ふくろう ふじさん ふとん ふね ぶどう ぶらんこ へちま べんとう ほうき
    ほうれんそう ほたる ほたて ぼうし ぽすと まくら まぐろ まつり まないた まめ
    まんじゅう みかん みそしる みつばち みみず むぎちゃ むささび めがね めだか めろん
    もち もぐら もみじ もも やかん やぎ やきゅう やまびこ ゆきだるま ゆうやけ
    ゆず ゆり ようかん よもぎ らくだ らっきょう らっぱ らんどせる りす りんご
    れんが れんこん れもん ろうそく ろば わかめ わさび わたあめ わに わらび
""".split()  # noqa: SIM905 two hundred words in quotation marks and commas cannot be read


def word_of_the_minute(till: Till, at: datetime) -> str:
    """The till's word in the minute of `at`, an aware datetime. Only who has the platform's key can work it out."""
    minute = int(at.timestamp()) // 60
    digest = salted_hmac(SALT, f"{till.pk}:{minute}", algorithm="sha256").digest()
    return WORDS[int.from_bytes(digest[:8], "big") % len(WORDS)]


def proof_until(payment: Payment) -> datetime | None:
    """Until when the payment's page proves itself; none where there is nothing (left) to prove."""
    until = payment.authorised_at + SHOWN_FOR
    is_whole = payment.is_paid and payment.refunded < payment.amount
    return until if is_whole and timezone.now() < until else None
