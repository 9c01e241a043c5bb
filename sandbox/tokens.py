"""Consent codes and tokens of all networks. What a network's own rules are, its own folder says."""

import dataclasses
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.journal import Journal

_CODE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Code:
    """What a person consented to; exchanged once."""

    network: str
    code: str
    account_ids: tuple[str, ...]
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    method: str | None
    expires_at: datetime
    # What only one network needs to know of a consent.
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Grant:
    """An access token and what belongs to it. Times are the world's; None means without end."""

    network: str
    access_token: str
    account_ids: tuple[str, ...]
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime | None
    refresh_token: str | None = None
    refresh_expires_at: datetime | None = None
    # What only one network needs to know, such as whether it is a user's or a page's token.
    extra: dict[str, Any] = field(default_factory=dict)
    # All tokens that came of one consent end together; it goes by the first of them.
    consent: str = ""
    clock: Clock = field(default_factory=Clock, repr=False)

    @property
    def account_id(self) -> str:
        return self.account_ids[0]

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= self.clock.now()


class Tokens:
    def __init__(self, clock: Clock, journal: Journal, seed: int) -> None:
        self._clock, self._journal, self._seed = clock, journal, seed
        self._codes: dict[tuple[str, str], Code] = {}
        self._grants: dict[tuple[str, str], Grant] = {}
        self._by_refresh: dict[tuple[str, str], Grant] = {}
        self._by_consent: dict[tuple[str, str], list[Grant]] = {}
        self._revoked: set[tuple[str, str]] = set()

    def lasting(self, network: str, account_id: str, scopes: Sequence[str], **extra: Any) -> Grant:
        """The account's own token, the same for the same seed, without end."""
        token = hashlib.sha256(f"token {self._seed} {network} {account_id}".encode()).hexdigest()
        # Old enough for networks that refresh no token on its first day.
        issued_at = self._clock.now() - timedelta(days=2)
        grant = Grant(network, token, (account_id,), tuple(scopes), issued_at, None, extra=extra)
        ended = (network, token) in self._revoked
        return grant if ended else self._keep(grant, journal=False)

    def issue_code(
        self,
        network: str,
        account_ids: Sequence[str],
        scopes: Sequence[str],
        redirect_uri: str,
        challenge: str | None = None,
        method: str | None = None,
        life: timedelta = _CODE_LIFE,
        *,
        suffix: str = "",
        **extra: Any,
    ) -> str:
        """A code for a consent; `suffix` ends it, where a network's codes hold what URLs must escape."""
        code, end = secrets.token_urlsafe(24) + suffix, self._clock.now() + life
        self._codes[network, code] = Code(
            network, code, tuple(account_ids), tuple(scopes), redirect_uri, challenge, method, end, extra
        )
        return code

    def redeem(self, network: str, code: str, redirect_uri: str | None = None) -> Code | None:
        """The consent behind a code, once; None if unknown, used, too old or for another address."""
        found = self._codes.pop((network, code), None)
        if found is None or found.expires_at <= self._clock.now():
            return None
        return found if redirect_uri in (None, found.redirect_uri) else None

    def issue(
        self,
        network: str,
        account_id: str | Sequence[str],
        scopes: Sequence[str],
        life: timedelta | None,
        refresh_life: timedelta | None = None,
        *,
        of: Grant | None = None,
        **extra: Any,
    ) -> Grant:
        """A new token; with `refresh_life` also a refresh token. One that came `of` another ends with it."""
        now = self._clock.now()
        ids = (account_id,) if isinstance(account_id, str) else tuple(account_id)
        return self._keep(
            Grant(
                network,
                secrets.token_urlsafe(48),
                ids,
                tuple(scopes),
                now,
                now + life if life else None,
                secrets.token_urlsafe(48) if refresh_life else None,
                now + refresh_life if refresh_life else None,
                dict(extra),
                of.consent if of else "",
            )
        )

    def lookup(self, network: str, access_token: str) -> Grant | None:
        """None for a token that never was or was revoked; an expired one is found and says so."""
        return self._grants.get((network, access_token))

    def of_refresh(self, network: str, refresh_token: str) -> Grant | None:
        """The newest token that a refresh token belongs to; None for one that is not good."""
        return self._by_refresh.get((network, refresh_token))

    def refresh(
        self, network: str, refresh_token: str, life: timedelta = timedelta(hours=2), *, rotate: bool = True
    ) -> Grant | None:
        """A new access token for a refresh token, which dies if it rotates; None for one that is not good."""
        old = self._by_refresh.get((network, refresh_token))
        now = self._clock.now()
        if old is None or (old.refresh_expires_at is not None and old.refresh_expires_at <= now):
            return None
        new = dataclasses.replace(old, access_token=secrets.token_urlsafe(48), issued_at=now, expires_at=now + life)
        if rotate:
            new.refresh_token = secrets.token_urlsafe(48)
            self._forget_refresh(network, refresh_token)
        return self._keep(new)

    def revoke(self, network: str, token: str) -> bool:
        """End an access or refresh token and all that came of the same consent."""
        grant = self._grants.get((network, token)) or self._by_refresh.get((network, token))
        if grant is None:
            return False
        self._journal.append("revoked", network=network, token=token)
        self._end(network, token)
        return True

    def revoke_account(self, network: str, account_id: str) -> None:
        """End every token that acts for an account, the lasting one too."""
        mine = [grant for grant in self._grants.values() if grant.network == network]
        for grant in mine:
            if account_id in grant.account_ids:
                self.revoke(network, grant.access_token)

    def was_revoked(self, network: str, access_token: str) -> bool:
        """Whether an access token was good once and was ended since."""
        return (network, access_token) in self._revoked

    def _end(self, network: str, token: str) -> None:
        # Also where it is not known yet: an account's own comes back with the process.
        self._revoked.add((network, token))
        grant = self._grants.get((network, token)) or self._by_refresh.get((network, token))
        if grant is None:
            return
        for one in self._by_consent.pop((grant.network, grant.consent), []):
            self._revoked.add((one.network, one.access_token))
            self._grants.pop((one.network, one.access_token), None)
            self._by_refresh.pop((one.network, one.refresh_token or ""), None)

    def _forget_refresh(self, network: str, refresh_token: str) -> None:
        self._by_refresh.pop((network, refresh_token), None)
        self._journal.append("rotated", network=network, token=refresh_token)

    def _keep(self, grant: Grant, *, journal: bool = True) -> Grant:
        grant.clock, grant.consent = self._clock, grant.consent or grant.access_token
        self._grants[grant.network, grant.access_token] = grant
        self._by_consent.setdefault((grant.network, grant.consent), []).append(grant)
        if grant.refresh_token:
            self._by_refresh[grant.network, grant.refresh_token] = grant
        if journal:
            entry = {f.name: getattr(grant, f.name) for f in dataclasses.fields(grant) if f.name != "clock"}
            times = {name: value.isoformat() for name, value in entry.items() if isinstance(value, datetime)}
            self._journal.append("granted", **{**entry, **times})
        return grant

    def replay(self, entry: dict[str, Any]) -> None:
        """One line of the journal."""
        if entry["kind"] == "granted":
            times = {
                name: datetime.fromisoformat(entry[name]) if entry[name] else None
                for name in ("issued_at", "expires_at", "refresh_expires_at")
            }
            values = {name: value for name, value in entry.items() if name != "kind"} | times
            values |= {"account_ids": tuple(values["account_ids"]), "scopes": tuple(values["scopes"])}
            self._keep(Grant(**values), journal=False)
        elif entry["kind"] == "rotated":
            self._by_refresh.pop((entry["network"], entry["token"]), None)
        elif entry["kind"] == "revoked":
            self._end(entry["network"], entry["token"])
