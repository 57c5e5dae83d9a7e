export { acceptAll, at } from './smtp-behaviour';
export type { SmtpAction, SmtpBehaviour, SmtpMoment, SmtpStage } from './smtp-behaviour';
export { startSmtpServer } from './start-smtp-server';
export type { ReceivedMail, TestSmtpOptions, TestSmtpServer } from './start-smtp-server';
