import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { onAnnouncement } from './announce';
import { type ConnectionState, connectionState, onConnectionState } from './live';
import { ThemeSwitch } from './parts/theme';
import { href, type Route, useRoute } from './router';
import { useLive } from './use-live';
import { DeviceView } from './views/device';
import { DevicesView } from './views/devices';
import { FleetView } from './views/fleet';
import { RolloutView } from './views/rollout';
import { RolloutsView } from './views/rollouts';

const PLACES = [
  { path: [] as string[], name: 'Fleet' },
  { path: ['rollouts'], name: 'Roll-outs' },
  { path: ['devices'], name: 'Devices' },
];

const CONNECTION: Readonly<Record<ConnectionState, string>> = {
  live: '● live',
  connecting: '○ connecting',
  lost: '○ no connection: trying again',
  refused: '○ refused',
};

const useConnection = (): ConnectionState => {
  const [state, setState] = useState(connectionState);
  useEffect(() => onConnectionState(() => setState(connectionState())), []);
  return state;
};

const viewOf = ({ path: [place, id], query }: Route): ComponentChildren => {
  if (place === undefined) return <FleetView />;
  if (place === 'rollouts')
    return id === undefined ? <RolloutsView query={query} /> : <RolloutView key={id} jobId={id} query={query} />;
  if (place === 'devices')
    return id === undefined ? <DevicesView query={query} /> : <DeviceView key={id} thingName={id} query={query} />;
  return <h1>There is no such page</h1>;
};

const Announcements = () => {
  const [text, setText] = useState('');
  useEffect(() => onAnnouncement(setText), []);
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => setText(''), 10_000);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="announcements" role="status">
      {text}
    </div>
  );
};

const Navigation = ({ current }: { readonly current: string | undefined }) => (
  <nav aria-label="Console">
    <ul>
      {PLACES.map(({ path, name }) => (
        <li key={name}>
          <a href={href(path)} aria-current={path[0] === current ? 'page' : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

const Refused = () => (
  <>
    <h1>The server does not know this page</h1>
    <p>
      Its token is of another start. Open the address that <code>npm run console</code> has printed.
    </p>
  </>
);

export const App = () => {
  const route = useRoute();
  const connection = useConnection();
  const { value: stack } = useLive('stack');
  const place = route.path.join('/');
  const isOpened = useRef(false);
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>('main h1');
    document.title = `${heading?.textContent ?? 'Console'} – WME`;
    // Whoever follows a link goes on reading there; nobody is moved when the page is opened.
    if (isOpened.current) heading?.focus();
    isOpened.current = true;
  }, [place]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <strong>WME</strong>
        <Navigation current={route.path[0]} />
        <div class="where">
          {stack && `${stack.stackName} · ${stack.isLocal ? 'embedded AWS' : stack.accountId} · ${stack.region}`}
          <span class={`connection ${connection}`}>{CONNECTION[connection]}</span>
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {connection === 'refused' ? <Refused /> : viewOf(route)}
      </main>
      <Announcements />
    </>
  );
};

/** The address keeps the place in the console, so the browser cannot follow the link by itself. */
const skip = (event: Event): void => {
  event.preventDefault();
  document.getElementById('main')?.focus();
};
