import { useState } from 'preact/hooks';

const KEY = 'wme-console-theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

const apply = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

const saved = (): Theme => {
  const text = localStorage.getItem(KEY);
  return isTheme(text) ? text : 'system';
};

/** Before the first drawing. */
export const applySavedTheme = (): void => apply(saved());

export const ThemeSwitch = () => {
  const [theme, setTheme] = useState(saved);
  const choose = (text: string) => {
    if (!isTheme(text)) return;
    localStorage.setItem(KEY, text);
    apply(text);
    setTheme(text);
  };
  return (
    <select aria-label="Theme" value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
};
