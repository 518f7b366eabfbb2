import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AppAccess, specSchema } from '../../../src/api/app-access.ts';
import { type EmbeddedWorld, startEmbeddedWorld } from '../../support/embedded-world.ts';
import { expectWorld } from '../../support/expected-world.ts';
import { leafPaths } from '../../support/schema-paths.ts';
import {
  COUPLED_ROWS,
  type FieldRow,
  GRANT_ROWS,
  GRANTS_ROW,
  IMMUTABLE_ROWS,
  SETTING_ROWS,
  type Spec,
  specOf,
} from './field-rows.ts';

let world: EmbeddedWorld;
beforeEach(async () => {
  world = await startEmbeddedWorld();
  await world.startController();
});
afterEach(() => world.stop());

/** One live object and the specs it goes through. */
interface Walk {
  readonly name: string;
  readonly specs: readonly Spec[];
}

test('every field of the schema has its row', () => {
  const rows = [...GRANT_ROWS, ...COUPLED_ROWS, ...SETTING_ROWS, ...IMMUTABLE_ROWS].map(({ path }) => path);
  expect([...new Set(rows)].sort()).toEqual(leafPaths(specSchema));
});

test('the world follows each field through all its versions and back, and goes when the object goes', async () => {
  const rows = [...GRANT_ROWS, ...COUPLED_ROWS, ...SETTING_ROWS];
  await walkAll(
    rows.map(({ path, versions, subject = 'lambda' }) => {
      const [first, second, third] = versions.map((version) => specOf(subject, version)) as [Spec, Spec, Spec];
      return { name: nameOf(path), specs: [first, second, third, first, third, second, first] };
    }),
  );
});

test('the world follows every two fields through all their joint changes', async () => {
  await walkAll(pairsOf([...SETTING_ROWS, GRANTS_ROW]).map(pairWalk));
});

describe('a field that cannot change', () => {
  test.each(IMMUTABLE_ROWS)(
    '$path is refused a change, and the world stays as it was',
    async ({ created, changed }) => {
      const manifest = await world.apply('fixed', created);
      await world.untilSettled(['fixed']);
      await expect(world.apply('fixed', changed)).rejects.toThrow('is invalid');
      expectWorld(world, [manifest]);
    },
  );
});

/**
 * Every change of both fields at once, from each of the nine states that they have together: three rounds of three steps.
 */
function pairWalk([one, other]: readonly [FieldRow, FieldRow]): Walk {
  const name = `${nameOf(one.path)}-${nameOf(other.path)}`;
  const subject = one.subject ?? other.subject ?? 'lambda';
  const state = (i: number, j: number) => specOf(subject, one.versions[i % 3] ?? {}, other.versions[j % 3] ?? {});
  const round = (lead: number) => [0, 1, 2, 3].map((step) => state(step, step + lead));
  return { name, specs: [...round(0), ...round(1), ...round(2)] };
}

/** Every two of `rows` whose subjects agree, each two once. */
function pairsOf(rows: readonly FieldRow[]): readonly (readonly [FieldRow, FieldRow])[] {
  return rows.flatMap((one, place) =>
    rows
      .slice(place + 1)
      .filter((other) => one.subject === undefined || other.subject === undefined || one.subject === other.subject)
      .map((other) => [one, other] as const),
  );
}

function nameOf(path: string): string {
  return path.replaceAll('.', '-').toLowerCase();
}

/** Takes all walks one step at a time, and compares the whole world after each step. */
async function walkAll(walks: readonly Walk[]): Promise<void> {
  const applied = new Map<string, AppAccess>();
  const steps = Math.max(...walks.map(({ specs }) => specs.length));
  await Promise.all(walks.flatMap(serviceAccountsOf).map((name) => world.createServiceAccount(name)));
  for (let step = 0; step < steps; step++) {
    const changed = await Promise.all(
      walks.flatMap(({ name, specs }) => {
        const spec = specs[step];
        return spec === undefined ? [] : [world.apply(name, withOwnAccount(name, spec))];
      }),
    );
    await world.untilSettled(changed.map(({ metadata }) => metadata.name));
    for (const manifest of changed) {
      // A suspended object leaves the world at the spec before it.
      if (manifest.spec.suspend !== true) applied.set(manifest.metadata.name, manifest);
    }
    expectWorld(world, [...applied.values()]);
  }
  await removeAll(walks);
  expectWorld(world, []);
}

/** The service accounts that a walk comes by; they are its own, so that no two objects meet in one. */
function serviceAccountsOf({ name, specs }: Walk): readonly string[] {
  const accounts = specs.map((spec) => accountOf(withOwnAccount(name, spec))?.name);
  return [...new Set(accounts)].filter((account) => account !== undefined);
}

function withOwnAccount(owner: string, spec: Spec): Spec {
  const account = accountOf(spec);
  return account === undefined
    ? spec
    : { ...spec, subject: { serviceAccount: { ...account, name: `${owner}-${account.name}` } } };
}

function accountOf(spec: Spec): { readonly name: string } | undefined {
  return (spec.subject as { readonly serviceAccount?: { readonly name: string } }).serviceAccount;
}

async function removeAll(walks: readonly Walk[]): Promise<void> {
  await Promise.all(walks.map(({ name }) => world.remove(name)));
  await Promise.all(walks.map(({ name }) => world.untilGone(name)));
}
