import { sharpImages } from '../../src/infra/images/index.ts'
import { UnreadableImage } from '../../src/kernel/ports.ts'

/** Why a picture is refused, or `accepted`; any other error is thrown on. */
export async function refusalOf(bytes: Buffer): Promise<UnreadableImage['reason'] | 'accepted'> {
  try {
    await sharpImages().render(bytes, () => {})
    return 'accepted'
  } catch (error) {
    if (error instanceof UnreadableImage) return error.reason
    throw error
  }
}
