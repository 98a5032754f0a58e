/** What `settings:update` is given to show one’s activity to friends, or to hide it. */
export const showing = (shown: boolean) => ({ privacy: { showActivityStatus: shown } })
