import { serve, targetOf, type LocalServer } from '../http.ts'
import { answerJson, isJsonApi } from './json-api.ts'
import { openObjects } from './objects.ts'
import { Refusal, sendJsonRefusal, sendXmlRefusal } from './refusal.ts'
import { openUploads } from './resumable.ts'
import { publicKeyOf, type ServiceAccount } from './service-account.ts'
import { answerXml } from './xml-api.ts'

export { makeServiceAccount, type ServiceAccount } from './service-account.ts'

export interface StorageOptions {
  /** Where the objects are kept. */
  readonly dataDir: string
  /** The one whose signatures are accepted. */
  readonly serviceAccount: ServiceAccount
  /** Taken when it is free. */
  readonly port?: number
  /** Milliseconds since 1970, by which signed URLs expire. */
  readonly now?: () => number
}

/** Starts a server that speaks the JSON and XML APIs of Google Cloud Storage and keeps its objects in a folder. */
export async function startStorage({
  dataDir,
  serviceAccount,
  port,
  now = Date.now,
}: StorageOptions): Promise<LocalServer> {
  const signer = { clientEmail: serviceAccount.clientEmail, publicKey: publicKeyOf(serviceAccount) }
  const objects = openObjects(dataDir)
  const uploads = openUploads(objects)

  return serve(
    async (req, res) => {
      const isJson = isJsonApi(targetOf(req).path)
      const storage = { url: `http://${req.headers.host}`, objects, uploads }
      try {
        await (isJson ? answerJson(storage, req, res) : answerXml(storage, signer, now(), req, res))
      } catch (error) {
        if (!(error instanceof Refusal) || res.headersSent) throw error
        if (isJson) sendJsonRefusal(res, error)
        else sendXmlRefusal(res, error)
      }
    },
    { port },
  )
}
