import type { County } from './county.ts';
import type { Fire } from './fire.ts';
import type { SimulatorEvent } from './simulator.ts';
import { coordinatesText, type Locale } from './story-text.ts';

/** What is about to be loaded. */
export const titleText = (county: County, seed: number, locale: Locale): string => {
  const { cameras, drones, townships, resources } = county;
  return locale === 'en'
    ? `Fengsui demo (seed ${seed}): ${townships.length} townships, ${cameras.length} cameras, ${drones.length} drones in their docks, ${resources.length} resources. Place names are real, everything else is invented.`
    : `烽燧演示（种子 ${seed}）：${townships.length} 个乡镇、${cameras.length} 台瞭望相机、${drones.length} 座机巢和无人机、${resources.length} 处资源。地名是真的，其余均为虚构。`;
};

export const loadingLabel = (locale: Locale): string =>
  locale === 'en' ? 'Loading the county' : '载入县域数据';

/** Where to look. `baseUrl` without a path. */
export const welcomeText = ({
  baseUrl,
  password,
  locale,
}: {
  baseUrl: string;
  password: string;
  locale: Locale;
}): string =>
  locale === 'en'
    ? `Page: ${baseUrl}/   user admin   password ${password}   (also: duty, dispatcher, operator, viewer). Ctrl-C ends the demo.`
    : `页面：${baseUrl}/   用户 admin   密码 ${password}   （另有 duty、dispatcher、operator、viewer）。按 Ctrl-C 结束。`;

/** What happens out there, which the service is not told except by its devices. */
export const eventText = (event: SimulatorEvent, fire: Fire, locale: Locale): string => {
  const en = locale === 'en';
  switch (event.kind) {
    case 'fire_lit': {
      const where = `${fire.township.name} ${coordinatesText(fire.at)}`;
      const count = fire.watchers.length;
      return en
        ? `A fire is lit at ${where}; ${count} cameras can come to see its smoke`
        : `起火：${where}，${count} 台相机可望见其烟`;
    }
    case 'camera_alarm':
      return en
        ? `Camera ${event.camera.name} (${event.camera.id}) reports smoke`
        : `相机 ${event.camera.name}（${event.camera.id}）报烟`;
    case 'drone_sent': {
      const seconds = Math.round(event.inS);
      return en
        ? `${event.drone.name} flies to the fire, there in about ${seconds} s`
        : `${event.drone.name} 飞往火点，约 ${seconds} 秒到达`;
    }
    case 'drone_confirms':
      return en ? `${event.drone.name} sees flames` : `${event.drone.name} 看到明火`;
  }
};
