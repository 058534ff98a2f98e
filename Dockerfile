# syntax=docker/dockerfile:1
# The operator with Node and helm, for amd64 and arm64, reproducible with SOURCE_DATE_EPOCH:
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg DINFRA_REVISION="$(git rev-parse --short=12 HEAD)" .
# Machines without an engine make the same root file system by `make image-tree`; the tests run that.

FROM --platform=$BUILDPLATFORM node:24-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66 AS build
ARG DINFRA_REVISION=""
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm install --no-save --no-audit --no-fund
COPY LICENSE tsconfig.json ./
COPY dev/build dev/build
COPY src src
# What `make build` runs.
RUN DINFRA_REVISION="$DINFRA_REVISION" npm run --silent build

FROM --platform=$BUILDPLATFORM golang:1.26-trixie@sha256:4ee9ffa999b4583ce281939cdff828763083610292f252279a0cee77473bd9a7 AS helm
ARG TARGETARCH
WORKDIR /src
COPY tools/go.mod tools/go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOARCH=$TARGETARCH go build -trimpath -o /helm \
    -ldflags "-s -w -X helm.sh/helm/v4/internal/version.version=$(go list -m -f '{{.Version}}' helm.sh/helm/v4)" \
    helm.sh/helm/v4/cmd/helm

# Helm is started by a shell that ends it when its time is over: see src/providers/helm/release/bounded-process.ts.
FROM node:24-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66 AS shell
RUN apt-get update && apt-get install --yes --no-install-recommends busybox-static

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:fbbdda866ea71aef98c4abece17e3d61fbf820cc2ef3961522caa2478716171a
LABEL org.opencontainers.image.title="dinfra-operator" \
      org.opencontainers.image.description="Kubernetes as the control plane of a provider on a Substrate infrastructure market" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=shell /bin/busybox /bin/sh
COPY --from=shell /bin/busybox /usr/local/bin/sleep
COPY --from=helm /helm /usr/local/bin/helm
COPY --from=build /src/dist /app
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin
USER 65532:65532
EXPOSE 8080
# A large young generation grows while modules load and is never given back. Source maps are parsed while modules load and cost
# 55 MiB; the bundle is not minified, so its stack traces name functions without them (docs/adr/0025).
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "/app/dinfra-operator.js"]
