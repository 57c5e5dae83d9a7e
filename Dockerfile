# The image of all production roles: `docker run IMAGE api|relay|worker|migrate`.
# Debian, not Alpine: @temporalio/core-bridge is linked against glibc.

FROM node:24.22.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed, so none gets to run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json worker.ts ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.22.0-bookworm-slim
ENV NODE_ENV=production THROUGHLINE_HOME=/home/node/.throughline
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY docker/health.cjs ./docker/health.cjs
USER node
EXPOSE 3000
ENTRYPOINT ["node", "dist/src/cli/main.js"]
