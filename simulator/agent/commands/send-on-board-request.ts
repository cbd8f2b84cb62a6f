import { onBoardRequest } from '../notifications';
import type { RunCommand } from './command';

/** Device.LocalAgent.Controller.{i}.SendOnBoardRequest(): notifies that controller (R-NOT.5). */
export const runSendOnBoardRequest: RunCommand = (state, { request }) => ({
  ...onBoardRequest(state, request.now),
  result: { reqOutputArgs: {} },
});
