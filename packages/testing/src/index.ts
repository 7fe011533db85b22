export { eventually } from './eventually.ts'
export {
  type Cut,
  type Direction,
  type DirectionFault,
  type Fault,
  type FaultProxy,
  type FaultProxyOptions,
  type ProxiedConnection,
  type Side,
  startFaultProxy,
} from './fault-proxy/index.ts'
export { freePort } from './free-port.ts'
export { type LaunchOptions, type LaunchedServer, launch, workspaceRoot } from './launch.ts'
export { type GroupMemory, groupCommands, groupMemory, resetPeak } from './process-group.ts'
export { type RawClient, type RawEvent, type RawRequest, type ResponseHead, openRaw } from './raw-client/index.ts'
export { type Tool, requireTool } from './require-tool.ts'
export { bundle } from './runtimes/bundle.ts'
export { chromiumFlags } from './runtimes/chromium-flags.ts'
