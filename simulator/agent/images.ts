import type { AgentState, Download, FirmwareImage } from './types';

/** What is true of any image that can be booted. */
export const GOOD_IMAGE = { status: 'Available', bootFailureLog: '', bootable: true } as const;

/** Changes one bank. @param image instance number */
export const withImage = (state: AgentState, image: number, change: Partial<FirmwareImage>): AgentState => ({
  ...state,
  images: state.images.map((old, index) => (index + 1 === image ? { ...old, ...change } : old)),
});

/** The downloaded firmware is in its bank. */
export const installed = (state: AgentState, { image, version, fault }: Download): AgentState =>
  withImage(state, image, { name: `fw-${version}`, version, ...GOOD_IMAGE, bootable: fault !== 'boot' });
