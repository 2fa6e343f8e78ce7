"""How long `ion serve` takes to answer, and how much memory one process holds: `make startup`."""

import json
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path

from tests.servers.ion import ion_server

RUNS = 5
MOST_SECONDS, MOST_MEGABYTES = 2.0, 350.0
BODY = {"user_input": "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"}


def one_start() -> tuple[float, float, float]:
    """Return seconds to the first health answer, milliseconds for the first reply, and megabytes afterwards."""
    with tempfile.TemporaryDirectory() as folder, ion_server(Path(folder)) as server:
        request = urllib.request.Request(
            f"{server.address}/api/v2/process", json.dumps(BODY).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            reply = json.load(response)
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return server.seconds_to_answer, reply["performance"]["execution_time_ms"], resident / 1024


def main() -> int:
    """Print medians; return 1 where one is over its bound."""
    starts = [one_start() for _ in range(RUNS)]
    seconds, milliseconds, megabytes = (statistics.median(column) for column in zip(*starts, strict=True))
    print(f"medians of {RUNS} starts")
    print(f"answers after {seconds:.2f} s; first reply in {milliseconds:.0f} ms; {megabytes:.0f} MB")
    return int(seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
