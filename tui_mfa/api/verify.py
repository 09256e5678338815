"""The route by which other programs ask about codes."""

from tui_mfa.api.call import Call
from tui_mfa.api.model import VerifyAnswer, VerifyRequest
from tui_mfa.domain.login.lookup import find_account
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import verify


def answer(call: Call[VerifyRequest]) -> VerifyAnswer:
    """Judge a code, under the limits of a login."""
    body = call.body
    verdict = verify.verify(call.services, call.bearer, body.account, Secret(body.code), body.client)
    judged = find_account(call.services, body.account)
    if judged is not None:
        call.touched.add(judged)  # wrong codes are told to the account's owner
    return VerifyAnswer(valid=verdict.valid, reason=verdict.reason, retry_after=verdict.wait)
