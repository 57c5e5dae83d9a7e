import { systemTemplates } from '../../../src/system/mails/system-templates';
import { compileTemplate } from '../../../src/templates/render';
import { LANGUAGES, TEXTS } from '../../../src/texts/languages';

type Name = keyof ReturnType<typeof systemTemplates>;

const TEXTS_OF = {
  'confirm-subscription': 'confirm',
  'preference-link': 'link',
  'subscription-welcome': 'welcome',
} as const satisfies Record<Name, string>;
const NAMES = Object.keys(TEXTS_OF) as Name[];

async function mailOf(name: Name, locale: string, settings = {}) {
  const compiled = await compileTemplate(name, systemTemplates(settings)[name]);
  const content = compiled.render('email', {
    props: { topic: 'newsletter' },
    customer: { id: 'customer-1', traits: { first_name: 'Ada' } },
    links: {
      unsubscribe: 'https://t.example/unsubscribe/abc',
      preferences: 'https://t.example/preferences/abc',
      confirm: 'https://t.example/confirm/abc',
    },
    message: { id: 'message-1' },
    locale,
    zone: 'UTC',
  });
  if (content.channel !== 'email') throw new Error('expected an e-mail');
  return content;
}

const EACH = NAMES.flatMap((name) => LANGUAGES.map((language) => [name, language] as const));

it.each(EACH)('writes the mail %s in %s', async (name, language) => {
  const texts = TEXTS[language].mails[TEXTS_OF[name]];
  const { subject, text } = await mailOf(name, language);
  expect(subject).toBe(texts.subject);
  expect(text).toContain(`${TEXTS[language].mails.greeting} Ada,`);
  expect(text).toContain(texts.text.replace('{{ props.topic }}', 'newsletter'));
  if (texts.note !== undefined) expect(text).toContain(texts.note);
});

it('has the brand and the colours of the preference centre', async () => {
  const settings = {
    brand: 'Fox & "Sons"',
    home: 'https://fox.example',
    theme: { light: { act: '#123456' } },
  };
  const { html, text } = await mailOf('preference-link', 'en', settings);
  expect(text).toContain('Fox & "Sons"');
  expect(html).toContain('href="https://fox.example"');
  expect(html).toContain('#123456');
});

it('offers to unsubscribe in the one marketing mail only', async () => {
  expect((await mailOf('subscription-welcome', 'en')).html).toContain('/unsubscribe/abc');
  expect((await mailOf('confirm-subscription', 'en')).html).not.toContain('/unsubscribe/abc');
});
