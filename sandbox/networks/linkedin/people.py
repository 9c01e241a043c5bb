"""Who administers an organization: a person with a profile, posts and followers of their own."""

from sandbox.world.chance import number
from sandbox.world.model import Account

NETWORK = "linkedin"
PERSON = "urn:li:person:"
_FAMILY = ("Solberg", "Lindqvist")
_FOLLOWERS = 1_400


def person(account: Account, place: int) -> Account:
    """The person who administers an organization. LinkedIn's ids are of 10 signs, and each app's own."""
    family = _FAMILY[place % len(_FAMILY)]
    return Account(
        network=NETWORK,
        external_id=f"{PERSON}{number('person', account.external_id):016x}"[: len(PERSON) + 10],
        name=f"Kim {family}",
        username=f"kim-{family.lower()}",
        created_at=account.created_at,
        timezone=account.timezone,
        description=f"Makes things at {account.name}.",
        picture_url=account.picture_url,
        followers=_FOLLOWERS + place * 311,
        extra={"vanityName": f"kim-{family.lower()}", "given": "Kim", "family": family},
    )


def member(author: Account) -> str:
    """A person's id without the URN about it."""
    return author.external_id.removeprefix(PERSON)
