"""Amounts in templates, written the way every other place writes them."""

from django import template

from regions.yen import yen

register = template.Library()
register.filter("yen", yen)
