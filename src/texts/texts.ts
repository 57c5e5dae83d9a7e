import type { BestTime } from '../domain/consent/preferences';

/** What a customer requests by a keyword that carriers require. */
export type Keyword = 'stop' | 'start' | 'help';

/** The texts of a page: its heading and the paragraph below it. */
export interface PageWords {
  readonly title: string;
  readonly text: string;
}

/** The texts of a mail with one button. */
export interface MailTexts {
  readonly subject: string;
  /** The preview text after the subject. */
  readonly preview: string;
  readonly heading: string;
  /** The paragraph above the button. */
  readonly text: string;
  readonly button: string;
  /** The paragraph below the button. */
  readonly note?: string;
}

/**
 * All texts of the engine that customers read, in one language. Each language is a file of this type;
 * to add one, write its file and list it in `languages.ts`.
 */
export interface Texts {
  /** The language's own name. */
  readonly self: string;
  /** The version of these texts, which the ledger stores with each consent; raise it when they change. */
  readonly version: string;
  /** Whole messages that mean stop, start and help, without accents, in lower case. */
  readonly keywords: Readonly<Record<Keyword, readonly string[]>>;
  /** All channels, within a sentence, with the preposition. */
  readonly anyChannel: string;
  /** All topics, within a sentence. */
  readonly everything: string;

  /** The small print of mails: why they were sent, and how to unsubscribe. */
  readonly mail: {
    readonly because: Readonly<Record<'order' | 'appointment' | 'request' | 'marketing', string>>;
    readonly unsubscribe: string;
    readonly choose: string;
    /** At the end of a text message. */
    readonly stop: string;
  };

  /** The mails that the engine sends for every application; each text may contain Liquid. */
  readonly mails: {
    /** Before the first name: "Hello". */
    readonly greeting: string;
    readonly confirm: MailTexts;
    readonly link: MailTexts;
    readonly welcome: MailTexts;
  };

  /** Answers to somebody who wrote STOP, START or HELP; `brand` is the sender's name. */
  readonly replies: Readonly<
    Record<
      'stopped' | 'started' | 'confirmed' | 'nothingToStart' | 'help',
      (brand: string) => string
    >
  >;

  readonly unsubscribe: {
    readonly ask: (topic: string, by: string) => PageWords;
    readonly button: string;
    readonly nothingYet: string;
    readonly done: (topic: string, by: string) => PageWords;
    /** The link to the preference centre. */
    readonly others: string;
  };
  readonly confirm: {
    readonly ask: (topic: string, by: string) => PageWords;
    readonly button: string;
    readonly nothingYet: string;
    readonly done: (topic: string, by: string) => PageWords;
    readonly used: PageWords;
    readonly lapsed: PageWords;
  };
  readonly broken: {
    readonly forged: PageWords;
    readonly expired: PageWords;
    readonly gone: PageWords;
    readonly unreadable: PageWords;
    readonly ours: PageWords;
    readonly nothingDone: string;
  };
  readonly renew: {
    readonly title: string;
    readonly text: string;
    readonly label: string;
    readonly button: string;
    readonly wrong: string;
    readonly tooMany: PageWords;
    readonly done: PageWords;
    /** Shown where no journey sends links. */
    readonly instead: string;
  };
  readonly centre: CentreTexts;
  readonly why: WhyTexts;
}

export interface CentreTexts {
  readonly title: string;
  readonly intro: (address: string | undefined) => string;
  readonly languages: string;
  readonly topics: string;
  readonly noTopics: string;
  readonly channels: string;
  readonly often: string;
  readonly atMost: string;
  readonly noLimit: string;
  readonly perWeek: (count: number) => string;
  readonly digest: string;
  readonly digests: Readonly<Record<'off' | 'daily' | 'weekly', string>>;
  readonly digestHint: string;
  readonly when: string;
  readonly bestTime: string;
  readonly anyTime: string;
  readonly bestTimes: Readonly<Record<BestTime, string>>;
  readonly quiet: string;
  readonly quietHint: string;
  readonly from: string;
  readonly to: string;
  readonly save: string;
  readonly saved: string;
  readonly unchanged: string;
  readonly pause: string;
  readonly pauseText: string;
  readonly pauseButton: string;
  readonly pausedUntil: (date: string) => string;
  readonly resumeButton: string;
  readonly paused: (date: string) => string;
  readonly resumed: string;
  readonly all: string;
  readonly allText: string;
  readonly allButton: string;
  readonly allDone: string;
  readonly data: string;
  readonly dataText: string;
  readonly exportButton: string;
  readonly eraseButton: string;
  readonly eraseAsk: PageWords;
  readonly eraseYes: string;
  readonly eraseNo: string;
  readonly eraseDone: string;
  readonly why: string;
  readonly transactional: string;
  readonly back: string;
  readonly errors: {
    readonly summary: string;
    readonly quiet: string;
    readonly channel: string;
    readonly choice: string;
    readonly stale: string;
  };
}

export interface WhyTexts {
  readonly title: string;
  readonly gone: string;
  readonly what: (subject: string | undefined, by: string, date: string) => string;
  readonly waits: (by: string) => string;
  readonly consent: (topic: string, by: string, date: string, source: string) => string;
  readonly transactional: string;
  readonly event: (name: string, date: string) => string;
  readonly waited: (date: string) => string;
  readonly count: (count: number) => string;
  readonly sources: Readonly<Record<string, string>>;
  readonly unknownSource: string;
  readonly change: string;
}
