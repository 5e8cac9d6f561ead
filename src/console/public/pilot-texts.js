/** Texts of the page for controllers; the console's are in texts-*.js. */
export const PILOT_TEXTS = {
  'zh-CN': {
    title: '烽燧 · 遥控器接入',
    login: '登录',
    username: '用户名',
    password: '密码',
    leave: '断开',
    noBridge:
      '请在遥控器的 DJI Pilot 2 中打开本页：云服务 → 开放平台（第三方云服务），输入本页地址。',
    signingIn: '正在登录……',
    connected: (sn) => `已接入。遥控器 ${sn} 的遥测正在上报，可以返回 Pilot 2 飞行。`,
    connectedBefore: '已接入，可以返回 Pilot 2 飞行。',
    left: '已断开。',
    unreachable: '服务器没有应答，请检查网络。',
    wrongLogin: '用户名或密码错误。',
    forbidden: (why) => `没有权限：${why}`,
    refused: (why) => `服务器拒绝：${why}`,
    step: {
      licence: '正在校验许可……',
      controller: '正在读取遥控器序列号……',
      platform: '正在设置平台信息……',
      login: '正在登记遥控器……',
      thing: '正在连接消息服务……',
    },
    failed: {
      licence: (why) =>
        `许可校验失败 ${why}：请检查 DJI_APP_ID、DJI_APP_KEY、DJI_APP_LICENSE，以及遥控器能否上网。`,
      controller: () => '读不到遥控器序列号，请重启遥控器后再试。',
      platform: (why) => `Pilot 2 没有接受平台信息 ${why}`,
      api: (why) => `Pilot 2 没有加载接口模块 ${why}`,
      thing: (why) => `连不上消息服务 ${why}：请检查地址、端口和防火墙（MQTT_PUBLIC_URL）。`,
    },
  },
  en: {
    title: 'Fengsui · controllers',
    login: 'Log in',
    username: 'User name',
    password: 'Password',
    leave: 'Disconnect',
    noBridge:
      'Open this page in DJI Pilot 2 on the controller: Cloud service → Open platforms, with the address of this page.',
    signingIn: 'Logging in…',
    connected: (sn) =>
      `Connected. Controller ${sn} reports its telemetry; go back to Pilot 2 and fly.`,
    connectedBefore: 'Connected; go back to Pilot 2 and fly.',
    left: 'Disconnected.',
    unreachable: 'The server does not answer; check the network.',
    wrongLogin: 'Wrong user name or password.',
    forbidden: (why) => `Not allowed: ${why}`,
    refused: (why) => `The server refused: ${why}`,
    step: {
      licence: 'Checking the licence…',
      controller: 'Reading the serial number of the controller…',
      platform: 'Naming the platform…',
      login: 'Registering the controller…',
      thing: 'Connecting to the broker…',
    },
    failed: {
      licence: (why) =>
        `The licence was not accepted ${why}: check DJI_APP_ID, DJI_APP_KEY and DJI_APP_LICENSE, and that the controller has internet.`,
      controller: () =>
        'The serial number of the controller cannot be read; restart it and try again.',
      platform: (why) => `Pilot 2 did not take the name of the platform ${why}`,
      api: (why) => `Pilot 2 did not load its API module ${why}`,
      thing: (why) =>
        `The broker cannot be reached ${why}: check address, port and firewall (MQTT_PUBLIC_URL).`,
    },
  },
};
