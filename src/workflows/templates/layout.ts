import { languageTag, mailPhrases } from 'throughline/app';
import { brand } from './brand';

/** The reason for a mail; marketing mails have a link to unsubscribe. */
type Reason = 'order' | 'appointment' | 'request' | 'marketing';

export interface Layout {
  /** What an inbox shows after the subject. */
  readonly preview: string;
  readonly heading: string;
  /** Made by `text`, `button` and `table`. */
  readonly body: readonly string[];
  readonly reason: Reason;
}

const ACCENT = '#a8472a';
const INK = '#2d2723';
const MUTED = '#7a6f66';

/** A mail with one narrow column, the shop's name in the header and the small print in the footer. */
export function layout({ preview, heading, body, reason }: Layout): string {
  return `<mjml lang="en">
  <mj-head>
    <mj-title>${xml(brand.name)}</mj-title>
    <mj-preview>${preview}</mj-preview>
    <mj-attributes>
      <mj-all font-family="Georgia, 'Times New Roman', serif" />
      <mj-text font-size="17px" line-height="27px" color="${INK}" padding="0 28px 18px" />
      <mj-button background-color="${ACCENT}" color="#ffffff" font-size="17px" border-radius="6px" inner-padding="15px 28px" padding="6px 28px 26px" align="left" />
      <mj-table font-size="16px" line-height="25px" color="${INK}" padding="0 28px 20px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f4eee6" width="560px">
    <mj-section padding="26px 0 14px">
      <mj-column>
        <mj-text align="center" font-size="20px" letter-spacing="1px" padding="0"><a href="${brand.home}" style="color:${ACCENT};text-decoration:none">${xml(brand.name)}</a></mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff" border-radius="10px" padding="32px 0 12px">
      <mj-column>
        <mj-text font-size="26px" line-height="34px" padding="0 28px 18px"><h1 style="margin:0;font-size:26px;line-height:34px;font-weight:normal">${heading}</h1></mj-text>
${body.join('\n')}
      </mj-column>
    </mj-section>
    <mj-section padding="18px 0 32px">
      <mj-column>
        <mj-text align="center" font-size="13px" line-height="20px" color="${MUTED}" padding="0 20px">${smallPrint(reason)}<br />${xml(brand.postalAddress)}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;
}

const quiet = `style="color:${MUTED}"`;

/** The reason for the mail, in the reader's language, and for marketing the link to unsubscribe. */
function smallPrint(reason: Reason): string {
  const link = (href: string, label: string) =>
    `{% if ${href} %} &middot; <a href="{{ ${href} }}" ${quiet}>${label}</a>{% endif %}`;
  return (
    `<span lang="${languageTag}">${mailPhrases.because[reason]}` +
    (reason === 'marketing' ? link('links.unsubscribe', mailPhrases.unsubscribe) : '') +
    link('links.preferences', mailPhrases.choose) +
    '</span>'
  );
}

/** The end of a marketing text message, in the reader's language. */
export const smsWaysOut = ` ${mailPhrases.smsStop}{% if links.preferences %} {{ links.preferences }}{% endif %}`;

/** A paragraph; may contain inline HTML and Liquid. */
export function text(html: string): string {
  return `        <mj-text>${html}</mj-text>`;
}

export function button(label: string, href: string): string {
  return `        <mj-button href="${href}">${label}</mj-button>`;
}

export function table(rows: string): string {
  return `        <mj-table>${rows}</mj-table>`;
}

/** `Hello Ada,` or `Hello,` */
export const hello =
  'Hello{% if customer.traits.first_name != blank %} {{ customer.traits.first_name }}{% endif %},';

/** The event's currency, for the filter money; empty if it has none. */
export const assignCurrency = `{% assign currency = event.properties.currency | default: '' %}`;

/** The rows of the event's products: name, quantity and price, each if known. */
export const productRows = `${assignCurrency}{% if event.properties.products %}{% for product in event.properties.products %}<tr>
<td style="padding:7px 0;border-bottom:1px solid #eee5da">{% if product.name %}{{ product.name }}{% else %}One item{% endif %}</td>
<td align="right" style="padding:7px 0 7px 12px;border-bottom:1px solid #eee5da;white-space:nowrap">{% if product.quantity > 1 %}{{ product.quantity }} &times; {% endif %}{% if product.price %}{{ product.price | money: currency }}{% endif %}</td>
</tr>{% endfor %}{% endif %}`;

function xml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
