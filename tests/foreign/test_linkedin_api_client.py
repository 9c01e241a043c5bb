"""LinkedIn's own Python client against the sandbox: sign-in, reads, writes, uploads, refusals."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import linkedin_api.clients.auth.utils.oauth as oauth_utils
import pytest
import requests
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants
from PIL import Image

from tests.sandbox.stage import REDIRECT, Stage, approve, running

PAGE_SCOPES = ["r_organization_social", "w_organization_social", "rw_organization_admin"]
PERSON_SCOPES = ["openid", "profile", "email", "w_member_social", "r_member_social", "r_member_postAnalytics"]
PART = 4_194_304


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture(autouse=True)
def pointed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's hosts are constants of two modules."""
    base = stage.networks["linkedin"]["base_url"]
    monkeypatch.setattr(constants, "VERSIONED_BASE_URL", f"{base}/rest")
    monkeypatch.setattr(constants, "NON_VERSIONED_BASE_URL", f"{base}/v2")
    monkeypatch.setattr(constants, "OAUTH_BASE_URL", f"{base}/oauth/v2")
    monkeypatch.setattr(oauth_utils, "OAUTH_BASE_URL", f"{base}/oauth/v2")


@dataclass
class Caller:
    """The client with a token and a version that is alive."""

    client: RestliClient
    token: str
    version: str | None

    def __call__(self, method: str, path: str, **asked: Any) -> Any:
        call = getattr(self.client, method)
        return call(resource_path=path, access_token=self.token, version_string=self.version, **asked)


def sessionless(client: Any) -> Any:
    client.session.trust_env = False
    return client


@pytest.fixture
def page(stage: Stage) -> Caller:
    """The page's own token."""
    token = stage.networks["linkedin"]["accounts"][0]["access_token"]
    return Caller(sessionless(RestliClient()), token, f"{stage.now() - timedelta(days=60):%Y%m}")


@pytest.fixture(scope="module")
def person_token(stage: Stage) -> dict[str, Any]:
    """A consent of the person, with the scopes that only approved apps have."""
    told = stage.networks["linkedin"]
    patch = pytest.MonkeyPatch()
    patch.setattr(constants, "OAUTH_BASE_URL", f"{told['base_url']}/oauth/v2")
    patch.setattr(oauth_utils, "OAUTH_BASE_URL", f"{told['base_url']}/oauth/v2")
    auth = sessionless(AuthClient(told["client_id"], told["client_secret"], REDIRECT))
    granted = auth.exchange_auth_code_for_access_token(consented(stage, auth, PERSON_SCOPES)["code"])
    patch.undo()
    return dict(vars(granted))


@pytest.fixture
def person(stage: Stage, person_token: dict[str, Any]) -> Caller:
    caller = Caller(sessionless(RestliClient()), person_token["access_token"], None)
    # LinkedIn may call a token revoked that it gave a moment ago.
    if caller("get", "/userinfo").status_code == 401:
        assert caller("get", "/userinfo").status_code == 200
    caller.version = f"{stage.now() - timedelta(days=60):%Y%m}"
    return caller


def consented(stage: Stage, auth: AuthClient, scopes: list[str]) -> dict[str, str]:
    url = urlsplit(auth.generate_member_auth_url(scopes, state="s-1"))
    with stage.bare("linkedin") as browser:
        return approve(browser, url.path, dict(parse_qsl(url.query)))


def authed(stage: Stage) -> AuthClient:
    told = stage.networks["linkedin"]
    client: AuthClient = sessionless(AuthClient(told["client_id"], told["client_secret"], REDIRECT))
    return client


def draft(author: str, commentary: str, **more: Any) -> dict[str, Any]:
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        **more,
    }


def create(caller: Caller, author: str, commentary: str, **more: Any) -> str:
    made = caller("create", "/posts", entity=draft(author, commentary, **more))
    assert made.status_code == 201, made.response.text
    assert made.entity is None
    return str(made.decoded_entity_id)


