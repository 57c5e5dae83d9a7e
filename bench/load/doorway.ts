import type { BareWorkflow, GatewayRequest } from '../bare/gateway';
import { trackCall, type EventKind } from './events';
import { createSender, sendOrThrow, type Target } from './http-sender';

/** What can be caused for a customer, by the name of the journey that it concerns. */
const CAUSES = {
  journey: { start: 'starts', wake: 'signals', bare: 'bareJourney' },
  reactor: { start: 'books', wake: 'reacts', bare: 'bareReactor' },
  parked: { start: 'installs', wake: 'opens', bare: 'bareParked' },
  once: { start: 'signs-up', wake: 'unwanted', bare: 'bareOnce' },
  twice: { start: 'tries', wake: 'unwanted', bare: 'bareTwice' },
} as const satisfies Record<
  string,
  { readonly start: EventKind; readonly wake: EventKind; readonly bare: BareWorkflow }
>;

export type Story = keyof typeof CAUSES;

/** The event that lets customers into the journey. */
export function startKindOf(story: Story): EventKind {
  return CAUSES[story].start;
}

/** The door of one side, through which its journeys are started and woken over HTTP. */
export interface Door extends Target {
  readonly side: 'bare' | 'ours';
}

export interface Doorway {
  start(story: Story, key: string): Promise<void>;
  wake(story: Story, key: string): Promise<void>;
  close(): void;
}

/** Tells both sides the same in their own words: an event here, a start or a signal there. */
export function openDoorway(door: Door, connections: number): Doorway {
  const sender = createSender(door, connections);
  const tell = (kind: EventKind, key: string, start?: BareWorkflow) => {
    if (door.side === 'ours') return sendOrThrow(sender, '/v1/track', trackCall(kind, key));
    const request: GatewayRequest = { key, ...(start !== undefined && { start }) };
    return sendOrThrow(sender, '/', JSON.stringify(request));
  };
  return {
    start: (story, key) => tell(CAUSES[story].start, key, CAUSES[story].bare),
    wake: (story, key) => tell(CAUSES[story].wake, key),
    close: () => sender.close(),
  };
}
