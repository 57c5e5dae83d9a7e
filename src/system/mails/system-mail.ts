import { inLanguages } from '../../templates/in-languages';
import { languageTag, mailPhrases } from '../../templates/mail-phrases';
import { LANGUAGES, TEXTS, type Language } from '../../texts/languages';
import type { PreferenceCentreSettings, Theme } from '../../texts/preference-centre';
import type { MailTexts, Texts } from '../../texts/texts';

/** The default look of the preference centre. */
const DEFAULT_THEME = {
  ink: '#1d1f24',
  soft: '#5b6069',
  paper: '#f3f4f6',
  card: '#ffffff',
  act: '#1f5fbf',
  'on-act': '#ffffff',
  font: 'Helvetica, Arial, sans-serif',
} as const satisfies Theme;

export interface SystemMail {
  readonly subject: string;
  readonly mjml: string;
}

/**
 * A mail with one button in every language of the texts, in the look of the preference centre.
 *
 * @param mail.texts selects the mail's texts from those of a language
 * @param mail.link the Liquid variable of the button's link, such as `links.confirm`
 * @param mail.marketing whether the mail must have a link to unsubscribe
 */
export function systemMail(
  settings: PreferenceCentreSettings,
  mail: {
    readonly texts: (texts: Texts['mails']) => MailTexts;
    readonly link: string;
    readonly marketing: boolean;
  },
): SystemMail {
  const say = (pick: (texts: MailTexts) => string) =>
    systemText((mails) => pick(mail.texts(mails)));
  const theme = { ...DEFAULT_THEME, ...settings.theme?.light };
  const hasNote = LANGUAGES.some((each) => mail.texts(TEXTS[each].mails).note !== undefined);
  return {
    subject: say(({ subject }) => subject),
    mjml: `<mjml lang="en">
  <mj-head>
    <mj-preview>${say(({ preview }) => preview)}</mj-preview>
    <mj-attributes>
      <mj-all font-family="${xml(theme.font)}" />
      <mj-text font-size="17px" line-height="27px" color="${theme.ink}" padding="0 28px 18px" />
      <mj-button background-color="${theme.act}" color="${theme['on-act']}" font-size="17px" border-radius="6px" inner-padding="15px 28px" padding="6px 28px 26px" align="left" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="${theme.paper}" width="560px">
    ${brandSection(settings, theme.act)}
    <mj-section background-color="${theme.card}" border-radius="10px" padding="32px 0 12px">
      <mj-column>
        <mj-text font-size="26px" line-height="34px"><h1 style="margin:0;font-size:26px;line-height:34px;font-weight:normal">${say(({ heading }) => heading)}</h1></mj-text>
        <mj-text>${greeting},</mj-text>
        <mj-text>${say(({ text }) => text)}</mj-text>
        <mj-button href="{{ ${mail.link} }}">${say(({ button }) => button)}</mj-button>
        ${hasNote ? `<mj-text>${say(({ note }) => note ?? '')}</mj-text>` : ''}
      </mj-column>
    </mj-section>
    <mj-section padding="18px 0 32px">
      <mj-column>
        <mj-text align="center" font-size="13px" line-height="20px" color="${theme.soft}" padding="0 20px">${smallPrint(mail.marketing, theme.soft)}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`,
  };
}

/** Liquid that renders a text of the engine's mails in the customer's language. */
export function systemText(pick: (texts: Texts['mails']) => string): string {
  return inLanguages(
    Object.fromEntries(LANGUAGES.map((each) => [each, pick(TEXTS[each].mails)])) as Record<
      Language,
      string
    >,
  );
}

const greeting = `${systemText((mails) => mails.greeting)}{% if customer.traits.first_name != blank %} {{ customer.traits.first_name }}{% endif %}`;

function brandSection({ brand, home }: PreferenceCentreSettings, color: string): string {
  if (brand === undefined) return '';
  const name = xml(brand);
  const linked =
    home === undefined
      ? name
      : `<a href="${xml(home)}" style="color:${color};text-decoration:none">${name}</a>`;
  return `<mj-section padding="26px 0 14px">
      <mj-column>
        <mj-text align="center" font-size="20px" letter-spacing="1px" padding="0" color="${color}">${linked}</mj-text>
      </mj-column>
    </mj-section>`;
}

function smallPrint(marketing: boolean, color: string): string {
  const link = (href: string, label: string) =>
    `{% if ${href} %} &middot; <a href="{{ ${href} }}" style="color:${color}">${label}</a>{% endif %}`;
  return (
    `<span lang="${languageTag}">${mailPhrases.because[marketing ? 'marketing' : 'request']}` +
    (marketing ? link('links.unsubscribe', mailPhrases.unsubscribe) : '') +
    link('links.preferences', mailPhrases.choose) +
    '</span>'
  );
}

function xml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
