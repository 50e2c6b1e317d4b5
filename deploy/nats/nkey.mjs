// Makes a user for users.conf: `node deploy/nats/nkey.mjs FILE` writes the secret seed into a new file that only you can read, for --nkey, and prints
// the public key, which the configuration may show to everybody.
import { writeFileSync } from 'node:fs';
import { nkeys } from 'nats';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: node deploy/nats/nkey.mjs FILE\n');
  process.exit(2);
}
const user = nkeys.createUser();
try {
  writeFileSync(file, `${new TextDecoder().decode(user.getSeed())}\n`, { mode: 0o600, flag: 'wx' });
} catch (error) {
  process.stderr.write(`${file} cannot be written as a new file: ${error.code ?? error.message}\n`);
  process.exit(2);
}
process.stdout.write(`${user.getPublicKey()}\n`);
