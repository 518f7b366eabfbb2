import { expect, test } from 'vitest';
import { MemoryWatch } from '../../../../scripts/soak/memory-watch.ts';

const LEADER = { replica: 'replica-a', pid: 7, leads: true };

test('a process that grows by the same amount each round leaks', () => {
  const memory = watched(Array.from({ length: 24 }, (_, round) => 20 + 0.3 * round));
  expect(memory.violations()).toEqual([
    expect.stringMatching(/^replica-a leaks: its last rounds hold 2\.1 MiB more than those before, of 20\.0 20\.3 /),
  ]);
});

test.each<[string, readonly number[]]>([
  ['warms up and then stays', [12, 18, 20, 21, 21.2, 21.1, 21.3, 21.2, 21.4, 21.2, 21.3, 21.4, 21.3, 21.2, 21.3, 21.4]],
  ['goes up and down', Array.from({ length: 40 }, (_, round) => 20 + (round % 5) * 2)],
  ['still fills its last caches', Array.from({ length: 24 }, (_, round) => 20 + 0.05 * round)],
  ['has grown for too few rounds to tell', Array.from({ length: 11 }, (_, round) => 20 + 5 * round)],
])('a process that %s does not leak', (_, values) => {
  expect(watched(values).violations()).toEqual([]);
});

test('a process is held against itself and not against the one before it', () => {
  const memory = watched(Array.from({ length: 12 }, () => 20));
  expect(memory.add({ ...LEADER, liveMiB: 20 })).toBe(13);
  const ages = Array.from({ length: 12 }, () => memory.add({ ...LEADER, pid: 8, liveMiB: 40 }));
  expect(ages).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(memory.violations()).toEqual([]);
});

test('a standby that comes to lead may hold more than it did', () => {
  const memory = new MemoryWatch();
  for (let round = 0; round < 12; round += 1) memory.add({ ...LEADER, leads: false, liveMiB: 29 });
  for (let round = 0; round < 12; round += 1) memory.add({ ...LEADER, liveMiB: 33 });
  expect(memory.violations()).toEqual([]);
});

test('each replica is watched for itself', () => {
  const memory = new MemoryWatch();
  for (let round = 0; round < 16; round += 1) {
    memory.add({ ...LEADER, liveMiB: 20 });
    memory.add({ replica: 'replica-b', pid: 8, leads: false, liveMiB: 20 + round });
  }
  expect(memory.violations()).toEqual([expect.stringContaining('replica-b leaks')]);
});

function watched(values: readonly number[]): MemoryWatch {
  const memory = new MemoryWatch();
  for (const value of values) memory.add({ ...LEADER, liveMiB: value });
  return memory;
}
