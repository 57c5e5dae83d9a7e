import { manyJourneys, manyJourneysApp } from './many-journeys';

export const app = manyJourneysApp(__filename);

Object.assign(module.exports as object, manyJourneys(10));
