export * from './register';
export { defineJourney, isJourney } from './define-journey';
export type { JourneyBody, JourneyWorkflow } from './define-journey';
export type {
  Journey,
  Moment,
  SendOptions,
  Sent,
  SleepResult,
  TaskOptions,
  TaskOutcome,
  WaitOptions,
} from './journey';
export type { JourneyEvent } from './journey-event';
export type { JourneyFailure, JourneyOptions, OverduePolicy } from './options';
export {
  all,
  any,
  computed,
  consent,
  defineSegment,
  did,
  lifecycle,
  mood,
  never,
  not,
  onSegmentEntered,
  onSegmentLeft,
  prediction,
  trait,
} from './segments';
export type { DidOptions, TestOf } from './segments';
export { on, onRequest, onSchedule } from './triggers';
export type { EventTrigger, OnOptions, Trigger, TriggerEvent } from './triggers';
