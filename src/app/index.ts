/**
 * The public entry `throughline/app`: what an application is declared with, outside of its journeys
 * (those import `throughline`, which runs in the workflow sandbox).
 */
export { z } from 'zod';
export { standardEvents } from '../domain/events';
export { personal } from '../domain/events/personal';
export { defineChannel } from '../domain/channels/channel-definition';
export type {
  ChannelDefinition,
  MessageFormat,
  TextCompiler,
} from '../domain/channels/channel-definition';
export { comparablePhone as normalizePhone } from '../domain/identity/address-forms';
export { defineProvider } from '../channels/define-provider';
export type { ProviderClient, ProviderDefinition, ProviderSpec } from '../channels/define-provider';
export type { DeliveryReceipt, OutgoingMessage } from '../channels/channel';
export type {
  CallbackAnswer,
  CallbackRefusal,
  CallbackRequest,
  Callbacks,
  ProviderEvent,
} from '../channels/callbacks';
export {
  PermanentSendError,
  SendError,
  SuppressedError,
  TransientSendError,
  UnknownOutcomeError,
} from '../channels/errors';
export { inLanguages } from '../templates/in-languages';
export { languageTag, mailPhrases } from '../templates/mail-phrases';
export { defineTemplate } from '../templates/template';
export type { TemplateDefinition } from '../templates/template';
export { defineApp } from './define-app';
export type { App, Policy, Retention } from './define-app';
