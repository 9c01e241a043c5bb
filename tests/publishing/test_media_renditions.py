"""What networks get of a medium: within the limits of their sheets, and never larger than it was."""

import io
import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from clientnest.errors import Invalid
from clientnest.models import Media
from clientnest.settings import settings
from platforms import PLATFORMS
from platforms.posting import MediaFile
from publishing.content.written import Piece
from publishing.media import for_network, links, pictures, problems, store
from publishing.media.storage import Storage
from tests.conftest import TestWorkspace
from tests.publishing.conftest import Desk, said
from tests.publishing.test_media import FILM, files, picture, put

TEAL = (0, 128, 128)


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """What does not compress."""
    channels = len(mode)
    return Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * channels))


def saved(drawn: Image.Image, format_: str) -> bytes:
    file = io.BytesIO()
    drawn.save(file, format_)
    return file.getvalue()


async def taken(media: Media, platform: str, kind: str = "image") -> MediaFile:
    return await for_network(media, platform, kind, "A cup of tea")


def opened(file: MediaFile) -> Image.Image:
    return Image.open(io.BytesIO(file.path.read_bytes()))


def film(**told: Any) -> Media:
    facts = {"content_type": "video/mp4", "size": 1000, "width": 540, "height": 960, "seconds": 4.0}
    return Media(id=uuid4(), workspace_id=uuid4(), sha256="0" * 64, **{**facts, **told})


async def test_what_fits_goes_out_as_it_is_kept(workspace: TestWorkspace) -> None:
    photo, clip = (
        await put(workspace, picture("JPEG")),
        await put(workspace, FILM, source_url="https://a.example/b.mp4"),
    )
    for platform, sheet in PLATFORMS.items():
        if "image" in sheet.kinds:
            file = await taken(photo, platform)
            assert (file.path, file.content_type, file.alt_text) == (store.path(photo), "image/jpeg", "A cup of tea")
        file = await taken(clip, platform, "video")
        assert (file.path, file.content_type, file.seconds) == (store.path(clip), "video/mp4", 4.0)
        assert file.url == "https://a.example/b.mp4"


@pytest.mark.parametrize("platform", ["bluesky", "x", "instagram"])
async def test_a_heavy_picture_is_made_to_fit_and_kept(workspace: TestWorkspace, platform: str) -> None:
    media = await put(workspace, saved(noise((1300, 1300)), "PNG"))
    bounds = [
        limit.maximum for limit in PLATFORMS[platform].limits if limit.field == "media_size" and limit.kind == "image"
    ]
    file = await taken(media, platform)
    shown = opened(file)
    assert file.content_type in PLATFORMS[platform].media_types
    assert file.content_type == f"image/{str(shown.format).lower()}"
    assert all(file.size <= maximum for maximum in bounds)
    assert shown.width == shown.height <= 1300
    before = file.path.stat().st_mtime_ns
    assert (await taken(media, platform)).path.stat().st_mtime_ns == before


async def test_networks_with_the_same_bounds_share_a_copy(workspace: TestWorkspace) -> None:
    media = await put(workspace, saved(Image.new("RGBA", (40, 40), (0, 128, 128, 0)), "PNG"))
    alone = files(workspace)
    for kind in ("image", "carousel"):
        await taken(media, "instagram", kind)
    assert len(files(workspace) - alone) == 1


def test_a_picture_of_too_many_pixels_is_made_smaller_in_its_shape() -> None:
    drawn = io.BytesIO(saved(Image.new("RGB", (800, 460), TEAL), "PNG"))
    made = pictures.fitted(drawn, None, 100_000, ("image/jpeg", "image/png"))
    assert made is not None
    shown = Image.open(io.BytesIO(made))
    assert 99_000 < shown.width * shown.height <= 100_000
    assert abs(shown.width / shown.height - 800 / 460) < 0.01


def test_a_picture_that_nothing_makes_small_enough_has_no_copy() -> None:
    assert pictures.fitted(io.BytesIO(picture("PNG")), 10, None, ("image/jpeg",)) is None
    assert pictures.fitted(io.BytesIO(picture("PNG")), None, None, ("image/webp",)) is None


