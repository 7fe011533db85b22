import { index, route, type RouteConfig } from '@react-router/dev/routes'

export default [
  index('lobby.tsx'),
  route('rooms/:room', 'room.ts'),
  route('countdown', 'countdown.ts'),
] satisfies RouteConfig
