"""XRPC's refusals: a name for programs and a sentence for people."""

from starlette.responses import Response

from sandbox.web import json_response


class XrpcError(Exception):
    def __init__(self, name: str, message: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.name, self.message, self.status, self.headers = name, message, status, headers

    def response(self) -> Response:
        return json_response({"error": self.name, "message": self.message}, self.status, self.headers)


def invalid(message: str) -> XrpcError:
    """The request is not what the lexicon says."""
    return XrpcError("InvalidRequest", message)
