import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { ContactKind } from '../accounts/contact.ts'

/** A new phone or e-mail address, proven, that takes the place of the one before once it is due. */
export class ContactChange extends Row {
  static override tableName = 'contact_changes'
  static override idColumn = ['userId', 'kind']
  declare userId: UserId
  declare kind: ContactKind
  declare sealed: string
  declare dueAt: Date
}
