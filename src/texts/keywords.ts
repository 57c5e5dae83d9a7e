import { LANGUAGES, TEXTS, type Language } from './languages';
import type { Keyword } from './texts';

export interface FoundKeyword {
  readonly keyword: Keyword;
  /** The language of the word; undefined for one that several share. */
  readonly language: Language | undefined;
}

/** Understood in every language, so they do not identify one; each language's file adds its own. */
const EVERYWHERE: Readonly<Record<Keyword, readonly string[]>> = {
  stop: ['stop', 'stop all', 'stopall'],
  start: ['start'],
  help: ['info', 'infos', '?'],
};

const KEYWORDS = Object.keys(EVERYWHERE) as readonly Keyword[];

const FOUND: ReadonlyMap<string, FoundKeyword> = new Map(
  KEYWORDS.flatMap((keyword) =>
    [...LANGUAGES, undefined].flatMap((language) =>
      (language === undefined ? EVERYWHERE : TEXTS[language].keywords)[keyword].map(
        (word): [string, FoundKeyword] => [word, { keyword, language }],
      ),
    ),
  ),
);

/** Words that start a sentence only of opt-outs: "Stop texting me". */
const BEGINNINGS = [
  'stop',
  'stopp',
  'unsubscribe',
  'abmelden',
  'abbestellen',
  'arret',
  'desabonner',
];
const MAX_WORDS = 5;

/**
 * The keyword of a message: the whole message in any spelling, or the first word of a short message
 * if that means stop, because a false opt-out is better than a missed one. Any other message is a
 * reply for people to read.
 */
export function keywordIn(text: string): FoundKeyword | undefined {
  const plain = plainWords(text);
  const whole = FOUND.get(plain);
  if (whole !== undefined) return whole;
  const words = plain.split(' ');
  const [first = ''] = words;
  if (words.length > MAX_WORDS || !BEGINNINGS.includes(first)) return undefined;
  return FOUND.get(first);
}

function plainWords(text: string): string {
  const bare = text
    .slice(0, 1_000)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .toLowerCase();
  if (bare.trim() === '?') return '?';
  return bare
    .replaceAll(/[^\p{L}\p{N}' -]/gu, ' ')
    .replaceAll(/^[\s'-]+|[\s'-]+$/g, '')
    .replaceAll(/\s+/g, ' ');
}
