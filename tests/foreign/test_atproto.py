"""Bluesky through the AT Protocol's Python client, which nobody here wrote."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from atproto import Client, models
from atproto.exceptions import BadRequestError, RequestException, UnauthorizedError

from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def client(stage: Stage) -> Iterator[Client]:
    told = stage.networks["bluesky"]
    account = told["accounts"][0]
    found = Client(base_url=f"{told['base_url']}/xrpc")
    found.login(account["external_id"], account["access_token"])
    yield found
    found.request.close()


def test_a_session_is_made_read_and_renewed(client: Client, stage: Stage) -> None:
    assert client.me is not None
    assert client.me.did == stage.account("bluesky")
    session = client.com.atproto.server.get_session()
    assert session.did == client.me.did
    restored = Client(base_url=f"{stage.networks['bluesky']['base_url']}/xrpc")
    restored.login(session_string=client.export_session_string())
    assert restored.get_profile(client.me.did).did == client.me.did
    restored.request.close()


def test_a_wrong_password_is_refused(stage: Stage) -> None:
    told = stage.networks["bluesky"]
    stranger = Client(base_url=f"{told['base_url']}/xrpc")
    with pytest.raises(UnauthorizedError):
        stranger.login(told["accounts"][0]["external_id"], "wrong")
    stranger.request.close()


@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
def test_what_is_posted_is_read_back_with_its_counters(client: Client, stage: Stage) -> None:
    words = f"Fresh beans {uuid4()}"
    sent = client.send_post(words, langs=["en"])
    stage.advance("PT1H")
    (post,) = client.get_posts([sent.uri]).posts
    assert (post.record.text, post.cid) == (words, sent.cid)
    truth = stage.ledger("bluesky")[sent.uri]["counters"]
    assert (post.like_count, post.reply_count) == (truth["likes"], truth["comments"])
    feed = client.get_author_feed(client.me.did, limit=20)
    assert sent.uri in [entry.post.uri for entry in feed.feed]
    thread = client.get_post_thread(sent.uri)
    assert len(thread.thread.replies) == truth["comments"]
    assert client.delete_post(sent.uri)
    assert client.get_posts([sent.uri]).posts == []


# It hands bytes to httpx in a way that httpx has given up.
@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
def test_pictures_links_and_mentions_go_out(client: Client, stage: Stage, picture: bytes) -> None:
    sent = client.send_image(f"Look {uuid4()}", picture, "A cup")
    (post,) = client.get_posts([sent.uri]).posts
    assert isinstance(post.embed, models.AppBskyEmbedImages.View)
    many = client.send_images(f"Look {uuid4()}", [picture, picture], ["A", "B"])
    assert stage.ledger("bluesky")[many.uri]["kind"] == "carousel"
    card = models.AppBskyEmbedExternal.External(title="Shop", description="", uri="https://example.com")
    link = client.send_post("Read", embed=models.AppBskyEmbedExternal.Main(external=card))
    assert stage.ledger("bluesky")[link.uri]["kind"] == "link"


def test_records_are_listed_and_the_same_key_is_one_record(client: Client) -> None:
    sent = client.send_post(f"Once {uuid4()}")
    key = sent.uri.rsplit("/", 1)[-1]
    listed = client.com.atproto.repo.list_records(
        models.ComAtprotoRepoListRecords.Params(repo=client.me.did, collection="app.bsky.feed.post", limit=3)
    )
    assert listed.records[0].uri == sent.uri
    assert listed.cursor
    data = models.ComAtprotoRepoPutRecord.Data(
        repo=client.me.did, collection="app.bsky.feed.post", rkey=key, record=listed.records[0].value
    )
    assert client.com.atproto.repo.put_record(data).cid == sent.cid


def test_what_the_lexicon_forbids_is_refused(client: Client) -> None:
    with pytest.raises(BadRequestError, match="graphemes"):
        client.send_post("a" * 301)
    link = models.blob_ref.IpldLink(link="bafkreinobody")
    image = models.AppBskyEmbedImages.Image(
        alt="", image=models.blob_ref.BlobRef(mime_type="image/jpeg", size=3, ref=link)
    )
    embed = models.AppBskyEmbedImages.Main(images=[image])
    with pytest.raises(BadRequestError, match="find blob"):
        client.send_post("Look", embed=embed)


def test_notices_hold_the_replies_of_others(client: Client) -> None:
    found = client.app.bsky.notification.list_notifications({"limit": 10})
    assert found.notifications
    assert {one.reason for one in found.notifications} == {"reply"}


def test_a_fault_looks_like_the_network_unwell(client: Client, stage: Stage) -> None:
    body = {"network": "bluesky", "operation": "app.bsky.actor.getProfile", "kind": "http_500"}
    httpx.post(f"{stage.control}/faults", json=body).raise_for_status()
    with pytest.raises(RequestException):
        client.get_profile(client.me.did)


@pytest.fixture(scope="module")
def picture(stage: Stage) -> bytes:
    return httpx.get(f"{stage.control}/sample.jpg").content
