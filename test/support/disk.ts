// A simulated disk that knows what is durable: after `powerLoss` only what was synced is certain. What was not may be there, be
// missing, or be torn: names in any subset of their changes, contents in any subset of their writes, each perhaps cut short.
// As on Linux, a sync that fails forgets what it should have written.
import { posix } from 'node:path';
import type { Files, OpenFile } from '../../platform/store/files.ts';
import { SystemError } from './faults.ts';

type Change = { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array } | { readonly kind: 'truncate'; readonly bytes: number };

interface FileNode { readonly kind: 'file'; live: Uint8Array; durable: Uint8Array; pending: Change[] }
interface DirectoryNode { readonly kind: 'directory'; live: Map<string, Node>; durable: Map<string, Node> }
type Node = FileNode | DirectoryNode;

/** Names that change in one step, or, after a crash, not at all. */
type Naming = readonly { readonly directory: DirectoryNode; readonly name: string; readonly node: Node | null }[];

/** `lost`: nothing that was not synced survives; `kept`: all of it; or a source of numbers in [0, 1) that decides each. */
export type Survival = 'lost' | 'kept' | (() => number);

function changed(content: Uint8Array, change: Change): Uint8Array {
  if (change.kind === 'truncate') return content.slice(0, change.bytes);
  const result = new Uint8Array(Math.max(content.byteLength, change.at + change.bytes.byteLength));
  result.set(content);
  result.set(change.bytes, change.at);
  return result;
}

const directoryNode = (): DirectoryNode => ({ kind: 'directory', live: new Map(), durable: new Map() });

export class SimulatedDisk {
  readonly #root = directoryNode();
  #namings: Naming[] = [];

