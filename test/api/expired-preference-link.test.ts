import { FORM, link, person, stateOf, useCentre, world, type Person } from './centre-world';

useCentre();

describe('an expired link', () => {
  const requested = async ({ id }: Person) => {
    const rows = await world.deps.db
      .selectFrom('events')
      .select('id')
      .where('customer_id', '=', id)
      .where('name', '=', 'Preference Link Requested')
      .execute();
    return rows.length;
  };
  const ask = (address: string, ip = '') =>
    world.call('POST', '/preferences/renew', {
      body: new URLSearchParams({ address }).toString(),
      headers: { ...FORM, ...(ip !== '' && { 'x-forwarded-for': ip }) },
    });

  it('changes nothing, and offers a new one', async () => {
    const someone = await person();
    const old = link(someone, { expiresAt: world.time.now.getTime() - 1 });
    const page = await world.call('GET', old);
    expect(page.status).toBe(410);
    expect(page.text).toMatch(/action="\.\.\/preferences\/renew\?lang=en"/);
    expect((await world.call('POST', old, { body: 'action=leave', headers: FORM })).status).toBe(
      410,
    );
    expect((await stateOf(someone)).consents).toEqual({ 'email offers': 'subscribed' });
  });

  it('gives the same answer for a known and an unknown address', async () => {
    const someone = await person();
    const known = await ask(someone.email.toUpperCase());
    const unknown = await ask('nobody@customers.example');
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(await requested(someone)).toBe(1);
  });

  it('limits the mails to an address without revealing it', async () => {
    const someone = await person();
    const answers = [];
    for (let time = 0; time < 5; time++) answers.push(await ask(someone.email));
    expect(await requested(someone)).toBe(3);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('is rejected for too many requests, and for an invalid address', async () => {
    const wrong = await ask('no address');
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(/aria-invalid="true"/);
    let last = wrong;
    const place = '198.51.100.7';
    for (let time = 0; time < 11; time++) {
      last = await ask(`nobody-${time}@customers.example`, place);
    }
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '3600']);
    // Who comes from elsewhere through the same proxy is not them.
    expect((await ask('nobody@customers.example', '198.51.100.8')).status).toBe(200);
  });
});
