"""The world: its figures, and what happens to it: the clock, posts made through the networks, what is planted.

What is published through the networks is added to it and engages people by the same rules.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.tokens import Tokens
from sandbox.world.comments import Comments
from sandbox.world.effects import finals
from sandbox.world.figures import Figures
from sandbox.world.model import App, Media, Post
from sandbox.world.nature import Nature
from sandbox.world.plants import Change, Plant


class World(Figures):
    """One world of some networks.

    `state` is a folder where what happens is kept, `origin` the address where its pictures are, `ago` how long ago
    its clock begins.
    """

    def __init__(
        self,
        seed: int,
        natures: Mapping[str, Nature],
        state: Path | None = None,
        origin: str = "http://127.0.0.1",
        ago: timedelta = timedelta(0),
    ) -> None:
        clock = Clock(-ago)
        self._journal = Journal(state, seed)
        self._notes: dict[tuple[str, str], dict[str, Any]] = {}
        self._settled: set[int] = set()
        self._joined: list[Post] = []
        self._attending: list[Callable[[list[Plant]], None]] = []
        entries = list(self._journal.entries())
        made_on = date.fromisoformat(entries[0]["on"]) if entries else clock.now().date()
        if not entries:
            self._journal.append("made", on=made_on.isoformat())
            self._journal.append("clock", offset_s=clock.offset.total_seconds())
        self.tokens = Tokens(clock, self._journal, seed)
        self.comments = Comments(clock, self._journal)
        super().__init__(seed, made_on, natures, clock, origin)
        for entry in entries[1:]:
            self._replay(entry)

    @staticmethod
    def forget(seed: int, state: Path | None) -> None:
        """Let the world of a seed begin anew."""
        Journal.forget(state, seed)

    def advance(self, span: timedelta) -> None:
        """Move the clock forward."""
        self.clock.advance(span)
        self._journal.append("clock", offset_s=self.clock.offset.total_seconds())

    def app(self, network: str) -> App:
        """The product's registration, the same for the same seed."""
        secret = hashlib.sha256(f"app {self.seed} {network}".encode()).hexdigest()
        return App(client_id=f"{network}-{secret[:16]}", client_secret=secret[16:])

    def note(self, network: str, name: str, about: dict[str, Any]) -> None:
        """Keep what a network holds besides posts, such as media that were uploaded and not published yet."""
        self._journal.append("note", network=network, name=name, about=about)
        self._notes[network, name] = about

    def noted(self, network: str, name: str) -> dict[str, Any] | None:
        """What was kept under a name."""
        return self._notes.get((network, name))

    def notes(self, network: str) -> list[dict[str, Any]]:
        """Everything that a network keeps."""
        return [about for (owner, _), about in self._notes.items() if owner == network]

    def plant(self, kind: str, network: str, at: datetime, **about: Any) -> Plant:
        """Let something happen to the world at a moment. Raises LookupError for a post or account that is not there."""
        plant = {"kind": kind, "network": network, "at": at, **about}
        self._take_root(plant)
        self._journal.append("planted", plant=kind, network=network, at=at.isoformat(), about=about)
        self._between.clear()
        return self._plants.add(plant)

    def planted(self, kind: str, network: str) -> list[Plant]:
        """What is planted and has come: `at` is an aware datetime, the rest as it was given."""
        return self._plants.due(kind, network)

    def plants(self) -> list[Plant]:
        """Everything planted, oldest first."""
        return self._plants.all()

    def attend(self, listener: Callable[[list[Plant]], None]) -> None:
        """Let a network look at what has come, with the plants that were just done, to tell whoever asked it to."""
        self._attending.append(listener)

    def settle(self) -> None:
        """Do what is planted, has come, and is done once rather than read; before every call, and each second."""
        done = [
            plant
            for plant in self._plants.all()
            if plant["kind"] == "token_revoked" and plant["id"] not in self._settled and plant["at"] <= self.now()
        ]
        for plant in done:
            self._settled.add(plant["id"])
            for account in self._acting_for(plant["network"], plant["account"]):
                self.tokens.revoke_account(plant["network"], account)
            self._journal.append("settled", id=plant["id"])
        for listener in self._attending:
            listener(done)

    def _acting_for(self, network: str, account_id: str) -> list[str]:
        """An account, or all that a person administers: the tokens for these are the person's."""
        owned = [one for one, person in self._owners.items() if one[0] == network and person.external_id == account_id]
        return [one for _, one in owned] or [account_id]

    def _take_root(self, plant: Plant) -> None:
        network, at = plant["network"], plant["at"]
        match plant["kind"]:
            case "post_deleted":
                self._known(network, plant["post"]).deleted_at = at
            case "correction":
                self._change(self._known(network, plant["post"]), plant)
            case "counter_falls" if "post" in plant:
                self._change(self._known(network, plant["post"]), plant)
            case "counter_falls" if plant["counter"] == "followers":
                self._followers[network, plant["account"]].fall(at, plant["share"])
            case "counter_falls":
                for post in self._posts[network, plant["account"]]:
                    if post.created_at <= at:
                        self._change(post, plant)

    def _change(self, post: Post, plant: Plant) -> None:
        at, counter = plant["at"], plant["counter"]
        before = self.counters(post, at, known=datetime.max.replace(tzinfo=UTC))[counter]
        if plant["kind"] == "counter_falls":
            change = Change(at, counter, before, before - round(before * plant["share"]), past=False)
        else:
            after = plant["value"] if "value" in plant else before + plant["delta"]
            change = Change(at, counter, before, max(0, after), past=True)
        self._plants.change(post.network, post.external_id, change)

    def _known(self, network: str, external_id: str) -> Post:
        """A post that is or was there."""
        found = self._by_id.get((network, external_id))
        if found is None:
            raise LookupError(f"{network} has no post {external_id}")
        return found

    def create_post(
        self,
        network: str,
        account_id: str,
        *,
        kind: str,
        text: str,
        title: str | None = None,
        media: Sequence[Media] = (),
        link: str | None = None,
        external_id: str | None = None,
        at: datetime | None = None,
    ) -> Post:
        """A post made through the network, live now or from `at` on; taken away before then it never was."""
        at = at or self.now()
        key = uuid4().hex
        entry = {
            "network": network,
            "account_id": account_id,
            "post_kind": kind,
            "text": text,
            "title": title,
            "media": [dataclasses.asdict(one) for one in media],
            "link": link,
            "external_id": external_id or self.natures[network].post_id(account_id, at, key),
            "at": at.isoformat(),
            "key": key,
        }
        self._journal.append("posted", **entry)
        return self._posted(entry)

    def _posted(self, entry: dict[str, Any]) -> Post:
        network, account_id, at = entry["network"], entry["account_id"], datetime.fromisoformat(entry["at"])
        account = self.account(network, account_id)
        if account is None:
            raise LookupError(f"{network} has no account {account_id}")
        hashtags = tuple(word[1:].lower() for word in entry["text"].split() if word.startswith("#"))
        effects, nature, kind = self._effects[network, account_id], self.natures[network], entry["post_kind"]
        final, tau, pace = finals(
            self.seed, entry["key"], account, effects, nature, kind=kind, hashtags=hashtags, at=at
        )
        post = Post(
            network=network,
            external_id=entry["external_id"],
            account_id=account_id,
            kind=kind,
            text=entry["text"],
            title=entry["title"],
            created_at=at,
            permalink=nature.permalink(account.username, entry["external_id"]),
            hashtags=hashtags,
            link=entry["link"],
            media=[Media(**one) for one in entry["media"]],
            final=final,
            tau_hours=tau,
            pace=pace,
        )
        self._place(post)
        self._joined.append(post)
        return post

    def joined(self) -> list[Post]:
        """What was made through the networks, in that order; deleted ones too, and those to come."""
        return list(self._joined)

    def delete_post(self, network: str, external_id: str) -> None:
        at = self.now()
        self._journal.append("deleted", network=network, external_id=external_id, at=at.isoformat())
        self._by_id[network, external_id].deleted_at = at
        self._between.clear()

    def edit_post(self, network: str, external_id: str, text: str) -> None:
        """Another text; what it reaches stays as it was."""
        self._journal.append("edited", network=network, external_id=external_id, text=text)
        self._by_id[network, external_id].text = text

    def _replay(self, entry: dict[str, Any]) -> None:
        match entry["kind"]:
            case "posted":
                self._posted(entry)
            case "edited":
                self._by_id[entry["network"], entry["external_id"]].text = entry["text"]
            case "deleted":
                post = self._by_id[entry["network"], entry["external_id"]]
                post.deleted_at = datetime.fromisoformat(entry["at"])
            case "note":
                self._notes[entry["network"], entry["name"]] = entry["about"]
            case "planted":
                at = datetime.fromisoformat(entry["at"])
                plant = {"kind": entry["plant"], "network": entry["network"], "at": at, **entry["about"]}
                self._take_root(plant)
                self._plants.add(plant)
            case "settled":
                self._settled.add(entry["id"])
            case "clock":
                self.clock.offset = timedelta(seconds=entry["offset_s"])
            case "commented" | "comment_edited" | "comment_removed":
                self.comments.replay(entry)
            case _:
                self.tokens.replay(entry)
