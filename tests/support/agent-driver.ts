import { type UspMsg, decodeMsg, decodeRecord, noSessionRecord } from '../../proto/codec';
import type { UspRequest } from '../../proto/generated/messages';
import { agentStep, createAgent } from '../../simulator/agent/agent';
import { PROFILES } from '../../simulator/agent/profiles';
import { type AgentConfig, ORIGINAL_TIMINGS } from '../../simulator/agent/config';
import type { Action, AgentEvent, Download, Input, Publish } from '../../simulator/agent/types';

export const CONTROLLER = 'self::aws-dm-controller';
export const REPLY_TO =
  'agents/sim-1/usp/request/reply-to=controllers%2Fself::aws-dm-controller%2Fagents%2Fsim-1%2Fresponse';
export const RESPONSE =
  'controllers/self::aws-dm-controller/agents/sim-1/response/reply-to=agents%2Fsim-1%2Fusp%2Frequest';

/**
 * Runs an agent on simulated time, which `advance` moves forward.
 * @param connects whether the device is connected again as soon as the agent wants it to be
 */
export const drive = (config: Partial<AgentConfig> = {}, { connects = false } = {}) => {
  let state = createAgent(
    {
      thingName: 'sim-1',
      endpointId: 'self::sim-1',
      controllerId: CONTROLLER,
      profile: PROFILES.demo,
      mqttVersion: '3.1.1',
      timings: ORIGINAL_TIMINGS,
      timeScale: 1,
      fault: 'none',
      seed: 1,
      reconnectOnReboot: false,
      fetchFirmware: false,
      ...config,
    },
    '1.2.1',
  );
  const start = Date.UTC(2026, 0, 1);
  let seconds = 0;
  let due: { at: number; input: Input }[] = [];
  const sent: { at: number; topic: string; action: Publish; msg?: UspMsg; record: ReturnType<typeof decodeRecord> }[] =
    [];
  const events: AgentEvent[] = [];
  const fetches: Download[] = [];
  let reconnects = 0;
  /** What the device does with its connection, and when. */
  const link: { at: number; kind: 'disconnect' | 'reconnect' }[] = [];
  const performed: { at: number; action: Action }[] = [];
  const perform = (action: Action) => {
    performed.push({ at: seconds, action });
    if (action.kind === 'publish') {
      const record = decodeRecord(action.payload);
      const payload = record.noSessionContext?.payload;
      sent.push({ at: seconds, topic: action.topic, action, record, ...(payload && { msg: decodeMsg(payload) }) });
    } else if (action.kind === 'schedule')
      due.push({ at: seconds + action.seconds, input: { kind: 'due', step: action.step } });
    else if (action.kind === 'reconnect') {
      reconnects++;
      link.push({ at: seconds, kind: action.kind });
      if (connects) due.push({ at: seconds, input: { kind: 'connected' } });
    } else if (action.kind === 'disconnect') link.push({ at: seconds, kind: action.kind });
    else if (action.kind === 'fetch') fetches.push(action.command);
    else events.push(action.event);
  };
  const input = (what: Input) => {
    const transition = agentStep(state, what, start + seconds * 1000);
    state = transition.state;
    transition.actions.forEach(perform);
  };
  return {
    input,
    sent,
    events,
    fetches,
    reconnects: () => reconnects,
    link,
    performed,
    state: () => state,
    advance: (by: number) => {
      const until = seconds + by;
      for (;;) {
        const next = due.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= until);
        if (!next) break;
        due = due.filter((other) => other !== next);
        seconds = next.at;
        input(next.input);
      }
      seconds = until;
    },
    ask: (msg: UspMsg, topic = REPLY_TO) =>
      input({ kind: 'message', topic, payload: noSessionRecord({ toId: 'self::sim-1', fromId: CONTROLLER, msg }) }),
    /** Sends a request and returns the body of its answer. */
    request: (request: UspRequest) => {
      const before = sent.length;
      const msg = { header: { msgId: 'r', msgType: 'GET' as const }, body: { request } };
      input({
        kind: 'message',
        topic: REPLY_TO,
        payload: noSessionRecord({ toId: 'self::sim-1', fromId: CONTROLLER, msg }),
      });
      return sent[before]?.msg?.body;
    },
    /** The notifications, without the first `after` messages. */
    notifications: (after = 0) =>
      sent.slice(after).flatMap(({ at, msg }) => {
        const notify = msg?.body?.request?.notify;
        return notify ? [{ at, msgId: msg.header?.msgId ?? '', ...notify }] : [];
      }),
  };
};

