import { readFileSync } from 'node:fs'

/** Port numbers, both ends included. */
export type PortRange = readonly [first: number, last: number]

const file = '/proc/sys/net/ipv4/ip_local_port_range'
// Where no file says it. IANA's range for that, and Linux' in case it is a Linux that shows no /proc.
const usual: PortRange = [32_768, 65_535]
// Below, ports are privileged or well known, and browsers refuse some of them, the last one being 10,080.
const lowest = 11_000
const highest = 65_535

/** The ports that the system picks for outgoing connections and for listeners on port 0. */
export function systemPorts(read: () => string = () => readFileSync(file, 'utf8')): PortRange {
  try {
    const [, first, last] = /^(\d+)\s+(\d+)\s*$/.exec(read()) ?? []
    return first && last ? [Number(first), Number(last)] : usual
  } catch {
    return usual
  }
}

/** The ports that only those get who ask for them by number. Where the system picks from all, any port. */
export function portsOutside([first, last]: PortRange): PortRange {
  const below: PortRange = [lowest, first - 1]
  const above: PortRange = [Math.max(last + 1, lowest), highest]
  const larger = sizeOf(above) > sizeOf(below) ? above : below
  return sizeOf(larger) >= enough ? larger : [lowest, highest]
}

// So many that trying finds one soon, whatever else runs.
const enough = 1_000

function sizeOf([first, last]: PortRange): number {
  return last - first + 1
}
