import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  computed,
  consent,
  defineJourney,
  defineSegment,
  did,
  lifecycle,
  never,
  on,
  onRequest,
  onSchedule,
  onSegmentEntered,
  trait,
} from 'throughline';
import { compileSnippets } from './compile-snippets';
import { exportsOf, journeySteps } from './sdk-examples';

/**
 * What must not compile. Each line below an `@ts-expect-error` is an error that `npm run check`
 * requires: if the types grow too loose to find it, the directive itself becomes the error.
 */
export const typed = [
  // @ts-expect-error nobody declared this event
  defineJourney({ trigger: on('Order Compleated') }, async () => undefined),

  defineJourney(
    {
      // @ts-expect-error the event has no such property
      trigger: on('Cart Updated', { key: (e) => e.properties.basket_id }),
    },
    async () => undefined,
  ),

  defineJourney({ trigger: on('Order Completed'), purpose: 'offers' }, async (j) => {
    // @ts-expect-error nobody declared this event
    await j.waitFor('Order Completd', { timeout: '1 day' });
    // @ts-expect-error an order has no such property
    j.event.properties.totl;
    // @ts-expect-error an e-mail address is personal: it never reaches a journey
    j.event.properties.email;
    // @ts-expect-error lists stay in Postgres
    j.event.properties.products;
    // @ts-expect-error there is no such template
    await j.send('cart-remainder', { via: ['email'], props: { arm: 'plain' } });
    // @ts-expect-error the template needs its prop
    await j.send('win-back-offer', { via: ['email'] });
    // @ts-expect-error the prop is a number
    await j.send('win-back-reminder', { via: ['email'], props: { days_since_order: 'many' } });
    // @ts-expect-error the template is about a cart, not an order
    await j.send('cart-last-call', { via: ['email'], about: j.event });
    // @ts-expect-error the template has no words for letters
    await j.send('win-back-offer', { via: ['letter'], props: { arm: 'advice' } });
    // @ts-expect-error nobody declared this topic
    await j.send('win-back-offer', { purpose: 'spam', via: ['email'], props: { arm: 'advice' } });
    // @ts-expect-error there is no such experiment
    await j.experiment('cart-colour');
    // @ts-expect-error the experiment has no such arm
    (await j.experiment('cart-reminder')) === 'loud';
    // @ts-expect-error there is no such flag
    await j.flag('teleport');
    // @ts-expect-error that is no duration
    await j.sleep('3 fortnights');
    // @ts-expect-error no such weekday
    await j.sleepUntil({ time: '09:00', weekday: 'someday' });
    // @ts-expect-error appointments have no such property
    await j.sleepUntil({ property: 'ends_at', of: 'Appointment Booked' });
    // @ts-expect-error the trait is personal
    (await j.read()).email;
    // @ts-expect-error the trait is a number
    await j.setTraits({ orders: 'three' });
  }),

  defineJourney({ trigger: onRequest() }, async (j) => {
    // @ts-expect-error without a purpose of the journey each send names its own
    await j.send('win-back-offer', { via: ['email'], props: { arm: 'advice' } });
  }),
];

/** The same of segments, which are typed by the catalogue too. */
export const typedSegments = [
  // @ts-expect-error nobody declared this event
  did('Order Compleated'),
  // @ts-expect-error an order has no such property
  did('Order Completed', { where: { totl: { above: 5 } } }),
  // @ts-expect-error the total is a number
  did('Order Completed', { where: { total: { is: 'many' } } }),
  // @ts-expect-error that is no duration
  never('Order Completed', { within: '3 fortnights' }),
  // @ts-expect-error nobody declared this trait
  trait('shoe_size', { is: 43 }),
  // @ts-expect-error the trait is a text
  trait('plan', { is: 3 }),
  // @ts-expect-error there is no such computed trait
  computed('spent', { atLeast: 5 }),
  // @ts-expect-error it is a number
  computed('orders', { is: 'two' }),
  // @ts-expect-error there is no such stage
  lifecycle('retired'),
  // @ts-expect-error nobody declared this topic
  consent('email', 'spam'),
  // @ts-expect-error there is no such segment
  onSegmentEntered('keenWithPush'),
  // @ts-expect-error there is no such segment
  onSchedule('0 9 * * *', { segment: 'keenWithPush' }),
  defineJourney({ trigger: onSegmentEntered('atRisk') }, async (j) => {
    // @ts-expect-error there is no such segment
    await j.inSegment('keenWithPush');
    const segment: string = j.event.properties.segment;
    if (await j.inSegment('bigSpenders')) await j.step('own code', () => Promise.resolve(segment));
  }),
  defineSegment({ where: trait('email', { is: 'ada@shop.example' }) }),
  defineSegment({ where: did('Order Completed', { where: { email: { exists: true } } }) }),
];

