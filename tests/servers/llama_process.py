"""The child process of `llama.py`: llama.cpp's own server; prints its address, and ends when its input does."""

import sys

import xllamacpp


def main(model: str) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.port = 0
    params.n_parallel = 1
    params.n_ctx = 4096
    # One thread: two wait for each other in a loop, which takes minutes where the cores are shared.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    # A test run that is killed closes the pipe, so no server outlives it.
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
