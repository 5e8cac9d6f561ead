export const DATABASE = 'fengsui';

/** Reaches the embedded server through its socket. */
export const socketUrl = (
  { port, socketDir }: { port: string; socketDir: string },
  database = DATABASE,
): string =>
  `postgres://postgres@localhost:${port}/${database}?host=${encodeURIComponent(socketDir)}&sslmode=disable`;
