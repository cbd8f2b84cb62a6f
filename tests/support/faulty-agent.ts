import type { AgentConfig } from '../../simulator/agent/config';
import type { FaultName } from '../../simulator/agent/faults';
import { PROFILES } from '../../simulator/agent/profiles';
import { drive, operate, read, subscribeAll } from './agent-driver';

export const BANK = 'Device.DeviceInfo.FirmwareImage.2.';
export const DOWNLOAD = `${BANK}Download()`;
export const VERSION = 'Device.DeviceInfo.SoftwareVersion';
export const ARGS = { URL: 'https://x/fw/1.2.3', AutoActivate: 'true' };

/** A subscribed agent that has a fault, and is connected again after each reboot. */
export const faulty = (fault: FaultName, config: Partial<AgentConfig> = {}) => {
  const agent = drive({ profile: PROFILES.tr369, reconnectOnReboot: true, fault, ...config }, { connects: true });
  subscribeAll(agent);
  return agent;
};

/** The upgrade of an agent: all that it does in ten minutes. */
export const upgraded = (fault: FaultName, config: Partial<AgentConfig> = {}) => {
  const agent = faulty(fault, config);
  const before = agent.sent.length;
  const result = operate(agent, DOWNLOAD, ARGS);
  agent.advance(600);
  const said = agent.sent.slice(before + (result.executedCommand === undefined ? 0 : 1));
  return {
    agent,
    result,
    /** What it said after its answer, and when. */
    said: said.map(({ at, action }) => `${at} ${action.label}`),
    boot: agent.notifications().find(({ event }) => event?.eventName === 'Boot!')?.event?.params,
    version: () => read(agent, VERSION)[VERSION],
  };
};
