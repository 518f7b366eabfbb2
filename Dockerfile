# The controller. Build: docker build --tag REGISTRY/appaccess:VERSION .
# Both bases are pinned to a version here; a release pins them to a digest by --build-arg.
ARG BUILD_IMAGE=docker.io/library/node:24.21.0-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian13:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package that the controller needs has a script to run.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Node runs the TypeScript sources as they are; .dockerignore leaves the embedded world of `npm start` out.
COPY src ./src

# No shell and no package manager: nothing but Node, its libraries and the CA certificates.
FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="appaccess" \
      org.opencontainers.image.description="Gives workloads least-privilege AWS IAM roles from a short manifest" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /app ./
# The heap grows to 70 % of the container's memory limit, whatever that is; buffers and code need the rest. No signal
# opens a debugger. Nothing is written to disk, not even a cache of compiled code: the root file system is read-only.
# Without HOME the AWS SDK fails for a user whom /etc/passwd does not know.
ENV NODE_ENV="production" \
    NODE_OPTIONS="--max-old-space-size-percentage=70 --disable-sigusr1" \
    NODE_DISABLE_COMPILE_CACHE="1" \
    HOME="/"
USER 65532:65532
# Metrics and health.
EXPOSE 8080 8081
ENTRYPOINT ["/nodejs/bin/node", "src/main.ts"]
CMD ["controller"]
