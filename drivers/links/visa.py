"""A VISA instrument by pyvisa: pyvisa-py where no vendor library is installed; loaded when it is first used."""

from typing import Any

from drivers.errors import LinkLost

_CHUNK = 4096
_AT_ONCE = 1  # milliseconds


class VisaLink:
    """An open VISA resource, read as raw bytes; tried with TCPIP::SOCKET and ASRL, others are not tested.

    pyvisa-py does not notice that a socket was closed by the device until something is written to it.

    Args:
        resource: the VISA address.
        library: the VISA library; `@py` is pyvisa-py, empty the system's own.

    Raises:
        LinkLost: `visa_failed`, it cannot be opened.
    """

    def __init__(self, resource: str, library: str = "@py") -> None:
        import pyvisa  # noqa: PLC0415 - slow to load, and most stations have no VISA instrument

        self._faults = (pyvisa.Error, OSError)
        self._timeout = pyvisa.constants.StatusCode.error_timeout
        self._error = pyvisa.VisaIOError
        self.identity = {"port": resource}
        self.notes: tuple[str, ...] = ()
        try:
            self._room: Any = pyvisa.ResourceManager(library)
            self._line: Any = self._room.open_resource(resource)
        except (*self._faults, ValueError) as error:
            raise LinkLost("visa_failed", port=resource, reason=str(error)) from error

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds and return what came; raises `LinkLost` when the resource fails."""
        data = self._byte(max(_AT_ONCE, round(timeout * 1000)))
        while data and len(data) < _CHUNK:
            more = self._byte(_AT_ONCE)
            if not more:
                break
            data += more
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data` as it is, no line end added; raises `LinkLost` when the resource fails."""
        try:
            self._line.write_raw(data)
        except self._faults as error:
            raise LinkLost("gone", reason=str(error), **self.identity) from error

    def close(self) -> None:
        """Close the resource."""
        try:
            self._line.close()
            self._room.close()
        except self._faults:
            self.notes = (*self.notes, "visa_close_failed")

    def _byte(self, milliseconds: int) -> bytes:
        try:
            self._line.timeout = milliseconds
            return bytes(self._line.read_bytes(1))
        except self._error as error:
            if error.error_code == self._timeout:
                return b""
            raise LinkLost("gone", reason=str(error), **self.identity) from error
        except self._faults as error:
            raise LinkLost("gone", reason=str(error), **self.identity) from error
