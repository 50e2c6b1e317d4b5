/**
 * Computes at once after `activate`, which makes the session's backend the current one, so that no other engine's backend comes in between; failures
 * arrive as rejections.
 */
export function computing(activate: () => void): <Result>(compute: () => Result) => Promise<Result> {
  return (compute) => new Promise((resolve) => {
    activate();
    resolve(compute());
  });
}
