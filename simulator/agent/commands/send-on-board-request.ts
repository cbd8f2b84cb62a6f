import { onBoardRequest } from '../notifications';
import type { RunCommand } from './command';

/** Device.LocalAgent.Controller.{i}.SendOnBoardRequest(): to the controller that the object stands for. */
export const runSendOnBoardRequest: RunCommand = (state, { request }) => ({
  ...onBoardRequest(state, request.now),
  result: { reqOutputArgs: {} },
});
