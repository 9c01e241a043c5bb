"""What Instagram says when it refuses to publish: code and subcode tell it."""

from sandbox.networks.meta.errors import GraphError


def unreachable() -> GraphError:
    return GraphError(
        "Only photo or video can be accepted as media type.",
        9004,
        2207052,
        title="The media could not be fetched from this URI.",
    )


def too_slow() -> GraphError:
    message = "Timeout: the media took too long to download. Try again."
    return GraphError(message, -2, 2207003, is_transient=True)


def not_found() -> GraphError:
    return GraphError("The requested media container was not found.", 24, 2207006)


def expired() -> GraphError:
    return GraphError("The media container has expired.", -2, 2207020)


def not_ready() -> GraphError:
    return GraphError("The media is not ready to be published, please wait for a moment.", 9007, 2207027)


def used_up(what: str) -> GraphError:
    return GraphError(f"You reached maximum number of {what} that is allowed.", 9, 2207042)


def unknown_type(media_type: str) -> GraphError:
    return GraphError(f"Unknown media type {media_type}", 100, 2207023)


def children() -> GraphError:
    return GraphError("A carousel has 2 to 10 items.", 100, 2207028)


def too_many_tags() -> GraphError:
    return GraphError("Cannot tag so many users.", 100, 2207040)


def thumb_offset() -> GraphError:
    return GraphError("The thumbnail offset must be within the video.", 100, 2207057)


def video_format() -> GraphError:
    return GraphError("The video format is not supported.", 352, 2207026)


def picture_size() -> GraphError:
    return GraphError("The image size is too large.", 36000, 2207004)


def picture_format() -> GraphError:
    return GraphError("The image format is not supported. Supported formats are: JPEG.", 36001, 2207005)


def ratio() -> GraphError:
    return GraphError("The submitted image with aspect ratio cannot be published.", 36003, 2207009)


def caption() -> GraphError:
    return GraphError("The caption was too long.", 36004, 2207010)
