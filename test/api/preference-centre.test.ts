import { ADMIN, WRITE } from './api-world';
import {
  FORM,
  formToken,
  link,
  NOTHING_SAID,
  post,
  person,
  stateOf,
  SUBSCRIBED,
  useCentre,
  world,
} from './centre-world';

useCentre();

describe('the preference centre', () => {
  it('changes nothing for a GET, a HEAD or any method but POST', async () => {
    const someone = await person();
    const path = link(someone);
    const token = await formToken(path);
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
      for (const action of ['save', 'pause', 'leave', 'export', 'erase-yes']) {
        await world.call(method, `${path}?action=${action}&form=${token}&lang=de`);
      }
    }
    expect(await stateOf(someone)).toEqual({
      consents: { 'email offers': 'subscribed' },
      preferences: NOTHING_SAID,
    });
    const requests = await world.deps.db.selectFrom('privacy_requests').select('id').execute();
    expect(requests).toEqual([]);
  });

  it('sets no cookie, runs no script, and forbids framing, caching and indexing', async () => {
    const page = await world.call('GET', link(await person()));
    expect(page.status).toBe(200);
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(page.text).not.toMatch(/<script|\son\w+=|style="/);
  });

  it('saves the choices as consents with proof and as preferences, with an event', async () => {
    const someone = await person();
    const answer = await post(link(someone), {
      action: 'save',
      ...SUBSCRIBED.was,
      topic: ['offers', 'newsletter'],
      channel: ['email', 'sms'],
      most: '2',
      digest: 'weekly',
      best: 'evening',
      'quiet-from': '22:00',
      'quiet-to': '09:30',
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/role="status">Your choices are saved/);
    expect(await stateOf(someone)).toEqual({
      consents: {
        'email offers': 'subscribed',
        'email newsletter': 'subscribed',
        'sms offers': 'subscribed',
        'sms newsletter': 'subscribed',
      },
      preferences: {
        channels: { sms: true },
        topics: { newsletter: true },
        maxPerWeek: 2,
        digest: 'weekly',
        quietHours: { from: '22:00', to: '09:30' },
        bestTime: 'evening',
        pausedUntil: null,
      },
    });
    const ledger = await world.deps.db
      .selectFrom('consent_ledger')
      .selectAll()
      .where('customer_id', '=', someone.id)
      .where('source', '=', 'preference-centre')
      .execute();
    expect(ledger).toHaveLength(3);
    expect(ledger[0]).toMatchObject({
      wording: 'en-1',
      proof: { messageId: `message-of-${someone.id}` },
    });
    const events = await world.deps.db
      .selectFrom('events')
      .select('properties')
      .where('customer_id', '=', someone.id)
      .where('name', '=', 'Preferences Changed')
      .execute();
    expect(events).toEqual([
      {
        properties: {
          source: 'preference-centre',
          changed: [
            'bestTime',
            'channels.sms',
            'digest',
            'maxPerWeek',
            'quietHours',
            'topics.newsletter',
          ],
        },
      },
    ]);
  });

  it('withdraws the consent to an unticked topic on every channel, and ends its journeys', async () => {
    const someone = await person();
    const entered = await world.call('POST', '/v1/journeys/onDemand/enrollments', {
      key: ADMIN,
      body: { userId: someone.userId },
    });
    expect(entered.status).toBeLessThan(300);
    await post(link(someone), { action: 'save', ...SUBSCRIBED.was, channel: 'email' });
    const { consents, preferences } = await stateOf(someone);
    expect(consents).toEqual({ 'email offers': 'unsubscribed', '* offers': 'unsubscribed' });
    expect(preferences.topics).toEqual({ offers: false });
    const enrollments = await world.deps.db
      .selectFrom('enrollments')
      .select(['status', 'end_reason'])
      .where('customer_id', '=', someone.id)
      .execute();
    expect(enrollments).toEqual([{ status: 'exited', end_reason: 'opted-out' }]);
    // Ticked again, it counts again.
    world.time.now = new Date(world.time.now.getTime() + 1_000);
    await post(link(someone), { action: 'save', topic: 'offers', channel: 'email' });
    const again = await world.call('GET', link(someone));
    expect(again.text).toMatch(/value="offers"\s+checked/);
  });

  it('changes nothing that was not edited, even if it changed meanwhile', async () => {
    const someone = await person();
    const token = await formToken(link(someone));
    await world.call('PUT', `/v1/customers/${someone.userId}/consents`, {
      key: ADMIN,
      body: { channel: 'email', purpose: 'offers', state: 'unsubscribed' },
    });
    const body = new URLSearchParams({
      form: token,
      action: 'save',
      ...SUBSCRIBED.was,
      topic: 'offers',
      channel: 'email',
      most: '1',
    });
    await world.call('POST', link(someone), { body: body.toString(), headers: FORM });
    const { consents, preferences } = await stateOf(someone);
    expect(consents).toEqual({ 'email offers': 'unsubscribed' });
    expect(preferences.maxPerWeek).toBe(1);
  });

  it('turns a channel off and keeps its consents', async () => {
    const someone = await person();
    await world.call('PUT', `/v1/customers/${someone.userId}/consents`, {
      key: ADMIN,
      body: { channel: 'sms', purpose: 'newsletter', state: 'subscribed' },
    });
    const both = { topic: ['offers', 'newsletter'] };
    const was = { 'was-topic': both.topic, 'was-channel': ['email', 'sms'] };
    await post(link(someone), { action: 'save', ...was, ...both, channel: 'email' });
    const { consents, preferences } = await stateOf(someone);
    expect(preferences.channels).toEqual({ sms: false });
    expect(consents).toEqual({ 'email offers': 'subscribed', 'sms newsletter': 'subscribed' });
  });

  it.each([
    ['quiet hours with one end', { 'quiet-from': '22:00' }, /Quiet hours need/],
    ['quiet hours all day', { 'quiet-from': '22:00', 'quiet-to': '22:00' }, /Quiet hours need/],
    ['quiet hours that are none', { 'quiet-from': 'x', 'quiet-to': '99:99' }, /Quiet hours need/],
    [
      'a topic without a way to reach them',
      { topic: 'newsletter', channel: [] },
      /at least one way/,
    ],
    ['a limit that is not offered', { most: '999' }, /not among those offered/],
    ['a digest that is not offered', { digest: 'hourly' }, /not among those offered/],
    ['a topic that there is not', { topic: 'gossip' }, /not among those offered/],
  ])('refuses %s, tells it at the field, and saves nothing', async (_, fields, words) => {
    const someone = await person();
    const answer = await post(link(someone), {
      action: 'save',
      ...SUBSCRIBED.was,
      topic: 'offers',
      channel: 'email',
      ...fields,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/role="alert"/);
    expect(answer.text).toMatch(words);
    expect(await stateOf(someone)).toEqual({
      consents: { 'email offers': 'subscribed' },
      preferences: NOTHING_SAID,
    });
  });

  it('pauses for 30 days, and ends the pause', async () => {
    const someone = await person();
    const paused = await post(link(someone), { action: 'pause' });
    expect(paused.text).toMatch(/role="status">Done: you are taking a break until 1 April 2026/);
    const end = new Date(world.time.now.getTime() + 30 * 86_400_000).toISOString();
    expect((await stateOf(someone)).preferences.pausedUntil).toBe(end);
    await post(link(someone), { action: 'resume' });
    expect((await stateOf(someone)).preferences.pausedUntil).toBeNull();
  });

  it('unsubscribes from everything', async () => {
    const someone = await person();
    await post(link(someone), { action: 'leave' });
    expect((await stateOf(someone)).consents).toMatchObject({ '* *': 'unsubscribed' });
  });

  it('exports the data immediately, and asks for a confirmation before an erasure', async () => {
    const someone = await person();
    const requests = () =>
      world.deps.db
        .selectFrom('privacy_requests')
        .select(['kind', 'source', 'status'])
        .where('customer_id', '=', someone.id)
        .orderBy('kind')
        .execute();
    const taken = await post(link(someone), { action: 'export' });
    expect(taken.headers.get('content-type')).toBe('application/zip');
    expect(taken.headers.get('content-disposition')).toMatch(/^attachment; filename="customer-/);
    expect(taken.text.startsWith('PK')).toBe(true);
    const asked = await post(link(someone), { action: 'erase' });
    expect(asked.text).toMatch(/<h1>Delete everything about you\?<\/h1>/);
    const open = { source: 'preference-centre', status: 'open' };
    const given = { kind: 'export', source: 'preference-centre', status: 'done' };
    expect(await requests()).toEqual([given]);
    await post(link(someone), { action: 'erase-yes' });
    expect(await requests()).toEqual([{ kind: 'erase', ...open }, given]);
  });

  it('does nothing without the token of its own page', async () => {
    const someone = await person();
    const other = await person();
    const strange = await formToken(link(other));
    const old = await formToken(link(someone));
    const leave = (form: string) =>
      world.call('POST', link(someone), {
        body: new URLSearchParams({ form, action: 'leave' }).toString(),
        headers: FORM,
      });
    for (const form of ['', 'x', strange, link(someone).slice('/preferences/'.length)]) {
      expect((await leave(form)).status).toBe(400);
    }
    const before = world.time.now;
    world.time.now = new Date(before.getTime() + 13 * 3_600_000);
    expect((await leave(old)).text).toMatch(/open for too long/);
    world.time.now = before;
    expect((await stateOf(someone)).consents).toEqual({ 'email offers': 'subscribed' });
  });

  it('rejects links that are forged, shortened or made for another use', async () => {
    const someone = await person();
    const good = link(someone);
    const unsubscribes = link(someone, { act: 'unsubscribe' });
    for (const path of [`${good}x`, good.slice(0, -2), unsubscribes, '/preferences/x']) {
      expect((await world.call('GET', path)).status).toBe(400);
      const posted = await world.call('POST', path, { body: 'action=leave', headers: FORM });
      expect(posted.status).toBe(400);
    }
    expect((await world.call('GET', link({ id: 'nobody' }))).status).toBe(410);
  });

  it('uses the language of the link, then of the customer, then of the browser', async () => {
    const someone = await person();
    const german = { 'accept-language': 'xx, fr;q=0.3, de-AT;q=0.9' };
    const lang = async (path: string, headers: Record<string, string> = {}) => {
      const { text } = await world.call('GET', path, { headers });
      return /<html lang="(\w+)">/.exec(text)?.[1];
    };
    expect(await lang(link(someone))).toBe('en');
    expect(await lang(link(someone), german)).toBe('de');
    await world.call('POST', '/v1/track', {
      key: WRITE,
      body: { userId: someone.userId, event: 'Signed In', context: { locale: 'fr-CH' } },
    });
    expect(await lang(link(someone), german)).toBe('fr');
    expect(await lang(`${link(someone)}?lang=en`, german)).toBe('en');
    expect(await lang(`${link(someone)}?lang=tlh`, german)).toBe('fr');
    const page = await world.call('GET', `${link(someone)}?lang=de`);
    expect(page.text).toMatch(/Angebote/);
    expect(page.headers.get('content-language')).toBe('de');
  });

  it('escapes everything it shows', async () => {
    const someone = await person({ email: '"><script>alert(1)</script>@x.example' });
    const page = await world.call('GET', `${link(someone)}?lang="><script>`);
    expect(page.text).not.toMatch(/<script/);
  });
});
