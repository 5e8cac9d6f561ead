import { describe, expect, it } from 'vitest';
import { loadCountyConfig, parseCountyConfig } from '../../../src/shared/county-config.ts';
import { HEALTH_DEFAULTS, healthSettings } from '../../../src/shared/health-config.ts';

describe('the health settings of a county', () => {
  it('are shipped as they are where nothing is said', async () => {
    const { health } = await loadCountyConfig('config');
    expect(health).toEqual(HEALTH_DEFAULTS);
    expect(healthSettings({})).toEqual(HEALTH_DEFAULTS);
  });

  it('keep the other hold-offs when one is changed', () => {
    const settings = healthSettings({
      health: { holdOffS: { offline: 60 }, staleS: { dock: 90 } },
    });
    expect(settings.holdOffS).toEqual({ ...HEALTH_DEFAULTS.holdOffS, offline: 60 });
    expect(settings.staleS).toEqual({ ...HEALTH_DEFAULTS.staleS, dock: 90 });
  });

  it.each([
    [{ holdOffS: { offlin: 60 } }, '/health/holdOffS'],
    [{ staleS: { towers: 60 } }, '/health/staleS'],
    [{ summaryAt: '8:00' }, '/health/summaryAt'],
    [{ quiet: ['rainy'] }, '/health/quiet'],
    [{ to: [] }, '/health/to'],
  ])('name what is wrong: %j', async (health, path) => {
    const shipped = await loadCountyConfig('config');
    expect(() => parseCountyConfig({ ...shipped, health }, 'county.json')).toThrow(path);
  });
});
