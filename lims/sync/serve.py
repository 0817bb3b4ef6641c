"""The county's counter on the net: bundles come in by pieces that may be sent again, replies go out.

Who calls is known by the key of the certificate shown, which must be that of an admitted station. Nothing is believed
because it came this way: a bundle is taken as one from a stick is.
"""

import contextlib
import hashlib
import json
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from lims import text
from lims.app import Laboratory
from lims.errors import Invalid, LimsError, NotAllowed, StorageUnfit
from lims.storage.files import keep
from lims.sync import inbox, members, receipts, sealedfile, tls
from lims.sync.identity import identity
from lims.sync.members import MemberView

PIECE = 1 << 20
"""Most bytes of one piece that is sent."""
_HASH = re.compile(r"[0-9a-f]{64}")
_PARTS = 4
_PATIENCE = 30.0


class _Identified(H11Protocol):
    """Tells each request which certificate the other side showed."""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - asyncio's own
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        der = shown.getpeercert(binary_form=True) if shown else None
        self.app_state = {**self.app_state, "peer": tls.public_of_der(der) if der else b""}


class Counter:
    """What is done at the counter, apart from the net.

    Args:
        laboratory: the county's, open.
    """

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        self._folder = laboratory.folder.root / "incoming" / "net"
        self._gate = threading.Lock()

    def peer(self, public: bytes) -> MemberView:
        """Return the station behind a key.

        Raises:
            NotAllowed: no admitted station has it, or it was revoked.
        """
        for one in self._laboratory.lims.ask(members.members):
            if one.key is not None and one.key.public == public:
                if one.state == "revoked":
                    raise NotAllowed("sync.revoked", station=one.station, name=one.name)
                return one
        raise NotAllowed("sync.stranger")

    def reply(self, peer: MemberView) -> bytes:
        """Return the peer's reply."""
        return receipts.reply(self._laboratory.lims, self._laboratory.sealing, peer.station)

    def stands(self, peer: MemberView, name: str) -> dict[str, Any]:
        """Return `size`, how many bytes of a file have come, and `outcomes` when it was taken before."""
        path = self._path(peer, name)
        with self._gate:  # one that is being taken now is waited for, else it would be sent once more
            taken = path.with_suffix(".taken")
            if taken.is_file():
                found: dict[str, Any] = json.loads(taken.read_text("utf-8"))
                return found
            return {"size": path.stat().st_size if path.is_file() else 0}

    def put(self, peer: MemberView, name: str, place: tuple[int, int], data: bytes) -> dict[str, Any]:
        """Put a piece of a file where it belongs, and take the file in once it is whole.

        Args:
            peer: who sends it.
            name: the SHA-256 of the whole file.
            place: where the piece begins, and how long the whole file is.
            data: the piece.

        Returns:
            `size`, the bytes that have come, and `outcomes` when the file was taken.

        Raises:
            Invalid: the piece cannot be one of such a file, or the whole is not what its name says.
            LimsError: as `inbox.receive` does.
        """
        offset, total = place
        path = self._path(peer, name)
        if not 0 < total <= sealedfile.LARGEST or len(data) > PIECE or offset + len(data) > total:
            raise Invalid("sync.form", what="piece")
        told = self.stands(peer, name)
        if "outcomes" in told:
            return told
        with self._gate:
            here = path.stat().st_size if path.is_file() else 0
            if offset == here:
                self._append(path, data)
                here += len(data)
            if here < total:
                return {"size": here}
            return self._taken(path, name)

    def _append(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for suffix in ("part", "taken"):
                others = sorted(path.parent.glob(f"*.{suffix}"), key=lambda one: one.stat().st_mtime)
                for old in [one for one in others if one != path][: max(0, len(others) - _PARTS)]:
                    old.unlink()
            with path.open("ab") as file:
                file.write(data)
        except OSError as fault:
            raise StorageUnfit("sync.unwritable", file=str(path), reason=fault.strerror or "") from None

    def _taken(self, path: Path, name: str) -> dict[str, Any]:
        data = path.read_bytes()
        try:
            if hashlib.sha256(data).hexdigest() != name:
                raise Invalid("sync.form", what="hash")
            found = inbox.receive(self._laboratory.lims, self._laboratory.sealing, data, name[:12])
        except StorageUnfit:
            raise  # it is whole here: asking again takes it once the disk can
        except LimsError:
            path.unlink()
            raise
        told = {"size": len(data), "outcomes": [asdict(one) for one in found]}
        keep(path.with_suffix(".taken"), json.dumps(told).encode())
        path.unlink()
        return told

    def _path(self, peer: MemberView, name: str) -> Path:
        if not _HASH.fullmatch(name):
            raise Invalid("sync.form", what="hash")
        return self._folder / peer.station / f"{name}.part"


def application(counter: Counter) -> Starlette:
    """Return the ASGI service: `GET /reply`, `GET` and `PUT /bundles/<sha256>`."""

    async def reply(request: Request) -> Response:
        data = await run_in_threadpool(lambda: counter.reply(_peer(request)))
        return Response(data, media_type="application/octet-stream")

    async def size(request: Request) -> Response:
        name = request.path_params["name"]
        return JSONResponse(await run_in_threadpool(lambda: counter.stands(_peer(request), name)))

    async def put(request: Request) -> Response:
        place = _number(request, "offset"), _number(request, "total")
        data = await _body(request)
        name = request.path_params["name"]
        found = await run_in_threadpool(lambda: counter.put(_peer(request), name, place, data))
        return JSONResponse(found)

    def _peer(request: Request) -> MemberView:
        return counter.peer(request.scope["state"]["peer"])

    routes = [
        Route("/reply", reply, methods=["GET"]),
        Route("/bundles/{name}", size, methods=["GET"]),
        Route("/bundles/{name}", put, methods=["PUT"]),
    ]
    return Starlette(routes=routes, exception_handlers={LimsError: _refused})


def _number(request: Request, name: str) -> int:
    said = request.query_params.get(name, "")
    if not re.fullmatch(r"[0-9]{1,12}", said):
        raise Invalid("sync.form", what=name)
    return int(said)


async def _body(request: Request) -> bytes:
    """Return what came of a piece: where the line broke in its middle, the beginning is kept all the same."""
    data = b""
    with contextlib.suppress(ClientDisconnect):
        async for piece in request.stream():
            data += piece
            if len(data) > PIECE:
                raise Invalid("sync.form", what="piece")
    return data


async def _refused(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, LimsError)  # noqa: S101 - the only kind this is registered for
    status = 403 if isinstance(fault, NotAllowed) else 503 if isinstance(fault, StorageUnfit) else 422
    values = {name: str(value) for name, value in fault.values.items()}
    told = {"code": fault.code, "values": values, "sentence": text.sentence(fault)}
    return JSONResponse(told, status_code=status)


class Service:
    """The counter on the net, in a thread of its own.

    Args:
        laboratory: the county's, open.
        host: address to listen on.
        port: 0 for any that is free.
    """

    def __init__(self, laboratory: Laboratory, host: str = "127.0.0.1", port: int = 8443) -> None:
        self._laboratory = laboratory
        self._known: set[str] = set()
        config = uvicorn.Config(
            application(Counter(laboratory)),
            host=host,
            port=port,
            http=_Identified,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
        )
        config.load()
        config.ssl = self._context()
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="serve", daemon=True)

    def _context(self) -> ssl.SSLContext:
        made = tls.context(
            identity(self._laboratory.sealing), self._laboratory.folder.root, self._newly(), server=True
        )
        made.sni_callback = self._greet
        return made

    def _newly(self) -> list[str]:
        """Return certificates that were admitted since this was last asked."""
        found = {
            one.certificate
            for one in self._laboratory.lims.ask(members.members)
            if one.certificate != "/" and one.state != "revoked"
        }
        new = found - self._known
        self._known |= new
        return sorted(new)

    def _greet(self, _socket: object, _name: object, context: ssl.SSLContext) -> None:
        """Accept stations that were admitted meanwhile; called at the beginning of each connection."""
        with contextlib.suppress(LimsError):  # the database is away: those who are known may still knock
            tls.trust(context, self._newly())

    def start(self) -> int:
        """Begin to listen and return the port.

        Raises:
            StorageUnfit: the address cannot be listened on.
        """
        self._thread.start()
        until = time.monotonic() + _PATIENCE
        while not self._server.started and self._thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        if not self._server.started:
            raise StorageUnfit("sync.no_port", port=self._server.config.port)
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    def wait(self, stopped: Callable[[], bool]) -> None:
        """Serve until told to stop, or until the service ends by itself."""
        while self._thread.is_alive() and not stopped():
            self._thread.join(0.2)

    def stop(self) -> None:
        """Finish what is under way and stop."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
