export { listeningPort } from './listening-port';
export { acceptAll, at, type SmtpBehaviour } from './smtp-behaviour';
export { startScriptedServer } from './start-scripted-server';
export type { Script } from './start-scripted-server';
export { startSmtpServer } from './start-smtp-server';
export type { TestSmtpServer } from './start-smtp-server';
