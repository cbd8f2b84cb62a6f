import type {
  AttachThingPrincipalCommandInput,
  DetachThingPrincipalCommandInput,
  ListPrincipalThingsCommandInput,
  ListPrincipalThingsCommandOutput,
  ListThingPrincipalsCommandInput,
  ListThingPrincipalsCommandOutput,
} from '@aws-sdk/client-iot';
import type { Output } from '../output';
import { pageOf } from '../paging';
import type { ThingStore } from '../registry/thing-store';
import { required, thingNameOf } from '../validation';
import type { CertificateStore } from './certificate-store';

/** AttachThingPrincipal, DetachThingPrincipal, ListThingPrincipals, ListPrincipalThings. */
export const createPrincipalOperations = (things: ThingStore, certificates: CertificateStore) => {
  const both = (input: { thingName: string | undefined; principal: string | undefined }) => ({
    thing: things.getOrThrow(thingNameOf(input.thingName)),
    certificate: certificates.getByPrincipalOrThrow(required(input.principal, 'principal')),
  });
  const save = ({ thing, certificate }: ReturnType<typeof both>) => {
    things.save(thing);
    certificates.changed(certificate);
  };
  return {
    AttachThingPrincipal: (input: AttachThingPrincipalCommandInput) => {
      const { thing, certificate } = both(input);
      thing.principals.add(certificate.certificateArn);
      certificate.things.add(thing.thingName);
      save({ thing, certificate });
      return {};
    },
    DetachThingPrincipal: (input: DetachThingPrincipalCommandInput) => {
      const { thing, certificate } = both(input);
      thing.principals.delete(certificate.certificateArn);
      certificate.things.delete(thing.thingName);
      save({ thing, certificate });
      return {};
    },
    ListThingPrincipals: (input: ListThingPrincipalsCommandInput): Output<ListThingPrincipalsCommandOutput> => {
      const { items, nextToken } = pageOf(things.getOrThrow(thingNameOf(input.thingName)).principals, input);
      return { principals: items, nextToken };
    },
    ListPrincipalThings: (input: ListPrincipalThingsCommandInput): Output<ListPrincipalThingsCommandOutput> => {
      const certificate = certificates.getByPrincipalOrThrow(required(input.principal, 'principal'));
      const { items, nextToken } = pageOf(certificate.things, input);
      return { things: items, nextToken };
    },
  };
};
