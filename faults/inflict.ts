import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '../src/db/transaction';
import { fillDisk } from './disk-quota';
import type { Ground, Server } from './ground';
import type { MailServer } from './mail-server';
import { ROLES, type System } from './system';
import type { Fault, Track } from './schedule';
import { wrongClock } from './wrong-clock';

/** The targets of faults. */
export interface Victims {
  readonly system: Pick<System, 'roles' | 'lines'>;
  readonly ground: Pick<Ground, 'pidOf'>;
  readonly mail: Pick<MailServer, 'behave' | 'untilTaking'>;
  readonly db: Db;
  /** How wrong the client's clock is, in milliseconds. */
  readonly clientClock: { aheadMs: number };
  readonly note: (sentence: string) => void;
  /** Receives the share of faults that have begun, the minimum over all tracks. */
  readonly onBegun: (share: number) => void;
}

/** Runs all tracks, and resolves when the last fault has been reverted. */
export async function inflictAll(victims: Victims, tracks: readonly Track[]): Promise<void> {
  const start = performance.now();
  const shares = tracks.map(() => 0);
  await Promise.all(
    tracks.map(async (track, number) => {
      for (const [index, { at, fault }] of track.entries()) {
        await pause(Math.max(0, start + at - performance.now()));
        shares[number] = (index + 1) / track.length;
        victims.onBegun(Math.min(...shares));
        await inflict(victims, fault);
      }
    }),
  );
}

/** Injects one fault, and reverts it after its duration. */
async function inflict(victims: Victims, fault: Fault): Promise<void> {
  const { system, mail, note, clientClock } = victims;
  const seconds = `${(fault.forMs / 1000).toFixed(1)} s`;
  switch (fault.kind) {
    case 'kill':
      note(`kill -9 ${fault.victim}, away for ${seconds}`);
      return kill(victims, fault.victim, fault.forMs);
    case 'mail':
      note(`the mail server is ${fault.fault} for ${seconds}`);
      mail.behave(fault.fault);
      await pause(fault.forMs);
      return mail.behave(undefined);
    case 'line': {
      const line = system.lines[fault.line];
      if (fault.fault === 'cut') {
        note(`the line ${fault.line} is cut`);
        return line.cut();
      }
      const how = typeof fault.fault === 'string' ? fault.fault : `${fault.fault.delayMs} ms slow`;
      note(`the line ${fault.line} is ${how} for ${seconds}`);
      await line.trouble(fault.fault);
      await pause(fault.forMs);
      return line.mend();
    }
    case 'disk': {
      note(`the disk is full for new events for ${seconds}`);
      const postmaster = () => victims.ground.pidOf('postgres');
      // The database may be down at the moment, which is a fault as well.
      const filled = await fillDisk(victims.db, postmaster, fault.forMs).catch(() => undefined);
      if (filled === false) note('no fault: the limit cannot be set here (is prlimit installed?)');
      if (filled === undefined) note('no fault: the database did not answer');
      return;
    }
    case 'clock': {
      const by = `${fault.byMs < 0 ? '' : '+'}${(fault.byMs / 1000).toFixed(0)} s`;
      if (fault.whose === 'client') {
        note(`the client's clock is wrong by ${by} for ${seconds}`);
        clientClock.aheadMs = fault.byMs;
        await pause(fault.forMs);
        clientClock.aheadMs = 0;
        return;
      }
      const clock = wrongClock(fault.byMs);
      note(`the ${fault.whose}'s clock is wrong by ${by} for ${seconds} (${clock.means})`);
      const role = system.roles[fault.whose];
      await role.kill();
      role.start(clock);
      await role.serves();
      await pause(fault.forMs);
      await role.kill();
      role.start();
      return role.serves();
    }
  }
}

/** How long a kill of the worker waits for a mail in flight. */
const MAIL_MS = 20_000;

async function kill(
  { system, ground, mail }: Victims,
  victim: keyof System['roles'] | Server,
  forMs: number,
): Promise<void> {
  if (victim !== 'postgres' && victim !== 'temporal') {
    const role = system.roles[victim];
    // A kill between the acceptance of a mail and its answer is the most harmful.
    if (victim === 'worker') await mail.untilTaking(MAIL_MS);
    await role.kill();
    await pause(forMs);
    role.start();
    // On a busy machine it would otherwise be killed again before it did any work.
    return role.serves();
  }
  const pid = ground.pidOf(victim);
  if (pid === undefined) return;
  process.kill(pid, 'SIGKILL');
  // It is restarted at once; the product sees it down for longer.
  const lines = ROLES.map((role) => system.lines[`${role}-${victim}`]);
  await Promise.all(lines.map((line) => line.trouble('refusing')));
  await pause(forMs);
  await Promise.all(lines.map((line) => line.mend()));
}
