import type { Exposure } from '../domain/experiments/exposure';

/**
 * The arms that a body has obtained since its last send. The next decision takes them, so that a
 * message carries only the experiments that can have influenced it.
 *
 * The log is not part of the carried state: when a journey continues as new, its body runs again
 * over recorded steps and fills the log as before.
 */
export class ExposureLog {
  readonly #exposures = new Map<string, Exposure>();

  add(exposure: Exposure): void {
    this.#exposures.set(`${exposure.kind} ${exposure.name}`, exposure);
  }

  /** Returns the exposures since the last call, each experiment once. */
  take(): readonly Exposure[] {
    const exposures = [...this.#exposures.values()];
    this.#exposures.clear();
    return exposures;
  }
}
