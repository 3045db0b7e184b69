"""The quickstart with Python's httpx. Needs BASE_URL and SCAIVAULT_TOKEN; prints `<status> <json>` for each answer."""

import json
import os

import httpx

base = os.environ["BASE_URL"]
headers = {"Authorization": f"Bearer {os.environ['SCAIVAULT_TOKEN']}"}
path = "environments/production/salesforce/api-credentials"


def show(answer):
    print(answer.status_code, json.dumps(answer.json()))


show(httpx.get(f"{base}/v1/auth/whoami", headers=headers))
show(
    httpx.put(
        f"{base}/v1/secrets/{path}",
        headers=headers,
        json={
            "data": {"client_id": "3MVG9...", "client_secret": "REDACTED"},
            "secret_type": "json",
            "metadata": {"description": "Salesforce OAuth credentials", "tags": ["salesforce", "production"]},
        },
    )
)
show(httpx.get(f"{base}/v1/secrets/{path}", headers=headers))
show(
    httpx.put(
        f"{base}/v1/secrets/{path}",
        headers=headers,
        json={"data": {"client_id": "3MVG9...", "client_secret": "NEW_REDACTED"}, "secret_type": "json"},
    )
)
show(httpx.get(f"{base}/v1/secrets/{path}", headers=headers, params={"version": 1}))
show(httpx.get(f"{base}/v1/secrets", headers=headers, params={"prefix": "environments/production/"}))
