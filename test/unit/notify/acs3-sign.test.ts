import { describe, expect, it } from 'vitest';
import { signAcs3 } from '../../../src/notify/channels/acs3-sign.ts';

const REQUEST = {
  method: 'POST' as const,
  host: 'ecs.cn-shanghai.aliyuncs.com',
  action: 'RunInstances',
  version: '2014-05-26',
  accessKeyId: 'YourAccessKeyId',
  accessKeySecret: 'YourAccessKeySecret',
  at: new Date('2023-10-26T10:22:32Z'),
  nonce: '3156853299f313e23d1673dc12e1703d',
};

describe('signAcs3', () => {
  it('agrees with the example of Alibaba Cloud’s documentation', () => {
    const { query, headers } = signAcs3({
      ...REQUEST,
      query: {
        RegionId: 'cn-shanghai',
        ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      },
    });
    expect(query).toBe(
      'ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai',
    );
    expect(headers).toEqual({
      'x-acs-action': 'RunInstances',
      'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
      authorization:
        'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    });
  });

  it('encodes what a URL would leave as it is', () => {
    const { query } = signAcs3({ ...REQUEST, query: { b: "!'()*~ +火", a: '1' } });
    expect(query).toBe('a=1&b=%21%27%28%29%2A~%20%2B%E7%81%AB');
  });
});
