import Type from 'typebox';

const strict = { additionalProperties: false };
const Window = Type.Integer({ minimum: 1, maximum: 7 * 86_400 });
const Ratio = Type.Number({ exclusiveMinimum: 0, maximum: 1e6 });
const Probability = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });

/** Which detections are one fire. */
export const AssociationConfigSchema = Type.Object(
  {
    /** χ² at 99 % with 1 degree of freedom, 6.635: lower splits one fire in two, higher merges two in one. */
    bearingGateChi2: Type.Number({ exclusiveMinimum: 0 }),
    /** The same with 2, for what gives a point: 9.210. */
    pointGateChi2: Type.Number({ exclusiveMinimum: 0 }),
    /** How long after the last detection one of this source still joins, seconds. */
    windowS: Type.Object(
      {
        camera: Window,
        drone: Window,
        caller: Window,
        ranger: Window,
        viirs: Window,
        modis: Window,
        himawari: Window,
      },
      strict,
    ),
    /** An incident people are at work on takes detections for this long after the last, seconds. */
    activeWindowS: Window,
    /** How far a fire may have spread: at once (its size, and smoke that drifts), then with time, at most. */
    growth: Type.Object(
      {
        startM: Type.Number({ minimum: 0, maximum: 1000 }),
        metresPerHour: Type.Number({ minimum: 0 }),
        maxM: Type.Number({ minimum: 0, maximum: 10_000 }),
      },
      strict,
    ),
    /** What it costs to take a detection for a further fire rather than one known (the miss penalty), χ². */
    missChi2: Type.Number({ minimum: 0 }),
    /** Two ways to tell which detection belongs to which fire, whose costs differ by less than this, are both kept. */
    undecidedChi2: Type.Number({ minimum: 0 }),
  },
  strict,
);

/** How probable it is that what was detected is a wildfire. */
export const ConfidenceConfigSchema = Type.Object(
  {
    /** Probability that what an unknown source calls smoke is a wildfire. */
    prior: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    likelihoodRatio: Type.Object(
      {
        /** A platform that alarms once, after its own persistence check. */
        alarm: Ratio,
        /** One of a camera that reports every frame, until `framesNeeded` came within `framesWithinS`. */
        frame: Ratio,
        secondMast: Ratio,
        sameMast: Ratio,
        viirs: Ratio,
        modis: Ratio,
        himawari: Ratio,
        caller: Ratio,
        /** A ranger's or a drone operator's eyes, or a person who labels the picture as wildfire. */
        visual: Ratio,
        permittedBurn: Ratio,
        heatSource: Ratio,
        /** Glint, fog: what a mask of a camera's view stands for. */
        viewMask: Ratio,
      },
      strict,
    ),
    framesNeeded: Type.Integer({ minimum: 1 }),
    framesWithinS: Type.Integer({ minimum: 1 }),
    /** From here the duty officer is alerted. */
    reviewAt: Probability,
    /** From here it is shown and sent as a strong alarm. */
    strongAt: Probability,
  },
  strict,
);
