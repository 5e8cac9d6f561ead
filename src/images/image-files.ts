/** Where the bytes of pictures lie, by their SHA-256 in hex. Writing what is there already changes nothing. */
export type ImageFiles = {
  write(sha256: string, bytes: Buffer): Promise<void>;
  /** Undefined when there is no such file. */
  read(sha256: string): Promise<Buffer | undefined>;
  /** Nothing happens when there is no such file. */
  remove(sha256: string): Promise<void>;
};

/** `images/ab/cdef…`: no folder gets too many files. */
export const imagePath = (sha256: string): string =>
  `images/${sha256.slice(0, 2)}/${sha256.slice(2)}`;
