import type { Socket } from 'node:net';

/** Lets nothing out of the process before what it tells of is saved. */
export interface OutputGate {
  /** From now on the socket's output waits while something is not saved. */
  hold(socket: Socket): void;
  /** Everything is saved: lets out what waits. */
  release(): void;
}

/** @param isPending whether something has changed that is not saved @param save saves it */
export const createOutputGate = (isPending: () => boolean, save: () => void): OutputGate => {
  const held = new Set<Socket>();
  return {
    hold: (socket) => {
      const write = socket.write.bind(socket);
      const end = socket.end.bind(socket);
      const keepBack = () => {
        if (!isPending() || held.has(socket)) return;
        socket.cork();
        held.add(socket);
      };
      socket.write = ((...parameters: Parameters<typeof write>) => {
        keepBack();
        return write(...parameters);
      }) as typeof socket.write;
      // end() lets out everything at once, whatever holds it back.
      socket.end = ((...parameters: Parameters<typeof end>) => {
        if (isPending()) save();
        return end(...parameters);
      }) as typeof socket.end;
    },
    release: () => {
      for (const socket of held) socket.uncork();
      held.clear();
    },
  };
};
