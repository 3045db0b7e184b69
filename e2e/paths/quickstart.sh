#!/usr/bin/env bash
# The quickstart with curl: who am I, write, read, write again, read the old version, list.
# Needs BASE_URL and SCAIVAULT_TOKEN. Prints one answer a line, each as `<status> <json>`.
set -euo pipefail

auth="Authorization: Bearer $SCAIVAULT_TOKEN"
path=environments/production/salesforce/api-credentials
ask() { curl -sS -w '\n%{http_code}\n' "$@" | { read -r body; read -r status; echo "$status $body"; }; }

ask -H "$auth" "$BASE_URL/v1/auth/whoami"
ask -X PUT "$BASE_URL/v1/secrets/$path" -H "$auth" -H 'Content-Type: application/json' -d '{
  "data": {"client_id": "3MVG9...", "client_secret": "REDACTED"},
  "secret_type": "json",
  "metadata": {"description": "Salesforce OAuth credentials", "tags": ["salesforce", "production"]}
}'
ask -H "$auth" "$BASE_URL/v1/secrets/$path"
ask -X PUT "$BASE_URL/v1/secrets/$path" -H "$auth" -H 'Content-Type: application/json' -d '{
  "data": {"client_id": "3MVG9...", "client_secret": "NEW_REDACTED"},
  "secret_type": "json"
}'
ask -H "$auth" "$BASE_URL/v1/secrets/$path?version=1"
ask -H "$auth" "$BASE_URL/v1/secrets?prefix=environments/production/"
