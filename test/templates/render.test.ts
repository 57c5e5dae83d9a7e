import { z } from 'zod';
import { compileTemplate } from '../../src/templates/render';
import type { TemplateDefinition } from '../../src/templates/template';
import type { TemplateContext } from '../../src/templates/template-context';
import { TemplateError } from '../../src/templates/template-error';

const context: TemplateContext = {
  props: {},
  customer: { id: 'c1', traits: { name: '<script>alert(1)</script> & "Ada"' } },
  links: {},
  message: { id: 'm1' },
  locale: 'en-GB',
  zone: 'Europe/Berlin',
};

const noProps = z.object({});

function mail(body: string, subject = 'Hello', text?: string): TemplateDefinition {
  const mjml = `<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
        ${body}
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;
  return { props: noProps, email: { subject, mjml, ...(text === undefined ? {} : { text }) } };
}

async function renderMail(definition: TemplateDefinition, change: Partial<TemplateContext> = {}) {
  const compiled = await compileTemplate('greeting', definition);
  const content = compiled.render('email', { ...context, ...change });
  if (content.channel !== 'email') throw new Error('expected an e-mail');
  return content;
}

async function renderText(text: string, change: Partial<TemplateContext> = {}) {
  const compiled = await compileTemplate('greeting', {
    props: z.looseObject({}),
    sms: { text },
  });
  const content = compiled.render('sms', { ...context, ...change });
  return content.channel === 'sms' ? content.text : '';
}

describe('a value from a customer', () => {
  it('is escaped in HTML and unchanged in text and subject', async () => {
    const { html, subject, text } = await renderMail(
      mail('<mj-text>Dear {{ customer.traits.name }}</mj-text>', 'For {{ customer.traits.name }}'),
    );
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;Ada&#34;');
    expect(html).not.toContain('<script>alert');
    expect(subject).toBe('For <script>alert(1)</script> & "Ada"');
    expect(text).toBe('Dear <script>alert(1)</script> & "Ada"');
  });

  it('cannot break a subject into two lines', async () => {
    const traits = { name: 'Ada\r\nBcc: all@shop.example' };
    const { subject } = await renderMail(
      mail('<mj-text>x</mj-text>', '{{ customer.traits.name }}'),
      {
        customer: { id: 'c1', traits },
      },
    );
    expect(subject).toBe('Ada Bcc: all@shop.example');
  });

  it('cannot inject Liquid', async () => {
    const traits = { name: '{{ customer.id }}{% raw %}' };
    expect(await renderText('{{ customer.traits.name }}', { customer: { id: 'c1', traits } })).toBe(
      '{{ customer.id }}{% raw %}',
    );
  });

  it('cannot inject a link that runs code', async () => {
    const compiled = await compileTemplate('link', {
      props: z.object({ to: z.string() }),
      inapp: { title: 't', body: 'b', url: '{{ props.to }}' },
    });
    const to = (url: string) => () => compiled.render('inapp', { ...context, props: { to: url } });
    expect(to('/orders/1')).not.toThrow();
    expect(to('https://shop.example')).not.toThrow();
    expect(to(' JavaScript:alert(1)')).toThrow(
      /inapp\.url: Found a link that is empty or runs code/,
    );
  });
});

describe('the plain text of a mail', () => {
  it('is generated from its HTML, with the addresses of links and no markup', async () => {
    const { text } = await renderMail(
      mail(`<mj-text>Dear &amp; welcome<br/>friend, see <a href="https://a.example/?a=1&amp;b=2">this</a></mj-text>
        <mj-text>{% if customer.traits.name and 1 < 2 %}<b>two</b>{% endif %}</mj-text>
        <mj-button href="https://shop.example/{{ customer.id }}">Go</mj-button>`),
    );
    expect(text).toBe(
      'Dear & welcome\nfriend, see this: https://a.example/?a=1&b=2\n\ntwo\n\nGo: https://shop.example/c1',
    );
  });

  it('keeps the Liquid of headings, tables and lists, with the case and lines of the HTML', async () => {
    const { text } = await renderMail(
      mail(`<mj-text><h1>Dear {{ customer.traits.name | default: 'you' }}</h1></mj-text>
        <mj-table><tr><th>Item</th><th>Price {{ customer.id }}</th></tr>
          {% for item in customer.traits.list %}<tr><td>{{ item }}</td><td>&eacute; &lt; 1</td></tr>{% endfor %}
        </mj-table>
        <mj-text><ol>{% for item in customer.traits.list %}<li>{{ item }}</li>{% endfor %}</ol>
          <a href="https://a.example/{{ customer.id }}"><b>Nested <i>{{ customer.id }}</i> </b></a></mj-text>`),
      { customer: { id: 'c1', traits: { name: 'ada', list: ['One', 'Two'] } } },
    );
    expect(text).toBe(
      [
        ...['Dear ada', '', 'Item Price c1', 'One é < 1', 'Two é < 1', ''],
        ...['- One', '- Two', '', 'Nested c1: https://a.example/c1'],
      ].join('\n'),
    );
  });

  it('is the author’s text if there is one', async () => {
    const { text } = await renderMail(
      mail('<mj-text>x</mj-text>', 'Hi', 'Mine, {{ customer.id }}'),
    );
    expect(text).toBe('Mine, c1');
  });
});

describe('a mistake in a template', () => {
  const cases: readonly [string, TemplateDefinition, RegExp][] = [
    [
      'a misspelt prop',
      mail('<mj-text>{{ props.arm }}</mj-text>'),
      /email\.mjml, line 5: Found the variable props\.arm/,
    ],
    [
      'an unknown root',
      mail('<mj-text>{{ user.name }}</mj-text>'),
      /line 5: Found the variable user; expected one of props, customer/,
    ],
    [
      'a misspelt link',
      mail('<mj-text>{{ links.unsubscribed }}</mj-text>'),
      /links\.unsubscribed; expected one of unsubscribe, preferences, confirm/,
    ],
    [
      'an event without about',
      mail('<mj-text>{{ event.name }}</mj-text>'),
      /template has no event/,
    ],
    [
      'an unknown filter',
      mail('<mj-text>{{ customer.id | shout }}</mj-text>'),
      /line 5: Found the filter shout/,
    ],
    ['an unclosed tag', mail('<mj-text>{% if customer.id %}</mj-text>'), /line 5: .*not closed/],
    [
      'an unknown MJML element',
      mail('<mj-txt>x</mj-txt>'),
      /line 5: Found invalid MJML at <mj-txt>/,
    ],
    [
      'text that is no MJML',
      { props: noProps, email: { subject: 's', mjml: 'hello' } },
      /is not MJML/,
    ],
    [
      'a loop where MJML drops text',
      mail('{% for x in customer.traits.list %}<mj-text>{{ x }}</mj-text>{% endfor %}'),
      /line 5: Found \{% for .* inside <mj-raw>/,
    ],
    [
      'a filter that asks the clock',
      mail("<mj-text>{{ 'now' | date: '%Y' }}</mj-text>"),
      /Found the filter date/,
    ],
    ['an include', { props: noProps, sms: { text: "{% render '/etc/passwd' %}" } }, /./],
  ];

  it.each(cases)(
    'such as %s is refused before anything is sent',
    async (_, definition, sentence) => {
      const attempt = compileTemplate('greeting', definition).then((compiled) =>
        compiled.render(compiled.channels[0]!, context),
      );
      await expect(attempt).rejects.toThrow(TemplateError);
      await expect(attempt).rejects.toThrow(/^Template greeting, /);
      await expect(attempt).rejects.toThrow(sentence);
    },
  );

  it('such as a missing trait names the line of the MJML', async () => {
    const rendering = renderMail(mail('<mj-text>a\n{{ customer.traits.nickname }}</mj-text>'));
    await expect(rendering).rejects.toThrow(
      /Template greeting, email\.mjml, line 6: Found no customer\.traits\.nickname/,
    );
  });
});

describe('the input of a message', () => {
  it('must match the props', async () => {
    const compiled = await compileTemplate('greeting', {
      props: z.object({ days: z.number() }),
      sms: { text: '{{ props.days }}' },
    });
    expect(compiled.render('sms', { ...context, props: { days: 3 } })).toEqual({
      channel: 'sms',
      text: '3',
    });
    expect(() => compiled.render('sms', { ...context, props: { days: 'x' } })).toThrow(
      /Template greeting: Found props that do not fit \(props\.days: /,
    );
  });

  it('must be the event that the template is about', async () => {
    const compiled = await compileTemplate('greeting', {
      props: noProps,
      about: 'Order Completed',
      sms: { text: '{{ event.properties.order_id }}' },
    });
    const event = { name: 'Cart Updated', properties: {}, occurredAt: new Date(0) };
    expect(() => compiled.render('sms', { ...context, event })).toThrow(
      /the event Cart Updated; expected Order Completed/,
    );
    expect(() => compiled.render('sms', context)).toThrow(/no event; expected Order Completed/);
  });

  it('must be for a channel that has texts', async () => {
    const compiled = await compileTemplate('greeting', { props: noProps, sms: { text: 'x' } });
    expect(compiled.channels).toEqual(['sms']);
    expect(() => compiled.render('push', context)).toThrow(
      /no texts for push; expected one of sms/,
    );
  });

  it('is the webhook’s data by default', async () => {
    const compiled = await compileTemplate('greeting', {
      props: z.object({ a: z.number() }),
      webhook: { type: 'x.happened' },
    });
    expect(compiled.render('webhook', { ...context, props: { a: 1, b: 2 } })).toEqual({
      channel: 'webhook',
      type: 'x.happened',
      data: { a: 1 },
    });
  });
});

describe('the filters', () => {
  const at = { props: { at: '2025-07-01T22:30:00Z', n: 1234.5 } };

  it.each([
    ['{{ props.n | money: "EUR" }}', 'en-GB', '€1,234.50'],
    ['{{ props.n | money: "eur" }}', 'de-DE', '1.234,50 €'],
    ['{{ props.n | money: "JPY" }}', 'en-GB', 'JP¥1,235'],
    ['{{ props.n | money }}', 'en_GB', '1,234.50'],
    ['{{ props.n | money: "Euros" }}', 'no such locale', '1,234.50'],
    ['{{ props.at | local_date }}', 'en-GB', 'Wednesday 2 July 2025'],
    ['{{ props.at | local_date: "short" }}', 'de-DE', '02.07.25'],
    ['{{ props.at | local_time }}', 'en-GB', '00:30'],
    ['{{ props.at | local_datetime: "medium" }}', 'en-GB', '2 Jul 2025, 00:30'],
  ])('%s for %s is %s', async (text, locale, expected) => {
    const rendered = await renderText(text, { ...at, locale });
    // Versions of ICU differ in the comma after a weekday and in which space they use.
    expect(rendered.replaceAll(/[\u00A0\u202F]/g, ' ').replace('day, ', 'day ')).toBe(expected);
  });

  it('treat an unknown zone as UTC', async () => {
    expect(await renderText('{{ props.at | local_time }}', { ...at, zone: 'Mars/Base' })).toBe(
      '22:30',
    );
  });

  it('reject what is not an amount or a time', async () => {
    await expect(renderText('{{ props.x | money }}', { props: { x: [1] } })).rejects.toThrow(
      /Template greeting, sms\.text, line 1: Found \[1\] before the filter money/,
    );
    await expect(
      renderText('{{ props.x | local_date }}', { props: { x: 'soon' } }),
    ).rejects.toThrow(/Found "soon" before the filter local_date/);
  });
});

describe('a template that would never finish', () => {
  it.each([
    ['a loop over a billion', '{% for i in (1..1000000000) %}x{% endfor %}'],
    ['nested loops', '{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}'],
    [
      'a text that doubles',
      '{% assign s = "aaaaaaaaaa" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}',
    ],
  ])('such as %s is stopped within a second', async (_, text) => {
    const started = performance.now();
    await expect(renderText(text)).rejects.toThrow(/exceeds a limit while rendering/);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
