"""Settlement and transfers put into the secretariat's site."""

from payments.models import Closing, PayerAccount, SettlementRule, Statement, Transfer, TransferRun
from payments.settlement_pages import ClosingAdmin, SettlementRuleAdmin, check_view, close_view, settlement_panel
from payments.statement_pages import StatementAdmin, statement_panel
from payments.transfer_pages import PayerAccountAdmin, TransferAdmin, TransferRunAdmin, new_run_view
from payments.transfer_panels import approval_panel, payouts_panel, steps_panel, transfers_panel
from regions.models import Approval
from regions.staff_site import staff_site

staff_site.register(SettlementRule, SettlementRuleAdmin)
staff_site.register(Closing, ClosingAdmin)
staff_site.register(Statement, StatementAdmin)
staff_site.add_panel(Statement, statement_panel)
staff_site.add_page("settlement/check/", check_view, "settlement_check")
staff_site.add_page("settlement/<uuid:rule>/close/", close_view, "settlement_close")
staff_site.dashboard_panels.append(settlement_panel)

staff_site.register(TransferRun, TransferRunAdmin)
staff_site.register(Transfer, TransferAdmin)
staff_site.register(PayerAccount, PayerAccountAdmin)
staff_site.add_panel(TransferRun, steps_panel)
staff_site.add_panel(TransferRun, transfers_panel)
staff_site.add_panel(Approval, approval_panel)
staff_site.add_page("transfers/new/", new_run_view, "transfer_new")
staff_site.dashboard_panels.append(payouts_panel)
