import type { Language } from './languages';
import type { Texts } from './texts';

/** What a topic is called and about, for customers to read. */
export interface TopicWords {
  readonly name: string;
  /** One short sentence. */
  readonly about?: string;
}

/** The colours and shapes of the pages: CSS custom properties, by name without the dashes. */
export interface Theme {
  /** Text. */
  readonly ink?: string;
  /** Text of less weight. */
  readonly soft?: string;
  /** The page. */
  readonly paper?: string;
  /** What stands on the page: cards and fields. */
  readonly card?: string;
  /** Lines and borders of fields. */
  readonly line?: string;
  /** Buttons, links and what is chosen. */
  readonly act?: string;
  /** Text on buttons. */
  readonly 'on-act'?: string;
  /** Corners, such as `.5rem`. */
  readonly corner?: string;
  /** Families of fonts that readers have, such as `Georgia, serif`. */
  readonly font?: string;
}

export interface PreferenceCentreSettings {
  /** The sender's name, at the top of each page. */
  readonly brand?: string;
  /** Where the name leads. */
  readonly home?: string;
  /** Each pair of ink and ground should have a contrast of 4.5 : 1 (WCAG 2.1 AA). */
  readonly theme?: { readonly light?: Theme; readonly dark?: Theme };
  /** Answers to STOP, START and HELP; one that is missing here is the engine's. */
  readonly replies?: Readonly<Partial<Record<Language, Partial<Texts['replies']>>>>;
  /** What the catalogue's topics are called; a topic without words is called by its own name. */
  readonly topics?: Readonly<Record<string, Readonly<Partial<Record<Language, TopicWords>>>>>;
}
