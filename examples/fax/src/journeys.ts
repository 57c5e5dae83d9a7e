import { defineJourney, on } from 'throughline';

/** Confirms each order by fax. */
export const receipt = defineJourney(
  { trigger: on('Order Placed', { key: (event) => event.properties.order_id }) },
  async (j) => {
    await j.send('receipt', {
      purpose: 'transactional',
      via: ['fax'],
      props: { order: j.event.properties.order_id },
    });
  },
);
