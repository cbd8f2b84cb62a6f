import { activationWindow, nextWindow } from '../../../../functions/workflow/activation-window/activation-window';
import { fakeLog } from '../support/fakes';

describe('the activation window', () => {
  const at = (iso: string) => Date.parse(iso);
  const next = (window: { start: string; end: string }, zone: string, now: string) =>
    new Date(nextWindow(window, zone, at(now))).toISOString();

  test.each([
    ['is now, when it is open', '02:00', '05:00', 'UTC', '2026-06-01T03:30:20Z', '2026-06-01T03:30:20.000Z'],
    ['is later today', '02:00', '05:00', 'UTC', '2026-06-01T01:15:20Z', '2026-06-01T02:00:00.000Z'],
    ['is tomorrow', '02:00', '05:00', 'UTC', '2026-06-01T05:00:00Z', '2026-06-02T02:00:00.000Z'],
    ['is in local time', '02:00', '05:00', 'Europe/Berlin', '2026-06-01T10:00:00Z', '2026-06-02T00:00:00.000Z'],
    ['goes over midnight', '22:00', '04:00', 'Asia/Kolkata', '2026-06-01T20:00:00Z', '2026-06-01T20:00:00.000Z'],
    [
      'is all day, when its ends are equal',
      '00:00',
      '00:00',
      'UTC',
      '2026-06-01T13:00:00Z',
      '2026-06-01T13:00:00.000Z',
    ],
    [
      'follows the clock that goes forward',
      '04:00',
      '05:00',
      'Europe/Berlin',
      '2026-03-28T20:00:00Z',
      '2026-03-29T02:00:00.000Z',
    ],
    [
      'follows the clock that goes back',
      '04:00',
      '05:00',
      'Europe/Berlin',
      '2026-10-24T20:00:00Z',
      '2026-10-25T03:00:00.000Z',
    ],
  ])('%s', (_, start, end, zone, now, expected) => {
    expect(next({ start, end }, zone, now)).toBe(expected);
  });

  test('is at the place that the thing names, else where the job says, else UTC', () => {
    const request = (attributes: object, timeZone?: string) => ({
      ...{ operationId: 'j.1', thingName: 't', executionArn: 'e', attributes },
      activation: { mode: 'WINDOW', window: { start: '02:00', end: '03:00', ...(timeZone && { timeZone }) } },
    });
    const answer = activationWindow(() => at('2026-06-01T10:00:00Z'), fakeLog().log);
    expect(answer(request({ timeZone: 'Asia/Tokyo' }, 'Europe/Berlin'))).toEqual({
      waitUntil: '2026-06-01T17:00:00.000Z',
    });
    expect(answer(request({}, 'Europe/Berlin'))).toEqual({ waitUntil: '2026-06-02T00:00:00.000Z' });
    expect(answer(request({}))).toEqual({ waitUntil: '2026-06-02T02:00:00.000Z' });
    expect(() => answer(request({ timeZone: 'Mars/Olympus' }))).toThrow('Time zone "Mars/Olympus" is not known');
  });
});
