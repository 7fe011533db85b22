import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { temporaryFolder } from './runtimes/temporary-folder.ts'

/** Make a self-signed certificate for 127.0.0.1, good for a day. */
export async function makeCertificate(): Promise<{ key: string; cert: string }> {
  await using folder = await temporaryFolder()
  const [key, cert] = [`${folder.path}/key.pem`, `${folder.path}/cert.pem`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}
