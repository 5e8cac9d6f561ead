export const IMPORT_USAGE = `Hotspots of satellites from a file 从文件导入卫星热点
Usage 用法: npm run import -- hotspots FILE… [options]      (or: node dist/main.js import hotspots FILE…)

FILE is a CSV of NASA FIRMS (VIIRS or MODIS: API, daily file or archive) or of JAXA's Himawari product L2WLF;
- reads standard input. Fires in it that are new open incidents and alert people, exactly as a camera's alarm does.
文件为 NASA FIRMS 的 CSV（VIIRS 或 MODIS）或 JAXA 葵花卫星 L2WLF 的 CSV；- 表示标准输入。其中新的火点会像摄像头告警一样
生成火情并通知人员。

  --dry-run          say what would be taken, take nothing           只检查，不导入
  --max-age HOURS    also what is older than hotspots.maxAgeS of county.json (6 h): people ARE alerted to it
                     同时导入更早的热点（默认只导入 6 小时内的）；注意：会通知人员

Works beside the running service. Needs what the service needs: DATABASE_URL, or the same DATA_DIR and user.
可以在服务运行时使用。环境与服务相同：DATABASE_URL，或相同的 DATA_DIR 和系统用户。
Ends with 0; with 2 when some rows could not be read (the others are taken); with 1 when nothing was taken.
退出码：0 成功；2 部分行无法读取（其余已导入）；1 什么都没有导入。
`;
