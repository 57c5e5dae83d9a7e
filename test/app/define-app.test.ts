import { defineApp, defineTemplate, z } from '../../src/app';
import { loadJourneys } from '../../src/app/load-journeys';
import { app as shop } from '../../src/workflows/app';

const policy = { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} };

/** An application that declares nothing itself. */
const bare = {
  workflowsPath: require.resolve('../journeys/sample-journeys'),
  catalogue: {
    events: {},
    templates: {},
    experiments: {},
    flags: {},
    topics: ['offers'],
    traits: z.looseObject({}),
  },
  policy,
};

describe('defineApp', () => {
  it('adds the events, templates and journeys that every application has', () => {
    const app = defineApp(bare);
    expect(Object.keys(app.catalogue.events)).toEqual(
      expect.arrayContaining(['Message Clicked', 'Subscription Requested', 'Task Completed']),
    );
    expect(Object.keys(app.catalogue.templates).toSorted()).toEqual([
      'confirm-subscription',
      'preference-link',
      'subscription-welcome',
    ]);
    const journeys = loadJourneys(app);
    expect([...journeys.keys()]).toEqual(
      expect.arrayContaining(['doubleOptIn', 'preferenceLink', 'sleeper']),
    );
  });

  it('accepts subscriptions only to topics of the application', () => {
    const requested = defineApp(bare).catalogue.events['Subscription Requested'];
    expect(requested?.safeParse({ topic: 'offers' }).success).toBe(true);
    expect(requested?.safeParse({ topic: 'tips' }).success).toBe(false);
  });

  it('prefers an event, a template and a journey of the application to the engine’s', () => {
    const welcome = defineTemplate({ props: z.object({ topic: z.string() }), sms: { text: 'Hi' } });
    const requested = z.looseObject({ topic: z.literal('tips') });
    const app = defineApp({
      ...bare,
      catalogue: {
        ...bare.catalogue,
        events: { 'Subscription Requested': requested },
        templates: { 'subscription-welcome': welcome },
      },
    });
    expect(app.catalogue.events['Subscription Requested']).toBe(requested);
    expect(app.catalogue.templates['subscription-welcome']).toBe(welcome);
    expect(shop.catalogue.templates['subscription-welcome']?.email?.subject).toBe(
      'You are on the list',
    );
  });

  it('runs only the engine’s journeys that the application enables', () => {
    const journeys = loadJourneys(defineApp({ ...bare, systemJourneys: ['preferenceLink'] }));
    expect(journeys.has('preferenceLink')).toBe(true);
    expect(journeys.has('doubleOptIn')).toBe(false);
  });
});
