export const USAGE = `Fengsui 烽燧 - forest-fire monitoring and dispatch
Usage: node dist/main.js [command]      from a checkout: npm start, npm run demo, npm run migrate …

  serve          start the service (default)
                 启动服务（默认）
  demo           start it with an invented county and a simulated fire; data in ./data/demo
                 用虚构的县和一场模拟火情启动；数据在 ./data/demo
  migrate        bring the database up to the newest schema, then end
                 把数据库升级到最新结构后退出
  import         import hotspots of satellites (FIRMS, Himawari) from a file; "import help" says how
                 从文件导入卫星热点（FIRMS、葵花）；详见 import help
  terrain        import elevation data (.hgt, GeoTIFF), list or remove it; "terrain help" says how
                 导入、列出或删除高程数据（.hgt、GeoTIFF）；详见 terrain help
  broker-files   write Mosquitto's password and ACL files into MOSQUITTO_DIR, then end
                 把 Mosquitto 的密码文件和权限文件写入 MOSQUITTO_DIR 后退出
  help           show this text
                 显示本说明

Settings are environment variables; each has a default, so none is needed to begin with:
设置用环境变量，都有默认值，开始时一个都不必设：

  HOST 127.0.0.1, PORT 8080        where the HTTP API and the page listen    网页与接口的监听地址和端口
  MQTT_HOST (= HOST), MQTT_PORT 1883   the embedded MQTT broker              内置 MQTT 服务
  DATA_DIR ./data                  the embedded database and the terrain     内置数据库和高程数据的目录
  CONFIG_DIR ./config              county settings                           县级配置
  DATABASE_URL, MQTT_URL, REDIS_URL    use these instead of what is embedded 改用外部服务
  ROLES ingest,notify,api          which parts this process runs             本进程承担的角色
  ADMIN_PASSWORD                   password of the first user "admin"        管理员初始密码
  SMPP_URL                         the SMS gateway                           短信网关
  LOG_LEVEL info, LOCALE zh-CN, TZ_NAME Asia/Shanghai

README.md describes them all.  全部说明见 README.md。
`;
