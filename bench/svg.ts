/** What all plots of the project have in common: SVG that is readable on light and dark pages. */

/** Colours and fonts of a page with a title, a grid and axes. */
export const PAGE_STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #52514e }
  .title { font-size: 13px; font-weight: 600; fill: #0b0b0b }
  .page { fill: #fcfcfb } .grid { stroke: #e4e3df } .axis { stroke: #a5a49f }
  @media (prefers-color-scheme: dark) {
    text { fill: #c3c2b7 } .title { fill: #ffffff }
    .page { fill: #1a1a19 } .grid { stroke: #34332f } .axis { stroke: #6b6a65 }
  }`;

/** Text of an element or an attribute. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A length or a place, to a tenth. */
export const n = (value: number): string => String(Number(value.toFixed(1)));
