import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { commandPath } from '../launch.ts'

const execute = promisify(execFile)

/** Run a command to its end. Returns what it wrote to stdout. @throws {Error} with what it wrote */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const env = { ...process.env, PATH: commandPath }
    const { stdout } = await execute(command, args, { cwd, env, timeout: 300_000, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}\n${stdout}${stderr}`.slice(-5_000), {
      cause: error,
    })
  }
}
