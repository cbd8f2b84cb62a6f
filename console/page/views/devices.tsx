import type { DeviceSummary } from '../../../operate/devices/search-devices';
import { topic } from '../../shared/topics';
import { Pager } from '../parts/pager';
import { Loaded } from '../parts/section';
import { Foreign, Time } from '../parts/text';
import { go, href } from '../router';
import { useLive } from '../use-live';
import { Table } from '../parts/table';

const Connection = ({ device: { isConnected, connectionChangedAt } }: { readonly device: DeviceSummary }) => (
  <>
    <span class={`status ${isConnected ? 'good' : 'off'}`}>
      <span aria-hidden="true">{isConnected ? '●' : '○'}</span>{' '}
      {isConnected ? 'connected' : connectionChangedAt === undefined ? 'never connected' : 'offline'}
    </span>
  </>
);

const DeviceTable = ({ devices }: { readonly devices: readonly DeviceSummary[] }) =>
  devices.length === 0 ? (
    <p class="quiet">No device matches.</p>
  ) : (
    <Table
      columns={[
        'Device',
        'Version',
        'Connection',
        { title: 'Since', className: 'wide' },
        { title: 'Groups', className: 'wide' },
      ]}
    >
      {devices.map((device) => (
        <tr key={device.thingName}>
          <th scope="row">
            <a href={href(['devices', device.thingName])}>
              <Foreign text={device.thingName} />
            </a>
          </th>
          <td>
            <Foreign text={device.attributes['firmwareVersion'] ?? '–'} />
          </td>
          <td>
            <Connection device={device} />
          </td>
          <td class="wide">{device.connectionChangedAt !== undefined && <Time at={device.connectionChangedAt} />}</td>
          <td class="wide">{device.groups.join(', ')}</td>
        </tr>
      ))}
    </Table>
  );

export const DevicesView = ({ query }: { readonly query: URLSearchParams }) => {
  const text = query.get('query') ?? '';
  const after = query.get('after') ?? undefined;
  const devices = useLive(topic('devices', { query: text, after }));
  const search = (event: Event & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget).get('query');
    go(href(['devices'], { query: typeof wanted === 'string' ? wanted.trim() : '' }));
  };
  return (
    <>
      <h1 tabIndex={-1}>Devices</h1>
      <form role="search" class="search" onSubmit={search}>
        <label>
          <span>Beginning of a name, or a query of the fleet index</span>
          <input name="query" type="search" key={text} defaultValue={text} placeholder="connectivity.connected:false" />
        </label>
        <button type="submit">Search</button>
      </form>
      <Loaded live={devices}>
        {({ items, nextToken }) => (
          <>
            <DeviceTable devices={items} />
            <Pager path={['devices']} query={{ query: text }} after={after} next={nextToken} />
          </>
        )}
      </Loaded>
    </>
  );
};