export const download = (
  url: string,
  more: { command?: string; msgId?: string; autoActivate?: string; sendResp?: boolean } = {},
): UspMsg => ({
  header: { msgId: more.msgId ?? 'FIRMWARE-DOWNLOAD@1', msgType: 'OPERATE' },
  body: {
    request: {
      operate: {
        command: more.command ?? 'Device.DeviceInfo.FirmwareImage.[Status=="Available"].Download()',
        commandKey: 'job-1',
        sendResp: more.sendResp ?? true,
        inputArgs: { AutoActivate: more.autoActivate ?? 'true', URL: url, Username: 'admin', Password: 'pass' },
      },
    },
  },
});

export const get = (...paramPaths: string[]): UspMsg => ({
  header: { msgId: 'g', msgType: 'GET' },
  body: { request: { get: { paramPaths } } },
});

export const add = (objPath: string, params: { [param: string]: string }, allowPartial = false): UspMsg => ({
  header: { msgId: 'a', msgType: 'ADD' },
  body: {
    request: {
      add: {
        allowPartial,
        createObjs: [{ objPath, paramSettings: Object.entries(params).map(([param, value]) => ({ param, value })) }],
      },
    },
  },
});

export const notifyOf = (msg?: UspMsg) => msg?.body?.request?.notify;

type Agent = ReturnType<typeof drive>;

/** Runs a command and returns the first result, or the error. */
export const operate = (agent: Agent, command: string, inputArgs: { [arg: string]: string } = {}) => {
  const body = agent.request({ operate: { command, commandKey: 'key', sendResp: true, inputArgs } });
  const [result] = body?.response?.operateResp?.operationResults ?? [];
  return { ...result, error: body?.error };
};

/** Subscribes to all notifications of an upgrade. */
export const subscribeAll = (agent: Agent, more: { [param: string]: string } = {}) => {
  const references = [
    ['boot', 'Event', 'Device.Boot!'],
    ['transfer', 'Event', 'Device.LocalAgent.TransferComplete!'],
    [
      'oper',
      'OperationComplete',
      'Device.DeviceInfo.FirmwareImage.*.Download(),Device.DeviceInfo.FirmwareImage.*.Activate()',
    ],
    ['version', 'ValueChange', 'Device.DeviceInfo.SoftwareVersion'],
  ];
  for (const [ID = '', NotifType = '', ReferenceList = ''] of references)
    agent.ask(
      add('Device.LocalAgent.Subscription.', {
        Enable: 'true',
        Persistent: 'true',
        ID,
        NotifType,
        ReferenceList,
        ...more,
      }),
    );
  agent.ask(
    add('Device.LocalAgent.Controller.1.BootParameter.', {
      Enable: 'true',
      ParameterName: 'Device.DeviceInfo.SoftwareVersion',
    }),
  );
};

/** The result of a Get: values by path. */
export const read = (agent: Agent, ...paramPaths: string[]): { [path: string]: string } =>
  Object.fromEntries(
    (agent.request({ get: { paramPaths } })?.response?.getResp?.reqPathResults ?? []).flatMap(
      ({ resolvedPathResults = [] }) =>
        resolvedPathResults.flatMap(({ resolvedPath = '', resultParams = {} }) =>
          Object.entries(resultParams).map(([param, value]) => [`${resolvedPath}${param}`, value]),
        ),
    ),
  );

/** The notifications: name of each event, command or parameter. */
export const notified = (agent: Agent) =>
  agent
    .notifications()
    .map(
      ({ event, operComplete, valueChange }) => event?.eventName ?? operComplete?.commandName ?? valueChange?.paramPath,
    );

/** Acknowledges a notification. */
export const acknowledge = (agent: Agent, msgId: string) =>
  agent.ask({ header: { msgId, msgType: 'NOTIFY_RESP' }, body: { response: { notifyResp: {} } } });
