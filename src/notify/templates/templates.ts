import type { Locale } from '../../people/index.ts';
import { en } from './en.ts';
import type { Template } from './template.ts';
import { zhCN } from './zh-CN.ts';

export const TEMPLATES: Record<Locale, Template> = { 'zh-CN': zhCN, en };
