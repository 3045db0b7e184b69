import './styles/base.css';
import './styles/ui.css';
import './styles/frame.css';
import './styles/rooms.css';
import './styles/paths.css';
import './styles/approvals.css';
import './styles/forced-colors.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { connect } from './client.ts';
import { Ended } from './features/unlock/ended.tsx';
import { Answers, AnswersContext } from './query.ts';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
const page = createRoot(place);
const client = await connect();

const answers = client === null ? null : new Answers(client);
answers?.warm(['vault.status', 'settings.show', 'secrets.list', 'credentials.list', 'providers.list']);

page.render(
  answers === null ? (
    <Ended />
  ) : (
    <AnswersContext value={answers}>
      <App />
    </AnswersContext>
  ),
);
