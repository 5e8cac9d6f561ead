import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * When a process started, as an opaque text that is the same for as long as the process lives;
 * undefined when no such process runs (a zombie counts as gone). Together with the pid it tells a
 * process from a later one that was given the same number.
 */
export const processStartTime = (pid: number): string | undefined => {
  if (process.platform !== 'linux') return ps(pid, 'lstart=');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may itself hold spaces and parentheses: fields count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

/** Whether `pid` is a PostgreSQL server of this data directory (absolute path, links resolved). */
export const isPostgresOf = (pid: number, pgData: string): boolean => {
  if (processStartTime(pid) === undefined) return false;
  const args = commandLine(pid);
  if (!/(^|\/)postgres$/.test(args[0] ?? '')) return false;
  // The command line is readable by everyone, the working directory (which follows a renamed folder) is not.
  return args.includes(pgData) || workingDirectory(pid) === pgData;
};

const commandLine = (pid: number): string[] => {
  if (process.platform !== 'linux') return (ps(pid, 'command=') ?? '').split(' ');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
};

const workingDirectory = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
};

const ps = (pid: number, column: string): string | undefined => {
  const { status, stdout } = spawnSync('ps', ['-o', column, '-p', String(pid)], {
    encoding: 'utf8',
  });
  const text = status === 0 ? stdout.trim() : '';
  return text === '' ? undefined : text;
};
