async function teardown(): Promise<void> {
  const postgres = (globalThis as Record<string, unknown>)['__postgres'] as
    { stop(): Promise<void> } | undefined;
  await postgres?.stop();
}

module.exports = teardown;
