import { describe, expect, it } from 'vitest';
import { readEnv } from '../../../src/shared/env.ts';

const S3 = { S3_URL: 'https://s3.example.org/fengsui/', S3_ACCESS_KEY: 'k', S3_SECRET_KEY: 's' };

describe('where pictures lie', () => {
  it('is S3 where that is set, else below DATA_DIR', () => {
    expect(readEnv({}).s3).toBeUndefined();
    expect(readEnv(S3).s3).toEqual({
      url: 'https://s3.example.org/fengsui',
      accessKey: 'k',
      secretKey: 's',
      region: 'us-east-1',
    });
    expect(readEnv({ ...S3, S3_REGION: 'cn-south' }).s3?.region).toBe('cn-south');
  });

  it('is not half of it', () => {
    expect(() => readEnv({ S3_URL: S3.S3_URL })).toThrow('set all three or none');
  });
});

describe('where pictures may be fetched from', () => {
  it('are names, addresses and networks', () => {
    const hosts = ['pictures.example.org', '10.20.0.0/16', 'fd00::7'];
    expect(readEnv({ IMAGE_HOSTS: ` ${hosts.join(', ')} ` }).imageHosts).toEqual(hosts);
    expect(readEnv({}).imageHosts).toEqual([]);
  });

  it.each(['http://pictures.example.org', '10.20.0.0/99', '*', '10.1'])('is not %s', (host) => {
    expect(() => readEnv({ IMAGE_HOSTS: host })).toThrow('IMAGE_HOSTS');
  });
});
