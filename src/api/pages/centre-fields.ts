import { BEST_TIMES, type BestTime } from '../../domain/consent/preferences';
import { TEXTS } from '../../texts/languages';
import type { CentreView } from './centre-view';
import { html, type Html } from './html';
import { channelLabel, topicWords } from './words';

/** The limits that the page offers, beside one that was set by other means. */
const A_WEEK = [1, 2, 3, 5, 7];

/** The form fields: topics, channels, frequency and times. */
export function choiceFields(view: CentreView): Html {
  return html`${topics(view)} ${channels(view)} ${often(view)} ${when(view)}`;
}

function topics(view: CentreView): Html | undefined {
  if (view.topics.length === 0) return undefined;
  const texts = TEXTS[view.language].centre;
  return html`<fieldset id="topics" tabindex="-1">
    <legend>${texts.topics}</legend>
    ${view.topics.map((topic) => {
      const words = topicWords(view.settings, topic, view.language);
      const about =
        words.about === undefined ? undefined : html`<span class="soft">${words.about}</span>`;
      return tick('topic', topic, view.chosen.topics.has(topic), html`${words.name}${about}`);
    })}
    ${[...view.was.topics].map((topic) => hidden('was-topic', topic))}
  </fieldset>`;
}

function channels(view: CentreView): Html {
  const { centre } = TEXTS[view.language];
  const wrong = view.problems?.includes('channel') === true;
  return html`<fieldset
    id="channels"
    tabindex="-1"
    ${wrong ? html`aria-describedby="channels-wrong"` : undefined}
  >
    <legend>${centre.channels}</legend>
    ${wrong ? html`<p id="channels-wrong"><strong>${centre.errors.channel}</strong></p>` : undefined}
    ${view.channels.map((channel) =>
      tick(
        'channel',
        channel,
        view.chosen.channels.has(channel),
        html`${channelLabel(channel, view.language).name}`,
      ),
    )}
    ${[...view.was.channels].map((channel) => hidden('was-channel', channel))}
  </fieldset>`;
}

function often(view: CentreView): Html {
  const texts = TEXTS[view.language].centre;
  const { maxPerWeek, digest } = view.preferences;
  const limits = [...new Set([...A_WEEK, ...(maxPerWeek === null ? [] : [maxPerWeek])])].toSorted(
    (a, b) => a - b,
  );
  return html`<fieldset>
    <legend>${texts.often}</legend>
    <div class="field">
      <label for="most">${texts.atMost}</label>
      <select id="most" name="most">
        ${option('', texts.noLimit, maxPerWeek === null)}
        ${limits.map((count) => option(`${count}`, texts.perWeek(count), maxPerWeek === count))}
      </select>
    </div>
    <div class="field">
      <label for="digest">${texts.digest}</label>
      <p class="soft" id="digest-hint">${texts.digestHint}</p>
      <select id="digest" name="digest" aria-describedby="digest-hint">
        ${(['off', 'daily', 'weekly'] as const).map((each) =>
          option(each, texts.digests[each], (digest ?? 'off') === each),
        )}
      </select>
    </div>
  </fieldset>`;
}

function when(view: CentreView): Html {
  const texts = TEXTS[view.language].centre;
  const { bestTime, quietHours } = view.preferences;
  const wrong = view.problems?.includes('quiet') === true;
  const described = wrong
    ? html`aria-invalid="true" aria-describedby="quiet-hint quiet-wrong"`
    : html`aria-describedby="quiet-hint"`;
  return html`<fieldset>
    <legend>${texts.when}</legend>
    <div class="field">
      <label for="best">${texts.bestTime}</label>
      <select id="best" name="best">
        ${option('', texts.anyTime, bestTime === null)}
        ${(Object.keys(BEST_TIMES) as BestTime[]).map((each) =>
          option(each, texts.bestTimes[each], bestTime === each),
        )}
      </select>
    </div>
    <div role="group" aria-labelledby="quiet-name">
      <p id="quiet-name"><strong>${texts.quiet}</strong></p>
      <p class="soft" id="quiet-hint">${texts.quietHint}</p>
      ${wrong ? html`<p id="quiet-wrong"><strong>${texts.errors.quiet}</strong></p>` : undefined}
      <div class="pair">
        ${time('quiet-from', texts.from, quietHours?.from, described)}
        ${time('quiet-to', texts.to, quietHours?.to, described)}
      </div>
    </div>
  </fieldset>`;
}

function time(name: string, label: string, value: string | undefined, described: Html): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input type="time" id="${name}" name="${name}" value="${value ?? ''}" ${described} />
  </div>`;
}

function tick(name: string, value: string, checked: boolean, label: Html): Html {
  return html`<label class="tick"
    ><input
      type="checkbox"
      name="${name}"
      value="${value}"
      ${checked ? html`checked` : undefined}
    /><span>${label}</span></label
  >`;
}

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

function option(value: string, label: string, selected: boolean): Html {
  return html`<option value="${value}" ${selected ? html`selected` : undefined}>${label}</option>`;
}
