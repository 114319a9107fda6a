import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/model/fault.ts';
import { renderAnnotation, renderOutputs } from '../../src/report/actions.ts';
import { planOf, rotation } from './support/plans.ts';

const fault: Fault = { severity: 'error', message: 'no', at: { file: 'cf-mtls.yaml', line: 3, col: 5 } };

describe('an annotation', () => {
  it('names the place and the message', () => {
    expect(renderAnnotation(fault, 'infra/cf-mtls.yaml')).toBe('::error file=infra/cf-mtls.yaml,line=3,col=5::no\n');
    expect(renderAnnotation({ severity: 'warning', message: 'hm', advice: 'Do that.' }, undefined)).toBe(
      '::warning::hm%0ADo that.\n',
    );
  });

  it('escapes what would end a property or the line', () => {
    expect(renderAnnotation({ ...fault, message: '50%\r\n::error::x, y: z' }, 'a:b,c%\r\nd.yaml')).toBe(
      '::error file=a%3Ab%2Cc%25\\x0d\\x0ad.yaml,line=3,col=5::50%25%0A::error::x, y: z\n',
    );
  });

  it('holds nothing that a terminal would obey', () => {
    const shown = renderAnnotation({ ...fault, message: 'a\u001b[2Jb\u202ec\u2028d' }, 'x\u001b[2J.yaml');
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
    expect(shown).toContain('a\\x1b[2Jb\\u202ec\\u2028d');
  });
});

describe('outputs', () => {
  it('are the numbers of the plan and its digest', () => {
    expect(renderOutputs(rotation())).toBe(
      `has_changes=true\nadd=1\nchange=4\ndestroy=1\ndigest=${rotation().digest}\n`,
    );
    expect(renderOutputs(planOf())).toContain('has_changes=false\nadd=0\nchange=0\ndestroy=0\n');
  });
});
