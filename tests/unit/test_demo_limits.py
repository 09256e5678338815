"""The demo's limits show every level, and nothing in them could not have come about by the rules."""

from tests.fakes import FakeClock, SeededEntropy
from tui_mfa.demo import seed
from tui_mfa.domain.profile import countries, vat
from tui_mfa.domain.quota import flows, operator, rules
from tui_mfa.domain.quota.model import BUILT_IN, Level, RequestState


def test_every_level_is_there() -> None:
    seeded = seed.seed(clock=FakeClock(), entropy=SeededEntropy(1))
    account = seeded.services.store.get(seeded.account_id)
    rows = [row for row in flows.rows(seeded.services, account) if row.name not in BUILT_IN]
    assert {row.label: (row.percent, row.level) for row in rows} == {
        "CPU cores": (75, Level.NEAR),
        "Memory": (92, Level.ALMOST_FULL),
        "Services": (40, Level.OK),
        "Snapshots": (0, Level.OK),
        "Storage": (100, Level.FULL),
        "Traffic": (None, Level.UNLIMITED),
    }
    assert [row.request.state for row in rows if row.request] == [RequestState.GRANTED, RequestState.OPEN]


def test_the_rules_would_have_taken_all_of_it() -> None:
    seeded = seed.seed(clock=FakeClock(), entropy=SeededEntropy(1))
    account = seeded.services.store.get(seeded.account_id)
    profile = account.profile
    assert vat.checked(profile.vat_id, countries.code_of(profile.country)) == profile.vat_id
    for name, kind in seeded.services.store.installation().quotas.items():
        assert rules.name(name) == name
        assert rules.line(kind.label, "label", rules.LABEL_MAX) == kind.label
    request = operator.requests(seeded.services)[0][1]
    _account, answered = operator.grant(seeded.services, "jane", request.id)
    assert answered.granted == 1000
