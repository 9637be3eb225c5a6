"""The trades that an application offers, and who cannot take part anywhere."""

from typing import Any

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


class Trade(models.TextChoices):
    FOOD = "food", _("food and drink shop")
    RESTAURANT = "restaurant", _("restaurant, café, bar")
    SUPERMARKET = "supermarket", _("supermarket")
    CONVENIENCE = "convenience", _("convenience store")
    DRUGSTORE = "drugstore", _("chemist, cosmetics")
    CLOTHES = "clothes", _("clothes, shoes")
    HOUSEHOLD = "household", _("household goods, furniture")
    ELECTRIC = "electric", _("electrical goods")
    BOOKS = "books", _("books, stationery, toys")
    HAIR = "hair", _("hairdresser, beauty")
    HEALTH = "health", _("massage, health")
    CARS = "cars", _("cars, bicycles, petrol station")
    LODGING = "lodging", _("hotel, inn")
    TRANSPORT = "transport", _("taxi, transport")
    BUILDING = "building", _("building, repairs")
    LAUNDRY = "laundry", _("laundry, cleaning")
    LEISURE = "leisure", _("leisure, lessons")
    OTHER = "other", _("other")


def trade_label(trade: str) -> str:
    """The trade as the list of stores names it, which is in Japanese whoever applied."""
    with translation.override("ja"):
        return str(Trade(trade).label)


# The list that the programmes of cities have in common; a region adds its own.
EXCLUSIONS: tuple[Any, ...] = (
    _("businesses under the Act on Control and Improvement of Amusement Business (sex-related special businesses)"),
    _("businesses with a religious or political purpose"),
    _("organised crime groups, their members, and whoever has to do with them"),
    _("businesses against public order or morals"),
    _("whoever is behind with the city's taxes"),
)
NOT_SOLD: tuple[Any, ...] = (
    _("securities, gift certificates, stamps, prepaid cards and whatever is like money"),
    _("tobacco"),
    _("rent, land and houses"),
    _("taxes, public fees and utility bills"),
    _("purchases of a business for its own trade"),
    _("exchange for cash, and change"),
)
