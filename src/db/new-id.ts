import { v7 } from 'uuid';

/** A UUIDv7: made by the application, unique, and in the order of creation. */
export function newId(): string {
  return v7();
}
