import { z } from 'zod';

import type { Json, JsonObject } from '../json';
import { isJsonObject } from '../json';
import { isMarkedPersonal } from './personal';
import type { Personal } from './personal';

/** Longer texts stay in Postgres, to keep workflow histories small. */
const MAX_TEXT = 500;

type Scalar = string | number | boolean;

type Present<T> = Exclude<T, null | undefined>;

type ReachesJourneys<T> = 0 extends 1 & T
  ? false // `any` may be anything
  : [Present<T>] extends [never]
    ? false
    : [Present<T>] extends [Scalar]
      ? [Extract<Present<T>, Personal<Scalar>>] extends [never]
        ? true
        : false
      : false;

/**
 * The properties of an event that a journey sees: declared, scalar and not personal. Optional and
 * nullable ones stay so. Undeclared properties (a loose schema's index signature) are left out.
 */
export type JourneyProperties<P> = {
  [
    K in keyof P as string extends K
      ? never
      : number extends K
        ? never
        : ReachesJourneys<P[K]> extends true
          ? K
          : never
  ]: P[K];
};

/**
 * The run-time counterpart of the type `JourneyProperties`: picks the declared, scalar and
 * non-personal properties, each as it was sent. It also leaves out texts of more than 500
 * characters, and values of another type than the declared one (from a schema that converts, such as
 * `z.coerce`).
 *
 * @param schema the event's schema: an object, or a union or an intersection of objects
 * @param properties as they were sent; already validated by `schema`
 */
export function journeyProperties(schema: z.core.$ZodType, properties: JsonObject): JsonObject {
  const picked: Record<string, Json> = {};
  for (const [name, property] of Object.entries(shapeOf(schema, properties))) {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (value === undefined) continue;
    const kinds = scalarKinds(property);
    if (kinds.size === 0) continue;
    if (value !== null && !kinds.has(typeof value)) continue;
    if (typeof value === 'string' && value.length > MAX_TEXT) continue;
    picked[name] = value;
  }
  return picked;
}

/** Any schema; zod's type for inner schemas is no more specific. */
type Schema = z.core.$ZodType;

type Shape = Readonly<Record<string, Schema>>;

function shapeOf(schema: Schema, properties: JsonObject): Shape {
  if (isMarkedPersonal(schema)) return {};
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodIntersection) {
    const left = shapeOf(schema.def.left, properties);
    const right = shapeOf(schema.def.right, properties);
    return intersect(left, right);
  }
  if (schema instanceof z.ZodUnion) {
    const fitting = schema.options.find((option) => z.safeParse(option, properties).success);
    return fitting === undefined ? {} : shapeOf(fitting, properties);
  }
  const inner = unwrap(schema);
  return inner === undefined || !isJsonObject(properties) ? {} : shapeOf(inner, properties);
}

/** A property is personal if either side marks it as personal. */
function intersect(left: Shape, right: Shape): Shape {
  const shape: Record<string, Schema> = { ...left };
  for (const [name, property] of Object.entries(right)) {
    const other = left[name];
    shape[name] = other === undefined ? property : z.intersection(other, property);
  }
  return shape;
}

const NO_KINDS: ReadonlySet<string> = new Set();

/** The `typeof` of the scalars that a schema describes; none if it is personal or not scalar. */
function scalarKinds(schema: Schema): ReadonlySet<string> {
  if (isMarkedPersonal(schema)) return NO_KINDS;
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) {
    return new Set(['string']);
  }
  if (schema instanceof z.ZodTemplateLiteral) return new Set(['string']);
  if (schema instanceof z.ZodNumber) return new Set(['number']);
  if (schema instanceof z.ZodBoolean) return new Set(['boolean']);
  if (schema instanceof z.ZodEnum) return kindsOf(schema.options);
  if (schema instanceof z.ZodLiteral) return kindsOf([...schema.values]);
  if (schema instanceof z.ZodUnion) {
    return union(schema.options.filter((option) => !isEmpty(option)));
  }
  if (schema instanceof z.ZodIntersection) {
    const left = scalarKinds(schema.def.left);
    const right = scalarKinds(schema.def.right);
    return new Set([...left].filter((kind) => right.has(kind)));
  }
  const inner = unwrap(schema);
  return inner === undefined ? NO_KINDS : scalarKinds(inner);
}

/** One personal or non-scalar option excludes the whole property, as in the type. */
function union(options: readonly Schema[]): ReadonlySet<string> {
  const kinds = options.map(scalarKinds);
  return kinds.some((each) => each.size === 0)
    ? NO_KINDS
    : new Set(kinds.flatMap((each) => [...each]));
}

function isEmpty(schema: Schema): boolean {
  return schema instanceof z.ZodNull || schema instanceof z.ZodUndefined;
}

function kindsOf(values: readonly unknown[]): ReadonlySet<string> {
  const present = values.filter((value) => value !== null && value !== undefined);
  const kinds = new Set(present.map((value) => typeof value));
  const scalar = [...kinds].every((kind) => ['string', 'number', 'boolean'].includes(kind));
  return scalar ? kinds : NO_KINDS;
}

function unwrap(schema: Schema): Schema | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNonOptional
  ) {
    return schema.def.innerType;
  }
  if (schema instanceof z.ZodLazy) return schema.def.getter();
  if (schema instanceof z.ZodPipe) {
    // Check both ends: an input may be marked as personal while the output is not.
    const input = schema.def.in;
    const output = schema.def.out;
    return isPersonalWithin(input) ? undefined : output;
  }
  return undefined;
}

function isPersonalWithin(schema: Schema): boolean {
  if (isMarkedPersonal(schema)) return true;
  if (schema instanceof z.ZodPipe) return isPersonalWithin(schema.def.in);
  const inner = unwrap(schema);
  return inner !== undefined && isPersonalWithin(inner);
}
