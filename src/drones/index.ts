export { createCommandClock } from './command-clock.ts';
export { droneCommandRoutes } from './drone-command-routes.ts';
export { createDroneCommands, type DroneCommands } from './drone-commands.ts';
