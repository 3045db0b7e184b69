// The quickstart with fetch. Needs BASE_URL and SCAIVAULT_TOKEN; prints `<status> <json>` for each answer.

const base = process.env.BASE_URL;
const path = 'environments/production/salesforce/api-credentials';
const headers = { Authorization: `Bearer ${process.env.SCAIVAULT_TOKEN}`, 'Content-Type': 'application/json' };

async function show(target: string, init: RequestInit = {}): Promise<void> {
  const answer = await fetch(`${base}${target}`, { headers, ...init });
  console.log(answer.status, JSON.stringify(await answer.json()));
}

await show('/v1/auth/whoami');
await show(`/v1/secrets/${path}`, {
  method: 'PUT',
  body: JSON.stringify({
    data: { client_id: '3MVG9...', client_secret: 'REDACTED' },
    secret_type: 'json',
    metadata: { description: 'Salesforce OAuth credentials', tags: ['salesforce', 'production'] },
  }),
});
await show(`/v1/secrets/${path}`);
await show(`/v1/secrets/${path}`, {
  method: 'PUT',
  body: JSON.stringify({ data: { client_id: '3MVG9...', client_secret: 'NEW_REDACTED' }, secret_type: 'json' }),
});
await show(`/v1/secrets/${path}?version=1`);
await show('/v1/secrets?prefix=environments/production/');
