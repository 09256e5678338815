"""A check, not a time: one code, offered by a thousand parallel tries from eight processes, is accepted once."""

import json
import sys
from collections import Counter
from datetime import UTC, datetime

from benchmarks.homes import SECRET, Home, account_id, installation
from benchmarks.measure import Result
from benchmarks.updates import PROCESSES, at_once
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.store.tinydb import TinyDBStore

TRIES = 1000


def once() -> Result:
    """Let eight processes offer the code of the present step to one account."""
    with installation(1) as home:
        step = totp.step_at(datetime.now(UTC))
        code = totp.code_at(SECRET, step).reveal()
        command = [sys.executable, "-m", "benchmarks.worker", "once", str(home.folder), code, str(TRIES // PROCESSES)]
        verdicts: Counter[str] = Counter()
        for printed in at_once(command):
            verdicts.update(json.loads(printed))
        authenticator = TinyDBStore(home.data).get(account_id(0)).authenticator
    counted = authenticator is not None and authenticator.last_step == step
    told = ", ".join(f"{name} {count}" for name, count in verdicts.most_common())
    passed = verdicts["accepted"] == 1 and verdicts.total() == TRIES and counted
    note = f"{TRIES:,} tries over {PROCESSES} processes: {told}"
    return Result("one code, once", None, passed=passed, note=note, extra=dict(verdicts))


def work(home: Home, code: str, tries: int) -> dict[str, int]:
    """Offer a code again and again and count the verdicts: what each process does."""
    store, box = TinyDBStore(home.data), home.box()
    verdicts: Counter[str] = Counter()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(tries):
        with store.account(account_id(0)) as account:
            refused = rules.check_totp(account, code, datetime.now(UTC), box)
        verdicts["accepted" if refused is None else refused.code] += 1
    return dict(verdicts)
