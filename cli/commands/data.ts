// data push, data list, data remove: data sets on a cluster. Owns their flags and help, and those of a worker's cache; the work is the actions'.
import { InvalidArgumentError, type Command } from 'commander';
import { clusterOptions, withCluster, type ClusterFlags } from './connection.ts';
import { furnish, perform, type CommandContext } from './context.ts';
import { UsageError } from '../terminal/failure.ts';

export function addData(program: Command, context: CommandContext): void {
  const data = furnish(program.command('data').summary('data sets of a cluster').description('Data sets of a cluster, by the digest of their content.'), 'ebm data list');
  const push = withCluster(data.command('push').summary('bring data to a cluster')
    .description('Reads data as training would, packs them, and brings them to the coordinator unless they are there. Prints the digest that a job can name as data.source.')
    .argument('<PATH>', 'a file or folder as data.source of a job names it, or a built-in name'));
  furnish(push, 'ebm data push digits.npz', 'ebm data push mnist')
    .action(async (path: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClusterFlags>();
      await perform(context, flags.json === true, (output, signal) => context.actions.dataPush({ ...clusterOptions(context, flags, signal), path }, output));
    });
  const list = withCluster(data.command('list').summary('list the data sets of a cluster').description('Lists the data sets that the coordinator has: rows, shape, kind of values, bytes, and jobs that use them and have not ended.'));
  furnish(list, 'ebm data list')
    .action(async (_flags: unknown, command: Command) => {
      // Before the name of the command --json is the group's.
      const flags = command.optsWithGlobals<ClusterFlags>();
      await perform(context, flags.json === true, (output, signal) => context.actions.dataList(clusterOptions(context, flags, signal), output));
    });
  const remove = withCluster(data.command('remove').summary('remove a data set from a cluster')
    .description('Removes a data set from the coordinator; refused while a job that has not ended names it. Runs that used it stay, and cannot be evaluated or verified without it.')
    .argument('<DIGEST>', 'as `ebm data list` shows it'));
  furnish(remove, 'ebm data remove sha256:1f0c...')
    .action(async (digest: string, _flags: unknown, command: Command) => {
      const flags = command.optsWithGlobals<ClusterFlags>();
      await perform(context, flags.json === true, (output, signal) => context.actions.dataRemove({ ...clusterOptions(context, flags, signal), digest }, output));
    });
}

export interface CacheFlags { readonly cache?: string; readonly cacheBytes?: number }

/** The flags of a worker's cache of data sets. */
export function withCache(command: Command): Command {
  return command
    .option('--cache <DIR>', "directory in which data sets are kept, shared by the workers of a machine (or EBM_CACHE; default: ebm-fleet in the user's cache folder)")
    .option('--cache-bytes <SIZE>', 'the most that data sets may take there, for example 500MB (or EBM_CACHE_BYTES; default: 20 GiB)', byteSize);
}

/** Null where nothing was said. Throws UsageError for a size in the environment that is none. */
export function cacheOptions({ surroundings: { environment } }: CommandContext, flags: CacheFlags): { readonly cache: string | null; readonly cacheBytes: number | null } {
  const { EBM_CACHE: directory = '', EBM_CACHE_BYTES: size = '' } = environment;
  const cacheBytes = flags.cacheBytes ?? (size === '' ? null : bytesOfText(size));
  if (Number.isNaN(cacheBytes)) throw new UsageError('bad-size', `EBM_CACHE_BYTES is '${size}'`, ACCEPTED);
  return { cache: flags.cache ?? (directory === '' ? null : directory), cacheBytes };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const ACCEPTED = 'Accepted: a number of bytes, or with a unit: 500MB, 20GiB (kB, MB, GB, TB, KiB, MiB, GiB, TiB).';

/** NaN for what is no size of at least one byte. */
function bytesOfText(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const size = digits !== '' && Object.hasOwn(UNITS, unit) ? Math.floor(Number(digits) * UNITS[unit]!) : NaN;
  return size >= 1 && Number.isSafeInteger(size) ? size : NaN;
}

function byteSize(text: string): number {
  const size = bytesOfText(text);
  if (Number.isNaN(size)) throw new InvalidArgumentError(ACCEPTED);
  return size;
}
