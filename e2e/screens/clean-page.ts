import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { canaries } from './furnish.ts';
import type { Stage } from './stage.ts';

/**
 * What must hold on every screen at any time: no accessibility violation, no console error, no request to anywhere
 * else, and no secret in the document or in storage (I5).
 */
export async function cleanPage(page: Page, stage: Stage): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
  );
  assert.deepEqual(found, [], 'axe-core found something');
  for (const { errors, foreign } of stage.watches) {
    assert.deepEqual(errors, [], 'the console shows errors');
    assert.deepEqual(foreign, [], 'a request left for somewhere else');
  }
  const held = await page.evaluate(() => {
    const fields = [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value);
    return [
      document.documentElement.outerHTML,
      ...fields,
      JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }),
      document.cookie,
      location.href,
    ].join('\n');
  });
  for (const value of Object.values(canaries)) assert.ok(!held.includes(value), 'a secret is on the page');
}
