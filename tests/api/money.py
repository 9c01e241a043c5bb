"""Money in the marts of one workspace, as dbt would have made them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from clientnest.marts.earnings import MODELS
from tests.api.conftest import TODAY, World

DAY = TODAY - timedelta(days=5)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Money:
    """Two campaigns and their posts; what each test may rely on stands in `filled`."""

    world: World
    account_id: UUID

    def campaign(self, name: str, *, counted: bool = True) -> UUID:
        """With a link that is counted, or without any."""
        campaign_id = uuid4()
        self.world.insert(
            "marts.campaigns", campaign_id=campaign_id, name=name, posts=1, links=int(counted), costs=0,
            cost_currency="EUR",
        )  # fmt: skip
        self._counted("campaign", campaign_id, counted)
        return campaign_id

    def post(self, text: str, *, counted: bool = True) -> str:
        key = self.world.post(self.account_id, "linkedin", DAY - timedelta(days=10), text=text)
        self._counted("post", key, counted)
        return key

    def _counted(self, by: str, key: object, counted: bool) -> None:
        name = "campaign_id" if by == "campaign" else "post_key"
        told = dict.fromkeys(("clicks", "visits", "conversions"), 0) if counted else {}
        for model in MODELS:
            self.world.insert(
                f"marts.roi_{by}s", **{name: key}, model=model, model_version=1, currency="EUR", links=int(counted),
                costs=0, why_unknown="{}", **told,
            )  # fmt: skip

    def clicks(self, number: int, post_key: str | None, campaign_id: UUID | None, day: date = DAY) -> list[UUID]:
        """Visits that came by a link of the post."""
        made = [uuid4() for _ in range(number)]
        for touchpoint_id in made:
            self.world.insert(
                "marts.touchpoints", touchpoint_id=touchpoint_id, kind="visit", found_by="click", touched_at=noon(day),
                touched_date=day, link_id=uuid4(), post_key=post_key, account_id=self.account_id, platform="linkedin",
                campaign_id=campaign_id,
            )  # fmt: skip
        return made

    def sold(self, amount: str | None, parts: dict[str, dict[tuple[str, UUID] | None, float]], day: date = DAY) -> None:
        """One conversion. `parts` is who has which share by model: a post and its campaign, or None."""
        conversion_id, touches = uuid4(), {key for shares in parts.values() for key in shares if key}
        shared = {
            "conversion_id": conversion_id, "kind": "purchase", "is_refund": False, "touches": len(touches),
            "revenue_status": "observed" if amount else "not_yet",
        }  # fmt: skip
        self.world.insert(
            "marts.conversions", **shared, source_id=uuid4(), source_kind="server", source_name="Shop",
            event_id=conversion_id.hex, occurred_at=noon(day), occurred_date=day, received_at=noon(day), told_by=1,
            revenue=amount, revenue_currency="EUR",
        )  # fmt: skip
        for model, shares in parts.items():
            for key, share in shares.items():
                led = {"post_key": key[0], "campaign_id": key[1], "platform": "linkedin"} if key else {}
                self.world.insert(
                    "marts.attribution", **shared, **led, account_id=self.account_id if key else None, model=model,
                    model_version=1, touchpoint_id=uuid4() if key else None, touchpoint_kind="visit" if key else None,
                    converted_at=noon(day), converted_date=day, share=share, currency="EUR",
                    revenue=(Decimal(amount) * Decimal(str(share))).quantize(CENT) if amount else None,
                )  # fmt: skip

    def spent(
        self, amount: str | None, day: date = DAY, *, post_key: str | None = None, campaign_id: UUID | None = None
    ) -> None:
        """A cost; without an amount it has no exchange rate."""
        place = {"account_id": self.account_id, "platform": "linkedin"} if post_key else {}
        self.world.insert(
            "marts.costs", cost_id=uuid4(), kind="boost", incurred_on=day, until=day, post_key=post_key, **place,
            campaign_id=campaign_id, amount=amount or "100", currency="EUR" if amount else "JPY", cost=amount,
            cost_currency="EUR", created_at=noon(day),
        )  # fmt: skip


@dataclass(frozen=True)
class Told:
    money: Money
    autumn: UUID
    spring: UUID
    silent: UUID
    post: str


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def all_models(key: tuple[str, UUID] | None) -> dict[str, dict[tuple[str, UUID] | None, float]]:
    """All credit to one, whichever the model."""
    return {model: {key: 1.0} for model in MODELS}


def earn(world: World) -> Told:
    """Autumn: 40 clicks, 8 sales of 100, cost 400. Spring: 10 clicks, cost unknown, and half of two more sales where
    models share. Silent: a cost and no link. One sale of 30 that nobody led to, one of 12 long ago; tools for 50."""
    money = Money(world, world.account("linkedin"))
    autumn, spring = money.campaign("Autumn"), money.campaign("Spring")
    silent = money.campaign("Silent", counted=False)
    first, second = money.post("Beans of the autumn"), money.post("Beans of the spring")
    money.clicks(40, first, autumn)
    money.clicks(10, second, spring)
    for _ in range(8):
        money.sold("100.00", all_models((first, autumn)))
    shared: dict[str, dict[tuple[str, UUID] | None, float]] = {
        model: {(first, autumn): 0.5, (second, spring): 0.5} for model in MODELS
    }
    shared["last_touch"] = {(first, autumn): 0.0, (second, spring): 1.0}
    shared["first_touch"] = {(first, autumn): 1.0, (second, spring): 0.0}
    for _ in range(2):
        money.sold("60.00", shared)
    money.sold("30.00", all_models(None))
    money.sold("12.00", all_models((first, autumn)), DAY - timedelta(days=200))
    money.spent("300.00", campaign_id=autumn)
    money.spent("100.00", post_key=first, campaign_id=autumn)
    money.spent("80.00", campaign_id=silent)
    money.spent("50.00")
    return Told(money, autumn, spring, silent, first)