  #find(path: string): Node | null {
    let node: Node | undefined = this.#root;
    for (const part of posix.resolve('/', path).split('/').filter(Boolean)) {
      if (node === undefined) return null;
      if (node.kind === 'file') throw new SystemError('ENOTDIR', path);
      node = node.live.get(part);
    }
    return node ?? null;
  }

  #need(path: string): Node {
    const node = this.#find(path);
    if (node === null) throw new SystemError('ENOENT', path);
    return node;
  }

  #directory(path: string): DirectoryNode {
    const node = this.#need(path);
    if (node.kind === 'file') throw new SystemError('ENOTDIR', path);
    return node;
  }

  #place(path: string): { readonly directory: DirectoryNode; readonly name: string } {
    const whole = posix.resolve('/', path);
    return { directory: this.#directory(posix.dirname(whole)), name: posix.basename(whole) };
  }

  #name(naming: Naming): void {
    for (const { directory, name, node } of naming) {
      if (node === null) directory.live.delete(name);
      else directory.live.set(name, node);
    }
    this.#namings.push(naming);
  }

  #handle(file: FileNode, path: string): OpenFile {
    const change = (made: Change): Promise<void> => {
      file.live = changed(file.live, made);
      file.pending.push(made);
      return Promise.resolve();
    };
    return {
      write: (bytes) => change({ kind: 'write', at: file.live.byteLength, bytes: bytes.slice() }),
      read: (into, position) => {
        const piece = file.live.subarray(position, position + into.byteLength);
        into.set(piece);
        return Promise.resolve(piece.byteLength);
      },
      sync: () => {
        for (const made of file.pending) file.durable = changed(file.durable, made);
        file.pending = [];
        return Promise.resolve();
      },
      truncate: (bytes) => bytes > file.live.byteLength ? Promise.reject(new SystemError('EINVAL', path)) : change({ kind: 'truncate', bytes }),
      close: () => Promise.resolve(),
    };
  }

  #newNode(path: string, node: Node): void {
    const place = this.#place(path);
    if (place.directory.live.has(place.name)) throw new SystemError('EEXIST', path);
    this.#name([{ ...place, node }]);
  }

  #file(path: string): FileNode {
    const node = this.#need(path);
    if (node.kind === 'directory') throw new SystemError('EISDIR', path);
    return node;
  }

  #create(path: string): FileNode {
    const node: FileNode = { kind: 'file', live: new Uint8Array(0), durable: new Uint8Array(0), pending: [] };
    this.#newNode(path, node);
    return node;
  }

  #rename(from: string, to: string): void {
    const node = this.#need(from);
    const target = this.#find(to);
    if (target?.kind === 'directory' && target.live.size > 0) throw new SystemError('ENOTEMPTY', to);
    if (target !== null && target.kind !== node.kind) throw new SystemError(target.kind === 'file' ? 'ENOTDIR' : 'EISDIR', to);
    this.#name([{ ...this.#place(from), node: null }, { ...this.#place(to), node }]);
  }

  #syncDirectory(path: string): void {
    const directory = this.#directory(path);
    const touches = (naming: Naming): boolean => naming.some((change) => change.directory === directory);
    for (const naming of this.#namings.filter(touches)) this.#settle(naming);
    this.#namings = this.#namings.filter((naming) => !touches(naming));
  }

  #settle(naming: Naming): void {
    for (const { directory, name, node } of naming) {
      if (node === null) directory.durable.delete(name);
      else directory.durable.set(name, node);
    }
  }

  files(): Files {
    // Each runs in a later turn, as on a real disk.
    const later = async <Result>(task: () => Result): Promise<Result> => {
      await Promise.resolve();
      return task();
    };
    return {
      create: (path) => later(() => this.#handle(this.#create(path), path)),
      append: (path) => later(() => this.#handle(this.#find(path) === null ? this.#create(path) : this.#file(path), path)),
      open: (path) => later(() => this.#handle(this.#file(path), path)),
      describe: (path) => later(() => {
        const node = this.#find(path);
        return node === null ? null : { kind: node.kind, bytes: node.kind === 'file' ? node.live.byteLength : 0 };
      }),
      list: (path) => later(() => [...this.#directory(path).live.keys()].sort()),
      // Some disks tell, others do not: this one does of files.
      entries: (path) => later(() => [...this.#directory(path).live].map(([name, { kind }]) => ({ name, kind: kind === 'file' ? kind : null }))),
      makeDirectory: (path) => later(() => { this.#newNode(path, directoryNode()); }),
      link: (from, to) => later(() => { this.#newNode(to, this.#file(from)); }),
      rename: (from, to) => later(() => { this.#rename(from, to); }),
      unlink: (path) => later(() => {
        this.#file(path);
        this.#name([{ ...this.#place(path), node: null }]);
      }),
      removeDirectory: (path) => later(() => {
        if (this.#directory(path).live.size > 0) throw new SystemError('ENOTEMPTY', path);
        this.#name([{ ...this.#place(path), node: null }]);
      }),
      syncDirectory: (path) => later(() => { this.#syncDirectory(path); }),
    };
  }

  /** A sync of this file failed: what it should have written will not become durable any more, although it can still be read. */
  forget(path: string): void {
    const node = this.#find(path);
    if (node?.kind === 'file') node.pending = [];
  }

  /** Bytes of a file as they stand, to change them (bit rot) or to look at them. */
  bytes(path: string): Uint8Array {
    return this.#file(path).live;
  }

  powerLoss(survival: Survival): void {
    const chance = (): number => survival === 'lost' ? 1 : survival === 'kept' ? 0 : survival();
    for (const naming of this.#namings) if (chance() < 0.5) this.#settle(naming);
    this.#namings = [];
    const settled = new Set<Node>();
    const settle = (node: Node): void => {
      if (settled.has(node)) return;
      settled.add(node);
      if (node.kind === 'directory') {
        node.live = new Map(node.durable);
        for (const inside of node.live.values()) settle(inside);
        return;
      }
      for (const made of node.pending) {
        if (chance() >= 0.5) continue;
        const torn = made.kind === 'write' && chance() >= 0.5 ? { ...made, bytes: made.bytes.slice(0, Math.floor(chance() * made.bytes.byteLength)) } : made;
        node.durable = changed(node.durable, torn);
      }
      node.pending = [];
      node.live = node.durable;
    };
    settle(this.#root);
  }
}
