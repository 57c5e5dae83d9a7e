/**
 * The public entry `throughline/app`: what an application is declared with, outside of its journeys
 * (those import `throughline`, which runs in the workflow sandbox).
 */
export { z } from 'zod';
export { standardEvents } from '../domain/events';
export { personal } from '../domain/events/personal';
export { inLanguages } from '../templates/in-languages';
export { languageTag, mailPhrases } from '../templates/mail-phrases';
export { defineTemplate } from '../templates/template';
export type { TemplateDefinition } from '../templates/template';
export { defineApp } from './define-app';
export type { App, Policy, Retention } from './define-app';