def uploaded(caller: Caller, owner: str, resource: str, content: bytes) -> str:
    begun = caller("action", f"/{resource}", action_name="initializeUpload",
                   action_params={"initializeUploadRequest": {"owner": owner}})  # fmt: skip
    value = begun.value
    assert requests.put(value["uploadUrl"], data=content, timeout=10).status_code == 201
    return str(value[resource.removesuffix("s")])


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (11, 110, 110)).save(file, "JPEG")
    return file.getvalue()


def test_a_consent_ends_in_a_token_that_tells_of_itself(stage: Stage) -> None:
    auth = authed(stage)
    back = consented(stage, auth, PAGE_SCOPES)
    assert back["state"] == "s-1"
    granted = auth.exchange_auth_code_for_access_token(back["code"])
    assert (granted.status_code, granted.expires_in, granted.refresh_token) == (200, 5_184_000, None)
    told = auth.introspect_access_token(granted.access_token)
    assert (told.active, told.status, told.auth_type) == (True, "active", "3L")
    assert set(told.scope.split(",")) == set(PAGE_SCOPES)
    assert told.expires_at - told.created_at == 5_184_000
    assert auth.exchange_auth_code_for_access_token(back["code"]).status_code == 400
    assert auth.introspect_access_token("nothing").active is False


def test_only_a_partners_token_is_renewed_and_its_refresh_token_keeps_its_end(
    stage: Stage, person_token: dict[str, Any]
) -> None:
    auth = authed(stage)
    assert person_token["refresh_token_expires_in"] == 365 * 86400
    stage.advance("P2D")
    renewed = auth.exchange_refresh_token_for_access_token(person_token["refresh_token"])
    assert renewed.access_token != person_token["access_token"]
    assert renewed.refresh_token == person_token["refresh_token"]
    assert renewed.refresh_token_expires_in <= 363 * 86400
    assert auth.exchange_refresh_token_for_access_token("nothing").status_code == 400


def test_a_token_of_the_app_itself_reads_no_member_data(stage: Stage, page: Caller) -> None:
    token = authed(stage).get_two_legged_access_token()
    assert (token.status_code, token.expires_in) == (200, 1800)
    assert authed(stage).introspect_access_token(token.access_token).auth_type == "2L"
    app = Caller(page.client, token.access_token, page.version)
    assert app("get", "/posts/{id}", path_keys={"id": "urn:li:share:1"}).status_code == 403


def test_the_person_is_read_without_a_version(stage: Stage, person: Caller) -> None:
    person.version = None
    told = person("get", "/userinfo").entity
    assert told["name"] == f"{told['given_name']} {told['family_name']}"
    assert told["email_verified"] is True
    assert person("get", "/me").entity["id"] == told["sub"]


def test_roles_lead_to_pages_by_finder_number_name_and_batch(stage: Stage, page: Caller) -> None:
    urn = stage.account("linkedin")
    query = {"role": "ADMINISTRATOR", "state": "APPROVED"}
    roles = page("finder", "/organizationAcls", finder_name="roleAssignee", query_params=query)
    assert [role["organization"] for role in roles.elements] == [urn]
    assert roles.paging.total == 1
    number = int(urn.rsplit(":", 1)[-1])
    own = page("get", "/organizations/{id}", path_keys={"id": number}).entity
    by_name = page("finder", "/organizations", finder_name="vanityName", query_params={"vanityName": own["vanityName"]})
    assert by_name.elements == [own]
    several = page("batch_get", "/organizations", ids=[number, 1])
    assert several.results == {str(number): own}
    assert several.statuses == {str(number): 200, "1": 404}
    assert several.errors["1"]["status"] == 404
    named = page("get", "/organizations/{id}", path_keys={"id": number}, query_params={"fields": "id,vanityName"})
    assert named.entity == {"id": number, "vanityName": own["vanityName"]}