/** And what must compile, with exactly these types. */
export const fine = defineJourney(
  { trigger: on('Order Completed'), purpose: 'offers', listens: ['Message Clicked'] },
  async (j) => {
    const total: number | null | undefined = j.event.properties.total;
    const arm: 'plain' | 'warm' = await j.experiment('cart-reminder');
    const way: 'a' | 'b' = await j.split('way', { a: 1, b: 2 });
    const sent = await j.send('win-back-offer', { via: ['email', 'push'], props: { arm: way } });
    const clicked = await j.waitFor('Message Clicked', { of: sent, timeout: '1 day' });
    const url: string | null | undefined = clicked?.properties.url;
    const either = await j.waitFor(['Order Completed', 'Cart Updated'], { timeout: 0 });
    if (either?.name === 'Order Completed') await j.track('Order Completed', {});
    await j.step('own code', () => Promise.resolve({ total, arm, url }));
  },
);

const steps = journeySteps();
const sdk = exportsOf('src/journey/index.ts');
const app = exportsOf('src/app/index.ts');
const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

/** An example as a file: the imports that it needs, and a body around it where it uses `j`. */
function asFile(example: string): string {
  const imported = (from: string, all: readonly { readonly name: string }[]) => {
    const names = all
      .map(({ name }) => name)
      .filter((name) => new RegExp(`\\b${name}\\b`).test(example))
      .filter((name) => !new RegExp(`\\b(const|function|type) ${name}\\b`).test(example));
    return `import { ${names.join(', ')} } from '${from}';\n`;
  };
  const needsBody = /\bj\./.test(example) && !/\bj\b[:)]/.test(example);
  const imports = [
    imported('throughline', [...sdk, ...(needsBody ? [{ name: 'defineJourney' }] : [])]),
    imported('throughline/app', [...app, { name: 'z' }]),
    needsBody ? "import { defineJourney as journey, on as event } from 'throughline';\n" : '',
    /\bcatalogue\b/.test(example)
      ? "import { catalogue } from '../../src/workflows/catalogue';\n"
      : '',
    /\bsegments\b/.test(example)
      ? "import { segments } from '../../src/workflows/segments';\n"
      : '',
  ].join('');
  if (!needsBody) return `${imports}${example}\nexport {};\n`;
  const sent = /\bsent\b/.test(example) && !/const sent\b/.test(example);
  return `${imports}
    journey({ trigger: event('Order Completed'), purpose: 'offers' }, async (j) => {
      ${sent ? "const sent = await j.send('onboarding-welcome', { via: ['email'] });" : ''}
      ${example}
    });
    export {};`;
}

const snippets = {
  wrong: `import { defineJourney, on } from 'throughline';
    export const wrong = defineJourney({ trigger: on('Order Completed') }, async (j) => {
      await j.waitFor('No Such Event', { timeout: '1 day' });
      await j.send('win-back-offer', { purpose: 'offers', via: ['email'], props: { arn: 'x' } });
      return void j.event.properties.nothing;
    });`,
  ...Object.fromEntries(shown.map((code, index) => [`readme-${index}`, code])),
  ...Object.fromEntries(
    [...steps, ...sdk, ...app].map(({ name, example = '' }) => [
      name.replace('.', '-'),
      asFile(example),
    ]),
  ),
};
let found: Readonly<Record<string, string>>;
beforeAll(() => {
  found = compileSnippets(snippets);
});

it('fails the type check for a journey that names what is not there', () => {
  expect(found['wrong']).toContain('No Such Event');
  expect(found['wrong']).toContain('arn');
  expect(found['wrong']).toContain('nothing');
});

it('compiles the journeys and the segment that the README shows', () => {
  expect(shown).toHaveLength(2);
  expect(shown.join('\n')).toContain('defineSegment');
  expect([found['readme-0'], found['readme-1']]).toEqual(['', '']);
});

it.each([...steps, ...sdk, ...app])(
  'has an example of $name that compiles',
  ({ name, example }) => {
    expect(example ?? '').not.toBe('');
    expect(found[name.replace('.', '-')]).toBe('');
  },
);