async def test_what_shows_through_is_kept_where_it_is_taken_and_white_elsewhere(workspace: TestWorkspace) -> None:
    media = await put(workspace, saved(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "PNG"))
    clear, flat = await taken(media, "bluesky"), await taken(media, "instagram")
    assert opened(clear).convert("RGBA").getpixel((5, 5)) == (255, 0, 0, 0)
    assert opened(flat).getpixel((5, 5)) == (255, 255, 255)
    assert flat.content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("platform", "kind", "media", "said"),
    [
        ("x", "video", film(seconds=140.5), "140 seconds; this has 140.5: make it shorter"),
        ("facebook", "reel", film(seconds=91.0), "90 seconds"),
        ("facebook", "story", film(seconds=61.0), "60 seconds"),
        ("youtube", "short", film(seconds=181.0), "seconds"),
        ("x", "video", film(size=512_000_001), "512,000,000 bytes of media size"),
        ("bluesky", "carousel", film(size=100_000_001), "100,000,000 bytes"),
        ("bluesky", "video", film(content_type="video/quicktime"), "takes MP4, not QUICKTIME"),
        ("instagram", "image", film(content_type="image/gif"), "takes JPEG, not a moving GIF"),
        ("facebook", "image", film(content_type="image/gif", size=10_000_001), "10,000,000 bytes"),
        ("instagram", "image", film(content_type="image/png"), "125 % of the width as media height; this has 177.8"),
        ("instagram", "image", film(content_type="image/png", width=2000), "191 % of the height"),
    ],
)
def test_what_cannot_be_made_to_fit_is_told_with_limit_and_source(
    platform: str, kind: str, media: Media, said: str
) -> None:
    (problem,) = problems(media, platform, kind)
    assert problem.field == "media"
    assert said in problem.message


def test_what_is_no_problem_is_none() -> None:
    assert problems(film(seconds=140.0), "x", "video") == ()
    assert problems(film(content_type="image/png"), "instagram", "story") == ()
    assert problems(film(content_type="image/jpeg", size=90_000_000, height=540), "instagram", "image") == ()


async def test_what_cannot_go_out_is_refused_at_the_last_step_too(workspace: TestWorkspace) -> None:
    with pytest.raises(Invalid, match="cannot go out"):
        await taken(film(seconds=200.0), "x", "video")


@pytest.fixture
def public(workspace: TestWorkspace) -> Iterator[Callable[..., None]]:
    with pytest.MonkeyPatch.context() as environment:

        def put(**told: str) -> None:
            for name, value in told.items():
                environment.setenv(f"NEST_{name.upper()}", value)
            settings.cache_clear()

        yield put
    settings.cache_clear()


async def test_networks_fetch_at_an_address_of_ours_where_there_is_one(
    workspace: TestWorkspace, public: Callable[..., None]
) -> None:
    public(public_url="https://nest.example")
    media = await put(workspace, picture("PNG"), source_url="https://a.example/b.png")
    for platform, is_copy in (("facebook", False), ("instagram", True)):
        address = (await taken(media, platform)).url
        assert address.startswith("https://nest.example/m/")
        named = links.read(address.rsplit("/", 1)[1])
        assert named is not None
        assert (named.workspace_id, named.media_id, named.suffix is not None) == (workspace.id, media.id, is_copy)


async def test_an_object_store_serves_like_a_folder(
    workspace: TestWorkspace, public: Callable[..., None], tmp_path: Any
) -> None:
    public(home=str(tmp_path), media_url="memory:///")
    media = await put(workspace, picture("PNG"))
    assert not (tmp_path / "media").exists()
    file = await taken(media, "instagram")
    assert (file.content_type, file.path.is_relative_to(tmp_path)) == ("image/jpeg", True)
    assert store.path(media).stat().st_size == media.size
    with pytest.raises(FileNotFoundError):
        Storage(tmp_path / "other").local(store.key(media))


def test_the_sheets_name_only_limits_that_are_known() -> None:
    """A limit on media under a name that nobody reads would hold nothing back."""
    known = {
        "media_size",
        "media_pixels",
        "media_width",
        "media_height",
        "media_count",
        "duration",
    }
    told = {limit.field for sheet in PLATFORMS.values() for limit in sheet.limits}
    assert {field for field in told if field.startswith(("media", "duration"))} <= known


@pytest.mark.parametrize(
    ("network", "content"),
    [("instagram", picture("JPEG")), ("instagram", FILM), ("tiktok", picture("JPEG"))],
    ids=["instagram-image", "instagram-video", "tiktok-image"],
)
async def test_what_a_network_would_fetch_needs_an_address(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, network: str, content: bytes
) -> None:
    account = await desk.connect(network)
    medium = await store.receive(desk.workspace.id, io.BytesIO(content))
    with pytest.raises(Invalid) as refused:
        await desk.publish(said("Out of reach"), account, media=(Piece(medium.id),))
    assert "NEST_PUBLIC_URL" in refused.value.problems[0].message
    monkeypatch.setenv("NEST_PUBLIC_URL", "https://nest.example")
    settings.cache_clear()
    assert await desk.publish(said("Within reach"), account, media=(Piece(medium.id),))
    arriving = f"{desk.stage.control}/sample.{'mp4' if content == FILM else 'jpg'}"
    assert await desk.publish(said("Arriving"), account, media_url=arriving)
    monkeypatch.undo()
    settings.cache_clear()
