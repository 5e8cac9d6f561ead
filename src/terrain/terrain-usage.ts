export const TERRAIN_USAGE = `Elevation data for locating fires 地形高程数据
Usage 用法: npm run terrain -- COMMAND      (or: node dist/main.js terrain COMMAND)

  import FILE… [--sigma M]   check and store elevation files; restart the service to use them
                             检查并导入高程文件；重启服务后生效
  list                       show what is stored                          列出已导入的数据
  remove NAME…               remove stored tiles                          删除已导入的数据
  help                       show this text                               显示本说明

FILE is an SRTM tile (N26E113.hgt, 1″ or 3″), or a GeoTIFF in WGS-84 or CGCS2000 (degrees) with heights in
metres, or in Terrarium's encoding. A tile has its file's name; importing that name again replaces it.
--sigma: standard deviation of its heights in metres, if you know it (default: 6, more for coarse data).
文件可以是 SRTM 瓦片（N26E113.hgt，1″ 或 3″），或 WGS-84、CGCS2000 经纬度坐标的 GeoTIFF（高程单位为米，也可为
Terrarium 编码）。瓦片以文件名命名，再次导入同名文件即替换。--sigma：高程中误差（米），默认 6，数据越粗越大。

Needs only DATA_DIR (./data): the tiles are stored in DATA_DIR/terrain.
只需要 DATA_DIR（默认 ./data）：瓦片存放在 DATA_DIR/terrain。
`;
