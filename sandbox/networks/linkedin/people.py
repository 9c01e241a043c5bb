"""Who administers an organization: a person with a profile, posts and followers of their own.

The world knows accounts only; a person hangs on the organization, as a token of theirs does.
"""

from __future__ import annotations

import hashlib
from datetime import date

from sandbox.world import Account, World

NETWORK = "linkedin"
PERSON = "urn:li:person:"
_FAMILY = ("Solberg", "Lindqvist")
_FOLLOWERS = 1_400


def member(world: World, account: Account) -> str:
    """The id of the person who administers an account; like LinkedIn's, its own for each app."""
    app = world.app(NETWORK).client_id
    return hashlib.sha256(f"{app}:{account.external_id}".encode()).hexdigest()[:10]


def owner(world: World, account: Account) -> Account:
    """The person who administers an organization, as an account."""
    place = [one.external_id for one in world.accounts(NETWORK)].index(account.external_id)
    family = _FAMILY[place % len(_FAMILY)]
    return Account(
        network=NETWORK,
        external_id=PERSON + member(world, account),
        name=f"Kim {family}",
        username=f"kim-{family.lower()}",
        created_at=account.created_at,
        timezone=account.timezone,
        description=f"Makes things at {account.name}.",
        picture_url=account.picture_url,
        followers=_FOLLOWERS + place * 311,
        extra={"vanityName": f"kim-{family.lower()}", "given": "Kim", "family": family},
    )


def made_on(world: World) -> date:
    """The day on which the world was made, as its oldest posts tell; kept, since the clock goes on."""
    kept = world.noted(NETWORK, "made on")
    if kept is None:
        kept = {"day": world.now().date().isoformat()}
        world.note(NETWORK, "made on", kept)
    return date.fromisoformat(kept["day"])
