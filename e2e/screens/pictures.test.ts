import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cleanPage } from './clean-page.ts';
import { canaries } from './furnish.ts';
import { noBrowser, places } from './stages.ts';
import { callOpenai, onUpstreamStage } from './upstream-stage.ts';
import { Frame } from './window-pages.ts';

// A picture of every room in both colours and both widths, for people to look at: artefacts/screens/<host>/…
// Each picture's page is also checked: axe, console, foreign requests, secrets.

const folder = fileURLToPath(new URL('../../artefacts/screens/', import.meta.url));
const rooms = ['Secrets', 'Capabilities', 'Activity', 'Access', 'Paths', 'Settings'] as const;
const looks = (['light', 'dark'] as const).flatMap((scheme) => [1280, 800].map((width) => ({ scheme, width })));

for (const place of places) {
  // The pages are the same everywhere: one place is pictured in every look, the others once.
  for (const look of place === 'console' ? looks : looks.slice(0, 1)) {
    const name = `${look.scheme}-${look.width}`;
    test(`every room has its picture, ${name} (host: ${place})`, { skip: noBrowser }, () =>
      onUpstreamStage(place, { furnished: true }, async (stage) => {
        mkdirSync(join(folder, place), { recursive: true });
        const { token } = await stage.call('tokens.mint', {
          name: 'pictures',
          capabilities: ['openai/chat-completions'],
        });
        for (const path of ['/v1/chat/completions', '/v1/chat/completions', '/v1/embeddings'])
          await callOpenai(stage, token, path);
        await stage.call('paths.write', {
          path: 'environments/dev/database',
          data: { password: 'x' },
          metadata: { tags: ['dev'] },
          expiresIn: '7d',
        });
        const page = await stage.open(look);
        const frame = await new Frame(page).ready();
        for (const room of rooms) {
          await frame.go(room);
          await page.waitForFunction(() => document.querySelector('[aria-busy=true]') === null);
          await page.waitForTimeout(150);
          const picture = await page.screenshot({ path: join(folder, place, `${room.toLowerCase()}-${name}.png`) });
          assert.ok(picture.length > 8_000, 'a blank page compresses to less');
          await cleanPage(page, stage);
        }
        assert.ok(!stage.output().includes(canaries.openai), 'the log holds no secret');
      }),
    );
  }
}
