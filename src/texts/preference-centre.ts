import type { Language } from './languages';
import type { Texts } from './texts';

/** The name and the description of a topic, for customers. */
export interface TopicWords {
  readonly name: string;
  /** One short sentence. */
  readonly about?: string;
}

/** The colours and shapes of the pages: CSS custom properties, by name without the dashes. */
export interface Theme {
  /** Text. */
  readonly ink?: string;
  /** Secondary text. */
  readonly soft?: string;
  /** The page. */
  readonly paper?: string;
  /** Cards and fields on the page. */
  readonly card?: string;
  /** Lines and borders of fields. */
  readonly line?: string;
  /** Buttons, links and selected items. */
  readonly act?: string;
  /** Text on buttons. */
  readonly 'on-act'?: string;
  /** Corners, such as `.5rem`. */
  readonly corner?: string;
  /** Font families, such as `Georgia, serif`; none is downloaded. */
  readonly font?: string;
}

export interface PreferenceCentreSettings {
  /** The sender's name, at the top of each page. */
  readonly brand?: string;
  /** The address that the name links to. */
  readonly home?: string;
  /** Each pair of text and background should have a contrast of 4.5 : 1 (WCAG 2.1 AA). */
  readonly theme?: { readonly light?: Theme; readonly dark?: Theme };
  /** Answers to STOP, START and HELP; the engine's texts are the default. */
  readonly replies?: Readonly<Partial<Record<Language, Partial<Texts['replies']>>>>;
  /** The names of the catalogue's topics; a topic without one is shown by its own name. */
  readonly topics?: Readonly<Record<string, Readonly<Partial<Record<Language, TopicWords>>>>>;
}
