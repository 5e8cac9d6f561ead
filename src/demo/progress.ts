export type Progress = {
  /** One more item is done. */
  step: () => void;
};

export type ProgressOptions = {
  label: string;
  total: number;
  /** A terminal that can overwrite its line; a log file gets a line each tenth instead. */
  isTty: boolean;
  print: (text: string) => void;
};

const BAR_WIDTH = 24;

/** `载入县域 [######------] 120/247  48 %`: one line that updates, or ten lines that do not. */
export const createProgress = ({ label, total, isTty, print }: ProgressOptions): Progress => {
  let done = 0;
  let shownTenth = 0;
  return {
    step() {
      done = Math.min(total, done + 1);
      const percent = Math.floor((done / total) * 100);
      if (isTty) {
        const filled = Math.round((done / total) * BAR_WIDTH);
        const bar = '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled);
        print(`\r${label} [${bar}] ${done}/${total} ${percent} %${done === total ? '\n' : ''}`);
        return;
      }
      const tenth = Math.floor(percent / 10);
      if (tenth === shownTenth) return;
      shownTenth = tenth;
      print(`${label} ${done}/${total} ${percent} %\n`);
    },
  };
};