def test_every_post_of_a_page_is_found_by_paging(stage: Stage, page: Caller) -> None:
    urn = stage.account("linkedin")
    seen: list[str] = []
    while True:
        query = {"author": urn, "count": 40, "start": len(seen), "sortBy": "CREATED"}
        found = page("finder", "/posts", finder_name="author", query_params=query)
        if not found.elements:
            break
        seen += [post["id"] for post in found.elements]
    live = [post["external_id"] for post in stage.ledger("linkedin").values() if post["account"] == urn]
    assert sorted(seen) == sorted(live)


def test_a_post_is_created_read_changed_reshared_and_deleted(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    urn = create(page, author, "Fresh \\(really\\) #coffee")
    keys = {"id": urn}
    assert page("get", "/posts/{id}", path_keys=keys).entity["commentary"] == "Fresh \\(really\\) #coffee"
    changed = page("partial_update", "/posts/{id}", path_keys=keys, patch_set_object={"commentary": "Roasted"})
    assert changed.status_code == 204
    shown = page("get", "/posts/{id}", path_keys=keys).entity
    assert (shown["commentary"], shown["lifecycleStateInfo"]["isEditedByAuthor"]) == ("Roasted", True)
    fixed = page("partial_update", "/posts/{id}", path_keys=keys, patch_set_object={"author": author})
    assert (fixed.status_code, fixed.entity["code"]) == (400, "FIELD_NOT_UPDATABLE")
    again = create(page, author, "Look at this", reshareContext={"parent": urn})
    assert page("get", "/posts/{id}", path_keys={"id": again}).entity["reshareContext"]["parent"] == urn
    both = page("batch_get", "/posts", ids=[urn, again, "urn:li:share:1"])
    assert {unquote(key) for key in both.results} == {urn, again}
    assert both.statuses[quote("urn:li:share:1", safe="")] == 404
    for _ in range(2):
        assert page("delete", "/posts/{id}", path_keys=keys).status_code == 204
    assert page("get", "/posts/{id}", path_keys=keys).status_code == 404
    assert urn not in stage.ledger("linkedin")


def test_several_posts_are_written_at_once(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    made = page("batch_create", "/posts", entities=[draft(author, "First of two"), draft("urn:li:organization:1", "x")])
    assert [one.status for one in made.elements] == [201, 403]
    urn = made.elements[0].id
    changed = page("batch_partial_update", "/posts", ids=[urn], patch_set_objects=[{"commentary": "Changed"}])
    assert {unquote(key): one.status for key, one in changed.results.items()} == {urn: 204}
    assert stage.ledger("linkedin")[urn]["text"] == "Changed"
    gone = page("batch_delete", "/posts", ids=[urn])
    assert [one.status for one in gone.results.values()] == [204]
    assert urn not in stage.ledger("linkedin")


def test_the_person_posts_and_reads_what_they_posted(person: Caller) -> None:
    version, person.version = person.version, None
    me = f"urn:li:person:{person('get', '/userinfo').entity['sub']}"
    person.version = version
    urn = create(person, me, "From me to you")
    mine = person("finder", "/posts", finder_name="author", query_params={"author": me, "count": 5})
    assert mine.elements[0]["id"] == urn
    assert mine.elements[0]["author"] == me
    assert mine.paging.total > 20
    key = {"id": urn}
    patch = {"commentary": "From me to everybody"}
    assert person("partial_update", "/posts/{id}", path_keys=key, patch_set_object=patch).status_code == 204
    assert person("get", "/posts/{id}", path_keys=key).entity["commentary"] == "From me to everybody"
    assert person("delete", "/posts/{id}", path_keys=key).status_code == 204
    assert person("get", "/posts/{id}", path_keys=key).status_code == 404


def test_a_persons_figures_need_a_scope_of_their_own(stage: Stage, person: Caller, page: Caller) -> None:
    sub = Caller(person.client, person.token, None)("get", "/userinfo").entity["sub"]
    query = {"author": f"urn:li:person:{sub}", "count": 50}
    post = person("finder", "/posts", finder_name="author", query_params=query).elements[-1]
    word = "share" if ":share:" in post["id"] else "ugc"
    asked = {"entity": {word: post["id"]}, "queryType": "IMPRESSION", "aggregation": "TOTAL"}
    (total,) = person("finder", "/memberCreatorPostAnalytics", finder_name="entity", query_params=asked).elements
    assert total["count"] > 0
    daily = person("finder", "/memberCreatorPostAnalytics", finder_name="entity",
                   query_params=asked | {"aggregation": "DAILY"}).elements  # fmt: skip
    assert sum(day["count"] for day in daily) == total["count"]
    everything = {"queryType": "REACTION", "aggregation": "TOTAL"}
    (likes,) = person("finder", "/memberCreatorPostAnalytics", finder_name="me", query_params=everything).elements
    assert likes["count"] > 0
    refused = page("finder", "/memberCreatorPostAnalytics", finder_name="me", query_params=everything)
    assert refused.status_code == 403
    unknown = {"queryType": "SMILES", "aggregation": "TOTAL"}
    assert person("finder", "/memberCreatorPostAnalytics", finder_name="me", query_params=unknown).status_code == 400


@pytest.mark.parametrize("kind", ["media", "multiImage", "article", "poll", "document"])
def test_every_kind_of_content_is_kept_as_it_was_sent(stage: Stage, page: Caller, kind: str) -> None:
    author = stage.account("linkedin")
    content: dict[str, Any]
    match kind:
        case "media":
            content = {"media": {"id": uploaded(page, author, "images", picture()), "altText": "A cup"}}
        case "multiImage":
            images = [uploaded(page, author, "images", picture()) for _ in range(2)]
            content = {"multiImage": {"images": [{"id": image, "altText": "A cup"} for image in images]}}
        case "article":
            thumbnail = uploaded(page, author, "images", picture())
            content = {"article": {"source": "https://a.example/x", "title": "Beans", "thumbnail": thumbnail}}
        case "poll":
            options = [{"text": "Yes"}, {"text": "No"}]
            content = {"poll": {"question": "More?", "options": options, "settings": {"duration": "THREE_DAYS"}}}
        case _:
            content = {"media": {"id": uploaded(page, author, "documents", b"%PDF-1.7 ..."), "title": "Menu"}}
    urn = create(page, author, f"With a {kind}", content=content)
    assert page("get", "/posts/{id}", path_keys={"id": urn}).entity["content"] == content


def test_a_video_goes_up_in_parts_of_four_mebibytes(stage: Stage, page: Caller) -> None:
    author, film = stage.account("linkedin"), b"\x00\x00\x00\x18ftypmp42" + bytes(2 * PART)
    request = {"owner": author, "fileSizeBytes": len(film), "uploadCaptions": False, "uploadThumbnail": False}
    begun = page(
        "action", "/videos", action_name="initializeUpload", action_params={"initializeUploadRequest": request}
    )
    value, tags = begun.value, []
    assert [(part["firstByte"], part["lastByte"]) for part in value["uploadInstructions"]] == [
        (0, PART - 1),
        (PART, 2 * PART - 1),
        (2 * PART, len(film) - 1),
    ]
    body = draft(author, "A film", content={"media": {"id": value["video"], "title": "Film"}})
    early = page("create", "/posts", entity=body)
    assert (early.status_code, early.entity["code"]) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    for part in value["uploadInstructions"]:
        sent = requests.put(part["uploadUrl"], data=film[part["firstByte"] : part["lastByte"] + 1], timeout=10)
        tags.append(sent.headers["etag"])
    final = {"video": value["video"], "uploadToken": value["uploadToken"], "uploadedPartIds": tags}
    wrong = page("action", "/videos", action_name="finalizeUpload",
                 action_params={"finalizeUploadRequest": final | {"uploadedPartIds": tags[:2]}})  # fmt: skip
    assert wrong.status_code == 400
    ended = page("action", "/videos", action_name="finalizeUpload", action_params={"finalizeUploadRequest": final})
    assert ended.status_code == 200
    keys = {"id": value["video"]}
    assert page("get", "/videos/{id}", path_keys=keys).entity["status"] == "PROCESSING"
    stage.advance("PT5S")
    assert page("get", "/videos/{id}", path_keys=keys).entity["status"] == "AVAILABLE"
    assert create(page, author, "A film", content=body["content"]).startswith("urn:li:ugcPost:")


def test_what_is_no_picture_fails_to_process(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    image = uploaded(page, author, "images", b"hello")
    assert page("get", "/images/{id}", path_keys={"id": image}).entity["status"] == "PROCESSING_FAILED"
    refused = page("create", "/posts", entity=draft(author, "Broken", content={"media": {"id": image}}))
    assert (refused.status_code, refused.entity["code"]) == (400, "MEDIA_ASSET_PROCESSING_FAILED")


def test_comments_are_read_written_answered_changed_and_deleted(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    urn = create(page, author, "Say something")
    path, keys = "/socialActions/{post}/comments", {"post": urn}
    said = {"actor": author, "object": urn, "message": {"text": "First (of all)"}}
    made = page("create", path, path_keys=keys, entity=said)
    assert (made.status_code, made.entity["message"]["text"]) == (201, "First (of all)")
    comment = made.entity["commentUrn"]
    answer = page("create", path, path_keys={"post": comment},
                  entity={**said, "object": urn, "parentComment": comment, "message": {"text": "Thanks"}})  # fmt: skip
    assert answer.entity["parentComment"] == comment
    listed = page("get_all", path, path_keys=keys).elements
    assert [one["commentUrn"] for one in listed] == [comment]
    assert listed[0]["commentsSummary"]["totalFirstLevelComments"] == 1
    nested = page("get_all", path, path_keys={"post": comment}).elements
    assert [one["id"] for one in nested] == [answer.entity_id]
    one = {"post": urn, "id": made.entity_id}
    words = {"message": {"text": "Changed"}}
    assert page("partial_update", f"{path}/{{id}}", path_keys=one, query_params={"actor": author},
                patch_set_object=words).status_code == 204  # fmt: skip
    assert page("get", f"{path}/{{id}}", path_keys=one).entity["message"]["text"] == "Changed"
    assert page("delete", f"{path}/{{id}}", path_keys=one, query_params={"actor": author}).status_code == 204
    assert page("get", f"{path}/{{id}}", path_keys=one).status_code == 404


def test_a_reaction_is_counted_until_it_is_taken_back(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    urn = create(page, author, "Do you like it?")
    reaction = {"root": urn, "reactionType": "PRAISE"}
    made = page("create", "/reactions", query_params={"actor": author}, entity=reaction)
    assert made.decoded_entity_id == {"actor": author, "entity": urn}
    sums = page("get", "/socialMetadata/{id}", path_keys={"id": urn}).entity
    assert sums["reactionSummaries"]["PRAISE"]["count"] == 1
    found = page("finder", "/reactions/{key}", finder_name="entity", path_keys={"key": {"entity": urn}})
    assert [one["reactionType"] for one in found.elements] == ["PRAISE"]
    key = {"key": {"actor": author, "entity": urn}}
    assert page("delete", "/reactions/{key}", path_keys=key).status_code == 204
    many = page("batch_get", "/socialMetadata", ids=[urn])
    assert "PRAISE" not in many.results[quote(urn, safe="")]["reactionSummaries"]


def test_statistics_of_a_page_as_the_documentation_asks_for_them(stage: Stage, page: Caller) -> None:
    urn, now = stage.account("linkedin"), stage.now()
    asked = {"organizationalEntity": urn}
    posts = [post for post in stage.ledger("linkedin").values() if post["account"] == urn]
    ids = [post["external_id"] for post in posts]
    path, finder = "/organizationalEntityShareStatistics", {"finder_name": "organizationalEntity"}
    by_post = page("finder", path, query_params=asked | {"shares": ids}, **finder).elements
    truth = {post["external_id"]: post["counters"] for post in posts}
    assert by_post
    for element in by_post:
        shown = element["totalShareStatistics"]["impressionCount"]
        assert shown == pytest.approx(truth[element["share"]]["impressions"], abs=2)
    start, end = (int(at.timestamp() * 1000) for at in (now - timedelta(days=20), now))
    for step, at_least in (("DAY", 20), ("MONTH", 1)):
        interval = {"timeIntervals": {"timeRange": {"start": start, "end": end}, "timeGranularityType": step}}
        for resource in (path, "/organizationalEntityFollowerStatistics"):
            assert len(page("finder", resource, query_params=asked | interval, **finder).elements) >= at_least
        visits = page("finder", "/organizationPageStatistics", finder_name="organization",
                      query_params={"organization": urn, **interval}).elements  # fmt: skip
        assert all(day["totalPageStatistics"]["views"]["allPageViews"]["pageViews"] > 0 for day in visits)
    (facets,) = page("finder", "/organizationalEntityFollowerStatistics", query_params=asked, **finder).elements
    edge = {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"}
    size = page("get", "/networkSizes/{id}", path_keys={"id": urn}, query_params=edge).entity["firstDegreeSize"]
    assert sum(one["followerCounts"]["organicFollowerCount"] for one in facets["followerCountsBySeniority"]) == size


def test_a_long_list_travels_in_the_body(stage: Stage, page: Caller) -> None:
    ledger, author = stage.ledger("linkedin").values(), stage.account("linkedin")
    ids = [post["external_id"] for post in ledger if post["account"] == author]
    many = [*ids, *(f"urn:li:share:{number}" for number in range(200))]
    found = page("batch_get", "/posts", ids=many)
    assert "ids" not in found.url
    assert {unquote(key) for key in found.results} == set(ids)
    assert len(found.errors) == 200


def test_facets_have_names(page: Caller) -> None:
    page.version = None
    several = page("batch_get", "/industries", ids=[4, 27])
    assert several.results["27"]["name"]["localized"]["en_US"] == "Retail"
    assert page("get", "/geo/{id}", path_keys={"id": 103819153}).entity["defaultLocalizedName"]["value"] == "Norway"
    every = page("get_all", "/functions")
    assert {one["$URN"] for one in every.elements} >= {"urn:li:function:15"}
    assert page("get_all", "/seniorities", query_params={"count": 2}).paging.total == 3


@pytest.mark.parametrize(("version", "status", "code"), [("202401", 426, "NONEXISTENT_VERSION")])
def test_a_version_that_is_over_is_refused(page: Caller, version: str, status: int, code: str) -> None:
    page.version = version
    answer = page("finder", "/organizationAcls", finder_name="roleAssignee")
    assert (answer.status_code, answer.response.json()["code"]) == (status, code)


def test_a_duplicate_names_the_post_that_is_there(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    urn = create(page, author, "Only once")
    again = page("create", "/posts", entity=draft(author, "Only once"))
    assert again.status_code == 422
    assert urn in again.entity["message"]


def test_a_text_is_too_long_or_cut_off_in_silence(stage: Stage, page: Caller) -> None:
    author = stage.account("linkedin")
    refused = page("create", "/posts", entity=draft(author, "a" * 3001))
    assert (refused.status_code, refused.entity["code"]) == (400, "FIELD_LENGTH_TOO_LONG")
    urn = create(page, author, "Half (gone)")
    assert stage.ledger("linkedin")[urn]["text"] == "Half "


def test_what_no_resource_offers_is_refused_in_words(page: Caller) -> None:
    assert page("update", "/posts/{id}", path_keys={"id": "urn:li:share:1"}, entity={}).status_code == 405
