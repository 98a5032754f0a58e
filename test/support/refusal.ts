import { render } from '../../src/infra/images/render.ts'
import { UnreadableMedia } from '../../src/kernel/media.ts'

/** Why a picture is refused, or `accepted`; any other error is thrown on. */
export async function refusalOf(bytes: Buffer): Promise<UnreadableMedia['reason'] | 'accepted'> {
  try {
    await render(bytes, () => {})
    return 'accepted'
  } catch (error) {
    if (error instanceof UnreadableMedia) return error.reason
    throw error
  }
}
