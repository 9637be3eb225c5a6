"""Residents who pay through the API of a running stack, and what they were told: the drill's own."""

from maintenance.drill.app import LOGIN, Answer, Reply, Resident, Told
from maintenance.drill.load import Traffic, paying, sign_in, wait_until
from regions.demo_sign_in import DEMO_PASSWORD as PASSWORD

__all__ = [
    "LOGIN",
    "PASSWORD",
    "Answer",
    "Reply",
    "Resident",
    "Told",
    "Traffic",
    "paying",
    "sign_in",
    "wait_until",
]
