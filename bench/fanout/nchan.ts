import { existsSync } from 'node:fs'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { freePort, launch, type LaunchedServer } from '@holdfast/testing'

// Where Debian's libnginx-mod-nchan puts it.
const modulePaths = ['/usr/lib/nginx/modules/ngx_nchan_module.so', '/usr/share/nginx/modules/ngx_nchan_module.so']

/** Nginx's module Nchan, or undefined where it is not installed. */
export function nchanModule(): string | undefined {
  return modulePaths.find((path) => existsSync(path))
}

/** Start Nginx with Nchan and one worker, as its own documents configure it, on a free port. */
export async function startNchan(nginx: string, module: string): Promise<{ port: number; server: LaunchedServer }> {
  const port = await freePort()
  const folder = await mkdtempDisposable(join(tmpdir(), 'holdfast-bench-'))
  const file = `${folder.path}/nginx.conf`
  await writeFile(file, configuration(port, module, folder.path))
  const args = ['-p', folder.path, '-c', file, '-g', `daemon off; pid ${folder.path}/pid;`]
  const server = await launch({ command: nginx, args, ready: /start worker process/ })
  void server.exited.then(() => folder.remove())
  return { port, server }
}

function configuration(port: number, module: string, folder: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  return `load_module ${module};
# Its worker is somebody else where a superuser starts it, and could not write into the folder.
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
error_log stderr notice;
events { worker_connections 12000; }
http {
  access_log off;
  ${paths.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location = /events { nchan_subscriber eventsource; nchan_channel_id bench; }
    location = /event { nchan_publisher http; nchan_channel_id bench; }
  }
}
`
}
