import { TEXTS } from '../../texts/languages';
import type { CentreView, ChoiceProblem } from './centre-view';
import { choiceFields } from './centre-fields';
import { html, type Html } from './html';
import type { PageContent } from './layout';
import { dateInWords } from './words';

/** The preference centre, which needs no log-in. Each button is a form of its own. */
export function centrePage(view: CentreView): PageContent {
  const { language, said, problems = [] } = view;
  const texts = TEXTS[language].centre;
  return {
    title: texts.title,
    ...(problems.length > 0 && { status: 400 }),
    outcome: problems.length > 0 ? texts.errors.summary : said,
    body: html`${said === undefined ? undefined : html`<p class="note" role="status">${said}</p>`}
      ${problems.length === 0 ? undefined : summary(view, problems)}
      <p>${texts.intro(view.address)}</p>
      <form method="post" novalidate>
        ${view.topics.length === 0 ? html`<p class="card">${texts.noTopics}</p>` : undefined}
        ${choiceFields(view)} ${act(view, 'save')}
        <p class="saving"><button type="submit">${texts.save}</button></p>
      </form>
      ${pauseCard(view)}
      <section class="card" aria-labelledby="leave">
        <h2 id="leave">${texts.all}</h2>
        <p>${texts.allText}</p>
        ${form(view, 'leave', texts.allButton)}
      </section>
      <section class="card" aria-labelledby="data">
        <h2 id="data">${texts.data}</h2>
        <p>${texts.dataText}</p>
        <div class="buttons">
          ${form(view, 'export', texts.exportButton)} ${form(view, 'erase', texts.eraseButton)}
        </div>
      </section>
      <p><a href="${view.why}">${texts.why}</a></p>
      <p class="soft">${texts.transactional}</p>`,
  };
}

function pauseCard(view: CentreView): Html {
  const { language, zone, pausedUntil } = view;
  const texts = TEXTS[language].centre;
  return html`<section class="card" aria-labelledby="pause">
    <h2 id="pause">${texts.pause}</h2>
    <p>
      ${
        pausedUntil === undefined
          ? texts.pauseText
          : texts.pausedUntil(dateInWords(pausedUntil, language, zone))
      }
    </p>
    ${
      pausedUntil === undefined
        ? form(view, 'pause', texts.pauseButton)
        : form(view, 'resume', texts.resumeButton)
    }
  </section>`;
}

/** "Delete me" cannot be undone, so the page asks for a confirmation. */
export function eraseQuestion(view: CentreView, centre: string): PageContent {
  const texts = TEXTS[view.language].centre;
  return {
    title: texts.eraseAsk.title,
    body: html`<p class="note wrong" role="alert">${texts.eraseAsk.text}</p>
      <div class="buttons">${form(view, 'erase-yes', texts.eraseYes)}</div>
      <p></p>
      <p><a href="${centre}">${texts.eraseNo}</a></p>`,
  };
}

function summary({ language }: CentreView, problems: readonly ChoiceProblem[]): Html {
  const { errors } = TEXTS[language].centre;
  const place = { quiet: '#quiet-from', channel: '#channels', choice: '#topics', stale: '#topics' };
  return html`<div class="note wrong" role="alert">
    <p>${errors.summary}</p>
    <ul>
      ${problems.map((each) => html`<li><a href="${place[each]}">${errors[each]}</a></li>`)}
    </ul>
  </div>`;
}

function form(view: CentreView, action: string, label: string): Html {
  return html`<form method="post">
    ${act(view, action)}<button type="submit" class="quiet">${label}</button>
  </form>`;
}

function act({ formToken }: CentreView, action: string): Html {
  return html`<input type="hidden" name="action" value="${action}" /><input
      type="hidden"
      name="form"
      value="${formToken}"
    />`;
}
