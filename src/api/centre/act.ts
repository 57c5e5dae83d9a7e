import type { JsonObject } from '../../domain/json';
import { statementsOf } from '../../domain/consent/choices';
import type { Preferences } from '../../domain/consent/preferences';
import { TEXTS, type Language } from '../../texts/languages';
import { readConsents } from '../../db/stores/consents';
import { changeConsentsIn } from '../../consent/change-consents';
import { storePreferences, storePreferencesIn } from '../../consent/change-preferences';
import type { ApiDeps } from '../api-deps';
import type { ChosenForm } from './read-choices';

type Deps = Pick<ApiDeps, 'ingest' | 'index' | 'clock'>;

const SOURCE = 'preference-centre';
const PAUSE_MS = 30 * 86_400_000;

/** Who chooses, and the proof that they did. */
export interface Acting {
  readonly customerId: string;
  readonly language: Language;
  readonly proof: JsonObject;
}

/** Saves what a customer chose, consents and preferences in one transaction. */
export async function saveChoices(deps: Deps, acting: Acting, form: ChosenForm): Promise<void> {
  const now = deps.clock.now();
  const wording = TEXTS[acting.language].version;
  await deps.ingest.transact(async (tx, record) => {
    const before = await readConsents(tx, acting.customerId);
    const { consents, preferences } = statementsOf(form.was, form.chosen, before);
    const changes = consents.map((each) => {
      return { ...each, source: SOURCE, wording, proof: acting.proof, at: now };
    });
    if (changes.length > 0) {
      await changeConsentsIn({ tx, record, index: deps.index }, acting.customerId, changes, now);
    }
    await storePreferencesIn(
      { tx, record },
      acting.customerId,
      { ...preferences, ...form.preferences },
      { source: SOURCE, now },
    );
  });
}

export async function leaveEverything(deps: Deps, acting: Acting): Promise<void> {
  const now = deps.clock.now();
  const change = {
    channel: '*',
    purpose: '*',
    state: 'unsubscribed',
    source: SOURCE,
    wording: TEXTS[acting.language].version,
    proof: acting.proof,
    at: now,
  } as const;
  await deps.ingest.transact((tx, record) =>
    changeConsentsIn({ tx, record, index: deps.index }, acting.customerId, [change], now),
  );
}

/** @returns the preferences with the end of the break */
export function pauseFor30Days(deps: Deps, { customerId }: Acting): Promise<Preferences> {
  const now = deps.clock.now();
  const pausedUntil = new Date(now.getTime() + PAUSE_MS).toISOString();
  return storePreferences(deps, customerId, { pausedUntil }, { source: SOURCE, now });
}

export function endPause(deps: Deps, { customerId }: Acting): Promise<Preferences> {
  const now = deps.clock.now();
  return storePreferences(deps, customerId, { pausedUntil: null }, { source: SOURCE, now });
}
