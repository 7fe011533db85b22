import { optionsFromEnv, type ServiceOptions } from '@holdfast/service'
import { publicTopics } from './config.ts'

/** A service's options for the demo: what the environment says, and the demo's topics are everybody's to read. */
export function demoOptions(
  env: Readonly<Record<string, string | undefined>>,
): Pick<ServiceOptions, 'auth' | 'publicTopics' | 'cors' | 'limits'> {
  const options = optionsFromEnv(env)
  return { ...options, publicTopics: [...publicTopics, ...(options.publicTopics ?? [])] }
}
