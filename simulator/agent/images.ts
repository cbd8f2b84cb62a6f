import { faultNamed } from './faults';
import type { AgentState, Download, FirmwareImage } from './types';

/** Common to all bootable images. */
export const GOOD_IMAGE = { status: 'Available', bootFailureLog: '', bootable: true } as const;

/** Updates one image. @param image instance number */
export const withImage = (state: AgentState, image: number, change: Partial<FirmwareImage>): AgentState => ({
  ...state,
  images: state.images.map((old, index) => (index + 1 === image ? { ...old, ...change } : old)),
});

/** Stores the downloaded firmware in its bank. */
export const installed = (state: AgentState, { image, version, fault }: Download): AgentState => {
  const { bootsInto } = faultNamed(fault);
  return withImage(state, image, {
    ...GOOD_IMAGE,
    name: `fw-${version}`,
    version: bootsInto === 'another' ? `${version}-another` : version,
    bootable: bootsInto !== 'old',
  });
};
