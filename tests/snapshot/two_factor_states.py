"""“Manage Two Factor Authentication” in all its states, and the demo."""

from functools import partial

from tests.fakes import wrong_code
from tests.pilot_tools import screen_text
from tests.snapshot.login_states import by_app, by_mail, by_password
from tests.snapshot.profile_states import link, short_password, with_a_past
from tests.snapshot.stage import SMALL, Entry, Stage
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.secret_text import SecretText


async def demo_login(stage: Stage) -> None:
    await stage.settle()
    # Beside the portal the panel tells the story, folded it stands in the first line.
    await stage.until(lambda: "▸ Log in as" in screen_text(stage.app) or "phone & mail" in screen_text(stage.app))
    await stage.settle()


async def two_factor(stage: Stage, key: str = "") -> None:
    await link(stage, "two-factor")
    await stage.until_page(TwoFactorScreen)
    if key:
        await stage.press(key)


def shown_code(stage: Stage, offset: int = 0) -> str:
    """Return what a phone that scanned the secret on the screen shows."""
    text = "".join(str(stage.app.screen.query_one(SecretText).visual).split())
    step = totp.step_at(stage.services.clock.now()) + offset
    return totp.code_at(totp.from_base32(Secret(text)), step).reveal()


async def enrolment(stage: Stage) -> None:
    await two_factor(stage, "3")
    await stage.until_shown("ENTER THE CODE")


async def refused(stage: Stage) -> None:
    await enrolment(stage)
    await stage.type(wrong_code(shown_code(stage)))
    await stage.until_shown("! ")


async def clock_off(stage: Stage) -> None:
    await enrolment(stage)
    await stage.type(shown_code(stage, offset=4))
    await stage.until_shown("! ")


async def secret_saved(stage: Stage) -> None:
    await enrolment(stage)
    await stage.press("s")
    await stage.until_shown("Saved to")


async def replace(stage: Stage) -> None:
    await two_factor(stage)
    await stage.open("#app-set-up")
    await stage.until_shown("ENTER THE CODE")


async def above(stage: Stage, key: str) -> None:
    await enrolment(stage)
    await stage.press(key)


async def enabled(stage: Stage) -> None:
    await enrolment(stage)
    await stage.type(shown_code(stage))
    await stage.until_shown("Each code logs you in once")


async def proof(stage: Stage) -> None:
    await enabled(stage)
    await stage.press("c", "escape")
    await stage.until_shown("Did you save the secret?")


async def proof_refused(stage: Stage) -> None:
    await proof(stage)
    await stage.type("zzzz")
    await stage.press("enter")
    await stage.until_shown("! ")


async def end_others(stage: Stage) -> None:
    await proof(stage)
    await stage.press("escape")
    await stage.until_shown("End now")


async def app_on(stage: Stage) -> None:
    await proof(stage)
    await stage.press("escape")
    await stage.until_shown("It is asked for at each login.")


async def disable(stage: Stage, word: str = "") -> None:
    await two_factor(stage, "1")
    await stage.open("#disable-open")
    if word:
        stage.app.screen.query_one("#word").focus()
        await stage.type(word)


async def disabled(stage: Stage) -> None:
    await disable(stage, "disable")
    await stage.press("enter")
    await stage.until_shown("is disabled. Only")


async def demo_second_factor(stage: Stage) -> None:
    await stage.press("f3", "enter")
    await stage.until_shown("We sent a code to")


async def demo_enrolment(stage: Stage) -> None:
    await demo_second_factor(stage)
    await stage.press("f7")
    await stage.until_shown("Manage Two Factor")
    await stage.press("enter", "3")
    await stage.until_shown("ENTER THE CODE")


async def demo_scanned(stage: Stage) -> None:
    await demo_enrolment(stage)
    await stage.press("f5")


async def demo_panel(stage: Stage) -> None:
    await demo_second_factor(stage)
    await stage.press("f4")


async def demo_mail(stage: Stage) -> None:
    await demo_second_factor(stage)
    await stage.press("f8")


ENTRIES = (
    Entry("two-factor-email-on", two_factor, by_mail, main=True),
    Entry("two-factor-email-instead-of-app", partial(two_factor, key="2"), by_app, sizes=SMALL),
    Entry("two-factor-email-off", partial(two_factor, key="2"), by_password),
    Entry("two-factor-disabled", partial(two_factor, key="1"), by_mail, main=True),
    Entry("two-factor-disabled-on", two_factor, by_password),
    Entry(
        "two-factor-disabled-required",
        partial(two_factor, key="1"),
        by_mail,
        policy={"mfa_required": True},
        sizes=SMALL,
    ),
    Entry("two-factor-disabled-short-password", partial(two_factor, key="1"), short_password, sizes=SMALL),
    Entry("two-factor-app-on", two_factor, by_app),
    Entry("two-factor-app-enabled", app_on, by_mail, sizes=SMALL),
    Entry("enrolment", enrolment, by_mail, main=True, sizes=((80, 24), (120, 40), (80, 26))),
    Entry("enrolment-refused", refused, by_mail, sizes=SMALL),
    Entry("enrolment-clock-off", clock_off, by_mail, sizes=SMALL),
    Entry("enrolment-saved", secret_saved, by_mail, sizes=SMALL),
    Entry("enrolment-replace", replace, by_app),
    Entry("enrolment-uri", partial(above, key="u"), by_mail, main=True),
    Entry("enrolment-larger-code", partial(above, key="f"), by_mail, sizes=SMALL),
    Entry("enrolment-help", partial(above, key="question_mark"), by_mail),
    Entry("enrolled-codes", enabled, by_mail),
    Entry("enrolled-proof", proof, by_mail, main=True),
    Entry("enrolled-proof-refused", proof_refused, by_mail, sizes=SMALL),
    Entry("enrolled-end-others", end_others, with_a_past, sizes=SMALL),
    Entry("disable", disable, by_mail),
    Entry("disable-typed", partial(disable, word="disable"), by_app, main=True),
    Entry("disabled", disabled, by_mail, sizes=SMALL),
    Entry("demo-login", demo_login, demo=True),
    Entry("demo-second-factor", demo_second_factor, demo=True, sizes=SMALL),
    Entry("demo-panel", demo_panel, demo=True, sizes=((80, 24),)),
    Entry("demo-mail", demo_mail, demo=True),
    Entry("demo-enrolment", demo_enrolment, demo=True),
    Entry("demo-scanned", demo_scanned, demo=True, main=True),
)
