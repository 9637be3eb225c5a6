"""What a payment is called, for templates: the counter's words."""

from django import template

from payments.wording import wording

register = template.Library()
register.filter("wording", wording)
