import { z } from 'zod';
import { defineChannel } from '../../../src/domain/channels/channel-definition';
import {
  channelByWireId,
  channelDefinitions,
  channelKindSchema,
  isChannelKind,
  registerChannels,
} from '../../../src/domain/channels/channel-kind';

const channel = (kind: string, wireId: number) =>
  defineChannel({
    kind,
    wireId,
    address: { trait: 'carrier_pigeon', normalize: (value) => value, readable: true },
    labels: { en: { name: kind, by: `by ${kind}` } },
  });

describe('the channels', () => {
  it('keep the wire ids that links carry', () => {
    const wireIds = Object.fromEntries(
      channelDefinitions().map(({ kind, wireId }) => [kind, wireId]),
    );
    expect(wireIds).toEqual({
      email: 0,
      sms: 1,
      push: 2,
      inapp: 3,
      webhook: 4,
      whatsapp: 5,
      letter: 6,
      call: 7,
    });
  });

  it.each([
    ['the kind of another', channel('email', 200), /two definitions of the channel 'email'/],
    ['a wire id of the engine', channel('owl', 127), /wire id 127; expected 128 to 255/],
    ['a wire id beyond a byte', channel('owl', 256), /wire id 256; expected 128 to 255/],
    ['a kind that is no name', channel('Owl Post', 200), /lower-case letters/],
  ])('refuse an application that brings %s', (_, definition, message) => {
    expect(() => registerChannels([definition])).toThrow(message);
    expect(channelByWireId(200)).toBeUndefined();
  });

  it('take those of an application once, and refuse a wire id that one of them has', () => {
    const pigeon = channel('pigeon', 130);
    registerChannels([pigeon]);
    registerChannels([pigeon]);
    expect(isChannelKind('pigeon')).toBe(true);
    expect(channelByWireId(130)).toBe(pigeon);
    expect(() => registerChannels([channel('dove', 130)])).toThrow(
      /'pigeon' and 'dove' both have the wire id 130/,
    );
    expect(() => registerChannels([channel('pigeon', 131)])).toThrow(/two definitions/);
    expect(channelKindSchema.parse('pigeon')).toBe('pigeon');
    expect(z.toJSONSchema(channelKindSchema).enum).toContain('pigeon');
  });

  it('name each other in the error for a kind that there is not', () => {
    const result = channelKindSchema.safeParse('fax');
    expect(result.error?.issues[0]?.message).toMatch(/expected one of email, sms/);
  });
});
