# syntax=docker/dockerfile:1
# Onbeat in a small image: no shell, no root, nothing to write to but /data.
#
#   docker build -t onbeat .
#   docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v onbeat:/data -p 127.0.0.1:3000:3000 --env-file slack.env onbeat
#
# The database, its helper files and onbeat.key lie in /data, made with mode 0600; SQLite sorts what is large in /tmp. Keep
# slack.env readable by yourself alone: it holds the tokens.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The two caches keep downloaded crates and compiled dependencies between builds, so a changed line recompiles Onbeat alone.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin onbeat \
    && install -D target/release/onbeat /out/usr/local/bin/onbeat \
    && install -d -m 0700 /out/data \
    && install -d /out/etc \
    && cp -r config /out/etc/onbeat

# glibc, the certificates of the usual authorities, and nothing else.
FROM gcr.io/distroless/cc-debian12
COPY --from=build /out/usr /usr
COPY --from=build /out/etc/onbeat /etc/onbeat
COPY --from=build --chown=10001:10001 /out/data /data
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV DATABASE_URL=sqlite:///data/onbeat.db \
    ONBEAT_LISTEN=0.0.0.0:3000
EXPOSE 3000
# No HEALTHCHECK: the image has nothing to ask with. Let the orchestrator probe GET /healthz (alive) and /readyz (database and
# Slack reachable).
ENTRYPOINT ["/usr/local/bin/onbeat"]
CMD ["serve"]
