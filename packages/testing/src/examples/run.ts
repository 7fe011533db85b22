import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { commandPath } from '../launch.ts'

const execute = promisify(execFile)

/** Run a command to its end. @throws {Error} with what it wrote */
export async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  try {
    const env = { ...process.env, PATH: commandPath }
    await execute(command, args, { cwd, env, timeout: 300_000, maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed in ${cwd}\n${stdout}${stderr}`.slice(-5_000), {
      cause: error,
    })
  }
}
