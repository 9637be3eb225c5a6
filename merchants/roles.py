"""What the people of a merchant may do there: tables that can be printed."""

from merchants.models import MemberRole

# Who keeps the books sees every day; a clerk sees today's payments, which is what a till needs.
SEE_EVERY_DAY = frozenset({MemberRole.OWNER, MemberRole.BOOKKEEPER})
# Giving value back happens across the counter.
MAY_REFUND = frozenset({MemberRole.OWNER, MemberRole.CLERK})
# What is owed and paid out, and to which account.
SEE_MONEY = frozenset({MemberRole.OWNER, MemberRole.BOOKKEEPER})
# People, tills and the account itself.
MAY_MANAGE = frozenset({MemberRole.OWNER})
