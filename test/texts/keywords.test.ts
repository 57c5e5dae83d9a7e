import { keywordIn } from '../../src/texts/keywords';
import { acceptedLanguages, languageOf } from '../../src/texts/languages';

describe('keywordIn', () => {
  it.each([
    ['STOP', 'stop', undefined],
    [' stop. ', 'stop', undefined],
    ['Stop!!!', 'stop', undefined],
    ['STOP ALL', 'stop', undefined],
    ['“Stop”', 'stop', undefined],
    ['ＳＴＯＰ', 'stop', undefined],
    ['Unsubscribe', 'stop', 'en'],
    ['opt-out', 'stop', 'en'],
    ['QUIT', 'stop', 'en'],
    ['stop texting me please', 'stop', undefined],
    ['STOPP', 'stop', 'de'],
    ['Abmelden', 'stop', 'de'],
    ['KÜNDIGEN', 'stop', 'de'],
    ['Arrêt', 'stop', 'fr'],
    ['ARRÊTER', 'stop', 'fr'],
    ['Désabonner', 'stop', 'fr'],
    ['Start', 'start', undefined],
    ['UNSTOP', 'start', 'en'],
    ['yes', 'start', 'en'],
    ['Ja!', 'start', 'de'],
    ['anmelden', 'start', 'de'],
    ['Oui', 'start', 'fr'],
    ['démarrer', 'start', 'fr'],
    ['HELP', 'help', 'en'],
    ['info', 'help', undefined],
    ['?', 'help', undefined],
    ['Hilfe', 'help', 'de'],
    ['aide', 'help', 'fr'],
  ])('reads %j as %s', (text, keyword, language) => {
    expect(keywordIn(text)).toEqual({ keyword, language });
  });

  it.each([
    '',
    '   ',
    'When do you stop delivering today?',
    'Is there a stop near you?',
    'Stop by tomorrow and we can talk about the whole thing',
    'yes please, the blue one',
    'no',
    '???',
    '👍',
    'constructor',
    '__proto__',
  ])('finds none in %j', (text) => {
    expect(keywordIn(text)).toBeUndefined();
  });
});

describe('the language of a page', () => {
  it('is the first supported one, in the header’s order of preference', () => {
    const wanted = acceptedLanguages('es, fr-CH;q=0.5, de;q=0.8, en;q=0');
    expect(wanted).toEqual(['es', 'de', 'fr-CH']);
    expect(languageOf(...wanted)).toBe('de');
    expect(languageOf(undefined, null, 'DE_at')).toBe('de');
    expect(languageOf('tlh', '__proto__')).toBe('en');
    expect(acceptedLanguages(undefined)).toEqual([]);
    expect(acceptedLanguages(',;;q=x,*')).toEqual(['*']);
  });
});
