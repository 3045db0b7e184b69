import type { Locator, Page } from 'playwright';

// Page objects: what a person sees and does, by the names a screen reader would say. One class per screen.

/** The frame around every room. */
export class Frame {
  readonly page: Page;
  readonly rail: Locator;
  constructor(page: Page) {
    this.page = page;
    this.rail = page.getByRole('navigation', { name: 'Rooms' });
  }
  async ready(): Promise<this> {
    await this.rail.waitFor();
    return this;
  }
  async go(room: 'Secrets' | 'Capabilities' | 'Activity' | 'Access' | 'Paths' | 'Settings'): Promise<void> {
    await this.rail.getByRole('button', { name: room }).click();
    await this.page.getByRole('heading', { level: 1, name: room }).waitFor();
  }
  lockButton(): Locator {
    return this.rail.getByRole('button', { name: /Lock now/ });
  }
  dialog(name?: string | RegExp): Locator {
    return name === undefined ? this.page.getByRole('dialog') : this.page.getByRole('dialog', { name });
  }
  toast(text: string | RegExp): Locator {
    return this.page.getByRole('status').getByText(text).first();
  }
  problem(): Locator {
    return this.page.getByRole('alert');
  }
}

/** A room with a list and a detail. */
class ListRoom extends Frame {
  readonly list: Locator;
  readonly detail: Locator;
  constructor(page: Page, list: string, detail: string) {
    super(page);
    this.list = page.getByRole('listbox', { name: list });
    this.detail = page.getByRole('region', { name: detail, exact: true });
  }
  option(text: string | RegExp): Locator {
    return this.list.getByRole('option').filter({ hasText: text });
  }
}

export class SecretsScreen extends ListRoom {
  constructor(page: Page) {
    super(page, 'Secrets', 'Secret');
  }
  async add(name: string, value: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add secret' }).first().click();
    const dialog = this.dialog('Add secret');
    await dialog.getByLabel('Name').fill(name);
    await dialog.locator('textarea').fill(value);
    await dialog.getByRole('button', { name: 'Add secret' }).click();
  }
  async menu(item: string): Promise<void> {
    await this.detail.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }
}

export class CapabilitiesScreen extends ListRoom {
  constructor(page: Page) {
    super(page, 'Capabilities', 'Capability');
  }
  async find(text: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: 'Filter capabilities' }).fill(text);
  }
}

export class ActivityScreen extends ListRoom {
  constructor(page: Page) {
    super(page, 'Entries, newest first', 'Entry');
  }
  intact(): Locator {
    return this.page.getByText(/chain intact/);
  }
}

export class AccessScreen extends ListRoom {
  constructor(page: Page) {
    super(page, 'Tokens', 'Token');
  }
}

export class PathsScreen extends ListRoom {
  readonly tree: Locator;
  readonly versions: Locator;
  constructor(page: Page) {
    super(page, 'Path secrets', 'Path secret');
    this.tree = page.getByRole('tree', { name: 'Path secrets' });
    this.versions = this.detail.getByRole('row').filter({ has: page.getByRole('checkbox') });
  }
  /** The rows of the tree in view that are called so: a segment, not a path. */
  branch(name: string): Locator {
    return this.tree
      .getByRole('treeitem')
      .filter({ has: this.page.locator('.mono', { hasText: new RegExp(`^${name}/?$`) }) });
  }
  /** The path of the row the keys stand on. */
  async standing(): Promise<string | null> {
    const id = (await this.tree.getAttribute('aria-activedescendant')) ?? '';
    return this.page.locator(`[id="${id}"] .mono`).getAttribute('title');
  }
  filter(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }
  async menu(item: string): Promise<void> {
    await this.detail.getByRole('button', { name: /^More for/ }).click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }
}

export class SettingsScreen extends Frame {
  /** The controls of a setting carry its name. */
  control(name: string): Locator {
    return this.page.getByLabel(name, { exact: true });
  }
}

export class UnlockScreen {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  heading(): Locator {
    return this.page.getByRole('heading', { name: 'Vault is locked' });
  }
  async unlock(passphrase: string): Promise<void> {
    await this.page.getByLabel('Passphrase').fill(passphrase);
    await this.page.getByRole('button', { name: 'Unlock' }).click();
  }
}

export class FirstRunScreen {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  step(name: string): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }
}

/** The card of a request that waits, over whatever room is open. */
export class ApprovalCard {
  readonly page: Page;
  readonly place: Locator;
  readonly card: Locator;
  readonly deny: Locator;
  readonly allow: Locator;
  readonly rule: Locator;
  /** A line for each request behind the one that is asked about. */
  readonly behind: Locator;
  constructor(page: Page, place = page.getByRole('region', { name: 'Waiting for you' })) {
    this.page = page;
    this.place = place;
    this.card = this.place.getByRole('article');
    this.deny = this.card.getByRole('button', { name: 'Deny' });
    this.allow = this.card.getByRole('button', { name: /^Allow/ });
    this.rule = this.card.getByText(/^Rule:/);
    this.behind = this.place.getByRole('listitem');
  }
  async ready(): Promise<this> {
    await this.card.waitFor();
    return this;
  }
  /** Whether pressing Allow would count now. */
  async armed(): Promise<boolean> {
    return (await this.allow.getAttribute('aria-disabled')) === null;
  }
  async gone(): Promise<void> {
    await this.place.waitFor({ state: 'detached' });
  }
  /** One of the choices of how long and how far. */
  async narrow(choice: string): Promise<void> {
    await this.card.getByRole('button', { name: choice, exact: true }).click();
  }
}
