import { rolesInWords } from '../../src/api/contract/roles-in-words';
import { ROUTE_GROUPS } from '../../src/api/contract/route';
import { ROUTES } from '../../src/api/contract/routes';

const START = '<!-- routes: written by `npm run generate` -->';
const END = '<!-- end of routes -->';

/** The README's table of routes, as cells. */
export function routeRows(): readonly (readonly [route: string, role: string, what: string])[] {
  return ROUTE_GROUPS.flatMap((group) =>
    ROUTES.filter((route) => route.group === group).map(
      ({ method, path, roles, summary }) =>
        [`\`${method} ${path}\``, rolesInWords(roles), summary] as const,
    ),
  );
}

/** The rows that a README has between its marks. */
export function rowsIn(readme: string): readonly (readonly string[])[] {
  const [, table] = split(readme);
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The README with the present table. */
export function withRouteTable(readme: string): string {
  const [before, , after] = split(readme);
  const rows = [['Route', 'Role', 'What it does'], ['---', '---', '---'], ...routeRows()];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${before}${START}\n\n${table}\n\n${END}${after}`;
}

function split(readme: string): readonly [before: string, table: string, after: string] {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) {
    throw new Error(`The README has no table of routes between '${START}' and '${END}'.`);
  }
  return [
    readme.slice(0, start),
    readme.slice(start + START.length, end),
    readme.slice(end + END.length),
  ];
}
