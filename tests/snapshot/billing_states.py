"""Invoices, Payment Options, Add Credits, and the page that waits for a payment."""

from functools import partial

from tests.billing_accounts import cjk_and_emoji, long_list, long_name, negative
from tests.fakes import log_in
from tests.snapshot.login_states import by_mail
from tests.snapshot.profile_states import logged_in
from tests.snapshot.stage import Entry, Prepare, Stage, later
from tui_mfa.demo import year
from tui_mfa.demo.payments import DemoPayments
from tui_mfa.domain.billing import flows, operator
from tui_mfa.domain.ports import Services
from tui_mfa.screens.checkout import CheckoutScreen
from tui_mfa.screens.invoice import InvoiceScreen

ONLINE = {"public_url": "https://account.example.com"}
BY_INVOICE = {"payment_instructions": "Transfer to DE00 1234 5678 and name the number of the invoice."}


def a_year(services: Services) -> None:
    """Make Jane, who has been here for a year."""
    by_mail(services)
    with services.store.account(next(services.store.ids())) as account:
        account.profile.name, account.profile.company = "Jane Doe", "Lighthouse Bakery"
        year.fill(account, services.clock.now(), "K7QM2X")


def one_open(services: Services) -> None:
    """Make Jane, who has one open invoice."""
    by_mail(services)
    session = log_in(services)
    flows.begin_top_up(services, session, 2_500)


def edge(fill: object) -> Prepare:
    """Return a preparation that makes Jane and fills her account."""
    assert callable(fill)

    def prepare(services: Services) -> None:
        by_mail(services)
        fill(services)

    return prepare


async def tab(stage: Stage, key: str) -> None:
    await stage.enter_profile(logged_in(stage.services))
    await stage.press(key)
    await stage.until(lambda: bool(stage.app.screen.query("InvoicesTab, PaymentOptionsTab, AddCreditsTab")))
    await stage.settle()


async def filtered(stage: Stage, words: str) -> None:
    await tab(stage, "2")
    stage.app.screen.query_one("#invoices-table").focus()
    await stage.press("slash")
    await stage.type(words)


async def invoice(stage: Stage, *keys: str) -> None:
    await tab(stage, "2")
    stage.app.screen.query_one("#invoices-table").focus()
    await stage.press("enter")
    await stage.until_page(InvoiceScreen)
    await stage.settle()
    await stage.press(*keys)


async def edited(stage: Stage) -> None:
    await tab(stage, "3")
    stage.app.screen.query_one("#refill").focus()
    await stage.press("space")


async def card_question(stage: Stage) -> None:
    await tab(stage, "3")
    stage.app.screen.query_one("#cards-table").focus()
    await stage.press("down", "d")


async def refused(stage: Stage) -> None:
    await tab(stage, "4")
    stage.app.screen.query_one("#amount").focus()
    await stage.type("5")
    await stage.press("enter")
    await stage.until_shown("! Between")


async def checkout(stage: Stage) -> None:
    await tab(stage, "4")
    stage.app.screen.query_one("#amount").focus()
    await stage.type("25")
    await stage.press("enter")
    await stage.until_page(CheckoutScreen)
    await stage.settle()


async def paid(stage: Stage) -> None:
    await checkout(stage)
    later(stage.services, seconds=9)
    await stage.press("r")
    await stage.until_shown("Paid:")


async def expired(stage: Stage) -> None:
    await checkout(stage)
    account_id = next(stage.services.store.ids())
    with stage.services.store.account(account_id) as account:
        stage.services.payments.close_page(account.billing.payments[-1].reference)
        number = account.billing.payments[-1].invoice
    operator.void(stage.services, number, "The payment page was not used in time.")
    await stage.press("r")
    await stage.until_shown("Expired:")


async def card_page(stage: Stage) -> None:
    await tab(stage, "3")
    await stage.open("#add-card")
    await stage.until_page(CheckoutScreen)
    await stage.settle()


online = partial(Entry, policy=ONLINE, payments=DemoPayments)

ENTRIES = (
    online("billing-invoices", partial(tab, key="2"), a_year, main=True),
    online("billing-invoices-none", partial(tab, key="2"), by_mail),
    online("billing-invoices-200", partial(tab, key="2"), edge(long_list)),
    online("billing-invoices-filtered", partial(filtered, words="void"), a_year),
    online("billing-invoices-no-match", partial(filtered, words="zebra"), a_year),
    online("billing-invoice-open", invoice, a_year),
    Entry("billing-invoice-by-transfer", invoice, one_open, policy=BY_INVOICE),
    online("billing-invoice-cjk", invoice, edge(cjk_and_emoji)),
    online("billing-invoice-long-name", invoice, edge(long_name)),
    online("billing-payment-options", partial(tab, key="3"), a_year, main=True),
    online("billing-payment-options-none", partial(tab, key="3"), by_mail),
    Entry("billing-payment-options-no-cards", partial(tab, key="3"), by_mail, policy=BY_INVOICE),
    online("billing-payment-options-edited", edited, a_year),
    online("billing-payment-options-remove", card_question, a_year),
    online("billing-add-credits", partial(tab, key="4"), a_year, main=True),
    online("billing-add-credits-none", partial(tab, key="4"), by_mail),
    online("billing-add-credits-negative", partial(tab, key="4"), edge(negative)),
    online("billing-add-credits-refused", refused, a_year),
    online("billing-checkout", checkout, a_year, main=True),
    Entry("billing-checkout-by-transfer", checkout, by_mail, policy=BY_INVOICE),
    online("billing-checkout-paid", paid, a_year),
    online("billing-checkout-expired", expired, a_year),
    online("billing-checkout-card", card_page, a_year),
)
