import type { z } from 'zod';
import type { JourneyProperties } from '../domain/events/journey-properties';
import type { MessageChannel } from '../domain/channels/message-content';
import type { TRANSACTIONAL } from '../domain/purpose';
import type { Register } from '../domain/register';
import type { Segments } from '../domain/segments/condition';
import type { TemplateDefinition } from '../templates/template';

/** Arms and their weights; weights need not sum to one. */
export interface ExperimentDefinition {
  readonly arms: Readonly<Record<string, number>>;
}

/** A feature flag: the share of customers, 0 to 1, for whom it is on. */
export interface FlagDefinition {
  readonly on: number;
}

/** Everything that journeys name: declared once, typed from there. */
export interface CatalogueShape {
  readonly events: Readonly<Record<string, z.ZodType>>;
  readonly templates: Readonly<Record<string, TemplateDefinition>>;
  readonly experiments: Readonly<Record<string, ExperimentDefinition>>;
  readonly flags: Readonly<Record<string, FlagDefinition>>;
  /** Subscription topics: the purposes besides `transactional`. */
  readonly topics: readonly string[];
  /** The traits that journeys may read and set. */
  readonly traits: z.ZodType;
}

export type { Register };

export type Catalogue = Register extends { catalogue: infer C extends CatalogueShape }
  ? C
  : CatalogueShape;

type RegisteredSegments = Register extends { segments: infer S extends Segments } ? S : Segments;

export type SegmentName = keyof RegisteredSegments & string;
export type EventName = keyof Catalogue['events'] & string;
export type TemplateName = keyof Catalogue['templates'] & string;
export type ExperimentName = keyof Catalogue['experiments'] & string;
export type FlagName = keyof Catalogue['flags'] & string;
export type JourneyPurpose = Catalogue['topics'][number] | typeof TRANSACTIONAL;

/** All declared properties of an event, as triggers see them outside the workflow. */
export type EventProperties<E extends EventName> = z.output<Catalogue['events'][E]>;
/** The properties of an event that may enter a workflow: declared, scalar, nothing personal. */
export type WorkflowProperties<E extends EventName> = JourneyProperties<EventProperties<E>>;
/** The traits that a journey may read: declared, scalar, nothing personal. */
export type WorkflowTraits = JourneyProperties<z.output<Catalogue['traits']>>;

export type ArmOf<X extends ExperimentName> = keyof Catalogue['experiments'][X]['arms'] & string;

type Template<T extends TemplateName> = Catalogue['templates'][T];
export type TemplateProps<T extends TemplateName> = z.input<Template<T>['props']>;
/** The channels that a template has words for. */
export type ChannelsOf<T extends TemplateName> = keyof Template<T> & MessageChannel;
/** The event that a template is about, or `undefined`. */
export type AboutOf<T extends TemplateName> =
  Template<T> extends {
    readonly about: infer E extends string;
  }
    ? E
    : undefined;
