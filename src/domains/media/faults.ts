/** Why something could not be made ready, in words for whoever uploaded it. */
export const FAULTS = {
  missing: 'Nothing was uploaded in time',
  too_large: 'The file is larger than was agreed',
  other_type: 'The file is of another type than was agreed',
  not_an_image: 'The file is no picture',
  not_a_recording: 'The file is no video and no sound',
  unsupported_format: 'Files of this format are not taken',
  too_many_pixels: 'The picture has too many pixels',
  too_many_frames: 'The animation has more than 100 frames',
  too_many_scans: 'The picture is drawn in too many steps',
  too_long: 'The recording is too long',
  too_slow: 'It takes too long to make this file ready',
  too_heavy: 'It takes too much memory to make this file ready',
  damaged: 'The file is damaged',
  broken: 'It could not be made ready; upload it again',
} as const
export type Fault = keyof typeof FAULTS
export const FAULT_REASONS = Object.keys(FAULTS) as [Fault, ...Fault[]]
