import { bool, integer, oneOf, shape, type Field, type Infer } from '../../kernel/shape.ts'
import { MESSAGES_FROM, PROFILE_VISIBILITIES, type User } from '../accounts/model.ts'
import {
  DARK_MODES,
  FREQUENCIES,
  NOTIFICATION_TYPES,
  type Channels,
  type NotificationType,
  type Settings,
} from './model.ts'

const ofEachType = <T>(of: (type: NotificationType) => T) =>
  Object.fromEntries(NOTIFICATION_TYPES.map(type => [type, of(type)])) as Record<NotificationType, T>

const channels: Field<Channels> = shape({ push: bool(), email: bool() })

export const SettingsWire = shape({
  privacy: shape({
    profileVisibility: oneOf(...PROFILE_VISIBILITIES),
    isPrivate: bool(),
    showActivityStatus: bool(),
    allowMessagesFrom: oneOf(...MESSAGES_FROM),
  }),
  notifications: shape({
    push: bool(),
    email: bool(),
    frequency: oneOf(...FREQUENCIES),
    types: shape(ofEachType(() => channels)),
  }),
  content: shape({ autoplayVideos: bool(), dataSaverMode: bool(), darkMode: oneOf(...DARK_MODES) }),
  wellness: shape({ calmMode: bool(), timeLimitMinutes: integer({ min: 0, max: 1440 }), hideMetrics: bool() }),
})
export type SettingsWire = Infer<typeof SettingsWire>

/** Where the settings of one person are kept. */
export interface Kept {
  readonly user: User
  readonly settings: Settings
}

export const toWire = ({ user, settings }: Kept): SettingsWire => ({
  privacy: {
    profileVisibility: user.profileVisibility,
    isPrivate: user.isPrivate,
    showActivityStatus: user.showsActivity,
    allowMessagesFrom: user.messagesFrom,
  },
  notifications: {
    push: settings.pushNotifications,
    email: settings.emailNotifications,
    frequency: settings.notificationFrequency,
    types: ofEachType(type => settings.notificationTypes[type] ?? { push: true, email: true }),
  },
  content: {
    autoplayVideos: settings.autoplayVideos,
    dataSaverMode: settings.dataSaverMode,
    darkMode: settings.darkMode,
  },
  wellness: {
    calmMode: settings.calmMode,
    timeLimitMinutes: settings.timeLimitMinutes,
    hideMetrics: user.hidesMetrics,
  },
})

/** The other way round: what each of the two rows keeps of them. */
export const rowsOf = ({ privacy, notifications, content, wellness }: SettingsWire) => ({
  user: {
    profileVisibility: privacy.profileVisibility,
    isPrivate: privacy.isPrivate,
    showsActivity: privacy.showActivityStatus,
    messagesFrom: privacy.allowMessagesFrom,
    hidesMetrics: wellness.hideMetrics,
  },
  settings: {
    pushNotifications: notifications.push,
    emailNotifications: notifications.email,
    notificationFrequency: notifications.frequency,
    notificationTypes: notifications.types,
    ...content,
    calmMode: wellness.calmMode,
    timeLimitMinutes: wellness.timeLimitMinutes,
  },
})
