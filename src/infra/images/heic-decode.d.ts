declare module 'heic-decode' {
  /** Decodes the first picture of a HEIC file to RGBA, turned as the file says. */
  export default function decode(heic: {
    readonly buffer: Uint8Array
  }): Promise<{ readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }>
}
