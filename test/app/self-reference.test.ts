import { readFileSync } from 'node:fs';
import { defineJourney } from '../../src/journey';
import { orderConfirmation } from '../../src/workflows';
import { environment } from '../support/engine';
import { sdkCopiesIn } from './sdk-copies';

describe('the package under its own name', () => {
  it('resolves to the SDK in src in tests', () => {
    expect((require('throughline') as { defineJourney: unknown }).defineJourney).toBe(
      defineJourney,
    );
    expect(orderConfirmation.options.trigger.event).toBe('Order Completed');
  });

  it('is bundled once from the sources', () => {
    const code = readFileSync(environment('TEST_SHOP_BUNDLE'), 'utf8');
    expect(sdkCopiesIn(code)).toEqual([expect.stringContaining('src/journey/define-journey.ts')]);
  });
});
