// What piscina starts in the thread of solo.ts: opens the module that it was given, answers until it is told to stop.
import type { Answer, Executor, Question, Reply, SoloStart } from './solo.ts';

interface Opening { readonly open: (given: unknown) => Executor }

export async function serve({ port, module, given }: SoloStart): Promise<void> {
  const reply = (message: Reply, moved: readonly ArrayBuffer[] = []): void => { port.postMessage(message, moved as ArrayBuffer[]); };
  let execute: Executor;
  try {
    execute = ((await import(module)) as Opening).open(given);
    reply({ number: 0, value: null });
  } catch (error) {
    reply({ number: 0, error: errorOf(error) });
    execute = () => { throw errorOf(error); };
  }
  await new Promise<void>((resolve) => {
    port.on('message', ({ number, command }: Question) => {
      if (number < 0) {
        port.close();
        resolve();
        return;
      }
      let answer: Answer;
      try {
        answer = execute(command);
      } catch (error) {
        reply({ number, error: errorOf(error) });
        return;
      }
      reply({ number, value: answer.value }, answer.moved);
    });
  });
}

/** As something that crosses a port whole. */
function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
