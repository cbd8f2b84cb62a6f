import { jobOptionsIn } from '../../../../functions/device-management/download-firmware/job-options';

describe('the options of a job document', () => {
  test('name the devices that can run the firmware, each attribute with a list of values', () => {
    const compatibleWith = { thingTypeName: 'gateway', attributes: { model: 'AX-1', hardware: ['1', '2'] } };
    expect(jobOptionsIn({ firmware: { compatibleWith } })).toMatchObject({
      options: {
        firmware: {
          compatibleWith: { thingTypeName: 'gateway', attributes: { model: ['AX-1'], hardware: ['1', '2'] } },
        },
      },
    });
    expect(jobOptionsIn({})).toMatchObject({ options: { firmware: {} } });
  });

  test.each([
    [{ thingTypeName: 5 }, 'firmware.compatibleWith.thingTypeName'],
    [{ attributes: { model: 5 } }, 'firmware.compatibleWith.attributes.model'],
    [{ attributes: { model: [] } }, 'firmware.compatibleWith.attributes.model'],
    ['AX-1', 'firmware.compatibleWith'],
  ])('have a problem with the compatible devices %j', (compatibleWith, field) => {
    expect(jobOptionsIn({ firmware: { compatibleWith } })).toEqual({ problem: expect.stringContaining(`${field}: `) });
  });
});
