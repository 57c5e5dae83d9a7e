import { defineApp, type App } from '../../src/app';
import { defineJourney, on, type JourneyWorkflow } from '../../src/journey';
import { catalogue } from '../../src/workflows/catalogue';

/**
 * So many journeys, every one of which looks at every product that is viewed: the worst case for
 * routing, where the usual one is that most journeys begin with events of their own.
 */
export function manyJourneys(count: number): Readonly<Record<string, JourneyWorkflow>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `journey${at}`,
      defineJourney(
        {
          trigger: on('Product Viewed', {
            where: (e) => e.properties.product_id === `sku-of-journey-${at}`,
          }),
        },
        async (j) => {
          await j.waitFor('Application Opened', { timeout: '60 days' });
        },
      ) as JourneyWorkflow,
    ]),
  );
}

/** An app of these journeys, for an API; no worker runs them. */
export function manyJourneysApp(workflowsPath: string): App {
  return defineApp({
    workflowsPath,
    catalogue,
    policy: { caps: [], quietHours: [], defaultZone: 'UTC', defaultLocale: 'en', costs: {} },
  });
}
