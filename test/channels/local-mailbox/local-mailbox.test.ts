import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLocalMailbox } from '../../../src/channels/local-mailbox/local-mailbox-provider';
import { readMailbox, readMail } from '../../../src/channels/local-mailbox/read-mailbox';
import { DECIDED_AT, exampleMail } from '../../contracts/example-message';

const never = new AbortController().signal;

describe('the local mailbox', () => {
  let home = '';
  let directory = '';
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'outbox-'));
    directory = path.join(home, 'mails');
  });
  afterEach(() => rm(home, { recursive: true }));
  const write = (id: string) =>
    createLocalMailbox({ directory, from: 'Shop <a@shop.example>' }).deliver(
      exampleMail({ id }),
      never,
    );

  it('reads a mail as it was written', async () => {
    await write('mail-1');
    expect(await readMail(directory, 'mail-1')).toEqual({
      id: 'mail-1',
      to: 'ada@customer.example',
      subject: 'Your cart is waiting – 10 % €',
      at: DECIDED_AT,
      html: expect.stringContaining('<p>Hello <b>Ada</b></p>'),
      text: expect.stringContaining('.leading dots'),
    });
  });

  it('writes one file per mail on repeated writes, and leaves no temporary file', async () => {
    await Promise.all([write('mail-1'), write('mail-1'), write('mail-2')]);
    await write('mail-1');
    expect((await readdir(directory)).toSorted()).toEqual(['mail-1.eml', 'mail-2.eml']);
  });

  it('lists the most recent mails first, up to a limit, and ignores other files', async () => {
    for (const [n, id] of ['mail-1', 'mail-2', 'mail-3'].entries()) {
      await write(id);
      await utimes(path.join(directory, `${id}.eml`), 1000 + n, 1000 + n);
    }
    await writeFile(path.join(directory, 'notes.txt'), 'x');
    await writeFile(path.join(directory, '.half-written.tmp'), 'x');
    const mails = await readMailbox(directory, { limit: 2 });
    expect(mails.map((mail) => mail.id)).toEqual(['mail-3', 'mail-2']);
  });

  it('is empty if the folder does not exist', async () => {
    expect(await readMailbox(path.join(home, 'nothing'), { limit: 10 })).toEqual([]);
    expect(await readMail(directory, 'mail-1')).toBeUndefined();
  });

  it.each([
    '../secret',
    '..',
    '.',
    '',
    'a/b',
    'a\\b',
    '%2e%2e/secret',
    'a\0',
    '.hidden',
    '/etc/passwd',
  ])('opens nothing for the id %p', async (id) => {
    await writeFile(path.join(home, 'secret.eml'), 'Subject: secret\r\n\r\nx');
    await write('mail-1');
    expect(await readMail(directory, id)).toBeUndefined();
  });

  it('writes nothing outside its folder', async () => {
    await expect(write('../escaped')).rejects.toThrow(/message id that is not valid/);
    await expect(write('..')).rejects.toThrow(/expected a message's UUID/);
    expect(await readdir(home)).toEqual([]);
  });
});
