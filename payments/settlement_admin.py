"""Settlement and transfers put into the secretariat's site."""

from payments.models import Closing, SettlementRule, Statement
from payments.settlement_pages import ClosingAdmin, SettlementRuleAdmin, check_view, close_view, settlement_panel
from payments.statement_pages import StatementAdmin, statement_panel
from regions.staff_site import staff_site

staff_site.register(SettlementRule, SettlementRuleAdmin)
staff_site.register(Closing, ClosingAdmin)
staff_site.register(Statement, StatementAdmin)
staff_site.add_panel(Statement, statement_panel)
staff_site.add_page("settlement/check/", check_view, "settlement_check")
staff_site.add_page("settlement/<uuid:rule>/close/", close_view, "settlement_close")
staff_site.dashboard_panels.append(settlement_panel)
