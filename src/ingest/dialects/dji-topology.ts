import Type from 'typebox';
import { compileSchema } from '../../shared/schema.ts';
import type { Rejected } from '../decoded.ts';
import type { Claim } from './dji-claim.ts';
import { type DjiMessage, invalidDji } from './dji-envelope.ts';

const Code = Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 20 })]));

/** `sys/product/{gateway}/status`, method update_topo. Secrets and nonces in it are DJI's own and are not kept. */
const TopologySchema = Type.Object({
  domain: Code,
  type: Code,
  sub_type: Code,
  sub_devices: Type.Array(
    Type.Object({
      sn: Type.String({ minLength: 1, maxLength: 200 }),
      domain: Code,
      type: Code,
      sub_type: Code,
    }),
    { maxItems: 32 },
  ),
});

const checkTopology = compileSchema(TopologySchema);

export type Topology = { modelKey: string | null; aircraft: Claim[] };

/** What is connected to a gateway: `aircraft` empty = its aircraft is off. */
export const readTopology = (
  message: DjiMessage,
): { kind: 'topology'; topology: Topology } | Rejected => {
  const checked = checkTopology(message.data);
  if (!checked.ok) return invalidDji(checked.errors, '/data');
  const { sub_devices: aircraft, ...gateway } = checked.value;
  return {
    kind: 'topology',
    topology: {
      modelKey: modelKeyOf(gateway),
      aircraft: aircraft.map(({ sn, ...model }) => ({
        sn,
        modelKey: modelKeyOf({ domain: 0, ...model }),
        name: null,
      })),
    },
  };
};

type Model = { domain?: number | string; type?: number | string; sub_type?: number | string };

/** `{domain}-{type}-{subtype}`, DJI's name of a product: 0-67-1 is a Matrice 30T. */
const modelKeyOf = ({ domain, type, sub_type: subType = 0 }: Model): string | null => {
  const parts = [domain, type, subType].map((part) => String(part ?? ''));
  return parts.every((part) => /^\d{1,6}$/.test(part)) ? parts.join('-') : null;
};
