import net from 'node:net';
import tls from 'node:tls';
import { certificateIdOf } from './certificate-pattern';

/** A TCP or TLS server that can be stopped at once. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** @param certificateId of the client's certificate, absent on the plain listener */
type OnConnection = (socket: net.Socket, certificateId?: string) => void;

const listen = (server: net.Server, host: string, port: number): Promise<Listener> => {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Error(`MQTT broker cannot listen on ${host}:${port}: ${error.message}. Is the port in use?`)),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : port,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
};

/** The plain listener. @throws Error when the port is taken */
export const listenPlain = (host: string, port: number, onConnection: OnConnection): Promise<Listener> =>
  listen(
    net.createServer({ noDelay: true }, (socket) => onConnection(socket)),
    host,
    port,
  );

/** PEM texts of a mutual-TLS listener. */
export interface TlsMaterial {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The mutual-TLS listener: the handshake fails for a client without a certificate of the given authority. */
export const listenTls = (
  host: string,
  port: number,
  { ca, cert, key }: TlsMaterial,
  onConnection: OnConnection,
): Promise<Listener> => {
  const server = tls.createServer(
    { ca, cert, key, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2', noDelay: true },
    (socket) => onConnection(socket, certificateIdOf(socket.getPeerCertificate().raw)),
  );
  return listen(server, host, port);
};
