"""The service that prepares videos: a job per file, whose end is a reference to the result."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.bluesky.errors import XrpcError
from sandbox.networks.bluesky.names import NETWORK, blob_cid
from sandbox.networks.bluesky.records import blob
from sandbox.networks.bluesky.repo import Repository
from sandbox.networks.bluesky.sessions import Sessions
from sandbox.web import json_response
from sandbox.world import World

_TAKES = timedelta(seconds=1)


class Videos:
    def __init__(self, world: World, sessions: Sessions, repository: Repository) -> None:
        self._world, self._sessions, self._repository = world, sessions, repository

    async def upload(self, request: Request) -> Response:
        """The same file again is the same job."""
        try:
            account = self._sessions.whose_word(request)
        except XrpcError as error:
            return error.response()
        content = await request.body()
        if content[4:8] != b"ftyp":
            return json_response({"error": "invalid_video", "message": "The file is no MP4"}, 400)
        job = f"job-{blob_cid(content)[-16:]}"
        if self._world.noted(NETWORK, job) is None:
            about = {
                "did": account.external_id,
                "cid": blob_cid(content),
                "size": len(content),
                "at": self._world.now().isoformat(),
            }
            self._world.note(NETWORK, job, about)
        return json_response({"jobStatus": self._status(job)})

    async def status(self, request: Request) -> Response:
        job = request.query_params.get("jobId", "")
        if self._world.noted(NETWORK, job) is None:
            return XrpcError("InvalidRequest", "Job not found").response()
        return json_response({"jobStatus": self._status(job)})

    def _status(self, job: str) -> dict[str, Any]:
        about = self._world.noted(NETWORK, job)
        assert about is not None
        told = {"jobId": job, "did": about["did"]}
        if self._world.now() - datetime.fromisoformat(about["at"]) < _TAKES:
            return {**told, "state": "JOB_STATE_ENCODING", "progress": 40}
        self._repository.keep(about["cid"], "video/mp4", about["size"])
        return {**told, "state": "JOB_STATE_COMPLETED", "blob": blob(about["cid"], "video/mp4", about["size"])}
