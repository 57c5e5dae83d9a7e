import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine: CHROMIUM, or the first of the usual names on the PATH. */
function findChromium(): string | undefined {
  const given = process.env['CHROMIUM'];
  if (given !== undefined && given !== '') return given;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** `describe`; skipped, with instructions for installing Chromium, if there is none. */
export function describeWithChromium(name: string, tests: () => void): void {
  if (findChromium() !== undefined) describe(name, tests);
  else {
    describe.skip(`${name} (skipped: there is no Chromium)`, tests);
    process.stderr.write(
      `Skipped '${name}', which needs Chromium: install it (Debian and Ubuntu: apt-get install chromium), or name it in CHROMIUM.\n`,
    );
  }
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Returns the serious and critical violations that axe finds, each with its element, and whether the
 * page is wider than the screen. Axe is a script, so it checks the page's HTML in a separate context
 * in which scripts run.
 */
export async function problemsOf(checking: Page, html: string): Promise<string[]> {
  await checking.setContent(html);
  await checking.evaluate(axe.source);
  const { violations, wide } = await checking.evaluate(async () => {
    const scope = globalThis as unknown as {
      axe: { run(options: object): Promise<AxeResults> };
      document: { documentElement: { scrollWidth: number } };
      innerWidth: number;
    };
    const results = await scope.axe.run({ resultTypes: ['violations'] });
    const width = scope.document.documentElement.scrollWidth;
    return { violations: results.violations, wide: width > scope.innerWidth };
  });
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${String(node.target)} ${node.html}`));
  return [...serious, ...(wide ? ['the page is wider than the screen'] : [])];
}
