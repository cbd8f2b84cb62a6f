import { render } from 'preact';
import { App } from './app';
import { applySavedTheme } from './parts/theme';

applySavedTheme();
const page = document.getElementById('page');
if (page !== null) render(<App />, page);
