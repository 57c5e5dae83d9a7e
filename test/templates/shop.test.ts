import type { ChannelKind } from '../../src/domain/channels/channel-kind';
import { compileTemplate, type CompiledTemplate } from '../../src/templates/render';
import { systemTemplates } from '../../src/system/mails/system-templates';
import { app } from '../../src/workflows/app';
import { shopTemplates as ownTemplates } from '../../src/workflows/templates';
import type { TemplateContext } from '../../src/templates/template-context';

/** As `defineApp` completes them. */
const shopTemplates = { ...systemTemplates(app.preferenceCentre ?? {}), ...ownTemplates };

type Name = keyof typeof shopTemplates;

const order = {
  name: 'Order Completed',
  occurredAt: new Date('2025-03-04T10:00:00Z'),
  properties: {
    order_id: 'A-1001',
    total: 61.5,
    shipping: 4.5,
    currency: 'EUR',
    products: [
      { name: 'Linen shirt <blue>', price: 48, quantity: 1 },
      { name: 'Wool socks', price: '4.50', quantity: 2 },
    ],
  },
};
const cart = {
  name: 'Cart Updated',
  occurredAt: '2025-03-04T10:00:00Z',
  properties: { cart_id: 'c 1', currency: 'EUR', products: [{ name: 'Lamp', price: 30 }] },
};

/** Each template with all it may be given. */
const CASES: Readonly<Record<Name, { props?: object; event?: typeof order | typeof cart }>> = {
  'order-confirmation': { event: order },
  'onboarding-welcome': {},
  'onboarding-first-steps': {},
  'onboarding-help-offer': {},
  'cart-reminder': { props: { arm: 'warm' }, event: cart },
  'cart-last-call': { event: cart },
  'post-purchase-advice': { props: { order_id: 'A-1001' } },
  'consultation-offer': { props: { order_id: 'A-1001' } },
  'win-back-reminder': { props: { days_since_order: 90 } },
  'win-back-offer': { props: { arm: 'coupon' } },
  'appointment-reminder': { props: { starts_at: '2025-03-05T13:30:00Z', hours_before: 24 } },
  'appointment-moved': { props: { starts_at: '2025-03-05T13:30:00Z' } },
  'confirm-subscription': { props: { topic: 'newsletter' } },
  'preference-link': {},
  'subscription-welcome': { props: { topic: 'newsletter' } },
};
const names = Object.keys(CASES).filter((name): name is Name => name in shopTemplates);
const MARKETING = names.filter(
  (name) =>
    !/^(order-|appointment-|confirm-|preference-)/.test(name) && 'email' in shopTemplates[name],
);

function contextOf(name: Name, change: Partial<TemplateContext> = {}): TemplateContext {
  const { props = {}, event } = CASES[name];
  return {
    props,
    ...(event ? { event } : {}),
    customer: { id: 'customer-1', traits: { first_name: 'Ada' } },
    links: {
      unsubscribe: 'https://t.example/unsubscribe/abc',
      preferences: 'https://t.example/preferences/abc',
      confirm: 'https://t.example/confirm/abc',
    },
    message: { id: 'message-1' },
    locale: 'en-GB',
    zone: 'Europe/Berlin',
    ...change,
  };
}

