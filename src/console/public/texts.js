import { en } from './texts-en.js';
import { zh } from './texts-zh.js';

const LANGUAGES = { 'zh-CN': zh, en };
const STORED = 'fengsui.language';

let language = localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN';

/** The texts of the chosen language. */
export const t = () => LANGUAGES[language];
export const currentLanguage = () => language;

export const switchLanguage = () => {
  language = language === 'en' ? 'zh-CN' : 'en';
  localStorage.setItem(STORED, language);
};

/** A word the page has no translation for (a kind added later) is shown as it is. */
export const word = (group, key) => t()[group][key] ?? key;
