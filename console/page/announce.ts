/** What has happened, for everyone: shown for a while, and read by screen readers. */
type Listener = (text: string) => void;
const listeners = new Set<Listener>();

export const announce = (text: string): void => {
  for (const listener of listeners) listener(text);
};

export const onAnnouncement = (listener: Listener): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
