"""One Modbus request at a time over a serial line or a TCP connection, with every way to fail told apart."""

import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drivers.errors import LinkLost
from drivers.profile import Serial
from drivers.register_map import RegisterMap, Window

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # it prints a traffic dump at every silence
WRITE_TIMEOUT = 2.0


class NoAnswer(Exception):  # noqa: N818 - the field's word; it is no fault until it repeats
    """A request that got no usable answer: `timeout`, `crc`, `short`, `foreign` or `exception`."""

    def __init__(self, reason: str, code: int = 0) -> None:
        """Keep the reason and, for `exception`, the device's exception code."""
        self.reason = reason
        self.code = code
        super().__init__(f"{reason} {code}" if code else reason)


@dataclass(frozen=True, slots=True)
class SerialLine:
    """A serial port by its name in this system, and its settings."""

    port: str
    serial: Serial


@dataclass(frozen=True, slots=True)
class TcpLine:
    """A TCP address; `rtu` where a converter passes RTU frames through, which have no transaction number."""

    host: str
    port: int
    rtu: bool = False


Line = SerialLine | TcpLine


class ModbusPort:
    """The only user of pymodbus, which is loaded when the first port opens.

    Answers are taken from its client, whose own repeats are off: after a time-out it cannot tell a late answer
    from the next one, so the caller must settle the line first (`drain`, `reopen`, `echo`).
    """

    def __init__(self, line: Line, register_map: RegisterMap) -> None:
        """Open the line; raises `LinkLost` where it cannot be opened."""
        self._line = line
        self._map = register_map
        self._heard = b""
        self._client = self._made()
        self._connect()

    @property
    def numbered(self) -> bool:
        """True where answers carry the number of their request, so that a new connection ends all old ones."""
        return isinstance(self._line, TcpLine) and not self._line.rtu

    def read(self, window: Window) -> tuple[int, ...]:
        """The registers of one window, as many as asked for; raises `NoAnswer` or `LinkLost`."""
        ask = (
            self._client.read_holding_registers
            if self._map.function == 3
            else self._client.read_input_registers
        )
        answer = self._exchange(ask, window.address, count=window.count, device_id=self._map.unit_id)
        if answer.function_code != self._map.function:
            raise NoAnswer("foreign")
        registers = tuple(int(one) for one in answer.registers)
        if len(registers) != window.count:
            raise NoAnswer("short")
        return registers

    def echo(self, nonce: bytes) -> None:
        """Have the device return `nonce` (function 08, sub-function 00); raises `NoAnswer` for any other answer."""
        answer = self._exchange(self._client.diag_query_data, nonce, device_id=self._map.unit_id)
        if answer.function_code != 8 or getattr(answer, "message", None) != nonce:
            raise NoAnswer("foreign")

    def drain(self) -> bytes:
        """Take what has come unasked without waiting; raises `LinkLost` when the line is gone."""
        port = self._client.socket
        try:
            if port is None:
                return b""
            if isinstance(port, socket.socket):
                return self._drain_socket(port)
            return bytes(port.read(port.in_waiting))
        except OSError as error:
            self.close()
            raise LinkLost("line_gone", line=str(self._line), reason=str(error)) from error

    def reopen(self) -> None:
        """Close the line and open it again, which drops what the system still holds of it."""
        self._client.close()
        self._connect()

    def close(self) -> None:
        """Close the line."""
        with suppress(OSError):
            self._client.close()

    @staticmethod
    def _drain_socket(port: socket.socket) -> bytes:
        port.setblocking(False)
        try:
            came = port.recv(4096)
        except BlockingIOError:
            return b""
        if not came:
            raise ConnectionResetError("the device closed the connection")
        return came

    def _made(self) -> Any:  # noqa: ANN401 - pymodbus is loaded late
        from pymodbus import FramerType  # noqa: PLC0415 - slow to load, and most stations have no Modbus device
        from pymodbus.client import ModbusSerialClient, ModbusTcpClient  # noqa: PLC0415 - the same

        common: dict[str, Any] = {"timeout": self._map.timeout, "retries": 0, "trace_packet": self._trace}
        if isinstance(self._line, TcpLine):
            framer = FramerType.RTU if self._line.rtu else FramerType.SOCKET
            return ModbusTcpClient(self._line.host, port=self._line.port, framer=framer, **common)
        serial = self._line.serial
        return ModbusSerialClient(
            self._line.port,
            baudrate=serial.baud,
            bytesize=serial.bits,
            parity=serial.parity,
            stopbits=serial.stop,
            **common,
        )

    def _connect(self) -> None:
        if not self._client.connect():
            raise LinkLost("cannot_open", line=str(self._line))
        if isinstance(
            self._line, SerialLine
        ):  # a busy computer may take longer to write than a device to answer
            self._client.socket.write_timeout = WRITE_TIMEOUT

    def _trace(self, sending: bool, data: bytes) -> bytes:
        self._heard = b"" if sending else data
        return data

    def _exchange(self, ask: Any, *parts: object, **named: object) -> "ModbusPDU":  # noqa: ANN401 - a client method
        from pymodbus.exceptions import ConnectionException, ModbusException  # noqa: PLC0415 - as above

        if self._client.socket is None:
            self._connect()
        try:
            answer: ModbusPDU = ask(*parts, **named)
        except ConnectionException as error:
            self.close()
            raise LinkLost("line_gone", line=str(self._line), reason=str(error)) from error
        except OSError as error:  # pyserial lets the bare error of a vanished port through
            self.close()
            raise LinkLost("line_gone", line=str(self._line), reason=str(error)) from error
        except ModbusException as error:
            raise NoAnswer("crc" if self._heard else "timeout") from error
        if answer.isError():
            raise NoAnswer("exception", answer.exception_code)
        return answer
