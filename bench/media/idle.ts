/** A process that has loaded sharp and does nothing with it. */
import sharp from 'sharp'

process.send?.(sharp.versions)
process.on('disconnect', () => process.exit())
