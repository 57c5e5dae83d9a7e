import type { Watched } from './cpu-time';
import type { TemporalServer } from './temporal-server';

/** The servers of a stage, on which both sides and the load run. */
export interface StageBase {
  readonly folder: string;
  readonly temporal: () => Promise<TemporalServer>;
  /** The URL of a database of this name, which is created when it is first requested. */
  readonly database: (name: string) => Promise<string>;
  readonly postgres: Watched;
  /** The environment of every process of the stage. */
  readonly environment: Readonly<Record<string, string>>;
  /** Options of Node for Throughline's own processes. */
  readonly nodeOptions: readonly string[];
  /** Registers what runs when the stage is closed, in reverse order. */
  onClose(stop: () => Promise<void>): void;
  close(): Promise<void>;
}