describe('the templates of the shop', () => {
  const compiled = new Map<Name, CompiledTemplate>();
  const render = (name: Name, channel: ChannelKind, change?: Partial<TemplateContext>) =>
    compiled.get(name)!.render(channel, contextOf(name, change));
  const email = (name: Name, change?: Partial<TemplateContext>) => {
    const content = render(name, 'email', change);
    if (content.channel !== 'email') throw new Error('expected an e-mail');
    return content;
  };

  beforeAll(async () => {
    for (const name of names) compiled.set(name, await compileTemplate(name, shopTemplates[name]));
  });

  it.each(names.filter((name) => 'email' in shopTemplates[name]))(
    '%s leads to the preference centre',
    (name) => {
      expect(email(name).html).toContain('https://t.example/preferences/abc');
    },
  );

  it('are all covered here', () => {
    expect(names.toSorted()).toEqual(Object.keys(shopTemplates).toSorted());
    expect(Object.keys(app.catalogue.templates).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)(
    '%s renders on every channel that it has texts for, with no Liquid left',
    (name) => {
      for (const channel of compiled.get(name)!.channels) {
        const content = render(name, channel);
        expect(content.channel).toBe(channel);
        expect(JSON.stringify(content)).not.toMatch(/\{\{|\{%|%\}|undefined|NaN|\[object/);
      }
    },
  );

  it.each(names)('%s renders for a customer without traits', (name) => {
    const bare = CASES[name].event && {
      event: {
        ...CASES[name].event,
        properties: name === 'order-confirmation' ? { order_id: 'A-1001' } : { cart_id: 'c1' },
      },
    };
    const nobody = { customer: { id: 'customer-1', traits: {} }, ...bare };
    for (const channel of compiled.get(name)!.channels) {
      expect(() => render(name, channel, nobody)).not.toThrow();
    }
    expect(email(name, nobody).text).toContain('Hello,');
  });

  it.each(MARKETING)('%s says how to unsubscribe, in HTML and in text', (name) => {
    const { html, text } = email(name);
    expect(html).toContain('href="https://t.example/unsubscribe/abc"');
    expect(text).toContain('Unsubscribe: https://t.example/unsubscribe/abc');
    expect(text).toContain('Choose what you get: https://t.example/preferences/abc');
    expect(text).toContain('12 Garden Row');
  });

  it('confirms an order with its products, sums and total in the customer’s language', () => {
    const { subject, html, text } = email('order-confirmation');
    expect(subject).toBe('We have your order A-1001');
    expect(html).toContain('Linen shirt &lt;blue&gt;');
    expect(text).toContain('Linen shirt <blue> €48.00');
    expect(text).toContain('Wool socks 2 × €4.50');
    expect(text).toContain('Delivery €4.50');
    expect(text).toContain('Total €61.50');
    expect(text).not.toContain('Unsubscribe');
  });

  it('confirms an order whose price is text', () => {
    const properties = { order_id: 'A-2', products: [{ name: 'Cup', price: '€ 12,50' }] };
    expect(email('order-confirmation', { event: { ...order, properties } }).text).toContain(
      'Cup € 12,50',
    );
  });

  it('sends an order to other systems as JSON, whatever its values are', () => {
    const properties = { ...order.properties, order_id: 'A"},{"evil": 1' };
    const content = render('order-confirmation', 'webhook', { event: { ...order, properties } });
    expect(content).toEqual({
      channel: 'webhook',
      type: 'order.confirmed',
      data: {
        customer_id: 'customer-1',
        message_id: 'message-1',
        order_id: 'A"},{"evil": 1',
        total: 61.5,
        currency: 'EUR',
        ordered_at: '2025-03-04T10:00:00.000Z',
      },
    });
  });

  it('shows an appointment in the customer’s zone', () => {
    const berlin = email('appointment-reminder').subject;
    expect(berlin).toMatch(/^Your appointment: Wednesday,? 5 March 2025 at 14:30$/);
    expect(email('appointment-reminder', { zone: 'America/New_York' }).subject).toContain('08:30');
  });

  it('uses the text of the experiment’s arm', () => {
    expect(email('cart-reminder').subject).toBe('We put your things aside for you');
    expect(email('cart-reminder', { props: { arm: 'plain' } }).subject).toBe(
      'Your cart is waiting',
    );
    expect(email('win-back-offer').html).toContain('COMEBACK10');
    expect(email('win-back-offer', { props: { arm: 'advice' } }).html).not.toContain('COMEBACK10');
  });

  it('keeps a text message within two segments, not counting its links', () => {
    for (const name of names.filter((each) => compiled.get(each)!.channels.includes('sms'))) {
      const content = render(name, 'sms');
      const words = JSON.stringify(content).replace(/https?:\S+/g, '');
      expect(words.length).toBeLessThan(306);
    }
  });

  it('requests a confirmation only with a link to confirm', () => {
    expect(email('confirm-subscription').html).toContain('href="https://t.example/confirm/abc"');
    expect(() => email('confirm-subscription', { links: {} })).toThrow(
      /Template confirm-subscription, email\.mjml, line \d+: Found no links\.confirm/,
    );
  });
});
