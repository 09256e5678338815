"""The code by mail that stands for a lost device, for those who came with an SSH key and gave the password."""

from typing import ClassVar

from tui_mfa.domain.recovery import by_key
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.second_factor import SecondFactorScreen


class LostDeviceMailScreen(SecondFactorScreen):
    """Mails a code, and opens the session that may replace the authenticator; for what ``by_key.begin`` answered."""

    OTHER_WAYS: ClassVar[bool] = False
    HELP = (
        "Your SSH key and your password were right; the code by mail is the last proof. It lets you in once, and leads "
        "to a new secret for a new device, so that the lost one is worth nothing.\n\n"
        "Esc goes back one step."
    )

    def judge(self, code: Secret[str]) -> None:
        """Have the code judged by what it is for.

        Args:
            code: Six digits.
        """
        services, handle = self.context.services, self.owed.handle
        self.check(lambda: self.CodeAccepted(by_key.use_mailed_code(services, handle, code)))

    def _heading(self) -> str:
        return "Lost your device?"
