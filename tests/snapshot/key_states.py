"""SSH keys: the list, adding one, and what is asked about the marked one."""

from functools import partial

from tests.snapshot.login_states import by_mail
from tests.snapshot.profile_states import link
from tests.snapshot.stage import SMALL, Entry, Stage
from tui_mfa.screens.ssh_key_modals import AddKeyModal
from tui_mfa.screens.ssh_keys import SshKeysScreen

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "B" * 43 + " jane@laptop"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "C" * 43


async def keys(stage: Stage) -> None:
    await link(stage, "ssh-keys")
    await stage.until_page(SshKeysScreen)


async def add_key(stage: Stage, text: str = "") -> None:
    await keys(stage)
    await stage.press("a")
    await stage.until_page(AddKeyModal)
    if text:
        await stage.type(text)


async def add_connected(stage: Stage) -> None:
    await add_key(stage)
    await stage.open("#connected")
    await stage.until_shown("✓ ED25519")


async def key_refused(stage: Stage) -> None:
    await add_key(stage, "ssh-dss AAAAB3NzaC1kc3M= jane@old")
    await stage.open("#add")
    await stage.until_shown("! ")


async def keys_one(stage: Stage) -> None:
    await add_key(stage, KEY)
    await stage.open("#add")
    await stage.until_page(SshKeysScreen)


async def above_key(stage: Stage, key: str) -> None:
    await keys_one(stage)
    await stage.press(key)


ENTRIES = (
    Entry("keys-empty", keys, by_mail, sizes=SMALL),
    Entry("keys", keys_one, by_mail, main=True),
    Entry("keys-add", add_key, by_mail),
    Entry("keys-add-typed", partial(add_key, text=KEY), by_mail, sizes=SMALL),
    Entry("keys-add-connected", add_connected, by_mail, client_keys=(KEY, OTHER_KEY)),
    Entry("keys-add-refused", key_refused, by_mail, sizes=SMALL),
    Entry("keys-rename", partial(above_key, key="r"), by_mail, sizes=SMALL),
    Entry("keys-delete", partial(above_key, key="d"), by_mail, sizes=SMALL),
)
