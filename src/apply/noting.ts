import { type Api, ApiError, type Look } from '../model/api.ts';
import type { LiveView } from './live-view.ts';
import type { Record as StepRecord } from './record.ts';

/** Notes each write that was carried out, or may have been: what the exit code tells of an apply that failed. */
export function noting(api: Api, record: StepRecord, view: LiveView): Api {
  return {
    list: (request, faultOf) => api.list(request, faultOf),
    get requests() {
      return api.requests;
    },
    async request(request) {
      if (request.method === 'GET') return api.request(request);
      view.written();
      return noted(() => api.request<never>(request));
    },
    requestAfter(look) {
      const noting: Look = async (lost) => {
        if (lost) record.wrote(true);
        const request = await look(lost);
        if (request) view.written();
        return request;
      };
      return noted(() => api.requestAfter<never>(noting));
    },
  };

  async function noted<T>(write: () => Promise<T>): Promise<T> {
    try {
      const answer = await write();
      if (answer !== undefined) record.wrote();
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.failure.ambiguous) record.wrote(true);
      throw error;
    }
  }
}
