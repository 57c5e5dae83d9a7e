import type { z } from 'zod';
import type { EngineEvents } from '../domain/events/engine';
import type { JourneyProperties } from '../domain/events/journey-properties';
import type { MessageChannel } from '../domain/channels/message-content';
import type { TRANSACTIONAL } from '../domain/purpose';
import type { Register } from '../domain/register';
import type { Segments } from '../domain/segments/condition';
import type { SystemTemplates } from '../system/mails/system-templates';
import type { TemplateDefinition } from '../templates/template';

/**
 * The arms of an experiment with their weights, which need not add up to one.
 *
 * @example
 * const reminder: ExperimentDefinition = { arms: { plain: 0.5, warm: 0.5 } };
 */
export interface ExperimentDefinition {
  readonly arms: Readonly<Record<string, number>>;
}

/**
 * A feature flag: the share of customers, 0 to 1, for whom it is on.
 *
 * @example
 * const calls: FlagDefinition = { on: 0.1 };
 */
export interface FlagDefinition {
  readonly on: number;
}

/**
 * Everything that journeys refer to by name. An application declares it once; the types are derived from it.
 *
 * @example
 * const small = {
 *   events: { 'Signed Up': z.looseObject({ plan: z.string() }) },
 *   templates: {},
 *   experiments: {},
 *   flags: {},
 *   topics: ['newsletter'],
 *   traits: z.looseObject({ plan: z.string().optional() }),
 * } as const satisfies CatalogueShape;
 */
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

type Declared = Register extends { catalogue: infer C extends CatalogueShape } ? C : CatalogueShape;

/**
 * The catalogue that the application registered, and the events and templates that every application
 * has; those of the same name in the application replace the engine's.
 *
 * @example
 * type Topic = Catalogue['topics'][number];
 * const topic: Topic = 'newsletter';
 */
export type Catalogue = Omit<Declared, 'events' | 'templates'> & {
  readonly events: Over<EngineEvents, Declared['events']>;
  readonly templates: Over<SystemTemplates, Declared['templates']>;
};

type Over<Engine, Own> = Omit<Engine, keyof Own> & Own;

type RegisteredSegments = Register extends { segments: infer S extends Segments } ? S : Segments;

/**
 * The name of a registered segment.
 *
 * @example
 * const segment: SegmentName = 'atRisk';
 */
export type SegmentName = keyof RegisteredSegments & string;
/**
 * The name of a declared event.
 *
 * @example
 * const name: EventName = 'Order Completed';
 */
export type EventName = keyof Catalogue['events'] & string;
/**
 * The name of a declared template.
 *
 * @example
 * const template: TemplateName = 'onboarding-welcome';
 */
export type TemplateName = keyof Catalogue['templates'] & string;
/**
 * The name of a declared experiment.
 *
 * @example
 * const experiment: ExperimentName = 'cart-reminder';
 */
export type ExperimentName = keyof Catalogue['experiments'] & string;
/**
 * The name of a declared flag.
 *
 * @example
 * const flag: FlagName = 'consultation-calls';
 */
export type FlagName = keyof Catalogue['flags'] & string;
/**
 * A purpose of messages: `transactional` or a subscription topic.
 *
 * @example
 * const purpose: JourneyPurpose = 'transactional';
 */
export type JourneyPurpose = Catalogue['topics'][number] | typeof TRANSACTIONAL;

/**
 * All declared properties of an event, as triggers receive them outside the workflow.
 *
 * @example
 * const keyOf = (properties: EventProperties<'Cart Updated'>) => properties.cart_id;
 */
export type EventProperties<E extends EventName> = z.output<Catalogue['events'][E]>;
/**
 * The properties of an event that may enter a workflow: declared, scalar, not personal.
 *
 * @example
 * const keyOf = (properties: WorkflowProperties<'Cart Updated'>) => properties.cart_id;
 */
export type WorkflowProperties<E extends EventName> = JourneyProperties<EventProperties<E>>;
/**
 * The traits that a journey may read: declared, scalar, not personal.
 *
 * @example
 * const isGold = (traits: WorkflowTraits) => traits.plan === 'gold';
 */
export type WorkflowTraits = JourneyProperties<z.output<Catalogue['traits']>>;

/**
 * The arms of an experiment.
 *
 * @example
 * const arm: ArmOf<'cart-reminder'> = 'warm';
 */
export type ArmOf<X extends ExperimentName> = keyof Catalogue['experiments'][X]['arms'] & string;

type Template<T extends TemplateName> = Catalogue['templates'][T];
/**
 * The props that a template requires.
 *
 * @example
 * const props: TemplateProps<'win-back-offer'> = { arm: 'coupon' };
 */
export type TemplateProps<T extends TemplateName> = z.input<Template<T>['props']>;
/**
 * The channels that a template has content for.
 *
 * @example
 * const via: readonly ChannelsOf<'onboarding-welcome'>[] = ['push', 'email'];
 */
export type ChannelsOf<T extends TemplateName> = keyof Template<T> & MessageChannel;
/**
 * The event that a template is about, or `undefined`.
 *
 * @example
 * const about: AboutOf<'cart-reminder'> = 'Cart Updated';
 */
export type AboutOf<T extends TemplateName> =
  Template<T> extends {
    readonly about: infer E extends string;
  }
    ? E
    : undefined;
