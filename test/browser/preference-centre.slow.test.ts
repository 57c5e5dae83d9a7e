import type { Browser, Page } from 'playwright-core';
import { sms } from '../../src/domain/channels/sms';
import { TEXTS, type Language } from '../../src/texts/languages';
import { signLink, type LinkClaim } from '../../src/links/signed-link';
import { app } from '../../src/workflows/app';
import {
  ADMIN,
  journeysOf,
  READ,
  SIGNING,
  startApiWorld,
  WRITE,
  type ApiWorld,
} from '../api/api-world';
import { sentMessage } from '../api/sent-message';
import { describeWithChromium, launchChromium, problemsOf } from '../support/chromium';

jest.setTimeout(180_000);

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 900 };

describeWithChromium('the preference centre in a browser without JavaScript', () => {
  let world: ApiWorld;
  let browser: Browser;
  let checking: Page;

  beforeAll(async () => {
    world = await startApiWorld(
      {
        centre: {
          settings: app.preferenceCentre ?? {},
          channels: ['email', 'sms', 'inapp'],
          defaultLocale: 'en',
          defaultZone: 'Europe/Berlin',
        },
        topics: app.catalogue.topics,
      },
      journeysOf({
        onDemand: { trigger: { kind: 'request' }, purpose: 'offers' },
        sendsLinks: { trigger: { kind: 'event', event: 'Preference Link Requested' } },
      }),
    );
    browser = await launchChromium();
    checking = await browser.newPage({ viewport: PHONE });
  });

  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });

  let number = 0;

  async function person() {
    const userId = `reader-${++number}`;
    const email = `${userId}@customers.example`;
    const traits = { email, phone: `+4917055500${number}` };
    await world.call('POST', '/v1/identify', { key: WRITE, body: { userId, traits } });
    await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId, event: 'Cart Updated', properties: { cart_id: 'c-1' } },
    });
    const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
    await world.call('PUT', `/v1/customers/${userId}/consents`, {
      key: ADMIN,
      body: {
        channel: 'email',
        purpose: 'offers',
        state: 'subscribed',
        source: 'double-opt-in',
        at: '2026-02-01T08:00:00Z',
      },
    });
    const event = await world.deps.db
      .selectFrom('events')
      .select('id')
      .where('customer_id', '=', json.id)
      .where('name', '=', 'Cart Updated')
      .executeTakeFirstOrThrow();
    const messageId = await sentMessage(world, {
      customerId: json.id,
      address: email,
      triggerEventId: event.id,
    });
    return { userId, id: json.id as string, email, messageId };
  }

  function link(
    act: LinkClaim['act'],
    { id, messageId }: { readonly id: string; readonly messageId: string },
    lifetimeMs = 86_400_000,
  ): string {
    const claim = { act, customerId: id, channel: 'email', purpose: 'offers', messageId };
    const expiresAt = world.time.now.getTime() + lifetimeMs;
    return `${world.url}/${act}/${signLink({ ...claim, expiresAt }, SIGNING)}`;
  }

  async function profile(userId: string) {
    const { json } = await world.call('GET', `/v1/customers/${userId}`, { key: READ });
    const rows = json.consents as { channel: string; purpose: string; state: string }[];
    return {
      preferences: json.preferences,
      consents: Object.fromEntries(rows.map((row) => [`${row.channel} ${row.purpose}`, row.state])),
    };
  }

  /** Every page that is met is checked, one language of the three in dark. */
  async function check(page: Page, language: Language): Promise<void> {
    const html = await page.content();
    expect(html).toContain(`<html lang="${language}">`);
    await checking.emulateMedia({ colorScheme: language === 'fr' ? 'dark' : 'light' });
    expect(await problemsOf(checking, html)).toEqual([]);
  }

  it.each(['en', 'de', 'fr'] as const)(
    'works in %s, and axe finds nothing serious',
    async (language) => {
      const { centre, why, renew, broken, unsubscribe } = TEXTS[language];
      const someone = await person();
      const context = await browser.newContext({
        javaScriptEnabled: false,
        viewport: language === 'de' ? DESKTOP : PHONE,
      });
      const page = await context.newPage();
      const status = () => page.locator('[role=status]').innerText();
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

      // To look changes nothing; the language is a link away.
      await page.goto(link('preferences', someone));
      await page.getByRole('link', { name: TEXTS[language].self, exact: true }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(centre.title);
      await check(page, language);
      expect((await profile(someone.userId)).consents).toEqual({ 'email offers': 'subscribed' });

      // Topics, channels, limit, digest, best time, quiet hours.
      const topics = app.preferenceCentre?.topics ?? {};
      await page.getByLabel(topics['newsletter']?.[language]?.name ?? '').check();
      await page.getByLabel(sms.labels[language]?.name ?? '', { exact: true }).check();
      await page.getByLabel(centre.atMost).selectOption('2');
      await page.getByLabel(centre.digest).selectOption('weekly');
      await page.getByLabel(centre.bestTime).selectOption('evening');
      await page.getByLabel(centre.from, { exact: true }).fill('22:00');
      await press(centre.save);
      expect(await page.getByRole('alert').innerText()).toContain(centre.errors.quiet);
      await check(page, language);
      expect((await profile(someone.userId)).preferences.maxPerWeek).toBeNull();

      await page.getByLabel(centre.to, { exact: true }).fill('09:00');
      await press(centre.save);
      expect(await status()).toBe(centre.saved);
      expect(await page.title()).toMatch(centre.saved);
      await check(page, language);
      expect(await profile(someone.userId)).toMatchObject({
        consents: {
          'email offers': 'subscribed',
          'email newsletter': 'subscribed',
          'sms newsletter': 'subscribed',
        },
        preferences: {
          maxPerWeek: 2,
          digest: 'weekly',
          bestTime: 'evening',
          quietHours: { from: '22:00', to: '09:00' },
        },
      });
      expect(await page.getByLabel(centre.atMost).inputValue()).toBe('2');

      // The pause.
      await press(centre.pauseButton);
      expect((await profile(someone.userId)).preferences.pausedUntil).toBe(
        '2026-04-01T10:00:00.000Z',
      );
      await check(page, language);
      await press(centre.resumeButton);
      expect((await profile(someone.userId)).preferences.pausedUntil).toBeNull();

      // Why did I get this message?
      await page.getByRole('link', { name: centre.why }).click();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(why.title);
      const reasons = await page.getByRole('main').innerText();
      expect(reasons).toContain('Your cart is waiting');
      expect(reasons).toContain('Cart Updated');
      expect(reasons).toContain(why.sources['double-opt-in'] ?? '');
      await check(page, language);
      await page.getByRole('link', { name: why.change }).click();

      // Data, and farewell.
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: centre.exportButton }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^customer-.*\.zip$/);
      await download.cancel();
      await press(centre.eraseButton);
      await check(page, language);
      await page.getByRole('link', { name: centre.eraseNo }).click();
      await press(centre.eraseButton);
      await press(centre.eraseYes);
      expect(await status()).toBe(centre.eraseDone);
      const requests = await world.deps.db
        .selectFrom('privacy_requests')
        .select('kind')
        .where('customer_id', '=', someone.id)
        .orderBy('kind')
        .execute();
      expect(requests).toEqual([{ kind: 'erase' }, { kind: 'export' }]);
      await press(centre.allButton);
      expect(await status()).toBe(centre.allDone);
      expect((await profile(someone.userId)).consents).toMatchObject({ '* *': 'unsubscribed' });
      await check(page, language);

      // The other pages behind links: unsubscribe, confirm, expired, forged, a new link.
      for (const act of ['unsubscribe', 'confirm'] as const) {
        await page.goto(`${link(act, someone)}?lang=${language}`);
        await check(page, language);
        await press(act === 'unsubscribe' ? unsubscribe.button : TEXTS[language].confirm.button);
        await check(page, language);
      }
      await page.goto(`${link('preferences', someone)}x?lang=${language}`);
      expect(await page.getByRole('alert').innerText()).toBe(broken.forged.text);
      await check(page, language);
      await page.goto(`${link('preferences', someone, -1)}?lang=${language}`);
      expect(await page.getByRole('alert').innerText()).toBe(broken.expired.text);
      await check(page, language);
      await page.getByLabel(renew.label).fill('nonsense');
      await press(renew.button);
      await check(page, language);
      await page.getByLabel(renew.label).fill(someone.email);
      await press(renew.button);
      expect(await status()).toBe(renew.done.text);
      await check(page, language);
      await context.close();
    },
  );

  it('works with the keyboard only, and shows the focus', async () => {
    const someone = await person();
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
    const page = await context.newPage();
    await page.goto(link('preferences', someone));
    // The brand, three languages, and then the first topic.
    for (let step = 0; step < 5; step++) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    expect(await page.locator('[role=status]').innerText()).toBe(TEXTS.en.centre.saved);
    expect((await profile(someone.userId)).consents).toMatchObject({
      'email newsletter': 'subscribed',
    });
    await context.close();
  });
});
