import type { Stage } from './names.ts';

/** What an apply tells while it runs; the terminal, the plain log and `--events` only listen. */
export type ApplyEvent =
  | { readonly type: 'scope_started'; readonly scope: string; readonly steps: number }
  | {
      readonly type: 'step_started';
      readonly scope: string;
      readonly stage: Stage;
      readonly address: string;
      readonly summary: string;
    }
  | {
      readonly type: 'step_done';
      readonly scope: string;
      readonly stage: Stage;
      readonly address: string;
      readonly summary: string;
      readonly requests: number;
      readonly ray?: string;
      readonly auditLogId?: string;
    }
  | {
      readonly type: 'waiting';
      readonly scope: string;
      readonly stage: Stage;
      readonly address: string;
      readonly message: string;
    }
  | {
      readonly type: 'step_failed';
      readonly scope: string;
      readonly stage: Stage;
      readonly address: string;
      readonly summary: string;
      readonly error: string;
      readonly requests?: number;
      /** Of the answer that said no, where one came: what Cloudflare's support asks for. */
      readonly ray?: string;
      readonly auditLogId?: string;
    }
  | {
      readonly type: 'step_blocked';
      readonly scope: string;
      readonly stage: Stage;
      readonly address: string;
      readonly summary: string;
      readonly reason: string;
    }
  | {
      readonly type: 'scope_done';
      readonly scope: string;
      readonly outcome: 'complete' | 'failed' | 'not_tried' | 'interrupted';
    };

export type Tell = (event: ApplyEvent) => void;
