// The fewest faults that still show a violation: halves, quarters, ... of the list are left out as long as it stays (delta debugging, Zeller
// and Hildebrandt 2002).
import type { Fault, Scenario } from './scenario.ts';

const TRIES_MAX = 300;

export async function shrink(scenario: Scenario, isViolated: (less: Scenario) => Promise<boolean>): Promise<Scenario> {
  let { faults } = scenario;
  let tries = 0;
  const shows = (less: readonly Fault[]): Promise<boolean> => {
    tries += 1;
    return isViolated({ ...scenario, faults: less });
  };
  let pieces = 2;
  while (faults.length > 0 && tries < TRIES_MAX) {
    const size = Math.ceil(faults.length / pieces);
    let smaller: readonly Fault[] | null = null;
    for (let from = 0; from < faults.length && smaller === null; from += size) {
      const less = [...faults.slice(0, from), ...faults.slice(from + size)];
      if (await shows(less)) smaller = less;
    }
    if (smaller !== null) {
      faults = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) break;
    else pieces = Math.min(faults.length, pieces * 2);
  }
  return { ...scenario, faults };
}
