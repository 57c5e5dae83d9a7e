import { answerCalls } from '../stage/answer-calls';
import { introduce, sendIngestLoad } from './ingest-load';

// The source of load is a process of its own: what it costs is counted for neither side.

const calls = { introduce, sendIngestLoad };

export type LoadCalls = typeof calls;

answerCalls(calls);
